//! FLAC.

use super::{assert_decodes, decoded};
use crate::reader::of_pipe;
use transept::audio::AudioError;
use transept::impulse::decode::DecodeError;
use transept_support::encode::flac::{flac, flac_at, floats, ramp};
use transept_support::encode::tags::{apev2, id3v1};

#[test]
fn flac_decodes_exactly() {
    for count in [1, 2, 4] {
        let channels: Vec<_> = (0..count).map(|channel| ramp(1000, 37 + channel)).collect();
        let expected: Vec<_> = channels.iter().map(|channel| floats(channel)).collect();
        assert_decodes("length known", &flac(&channels, 1000), &expected);
        assert_decodes("length unknown", &flac(&channels, 0), &expected);
    }
}

/// Where the frames of [`flac`] begin, of one channel: behind 42 bytes of header. A whole frame has 523 bytes.
fn frame(number: usize) -> usize {
    42 + 523 * number
}

#[test]
fn what_is_lost_in_the_middle_is_refused_also_where_no_length_is_promised() {
    for promised in [0, 1000] {
        let whole = flac(&[ramp(1000, 37)], promised);
        let mut flipped = whole.clone();
        flipped[frame(1) + 100] ^= 1;
        let gone = [&whole[..frame(1)], &whole[frame(2)..]].concat();
        let shortened = [&whole[..frame(1) + 90], &whole[frame(1) + 99..]].concat();
        for (what, bytes) in [("a bit", &flipped), ("a frame", &gone), ("some bytes", &shortened)] {
            let error = decoded(bytes).expect_err(what);
            assert!(matches!(error, DecodeError::Audio(AudioError::Damaged { .. })), "{what}: {error}");
            assert!(error.to_string().contains("256 samples from sample 256 on are missing; copy"), "{what}: {error}");
            of_pipe(bytes).expect_err(what);
        }
    }
    let mut first = flac(&[ramp(1000, 37)], 0);
    first[frame(0) + 100] ^= 1;
    let said = decoded(&first).expect_err("its beginning is lost").to_string();
    assert!(said.contains("its first 256 samples are missing"), "{said}");
}

#[test]
fn flac_without_a_length_that_lost_its_end_is_called_truncated() {
    let whole = flac(&[ramp(1000, 37)], 0);
    for length in [frame(0) + 20, frame(1) + 1, frame(2) + 522, whole.len() - 1] {
        let error = decoded(&whole[..length]).expect_err("truncated");
        assert!(matches!(error, DecodeError::Audio(AudioError::Truncated { .. })), "{length} bytes: {error}");
        of_pipe(&whole[..length]).expect_err("truncated");
    }
}

#[test]
fn tags_behind_flac_are_passed_over() {
    let samples = ramp(1000, 37);
    for promised in [0, 1000] {
        for tag in [id3v1(), apev2(), [apev2(), id3v1()].concat()] {
            let bytes = [flac(std::slice::from_ref(&samples), promised), tag].concat();
            assert_decodes("a tag behind it", &bytes, &[floats(&samples)]);
            assert_eq!(of_pipe(&bytes).expect("a tag in a pipe"), [floats(&samples)]);
        }
    }
}

#[test]
fn damaged_flac_is_refused() {
    let whole = flac(&[ramp(1000, 37)], 1000);
    for length in [6, 30, 300, whole.len() / 2, whole.len() - 1] {
        let error = decoded(&whole[..length]).expect_err("truncated");
        assert!(matches!(error, DecodeError::Audio(AudioError::Truncated { .. })), "{length} bytes: {error}");
    }
    let three = decoded(&flac(&[ramp(10, 1), ramp(10, 2), ramp(10, 3)], 10)).expect("three channels");
    assert_eq!(three.channels().len(), 3);
    let error = decoded(&flac(&[ramp(10, 1)], 600 * 48_000 + 1)).expect_err("a header that promises too much");
    assert!(matches!(error, DecodeError::TooLong { seconds: Some(_), .. }), "{error}");
    // Where nothing is promised, decoding ends a block after the most there may be.
    assert_eq!(decoded(&flac_at(10, &[ramp(6000, 1)], 0)).expect("ten minutes").seconds(), 600.0);
    let error = decoded(&flac_at(10, &[ramp(6001, 1)], 0)).expect_err("longer");
    assert!(matches!(error, DecodeError::TooLong { seconds: None, .. }), "{error}");
}

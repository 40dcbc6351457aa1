//! AIFF and AIFF-C.

use super::{assert_decodes, decoded};
use crate::reader::of_pipe;
use transept::audio::AudioError;
use transept::impulse::decode::DecodeError;
use transept_support::encode::aiff::aiff;

#[test]
fn aiff_of_every_width_decodes_exactly() {
    assert_decodes("8 bit", &aiff(None, 1, 8, 2, &[0x40, 0xc0]), &[vec![0.5, -0.5]]);
    let expected = [vec![4660.0 / 32768.0], vec![-1.0]];
    assert_decodes("16 bit", &aiff(None, 2, 16, 1, &[0x12, 0x34, 0x80, 0]), &expected);
    let full = 8_388_608.0;
    assert_decodes("24 bit", &aiff(None, 1, 24, 1, &[0x12, 0x34, 0x56]), &[vec![1_193_046.0 / full]]);
    assert_decodes("32 bit", &aiff(None, 1, 32, 1, &[0x40, 0, 0, 0]), &[vec![0.5]]);
}

#[test]
fn uncompressed_aiff_c_decodes_exactly() {
    let float = aiff(Some(b"fl32"), 1, 32, 2, &[0.1_f32.to_be_bytes(), (-1.5_f32).to_be_bytes()].concat());
    assert_decodes("float", &float, &[vec![0.1, -1.5]]);
    assert_decodes("little end first", &aiff(Some(b"sowt"), 1, 16, 1, &[0, 0x40]), &[vec![0.5]]);
}

#[test]
fn every_kind_of_uncompressed_samples_decodes() {
    for (letters, bits, data) in [
        (b"NONE", 16, vec![0x40, 0]),
        (b"twos", 24, vec![0x40, 0, 0]),
        (b"in24", 24, vec![0x40, 0, 0]),
        (b"in32", 32, vec![0x40, 0, 0, 0]),
        (b"23ni", 24, vec![0, 0, 0x40]),
        (b"42ni", 32, vec![0, 0, 0, 0x40]),
        (b"sowt", 8, vec![0x40]),
        (b"raw ", 8, vec![0xc0]),
        (b"FL32", 32, 0.5_f32.to_be_bytes().to_vec()),
        (b"fl64", 64, 0.5_f64.to_be_bytes().to_vec()),
        // Fewer valid bits are the upper ones.
        (b"NONE", 12, vec![0x40, 0]),
    ] {
        let name = letters.escape_ascii().to_string();
        assert_decodes(&name, &aiff(Some(letters), 1, bits, 1, &data), &[vec![0.5]]);
    }
    // ITU-T G.711: 0x80 of µ-law is the largest value, 0xaa of A-law as well.
    assert_decodes("ulaw", &aiff(Some(b"ulaw"), 1, 16, 1, &[0x80]), &[vec![32_124.0 / 32_768.0]]);
    assert_decodes("ALAW", &aiff(Some(b"ALAW"), 1, 16, 1, &[0xaa]), &[vec![32_256.0 / 32_768.0]]);
    let error = decoded(&aiff(Some(b"ima4"), 1, 16, 64, &[0; 34])).expect_err("ADPCM");
    assert!(error.to_string().contains("AIFF with samples of the kind `ima4`, which is not read; convert"), "{error}");
}

/// The file with these sizes in its header: of the file, of the samples, and the count of frames.
fn with_sizes(whole: &[u8], file: u32, samples: u32, frames: u32) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    let at = bytes.windows(4).position(|letters| letters == b"SSND").expect("samples") + 4;
    bytes[4..8].copy_from_slice(&file.to_be_bytes());
    bytes[22..26].copy_from_slice(&frames.to_be_bytes());
    bytes[at..at + 4].copy_from_slice(&samples.to_be_bytes());
    bytes
}

#[test]
fn aiff_from_a_pipe_gives_every_sample_whatever_its_sizes_say() {
    let whole = aiff(None, 2, 16, 300, &[0x40, 0, 0x20, 0].repeat(300));
    let expected = [vec![0.5; 300], vec![0.25; 300]];
    for (what, file, samples, frames) in [
        ("zeros", 0, 0, 0),
        ("-1", u32::MAX, u32::MAX, u32::MAX),
        ("2 GiB less 1", 0x7fff_ffff, 0x7fff_ffff, 0),
        ("as sox has it", 0x7f00_003a, 0x7f00_0008, 0x1fc0_0000),
        ("only the file's", u32::MAX, 1208, 300),
        ("more samples than there are in an unfinished file", 0, 2000, 300),
        ("no count of frames", 1260, 1208, 0),
    ] {
        let bytes = with_sizes(&whole, file, samples, frames);
        assert_decodes(what, &bytes, &expected);
        assert_eq!(of_pipe(&bytes).expect(what), expected, "{what}");
    }
}

#[test]
fn samples_may_come_before_what_says_what_they_are() {
    let whole = aiff(None, 1, 16, 2, &[0x40, 0, 0x20, 0]);
    let (common, name, samples) = (12..38, 38..50, 50..whole.len());
    let bytes = [&whole[..12], &whole[name], &whole[samples], &whole[common]].concat();
    assert_decodes("COMM at the end", &bytes, &[vec![0.5, 0.25]]);
}

#[test]
fn a_second_recording_is_not_lost_without_a_word() {
    let whole = aiff(None, 1, 16, 2, &[0x40, 0, 0x20, 0]);
    let said = decoded(&[&whole[..], &whole].concat()).expect_err("two of them").to_string();
    assert!(said.contains("several recordings one behind another"), "{said}");
    assert_decodes("zeros behind it", &[&whole[..], &[0; 500]].concat(), &[vec![0.5, 0.25]]);
}

#[test]
fn damaged_aiff_is_refused() {
    let whole = aiff(None, 1, 16, 400, &[0x40; 800]);
    for length in [20, 60, whole.len() / 2, whole.len() - 1] {
        let error = decoded(&whole[..length]).expect_err("truncated");
        assert!(matches!(error, DecodeError::Audio(AudioError::Truncated { .. })), "{length} bytes: {error}");
    }
    let said = decoded(&whole[..whole.len() - 1]).expect_err("truncated").to_string();
    assert!(said.contains("its header promises 800 bytes of samples and 799 are there"), "{said}");
    let error = decoded(&aiff(None, 1, 16, 0, &[])).expect_err("empty");
    assert!(matches!(error, DecodeError::Audio(AudioError::Empty { .. })), "{error}");
    decoded(&aiff(None, 0, 16, 4, &[0; 8])).expect_err("no channels");
    assert_eq!(decoded(&aiff(None, 3, 16, 4, &[0; 24])).expect("three channels").channels().len(), 3);
    let error = decoded(&aiff(None, 257, 16, 4, &[0; 257 * 8])).expect_err("too many channels");
    assert!(matches!(error, DecodeError::Channels { channels: 257, .. }), "{error}");
}

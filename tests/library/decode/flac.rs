//! FLAC.

use super::{assert_decodes, decoded};
use transept::audio::AudioError;
use transept::impulse::decode::DecodeError;
use transept_support::encode::flac::{flac, flac_at, floats, ramp};

#[test]
fn flac_decodes_exactly() {
    for count in [1, 2, 4] {
        let channels: Vec<_> = (0..count).map(|channel| ramp(1000, 37 + channel)).collect();
        let expected: Vec<_> = channels.iter().map(|channel| floats(channel)).collect();
        assert_decodes("length known", &flac(&channels, 1000), &expected);
        assert_decodes("length unknown", &flac(&channels, 0), &expected);
    }
}

#[test]
fn damaged_flac_is_refused() {
    let whole = flac(&[ramp(1000, 37)], 1000);
    for length in [6, 30, 300, whole.len() / 2, whole.len() - 1] {
        let error = decoded(&whole[..length]).expect_err("truncated");
        assert!(matches!(error, DecodeError::Audio(AudioError::Truncated { .. })), "{length} bytes: {error}");
    }
    let error = decoded(&flac(&[ramp(10, 1), ramp(10, 2), ramp(10, 3)], 10)).expect_err("three channels");
    assert!(matches!(error, DecodeError::Channels { channels: 3, .. }), "{error}");
    let error = decoded(&flac(&[ramp(10, 1)], 600 * 48_000 + 1)).expect_err("a header that promises too much");
    assert!(matches!(error, DecodeError::TooLong { seconds: Some(_), .. }), "{error}");
    // Where nothing is promised, decoding ends a block after the most there may be.
    assert_eq!(decoded(&flac_at(10, &[ramp(6000, 1)], 0)).expect("ten minutes").seconds(), 600.0);
    let error = decoded(&flac_at(10, &[ramp(6001, 1)], 0)).expect_err("longer");
    assert!(matches!(error, DecodeError::TooLong { seconds: None, .. }), "{error}");
}

//! AIFF and AIFF-C.

use super::{assert_decodes, decoded};
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
fn damaged_aiff_is_refused() {
    let whole = aiff(None, 1, 16, 400, &[0x40; 800]);
    for length in [20, 60, whole.len() / 2, whole.len() - 1] {
        let error = decoded(&whole[..length]).expect_err("truncated");
        assert!(matches!(error, DecodeError::Audio(AudioError::Truncated { .. })), "{length} bytes: {error}");
    }
    let error = decoded(&aiff(None, 1, 16, 0, &[])).expect_err("empty");
    assert!(matches!(error, DecodeError::Audio(AudioError::Empty { .. })), "{error}");
    decoded(&aiff(None, 0, 16, 4, &[0; 8])).expect_err("no channels");
    let error = decoded(&aiff(None, 3, 16, 4, &[0; 24])).expect_err("three channels");
    assert!(matches!(error, DecodeError::Channels { channels: 3, .. }), "{error}");
}

//! AIFF and AIFF-C.

use super::{assert_decodes, decoded};
use transept::impulse::decode::DecodeError;

/// A chunk of *Audio Interchange File Format 1.3*: as in RIFF, but the upper bytes come first.
fn chunk(letters: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = letters.to_vec();
    bytes.extend((content.len() as u32).to_be_bytes());
    bytes.extend(content);
    if !content.len().is_multiple_of(2) {
        bytes.push(0);
    }
    bytes
}

/// AIFF, or AIFF-C with these letters of its compression, at 48 kHz.
pub fn aiff(compression: Option<&[u8; 4]>, channels: u16, bits: u16, frames: u32, data: &[u8]) -> Vec<u8> {
    let mut common = channels.to_be_bytes().to_vec();
    common.extend(frames.to_be_bytes());
    common.extend(bits.to_be_bytes());
    // 48000 as an extended float: 1.46484375 · 2^15.
    common.extend([0x40, 0x0e, 0xbb, 0x80, 0, 0, 0, 0, 0, 0]);
    if let Some(letters) = compression {
        common.extend(letters);
        common.extend([0, 0]);
    }
    let mut body = if compression.is_some() { b"AIFC" } else { b"AIFF" }.to_vec();
    body.extend(chunk(b"COMM", &common));
    body.extend(chunk(b"NAME", b"Hall"));
    body.extend(chunk(b"SSND", &[&[0; 8], data].concat()));
    chunk(b"FORM", &body)
}

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
        assert!(matches!(error, DecodeError::Truncated { .. }), "{length} bytes: {error}");
    }
    let error = decoded(&aiff(None, 1, 16, 0, &[])).expect_err("empty");
    assert!(matches!(error, DecodeError::Empty { .. }), "{error}");
    decoded(&aiff(None, 0, 16, 4, &[0; 8])).expect_err("no channels");
    let error = decoded(&aiff(None, 3, 16, 4, &[0; 24])).expect_err("three channels");
    assert!(matches!(error, DecodeError::Channels { channels: 3, .. }), "{error}");
}

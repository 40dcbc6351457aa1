//! AIFF and AIFF-C.

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
#[must_use]
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

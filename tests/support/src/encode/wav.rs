//! WAV.

/// A WAV file to be: change what should be different and take its bytes.
#[derive(Debug, Clone)]
pub struct Wav {
    /// The format tag: 1 for integers, 3 for floats.
    pub tag: u16,
    /// How many channels the header says.
    pub channels: u16,
    /// In Hz.
    pub sample_rate: u32,
    /// Valid bits of a sample.
    pub bits: u16,
    /// Bytes that a sample takes.
    pub sample_bytes: u16,
    /// True if the format chunk has the extensible form.
    pub extensible: bool,
    /// The chunks before the samples, without pad bytes.
    pub before: Vec<u8>,
    /// The chunks after the samples.
    pub after: Vec<u8>,
    /// The samples.
    pub data: Vec<u8>,
    /// The size of the file in its header, instead of the right one.
    pub riff_size: Option<u32>,
    /// The size of the samples in their header, instead of the right one.
    pub data_size: Option<u32>,
    /// The first four letters.
    pub letters: [u8; 4],
}

impl Wav {
    /// A file at 48 kHz with these bytes as its samples.
    #[must_use]
    pub fn new(tag: u16, channels: u16, bits: u16, data: Vec<u8>) -> Self {
        Self {
            tag,
            channels,
            sample_rate: 48_000,
            bits,
            sample_bytes: bits.div_ceil(8),
            extensible: false,
            before: Vec::new(),
            after: Vec::new(),
            data,
            riff_size: None,
            data_size: None,
            letters: *b"RIFF",
        }
    }

    /// 16-bit PCM.
    #[must_use]
    pub fn pcm16(channels: u16, interleaved: &[i16]) -> Self {
        Self::new(1, channels, 16, interleaved.iter().flat_map(|sample| sample.to_le_bytes()).collect())
    }

    /// 32-bit float.
    #[must_use]
    pub fn float32(channels: u16, interleaved: &[f32]) -> Self {
        Self::new(3, channels, 32, interleaved.iter().flat_map(|sample| sample.to_le_bytes()).collect())
    }

    /// The whole file.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let frame_bytes = self.sample_bytes.wrapping_mul(self.channels);
        let mut format = Vec::new();
        format.extend(if self.extensible { 0xfffe } else { self.tag }.to_le_bytes());
        format.extend(self.channels.to_le_bytes());
        format.extend(self.sample_rate.to_le_bytes());
        format.extend(self.sample_rate.wrapping_mul(frame_bytes.into()).to_le_bytes());
        format.extend(frame_bytes.to_le_bytes());
        format.extend(if self.extensible { 8 * self.sample_bytes } else { self.bits }.to_le_bytes());
        if self.extensible {
            format.extend(22_u16.to_le_bytes());
            format.extend(self.bits.to_le_bytes());
            format.extend(0_u32.to_le_bytes());
            format.extend(self.tag.to_le_bytes());
            format.extend(*b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
        }
        let mut body = b"WAVE".to_vec();
        body.extend(&self.before);
        body.extend(chunk(b"fmt ", &format));
        body.extend(b"data");
        body.extend(self.data_size.unwrap_or(self.data.len() as u32).to_le_bytes());
        body.extend(&self.data);
        if !self.data.len().is_multiple_of(2) && !self.after.is_empty() {
            body.push(0);
        }
        body.extend(&self.after);
        let mut bytes = self.letters.to_vec();
        bytes.extend(self.riff_size.unwrap_or(body.len() as u32).to_le_bytes());
        bytes.extend(body);
        bytes
    }
}

/// A chunk, without a pad byte.
#[must_use]
pub fn chunk(letters: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = letters.to_vec();
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend(content);
    bytes
}

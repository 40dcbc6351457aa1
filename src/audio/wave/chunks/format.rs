//! The chunk `fmt ` of a WAV file.

use super::super::super::pcm::Encoding;

/// What the chunk says.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    pub encoding: Encoding,
    pub channels: u16,
    pub sample_rate: u32,
    pub is_b_format: bool,
    /// Bits of speakers; 0 where it says none.
    pub speakers: u32,
    frame_bytes: u16,
    bits: u16,
}

/// The end of the identifiers by which B-format is marked; before it stands the tag.
const B_FORMAT: &[u8] = b"\0\0\x21\x07\xd3\x11\x86\x44\xc8\xc1\xca\0\0\0";

impl Format {
    /// From the fields that every file has, and from those of the extensible form.
    pub fn read(fields: &[u8; 16], extension: Option<&[u8; 24]>) -> Self {
        let (mut tag, mut is_b_format, mut speakers) = (u16_at(fields, 0), false, 0);
        if let (0xfffe, Some(extension)) = (tag, extension) {
            // The identifiers of all formats that also have a tag begin with it.
            tag = u16_at(extension, 8);
            is_b_format = extension[10..] == *B_FORMAT;
            speakers = u32_at(extension, 4);
        }
        let encoding = match tag {
            1 => Encoding::Integer,
            3 => Encoding::Float,
            6 | 7 => Encoding::Companded(tag),
            other => Encoding::Other(other),
        };
        Self {
            encoding,
            channels: u16_at(fields, 2),
            sample_rate: u32_at(fields, 4),
            is_b_format,
            speakers,
            frame_bytes: u16_at(fields, 12),
            bits: u16_at(fields, 14),
        }
    }

    /// Bytes that one sample takes.
    pub fn sample_bytes(&self) -> u16 {
        if let Encoding::Companded(_) = self.encoding {
            return 1; // whatever the other fields say
        }
        match self.frame_bytes.checked_div(self.channels) {
            Some(bytes) if u32::from(bytes) * 8 >= u32::from(self.bits) => bytes,
            _ => self.bits.div_ceil(8),
        }
    }
}

pub fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

pub fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

pub fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

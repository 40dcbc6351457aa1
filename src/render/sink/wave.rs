//! WAV: as plain as can be, and RF64 beyond 4 GB.

use super::destination::Destination;
use super::spec::Spec;
use crate::audio::Chunk;
use crate::files::FileError;
use crate::render::encoding::Bits;

/// Size of the chunk `ds64` without a table, and of the room that is kept for it.
const DS64: usize = 28;

/// From this size of the samples on there is room for `ds64`. Half of what plain WAV can hold: changes may make an
/// output longer than expected, but by no more than a pre-delay and the longest impulse, which are a fraction of it.
const RESERVE: u64 = 1 << 31;

/// What a field of 32 bits says if its value is not known, or stands in `ds64`.
const UNKNOWN: u32 = u32::MAX;

/// A WAV file under way: what its header says.
#[derive(Debug)]
pub(super) struct Wave {
    spec: Spec,
    chunks: Vec<Chunk>,
    /// Whether the header has room for `ds64`.
    has_room: bool,
    /// Bytes of samples so far.
    data: u64,
    /// Samples on their way, of one block.
    bytes: Vec<u8>,
}

impl Wave {
    /// Writes the header with sizes that are not known yet.
    pub fn begin(spec: Spec, chunks: Vec<Chunk>, to: &mut Destination) -> Result<Self, FileError> {
        let is_long = spec.frames.is_none_or(|frames| frames.saturating_mul(u64::from(spec.frame_bytes())) >= RESERVE);
        // A stream gets no sizes at all, so it needs no room for long ones.
        let wave = Self { spec, chunks, has_room: is_long && to.can_seek(), data: 0, bytes: Vec::new() };
        to.append(&wave.header(None))?;
        Ok(wave)
    }

    /// Appends whole frames of interleaved values; of floats these are the bits.
    pub fn write(&mut self, values: &[i32], to: &mut Destination) -> Result<(), FileError> {
        self.spec.pack(values, &mut self.bytes);
        self.data += self.bytes.len() as u64;
        to.append(&self.bytes)
    }

    /// Puts the sizes right.
    pub fn end(self, to: &mut Destination) -> Result<(), FileError> {
        if !to.can_seek() {
            return Ok(()); // Whoever reads until the end of a stream would take a pad byte for a part of a sample.
        }
        let header = self.header(Some(self.data));
        if self.is_beyond(header.len()) && !self.has_room {
            return Err(to.failed(&"it is longer than a plain WAV file can be, which was not to be expected"));
        }
        if !self.data.is_multiple_of(2) {
            to.append(&[0])?;
        }
        to.put_right(&header)
    }

    /// What the size of the whole says: all that follows it.
    fn whole(&self, header: usize) -> u64 {
        header as u64 - 8 + self.data.next_multiple_of(2)
    }

    fn is_beyond(&self, header: usize) -> bool {
        self.whole(header) >= u64::from(UNKNOWN)
    }

    /// The beginning of the file up to its first sample, of the same length whatever the size of the samples.
    fn header(&self, data: Option<u64>) -> Vec<u8> {
        let mut header = Vec::from(*b"RIFF\xff\xff\xff\xffWAVE");
        if self.has_room {
            append(&mut header, *b"JUNK", &[0; DS64]);
        }
        append(&mut header, *b"fmt ", &self.format());
        let fact = header.len() + 8;
        if self.is_float() {
            append(&mut header, *b"fact", &UNKNOWN.to_le_bytes());
        }
        for chunk in &self.chunks {
            append(&mut header, chunk.id, &chunk.bytes);
        }
        header.extend(b"data\xff\xff\xff\xff");
        let Some(data) = data else { return header };
        let frames = data / u64::from(self.spec.frame_bytes());
        if self.is_float() {
            set(&mut header, fact, &u32::try_from(frames).unwrap_or(UNKNOWN).to_le_bytes());
        }
        let whole = self.whole(header.len());
        if self.is_beyond(header.len()) {
            set(&mut header, 0, b"RF64");
            set(&mut header, 12, b"ds64");
            let sizes: Vec<u8> = [whole, data, frames].into_iter().flat_map(u64::to_le_bytes).collect();
            set(&mut header, 20, &sizes); // and a table of no entries
        } else {
            set(&mut header, 4, &(whole as u32).to_le_bytes());
            let size = header.len() - 4;
            set(&mut header, size, &(data as u32).to_le_bytes());
        }
        header
    }

    fn is_float(&self) -> bool {
        self.spec.encoding.bits == Bits::Float32
    }

    /// The content of `fmt `: 16 bytes for integers and 18 for float, of at most two channels, because every program
    /// reads these. More channels need the extensible one.
    fn format(&self) -> Vec<u8> {
        const PCM: u16 = 1;
        const FLOAT: u16 = 3;
        const EXTENSIBLE: u16 = 0xfffe;
        /// What follows the tag in the identifier of a subformat.
        const GUID: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
        let Spec { channels, sample_rate, .. } = self.spec;
        let tag = if self.is_float() { FLOAT } else { PCM };
        let is_plain = channels <= 2;
        let frame = self.spec.frame_bytes();
        let bits = self.spec.encoding.bits.count();
        let mut format = Vec::new();
        format.extend(if is_plain { tag } else { EXTENSIBLE }.to_le_bytes());
        format.extend(channels.to_le_bytes());
        format.extend(sample_rate.to_le_bytes());
        format.extend((sample_rate * u32::from(frame)).to_le_bytes());
        format.extend(frame.to_le_bytes());
        format.extend(bits.to_le_bytes());
        match (is_plain, tag) {
            (true, PCM) => {}
            (true, _) => format.extend(0_u16.to_le_bytes()), // of an extension, as everything but PCM must say
            (false, _) => {
                format.extend(22_u16.to_le_bytes());
                format.extend(bits.to_le_bytes()); // all of them valid
                format.extend(self.spec.speakers.to_le_bytes());
                format.extend(tag.to_le_bytes());
                format.extend(GUID);
            }
        }
        format
    }
}

/// Appends a chunk, padded to an even size.
fn append(header: &mut Vec<u8>, id: [u8; 4], bytes: &[u8]) {
    header.extend(id);
    header.extend((bytes.len() as u32).to_le_bytes());
    header.extend(bytes);
    header.extend(vec![0; bytes.len() % 2]);
}

fn set(header: &mut [u8], at: usize, bytes: &[u8]) {
    header[at..at + bytes.len()].copy_from_slice(bytes);
}

#[cfg(test)]
mod tests;

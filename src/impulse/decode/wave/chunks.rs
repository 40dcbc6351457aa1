//! Where a WAV file's samples are and what they look like.
//!
//! RIFF is a list of chunks, each with four letters and a size, padded to even length (*Multimedia Programming
//! Interface and Data Specifications 1.0*, 1991); RF64 and BW64 keep sizes beyond 4 GiB in a chunk `ds64` (EBU Tech
//! 3306, ITU-R BS.2088). Files in the wild forget the pad byte, and programs that write to a pipe or die leave a size
//! of 0 or of some gigabytes behind: all of that is read here, from `fmt ` and `data` alone.

use super::super::DecodeError;
use super::super::request::Request;
use std::io::{Read, Result, Seek, SeekFrom};

/// What the samples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// PCM: signed, but unsigned in one byte.
    Integer,
    /// IEEE 754.
    Float,
    /// Compressed in some way.
    Other,
}

/// Where the samples are and what they look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    pub encoding: Encoding,
    pub channels: u16,
    pub sample_rate: u32,
    /// Bytes that one sample takes; its valid bits are the upper ones.
    pub sample_bytes: u16,
    /// Where the samples begin.
    pub data_start: u64,
    /// How many bytes of them are there, whatever the header says.
    pub data_bytes: u64,
}

/// Sizes from here on are what programs promise that write to a pipe and cannot know: 2 or 4 GiB less a little.
const STREAMED: u64 = 0x7fff_0000;

/// A size in a RIFF header that is to be looked up in `ds64`.
const SEE_DS64: u64 = 0xffff_ffff;

/// No file has more chunks than a few dozen; a damaged one could be walked for minutes.
const MOST_CHUNKS: usize = 4096;

/// Walks the chunks of a file from its beginning to its samples.
pub fn find<S: Read + Seek>(request: Request, source: &mut S) -> std::result::Result<Form, DecodeError> {
    let mut walk = Walk::new(source).map_err(|error| request.io(error))?;
    let found = walk.search().map_err(|error| request.io(error))?;
    let (format, data) = match (found.format, found.data) {
        (Some(format), Some(data)) => (format, data),
        _ if walk.length < found.riff_end => return Err(request.truncated("it ends before its samples begin")),
        (None, _) => return Err(request.not_audio("there is no chunk `fmt ` of a WAV file in it")),
        (_, None) => return Err(request.not_audio("there is no chunk `data` of a WAV file in it")),
    };
    let there = walk.length - data.start;
    let promised = data.start.saturating_add(data.size);
    let data_bytes = match data.size {
        0 if walk.is_chunk_list(data.start).map_err(|error| request.io(error))? => 0,
        0 => there,
        size if size <= there => size,
        // Where the file's own size covers what `data` promises, the header was finished and the file lost its end.
        size if size < STREAMED && promised <= found.riff_end => {
            return Err(request.truncated(format!("its header promises {size} bytes of samples and {there} are there")));
        }
        _ => there,
    };
    let sample_bytes = match format.frame_bytes.checked_div(format.channels) {
        Some(bytes) if u32::from(bytes) * 8 >= u32::from(format.bits) => bytes,
        _ => format.bits.div_ceil(8),
    };
    let Format { encoding, channels, sample_rate, .. } = format;
    Ok(Form { encoding, channels, sample_rate, sample_bytes, data_start: data.start, data_bytes })
}

/// The chunk `fmt `.
#[derive(Debug, Clone, Copy)]
struct Format {
    encoding: Encoding,
    channels: u16,
    sample_rate: u32,
    frame_bytes: u16,
    bits: u16,
}

/// The chunk `data` as its header has it.
#[derive(Debug, Clone, Copy)]
struct Data {
    start: u64,
    size: u64,
}

#[derive(Debug, Default)]
struct Found {
    format: Option<Format>,
    data: Option<Data>,
    /// Where the file ends according to its header.
    riff_end: u64,
}

struct Walk<'a, S> {
    source: &'a mut S,
    length: u64,
}

impl<'a, S: Read + Seek> Walk<'a, S> {
    fn new(source: &'a mut S) -> Result<Self> {
        let length = source.seek(SeekFrom::End(0))?;
        Ok(Self { source, length })
    }

    fn search(&mut self) -> Result<Found> {
        let mut found = Found { riff_end: 12, ..Found::default() };
        let Some(header) = self.bytes::<12>(0)? else { return Ok(found) };
        if &header[8..] != b"WAVE" {
            return Ok(Found::default());
        }
        found.riff_end = 8 + u64::from(u32_at(&header, 4));
        let mut long_data = SEE_DS64;
        let mut position = 12;
        for _ in 0..MOST_CHUNKS {
            let Some(header) = self.bytes::<8>(position)? else { break };
            let (start, mut size) = (position + 8, u64::from(u32_at(&header, 4)));
            match &header[..4] {
                b"ds64" => {
                    if let Some(sizes) = self.bytes::<16>(start)? {
                        found.riff_end = u64_at(&sizes, 0).saturating_add(8);
                        long_data = u64_at(&sizes, 8);
                    }
                }
                b"fmt " if found.format.is_none() => found.format = self.format(start, size)?,
                b"data" if found.data.is_none() => {
                    if size == SEE_DS64 {
                        size = long_data;
                    }
                    found.data = Some(Data { start, size });
                }
                _ => {}
            }
            if found.format.is_some() && found.data.is_some() {
                break;
            }
            position = self.after(start.saturating_add(size), size)?;
        }
        Ok(found)
    }

    /// Where the chunk after one begins that ends at `end`.
    fn after(&mut self, end: u64, size: u64) -> Result<u64> {
        if size.is_multiple_of(2) {
            return Ok(end);
        }
        let Some(next) = self.bytes::<5>(end)? else { return Ok(end.saturating_add(1)) };
        let unpadded = is_common(&next[..4]) || (is_name(&next[..4]) && !is_common(&next[1..]));
        Ok(if unpadded { end } else { end + 1 })
    }

    /// Whether whole chunks, and nothing else, fill the file from here.
    fn is_chunk_list(&mut self, mut position: u64) -> Result<bool> {
        for _ in 0..MOST_CHUNKS {
            let Some(header) = self.bytes::<8>(position)? else { break };
            if !is_name(&header[..4]) {
                return Ok(false);
            }
            let size = u64::from(u32_at(&header, 4));
            position = self.after(position + 8 + size, size)?;
        }
        // One beyond is the forgotten pad byte of the last chunk.
        Ok(position == self.length || position == self.length + 1)
    }

    fn format(&mut self, start: u64, size: u64) -> Result<Option<Format>> {
        if size < 16 {
            return Ok(None);
        }
        let Some(fields) = self.bytes::<16>(start)? else { return Ok(None) };
        let mut tag = u16_at(&fields, 0);
        if tag == 0xfffe
            && size >= 40
            && let Some(extension) = self.bytes::<24>(start + 16)?
        {
            // The identifiers of all formats that also have a tag begin with it.
            tag = u16_at(&extension, 8);
        }
        let encoding = match tag {
            1 => Encoding::Integer,
            3 => Encoding::Float,
            _ => Encoding::Other,
        };
        Ok(Some(Format {
            encoding,
            channels: u16_at(&fields, 2),
            sample_rate: u32_at(&fields, 4),
            frame_bytes: u16_at(&fields, 12),
            bits: u16_at(&fields, 14),
        }))
    }

    /// So many bytes from there, `None` where the file ends before.
    fn bytes<const N: usize>(&mut self, position: u64) -> Result<Option<[u8; N]>> {
        if position.saturating_add(N as u64) > self.length {
            return Ok(None);
        }
        let mut bytes = [0; N];
        self.source.seek(SeekFrom::Start(position))?;
        self.source.read_exact(&mut bytes)?;
        Ok(Some(bytes))
    }
}

/// Whether these can be the letters of a chunk.
fn is_name(letters: &[u8]) -> bool {
    letters.iter().all(|letter| (0x20..0x7f).contains(letter))
}

/// Whether these are the letters of a chunk that is often seen.
fn is_common(letters: &[u8]) -> bool {
    [b"data", b"fmt ", b"fact", b"LIST", b"bext", b"iXML", b"JUNK"].iter().any(|common| letters == *common)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

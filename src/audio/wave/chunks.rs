//! Where a WAV file's samples are and what they look like, and what lies beside them.
//!
//! RIFF is a list of chunks, each with four letters and a size, padded to even length (*Multimedia Programming
//! Interface and Data Specifications 1.0*, 1991); RF64 and BW64 keep sizes beyond 4 GiB in a chunk `ds64` (EBU Tech
//! 3306, ITU-R BS.2088). Files in the wild forget the pad byte, and programs that write to a pipe or die leave a size
//! of 0 or of some gigabytes behind: all of that is read here, from `fmt ` and `data` alone.

mod format;

use super::super::AudioError;
use super::super::chunk::{Chunk, Chunks};
use super::super::mark::Mark;
use super::super::named::Named;
use super::super::pcm::Form;
use format::{Format, u32_at, u64_at};
use std::io::{Read, Result, Seek, SeekFrom};

/// Sizes from here on are what programs promise that write to a pipe and cannot know: 2 or 4 GiB less a little.
const STREAMED: u64 = 0x7fff_0000;

/// Where such sizes lie that nobody can be asked about, because a pipe has no length.
const STREAMED_BY: [std::ops::RangeInclusive<u64>; 2] = [STREAMED..=0x8000_ffff, 0xffff_0000..=0xffff_ffff];

/// A size in a RIFF header that is to be looked up in `ds64`.
const SEE_DS64: u64 = 0xffff_ffff;

/// No file has more chunks than a few dozen; a damaged one could be walked for minutes.
const MOST_CHUNKS: usize = 4096;

/// Walks the chunks of a file from its beginning: to its samples, and where it is no pipe, to its end.
pub fn find<S: Read + Seek>(
    named: &Named,
    source: &mut S,
    is_pipe: bool,
) -> std::result::Result<(Form, Chunks), AudioError> {
    let failed = |error| named.io(error);
    let mut walk = Walk::new(source, is_pipe).map_err(failed)?;
    let mut found = walk.search().map_err(failed)?;
    let (format, data) = match (found.format, found.data) {
        (Some(format), Some(data)) => (format, data),
        _ if walk.length.is_none_or(|length| length < found.riff_end) => {
            return Err(named.truncated("it ends before its samples begin"));
        }
        (None, _) => return Err(named.not_audio("there is no chunk `fmt ` of a WAV file in it")),
        (_, None) => return Err(named.not_audio("there is no chunk `data` of a WAV file in it")),
    };
    // Where the file's own size covers what `data` promises, the header was finished.
    let is_finished = data.size < STREAMED
        && !is_unknown(found.riff_end.saturating_sub(8))
        && data.start.saturating_add(data.size) <= found.riff_end;
    let data_bytes = match (data.size, walk.length) {
        (0, None) => walk.begins_a_chunk(data.start).map_err(failed)?.then_some(0),
        (size, None) => (!is_unknown(size)).then_some(size),
        (0, Some(_)) if walk.is_chunk_list(data.start).map_err(failed)? => Some(0),
        (size, Some(length)) if size == 0 || size > length - data.start => {
            let there = length - data.start;
            if size > there && is_finished {
                return Err(named.promised(size, there));
            }
            Some(there)
        }
        (size, Some(_)) => {
            walk.collect_behind(data, &mut found.chunks).map_err(failed)?;
            Some(size)
        }
    };
    let Format { encoding, channels, sample_rate, .. } = format;
    let (sample_bytes, data_start) = (format.sample_bytes(), data.start);
    let (is_big_endian, is_signed_byte) = (false, false);
    let mark = mark(&format, &found.chunks);
    let form = Form {
        encoding,
        channels,
        sample_rate,
        sample_bytes,
        is_big_endian,
        is_signed_byte,
        mark,
        data_start,
        data_bytes,
        is_finished,
    };
    Ok((form, found.chunks))
}

/// What the file says its channels are: by the identifier of its format, in a text, or by its speakers.
fn mark(format: &Format, chunks: &Chunks) -> Mark {
    let speakers = || Mark::of_mask(format.speakers, format.channels.into());
    let in_text =
        || Some(format.channels).filter(|channels| matches!(channels, 4 | 9 | 16)).and(Mark::of_texts(&chunks.carried));
    if format.is_b_format { Mark::FuMa } else { in_text().unwrap_or_else(speakers) }
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
    chunks: Chunks,
}

struct Walk<'a, S> {
    source: &'a mut S,
    /// `None` of a pipe.
    length: Option<u64>,
}

impl<'a, S: Read + Seek> Walk<'a, S> {
    fn new(source: &'a mut S, is_pipe: bool) -> Result<Self> {
        let length = if is_pipe { None } else { Some(source.seek(SeekFrom::End(0))?) };
        Ok(Self { source, length })
    }

    fn search(&mut self) -> Result<Found> {
        let mut found = Found { riff_end: 12, ..Found::default() };
        let Some(header) = self.bytes::<12>(0)? else { return Ok(found) };
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
                letters => self.collect(letters, start, size, &mut found.chunks)?,
            }
            if found.format.is_some() && found.data.is_some() {
                break;
            }
            position = self.after(start.saturating_add(size), size)?;
        }
        Ok(found)
    }

    /// Collects the chunks that follow the samples.
    fn collect_behind(&mut self, data: Data, chunks: &mut Chunks) -> Result<()> {
        let mut position = self.after(data.start + data.size, data.size)?;
        for _ in 0..MOST_CHUNKS {
            let Some(header) = self.bytes::<8>(position)? else { break };
            if !is_name(&header[..4]) {
                break;
            }
            let (start, size) = (position + 8, u64::from(u32_at(&header, 4)));
            self.collect(&header[..4], start, size, chunks)?;
            position = self.after(start + size, size)?;
        }
        Ok(())
    }

    /// Takes a chunk along, or notes its name.
    fn collect(&mut self, letters: &[u8], start: u64, size: u64, chunks: &mut Chunks) -> Result<()> {
        if !is_name(letters) {
            return Ok(());
        }
        let kind = self.bytes::<4>(start)?.unwrap_or_default();
        if !Chunks::goes_along(letters, &kind) {
            chunks.leave_out(letters, &kind, "");
        } else if !chunks.has_room(size) {
            chunks.leave_out(letters, &kind, " (too large)");
        } else {
            let mut bytes = Vec::new();
            self.source.seek(SeekFrom::Start(start))?;
            self.source.by_ref().take(size).read_to_end(&mut bytes)?;
            if bytes.len() as u64 == size {
                chunks.carried.push(Chunk { id: [letters[0], letters[1], letters[2], letters[3]], bytes });
            } else {
                chunks.leave_out(letters, &kind, " (cut off)");
            }
        }
        Ok(())
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

    /// True if whole chunks, and nothing else, fill the file from here.
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
        Ok(self.length.is_some_and(|length| position == length || position == length + 1))
    }

    /// True if nothing follows in a pipe, or a chunk that is often seen.
    fn begins_a_chunk(&mut self, position: u64) -> Result<bool> {
        Ok(self.bytes::<8>(position)?.is_none_or(|header| is_common(&header[..4])))
    }

    fn format(&mut self, start: u64, size: u64) -> Result<Option<Format>> {
        if size < 16 {
            return Ok(None);
        }
        let Some(fields) = self.bytes::<16>(start)? else { return Ok(None) };
        let extension = if size >= 40 { self.bytes::<24>(start + 16)? } else { None };
        Ok(Some(Format::read(&fields, extension.as_ref())))
    }

    /// So many bytes from there, `None` where the file ends before.
    fn bytes<const N: usize>(&mut self, position: u64) -> Result<Option<[u8; N]>> {
        if self.length.is_some_and(|length| position.saturating_add(N as u64) > length) {
            return Ok(None);
        }
        self.source.seek(SeekFrom::Start(position))?;
        let mut bytes = Vec::with_capacity(N);
        self.source.by_ref().take(N as u64).read_to_end(&mut bytes)?;
        Ok(bytes.try_into().ok())
    }
}

/// True for a size that programs write which cannot know it; of 64 bits, also what is a negative number.
fn is_unknown(size: u64) -> bool {
    size > i64::MAX as u64 || STREAMED_BY.iter().any(|streamed| streamed.contains(&size))
}

/// True if these can be the letters of a chunk.
fn is_name(letters: &[u8]) -> bool {
    letters.iter().all(|letter| (0x20..0x7f).contains(letter))
}

/// True if these are the letters of a chunk that is often seen.
fn is_common(letters: &[u8]) -> bool {
    [b"data", b"fmt ", b"fact", b"LIST", b"bext", b"iXML", b"JUNK"].iter().any(|common| letters == *common)
}

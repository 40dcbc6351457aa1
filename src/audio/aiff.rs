//! AIFF and AIFF-C: where the samples are and what they look like; [`pcm`] reads them.
//!
//! A file is a list of chunks, each with four letters and a size, padded to even length, the upper bytes first (*Audio
//! Interchange File Format 1.3*, 1989; *AIFF-C*, 1991). Programs that write to a pipe leave sizes of 0, -1 or about
//! 2 GB behind, and a count of frames that is wrong likewise: the sizes are judged here, and the count is not read.

use super::chunk::Chunks;
use super::input::Input;
use super::mark::Mark;
use super::named::Named;
use super::opened::Opened;
use super::pcm::{Encoding, Form};
use super::{AudioError, foreign, pcm};
use crate::cancel::Token;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// No file has more chunks than a few dozen; a damaged one could be walked for minutes.
const MOST_CHUNKS: usize = 4096;

/// Sizes from here on are what programs promise that write to a pipe and cannot know: 2 or 4 GB less a little.
const STREAMED: u64 = 0x7f00_0000;

/// Bytes between the header of the chunk `SSND` and the samples, without the gap of which they tell.
const OFFSET_AND_BLOCK: u64 = 8;

/// Opens an AIFF file at its beginning.
pub fn open<'a>(named: &Named, mut input: Input<'a>, cancel: &Token) -> Result<Opened<'a>, AudioError> {
    let beginning = input.peek(foreign::BEGINNING).map_err(|error| named.io(error))?;
    if beginning.get(8..12).is_some_and(|kind| !matches!(kind, b"AIFF" | b"AIFC")) {
        return Err(foreign::refusal(named, &beginning));
    }
    let is_pipe = input.is_pipe();
    let mut source = BufReader::with_capacity(1 << 12, input);
    let form = find(named, &mut source, is_pipe)?;
    pcm::open(named, source.into_inner(), form, Chunks::default(), cancel)
}

/// What the chunks say.
#[derive(Default)]
struct Found {
    /// The size in the file's header.
    size: u64,
    common: Option<Vec<u8>>,
    /// Where the samples begin, and how many bytes of them the header promises.
    samples: Option<(u64, u64)>,
}

fn find<S: Read + Seek>(named: &Named, source: &mut S, is_pipe: bool) -> Result<Form, AudioError> {
    let failed = |error| named.io(error);
    let length = if is_pipe { None } else { Some(source.seek(SeekFrom::End(0)).map_err(failed)?) };
    let found = walk(source, is_pipe).map_err(failed)?;
    let is_sized = found.size > 0 && found.size < STREAMED;
    let end = found.size.saturating_add(8);
    let (common, (data_start, size)) = match (found.common, found.samples) {
        (Some(common), Some(samples)) => (common, samples),
        _ if length.is_none_or(|length| length < end) => {
            return Err(named.truncated("it ends before its samples begin"));
        }
        (None, _) => return Err(named.not_audio("there is no chunk `COMM` of an AIFF file in it")),
        (_, None) => return Err(named.empty()),
    };
    // Where the file's own size covers what `SSND` promises, the header was finished.
    let is_finished = is_sized && size < STREAMED && data_start.saturating_add(size) <= end;
    let data_bytes = match (size, length.map(|length| length.saturating_sub(data_start))) {
        (0, _) if is_finished => Some(0),
        (size, Some(there)) if size > there && is_finished => {
            return Err(named.promised(size, there));
        }
        (size, Some(there)) => Some(if size == 0 { there } else { size.min(there) }),
        (size, None) => (size > 0 && size < STREAMED).then_some(size),
    };
    if is_finished && !is_pipe {
        let behind = bytes::<12, _>(source, end + end % 2).map_err(failed)?;
        if behind.is_some_and(|behind| &behind[..4] == b"FORM" && behind[8..].starts_with(b"AIF")) {
            return Err(named.joined());
        }
    }
    let form = read(named, &common)?;
    Ok(Form { data_start, data_bytes, is_finished, ..form })
}

/// Walks the chunks up to the samples; behind them only where what they look like is not known before.
fn walk<S: Read + Seek>(source: &mut S, is_pipe: bool) -> io::Result<Found> {
    let mut found = Found::default();
    let Some(header) = bytes::<12, _>(source, 0)? else { return Ok(found) };
    found.size = u32_at(&header, 4).into();
    let mut position = 12;
    for _ in 0..MOST_CHUNKS {
        let Some(header) = bytes::<8, _>(source, position)? else { break };
        let (start, size) = (position + 8, u64::from(u32_at(&header, 4)));
        match &header[..4] {
            b"COMM" if found.common.is_none() => {
                let mut common = Vec::new();
                source.by_ref().take(size.min(64)).read_to_end(&mut common)?;
                found.common = Some(common);
            }
            b"SSND" if found.samples.is_none() => {
                let Some(fields) = bytes::<8, _>(source, start)? else { break };
                let before = OFFSET_AND_BLOCK + u64::from(u32_at(&fields, 0));
                found.samples = Some((start + before, size.saturating_sub(before)));
            }
            _ => {}
        }
        if found.samples.is_some() && (found.common.is_some() || is_pipe) {
            break;
        }
        position = start + size + size % 2;
    }
    Ok(found)
}

/// What the chunk `COMM` says.
fn read(named: &Named, common: &[u8]) -> Result<Form, AudioError> {
    let Some((fields, rest)) = common.split_first_chunk::<18>() else {
        return Err(named.not_audio("its chunk `COMM` is too short"));
    };
    let (channels, bits) = (u16_at(fields, 0), u16_at(fields, 6));
    let letters = rest.first_chunk::<4>().unwrap_or(b"NONE");
    let (encoding, bytes, is_big_endian, is_signed_byte) = match &letters.to_ascii_lowercase()[..] {
        b"none" | b"twos" | b"in24" | b"in32" => (Encoding::Integer, bits.div_ceil(8), true, true),
        b"sowt" | b"23ni" | b"42ni" => (Encoding::Integer, bits.div_ceil(8), false, true),
        b"raw " => (Encoding::Integer, bits.div_ceil(8), true, false),
        b"fl32" => (Encoding::Float, 4, true, false),
        b"fl64" => (Encoding::Float, 8, true, false),
        b"alaw" => (Encoding::Companded(6), 1, true, false),
        b"ulaw" => (Encoding::Companded(7), 1, true, false),
        _ => {
            let name = format!("AIFF with samples of the kind `{}`", letters.escape_ascii());
            return Err(named.foreign(name, "convert it to PCM first"));
        }
    };
    Ok(Form {
        encoding,
        channels,
        sample_rate: rate(fields),
        sample_bytes: bytes,
        is_big_endian,
        is_signed_byte,
        mark: Mark::None,
        data_start: 0,
        data_bytes: None,
        is_finished: false,
    })
}

/// The sample rate in Hz: a float of 80 bits (IEEE 754, double extended) from byte 8 on. What is none gives 0.
fn rate(fields: &[u8; 18]) -> u32 {
    let exponent = i32::from(u16_at(fields, 8)); // with a sign bit, it is far too large
    let mantissa = f64::from(u32_at(fields, 10)) * 2_f64.powi(32) + f64::from(u32_at(fields, 14));
    (mantissa * 2_f64.powi(exponent - 16_383 - 63)).round() as u32
}

/// So many bytes from there, `None` where the file ends before.
fn bytes<const N: usize, S: Read + Seek>(source: &mut S, position: u64) -> io::Result<Option<[u8; N]>> {
    source.seek(SeekFrom::Start(position))?;
    let mut bytes = Vec::with_capacity(N);
    source.by_ref().take(N as u64).read_to_end(&mut bytes)?;
    Ok(bytes.try_into().ok())
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) << 16 | u32::from(u16_at(bytes, at + 2))
}

//! CAF: finds out how many samples are there before symphonia reads the file.
//!
//! A file is a list of chunks, each with four letters and a size of 64 bits (*Apple Core Audio Format Specification
//! 1.0*). A size of -1 of the samples says that they go on up to the end, as of programs that write to a pipe.
//! Symphonia refuses it: the right size is put in its place here.

mod arranged;
mod layout;

use super::amended::Amended;
use super::input::Input;
use super::mark::Mark;
use super::named::Named;
use super::opened::Opened;
use super::{AudioError, compressed};
use crate::cancel::Token;
use arranged::Arranged;
use layout::Layout;
use std::io::{Read, Result as IoResult, Seek, SeekFrom};

/// No file has more chunks than a few dozen; a damaged one could be walked for minutes.
const MOST_CHUNKS: usize = 4096;

/// Bytes of a chunk's letters and size.
const HEADER: u64 = 12;

/// Bytes of a count of edits, which is before the samples.
const EDITS: u64 = 4;

/// Most channels of which a matrix of AmbiX is looked at: more than any file has that is played.
const MOST_CHANNELS: usize = 256;

/// Identifier of the chunk of the extended AmbiX format.
const AMBIX: [u8; 16] = 0x1ad3_18c3_00e5_5576_be2d_0dca_2460_bc89_u128.to_be_bytes();

const REORDER: &str = "export it as WAV, in the order L R C LFE Ls Rs or as AmbiX";
const UNMIX: &str = "convert it to the basic format, of all harmonics, first";

/// Opens a CAF file at its beginning.
pub fn open<'a>(named: &Named, mut input: Input<'a>, cancel: &Token) -> Result<Opened<'a>, AudioError> {
    let failed = |error| named.io(error);
    let length = input.seek(SeekFrom::End(0)).map_err(failed)?;
    let mut position = 8;
    let (mut open_end, mut end, mut has_samples) = (None, length, false);
    let (mut channels, mut is_lossless, mut layout, mut says_ambix) = (0, false, Vec::new(), false);
    for _ in 0..MOST_CHUNKS {
        let Some((letters, size)) = header(&mut input, position).map_err(failed)? else { break };
        let (start, there) = (position + HEADER, length.saturating_sub(position + HEADER));
        if has_samples && (size > there || !letters.iter().all(u8::is_ascii_graphic)) {
            // What follows the samples and is no chunk, such as zeros or a tag, is none of the file's.
            end = position;
            break;
        }
        match &letters {
            b"desc" => (channels, is_lossless) = admit(named, &mut input)?,
            b"chan" => {
                layout.clear();
                input.by_ref().take(size.min(layout::MOST_BYTES)).read_to_end(&mut layout).map_err(failed)?;
            }
            b"uuid" if channels <= MOST_CHANNELS => says_ambix |= is_ambix(named, &mut input, size, channels)?,
            _ => {}
        }
        has_samples |= &letters == b"data";
        match &letters {
            // No samples are fewer bytes than their count of edits has.
            b"data" if !(EDITS..1 << 62).contains(&size) => {
                open_end = Some((position + 4, there.to_be_bytes()));
                break;
            }
            b"data" if size > there => return Err(named.promised(size - EDITS, there.saturating_sub(EDITS))),
            _ if size > there => {
                let name = letters.escape_ascii();
                return Err(named.truncated(format!("its chunk `{name}` has {size} bytes and {there} are there")));
            }
            _ => position = start + size,
        }
    }
    input.seek(SeekFrom::Start(0)).map_err(failed)?;
    let opened = if open_end.is_none() && end == length {
        compressed::open(named, input, cancel)?
    } else {
        compressed::open(named, Input::whole(Amended::new(input, end, open_end)), cancel)?
    };
    let is_said = says_ambix || !layout.is_empty();
    // The identifier of AmbiX is more than a layout says, wherever it stands.
    let mut layout = match says_ambix {
        true => Mark::AmbiX.into(),
        false => Layout::read(&layout, channels).map_err(|form| named.foreign(form, REORDER))?,
    };
    if is_said && is_lossless {
        layout = layout.in_alac(channels);
        layout.order = arranged::as_stored(layout.order, channels);
    }
    let Layout { mark, order } = layout;
    let samples = if order.is_empty() { opened.samples } else { Box::new(Arranged { samples: opened.samples, order }) };
    Ok(Opened { mark, samples, ..opened })
}

/// True if the chunk that the source is at, of so many bytes, is that of AmbiX: its identifier, numbers of rows and of
/// columns, and a matrix that makes the harmonics of the channels, row by row.
///
/// # Errors
/// A matrix that is not the harmonics of a whole order as they are, one for each channel.
fn is_ambix<S: Read>(named: &Named, source: &mut S, size: u64, channels: usize) -> Result<bool, AudioError> {
    let mut chunk = Vec::new();
    let most = (AMBIX.len() + 8 + 4 * channels * channels) as u64;
    source.by_ref().take(size.min(most)).read_to_end(&mut chunk).map_err(|error| named.io(error))?;
    let Some(matrix) = chunk.strip_prefix(&AMBIX) else { return Ok(false) };
    let words: Vec<u32> = matrix.as_chunks().0.iter().copied().map(u32::from_be_bytes).collect();
    let unit = (0..channels * channels).map(|at| if at % (channels + 1) == 0 { 1.0_f32.to_bits() } else { 0 });
    let is_unit = match words.split_first_chunk() {
        Some((rows_and_columns, values)) => {
            *rows_and_columns == [channels as u32; 2]
                && unit.eq(values.iter().copied())
                && channels.isqrt().pow(2) == channels
        }
        None => matrix.is_empty(),
    };
    if is_unit { Ok(true) } else { Err(named.foreign("AmbiX of the extended format, with a matrix, in CAF", UNMIX)) }
}

/// The number of channels, and whether it is ALAC, by the description that the source is at: rate, letters of the kind,
/// flags, bytes and frames of a packet, channels, and bits. Refuses the kinds of samples that symphonia does not read.
fn admit<S: Read>(named: &Named, source: &mut S) -> Result<(usize, bool), AudioError> {
    let mut description = Vec::new();
    source.by_ref().take(32).read_to_end(&mut description).map_err(|error| named.io(error))?;
    let kind = match (description.get(8..12).unwrap_or_default(), description.get(28..32).unwrap_or_default()) {
        (b"lpcm", [0, 0, 0, 8]) => "8-bit PCM",
        (b"alaw", _) => "A-law",
        (b"ulaw", _) => "µ-law",
        (b"ima4", _) => "ADPCM",
        (b"opus", _) => "Opus",
        (kind, _) => {
            let channels = description.get(24..).and_then(<[u8]>::first_chunk);
            return Ok((channels.map_or(0, |channels| u32::from_be_bytes(*channels) as usize), kind == b"alac"));
        }
    };
    Err(named.foreign(format!("{kind} in CAF"), "convert it to PCM of 16 bits or more first"))
}

/// Letters and size of the chunk at a position, `None` where the file ends before.
fn header<S: Read + Seek>(source: &mut S, position: u64) -> IoResult<Option<([u8; 4], u64)>> {
    source.seek(SeekFrom::Start(position))?;
    let mut bytes = Vec::new();
    source.by_ref().take(HEADER).read_to_end(&mut bytes)?;
    let Some((letters, size)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
    Ok(size.try_into().ok().map(|size| (*letters, u64::from_be_bytes(size))))
}

#[cfg(test)]
mod tests;

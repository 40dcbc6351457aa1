//! CAF: finds out how many samples are there before symphonia reads the file.
//!
//! A file is a list of chunks, each with four letters and a size of 64 bits (*Apple Core Audio Format Specification
//! 1.0*). A size of -1 of the samples says that they go on up to the end, as of programs that write to a pipe.
//! Symphonia refuses it: the right size is put in its place here.

use super::amended::Amended;
use super::input::Input;
use super::mark::Mark;
use super::named::Named;
use super::opened::Opened;
use super::{AudioError, compressed};
use crate::cancel::Token;
use std::io::{Read, Result as IoResult, Seek, SeekFrom};

/// No file has more chunks than a few dozen; a damaged one could be walked for minutes.
const MOST_CHUNKS: usize = 4096;

/// Bytes of a chunk's letters and size.
const HEADER: u64 = 12;

/// Bytes of a count of edits, which is before the samples.
const EDITS: u64 = 4;

/// Tag that leaves the speakers to the mask.
const USE_MASK: u32 = 1 << 16;
/// Upper halves of tags: W X Y Z, and spherical harmonics in the order ACN with the weights SN3D.
const B_FORMAT: u32 = 107;
const ACN_SN3D: u32 = 190;
/// Identifier of the chunk of the extended AmbiX format.
const AMBIX: [u8; 16] = 0x1ad3_18c3_00e5_5576_be2d_0dca_2460_bc89_u128.to_be_bytes();

/// Opens a CAF file at its beginning.
pub fn open<'a>(named: &Named, mut input: Input<'a>, cancel: &Token) -> Result<Opened<'a>, AudioError> {
    let failed = |error| named.io(error);
    let length = input.seek(SeekFrom::End(0)).map_err(failed)?;
    let mut position = 8;
    let (mut open_end, mut end, mut has_samples, mut mark) = (None, length, false, Mark::None);
    for _ in 0..MOST_CHUNKS {
        let Some((letters, size)) = header(&mut input, position).map_err(failed)? else { break };
        let (start, there) = (position + HEADER, length.saturating_sub(position + HEADER));
        if has_samples && (size > there || !letters.iter().all(u8::is_ascii_graphic)) {
            // What follows the samples and is no chunk, such as zeros or a tag, is none of the file's.
            end = position;
            break;
        }
        if &letters == b"desc" {
            admit(named, &mut input)?;
        }
        mark = match &letters {
            b"chan" => layout(&mut input).map_err(failed)?,
            b"uuid" if is_ambix(&mut input).map_err(failed)? => Mark::AmbiX,
            _ => mark,
        };
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
    Ok(Opened { mark, ..opened })
}

/// What the layout of channels says that the source is at: a tag, and a mask of speakers. The lower half of a tag is
/// the number of channels.
fn layout<S: Read>(source: &mut S) -> IoResult<Mark> {
    let mut fields = Vec::new();
    source.by_ref().take(8).read_to_end(&mut fields)?;
    let Some((tag, mask)) = fields.split_first_chunk::<4>() else { return Ok(Mark::None) };
    let (tag, mask) = (u32::from_be_bytes(*tag), mask.try_into().map_or(0, u32::from_be_bytes));
    Ok(match tag >> 16 {
        _ if tag == USE_MASK => Mark::of_mask(mask, mask.count_ones() as usize),
        B_FORMAT => Mark::FuMa,
        ACN_SN3D => Mark::AmbiX,
        _ => Mark::None,
    })
}

/// True if the chunk that the source is at is that of the extended AmbiX format.
fn is_ambix<S: Read>(source: &mut S) -> IoResult<bool> {
    let mut identifier = Vec::new();
    source.by_ref().take(16).read_to_end(&mut identifier)?;
    Ok(identifier == AMBIX)
}

/// Refuses the kinds of samples that symphonia does not read, by the description that the source is at: rate, letters
/// of the kind, flags, bytes and frames of a packet, channels, and bits.
fn admit<S: Read>(named: &Named, source: &mut S) -> Result<(), AudioError> {
    let mut description = Vec::new();
    source.by_ref().take(32).read_to_end(&mut description).map_err(|error| named.io(error))?;
    let kind = match (description.get(8..12).unwrap_or_default(), description.get(28..32).unwrap_or_default()) {
        (b"lpcm", [0, 0, 0, 8]) => "8-bit PCM",
        (b"alaw", _) => "A-law",
        (b"ulaw", _) => "µ-law",
        (b"ima4", _) => "ADPCM",
        (b"opus", _) => "Opus",
        _ => return Ok(()),
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

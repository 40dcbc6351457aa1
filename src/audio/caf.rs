//! CAF: finds out how many samples are there before symphonia reads the file.
//!
//! A file is a list of chunks, each with four letters and a size of 64 bits (*Apple Core Audio Format Specification
//! 1.0*). A size of -1 of the samples says that they go on up to the end, as of programs that write to a pipe.
//! Symphonia refuses it: the right size is put in its place here.

use super::input::Input;
use super::named::Named;
use super::opened::Opened;
use super::{AudioError, compressed};
use crate::cancel::Token;
use std::io::{Read, Result as IoResult, Seek, SeekFrom};
use symphonia::core::io::MediaSource;

/// No file has more chunks than a few dozen; a damaged one could be walked for minutes.
const MOST_CHUNKS: usize = 4096;

/// Bytes of a chunk's letters and size.
const HEADER: u64 = 12;

/// Bytes of a count of edits, which is before the samples.
const EDITS: u64 = 4;

/// Opens a CAF file at its beginning.
pub fn open<'a>(named: &Named, mut input: Input<'a>, cancel: &Token) -> Result<Opened<'a>, AudioError> {
    let failed = |error| named.io(error);
    let length = input.seek(SeekFrom::End(0)).map_err(failed)?;
    let mut position = 8;
    let mut open_end = None;
    for _ in 0..MOST_CHUNKS {
        let Some((letters, size)) = header(&mut input, position).map_err(failed)? else { break };
        let (start, there) = (position + HEADER, length.saturating_sub(position + HEADER));
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
    match open_end {
        Some((at, bytes)) => {
            let amended = Amended { input, at, bytes, position: 0 };
            compressed::open(named, Input::whole(amended), cancel)
        }
        None => compressed::open(named, input, cancel),
    }
}

/// Letters and size of the chunk at a position, `None` where the file ends before.
fn header<S: Read + Seek>(source: &mut S, position: u64) -> IoResult<Option<([u8; 4], u64)>> {
    source.seek(SeekFrom::Start(position))?;
    let mut bytes = Vec::new();
    source.by_ref().take(HEADER).read_to_end(&mut bytes)?;
    let Some((letters, size)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
    Ok(size.try_into().ok().map(|size| (*letters, u64::from_be_bytes(size))))
}

/// A file with other bytes at one place.
struct Amended<'a> {
    input: Input<'a>,
    at: u64,
    bytes: [u8; 8],
    position: u64,
}

impl Read for Amended<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> IoResult<usize> {
        let read = self.input.read(buffer)?;
        for (position, byte) in (self.at..).zip(self.bytes) {
            if let Some(at) = position.checked_sub(self.position).and_then(|at| usize::try_from(at).ok())
                && at < read
            {
                buffer[at] = byte;
            }
        }
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Amended<'_> {
    fn seek(&mut self, to: SeekFrom) -> IoResult<u64> {
        self.position = self.input.seek(to)?;
        Ok(self.position)
    }
}

impl MediaSource for Amended<'_> {
    fn is_seekable(&self) -> bool {
        self.input.is_seekable()
    }

    fn byte_len(&self) -> Option<u64> {
        self.input.byte_len()
    }
}

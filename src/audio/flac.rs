//! FLAC: checks that its frames follow each other. Symphonia passes over frames that are damaged, and does not say so.

use super::AudioError;
use super::compressed::{self, Promise};
use super::continuity::Continuity;
use super::input::Input;
use super::named::Named;
use super::opened::Opened;
use super::tags::Untagged;
use crate::cancel::Token;
use std::io::{Read, Result as IoResult, Seek, SeekFrom};

/// Blocks before the first frame that are looked at, at most.
const MOST_BLOCKS: usize = 4096;

/// Opens a FLAC file at its beginning.
pub fn open<'a>(named: &Named, mut input: Input<'a>, cancel: &Token) -> Result<Opened<'a>, AudioError> {
    let before = before_frames(&mut input).map_err(|error| named.io(error))?;
    input.seek(SeekFrom::Start(0)).map_err(|error| named.io(error))?;
    let promise = Promise::Continuity(Continuity::new(before));
    compressed::open_promised(named, Input::pipe(Untagged::new(input.settle())), promise, cancel)
}

/// Bytes before the first frame: four letters, and blocks with a header of four bytes each (RFC 9639, 8.1).
fn before_frames<S: Read + Seek>(source: &mut S) -> IoResult<u64> {
    let mut position = 4;
    for _ in 0..MOST_BLOCKS {
        source.seek(SeekFrom::Start(position))?;
        let mut header = Vec::new();
        source.by_ref().take(4).read_to_end(&mut header)?;
        let [kind, length @ ..] = &header[..] else { break };
        position += 4 + length.iter().fold(0, |length, byte| length << 8 | u64::from(*byte));
        if kind >> 7 == 1 {
            break;
        }
    }
    Ok(position)
}

//! WAV: [`chunks`] finds the samples, and [`pcm`] reads them.

mod chunks;

use super::input::Input;
use super::named::Named;
use super::opened::Opened;
use super::{AudioError, foreign, pcm};
use crate::cancel::Token;
use std::io::BufReader;

/// Opens a WAV file at its beginning.
pub fn open<'a>(named: &Named, mut input: Input<'a>, cancel: &Token) -> Result<Opened<'a>, AudioError> {
    let beginning = input.peek(foreign::BEGINNING).map_err(|error| named.io(error))?;
    if beginning.get(8..12).is_some_and(|kind| kind != b"WAVE") {
        return Err(foreign::refusal(named, &beginning));
    }
    let is_pipe = input.is_pipe();
    let mut source = BufReader::with_capacity(1 << 12, input);
    let (form, chunks) = chunks::find(named, &mut source, is_pipe)?;
    pcm::open(named, source.into_inner(), form, chunks, cancel)
}

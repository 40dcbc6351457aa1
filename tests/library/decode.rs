//! Files become impulses sample by sample, and what is none is refused with the file's name and the reason.
//!
//! Every file is written here, byte by byte, so that what it should decode to is known exactly.

mod aiff;
mod flac;
mod ogg;
mod pairs;
mod real;
mod refusals;
mod vorbis;
mod wave;

use transept::cancel::Token;
use transept::impulse::Impulse;
use transept::impulse::decode::{self, DecodeError};
use transept_support::folder::Folder;

/// Decodes a file that holds these bytes.
fn decoded(bytes: &[u8]) -> Result<Impulse, DecodeError> {
    let folder = Folder::new();
    let path = folder.file("room.wav", bytes);
    let result = decode::file(&path, &Token::never());
    if let Err(error) = &result {
        assert!(error.to_string().contains("room.wav"), "the error names the file: {error}");
    }
    result
}

/// Asserts that a file with these bytes decodes to these samples, exactly, at 48 kHz.
#[track_caller]
fn assert_decodes(what: &str, bytes: &[u8], channels: &[Vec<f32>]) {
    let impulse = decoded(bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(impulse.sample_rate(), 48_000, "{what}");
    assert_eq!(impulse.channels(), channels, "{what}");
}

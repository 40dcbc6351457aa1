//! Decodes a file or bytes to an [`Impulse`], or to [`Audio`] for the files that are played through one.
//!
//! [`formats`] is the table of the formats that are read. The chunks of a WAV file are walked one by one, because real
//! files break the rules in ways that both hound and symphonia refuse; hound reads the samples. Symphonia reads all
//! other formats, and WAV files whose samples are compressed. A reader judges what a header promises before it reads a
//! sample, takes memory only for samples that are there, and ends in an error on damaged bytes.

mod compressed;
mod error;
pub mod formats;
mod ogg;
mod request;
mod wave;

use super::Impulse;
use crate::cancel::Token;
use crate::channels::ImpulseForm;
pub use error::DecodeError;
use request::{Purpose, Request};
use std::fs::File;
use std::io::{Cursor, ErrorKind, Read, SeekFrom};
use std::path::Path;
use symphonia::core::io::MediaSource;

/// What an audio file holds, of any length and channel count.
#[derive(Debug, Clone, PartialEq)]
pub struct Audio {
    /// One vector of samples per channel, at least one, all of the same length; full scale is ±1.
    pub channels: Vec<Vec<f32>>,
    /// In Hz; never 0.
    pub sample_rate: u32,
}

/// Reads an impulse from an audio file: one of the [forms](ImpulseForm), at most
/// [`MAX_SECONDS`](super::MAX_SECONDS) long.
///
/// # Errors
/// See [`DecodeError`]. `cancel` is checked every few milliseconds.
pub fn file(path: &Path, cancel: &Token) -> Result<Impulse, DecodeError> {
    impulse(path, open(Request { path, purpose: Purpose::Impulse, cancel })?)
}

/// Reads an impulse from the bytes of an audio file; `name` stands for it in errors.
///
/// # Errors
/// See [`DecodeError`]. `cancel` is checked every few milliseconds.
pub fn bytes(name: &Path, bytes: &[u8], cancel: &Token) -> Result<Impulse, DecodeError> {
    impulse(name, read(Request { path: name, purpose: Purpose::Impulse, cancel }, Cursor::new(bytes))?)
}

/// Reads any audio file: unlike an impulse it may have any length and channel count, and its samples need not be
/// finite.
///
/// # Errors
/// See [`DecodeError`]. `cancel` is checked every few milliseconds.
pub fn audio(path: &Path, cancel: &Token) -> Result<Audio, DecodeError> {
    open(Request { path, purpose: Purpose::Audio, cancel })
}

/// Reads two files, of the left and of the right source: two of 2 channels are true stereo, two of 1 channel stereo.
/// The shorter one is padded with zeros.
///
/// # Errors
/// See [`DecodeError`]. `cancel` is checked every few milliseconds.
pub fn pair(left: &Path, right: &Path, cancel: &Token) -> Result<Impulse, DecodeError> {
    let (first, second) = (file(left, cancel)?, file(right, cancel)?);
    if first.sample_rate() != second.sample_rate() {
        let (left_rate, right_rate) = (first.sample_rate(), second.sample_rate());
        return Err(DecodeError::PairRates { left: left.into(), right: right.into(), left_rate, right_rate });
    }
    let (left_channels, right_channels) = (first.channels().len(), second.channels().len());
    if ImpulseForm::of_pair(left_channels, right_channels).is_none() {
        return Err(DecodeError::PairChannels {
            left: left.into(),
            right: right.into(),
            left_channels,
            right_channels,
        });
    }
    let (sample_rate, length) = (first.sample_rate(), first.len().max(second.len()));
    let mut channels = first.into_channels();
    channels.extend(second.into_channels());
    for channel in &mut channels {
        channel.resize(length, 0.0);
    }
    impulse(left, Audio { channels, sample_rate })
}

/// Judges samples as an impulse. All but finiteness was judged while they were read.
fn impulse(path: &Path, audio: Audio) -> Result<Impulse, DecodeError> {
    use super::ImpulseError;
    let path = path.to_owned();
    Impulse::new(audio.channels, audio.sample_rate).map_err(|error| match error {
        ImpulseError::NotFinite { channel, frame } => DecodeError::NotFinite { path, channel, frame },
        ImpulseError::NoChannels => DecodeError::NoChannels { path },
        ImpulseError::Empty => DecodeError::Empty { path },
        ImpulseError::SampleRate(sample_rate) => DecodeError::SampleRate { path, sample_rate },
        ImpulseError::Ragged { .. } => DecodeError::NotAudio { path, reason: error.to_string() },
    })
}

fn open(request: Request) -> Result<Audio, DecodeError> {
    let failed = |source: std::io::Error| match source.kind() {
        // A component of the path that is a file leads nowhere either.
        ErrorKind::NotFound | ErrorKind::NotADirectory => DecodeError::Missing { path: request.path.into() },
        _ => request.io(source),
    };
    let metadata = std::fs::metadata(request.path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(DecodeError::Folder { path: request.path.into() });
    }
    if !metadata.is_file() {
        // Opening a pipe or a device could wait for ever.
        return Err(request.not_audio("it is no regular file"));
    }
    read(request, File::open(request.path).map_err(failed)?)
}

fn read<S: MediaSource>(request: Request, mut source: S) -> Result<Audio, DecodeError> {
    let mut beginning = Vec::new();
    let longest = formats::longest_signature() as u64;
    source.by_ref().take(longest).read_to_end(&mut beginning).map_err(|error| request.io(error))?;
    source.seek(SeekFrom::Start(0)).map_err(|error| request.io(error))?;
    if beginning.is_empty() {
        return Err(DecodeError::Empty { path: request.path.into() });
    }
    let reader = formats::reader(&beginning).ok_or_else(|| request.not_audio("it begins like none of them"))?;
    let audio = reader(request, Box::new(source))?;
    if audio.channels.first().is_none_or(Vec::is_empty) {
        return Err(DecodeError::Empty { path: request.path.into() });
    }
    Ok(audio)
}

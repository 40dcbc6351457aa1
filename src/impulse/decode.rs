//! File or bytes -> [`Impulse`], or [`Audio`] for the files that are played through one.
//!
//! A WAV file's chunks are walked one by one, because real files break the rules in ways that both hound and symphonia
//! refuse; its samples are read by hound. Everything else, and WAV files whose samples are compressed, goes to
//! symphonia. What the header promises is judged before a sample is read, memory grows only with what is really there,
//! and a reader that fails on damaged bytes ends in an error.

mod compressed;
mod error;
mod ogg;
mod request;
mod wave;

use super::Impulse;
use crate::cancel::Token;
pub use error::DecodeError;
use request::{Purpose, Request};
use std::fs::File;
use std::io::{BufReader, Cursor, ErrorKind, Read, SeekFrom};
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

/// Reads an impulse of 1, 2 or 4 channels and at most [`MAX_SECONDS`](super::MAX_SECONDS) from an audio file.
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

/// Reads any audio file: unlike an impulse it may have any length and channel count, and its samples need not be finite.
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
    if left_channels != right_channels || left_channels > 2 {
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
    let mut signature = Vec::new();
    source.by_ref().take(4).read_to_end(&mut signature).map_err(|error| request.io(error))?;
    source.seek(SeekFrom::Start(0)).map_err(|error| request.io(error))?;
    let audio = match &signature[..] {
        [] => return Err(DecodeError::Empty { path: request.path.into() }),
        b"RIFF" | b"RF64" | b"BW64" => {
            let mut source = BufReader::with_capacity(1 << 16, source);
            match wave::read(request, &mut source)? {
                Some(audio) => audio,
                None => {
                    let mut source = source.into_inner();
                    source.seek(SeekFrom::Start(0)).map_err(|error| request.io(error))?;
                    compressed::read(request, source)?
                }
            }
        }
        b"OggS" => {
            ogg::admit(request, &mut source)?;
            compressed::read(request, source)?
        }
        b"FORM" | b"fLaC" => compressed::read(request, source)?,
        _ => return Err(request.not_audio("it begins like none of them")),
    };
    if audio.channels.first().is_none_or(Vec::is_empty) {
        return Err(DecodeError::Empty { path: request.path.into() });
    }
    Ok(audio)
}

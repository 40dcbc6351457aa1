//! Why a file cannot be rendered.

use crate::cancel::Cancelled;
use crate::files::FileError;
use crate::impulse::decode::DecodeError;
use crate::impulse::resample::ResampleError;
use crate::prepare::PrepareError;
use std::path::PathBuf;

/// Why a file was not rendered. Every message names the file and the reason, except that of a cancellation.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The dry file cannot be decoded.
    #[error(transparent)]
    Dry(DecodeError),
    /// The dry file broke off or could not be read on.
    #[error("{}: {reason}", path.display())]
    Read {
        /// The dry file.
        path: PathBuf,
        /// What the reader said.
        reason: String,
    },
    /// The dry file holds no sample.
    #[error("{}: holds no audio", .0.display())]
    Silent(PathBuf),
    /// No layout has as many inputs as the dry file has channels.
    #[error("{}: has {channels} channels; only mono and stereo files can be rendered", path.display())]
    Channels {
        /// The dry file.
        path: PathBuf,
        /// Its channels.
        channels: usize,
    },
    /// The output's rate is outside [`SAMPLE_RATES`](super::SAMPLE_RATES).
    #[error("{}: cannot be rendered at {sample_rate} Hz, only from 8000 to 384000 Hz", path.display())]
    SampleRate {
        /// The dry file.
        path: PathBuf,
        /// The rate asked for, or the file's own, in Hz.
        sample_rate: u32,
    },
    /// The dry file cannot be brought to the rate asked for.
    #[error("{}: {source}", path.display())]
    Resample {
        /// The dry file.
        path: PathBuf,
        /// The reason.
        source: ResampleError,
    },
    /// An aligned output would have a dry signal in it, which would come too early.
    #[error("{}: an aligned output has no place for the dry signal, which would come too early; switch it off", .0.display())]
    AlignedDry(PathBuf),
    /// The impulse cannot be used.
    #[error(transparent)]
    Impulse(PrepareError),
    /// The system has no thread left.
    #[error("the system has no thread left in which impulses could be built")]
    Thread,
    /// The output cannot or must not be written.
    #[error(transparent)]
    Output(#[from] FileError),
    /// The output would be larger than a WAV file can be.
    #[error(
        "{}: would need {bytes} bytes, more than the 4 GB that a WAV file can hold; render a shorter piece or fewer bits",
        path.display()
    )]
    TooLarge {
        /// The output.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// Cancelled by the caller.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl From<DecodeError> for RenderError {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Dry(other),
        }
    }
}

impl From<PrepareError> for RenderError {
    fn from(error: PrepareError) -> Self {
        match error {
            PrepareError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Impulse(other),
        }
    }
}

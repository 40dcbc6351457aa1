//! Why a file cannot be rendered.

use super::encoding::EncodingError;
use crate::audio::AudioError;
use crate::cancel::Cancelled;
use crate::channels::Bus;
use crate::files::FileError;
use crate::impulse::resample::ResampleError;
use crate::prepare::PrepareError;
use std::path::PathBuf;
use std::sync::Arc;

/// Why a file was not rendered. Every message names the file and the reason, except that of a cancellation.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The dry file cannot be read, or broke off.
    #[error(transparent)]
    Dry(AudioError),
    /// No layout has as many inputs as the dry file has channels.
    #[error("{}: has {channels} channels; files of 1 to 16 channels can be rendered", path.display())]
    Channels {
        /// The dry file.
        path: PathBuf,
        /// Its channels.
        channels: usize,
    },
    /// The channels are spherical harmonics of an order that is not the same in all directions, or above the third.
    #[error(
        "{}: it is ambisonics of {channels} channels; a whole order has 4, 9 or 16, so bring it to one first, or say \
         with --layout what else it is",
        path.display()
    )]
    MixedOrder {
        /// The dry file.
        path: PathBuf,
        /// Its channels.
        channels: usize,
    },
    /// No layout leads from the dry file's channels to the signal asked for.
    #[error(
        "{}: has {channels} channels, which cannot become {}; a file of 1{} or {} channels can",
        path.display(),
        bus.name(),
        if bus.is_ambisonic() { "" } else { ", 2" },
        bus.channels()
    )]
    Layout {
        /// The dry file.
        path: PathBuf,
        /// Its channels.
        channels: usize,
        /// The signal asked for.
        bus: Bus,
    },
    /// The output's rate is outside [`SAMPLE_RATES`](super::SAMPLE_RATES).
    #[error(
        "{}: cannot be rendered at {sample_rate} Hz, only from 8000 to 384000 Hz; --rate brings it to such a rate",
        path.display()
    )]
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
    /// The impulse cannot be used. Shared by all jobs that need it.
    #[error(transparent)]
    Impulse(Arc<PrepareError>),
    /// The system has no thread left.
    #[error("the system has no thread left in which impulses could be built")]
    Thread,
    /// The system has too little memory for one more file at a time.
    #[error("{}: {} MB of memory for its sound are not there; render fewer files at once (--jobs 1)", path.display(), bytes >> 20)]
    Memory {
        /// The dry file.
        path: PathBuf,
        /// Bytes that are needed.
        bytes: usize,
    },
    /// The output cannot or must not be written.
    #[error(transparent)]
    Output(#[from] FileError),
    /// The output cannot be encoded as it is wanted.
    #[error("{}: {source}", path.display())]
    Encoding {
        /// The output.
        path: PathBuf,
        /// The reason.
        source: EncodingError,
    },
    /// Cancelled by the caller.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl From<AudioError> for RenderError {
    fn from(error: AudioError) -> Self {
        match error {
            AudioError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Dry(other),
        }
    }
}

impl From<PrepareError> for RenderError {
    fn from(error: PrepareError) -> Self {
        match error {
            PrepareError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Impulse(Arc::new(other)),
        }
    }
}

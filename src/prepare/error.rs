//! Why a recipe gave no kernel.

use super::memory::MOST_BYTES;
use crate::audio::AudioError;
use crate::cancel::Cancelled;
use crate::engine::BuildError;
use crate::impulse::decode::{DecodeError, MOST_SAMPLES};
use crate::impulse::layout::LayoutError;
use crate::impulse::recipe::{Recipe, Source};
use crate::impulse::resample::ResampleError;
use crate::impulse::shape::ShapeError;
use crate::space::SpaceError;
use crate::space::file::FileError;
use std::path::PathBuf;
use std::sync::Arc;

/// Why a recipe gave no kernel. Every message names the file or space, and the reason.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The impulse's file is not there; of a pair, the one that is not.
    #[error("{}: there is no such file", .0.display())]
    Missing(PathBuf),
    /// The file that a session wants is nowhere, but there is one in its place or of its name that holds another
    /// impulse.
    #[error("{}: is another file now", .found.display())]
    Changed {
        /// What the session asks for.
        wanted: PathBuf,
        /// The other one.
        found: PathBuf,
    },
    /// The impulse's file cannot be used.
    #[error(transparent)]
    Decode(DecodeError),
    /// No such space, or its text is wrong.
    #[error(transparent)]
    Space(SpaceError),
    /// The file is a recipe of a space that cannot be built, or called like one.
    #[error(transparent)]
    Recipe(FileError),
    /// The resampler refuses its rate, or the host's.
    #[error("{origin}: {source}")]
    Resample {
        /// The file or space.
        origin: String,
        /// The rates, and the reason.
        source: ResampleError,
    },
    /// It cannot be shaped as is asked for.
    #[error("{origin}: {source}")]
    Shape {
        /// The file or space.
        origin: String,
        /// The reason.
        source: ShapeError,
    },
    /// Its channels cannot be used in this layout.
    #[error("{origin}: {source}")]
    Layout {
        /// The file or space.
        origin: String,
        /// The channels of both.
        source: LayoutError,
    },
    /// At the host's rate it would have more samples than a file may.
    #[error(
        "{origin}: {channels} channels of {seconds:.1} s take {:.1} GB at {sample_rate} Hz, and at most {:.1} GB of samples \
         are taken; cut the file, leave channels out, or use a lower rate",
        *bytes as f64 / 1e9,
        MOST_SAMPLES as f64 * 4.0 / 1e9
    )]
    TooMuchAtRate {
        /// The file or space.
        origin: String,
        /// Channels of the impulse.
        channels: usize,
        /// Length of the file, as it is read.
        seconds: f64,
        /// The host's rate in Hz.
        sample_rate: u32,
        /// Bytes of the samples at that rate.
        bytes: u64,
    },
    /// It would take more memory than an impulse may.
    #[error(
        "{origin}: {paths} paths of {seconds:.1} s take {:.1} GB as impulse and kernel, and at most {:.1} GB are taken; \
         shorten it (--trim-end), or use fewer channels",
        *bytes as f64 / 1e9,
        MOST_BYTES as f64 / 1e9
    )]
    TooLarge {
        /// The file or space.
        origin: String,
        /// Paths from an input to an output.
        paths: usize,
        /// Length, trimmed and shaped.
        seconds: f64,
        /// Bytes that they need.
        bytes: usize,
    },
    /// The engine refuses it.
    #[error("{origin}: {source}")]
    Kernel {
        /// The file or space.
        origin: String,
        /// The reason.
        source: BuildError,
    },
    /// The system has too little memory for its spectra.
    #[error("{origin}: the {} MB that its spectra need are not there; use a shorter impulse, or end other programs", bytes >> 20)]
    Memory {
        /// The file or space.
        origin: String,
        /// Bytes that are needed.
        bytes: usize,
    },
    /// Error of a build that other instances waited for, too.
    #[error(transparent)]
    Shared(Arc<PrepareError>),
    /// A newer request came, or the instance went.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl From<DecodeError> for PrepareError {
    /// A missing file is a case of its own: the session keeps its recipe, and the user is asked where the file is now.
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::Audio(AudioError::Missing { path }) => Self::Missing(path),
            DecodeError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Decode(other),
        }
    }
}

impl From<SpaceError> for PrepareError {
    fn from(error: SpaceError) -> Self {
        match error {
            SpaceError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Space(other),
        }
    }
}

impl From<FileError> for PrepareError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Decode(error) => error.into(),
            FileError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Recipe(other),
        }
    }
}

/// What steps say that do not know which impulse they work on: the message names it, and a cancellation stays one.
impl PrepareError {
    /// For each of those who waited for one build.
    #[cfg(feature = "worker")]
    pub(super) fn of_shared(error: &Arc<Self>) -> Self {
        match &**error {
            Self::Missing(path) => Self::Missing(path.clone()),
            Self::Changed { wanted, found } => Self::Changed { wanted: wanted.clone(), found: found.clone() },
            Self::Cancelled(cancelled) => Self::Cancelled(*cancelled),
            _ => Self::Shared(error.clone()),
        }
    }

    pub(super) fn resample(origin: String, error: ResampleError) -> Self {
        match error {
            ResampleError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            source => Self::Resample { origin, source },
        }
    }

    pub(super) fn shape(origin: String, error: ShapeError) -> Self {
        match error {
            ShapeError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            source => Self::Shape { origin, source },
        }
    }

    pub(super) fn layout(origin: String, error: LayoutError) -> Self {
        match error {
            LayoutError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            source => Self::Layout { origin, source },
        }
    }

    pub(super) fn kernel(origin: String, error: BuildError) -> Self {
        match error {
            BuildError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            source => Self::Kernel { origin, source },
        }
    }
}

/// All that a recipe is made of, for messages.
pub(super) fn origin_of(recipe: &Recipe) -> String {
    recipe.sources().map(origin).collect::<Vec<_>>().join(" with ")
}

/// The file or space, for messages.
pub(super) fn origin(source: &Source) -> String {
    source.to_string()
}

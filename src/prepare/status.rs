//! Status of the worker: its progress with the request, and what it made last.

use super::Summary;
use crate::picture::Gallery;
use std::path::PathBuf;
use std::sync::Arc;

/// How far the worker is with what is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum State {
    /// Nothing is wanted yet.
    #[default]
    Empty,
    /// Being built.
    Loading,
    /// Built and offered to the audio thread.
    Ready,
    /// Its file is not there.
    Missing {
        /// The file.
        wanted: PathBuf,
    },
    /// Its file is not there, but one in its place or of its name that holds another impulse.
    Changed {
        /// What is asked for.
        wanted: PathBuf,
        /// The other one.
        found: PathBuf,
    },
    /// It cannot be built.
    Failed {
        /// Names the file or space, and the reason.
        message: String,
    },
}

/// What the worker is doing, and what it made last.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Status {
    /// How far it is.
    pub state: State,
    /// Summary of the impulse that sounds: the one that was last ready, unless silence has replaced it. It follows a
    /// moment after the impulse; until then it is that of the one before.
    pub summary: Option<Arc<Summary>>,
    /// Pictures of the impulse that sounds, if there is a [viewer](super::worker::Viewer). Each view follows the impulse
    /// as soon as it is measured, the waves first, even before the summary; until then it is that of the one before.
    pub gallery: Gallery,
    /// True if the summary is still that of the convolver before.
    pub is_unmeasured: bool,
    /// Number of the convolver that was last offered, from 1 on; 0 before the first.
    pub generation: u64,
}

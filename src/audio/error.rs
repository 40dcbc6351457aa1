//! Why a sound file cannot be read.

use super::formats;
use crate::cancel::Cancelled;
use std::path::PathBuf;

/// Why a file cannot be read as sound. Every message names the file and the reason, except that of a cancellation.
#[derive(Debug, thiserror::Error)]
pub enum AudioError {
    /// There is no such file. A session then keeps its recipe and asks the user to locate it.
    #[error("{}: there is no such file", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The path leads to a folder.
    #[error("{}: this is a folder, not an audio file", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// The path leads to a pipe or a device, which could be waited for without end.
    #[error(
        "{}: this is a pipe or a device, not a file; pipe a dry sound into -, or save the sound in a file",
        path.display()
    )]
    NoFile {
        /// The pipe or device.
        path: PathBuf,
    },
    /// The file is there but cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// No supported format, or one in a form that cannot be read.
    #[error("{}: not readable as audio ({reason}); {} are", path.display(), formats::names("and"))]
    NotAudio {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        reason: String,
    },
    /// A known form that is not read.
    #[error("{}: it is {form}, which is not read; {advice}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Name of the form.
        form: String,
        /// What to do.
        advice: &'static str,
    },
    /// The file ends before what its header promises.
    #[error("{}: truncated: {reason}; copy or export it again", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// The part that is missing.
        reason: String,
    },
    /// The file is of a known form, and a part of it is damaged or missing.
    #[error("{}: damaged: {reason}; copy or export it again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The rule that it breaks, or the part that is lost.
        reason: String,
    },
    /// Cancelled by the caller.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// There is no sample in it.
    #[error("{}: empty: it holds no samples", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The header says 0 channels.
    #[error("{}: its header says 0 channels", path.display())]
    NoChannels {
        /// The file.
        path: PathBuf,
    },
    /// The header says 0 Hz, or more than any converter does.
    #[error("{}: its header says {sample_rate} Hz, which is no usable sample rate", path.display())]
    SampleRate {
        /// The file.
        path: PathBuf,
        /// In Hz.
        sample_rate: u32,
    },
}

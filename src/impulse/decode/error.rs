//! Why a file cannot be decoded.

use super::formats;
use crate::cancel::Cancelled;
use crate::channels::ImpulseForm;
use std::path::PathBuf;

/// Why a file cannot be used. Every message names the file and the reason, except that of a cancellation.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
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
    /// The file ends before what its header promises.
    #[error("{}: truncated: {reason}", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// What is missing.
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
    /// An impulse holds NaN or infinity.
    #[error("{}: sample {frame} of channel {channel} is not a finite number", path.display())]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        channel: usize,
        /// Counted from 0.
        frame: usize,
    },
    /// No layout takes an impulse of so many channels.
    #[error(
        "{}: it has {channels} channels; an impulse has {} until there are multichannel layouts",
        path.display(),
        ImpulseForm::counts()
    )]
    Channels {
        /// The file.
        path: PathBuf,
        /// As its header says.
        channels: usize,
    },
    /// An impulse longer than [`MAX_SECONDS`](crate::impulse::MAX_SECONDS).
    #[error("{}: it is {}longer than {} s, the most an impulse may have", path.display(), known(*seconds), crate::impulse::MAX_SECONDS)]
    TooLong {
        /// The file.
        path: PathBuf,
        /// Its length, where the header says it.
        seconds: Option<f64>,
    },
    /// The two files of a pair have different sample rates.
    #[error("{} has {left_rate} Hz and {} has {right_rate} Hz: a pair needs one sample rate", left.display(), right.display())]
    PairRates {
        /// The left source's file.
        left: PathBuf,
        /// The right source's file.
        right: PathBuf,
        /// In Hz.
        left_rate: u32,
        /// In Hz.
        right_rate: u32,
    },
    /// The two files of a pair do not both have 2 channels, nor both 1.
    #[error(
        "{} has {left_channels} channels and {} has {right_channels}: a pair is two files of 2 channels, or two of 1",
        left.display(),
        right.display()
    )]
    PairChannels {
        /// The left source's file.
        left: PathBuf,
        /// The right source's file.
        right: PathBuf,
        /// Of the left source's file.
        left_channels: usize,
        /// Of the right source's file.
        right_channels: usize,
    },
}

fn known(seconds: Option<f64>) -> String {
    seconds.map_or_else(String::new, |seconds| format!("{seconds:.1} s, "))
}

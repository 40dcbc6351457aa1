//! Why a file is no impulse.

use crate::audio::AudioError;
use crate::cancel::Cancelled;
use crate::channels::MOST_IMPULSE_CHANNELS;
use crate::impulse::MAX_FILE_SECONDS;
use std::path::PathBuf;

/// Why a file cannot be used as an impulse. Every message names the file and the reason, except that of a cancellation.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The file cannot be read as sound.
    #[error(transparent)]
    Audio(AudioError),
    /// Cancelled by the caller.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// An impulse holds NaN or infinity.
    #[error(
        "{}: sample {frame} of channel {channel} is not a finite number; export it again, or write 0 in its place",
        path.display()
    )]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        channel: usize,
        /// Counted from 0.
        frame: usize,
    },
    /// An impulse holds a sample beyond ±[`MAX_SAMPLE`](crate::impulse::MAX_SAMPLE).
    #[error(
        "{}: sample {frame} of channel {channel} is {sample:e}, where full scale is 1; make it quieter first",
        path.display()
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        channel: usize,
        /// Counted from 0.
        frame: usize,
        /// The sample.
        sample: f32,
    },
    /// No layout takes an impulse of so many channels.
    #[error(
        "{}: it has {channels} channels; an impulse has at most {MOST_IMPULSE_CHANNELS}, a matrix of 16 by 16",
        path.display()
    )]
    Channels {
        /// The file.
        path: PathBuf,
        /// As its header says.
        channels: usize,
    },
    /// The channels are spherical harmonics in FuMa, of an order that is not the same in all directions.
    #[error(
        "{}: it is ambisonics in FuMa of {channels} channels; a whole order has 4, 9 or 16, so bring it to AmbiX first",
        path.display()
    )]
    MixedOrder {
        /// The file.
        path: PathBuf,
        /// As its header says.
        channels: usize,
    },
    /// All channels together have too many samples for memory.
    #[error(
        "{}: {channels} channels of {seconds:.1} s take {:.1} GB as impulse and kernel; at most {most:.1} s of so many are \
         read, so shorten it or leave channels out",
        path.display(),
        *bytes as f64 / 1e9
    )]
    TooMuch {
        /// The file.
        path: PathBuf,
        /// As its header says, or of all files of a set.
        channels: usize,
        /// Its length.
        seconds: f64,
        /// Bytes of its samples and of their spectra.
        bytes: u64,
        /// Seconds of so many channels that are read.
        most: f64,
    },
    /// A file longer than [`MAX_FILE_SECONDS`], of which no part is read.
    #[error(
        "{}: it is {}longer than {MAX_FILE_SECONDS} s, the most that a file may have of which --trim-end takes a part; \
         cut it first",
        path.display(),
        known(*seconds)
    )]
    TooLong {
        /// The file.
        path: PathBuf,
        /// Its length, where the header says it.
        seconds: Option<f64>,
    },
    /// A file of a set has more channels than the one that its name says.
    #[error(
        "{}: it has {channels} channels, and a file of a set has the one that its name says; save that alone, or give \
         the file another name to use it by itself",
        path.display()
    )]
    SetChannels {
        /// The file.
        path: PathBuf,
        /// As its header says.
        channels: usize,
    },
    /// The two files of a pair have different sample rates.
    #[error("{} has {left_rate} Hz and {} has {right_rate} Hz: files that are one impulse need one sample rate", left.display(), right.display())]
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
        "{} has {left_channels} channels and {} has {right_channels}: files that are one impulse have as many channels each, and a pair 1 or 2",
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

impl From<AudioError> for DecodeError {
    fn from(error: AudioError) -> Self {
        match error {
            AudioError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Audio(other),
        }
    }
}

fn known(seconds: Option<f64>) -> String {
    seconds.map_or_else(String::new, |seconds| format!("{seconds:.1} s, "))
}

//! A request to read a file: readers judge headers by its purpose and name its file in errors.

use super::DecodeError;
use crate::cancel::Token;
use crate::channels::ImpulseForm;
use crate::impulse::{MAX_SAMPLE_RATE, MAX_SECONDS};
use std::path::Path;

/// What the samples are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An impulse: one of the forms of [`ImpulseForm`], at most a minute.
    Impulse,
    /// A signal that is played through an impulse: any length and number of channels.
    Audio,
}

/// One file, or the bytes that stand for one.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Its name in errors.
    pub path: &'a Path,
    /// What the samples are for.
    pub purpose: Purpose,
    /// Token of the work, checked at least at every megabyte or packet.
    pub cancel: &'a Token<'a>,
}

impl Request<'_> {
    /// Judges what a header says. `frames` is the length where it is known before decoding.
    pub fn admit(self, channels: usize, sample_rate: u32, frames: Option<u64>) -> Result<(), DecodeError> {
        let path = || self.path.to_owned();
        if channels == 0 {
            return Err(DecodeError::NoChannels { path: path() });
        }
        if sample_rate == 0 || sample_rate > MAX_SAMPLE_RATE {
            return Err(DecodeError::SampleRate { path: path(), sample_rate });
        }
        if self.purpose == Purpose::Impulse && ImpulseForm::of(channels).is_none() {
            return Err(DecodeError::Channels { path: path(), channels });
        }
        match frames {
            Some(frames) if frames > self.most_frames(sample_rate) => {
                let seconds = Some(frames as f64 / f64::from(sample_rate));
                Err(DecodeError::TooLong { path: path(), seconds })
            }
            _ => Ok(()),
        }
    }

    /// Judges how much was decoded so far, where the length was not known before.
    pub fn admit_length(self, frames: usize, sample_rate: u32) -> Result<(), DecodeError> {
        if frames as u64 > self.most_frames(sample_rate) {
            return Err(DecodeError::TooLong { path: self.path.to_owned(), seconds: None });
        }
        Ok(())
    }

    fn most_frames(self, sample_rate: u32) -> u64 {
        match self.purpose {
            Purpose::Impulse => u64::from(MAX_SECONDS) * u64::from(sample_rate),
            Purpose::Audio => u64::MAX,
        }
    }

    pub fn io(self, source: std::io::Error) -> DecodeError {
        DecodeError::Io { path: self.path.to_owned(), source }
    }

    pub fn not_audio(self, reason: impl ToString) -> DecodeError {
        DecodeError::NotAudio { path: self.path.to_owned(), reason: reason.to_string() }
    }

    pub fn truncated(self, reason: impl ToString) -> DecodeError {
        DecodeError::Truncated { path: self.path.to_owned(), reason: reason.to_string() }
    }
}

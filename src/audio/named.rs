//! The name of a file that is being read, for what is said of it.

use super::AudioError;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Highest sample rate in Hz that is taken for one. What a damaged header claims beyond it would make a resampler's
/// blocks, which grow with the rates, as large as memory.
pub const MAX_SAMPLE_RATE: u32 = 1_536_000;

/// What to do with a form that cannot be read from one end to the other.
pub const NAME_THE_FILE: &str = "name the file, which is read in more than one place";

/// A file, or bytes that stand for one, by its name in errors.
#[derive(Debug, Clone)]
pub struct Named(PathBuf);

impl Named {
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Judges what a header says.
    pub fn admit(&self, channels: usize, sample_rate: u32) -> Result<(), AudioError> {
        if channels == 0 {
            return Err(AudioError::NoChannels { path: self.0.clone() });
        }
        if sample_rate == 0 || sample_rate > MAX_SAMPLE_RATE {
            return Err(AudioError::SampleRate { path: self.0.clone(), sample_rate });
        }
        Ok(())
    }

    /// What the operating system said.
    pub fn io(&self, source: std::io::Error) -> AudioError {
        match source.kind() {
            // A component of the path that is a file leads nowhere either.
            ErrorKind::NotFound | ErrorKind::NotADirectory => AudioError::Missing { path: self.0.clone() },
            _ => AudioError::Io { path: self.0.clone(), source },
        }
    }

    pub fn not_audio(&self, reason: impl ToString) -> AudioError {
        AudioError::NotAudio { path: self.0.clone(), reason: reason.to_string() }
    }

    pub fn foreign(&self, form: impl Into<String>, advice: &'static str) -> AudioError {
        AudioError::Foreign { path: self.0.clone(), form: form.into(), advice }
    }

    pub fn truncated(&self, reason: impl ToString) -> AudioError {
        AudioError::Truncated { path: self.0.clone(), reason: reason.to_string() }
    }

    pub fn damaged(&self, reason: impl ToString) -> AudioError {
        AudioError::Damaged { path: self.0.clone(), reason: reason.to_string() }
    }

    /// Truncated by what its header promises: bytes of samples, and those that are there.
    pub fn promised(&self, promised: u64, there: u64) -> AudioError {
        self.truncated(format!("its header promises {promised} bytes of samples and {there} are there"))
    }

    /// Files of this form put one behind another, of which only the first would be heard.
    pub fn joined(&self) -> AudioError {
        self.foreign("several recordings one behind another", "convert it to WAV first")
    }

    pub fn empty(&self) -> AudioError {
        AudioError::Empty { path: self.0.clone() }
    }

    pub fn folder(&self) -> AudioError {
        AudioError::Folder { path: self.0.clone() }
    }

    pub fn no_file(&self) -> AudioError {
        AudioError::NoFile { path: self.0.clone() }
    }
}

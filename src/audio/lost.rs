//! What of a compressed file is lost, on its way out through symphonia, which knows no errors of ours.

use super::AudioError;
use super::named::Named;
use std::fmt::{self, Display, Formatter};
use std::io::{Error, ErrorKind};

/// A part of the sound that is not there.
#[derive(Debug, Clone)]
pub struct Lost {
    reason: String,
    is_end: bool,
}

impl Lost {
    /// The end of the file.
    pub fn end(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_end: true }
    }

    /// A part before the end.
    pub fn middle(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_end: false }
    }

    /// As an error of the file.
    pub fn of(self, named: &Named) -> AudioError {
        if self.is_end { named.truncated(self.reason) } else { named.damaged(self.reason) }
    }
}

impl Display for Lost {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Lost {}

impl From<Lost> for Error {
    fn from(lost: Lost) -> Self {
        Error::new(ErrorKind::InvalidData, lost)
    }
}

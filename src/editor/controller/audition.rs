//! Listening: a short signal through the present room.

use super::{Controller, PAUSE};
use crate::audition::Signal;

impl Controller {
    /// True while the host has the instance process.
    #[must_use]
    pub fn is_processed(&self) -> bool {
        self.played.1 <= PAUSE
    }

    /// The signal that sounds or is about to.
    #[must_use]
    pub fn auditioned(&self) -> Option<Signal> {
        self.monitor.audition.sounding()
    }

    /// Plays a signal through the present room.
    pub fn audition(&self, signal: Signal) {
        self.monitor.audition.start(signal);
    }

    /// Ends the signal that sounds.
    pub fn end_audition(&self) {
        self.monitor.audition.stop();
    }
}

//! Real time or offline: what a host says about the blocks that it sends.
//!
//! Hosts say it in different places: with the set-up before an activation, by a call at any time, or with each block.
//! An instance is offline as soon as one of them says so.

use crate::monitor::{Measured, Monitor};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// What the host of one instance has said. \[any\]
#[derive(Debug, Default)]
pub struct Mode {
    announced: AtomicBool,
    block: AtomicBool,
}

impl Mode {
    /// The host has said how it will process from now on.
    pub fn announce(&self, offline: bool) {
        self.announced.store(offline, Relaxed);
        // What was said with a block before counts no more.
        self.block.store(false, Relaxed);
    }

    /// The host has said how it processes the block that it sends now.
    pub fn mark_block(&self, offline: bool) {
        if self.block.swap(offline, Relaxed) && !offline {
            // A host that says it with each block has come back to real time, whatever it announced meanwhile.
            self.announced.store(false, Relaxed);
        }
    }

    /// True if nobody waits for the next block to be played.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.announced.load(Relaxed) || self.block.load(Relaxed)
    }

    /// Measures a block of so many frames until the result is dropped; `None` offline, where no block has a deadline,
    /// and where [`Monitor::measure`] says so. Real-time safe.
    #[must_use = "a block is measured until it is dropped"]
    pub fn measure<'a>(&self, monitor: &'a Monitor, frames: usize) -> Option<Measured<'a>> {
        if self.is_offline() { None } else { monitor.measure(frames) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_of_offline_is_enough() {
        let mode = Mode::default();
        assert!(!mode.is_offline());
        mode.mark_block(true);
        assert!(mode.is_offline(), "said with a block");
        mode.mark_block(false);
        assert!(!mode.is_offline());
        mode.announce(true);
        mode.mark_block(false);
        assert!(mode.is_offline(), "said before the blocks");
        mode.announce(false);
        assert!(!mode.is_offline());
    }

    #[test]
    fn offline_no_block_is_measured() {
        let (mode, monitor) = (Mode::default(), Monitor::default());
        monitor.meters.watch(true);
        assert!(mode.measure(&monitor, 64).is_some());
        mode.announce(true);
        assert!(mode.measure(&monitor, 64).is_none());
    }

    #[test]
    fn real_time_is_said_by_whoever_said_offline() {
        let mode = Mode::default();
        mode.mark_block(true);
        mode.announce(false);
        assert!(!mode.is_offline(), "a new set-up");
        mode.mark_block(true);
        mode.announce(true);
        mode.mark_block(true);
        mode.mark_block(false);
        assert!(!mode.is_offline(), "a set-up in the midst of an export");
    }
}

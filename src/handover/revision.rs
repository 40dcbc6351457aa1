//! How the audio thread lets others know that something changed, without telling anybody.

#[cfg(loom)]
use loom::sync::atomic::{AtomicU64, Ordering};
#[cfg(not(loom))]
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts changes. Whoever remembers the count of the last look sees whether there has been another one.
#[derive(Debug, Default)]
pub struct Revision(AtomicU64);

impl Revision {
    /// Something has changed. Real-time safe: one addition. \[any\]
    pub fn raise(&self) {
        // Release; its partner is the Acquire load in `now`: who sees the new count sees what has changed.
        self.0.fetch_add(1, Ordering::Release);
    }

    /// Changes so far. Real-time safe. \[any\]
    #[must_use]
    pub fn now(&self) -> u64 {
        // Acquire; its partner is the Release addition in `raise`.
        self.0.load(Ordering::Acquire)
    }
}

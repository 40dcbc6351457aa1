//! Values of parameters that a host does not know since it has loaded a state.
//!
//! A state brings other values. CLAP does not say who sees to it that the host's copies follow: after a state that it
//! has loaded itself, Carla reads every value by itself, qtractor sends those of its own session file, and what wraps
//! CLAP plugins for other formats, as well as clap-validator, waits for the plugin to ask for a rescan. But to qtractor
//! a rescan that finds another value is a change by the user: a session that was only opened asks to be saved.
//!
//! So the host is asked for a rescan, but late and only if there is need: in the next call of `on_main_thread`, when it
//! has had time to do as it does, and only if there is a value that differs from the one before and that the host has
//! neither read nor sent since.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A bit for each parameter by its place. They are hints that say nothing of other memory: hence relaxed. Real-time
/// safe. \[any\]
#[derive(Debug, Default)]
pub(super) struct Stale(AtomicU64);

impl Stale {
    /// A state has changed the parameters whose bits are set. True if there is one.
    pub fn mark(&self, changed: u64) -> bool {
        self.0.fetch_or(changed, Relaxed);
        changed != 0
    }

    /// The host knows the value of this parameter.
    pub fn is_known(&self, index: usize) {
        if self.any() {
            self.0.fetch_and(!(1 << index), Relaxed);
        }
    }

    /// True if there is a value that the host does not know.
    pub fn any(&self) -> bool {
        self.0.load(Relaxed) != 0
    }

    /// True if there was a value that the host does not know; it is about to read them all.
    pub fn take(&self) -> bool {
        self.0.swap(0, Relaxed) != 0
    }
}

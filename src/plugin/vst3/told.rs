//! Values that a host has told the controller while audio runs.
//!
//! A VST3 host tells each change twice: to the controller, whose value is shown, and with a block, which says from
//! which sample on the change is to be heard. The component is both sides in one. A value that comes to the controller
//! must be told back at once, and must not be heard before its block, or a bounce would not be exact to the sample. So
//! it is kept here, until a block brings the parameter or until no block can bring it any more.

use crate::parameters::PARAMETERS;
use std::sync::atomic::{AtomicU64, Ordering};

/// The bits of a value that nobody tells: it is not a number.
const NONE: u64 = u64::MAX;

/// At most one value, from 0 to 1, for each parameter by its place. Real-time safe. \[any\]
///
/// Every access is sequentially consistent: who tells a value and then finds that no audio runs, and who stops the
/// audio and then looks for values, must not miss each other.
#[derive(Debug)]
pub(super) struct Told([AtomicU64; PARAMETERS]);

impl Default for Told {
    fn default() -> Self {
        Self([const { AtomicU64::new(NONE) }; PARAMETERS])
    }
}

impl Told {
    /// Keeps a value, in place of an older one.
    pub fn tell(&self, index: usize, value: f64) {
        self.0[index].store(value.to_bits(), Ordering::SeqCst);
    }

    /// The value that is kept.
    pub fn get(&self, index: usize) -> Option<f64> {
        value(self.0[index].load(Ordering::SeqCst))
    }

    /// The value that is kept, and no longer is.
    pub fn take(&self, index: usize) -> Option<f64> {
        value(self.0[index].swap(NONE, Ordering::SeqCst))
    }

    /// Sets the parameter to something newer than what is kept; what is told while it does so stays kept.
    pub fn overtake(&self, index: usize, set: impl FnOnce()) {
        let before = self.0[index].load(Ordering::SeqCst);
        set();
        // If it has changed, that is newer still.
        let _ = self.0[index].compare_exchange(before, NONE, Ordering::SeqCst, Ordering::SeqCst);
    }
}

fn value(bits: u64) -> Option<f64> {
    (bits != NONE).then(|| f64::from_bits(bits))
}

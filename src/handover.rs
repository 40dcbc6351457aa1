//! Lock-free exchange of boxes between the worker and the audio thread. Generic: it knows no audio type.
//!
//! There are two places for one box each. The **inbox** leads from the worker to the audio thread: the newest offer
//! wins, and the box that it replaces is returned to the worker that offered (H3). The **return path** leads back, so
//! that the audio thread never frees (H2). The audio thread takes from the inbox only while the return path is free;
//! each box taken gives one box back later, so giving back cannot fail (H1). A [`Port`] keeps these rules for an audio
//! thread. This is an exchange without one:
//!
//! ```
//! use transept::handover::{Numbered, exchange};
//!
//! #[derive(Debug, PartialEq)]
//! struct Room(u64);
//! impl Numbered for Room {
//!     fn number(&self) -> u64 {
//!         self.0
//!     }
//! }
//!
//! let (mut worker, mut audio) = exchange();
//! let mut sounding = Box::new(Room(0));
//! worker.offer(Box::new(Room(1)));
//! if audio.return_is_free() && audio.is_waiting() {
//!     if let Some(new) = audio.take() {
//!         audio.give_back(std::mem::replace(&mut sounding, new));
//!     }
//! }
//! assert_eq!(*sounding, Room(1));
//! assert_eq!(worker.collect(), Some(Box::new(Room(0))));
//! ```
//!
//! A place can only be emptied or filled by a swap, never looked into. So there are two atomics beside them: *the
//! return path is free*, which the audio thread must know before it takes, and *the newest offer's number*, which tells
//! it whether a box waits.
//!
//! There is one handle for each thread, not clonable, and every call that moves a box takes it `&mut`: one worker, one
//! audio thread. The ends may be dropped in any order, at any moment; the last one frees what is left in both places
//! (H6). Neither may be dropped on the audio thread.
//!
//! Every interleaving of this file is run by `tests/engine/loom_exchange.rs`, with a slot made of loom's atomics.

mod port;
mod revision;
mod slot;
mod snapshot;

#[cfg(loom)]
use loom::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};
pub use port::{Append, Port};
pub use revision::Revision;
use slot::Slot;
pub use snapshot::Snapshot;
#[cfg(not(loom))]
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

/// Boxes that know how new they are.
pub trait Numbered {
    /// Number of the offer: from 1 on, and larger for every newer one.
    fn number(&self) -> u64;
}

/// State that both ends share. Each swap of a slot acquires and releases, so the thread that takes a box sees all that
/// was written to it before it was put in: the partner of every swap is the swap before it on the same slot.
struct Exchange<T> {
    inbox: Slot<T>,
    /// Number of the newest offer, 0 before the first.
    newest: AtomicU64,
    returned: Slot<T>,
    return_is_free: AtomicBool,
}

/// Makes an exchange: the worker's end and the audio thread's. Allocates.
#[must_use]
pub fn exchange<T: Send + Numbered>() -> (WorkerEnd<T>, AudioEnd<T>) {
    let exchange = Arc::new(Exchange {
        inbox: Slot::empty(),
        newest: AtomicU64::new(0),
        returned: Slot::empty(),
        return_is_free: AtomicBool::new(true),
    });
    (WorkerEnd { exchange: exchange.clone() }, AudioEnd { exchange, taken: 0, revision: None })
}

/// The end of the thread that allocates and frees. \[worker\]
pub struct WorkerEnd<T> {
    exchange: Arc<Exchange<T>>,
}

impl<T: Send + Numbered> WorkerEnd<T> {
    /// Puts a box into the inbox and returns the box that it replaced there, which this thread frees (H3). Never waits.
    #[must_use = "what was replaced is to be freed here, on the worker"]
    pub fn offer(&mut self, new: Box<T>) -> Option<Box<T>> {
        let number = new.number();
        let unheard = self.exchange.inbox.swap(Some(new));
        // Release; its partner is the Acquire load in `AudioEnd::is_waiting`: who sees the number finds its box, or a
        // newer one.
        self.exchange.newest.store(number, Ordering::Release);
        unheard
    }

    /// Takes the box that was given back, and makes the return path free again. Never waits.
    #[must_use = "what was given back is to be freed here, on the worker"]
    pub fn collect(&mut self) -> Option<Box<T>> {
        let back = self.exchange.returned.swap(None);
        if back.is_some() {
            // Release; its partner is the Acquire load in `AudioEnd::return_is_free`: who sees the path free also sees
            // the place empty. Nothing can have been given back in between, because the audio thread still holds the
            // path for taken.
            self.exchange.return_is_free.store(true, Ordering::Release);
        }
        back
    }
}

/// The end of the thread that must never allocate, free or wait. \[audio\]
pub struct AudioEnd<T> {
    exchange: Arc<Exchange<T>>,
    /// Number of what was last taken, 0 before.
    taken: u64,
    /// Raised when something has been given back.
    revision: Option<std::sync::Arc<Revision>>,
}

impl<T: Send + Numbered> AudioEnd<T> {
    /// Raises this revision whenever something has been given back, so that the worker frees it soon.
    #[must_use]
    pub fn raising(self, revision: std::sync::Arc<Revision>) -> Self {
        Self { revision: Some(revision), ..self }
    }

    /// True when a box can be given back now. It stays true until [`Self::give_back`]. Real-time safe.
    #[must_use]
    pub fn return_is_free(&self) -> bool {
        // Acquire; its partner is the Release store in `WorkerEnd::collect`.
        self.exchange.return_is_free.load(Ordering::Acquire)
    }

    /// True when a box waits in the inbox: then [`Self::take`] finds it, or a newer one. When false, an offer may be
    /// under way and is seen next time. Real-time safe.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        // Acquire; its partner is the Release store in `WorkerEnd::offer`. The number may come after its box was taken:
        // then it is not above the number taken.
        self.exchange.newest.load(Ordering::Acquire) > self.taken
    }

    /// Takes the newest offer. Check [`Self::return_is_free`] first: the box that this one replaces must be given back
    /// later (H1). Real-time safe: one swap.
    #[must_use = "dropping it would free it on this thread"]
    pub fn take(&mut self) -> Option<Box<T>> {
        let new = self.exchange.inbox.swap(None)?;
        self.taken = new.number();
        Some(new)
    }

    /// Gives a box back to the worker, which frees it. Only while [`Self::return_is_free`]. Real-time safe: one store
    /// and one swap.
    ///
    /// # Panics
    /// In debug builds, when the return path is not free. In release builds the box that was on it is then leaked,
    /// because this thread must not free it.
    pub fn give_back(&mut self, old: Box<T>) {
        // Relaxed: this thread alone reads the flag. What orders it is the swap below, whose partner is the swap of
        // `collect`, which alone sets the flag again: that store comes after this one.
        self.exchange.return_is_free.store(false, Ordering::Relaxed);
        let lost = self.exchange.returned.swap(Some(old));
        debug_assert!(lost.is_none(), "H1: given back while the return path was not free");
        std::mem::forget(lost);
        if let Some(revision) = &self.revision {
            revision.raise();
        }
    }
}

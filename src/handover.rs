//! The lock-free exchange between worker and audio thread; generic, knows no audio.
//!
//! Two places of one box each. The **inbox** leads from the worker to the audio thread: the newest offer wins, and what it
//! replaces unheard comes back to the worker that offered (H3). The **way home** leads back, so that the audio thread
//! never frees (H2). The audio thread takes from the inbox only while the way home is free; one box taken later gives one
//! box back, and so giving back cannot fail (H1):
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
//! if audio.home_is_free() && audio.is_waiting() {
//!     if let Some(new) = audio.take() {
//!         audio.send_home(std::mem::replace(&mut sounding, new));
//!     }
//! }
//! assert_eq!(*sounding, Room(1));
//! assert_eq!(worker.collect(), Some(Box::new(Room(0))));
//! ```
//!
//! A place can only be emptied or filled by a swap, never looked into. So two notes stand beside them: *the way home is
//! free*, which the audio thread must know before it takes, and *the newest offer's number*, which tells it whether
//! something waits.
//!
//! There is one handle for each thread, not clonable, and every call that moves a box wants it `&mut`: one worker, one
//! audio thread. The ends may go in any order, at any moment; the last frees what is left in both places (H6). Neither
//! may go on the audio thread.
//!
//! Every interleaving of this file is run by `tests/loom_exchange.rs`, with a slot made of loom's atomics.

mod revision;
mod slot;

#[cfg(loom)]
use loom::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};
pub use revision::Revision;
use slot::Slot;
#[cfg(not(loom))]
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

/// What is exchanged knows how new it is.
pub trait Numbered {
    /// From 1 on for what is offered, and larger for every newer offer.
    fn number(&self) -> u64;
}

/// What both ends share. Each swap of a slot acquires and releases, so whoever gets a box sees all that was written to it
/// before it was put in: the partner of every swap is the swap before it on the same slot.
struct Exchange<T> {
    inbox: Slot<T>,
    /// Number of the newest offer, 0 before the first.
    newest: AtomicU64,
    home: Slot<T>,
    home_is_free: AtomicBool,
}

/// Makes an exchange: the worker's end and the audio thread's. Allocates.
#[must_use]
pub fn exchange<T: Send + Numbered>() -> (WorkerEnd<T>, AudioEnd<T>) {
    let exchange = Arc::new(Exchange {
        inbox: Slot::empty(),
        newest: AtomicU64::new(0),
        home: Slot::empty(),
        home_is_free: AtomicBool::new(true),
    });
    (WorkerEnd { exchange: exchange.clone() }, AudioEnd { exchange, taken: 0, revision: None })
}

/// The end of the thread that makes and frees. \[worker\]
pub struct WorkerEnd<T> {
    exchange: Arc<Exchange<T>>,
}

impl<T: Send + Numbered> WorkerEnd<T> {
    /// Puts a box into the inbox and gives back what it replaced, which nobody has heard and this thread frees (H3).
    /// Never waits.
    #[must_use = "what was replaced is to be freed here, on the worker"]
    pub fn offer(&mut self, new: Box<T>) -> Option<Box<T>> {
        let number = new.number();
        let unheard = self.exchange.inbox.swap(Some(new));
        // Release; its partner is the Acquire load in `AudioEnd::is_waiting`: who sees the number finds its box, or a
        // newer one.
        self.exchange.newest.store(number, Ordering::Release);
        unheard
    }

    /// Takes what came home, and makes the way home free again. Never waits.
    #[must_use = "what came home is to be freed here, on the worker"]
    pub fn collect(&mut self) -> Option<Box<T>> {
        let back = self.exchange.home.swap(None);
        if back.is_some() {
            // Release; its partner is the Acquire load in `AudioEnd::home_is_free`: who sees the way free also sees the
            // place empty. Nothing can have been sent in between, because the audio thread still holds the way for taken.
            self.exchange.home_is_free.store(true, Ordering::Release);
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

    /// Whether a box could be sent home now. Once true it stays true until [`Self::send_home`]. Real-time safe.
    #[must_use]
    pub fn home_is_free(&self) -> bool {
        // Acquire; its partner is the Release store in `WorkerEnd::collect`.
        self.exchange.home_is_free.load(Ordering::Acquire)
    }

    /// Whether a box waits in the inbox: when true, [`Self::take`] finds it, or a newer one; when false, an offer may be
    /// under way and is seen next time. Real-time safe.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        // Acquire; its partner is the Release store in `WorkerEnd::offer`. The number may come after its box was taken:
        // then it is not above the number taken.
        self.exchange.newest.load(Ordering::Acquire) > self.taken
    }

    /// Takes the newest offer. Ask [`Self::home_is_free`] first: what this one replaces must have a way (H1).
    /// Real-time safe: one swap.
    #[must_use = "dropping it would free it on this thread"]
    pub fn take(&mut self) -> Option<Box<T>> {
        let new = self.exchange.inbox.swap(None)?;
        self.taken = new.number();
        Some(new)
    }

    /// Gives a box back to the worker, which frees it. Only while [`Self::home_is_free`]. Real-time safe: one store and
    /// one swap.
    ///
    /// # Panics
    /// In debug builds, when the way home is not free. In release builds the box that was on its way is then leaked,
    /// since this thread must not free it.
    pub fn send_home(&mut self, old: Box<T>) {
        // Relaxed: this thread alone reads the flag. What orders it is the swap below, whose partner is the swap of
        // `collect`, which alone sets the flag again: that store comes after this one.
        self.exchange.home_is_free.store(false, Ordering::Relaxed);
        let lost = self.exchange.home.swap(Some(old));
        debug_assert!(lost.is_none(), "H1: sent home while the way was not free");
        std::mem::forget(lost);
        if let Some(revision) = &self.revision {
            revision.raise();
        }
    }
}

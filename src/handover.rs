//! The lock-free exchange between worker and audio thread; generic, knows no audio.
//!
//! Two places of one box each. The **inbox** leads from the worker to the audio thread: the newest offer wins, and what it
//! replaces unheard comes back to the worker that offered (H3). The **way home** leads back, so that the audio thread
//! never frees (H2). The audio thread takes from the inbox only while the way home is free; one box taken later gives one
//! box back, and so giving back cannot fail (H1):
//!
//! ```
//! let (mut worker, mut audio) = transept::handover::exchange::<String>();
//! let mut sounding = Box::new("old".to_owned());
//! worker.offer(Box::new("new".to_owned()));
//! if audio.home_is_free() {
//!     if let Some(new) = audio.take() {
//!         audio.send_home(std::mem::replace(&mut sounding, new));
//!     }
//! }
//! assert_eq!(*sounding, "new");
//! assert_eq!(worker.collect(), Some(Box::new("old".to_owned())));
//! ```
//!
//! A place can only be emptied or filled by a swap, never looked into. So two flags stand beside them: *the way home is
//! free*, which the audio thread must know before it takes, and *something waits*, a hint that spares it the swap.
//!
//! There is one handle for each thread, not clonable, and every call that moves a box wants it `&mut`: one worker, one
//! audio thread. The ends may go in any order, at any moment; the last frees what is left in both places (H6). Neither
//! may go on the audio thread.
//!
//! Every interleaving of this file is run by `tests/loom_exchange.rs`, with a slot made of loom's atomics.

mod slot;

#[cfg(loom)]
use loom::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use slot::Slot;
#[cfg(not(loom))]
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// What both ends share. Each swap of a slot acquires and releases, so whoever gets a box sees all that was written to it
/// before it was put in: the partner of every swap is the swap before it on the same slot.
struct Exchange<T> {
    inbox: Slot<T>,
    something_waits: AtomicBool,
    home: Slot<T>,
    home_is_free: AtomicBool,
}

/// Makes an exchange: the worker's end and the audio thread's. Allocates.
#[must_use]
pub fn exchange<T: Send>() -> (WorkerEnd<T>, AudioEnd<T>) {
    let exchange = Arc::new(Exchange {
        inbox: Slot::empty(),
        something_waits: AtomicBool::new(false),
        home: Slot::empty(),
        home_is_free: AtomicBool::new(true),
    });
    (WorkerEnd { exchange: exchange.clone() }, AudioEnd { exchange })
}

/// The end of the thread that makes and frees. \[worker\]
pub struct WorkerEnd<T> {
    exchange: Arc<Exchange<T>>,
}

impl<T: Send> WorkerEnd<T> {
    /// Puts a box into the inbox and gives back what it replaced, which nobody has heard and this thread frees (H3).
    /// Never waits.
    #[must_use = "what was replaced is to be freed here, on the worker"]
    pub fn offer(&mut self, new: Box<T>) -> Option<Box<T>> {
        let unheard = self.exchange.inbox.swap(Some(new));
        // Release; its partner is the Acquire load in `AudioEnd::is_waiting`: who sees the hint finds the box. It comes
        // after the swap, while `take` clears before its swap: so a box that stays in the inbox always has its hint.
        self.exchange.something_waits.store(true, Ordering::Release);
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
}

impl<T: Send> AudioEnd<T> {
    /// Whether a box could be sent home now. Once true it stays true until [`Self::send_home`]. Real-time safe.
    #[must_use]
    pub fn home_is_free(&self) -> bool {
        // Acquire; its partner is the Release store in `WorkerEnd::collect`.
        self.exchange.home_is_free.load(Ordering::Acquire)
    }

    /// Whether a box waits in the inbox. A hint: when true, [`Self::take`] may still find nothing, if the offer was taken
    /// before its hint came; when false, an offer may be under way and is seen next time. Real-time safe.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        // Acquire; its partner is the Release store in `WorkerEnd::offer`.
        self.exchange.something_waits.load(Ordering::Acquire)
    }

    /// Takes the newest offer. Ask [`Self::home_is_free`] first: what this one replaces must have a way (H1).
    /// Real-time safe: one store and one swap.
    #[must_use = "dropping it would free it on this thread"]
    pub fn take(&mut self) -> Option<Box<T>> {
        // Relaxed: it publishes nothing. What orders it is the swap below, whose partner is the swap of the next `offer`:
        // that offer's hint comes after this store and is not lost.
        self.exchange.something_waits.store(false, Ordering::Relaxed);
        self.exchange.inbox.swap(None)
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
    }
}

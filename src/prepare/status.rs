//! What the worker and the others tell each other: requests one way, status the other.

use super::Summary;
use parking_lot::{Condvar, Mutex};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How far the worker is with what is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum State {
    /// Nothing is wanted yet.
    #[default]
    Empty,
    /// Being built.
    Loading,
    /// Built and offered to the audio thread.
    Ready,
    /// Its file is not there.
    Missing {
        /// The file.
        wanted: PathBuf,
    },
    /// Its file is not there, but one in its place or of its name that holds another impulse.
    Changed {
        /// What is asked for.
        wanted: PathBuf,
        /// The other one.
        found: PathBuf,
    },
    /// It cannot be built.
    Failed {
        /// Names the file or space, and the reason.
        message: String,
    },
}

/// What the worker is doing, and what it made last.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Status {
    /// How far it is.
    pub state: State,
    /// Of the impulse that sounds: the one that was last ready, unless silence has replaced it.
    pub summary: Option<Arc<Summary>>,
    /// Number of the convolver that was last offered, from 1 on; 0 before the first.
    pub generation: u64,
}

/// Where the worker is called and answers. Its locks are held for a few instructions; the audio thread takes them only
/// to wait in offline mode.
#[derive(Debug, Default)]
pub(super) struct Desk {
    calls: Mutex<Calls>,
    /// For the worker: somebody called.
    bell: Condvar,
    /// For those who settle: something was answered, or the worker is gone.
    answered: Condvar,
    /// Counts calls of every kind, so that a build can ask without the lock. It is a hint alone, changed under the lock
    /// and followed by a look at what it announces, which is under the lock: hence relaxed.
    attention: AtomicU64,
    status: Mutex<Arc<Status>>,
}

#[derive(Debug, Default)]
struct Calls {
    /// Number of the newest question to be settled.
    asked: u64,
    /// Number of the newest settled.
    answered: u64,
    reloads: u64,
    stopping: bool,
    ended: bool,
}

/// What the worker found at its desk.
#[derive(Debug)]
pub(super) struct Call {
    asked: u64,
    attention: u64,
    /// Number of the newest order to build again.
    pub reloads: u64,
}

impl Desk {
    /// Calls of every kind so far.
    pub fn attention(&self) -> u64 {
        self.attention.load(Ordering::Relaxed)
    }

    /// What is to be done, `None` for stopping. \[worker\]
    pub fn look(&self) -> Option<Call> {
        let calls = self.calls.lock();
        (!calls.stopping).then(|| Call { asked: calls.asked, attention: self.attention(), reloads: calls.reloads })
    }

    /// Everything that was asked before this look is settled. \[worker\]
    pub fn answer(&self, call: &Call) {
        self.calls.lock().answered = call.asked;
        self.answered.notify_all();
    }

    /// Waits for the next call after this look. \[worker\]
    pub fn wait(&self, call: &Call, longest: Duration) {
        let mut calls = self.calls.lock();
        if self.attention() == call.attention {
            self.bell.wait_for(&mut calls, longest);
        }
    }

    /// The worker ends, and nobody waits for it. \[worker\]
    pub fn end(&self) {
        self.calls.lock().ended = true;
        self.answered.notify_all();
    }

    fn call<R>(&self, change: impl FnOnce(&mut Calls) -> R) -> R {
        let mut calls = self.calls.lock();
        let result = change(&mut calls);
        self.attention.fetch_add(1, Ordering::Relaxed);
        self.bell.notify_one();
        result
    }

    /// Asks the worker to look up.
    pub fn nudge(&self) {
        self.call(|_| ());
    }

    /// Asks the worker to build again.
    pub fn reload(&self) {
        self.call(|calls| calls.reloads += 1);
    }

    /// Asks the worker to end.
    pub fn stop(&self) {
        self.call(|calls| calls.stopping = true);
    }

    /// See [`super::worker::Handle::settle`].
    pub fn settle(&self, timeout: Duration) -> bool {
        let deadline = Instant::now().checked_add(timeout);
        let mine = self.call(|calls| {
            calls.asked += 1;
            calls.asked
        });
        let mut calls = self.calls.lock();
        while calls.answered < mine && !calls.ended {
            match deadline {
                None => self.answered.wait(&mut calls),
                Some(deadline) if self.answered.wait_until(&mut calls, deadline).timed_out() => break,
                Some(_) => {}
            }
        }
        calls.answered >= mine
    }

    /// Replaces the status. \[worker\]
    pub fn publish(&self, status: Status) {
        *self.status.lock() = Arc::new(status);
    }

    /// The newest status.
    pub fn status(&self) -> Arc<Status> {
        self.status.lock().clone()
    }
}

//! Mailbox of the worker: requests in, status out.

use crate::picture::View;
use crate::prepare::status::Status;
use parking_lot::{Condvar, Mutex};
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::Thread;
use std::time::{Duration, Instant};

/// Its locks are held for a few instructions; the audio thread takes them only to wait in offline mode.
#[derive(Debug, Default)]
pub(in crate::prepare) struct Mailbox {
    requests: Mutex<Requests>,
    /// For the worker: a request has come.
    wake: Condvar,
    /// For those who settle: a request was acknowledged, or the worker is gone.
    acknowledged: Condvar,
    /// Number of requests of every kind, so that a build can check for new ones without the lock. Relaxed, because it
    /// is a hint: who sees another number takes the lock and reads the requests there.
    count: AtomicU64,
    status: Mutex<Arc<Status>>,
}

#[derive(Debug, Default)]
struct Requests {
    /// Number of the newest request to be acknowledged.
    asked: u64,
    /// Number of the newest request that was acknowledged.
    acknowledged: u64,
    reloads: u64,
    /// Those who see the pictures of the impulse that sounds, each with its number.
    viewers: Vec<(u64, Option<Thread>)>,
    /// The view that they look at.
    open: View,
    stopping: bool,
    ended: bool,
    /// To be freed by the worker at its end.
    left: Option<Box<dyn Any + Send>>,
}

/// What the worker found in the mailbox at one moment.
#[derive(Debug)]
pub(super) struct Request {
    asked: u64,
    count: u64,
    /// Number of the newest order to build again.
    pub reloads: u64,
}

impl Mailbox {
    /// Requests of every kind so far.
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// The requests at this moment; `None` if the worker is to stop. \[worker\]
    pub(super) fn look(&self) -> Option<Request> {
        let requests = self.requests.lock();
        (!requests.stopping).then(|| Request { asked: requests.asked, count: self.count(), reloads: requests.reloads })
    }

    /// Everything that was asked before this look is done. \[worker\]
    pub(super) fn acknowledge(&self, request: &Request) {
        self.requests.lock().acknowledged = request.asked;
        self.acknowledged.notify_all();
    }

    /// Waits for the next request after this look. \[worker\]
    pub(super) fn wait(&self, request: &Request) {
        let mut requests = self.requests.lock();
        while self.count() == request.count {
            self.wake.wait(&mut requests);
        }
    }

    /// The worker ends, and nobody waits for it any longer. \[worker\]
    pub(super) fn end(&self) {
        self.requests.lock().ended = true;
        self.acknowledged.notify_all();
    }

    fn ask<R>(&self, change: impl FnOnce(&mut Requests) -> R) -> R {
        let mut requests = self.requests.lock();
        let result = change(&mut requests);
        self.count.fetch_add(1, Ordering::Relaxed);
        self.wake.notify_one();
        result
    }

    /// Asks the worker to look up.
    pub(super) fn nudge(&self) {
        self.ask(|_| ());
    }

    /// Asks the worker to build again.
    pub(super) fn reload(&self) {
        self.ask(|requests| requests.reloads += 1);
    }

    /// Somebody sees the pictures of the impulse that sounds from now on. Gives the viewer's number.
    pub(super) fn add_viewer(&self, thread: Option<Thread>) -> u64 {
        self.ask(|requests| {
            let number = requests.viewers.last().map_or(0, |(last, _)| last + 1);
            requests.viewers.push((number, thread));
            number
        })
    }

    /// A viewer has gone.
    pub(super) fn remove_viewer(&self, number: u64) {
        self.requests.lock().viewers.retain(|(other, _)| *other != number);
    }

    /// Has the viewers look up: there is something new to see. \[worker\]
    pub(super) fn call_viewers(&self) {
        self.requests.lock().viewers.iter().filter_map(|(_, thread)| thread.as_ref()).for_each(Thread::unpark);
    }

    /// True while somebody sees the pictures of the impulse that sounds.
    pub(super) fn has_viewers(&self) -> bool {
        !self.requests.lock().viewers.is_empty()
    }

    /// The view that is looked at from now on.
    pub(super) fn look_at(&self, view: View) {
        self.requests.lock().open = view;
    }

    /// The view that is looked at.
    pub(super) fn open_view(&self) -> View {
        self.requests.lock().open
    }

    /// Leaves something to the worker, to be freed at its end.
    pub(super) fn leave(&self, left: Box<dyn Any + Send>) {
        self.requests.lock().left = Some(left);
    }

    /// What was left.
    pub(super) fn take_left(&self) -> Option<Box<dyn Any + Send>> {
        self.requests.lock().left.take()
    }

    /// Asks the worker to end.
    pub(super) fn stop(&self) {
        self.ask(|requests| requests.stopping = true);
    }

    /// See [`Handle::settle`](super::Handle::settle).
    pub(super) fn settle(&self, timeout: Duration) -> bool {
        let deadline = Instant::now().checked_add(timeout);
        let mine = self.ask(|requests| {
            requests.asked += 1;
            requests.asked
        });
        let mut requests = self.requests.lock();
        while requests.acknowledged < mine && !requests.ended {
            match deadline {
                None => self.acknowledged.wait(&mut requests),
                Some(deadline) if self.acknowledged.wait_until(&mut requests, deadline).timed_out() => break,
                Some(_) => {}
            }
        }
        requests.acknowledged >= mine
    }

    /// Replaces the status. \[worker\]
    pub(super) fn publish(&self, status: Status) {
        *self.status.lock() = Arc::new(status);
    }

    /// The newest status.
    pub(super) fn status(&self) -> Arc<Status> {
        self.status.lock().clone()
    }
}

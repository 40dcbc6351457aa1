//! One thread of the whole process that wakes workers.
//!
//! Parameters move and kernels retire on audio threads, which wake nobody (H2): they raise a [`Revision`]. The watcher
//! reads the revision of each instance that is watched, every 5 ms, and wakes only the workers whose revision has
//! moved. There is no such thread while nothing is watched; it has ended when the last [`Watch`] has gone, so that a
//! host may unload the plugin.

use super::mailbox::Mailbox;
use crate::handover::Revision;
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// Longest time from a change on an audio thread until the worker looks.
pub(super) const PERIOD: Duration = Duration::from_millis(5);

static WATCHER: Watcher =
    Watcher { state: Mutex::new(State { watched: Vec::new(), thread: None, number: 0 }), wake: Condvar::new() };

struct Watcher {
    /// Never locked on an audio thread.
    state: Mutex<State>,
    /// The thread is to end.
    wake: Condvar,
}

struct State {
    watched: Vec<Watched>,
    thread: Option<JoinHandle<()>>,
    /// Number of the thread that is to run. One with another number ends.
    number: u64,
}

struct Watched {
    mailbox: Arc<Mailbox>,
    revision: Arc<Revision>,
    /// The revision at the last look.
    seen: u64,
    /// How many watches there are of this instance.
    watches: usize,
}

/// While a watch lives, its worker is woken after changes on the audio thread. Dropping the last one of the process
/// joins the watcher's thread. \[any but audio\]
#[derive(Debug)]
pub struct Watch {
    mailbox: Arc<Mailbox>,
}

impl Watch {
    pub(super) fn new(mailbox: &Arc<Mailbox>, revision: &Arc<Revision>) -> Self {
        let state = &mut *WATCHER.state.lock();
        match state.watched.iter_mut().find(|watched| Arc::ptr_eq(&watched.mailbox, mailbox)) {
            Some(watched) => watched.watches += 1,
            None => {
                let (mailbox, revision) = (mailbox.clone(), revision.clone());
                let seen = revision.now();
                state.watched.push(Watched { mailbox, revision, seen, watches: 1 });
            }
        }
        // Changes before this moment were announced to nobody.
        mailbox.nudge();
        if state.thread.is_none() {
            state.number += 1;
            let number = state.number;
            // Without a thread left in the system, changes are heard when something else wakes the worker; the next
            // watch tries again.
            let thread = std::thread::Builder::new().name("transept watcher".to_owned());
            state.thread = thread.spawn(move || WATCHER.run(number)).ok();
        }
        Self { mailbox: mailbox.clone() }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let thread = WATCHER.forget(&self.mailbox);
        // A change may have come since the last look.
        self.mailbox.nudge();
        if let Some(thread) = thread {
            // The thread runs nothing that can panic; there would be nobody to tell.
            let _ = thread.join();
        }
    }
}

impl Watcher {
    /// Removes one watch of an instance. Gives the thread to join if this was the last watch of the process.
    fn forget(&self, mailbox: &Arc<Mailbox>) -> Option<JoinHandle<()>> {
        let state = &mut *self.state.lock();
        let at = state.watched.iter().position(|watched| Arc::ptr_eq(&watched.mailbox, mailbox))?;
        state.watched[at].watches -= 1;
        if state.watched[at].watches == 0 {
            state.watched.swap_remove(at);
        }
        if !state.watched.is_empty() {
            return None;
        }
        state.number += 1;
        self.wake.notify_all();
        state.thread.take()
    }

    /// The life of the thread.
    fn run(&self, number: u64) {
        let mut state = self.state.lock();
        while state.number == number {
            for watched in &mut state.watched {
                let now = watched.revision.now();
                if std::mem::replace(&mut watched.seen, now) != now {
                    watched.mailbox.nudge();
                }
            }
            self.wake.wait_for(&mut state, PERIOD);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::worker::{Client, Wanted, Worker};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Instant;

    /// Wants nothing and counts how often it is asked.
    #[derive(Default, Clone)]
    struct Counting {
        polls: Arc<AtomicUsize>,
        revision: Arc<Revision>,
    }

    impl Client for Counting {
        fn poll(&self) -> Option<Wanted> {
            self.polls.fetch_add(1, Ordering::Relaxed);
            None
        }
        fn revision(&self) -> Arc<Revision> {
            self.revision.clone()
        }
    }

    fn comes(polls: &AtomicUsize, after: usize) -> bool {
        let patience = Instant::now() + Duration::from_secs(60);
        while polls.load(Ordering::Relaxed) <= after && Instant::now() < patience {
            std::thread::yield_now();
        }
        polls.load(Ordering::Relaxed) > after
    }

    /// Longer than many periods.
    #[allow(clippy::disallowed_methods)] // Time itself is wanted: in it, nothing is to happen.
    fn wait() {
        std::thread::sleep(20 * PERIOD);
    }

    #[test]
    fn thirty_watched_workers_are_asleep_until_one_of_them_has_changed() {
        let clients: Vec<Counting> = (0..30).map(|_| Counting::default()).collect();
        let workers: Vec<_> = clients.iter().map(|client| Worker::spawn(client.clone()).0).collect();
        let watches: Vec<Watch> = workers.iter().map(|worker| worker.handle().watch()).collect();
        assert!(workers.iter().all(|worker| worker.handle().settle(Duration::from_secs(60))));
        let polls = || clients.iter().map(|client| client.polls.load(Ordering::Relaxed)).collect::<Vec<_>>();
        wait();
        let before = polls();
        wait();
        assert_eq!(polls(), before, "nobody is asked");
        clients[7].revision.raise();
        assert!(comes(&clients[7].polls, before[7]), "the one that has changed is");
        wait();
        let mut after = polls();
        after[7] = before[7];
        assert_eq!(after, before, "the others are not");
        drop(watches);
    }

    #[test]
    fn a_worker_that_nobody_watches_is_not_woken_and_hears_of_it_when_watched() {
        let client = Counting::default();
        let (worker, _audio) = Worker::spawn(client.clone());
        let (first, second) = (worker.handle().watch(), worker.handle().watch());
        drop(first);
        assert!(worker.handle().settle(Duration::from_secs(60)));
        wait();
        let before = client.polls.load(Ordering::Relaxed);
        client.revision.raise();
        assert!(comes(&client.polls, before), "the second watch goes on");
        drop(second);
        wait();
        let before = client.polls.load(Ordering::Relaxed);
        client.revision.raise();
        wait();
        assert_eq!(client.polls.load(Ordering::Relaxed), before);
        let _third = worker.handle().watch();
        assert!(comes(&client.polls, before));
    }

    #[test]
    fn watches_come_and_go_on_many_threads() {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let client = Counting::default();
                    let (worker, _audio) = Worker::spawn(client.clone());
                    for _ in 0..100 {
                        let watch = worker.handle().watch();
                        let before = client.polls.load(Ordering::Relaxed);
                        client.revision.raise();
                        assert!(comes(&client.polls, before));
                        drop(watch);
                    }
                });
            }
        });
    }
}

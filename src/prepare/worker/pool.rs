//! Things that several workers want, made once.
//!
//! ```text
//!  worker ──get(key)──┐                        ┌── the same thing
//!  worker ──get(key)──┼──> one thread makes it ┼── the same thing
//!  worker ──get(key)──┘                        └── cancelled: the others go on waiting
//! ```
//!
//! A pool holds what was made by weak references, so that nothing outlives its last user. What is being made has a
//! thread of its own: nobody who waits for it can hold up the others, and it goes on as long as anybody waits. The last
//! one who gives up waits for its end, which is as near as the work's next look at its token (H9).
//!
//! The locks are for workers alone; the audio thread never comes here.

use crate::cancel::Token;
use parking_lot::{Condvar, Mutex};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Longest time between two looks at the token of one who waits.
const CHECK: Duration = Duration::from_millis(5);

/// What is shared, by its key.
pub(super) struct Pool<K, V, E> {
    /// A list, because there are no more than an instance or two can hold.
    entries: Mutex<Vec<(K, Entry<V, E>)>>,
}

enum Entry<V, E> {
    Made(Weak<V>),
    Making(Arc<Job<V, E>>),
}

/// What is being made. Its lock is taken after that of the pool where both are.
struct Job<V, E> {
    progress: Mutex<Progress<V, E>>,
    /// There is an outcome.
    done: Condvar,
    /// True once nobody waits any more. Relaxed, because it is a hint to stop; the outcome is under the lock.
    is_abandoned: AtomicBool,
}

struct Progress<V, E> {
    waiting: usize,
    outcome: Option<Outcome<V, E>>,
}

/// How one who asks finds things.
enum Entered<V, E> {
    There(Arc<V>),
    Joined(Arc<Job<V, E>>),
    Begun(Arc<Job<V, E>>),
}

type Outcome<V, E> = Result<Arc<V>, Failure<E>>;

/// What was made.
pub(super) struct Made<V> {
    pub value: V,
    /// True if it may be given to those who ask later, too.
    pub is_lasting: bool,
}

/// Why there is nothing.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Failure<E> {
    /// By whoever asked.
    Cancelled,
    /// It cannot be made.
    Failed(E),
    /// The work panicked, and said this.
    Panicked(String),
}

impl<K, V, E> Default for Pool<K, V, E> {
    fn default() -> Self {
        Self { entries: Mutex::default() }
    }
}

impl<K, V, E> Pool<K, V, E>
where
    K: Clone + PartialEq + Send + 'static,
    V: Send + Sync + 'static,
    E: Clone + Send + 'static,
{
    /// What belongs to a key: what is there, or what `make` gives, or what another caller's `make` is about to give.
    /// `make` runs in a thread of its own, with a token that is cancelled when nobody waits any more; where the system
    /// has no thread left, in the caller's.
    ///
    /// # Errors
    /// See [`Failure`]. Everyone who waits for it gets the same one.
    pub fn get<M>(self: &Arc<Self>, key: &K, make: M, cancel: &Token) -> Outcome<V, E>
    where
        M: FnOnce(&Token) -> Result<Made<V>, Failure<E>> + Send + 'static,
    {
        let mut make = Some(make);
        loop {
            let job = match self.enter(key) {
                Entered::There(made) => return Ok(made),
                Entered::Joined(job) => job,
                Entered::Begun(job) => {
                    // There is a loop only for those who have joined.
                    if let Some(make) = make.take() {
                        self.start(&job, make, cancel);
                    }
                    job
                }
            };
            match self.wait(&job, cancel) {
                // Whoever worked on it in its own thread has given up.
                Err(Failure::Cancelled) if make.is_some() && !cancel.is_cancelled() => {}
                outcome => return outcome,
            }
        }
    }

    /// What is there, or the work on it.
    fn enter(&self, key: &K) -> Entered<V, E> {
        let mut entries = self.entries.lock();
        entries.retain(|(_, entry)| !matches!(entry, Entry::Made(made) if made.strong_count() == 0));
        match entries.iter().find(|(of, _)| of == key) {
            Some((_, Entry::Making(job))) => {
                job.progress.lock().waiting += 1;
                return Entered::Joined(job.clone());
            }
            Some((_, Entry::Made(made))) => {
                // `None` if its last user has left since.
                if let Some(made) = made.upgrade() {
                    return Entered::There(made);
                }
            }
            None => {}
        }
        entries.retain(|(of, _)| of != key);
        let progress = Mutex::new(Progress { waiting: 1, outcome: None });
        let job = Arc::new(Job { progress, done: Condvar::new(), is_abandoned: AtomicBool::new(false) });
        entries.push((key.clone(), Entry::Making(job.clone())));
        Entered::Begun(job)
    }

    fn start<M>(self: &Arc<Self>, job: &Arc<Job<V, E>>, make: M, cancel: &Token)
    where
        M: FnOnce(&Token) -> Result<Made<V>, Failure<E>> + Send + 'static,
    {
        // Where no thread takes it out, the caller does.
        let make = Arc::new(Mutex::new(Some(make)));
        let (pool, of_thread, its) = (self.clone(), job.clone(), make.clone());
        let work = move || {
            let make = its.lock().take();
            if let Some(make) = make {
                pool.run(&of_thread, make, &Token::new(&|| of_thread.is_abandoned.load(Relaxed)));
            }
        };
        let thread = std::thread::Builder::new().name("transept builder".to_owned()).spawn(work);
        if thread.is_err()
            && let Some(make) = make.lock().take()
        {
            self.run(job, make, cancel);
        }
    }

    /// Does the work and tells everyone who waits.
    fn run<M>(&self, job: &Arc<Job<V, E>>, make: M, cancel: &Token)
    where
        M: FnOnce(&Token) -> Result<Made<V>, Failure<E>>,
    {
        let made = catch_unwind(AssertUnwindSafe(|| make(cancel)));
        let (outcome, is_lasting) = match made {
            Ok(Ok(Made { value, is_lasting })) => (Ok(Arc::new(value)), is_lasting),
            Ok(Err(failure)) => (Err(failure), false),
            Err(panic) => (Err(Failure::Panicked(reason(&*panic).to_owned())), false),
        };
        let mut entries = self.entries.lock();
        if let Some(place) = place(&entries, job) {
            match outcome.as_ref().ok().filter(|_| is_lasting) {
                Some(made) => entries[place].1 = Entry::Made(Arc::downgrade(made)),
                None => drop(entries.swap_remove(place)),
            }
        }
        drop(entries);
        job.progress.lock().outcome = Some(outcome);
        job.done.notify_all();
    }

    fn wait(&self, job: &Arc<Job<V, E>>, cancel: &Token) -> Outcome<V, E> {
        loop {
            {
                let mut progress = job.progress.lock();
                if progress.outcome.is_none() {
                    job.done.wait_for(&mut progress, CHECK);
                }
                if let Some(outcome) = progress.outcome.take() {
                    progress.waiting -= 1;
                    // The last one takes it along, so that the thread that made it holds nothing any more.
                    if progress.waiting > 0 {
                        progress.outcome = Some(outcome.clone());
                    }
                    return outcome;
                }
            }
            // Without a lock: the question may do work of its own.
            if cancel.is_cancelled() {
                self.leave(job);
                return Err(Failure::Cancelled);
            }
        }
    }

    /// One waits no more. The last one ends the work.
    fn leave(&self, job: &Arc<Job<V, E>>) {
        let mut entries = self.entries.lock();
        let mut progress = job.progress.lock();
        progress.waiting -= 1;
        if progress.waiting > 0 {
            return;
        }
        job.is_abandoned.store(true, Relaxed);
        if let Some(place) = place(&entries, job) {
            entries.swap_remove(place); // Nobody joins it any more.
        }
        drop(entries);
        while progress.outcome.is_none() {
            job.done.wait(&mut progress);
        }
    }

    /// Entries of what is there or being made.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        let entries = self.entries.lock();
        entries.iter().filter(|(_, entry)| !matches!(entry, Entry::Made(made) if made.strong_count() == 0)).count()
    }

    /// Those who wait for what is being made.
    #[cfg(test)]
    pub fn waiting(&self) -> usize {
        let waiting = |(_, entry): &(K, Entry<V, E>)| match entry {
            Entry::Making(job) => job.progress.lock().waiting,
            Entry::Made(_) => 0,
        };
        self.entries.lock().iter().map(waiting).sum()
    }
}

/// Place of a job among the entries, as long as it is being done.
fn place<K, V, E>(entries: &[(K, Entry<V, E>)], job: &Arc<Job<V, E>>) -> Option<usize> {
    entries.iter().position(|(_, entry)| matches!(entry, Entry::Making(making) if Arc::ptr_eq(making, job)))
}

/// What a panic said.
pub(super) fn reason(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no reason given")
}

#[cfg(test)]
mod tests;

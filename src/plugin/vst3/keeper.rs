//! How instances come and go without killing the framework's thread (D2, D3).
//!
//! All instances share one thread of the framework's. It stops for all of them when it meets a task of an instance that
//! has gone (D2), and when the last instance goes it is joined with an `expect` that then ends the host (D3). It also
//! holds an instance for as long as it works on one of its tasks, and so may end up dropping it itself.
//!
//! The cure is an instance that no host ever sees: the *keeper*. While it lives the thread is not joined, and a task
//! posted through it that has been answered proves that the thread is done with all that was queued before, and has let
//! go of it. Every instance waits for such an answer before it goes. The keeper goes when the module does.
use super::super::link::linked;
use super::super::{Task, Transept};
use nice_plug::prelude::{AsyncExecutor, nice_log};
use nice_plug::wrapper::vst3::Wrapper;
use parking_lot::Mutex;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// How long an instance that goes waits for the framework's thread. It answers within microseconds, unless it is stuck.
const PATIENCE: Duration = Duration::from_secs(2);

struct Keeper {
    wrapper: Wrapper<Transept>,
    executor: AsyncExecutor<Transept>,
}

struct Living {
    instances: usize,
    keeper: Option<Keeper>,
    /// Whether the framework's thread answered last time. If not, the keeper is left alone for ever: dropping it could
    /// end the host.
    answered: bool,
}

static LIVING: Mutex<Living> = Mutex::new(Living { instances: 0, keeper: None, answered: true });

impl Keeper {
    fn new() -> Option<Self> {
        let (wrapper, link) = linked(Wrapper::new);
        link.map(|link| Self { wrapper, executor: link.executor })
    }

    /// Waits until the framework's thread has run all that was queued so far. False if it does not answer.
    fn flush(&self) -> bool {
        let end = Instant::now() + PATIENCE;
        loop {
            let (answer, answered) = sync_channel(1);
            self.executor.execute_background(Task::Flush(answer));
            match answered.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(()) => return true,
                Err(RecvTimeoutError::Timeout) => return false,
                // The task was thrown away: the queue was full, or the thread has gone.
                Err(RecvTimeoutError::Disconnected) if Instant::now() >= end => return false,
                Err(RecvTimeoutError::Disconnected) => std::thread::park_timeout(Duration::from_millis(5)),
            }
        }
    }
}

/// An instance is about to be made. \[main\]
pub(super) fn arrive() {
    let mut living = LIVING.lock();
    living.instances += 1;
    if living.keeper.is_none() {
        living.keeper = Keeper::new();
    }
}

/// Drops an instance once nothing of it is queued or running. \[main\]
pub(super) fn depart(wrapper: Wrapper<Transept>) {
    let mut living = LIVING.lock();
    living.answered = living.keeper.as_ref().is_some_and(Keeper::flush);
    if !living.answered {
        nice_log!("the framework's thread does not answer; an instance goes without it");
    }
    drop(wrapper);
    living.instances -= 1;
}

/// The host is about to unload the module: the keeper goes as well. \[main\]
pub(super) fn shut_down() {
    let mut living = LIVING.lock();
    if living.instances > 0 || !living.answered {
        return;
    }
    if let Some(keeper) = living.keeper.take() {
        keeper.flush();
        // The thread answers a moment before it lets go of the keeper, whose task that was. Nothing tells when: between
        // the two there is no more than a reference count.
        #[allow(clippy::disallowed_methods)]
        std::thread::sleep(Duration::from_millis(20));
        drop(keeper.wrapper);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Shell;
    use super::*;

    /// These share the one thread of the framework's with each other, but not with other tests: those never make a VST3
    /// instance.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

    /// As many tasks as the framework's queue takes, so that the thread is in the midst of them when the instance goes.
    fn fill_queue(shell: &Shell) {
        let (answer, _) = sync_channel(1);
        for _ in 0..4000 {
            shell.executor.execute_background(Task::Flush(answer.clone()));
        }
    }

    fn thread_answers() -> bool {
        LIVING.lock().keeper.as_ref().is_some_and(Keeper::flush)
    }

    /// D2.
    #[test]
    fn an_instance_that_goes_with_tasks_queued_leaves_the_thread_to_the_others() {
        let _one = ONE_AT_A_TIME.lock();
        let stays = Shell::new().expect("an instance");
        for _ in 0..3 {
            let goes = Shell::new().expect("an instance");
            fill_queue(&goes);
            drop(goes);
            assert!(thread_answers());
        }
        drop(stays);
    }

    /// D3: the last one, and the module, and all of it again as when a host loads the module once more.
    #[test]
    fn the_last_instance_and_the_module_may_go_with_tasks_queued() {
        let _one = ONE_AT_A_TIME.lock();
        for _ in 0..3 {
            let last = Shell::new().expect("an instance");
            fill_queue(&last);
            drop(last);
            shut_down();
            assert!(LIVING.lock().keeper.is_none());
        }
    }
}

//! The thread on which a window lives. \[Linux; elsewhere windows have no thread of their own\]

use parking_lot::Mutex;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest wait for the end of a thread: more than a thread needs that has been asked to end, and less than a user
/// takes for a hang.
const PATIENCE: Duration = Duration::from_secs(2);

/// The thread of the window that opened last. The window's app sets it, and the editor takes it.
#[derive(Debug, Clone, Default)]
pub struct WindowThread(Arc<Mutex<Option<PathBuf>>>);

impl WindowThread {
    /// Sets it to the calling thread. Linux has a folder for each thread.
    pub fn is_this_one(&self) {
        *self.0.lock() = std::fs::read_link("/proc/thread-self").ok().map(|thread| PathBuf::from("/proc").join(thread));
    }

    /// Takes the thread, to wait for its end.
    #[must_use]
    pub fn take(&self) -> Ending {
        Ending(self.0.lock().take())
    }
}

/// Waits for the end of a thread when it is dropped, at most for `PATIENCE`.
#[derive(Debug)]
pub struct Ending(Option<PathBuf>);

impl Drop for Ending {
    fn drop(&mut self) {
        let Some(thread) = &self.0 else { return };
        let began = Instant::now();
        while thread.exists() && began.elapsed() < PATIENCE {
            std::thread::park_timeout(Duration::from_millis(1));
        }
    }
}

//! A thread that looks at an instance while its window is open.
//!
//! A frame is dear where OpenGL is software, and most of the time nothing moves. So frames do not come by the clock: a
//! look comes by the clock, which costs some microseconds, and it asks for a frame if there is something new to show.
//! The framework runs nothing of ours on the window's thread but whole frames, hence this thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, Thread};
use std::time::Duration;

/// Time between two looks: meters move 30 times a second.
pub const PERIOD: Duration = Duration::from_nanos(1_000_000_000 / 30);

/// Looks every [`PERIOD`] and whenever its thread is unparked, until it is dropped, which waits for the look that is
/// under way. \[any but audio\]
#[derive(Debug)]
pub struct Lookout {
    is_over: Arc<AtomicBool>,
    /// `None` if the system has no thread left: then the window shows what is new when somebody touches it.
    thread: Option<JoinHandle<()>>,
}

impl Lookout {
    /// Begins to look.
    #[must_use]
    pub fn start(mut look: impl FnMut() + Send + 'static) -> Self {
        let is_over = Arc::<AtomicBool>::default();
        let end = is_over.clone();
        let run = move || {
            loop {
                std::thread::park_timeout(PERIOD);
                // A flag alone: nothing is read that was written before it.
                if end.load(Ordering::Relaxed) {
                    return;
                }
                look();
            }
        };
        let thread = std::thread::Builder::new().name("transept lookout".to_owned()).spawn(run).ok();
        Self { is_over, thread }
    }

    /// The thread that looks.
    #[must_use]
    pub fn thread(&self) -> Option<&Thread> {
        self.thread.as_ref().map(JoinHandle::thread)
    }
}

impl Drop for Lookout {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // If the look has panicked, it has said so itself.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn it_looks_until_it_is_dropped() {
        let looks = Arc::<AtomicUsize>::default();
        let counted = looks.clone();
        let lookout = Lookout::start(move || {
            counted.fetch_add(1, Ordering::SeqCst);
        });
        while looks.load(Ordering::SeqCst) < 3 {
            std::thread::yield_now();
        }
        drop(lookout);
        assert_eq!(Arc::strong_count(&looks), 1, "its thread has gone");
    }
}

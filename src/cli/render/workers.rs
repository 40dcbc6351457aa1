//! Several files at once, and what becomes of each is its own.

use super::jobs::Plan;
use super::report::{Ending, Failure, Reporter};
use crate::cancel::Token;
use crate::cli::progress::Progress;
use crate::cli::{file_name, one_line};
use crate::render::{Batch, RenderError};
use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

thread_local! {
    /// What the last panic of this thread said.
    static FAULT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Renders all files, at most `at_once` at a time; says of each how it went, and in the end whether one failed. What
/// cannot be read has failed.
pub(super) fn render_all(
    plan: &Plan,
    at_once: usize,
    stop: &AtomicBool,
    progress: &Progress,
    reporter: &Reporter,
) -> bool {
    let (batch, made, tasks) = (Batch::default(), Folders::default(), &plan.tasks);
    let (next, is_failed) = (AtomicUsize::new(0), AtomicBool::new(!plan.unread.is_empty()));
    plan.unread.iter().for_each(|unread| reporter.tell_unread(unread));
    keep_faults();
    let work = || {
        let is_stopped = || stop.load(Ordering::Relaxed);
        let cancel = Token::new(&is_stopped);
        while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            let job = &task.job;
            if cancel.is_cancelled() {
                break;
            }
            if plan.makes_folders {
                made.make_above(&job.output);
            }
            let bar = progress.start(one_line(file_name(&job.dry)));
            // Another file may be spared what this one has met.
            let outcome = panic::catch_unwind(AssertUnwindSafe(|| batch.render(job, &cancel, |done| bar.set(done))));
            bar.finish();
            let outcome = match outcome {
                Ok(outcome) => outcome.map_err(Failure::Error),
                Err(payload) => Err(Failure::Panic(fault(&*payload))),
            };
            let is_well = match outcome {
                Err(Failure::Error(RenderError::Cancelled(_))) => false,
                outcome => progress.say(|| reporter.tell(task, outcome)) == Ending::Well,
            };
            if !is_well {
                is_failed.store(true, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..at_once.min(tasks.len()) {
            scope.spawn(work);
        }
        work();
    });
    made.remove_empty();
    is_failed.into_inner()
}

/// Keeps what a panic says for the report of its file, in the place of a backtrace.
fn keep_faults() {
    panic::set_hook(Box::new(|fault| FAULT.with_borrow_mut(|kept| *kept = fault.to_string().replace('\n', " "))));
}

/// Folders that were made for outputs.
#[derive(Default)]
pub(in crate::cli) struct Folders(Mutex<Vec<PathBuf>>);

impl Folders {
    /// Makes the folders above an output that are not there.
    pub fn make_above(&self, output: &Path) {
        let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
        let missing: Vec<PathBuf> = output.ancestors().skip(1).take_while(is_missing).map(Path::to_owned).collect();
        if let Some(deepest) = missing.first() {
            // An error is met again by whoever opens the output there, and is named then.
            let _ = std::fs::create_dir_all(deepest);
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(missing);
        }
    }

    /// Removes those in which nothing lies, once nobody writes any more.
    pub fn remove_empty(self) {
        let mut folders = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Each before those above it.
        folders.sort_by_key(|folder| std::cmp::Reverse(folder.components().count()));
        for folder in folders {
            // One in which something lies stays, and one that was named twice is gone.
            let _ = std::fs::remove_dir(folder);
        }
    }
}

/// What a panic has said: to the hook, or, where another thread met it, to whoever catches it here.
fn fault(payload: &(dyn Any + Send)) -> String {
    let kept = FAULT.take();
    let text = || payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let words = || text().or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
    if kept.is_empty() { words() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_with_its_words() {
        for panics in [|| panic!("a word"), || panic!("a {}", "word")] {
            let payload = panic::catch_unwind(panics).map(|(): ()| ()).expect_err("a panic");
            assert!(fault(&*payload).contains("a word"));
        }
    }

    #[test]
    fn of_the_folders_that_were_made_those_stay_in_which_something_lies() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = Folders::default();
        for name in ["wet/a/b/1.wav", "wet/c/2.wav", "wet/c/3.wav"] {
            made.make_above(&folder.path().join(name));
        }
        std::fs::write(folder.path().join("wet/c/2.wav"), "sound").expect("the folder was made");
        made.remove_empty();
        assert!(folder.path().join("wet/c/2.wav").exists() && !folder.path().join("wet/a").exists());
    }
}

//! Two pieces of work side by side, so that the next convolver is there sooner where there are two cores.

use crate::cancel::Token;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

/// Time between two questions whether the work is given up, once the caller's own piece is done.
const LOOK: Duration = Duration::from_millis(5);

/// Does one piece of work here and another one on a thread of its own, which is told when the work is given up. Without
/// a thread left in the system, one after the other.
pub(super) fn both<A, B: Send>(
    here: impl FnOnce() -> A,
    mut there: impl FnMut(&Token) -> B + Send,
    cancel: &Token,
) -> (A, B) {
    let is_given_up = AtomicBool::new(false);
    let caller = thread::current();
    let (done, rest) = thread::scope(|scope| {
        let work = || {
            let result = there(&Token::new(&|| is_given_up.load(Relaxed)));
            caller.unpark();
            result
        };
        let thread = thread::Builder::new().name("transept relation".to_owned()).spawn_scoped(scope, work);
        let done = here();
        let Ok(thread) = thread else { return (done, None) };
        while !thread.is_finished() {
            // The caller's own question may be asked on the caller's thread alone.
            is_given_up.fetch_or(cancel.is_cancelled(), Relaxed);
            thread::park_timeout(LOOK);
        }
        (done, Some(thread.join().unwrap_or_else(|panic| resume_unwind(panic))))
    });
    (done, rest.unwrap_or_else(|| there(cancel)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn each_piece_gives_its_result() {
        let elsewhere = |_: &Token| thread::current().id();
        let (here, there) = both(|| thread::current().id(), elsewhere, &Token::never());
        assert_eq!(here, thread::current().id());
        assert_ne!(there, here);
    }

    #[test]
    fn a_piece_on_the_other_thread_hears_that_it_is_given_up() {
        let asked = Cell::new(0);
        let question = || {
            asked.set(asked.get() + 1);
            asked.get() > 3
        };
        let wait = |cancel: &Token| {
            while !cancel.is_cancelled() {
                thread::yield_now();
            }
        };
        both(|| (), wait, &Token::new(&question));
        assert!(asked.get() > 3, "it was not given up before");
    }

    #[test]
    #[should_panic(expected = "damaged")]
    fn a_panic_on_the_other_thread_is_the_callers() {
        both(|| (), |_| panic!("damaged"), &Token::never());
    }
}

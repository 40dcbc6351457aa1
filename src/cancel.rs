//! Cancellation of long work: one token, asked between pieces of a few milliseconds.
//!
//! Whoever starts long work decides when it is given up, and says so through a [`Token`] that every function on the way
//! passes on. A function that takes a token calls [`Token::check`] before each piece of its work and hands the error
//! up with `?`. Nothing else marks a result as unfinished: what a function returns as `Ok` is complete.
//!
//! A token borrows a question instead of holding a flag, because the one who answers has work of its own. The plugin's
//! worker thread looks into its mailbox, frees what the audio thread has given back and asks what is wanted, all of it
//! inside a check, and at most every 5 ms: between these a check costs a look at the clock. A flag would need a second
//! thread to set it. For a program that has a flag, the question is to load it.
//!
//! ```
//! use std::cell::Cell;
//! use transept::cancel::{Cancelled, Token};
//!
//! fn sum(samples: &[f32], cancel: &Token) -> Result<f32, Cancelled> {
//!     let mut sum = 0.0;
//!     for piece in samples.chunks(1 << 16) {
//!         cancel.check()?;
//!         sum += piece.iter().sum::<f32>();
//!     }
//!     Ok(sum)
//! }
//!
//! let stopped = Cell::new(true);
//! assert_eq!(sum(&[1.0; 100_000], &Token::new(&|| stopped.get())), Err(Cancelled));
//! assert_eq!(sum(&[1.0; 100_000], &Token::never()), Ok(100_000.0));
//! ```

use std::cell::Cell;
use std::fmt::{Debug, Formatter};

/// The work was given up because a [`Token`] was cancelled. The error of every room has one variant for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

/// Tells work whether to go on. A token that was cancelled stays cancelled.
///
/// For one thread. It neither allocates nor locks; a check costs what its question costs.
pub struct Token<'a> {
    /// True when the work is to be given up; without a question, it never is.
    question: Option<&'a dyn Fn() -> bool>,
    is_cancelled: Cell<bool>,
}

impl<'a> Token<'a> {
    /// A token that is cancelled when `question` first answers true. The question is asked at every check, by the
    /// thread that checks. It is asked after it has answered true, too, so that what it does besides goes on until the
    /// work ends.
    #[must_use]
    pub fn new(question: &'a dyn Fn() -> bool) -> Self {
        Self { question: Some(question), is_cancelled: Cell::new(false) }
    }

    /// A token that is never cancelled: for work that nobody gives up.
    #[must_use]
    pub const fn never() -> Self {
        Self { question: None, is_cancelled: Cell::new(false) }
    }

    /// Asks whether the work goes on. Call it at least every few milliseconds of work (H9).
    ///
    /// # Errors
    /// [`Cancelled`] if it does not, now and at every later check.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }

    /// Asks as [`Token::check`] does, where there is no error to hand up.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        if self.question.is_some_and(|question| question()) {
            self.is_cancelled.set(true);
        }
        self.is_cancelled.get()
    }
}

impl Debug for Token<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token").field("is_cancelled", &self.is_cancelled.get()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_cancelled_when_its_question_says_so_and_stays_it() {
        let answers = Cell::new(false);
        let question = || answers.get();
        let token = Token::new(&question);
        assert_eq!(token.check(), Ok(()));
        answers.set(true);
        assert_eq!(token.check(), Err(Cancelled));
        answers.set(false);
        assert_eq!((token.check(), token.is_cancelled()), (Err(Cancelled), true));
    }

    #[test]
    fn every_check_asks_even_after_the_end() {
        let asked = Cell::new(0);
        let question = || asked.replace(asked.get() + 1) >= 1;
        let token = Token::new(&question);
        let outcomes = [(); 4].map(|()| token.check().is_ok());
        assert_eq!((outcomes, asked.get()), ([true, false, false, false], 4));
    }

    #[test]
    fn a_token_without_a_question_never_ends_the_work() {
        let token = Token::never();
        assert!((0..1000).all(|_| token.check().is_ok() && !token.is_cancelled()));
    }

    #[test]
    fn a_token_of_a_token_is_cancelled_with_it_and_by_its_own_limit() {
        let (outer, late) = (Cell::new(false), Cell::new(false));
        let question = || outer.get();
        let whole = Token::new(&question);
        let limited_by = || whole.is_cancelled() || late.get();
        let limited = Token::new(&limited_by);
        assert_eq!(limited.check(), Ok(()));
        late.set(true);
        assert_eq!((limited.check(), whole.check()), (Err(Cancelled), Ok(())));
        outer.set(true);
        assert_eq!((limited.check(), whole.check()), (Err(Cancelled), Err(Cancelled)));
    }

    #[test]
    fn an_error_of_a_room_takes_it_in_one_variant() {
        #[derive(Debug, PartialEq, thiserror::Error)]
        enum Room {
            #[error(transparent)]
            Cancelled(#[from] Cancelled),
        }
        let work = |token: &Token| -> Result<u8, Room> {
            token.check()?;
            Ok(7)
        };
        assert_eq!(work(&Token::never()), Ok(7));
        assert_eq!(work(&Token::new(&|| true)), Err(Room::Cancelled(Cancelled)));
    }
}

//! On whose behalf the worker works.

use super::Wanted;
use crate::cancel::Token;
use crate::impulse::Impulse;
use crate::impulse::recipe::Source;
use crate::prepare::{self, PrepareError};

/// Says what is wanted, and where to find it. Lives on the worker's thread, where all of this is called.
pub trait Client: Send + 'static {
    /// What should sound now; `None` says that there is nothing to build for yet, as before the first activation. Called
    /// often, and must be quick.
    fn wanted(&self) -> Option<Wanted>;

    /// The impulse of a file or a pair, as stored, for the recipe that was wanted last.
    ///
    /// # Errors
    /// See [`PrepareError`].
    fn find(&self, source: &Source, cancel: &Token) -> Result<Impulse, PrepareError> {
        prepare::decoded(source, cancel)
    }

    /// What can wait until the room sounds. Called after each build and then every few milliseconds, so it must be quick
    /// when nothing is left to do; `cancel` is to be checked as in a build, and is also cancelled when nothing is
    /// wanted any more.
    fn afterwards(&self, _cancel: &Token) {}
}

/// Whoever only says what is wanted: files are where their paths say.
impl<F: Fn() -> Option<Wanted> + Send + 'static> Client for F {
    fn wanted(&self) -> Option<Wanted> {
        self()
    }
}

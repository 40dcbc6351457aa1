//! The client of a worker: it requests recipes and hears the outcomes.

use super::{Outcome, Wanted};
use crate::cancel::Token;
use crate::handover::Revision;
use crate::impulse::recipe::Source;
use crate::prepare::{self, Content, Located, PrepareError};
use std::sync::Arc;

/// Requests recipes and hears what became of them. Lives on the worker's thread, where all of this is called.
pub trait Client: Send + 'static {
    /// Brings the request up to date and returns it; `None` while there is nothing to build for, as before the first
    /// activation. Called whenever the worker is woken, and every 5 ms during a build and during
    /// [`afterwards`](Self::afterwards), so it must be quick.
    fn poll(&self) -> Option<Wanted>;

    /// A request was built and offered, or cannot be built. Not called for one that was given up.
    fn finished(&self, _wanted: &Wanted, _outcome: Outcome) {}

    /// Locates the impulse of a file or a pair, for the request that was polled last. `again` says that what was
    /// located before cannot be read: then it is elsewhere, or that is an error. By default files are where their paths
    /// say, and shared with nobody.
    ///
    /// # Errors
    /// See [`PrepareError`].
    fn locate(&self, source: &Source, _again: bool, _cancel: &Token) -> Result<Located, PrepareError> {
        let source = source.clone();
        Ok(Located::new(None, move |cancel| prepare::decoded(&source, cancel).map(Content::Sure)))
    }

    /// Work that can wait until the room sounds. Called after each build and each time the worker is woken, so it must
    /// be quick when nothing is left to do. `cancel` is to be checked as in a build, and is also cancelled when nothing
    /// is requested any more.
    fn afterwards(&self, _cancel: &Token) {}

    /// The revision that the client raises when its request changes on the audio thread. While the worker is
    /// [watched](super::Handle::watch), it polls after each raise. Called once, before the worker begins. The default
    /// is a revision that the client never raises.
    fn revision(&self) -> Arc<Revision> {
        Arc::default()
    }
}

/// A client that only has requests; files are where their paths say. Whoever changes the answer
/// [nudges](super::Handle::nudge) the worker.
impl<F: Fn() -> Option<Wanted> + Send + 'static> Client for F {
    fn poll(&self) -> Option<Wanted> {
        self()
    }
}

//! One opening that several jobs need: built by the first of them, while the others wait.

use super::lock;
use crate::cancel::{Cancelled, Token};
use crate::chain::Format;
use crate::impulse::recipe::Recipe;
use crate::prepare::{Opening, PrepareError};
use crate::render::RenderError;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Longest time between two checks of the token of a job that waits.
const CHECK: Duration = Duration::from_millis(5);

/// What tells one opening from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub recipe: Arc<Recipe>,
    pub format: Format,
    pub goes_on: bool,
}

/// The place of an opening.
pub(super) struct Place {
    pub key: Key,
    state: Mutex<State>,
    has_changed: Condvar,
}

enum State {
    /// Nobody builds it: it is new, or whoever built it gave up.
    Empty,
    Building,
    Built(Arc<Opening>),
    Failed(Arc<PrepareError>),
}

impl Place {
    pub fn new(key: Key) -> Self {
        Self { key, state: Mutex::new(State::Empty), has_changed: Condvar::new() }
    }

    /// Bytes of its spectra, once they are there.
    pub fn bytes(&self) -> usize {
        if let State::Built(opening) = &*lock(&self.state) { opening.bytes() } else { 0 }
    }

    /// The opening, built here if no other job has done so. A cancellation is the caller's alone: then another one
    /// builds it.
    pub fn opening(&self, cancel: &Token) -> Result<Arc<Opening>, RenderError> {
        let mut state = lock(&self.state);
        loop {
            match &*state {
                State::Built(opening) => return Ok(opening.clone()),
                State::Failed(error) => return Err(RenderError::Impulse(error.clone())),
                State::Building => {
                    cancel.check()?;
                    let waited = self.has_changed.wait_timeout(state, CHECK);
                    state = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
                State::Empty => {
                    *state = State::Building;
                    drop(state);
                    return self.build(cancel);
                }
            }
        }
    }

    fn build(&self, cancel: &Token) -> Result<Arc<Opening>, RenderError> {
        // Also after a panic nobody waits for ever.
        let mut outcome = Outcome { place: self, state: State::Empty };
        let Key { recipe, format, goes_on } = &self.key;
        match Opening::build(recipe, *format, *goes_on, cancel).map(Arc::new) {
            Ok(opening) => {
                outcome.state = State::Built(opening.clone());
                Ok(opening)
            }
            Err(PrepareError::Cancelled(Cancelled)) => Err(RenderError::Cancelled(Cancelled)),
            Err(error) => {
                let error = Arc::new(error);
                outcome.state = State::Failed(error.clone());
                Err(RenderError::Impulse(error))
            }
        }
    }
}

/// What became of a build, told to those who wait when this is dropped.
struct Outcome<'a> {
    place: &'a Place,
    state: State,
}

impl Drop for Outcome<'_> {
    fn drop(&mut self) {
        *lock(&self.place.state) = std::mem::replace(&mut self.state, State::Empty);
        self.place.has_changed.notify_all();
    }
}

//! An impulse that was located: how to read it, and by what it is known to be the same as another's.

use super::PrepareError;
use crate::cancel::Token;
use crate::impulse::Impulse;
use std::fmt::{Debug, Formatter};
use std::sync::Arc;

/// By what the impulses of two instances are known to be the same: a text about all that is read, of files a hash of
/// their bytes and not their dates, and about where that is, because a name may be part of what is said about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity(pub Arc<str>);

/// An impulse that was located, to be read on any thread.
#[derive(Clone)]
pub struct Located {
    identity: Option<Identity>,
    read: Arc<Read>,
}

type Read = dyn Fn(&Token) -> Result<Content, PrepareError> + Send + Sync;

/// What was read.
#[derive(Debug)]
pub enum Content {
    /// The impulse of the identity.
    Sure(Impulse),
    /// An impulse that may be another one, because a file was written meanwhile. It is not shared with those who ask
    /// later.
    Unsure(Impulse),
    /// Nothing that can be used: it is to be located elsewhere.
    Nothing,
}

impl Located {
    /// An impulse with its identity, and how to read it. One without an identity is shared with nobody.
    pub fn new(
        identity: Option<Identity>,
        read: impl Fn(&Token) -> Result<Content, PrepareError> + Send + Sync + 'static,
    ) -> Self {
        Self { identity, read: Arc::new(read) }
    }

    /// The identity; `None` if nobody knows it again.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Reads it; `cancel` is checked as in a [build](super::build).
    ///
    /// # Errors
    /// See [`PrepareError`].
    pub fn read(&self, cancel: &Token) -> Result<Content, PrepareError> {
        (self.read)(cancel)
    }
}

impl Debug for Located {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Located").field("identity", &self.identity).finish_non_exhaustive()
    }
}

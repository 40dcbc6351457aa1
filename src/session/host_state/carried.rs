//! An impulse that a state carries along.

use crate::cancel::Token;
use crate::impulse::Impulse;
use crate::impulse::recipe::{Side, Source};
use crate::library::hints::Hints;
use crate::session::embedded::Embedded;
use crate::session::memory::Memory;

/// An impulse that a state carries along, and what it remembers of its files.
#[derive(Debug)]
pub struct Carried {
    side: Side,
    source: Source,
    memory: Memory,
    embedded: Embedded,
    files: Vec<Hints>,
}

impl Carried {
    /// What a state holds of the source of a side.
    pub(super) fn new(side: Side, source: &Source, memory: Memory, embedded: Embedded) -> Self {
        Self { side, source: source.clone(), files: memory.hints(source), memory, embedded }
    }

    /// True if no impulse is carried along.
    pub(super) fn is_none(&self) -> bool {
        self.embedded.is_none()
    }

    /// Which of the preset's impulses it is.
    #[must_use]
    pub fn side(&self) -> Side {
        self.side
    }

    /// The source that it was made of.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// What is remembered of the files of the source.
    #[must_use]
    pub fn files(&self) -> &[Hints] {
        &self.files
    }

    /// The impulse; `None` if its bytes are damaged, a newer program's, or those of another one.
    #[must_use]
    pub fn impulse(&self) -> Option<Impulse> {
        self.embedded.impulse(self.memory.fingerprint_of(&self.source)?, &Token::never()).ok().flatten()
    }
}

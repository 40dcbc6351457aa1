//! How much is measured.

use std::time::Duration;

/// How much to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// `--test`: only so much that the benches are seen to run.
    Smoke,
    /// `--quick`: the processor time beside zita-convolver alone.
    Quick,
    /// Everything.
    Full,
}

/// How often a cell is repeated.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Rounds of a race.
    pub rounds: usize,
    /// Passes of a hot cell, at least.
    pub least: usize,
    /// And as many more as there is time for; likewise in a round of a race.
    pub time: Duration,
    /// Passes of a cell at live pace.
    pub live: usize,
}

impl Extent {
    /// From the program's arguments.
    #[must_use]
    pub fn from_arguments() -> Self {
        match () {
            () if is_given("--test") => Self::Smoke,
            () if is_given("--quick") => Self::Quick,
            () => Self::Full,
        }
    }

    /// How often each cell is repeated.
    #[must_use]
    pub fn effort(self) -> Effort {
        let (rounds, least, milliseconds, live) = match self {
            Self::Smoke => (1, 1, 0, 1),
            Self::Quick => (9, 3, 250, 3),
            Self::Full => (9, 3, 250, 3),
        };
        Effort { rounds, least, time: Duration::from_millis(milliseconds), live }
    }
}

/// Whether the program was given this option.
#[must_use]
pub fn is_given(option: &str) -> bool {
    std::env::args().any(|argument| argument == option)
}

/// The number after an option.
///
/// # Errors
/// When what follows is none.
pub fn number(option: &str) -> Result<Option<usize>, String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != option);
    if arguments.next().is_none() {
        return Ok(None);
    }
    let word = arguments.next().unwrap_or_default();
    word.parse().map(Some).map_err(|_| format!("{option} takes a whole number, not `{word}`"))
}

//! What is asked for, and whether it can be built: on trial until the worker says so.
//!
//! ```text
//!            begin                prove
//!  proved ─────────> on trial ─────────────> proved
//!    ^                  │ refuse       ^ prove (its file has come)
//!    │                  v              │
//!    └── go back ──  refused ──────────┘
//! ```
//!
//! While a choice is refused, the one before it is saved; the refused one goes on being asked for, so that its error
//! stays in sight, until something else has to sound.

use super::choice::Asked;
use std::mem;

/// What is asked for, with its verdict.
#[derive(Debug)]
pub(super) struct Trial {
    asked: Asked,
    verdict: Verdict,
}

#[derive(Debug)]
enum Verdict {
    /// Built once, or brought by a session: nobody goes back any more.
    Proved,
    /// Not built yet; the fallback is the last proved choice before it.
    Open { fallback: Box<Asked> },
    /// It cannot be built.
    Refused { fallback: Box<Asked> },
}

impl Verdict {
    fn into_fallback(self) -> Option<Box<Asked>> {
        match self {
            Self::Proved => None,
            Self::Open { fallback } | Self::Refused { fallback } => Some(fallback),
        }
    }
}

impl Trial {
    /// Asks for what a session brought: saved even if it cannot be built.
    pub fn proved(asked: Asked) -> Self {
        Self { asked, verdict: Verdict::Proved }
    }

    /// What is asked for.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// What is asked for, to change what is known of it.
    pub fn asked_mut(&mut self) -> &mut Asked {
        &mut self.asked
    }

    /// What is saved: what is asked for, unless that is refused.
    pub fn saved(&self) -> &Asked {
        match &self.verdict {
            Verdict::Refused { fallback } => fallback,
            Verdict::Proved | Verdict::Open { .. } => &self.asked,
        }
    }

    /// Everything that may still be asked for or saved.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut Asked> {
        let fallback = match &mut self.verdict {
            Verdict::Proved => None,
            Verdict::Open { fallback } | Verdict::Refused { fallback } => Some(&mut **fallback),
        };
        std::iter::once(&mut self.asked).chain(fallback)
    }

    /// Asks for a new choice. Of several unproved ones in a row, the last proved one before them is the fallback.
    pub fn begin(&mut self, asked: Asked) {
        let before = mem::replace(&mut self.asked, asked);
        let fallback = mem::replace(&mut self.verdict, Verdict::Proved).into_fallback();
        self.verdict = Verdict::Open { fallback: fallback.unwrap_or_else(|| Box::new(before)) };
    }

    /// True if this choice is asked for and not proved.
    pub fn is_unproved(&self, editions: [u64; 2]) -> bool {
        self.asked.choice.editions() == editions && !matches!(self.verdict, Verdict::Proved)
    }

    /// The choice can be built. Its second impulse stays on trial if it was left out because nothing of it is to be
    /// heard.
    pub fn prove(&mut self, with_second: bool) {
        let Some(fallback) = mem::replace(&mut self.verdict, Verdict::Proved).into_fallback() else { return };
        if !with_second && fallback.choice.origins[1] != self.asked.choice.origins[1] {
            self.verdict = Verdict::Open { fallback: Box::new(self.asked.with_second_of(*fallback)) };
        }
    }

    /// The choice of these editions cannot be built.
    pub fn refuse(&mut self, editions: [u64; 2]) {
        if self.asked.choice.editions() == editions
            && let Some(fallback) = mem::replace(&mut self.verdict, Verdict::Proved).into_fallback()
        {
            self.verdict = Verdict::Refused { fallback };
        }
    }

    /// Asks again for what was there before the refused choice of these editions. False if that is not asked for any
    /// more.
    pub fn go_back(&mut self, editions: [u64; 2]) -> bool {
        if self.asked.choice.editions() != editions || !matches!(self.verdict, Verdict::Refused { .. }) {
            return false;
        }
        if let Some(fallback) = mem::replace(&mut self.verdict, Verdict::Proved).into_fallback() {
            self.asked = *fallback;
        }
        true
    }
}

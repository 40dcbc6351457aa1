//! The selected impulses, on trial until the worker says whether they can be built.
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

use super::choice::Selection;
use std::mem;

/// The selection that is asked for, with its verdict.
#[derive(Debug, Clone)]
pub(super) struct Trial {
    selected: Selection,
    verdict: Verdict,
}

#[derive(Debug, Clone)]
enum Verdict {
    /// Built once, or brought by a session: nobody goes back any more.
    Proved,
    /// Not built yet; the fallback is the last proved choice before it.
    Open { fallback: Box<Selection> },
    /// It cannot be built.
    Refused { fallback: Box<Selection> },
}

impl Verdict {
    fn into_fallback(self) -> Option<Box<Selection>> {
        match self {
            Self::Proved => None,
            Self::Open { fallback } | Self::Refused { fallback } => Some(fallback),
        }
    }
}

impl Trial {
    /// A selection that a session brought: saved even if it cannot be built.
    pub fn proved(selected: Selection) -> Self {
        Self { selected, verdict: Verdict::Proved }
    }

    /// The selection that is asked for.
    pub fn selected(&self) -> &Selection {
        &self.selected
    }

    /// The selection that is asked for, to change what is known of it.
    pub fn selected_mut(&mut self) -> &mut Selection {
        &mut self.selected
    }

    /// The selection that is saved: the one that is asked for, unless that is refused.
    pub fn saved(&self) -> &Selection {
        match &self.verdict {
            Verdict::Refused { fallback } => fallback,
            Verdict::Proved | Verdict::Open { .. } => &self.selected,
        }
    }

    /// Everything that may still be asked for or saved.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut Selection> {
        let fallback = match &mut self.verdict {
            Verdict::Proved => None,
            Verdict::Open { fallback } | Verdict::Refused { fallback } => Some(&mut **fallback),
        };
        std::iter::once(&mut self.selected).chain(fallback)
    }

    /// Asks for a new choice. Of several unproved ones in a row, the last proved one before them is the fallback.
    pub fn begin(&mut self, selected: Selection) {
        let before = mem::replace(&mut self.selected, selected);
        let fallback = mem::replace(&mut self.verdict, Verdict::Proved).into_fallback();
        self.verdict = Verdict::Open { fallback: fallback.unwrap_or_else(|| Box::new(before)) };
    }

    /// True if nobody goes back from the choice that is asked for.
    pub fn is_proved(&self) -> bool {
        matches!(self.verdict, Verdict::Proved)
    }

    /// True if this choice is asked for and not proved.
    pub fn is_unproved(&self, editions: [u64; 2]) -> bool {
        self.selected.choice.editions() == editions && !self.is_proved()
    }

    /// The choice can be built. Its second impulse stays on trial if it was left out because nothing of it is to be
    /// heard.
    pub fn prove(&mut self, with_second: bool) {
        let Some(fallback) = mem::replace(&mut self.verdict, Verdict::Proved).into_fallback() else { return };
        if !with_second && fallback.choice.origins[1] != self.selected.choice.origins[1] {
            self.verdict = Verdict::Open { fallback: Box::new(self.selected.with_second_of(*fallback)) };
        }
    }

    /// The choice of these editions cannot be built.
    pub fn refuse(&mut self, editions: [u64; 2]) {
        if self.selected.choice.editions() == editions
            && let Some(fallback) = mem::replace(&mut self.verdict, Verdict::Proved).into_fallback()
        {
            self.verdict = Verdict::Refused { fallback };
        }
    }

    /// Asks again for what was there before the refused choice of these editions. False if that is not asked for any
    /// more.
    pub fn go_back(&mut self, editions: [u64; 2]) -> bool {
        if self.selected.choice.editions() != editions || !matches!(self.verdict, Verdict::Refused { .. }) {
            return false;
        }
        if let Some(fallback) = mem::replace(&mut self.verdict, Verdict::Proved).into_fallback() {
            self.selected = *fallback;
        }
        true
    }
}

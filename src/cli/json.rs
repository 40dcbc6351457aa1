//! `--json`: one object a line on stdout. `docs/json.md` lists the names, which stay.

use crate::impulse::findings::Finding;
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// Something lost, replaced or guessed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Warning {
    /// Name of its kind, which stays.
    pub id: &'static str,
    /// The file, pair of files or space that it is about, as people are told.
    pub about: String,
    /// The sentence for people.
    pub text: String,
}

impl Warning {
    pub fn of(finding: &Finding, about: String) -> Self {
        Self { id: finding.id(), about, text: finding.to_string() }
    }
}

/// Prints an object as one line. Whoever has closed stdout does not want it.
pub(super) fn say(object: &impl Serialize) {
    let line = serde_json::to_string(object).expect("numbers and text alone");
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A path as text.
pub(super) fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// A factor in decibels, to a hundredth; `None` of silence, which has none.
pub(super) fn decibels(factor: f64) -> Option<f64> {
    (factor > 0.0).then(|| (2000.0 * factor.log10()).round() / 100.0)
}

//! Settings that depend on others: the condition under which a setting has an effect.

use super::{Setting, Settings, find};

/// A condition under which a setting has an effect, by the ids of other settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// The switch or choice of this id has the value of this text. At any other value it overrules the setting.
    Is(&'static str, &'static str),
    /// The choice of this id has the value of one of these texts. At any other value it overrules the setting.
    IsEither(&'static str, [&'static str; 2]),
    /// One of the settings of these ids is not at its default, which is the same for all. If all are, there is nothing
    /// for the setting to act on.
    AnyMoved(&'static [&'static str]),
}

impl Condition {
    /// True if the condition holds for these values.
    #[must_use]
    pub fn holds(self, settings: &Settings) -> bool {
        let is_moved = |id: &&str| find(id).is_some_and(|setting| settings.get(id) != Some(setting.default()));
        let has = |id, text: &str| settings.get(id) == find(id).and_then(|setting| setting.read(text));
        match self {
            Self::Is(id, text) => has(id, text),
            Self::IsEither(id, texts) => texts.iter().any(|text| has(id, text)),
            Self::AnyMoved(ids) => ids.iter().any(is_moved),
        }
    }

    /// The condition as a clause, "Mix mode is levels", in which `name` names a setting.
    #[must_use]
    pub fn clause(self, name: impl Fn(&'static Setting) -> String) -> String {
        match self {
            Self::Is(id, text) => format!("{} is {text}", names(&[id], name)),
            Self::IsEither(id, [one, other]) => format!("{} is {one} or {other}", names(&[id], name)),
            Self::AnyMoved(ids) => {
                let default = ids.first().and_then(|id| find(id)).map(|setting| setting.show(setting.default()));
                format!("{} is not {}", names(ids, name), default.unwrap_or_default())
            }
        }
    }
}

/// Names of settings as a list: "a, b or c".
fn names(ids: &[&str], name: impl Fn(&'static Setting) -> String) -> String {
    let names: Vec<String> = ids.iter().filter_map(|id| find(id)).map(name).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}

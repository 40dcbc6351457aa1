//! Every setting of the product, once: id, name, range, unit, and what it means.
//!
//! ```text
//!             ┌─> the plugin's parameters ─┐
//! every row ──┼─> the program's options ───┼─> Settings ─┬─> chain::Controls     what a block needs
//!             └─> texts, ranges, defaults ─┘             ├─> shape::Shape        how the impulse is shaped
//!                                                        └─> LevelRule           how loud it is
//! ```
//!
//! So the same text is the same sound, wherever it was typed. A setting more is a row in `table.rs`, and the line in
//! `values.rs` where it is used.

mod kind;
mod scale;
mod table;
mod values;

pub use kind::{Choice, Kind, Number, Switch, Typed, Value};
pub use scale::{OFF, Scale};
#[cfg(feature = "plugin")]
pub(crate) use table::every_setting;
pub use table::{COUNT, HIGH_CUT_OFF, LEVEL_OFF, LONG, LONGEST_PREDELAY, LOW_CUT_OFF, Section, TABLE};
pub use values::{Settings, TEMPO};

/// A setting.
#[derive(Debug)]
pub struct Setting {
    /// Part of every saved session, preset and automation, and never changed.
    pub id: &'static str,
    /// For people.
    pub name: &'static str,
    /// One sentence, without its full stop.
    pub about: &'static str,
    /// Where it belongs.
    pub section: Section,
    /// What its values are.
    pub kind: Kind,
}

/// The setting of an id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Setting> {
    TABLE.iter().find(|setting| setting.id == id)
}

impl Setting {
    /// What it is in a fresh instance.
    #[must_use]
    pub fn default(&self) -> Value {
        match &self.kind {
            Kind::Number(number) => Value::Number(number.default),
            Kind::Switch(switch) => Value::Switch(switch.default),
            Kind::Choice(choice) => Value::Choice(choice.default),
        }
    }

    /// True if the kernel is built from it, false if only the chain reads it.
    #[must_use]
    pub fn shapes_impulse(&self) -> bool {
        matches!(self.section, Section::Shape | Section::Decay | Section::Blend) || self.id == "loudness"
    }

    /// A value as people read it, with its unit. [`Self::read`] gives the same value back. A value of another kind is shown
    /// like the default.
    #[must_use]
    pub fn show(&self, value: Value) -> String {
        match (&self.kind, value) {
            (Kind::Number(number), Value::Number(value)) => number.show(value),
            (Kind::Switch(switch), Value::Switch(value)) => switch.show(value).to_owned(),
            (Kind::Choice(choice), Value::Choice(value)) => choice.show(value).to_owned(),
            _ => self.show(self.default()),
        }
    }

    /// The value of a text, or the nearest that it can have; `None` for what is no value at all.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<Value> {
        match &self.kind {
            Kind::Number(number) => number.read(text).map(|value| Value::Number(number.nearest(value))),
            Kind::Switch(switch) => switch.read(text).map(Value::Switch),
            Kind::Choice(choice) => choice.read(text).map(Value::Choice),
        }
    }
}

#[cfg(test)]
mod tests;

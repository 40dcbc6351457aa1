//! Every setting of the product, once: id, name, range, unit, and what it means.
//!
//! ```text
//!             ┌─> the plugin's parameters ─┐
//! every row ──┼─> the program's options ───┼─> Settings ─┬─> chain::Controls     what a block needs
//!             └─> texts, ranges, defaults ─┘             ├─> shape::Shape        how the impulse is shaped
//!                                                        ├─> LevelRule           how loud it is
//!                                                        └─> Combination         what it becomes with a second one
//! ```
//!
//! So the same text gives the same sound, wherever it is typed. A new setting is a row in `table.rs` and the line in
//! `values.rs` where it is used. A test writes `docs/parameters.md` from the table.

mod condition;
mod kind;
mod scale;
mod sound;
mod table;
mod values;

pub use condition::Condition;
pub use kind::{Choice, Kind, Number, Switch, Typed, Value};
pub use scale::{OFF, Scale};
pub use sound::Sound;
#[cfg(feature = "plugin")]
pub(crate) use table::every_setting;
pub use table::{COUNT, HIGH_CUT_OFF, LEVEL_OFF, LONG, LONGEST_PREDELAY, LOW_CUT_OFF, Section, TABLE};
pub use values::{Settings, TEMPO};

/// A setting: a row of the table.
#[derive(Debug)]
pub struct Setting {
    /// Identifier in sessions, presets and automation. It never changes.
    pub id: &'static str,
    /// Name that users see.
    pub name: &'static str,
    /// Description: one sentence without its full stop.
    pub about: &'static str,
    /// Section of the table.
    pub section: Section,
    /// Conditions under which the setting has an effect; all must hold. Without any, it always has one.
    pub conditions: &'static [Condition],
    /// Kind and range of the values.
    pub kind: Kind,
}

/// The setting of an id; `None` if there is no such setting.
#[must_use]
pub fn find(id: &str) -> Option<&'static Setting> {
    TABLE.iter().find(|setting| setting.id == id)
}

impl Setting {
    /// The value in a fresh instance.
    #[must_use]
    pub fn default(&self) -> Value {
        match &self.kind {
            Kind::Number(number) => Value::Number(number.default),
            Kind::Switch(switch) => Value::Switch(switch.default),
            Kind::Choice(choice) => Value::Choice(choice.default),
        }
    }

    /// True if the impulse is prepared again when the setting changes, false if only the chain reads it.
    #[must_use]
    pub fn shapes_impulse(&self) -> bool {
        matches!(self.section, Section::Shape | Section::Decay | Section::Blend) || self.id == "loudness"
    }

    /// The text of a value, with its unit. [`Self::read`] gives the same value back. For a value of another kind it is
    /// the text of the default.
    #[must_use]
    pub fn show(&self, value: Value) -> String {
        match (&self.kind, value) {
            (Kind::Number(number), Value::Number(value)) => number.show(value),
            (Kind::Switch(switch), Value::Switch(value)) => switch.show(value).to_owned(),
            (Kind::Choice(choice), Value::Choice(value)) => choice.show(value).to_owned(),
            _ => self.show(self.default()),
        }
    }

    /// The first condition that does not hold at these values; `None` if the setting has an effect.
    #[must_use]
    pub fn unmet(&self, settings: &Settings) -> Option<Condition> {
        self.conditions.iter().copied().find(|condition| !condition.holds(settings))
    }

    /// The value at a position on a host's scale, 0 to 1.
    #[must_use]
    pub fn at(&self, position: f32) -> Value {
        match &self.kind {
            Kind::Number(number) => Value::Number(number.at(position)),
            Kind::Switch(_) => Value::Switch(position >= 0.5),
            Kind::Choice(choice) => Value::Choice((position * (choice.options.len() - 1) as f32).round() as usize),
        }
    }

    /// The value of a text, or the nearest value that the setting can have; `None` if the text is no value.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<Value> {
        match &self.kind {
            Kind::Number(number) => number.read(text).map(|value| Value::Number(number.nearest(value))),
            Kind::Switch(switch) => switch.read(text).map(Value::Switch),
            Kind::Choice(choice) => choice.read(text).map(Value::Choice),
        }
    }

    /// The value of a text, on the nearest step.
    ///
    /// # Errors
    /// What is wanted in the place of a text that is no value, or of a number outside the range: "a number from -60 to
    /// 12 dB is wanted, or off".
    pub fn read_within(&self, text: &str) -> Result<Value, String> {
        let value = match &self.kind {
            Kind::Number(number) => number.read_within(text).map(|value| Value::Number(number.nearest(value))),
            Kind::Switch(_) | Kind::Choice(_) => self.read(text),
        };
        value.ok_or_else(|| self.wanted())
    }

    /// What a text may say, as a sentence.
    fn wanted(&self) -> String {
        match &self.kind {
            Kind::Number(number) => number.wanted(),
            Kind::Switch(_) => "on or off is wanted".to_owned(),
            Kind::Choice(choice) => {
                format!("one of these is wanted: {}", choice.words().collect::<Vec<_>>().join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests;

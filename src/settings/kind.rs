//! What values a setting has.

use super::scale::{OFF, Scale, tidied};
use std::ops::RangeInclusive;

/// What the values of a setting are.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Numbers of a range.
    Number(Number),
    /// On or off.
    Switch(Switch),
    /// One of several.
    Choice(Choice),
}

/// A value of a setting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// In the unit of the setting.
    Number(f32),
    /// Whether it is on.
    Switch(bool),
    /// The place among the options, from 0 on.
    Choice(usize),
}

/// A number of a range, in steps as fine as its text.
#[derive(Debug, Clone)]
pub struct Number {
    /// What it may be.
    pub range: RangeInclusive<f32>,
    /// What it is in a fresh instance.
    pub default: f32,
    /// It is a multiple of this.
    pub step: f32,
    /// How it lies on a slider or a host's scale of 0…1: `((value - least) / (most - least)) ^ skew`. Above 1 the upper end
    /// has more of the way, below 1 the lower one.
    pub skew: f32,
    /// What it means.
    pub scale: Scale,
    /// The end of the range that means off, where one does.
    pub off: Option<f32>,
}

impl Number {
    /// With its unit; "off" for the end that means it.
    #[must_use]
    pub fn show(&self, value: f32) -> String {
        if self.off == Some(value) { OFF.to_owned() } else { self.scale.show(value, self.step) }
    }

    /// The number of a text, also if it lies outside the range or between two steps; `None` for what is none.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<f32> {
        if tidied(text) == OFF { self.off } else { self.scale.read(text, self.off) }
    }

    /// The nearest number that it may be.
    #[must_use]
    pub fn nearest(&self, value: f32) -> f32 {
        ((value / self.step).round() * self.step).clamp(*self.range.start(), *self.range.end())
    }

    /// The range as a sentence has it: "-60 to 12 dB".
    #[must_use]
    pub fn range_text(&self) -> String {
        format!("{} to {} {}", self.range.start(), self.range.end(), self.scale.unit())
    }
}

/// On or off.
#[derive(Debug, Clone, Copy)]
pub struct Switch {
    /// Whether it is on in a fresh instance.
    pub default: bool,
}

impl Switch {
    /// "on" or "off".
    #[must_use]
    pub fn show(self, value: bool) -> &'static str {
        if value { "on" } else { OFF }
    }

    /// Whether a text says on; `None` for what is neither.
    #[must_use]
    pub fn read(self, text: &str) -> Option<bool> {
        match tidied(text).as_str() {
            "on" | "yes" | "true" | "1" => Some(true),
            OFF | "no" | "false" | "0" => Some(false),
            _ => None,
        }
    }
}

/// One of several. Saved by its place: options are only ever added at the end.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// The words for each option: the first is shown, all are understood.
    pub options: &'static [&'static [&'static str]],
    /// The place of what it is in a fresh instance.
    pub default: usize,
}

impl Choice {
    /// The word that is shown for each option.
    pub fn words(self) -> impl ExactSizeIterator<Item = &'static str> {
        self.options.iter().map(|words| words[0])
    }

    /// The word for an option; for one that is none, that of the last.
    #[must_use]
    pub fn show(self, value: usize) -> &'static str {
        self.options[value.min(self.options.len() - 1)][0]
    }

    /// The option of a word, `None` for a word that is none.
    #[must_use]
    pub fn read(self, text: &str) -> Option<usize> {
        let text = tidied(text);
        self.options.iter().position(|words| words.contains(&text.as_str()))
    }
}

/// A kind by its type.
pub trait Typed {
    /// What its values are in [`Settings`](super::Settings).
    type Plain: Copy + Into<Value>;
    /// The value, if it is of this kind.
    fn of(value: Value) -> Option<Self::Plain>;
}

macro_rules! typed {
    ($($kind:ident($plain:ty))*) => {$(
        impl Typed for $kind {
            type Plain = $plain;
            fn of(value: Value) -> Option<$plain> {
                if let Value::$kind(value) = value { Some(value) } else { None }
            }
        }

        impl From<$plain> for Value {
            fn from(value: $plain) -> Self {
                Self::$kind(value)
            }
        }
    )*};
}

typed!(Number(f32) Switch(bool) Choice(usize));

//! The kinds of values that settings have.

use super::scale::{OFF, Scale, tidied};
use std::ops::RangeInclusive;

/// The kind of a setting, with the range of its values.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A number in a range.
    Number(Number),
    /// On or off.
    Switch(Switch),
    /// One of several options.
    Choice(Choice),
}

/// A value of a setting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A number in the unit of the setting.
    Number(f32),
    /// True is on.
    Switch(bool),
    /// Index of the option, from 0 on.
    Choice(usize),
}

/// A number in a range, in steps as fine as its text.
#[derive(Debug, Clone)]
pub struct Number {
    /// Least and largest value.
    pub range: RangeInclusive<f32>,
    /// The value in a fresh instance.
    pub default: f32,
    /// Every value is a multiple of this, or an end of the range.
    pub step: f32,
    /// Exponent of the position on a slider or on a host's scale of 0 to 1:
    /// `((value - least) / (most - least)) ^ skew`. Above 1 the upper end of the range takes more of the scale, below 1
    /// the lower end.
    pub skew: f32,
    /// Unit, and the texts of values.
    pub scale: Scale,
    /// The end of the range that means off; `None` if there is none.
    pub off: Option<f32>,
}

impl Number {
    /// The text of a value, with its unit; "off" for the end that means off.
    #[must_use]
    pub fn show(&self, value: f32) -> String {
        if self.off == Some(value) { OFF.to_owned() } else { self.scale.show(value, self.step) }
    }

    /// The number of a text, even outside the range or between two steps; `None` if the text is no number.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<f32> {
        if tidied(text) == OFF { self.off } else { self.scale.read(text, self.off) }
    }

    /// The number of a text that is in the range, even between two steps; `None` of any other text.
    #[must_use]
    pub fn read_within(&self, text: &str) -> Option<f32> {
        self.read(text).filter(|value| self.range.contains(value))
    }

    /// The value at a position on a host's scale, 0 to 1.
    #[must_use]
    pub fn at(&self, position: f32) -> f32 {
        let (least, most) = (*self.range.start(), *self.range.end());
        self.nearest(least + (most - least) * position.powf(1.0 / self.skew))
    }

    /// The position of a value on a host's scale: the way back from [`Self::at`]. Outside the range it is that of the
    /// nearer end.
    #[must_use]
    pub fn position(&self, value: f32) -> f32 {
        let (least, most) = (*self.range.start(), *self.range.end());
        ((value - least) / (most - least)).clamp(0.0, 1.0).powf(self.skew)
    }

    /// The nearest value in the range and on a step.
    #[must_use]
    pub fn nearest(&self, value: f32) -> f32 {
        ((value / self.step).round() * self.step).clamp(*self.range.start(), *self.range.end())
    }

    /// The range as text: "-60 to 12 dB".
    #[must_use]
    pub fn range_text(&self) -> String {
        format!("{} to {} {}", self.range.start(), self.range.end(), self.scale.unit())
    }

    /// What a text may say: "a number from -60 to 12 dB is wanted, or off".
    #[must_use]
    pub fn wanted(&self) -> String {
        let or_off = if self.off.is_some() { ", or off" } else { "" };
        format!("a number from {} is wanted{or_off}", self.range_text())
    }
}

/// On or off.
#[derive(Debug, Clone, Copy)]
pub struct Switch {
    /// The value in a fresh instance.
    pub default: bool,
}

impl Switch {
    /// "on" or "off".
    #[must_use]
    pub fn show(self, value: bool) -> &'static str {
        if value { "on" } else { OFF }
    }

    /// True for a text that means on, false for off; `None` for any other.
    #[must_use]
    pub fn read(self, text: &str) -> Option<bool> {
        match tidied(text).as_str() {
            "on" | "yes" | "true" | "1" => Some(true),
            OFF | "no" | "false" | "0" => Some(false),
            _ => None,
        }
    }
}

/// One of several options. Sessions save its index, so options are only ever added at the end.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// Words for each option: the first is shown, all are read.
    pub options: &'static [&'static [&'static str]],
    /// Index of the option in a fresh instance.
    pub default: usize,
}

impl Choice {
    /// The shown word of each option.
    pub fn words(self) -> impl ExactSizeIterator<Item = &'static str> {
        self.options.iter().map(|words| words[0])
    }

    /// The word for an option; behind the last option, the word for the last.
    #[must_use]
    pub fn show(self, value: usize) -> &'static str {
        self.options[value.min(self.options.len() - 1)][0]
    }

    /// The option of a word; `None` if there is no such option.
    #[must_use]
    pub fn read(self, text: &str) -> Option<usize> {
        let text = tidied(text);
        self.options.iter().position(|words| words.contains(&text.as_str()))
    }
}

/// The type of a kind, for code that is made from the table.
pub trait Typed {
    /// Type of its values in [`Settings`](super::Settings).
    type Plain: Copy + Into<Value>;
    /// The plain value; `None` if the value is of another kind.
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

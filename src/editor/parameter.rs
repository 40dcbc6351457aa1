//! A parameter in the window: its state, and what a user does with it.

use crate::settings::{Choice, Value};

/// A parameter, by the id of its [setting](crate::settings).
pub type Parameter = &'static str;

/// State of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The parameter.
    pub parameter: Parameter,
    /// Its name for people.
    pub name: String,
    /// Its value on the host's scale, 0 to 1.
    pub normalized: f32,
    /// Its default on the host's scale, 0 to 1.
    pub default: f32,
    /// Its value as text, with the unit.
    pub text: String,
}

impl Reading {
    /// True for a switch that is on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.normalized >= 0.5
    }
}

/// A parameter, where it was and where it went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// The parameter.
    pub parameter: Parameter,
    /// Its value before.
    pub from: Value,
    /// Its value after.
    pub to: Value,
}

impl Move {
    /// The way back.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { from: self.to, to: self.from, ..self }
    }
}

/// An action of the user on a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Takes hold of the parameter: the begin of a host's gesture.
    Begin(Parameter),
    /// Moves a parameter that is held to this value on the host's scale, 0 to 1.
    Set(Parameter, f32),
    /// Lets go of the parameter: the end of a host's gesture.
    End(Parameter),
    /// Sets the parameter to its default.
    Reset(Parameter),
    /// Sets the parameter to the value of this text.
    Type(Parameter, String),
    /// Opens the menu of the parameter, the host's or our own, at this place in pixels from the window's top left corner.
    Menu(Parameter, [i32; 2]),
}

impl Edit {
    /// A whole gesture, which sets the parameter to a value on the host's scale, 0 to 1.
    #[must_use]
    pub fn gesture(parameter: Parameter, value: f32) -> [Self; 3] {
        [Self::Begin(parameter), Self::Set(parameter, value), Self::End(parameter)]
    }
}

/// Value of an option of a choice on the host's scale, 0 to 1.
#[must_use]
pub fn option_value(option: usize, choice: Choice) -> f32 {
    option as f32 / (choice.words().len() - 1).max(1) as f32
}

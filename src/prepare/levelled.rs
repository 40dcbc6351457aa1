//! Paths at the level at which they are played.

use super::part::{LaidOut, amplify};
use super::summary::Unmeasured;
use crate::cancel::{Cancelled, Token};
use crate::impulse::layout::Route;
use crate::impulse::recipe::Recipe;
use std::mem;

/// Paths as they are played.
pub(super) struct Levelled {
    pub routes: Vec<Route>,
    /// The gain that was applied last.
    pub gain: f64,
    /// For people.
    pub unmeasured: Unmeasured,
}

impl Levelled {
    /// One impulse by itself, whose paths have a loudness.
    pub fn alone(mut part: LaidOut, loudness: f64, recipe: &Recipe, cancel: &Token) -> Result<Self, Cancelled> {
        let gains = part.matching.gains(loudness);
        let mut routes = mem::take(&mut part.routes);
        amplify(&mut routes, gains.all, cancel)?;
        Ok(Self { routes, gain: gains.all, unmeasured: Unmeasured::of(part, gains, recipe) })
    }
}

//! The saved form of a recipe: versioned, and without what is at its default.

use super::{LevelRule, Recipe, Second, Source, VERSION};
use crate::impulse::shape::Shape;
use serde::{Deserialize, Serialize};

/// Field by field what a state or a text holds.
#[derive(Serialize, Deserialize)]
pub(super) struct Saved {
    #[serde(default = "first_version")]
    version: u32,
    source: Source,
    #[serde(default)]
    level: LevelRule,
    #[serde(default, skip_serializing_if = "is_off")]
    keep_offset: bool,
    #[serde(default, skip_serializing_if = "is_off")]
    invert: bool,
    #[serde(default, skip_serializing_if = "is_off")]
    second_invert: bool,
    #[serde(default, skip_serializing_if = "is_off")]
    by_ear: bool,
    #[serde(default, skip_serializing_if = "is_off")]
    second_by_ear: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    shape: Shape,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    second: Option<Second>,
}

/// True for a shape that need not be saved, because it changes nothing.
fn is_default(shape: &Shape) -> bool {
    *shape == Shape::default()
}

/// True for a switch that need not be saved.
fn is_off(switch: &bool) -> bool {
    !switch
}

/// Version of a recipe that was saved without a version.
fn first_version() -> u32 {
    1
}

impl From<Saved> for Recipe {
    fn from(saved: Saved) -> Self {
        let Saved { source, level, keep_offset, invert, second_invert, by_ear, second_by_ear, shape, second, .. } =
            saved;
        let (shape, second) = (shape.canonical(), second.map(Second::canonical));
        let inverted = [invert, second_invert && second.is_some()];
        let by_ear = [by_ear, second_by_ear && second.is_some()];
        Self { source, level, keep_offset, inverted, by_ear, shape, second }
    }
}

impl From<Recipe> for Saved {
    fn from(recipe: Recipe) -> Self {
        let Recipe { source, level, keep_offset, inverted, by_ear, shape, second } = recipe;
        let (shape, second) = (shape.canonical(), second.map(Second::canonical));
        let [invert, second_invert] = [inverted[0], inverted[1] && second.is_some()];
        let [by_ear, second_by_ear] = [by_ear[0], by_ear[1] && second.is_some()];
        let version = VERSION;
        Self { version, source, level, keep_offset, invert, second_invert, by_ear, second_by_ear, shape, second }
    }
}

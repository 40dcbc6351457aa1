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
    #[serde(default, skip_serializing_if = "is_default")]
    shape: Shape,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    second: Option<Second>,
}

/// True for a shape that need not be saved, because it changes nothing.
fn is_default(shape: &Shape) -> bool {
    *shape == Shape::default()
}

/// Version of a recipe that was saved without a version.
fn first_version() -> u32 {
    1
}

impl From<Saved> for Recipe {
    fn from(saved: Saved) -> Self {
        let (shape, second) = (saved.shape.canonical(), saved.second.map(Second::canonical));
        Self { source: saved.source, level: saved.level, shape, second }
    }
}

impl From<Recipe> for Saved {
    fn from(recipe: Recipe) -> Self {
        let (shape, second) = (recipe.shape.canonical(), recipe.second.map(Second::canonical));
        Self { version: VERSION, source: recipe.source, level: recipe.level, shape, second }
    }
}

//! A choice of impulses, and what a state says of it.

use super::embed::Embedding;
use super::embedded::Embedded;
use super::memory::{Memory, Remembered};
use crate::impulse::recipe::{Recipe, Side, Source, VERSION};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// A recipe that a user, a host or a session chose.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The recipe.
    pub recipe: Recipe,
    /// True if a session brought it, false if somebody chose it since.
    pub loaded: bool,
    /// Origin of each impulse.
    pub origins: [Origin; 2],
    /// Slot of its first impulse in the list. `None` for what was chosen just now and is not in the list yet.
    pub slot: Option<usize>,
    /// True if the parameter `impulse` brought it.
    pub(super) followed: bool,
    /// True while somebody only tries its first impulse.
    pub is_tried: bool,
}

/// Where an impulse of a choice came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Origin {
    /// True if a session brought it.
    pub loaded: bool,
    /// Number of the change that brought the impulse. While it stays the same, so does the impulse.
    pub edition: u64,
}

impl Choice {
    /// The edition of each impulse. Every choice brings a new one, so they tell choices apart.
    #[must_use]
    pub fn editions(&self) -> [u64; 2] {
        self.origins.map(|origin| origin.edition)
    }
}

/// A choice, and what a state says of it.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    pub choice: Choice,
    /// The recipe as it is saved; if it cannot be read, as it was loaded.
    pub recipe: Value,
    /// False if the default sounds in the place of a recipe that cannot be read.
    pub readable: bool,
    /// Memory and embedded bytes of each impulse.
    pub known: [Known; 2],
}

/// Memory and embedded bytes of one impulse.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Known {
    pub memory: Arc<Memory>,
    pub embedded: Embedded,
}

impl Known {
    /// The paths alone: nobody has read the impulse's files yet.
    fn at_once(source: Option<&Source>, embedding: Embedding) -> Self {
        let remembered = match source {
            Some(source) => Remembered::at_once(source, embedding),
            None => Remembered { embedding, ..Remembered::default() },
        };
        Self { memory: Arc::new(remembered.into()), embedded: Embedded::default() }
    }

    /// Knowledge of an impulse after a state of the same recipe was loaded: that of the state if both are the same; if
    /// the state says less, that of before, with the state's choice of embedding. `None` if the state says something
    /// else, and so may mean another impulse.
    pub fn after(&self, loaded: &Self) -> Option<Self> {
        if self.finds_the_same(loaded) {
            return Some(loaded.clone());
        }
        let says_no_more = self.memory.says_all_of(&loaded.memory)
            && (loaded.embedded == Embedded::default() || loaded.embedded == self.embedded);
        says_no_more.then(|| Self {
            memory: Arc::new(self.memory.with_embedding(loaded.memory.embedding)),
            embedded: self.embedded.clone(),
        })
    }

    /// True if the same impulse is found by both.
    pub fn finds_the_same(&self, other: &Self) -> bool {
        self.memory.finds_the_same(&other.memory) && self.embedded == other.embedded
    }
}

impl Selection {
    /// A choice of which nothing is known yet.
    pub fn new(choice: Choice, embedding: Embedding) -> Self {
        let known = Side::BOTH.map(|side| Known::at_once(side.of(&choice.recipe), embedding));
        Self { recipe: to_json(&choice.recipe), readable: true, known, choice }
    }

    /// The user's choice whether this session embeds.
    pub fn embedding(&self) -> Embedding {
        self.known[0].memory.embedding
    }

    /// This selection with the second impulse of another one.
    pub fn with_second_of(&self, other: Self) -> Self {
        let mut mixed = self.clone();
        mixed.choice.recipe.second = other.choice.recipe.second;
        mixed.choice.origins[1] = other.choice.origins[1];
        let [_, second] = other.known;
        mixed.known[1] = second;
        mixed.recipe = to_json(&mixed.choice.recipe);
        mixed
    }
}

/// A recipe that has no JSON would sound, but come back as the default; every recipe of this version has one.
pub(super) fn to_json(recipe: &Recipe) -> Value {
    serde_json::to_value(recipe).unwrap_or(Value::Null)
}

/// A recipe that was saved. `None` for one of a newer version, which may mean something else by the same words.
pub(super) fn from_json(saved: &Value) -> Option<Recipe> {
    let version = saved.get("version").and_then(Value::as_u64).unwrap_or(u64::from(VERSION));
    (version <= u64::from(VERSION)).then(|| Recipe::deserialize(saved).ok())?
}

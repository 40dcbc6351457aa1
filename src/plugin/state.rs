//! What is saved besides parameters, and what is done with saved states that are damaged, older, newer or foreign.
use crate::impulse::recipe::{LevelRule, Recipe, Source};
use nice_plug::params::persist::PersistentField;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};

/// Version of the saved form of a recipe. It grows when an older reader would get a newer recipe wrong.
pub const VERSION: u32 = 1;

/// The saved form of a recipe.
#[derive(Serialize, Deserialize)]
struct Saved {
    version: u32,
    recipe: Recipe,
}

/// The recipe of an instance: written by the editor and by a host that loads a state, read by the worker.
///
/// Nobody calls the plugin after a state load, so a counter tells that something changed: [`Self::generation`].
/// A saved recipe that cannot be read (a newer version's, say) is kept as it is and saved again, until another is chosen.
#[derive(Debug)]
pub struct RecipeSlot {
    held: Mutex<Held>,
    generation: AtomicU64,
}

#[derive(Debug)]
struct Held {
    recipe: Recipe,
    /// As it is saved.
    saved: Value,
    readable: bool,
}

/// The recipe of a fresh instance: the hall.
#[must_use]
pub fn default_recipe() -> Recipe {
    Recipe { source: Source::Space { id: "hall".to_owned() }, level: LevelRule::default() }
}

impl Default for RecipeSlot {
    fn default() -> Self {
        Self { held: Mutex::new(Held::of(default_recipe())), generation: AtomicU64::new(0) }
    }
}

impl Held {
    fn of(recipe: Recipe) -> Self {
        let saved = Saved { version: VERSION, recipe };
        // A path that is not Unicode has no JSON: such a recipe sounds, but comes back as the default.
        let value = serde_json::to_value(&saved).unwrap_or(Value::Null);
        Self { recipe: saved.recipe, saved: value, readable: true }
    }
}

impl RecipeSlot {
    /// The recipe. \[not audio\]
    #[must_use]
    pub fn get(&self) -> Recipe {
        self.held.lock().recipe.clone()
    }
    /// Chooses another recipe. The worker sees it within 5 ms, or at once when nudged. \[not audio\]
    pub fn choose(&self, recipe: Recipe) {
        self.hold(Held::of(recipe));
    }
    /// Grows with every change. \[any\]
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }
    /// Whether the saved recipe could be read; if not, the default sounds in its place. \[not audio\]
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.held.lock().readable
    }
    fn hold(&self, held: Held) {
        *self.held.lock() = held;
        // Pairs with the Acquire in `generation`: who sees the new number gets the new recipe.
        self.generation.fetch_add(1, Ordering::Release);
    }
}

impl<'a> PersistentField<'a, Value> for RecipeSlot {
    fn set(&self, saved: Value) {
        self.hold(match serde_json::from_value::<Saved>(saved.clone()) {
            Ok(Saved { version, recipe }) if version <= VERSION => Held { recipe, saved, readable: true },
            _ => Held { recipe: default_recipe(), saved, readable: false },
        });
    }
    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&Value) -> R,
    {
        f(&self.held.lock().saved)
    }
}

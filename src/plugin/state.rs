//! What is saved besides parameters: the recipe.
//!
//! Nobody calls the plugin after a host has loaded a state, and nothing that a state may hold can be refused there. So the
//! recipe lies in a slot with a counter: the worker reads the slot, and the counter tells it and the window that something
//! changed.
use crate::impulse::recipe::{Recipe, VERSION};
use nice_plug::params::persist::PersistentField;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};

/// The recipe of an instance. Written by the window and by a host that loads a state, read by the worker and by a host
/// that saves.
///
/// - A saved recipe that cannot be read (a newer version's, say) is kept as it is and saved again, until another is
///   chosen; the default sounds in its place.
/// - A recipe that somebody chose and that cannot be built is not saved: what sounded before stays the session's.
#[derive(Debug)]
pub struct RecipeSlot {
    held: Mutex<Held>,
    generation: AtomicU64,
}

/// What is asked for now.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The recipe.
    pub recipe: Recipe,
    /// Whether it came out of a session, and was not chosen in this one.
    pub loaded: bool,
    /// Number of the change that brought it.
    pub generation: u64,
}

#[derive(Debug)]
struct Held {
    choice: Choice,
    /// As it is saved, and whether that can be read.
    saved: Value,
    readable: bool,
    /// What was there before, until the choice is proved; gone back to if it is refused.
    before: Option<Before>,
}

#[derive(Debug)]
struct Before {
    choice: Choice,
    saved: Value,
    readable: bool,
}

impl Default for RecipeSlot {
    fn default() -> Self {
        let choice = Choice { recipe: Recipe::default(), loaded: true, generation: 0 };
        let saved = saved(&choice.recipe);
        Self { held: Mutex::new(Held { choice, saved, readable: true, before: None }), generation: AtomicU64::new(0) }
    }
}

/// A recipe that has no JSON would sound, but come back as the default; every recipe of this version has one.
fn saved(recipe: &Recipe) -> Value {
    serde_json::to_value(recipe).unwrap_or(Value::Null)
}

/// A newer version's recipe may mean something else by the same words.
fn read(saved: &Value) -> Option<Recipe> {
    let version = saved.get("version").and_then(Value::as_u64).unwrap_or(u64::from(VERSION));
    (version <= u64::from(VERSION)).then(|| Recipe::deserialize(saved).ok())?
}

impl RecipeSlot {
    /// The recipe that is asked for. \[not audio\]
    #[must_use]
    pub fn get(&self) -> Recipe {
        self.held.lock().choice.recipe.clone()
    }

    /// The same with where it came from. \[not audio\]
    #[must_use]
    pub fn choice(&self) -> Choice {
        self.held.lock().choice.clone()
    }

    /// Chooses another recipe. The worker sees it within 5 ms, or at once when nudged. \[not audio\]
    pub fn choose(&self, recipe: Recipe) {
        self.change(|held, generation| {
            let saved = std::mem::replace(&mut held.saved, saved(&recipe));
            let choice = std::mem::replace(&mut held.choice, Choice { recipe, loaded: false, generation });
            let readable = std::mem::replace(&mut held.readable, true);
            // Of several unproved choices in a row, the last proved one before them counts.
            held.before = held.before.take().or(Some(Before { choice, saved, readable }));
        });
    }

    /// The choice of this number can be built: nobody goes back any more. \[worker\]
    pub(super) fn prove(&self, generation: u64) {
        let mut held = self.held.lock();
        if held.choice.generation == generation && held.before.take().is_some() {
            // It may have been refused before, and its file come since.
            held.saved = saved(&held.choice.recipe);
            held.readable = true;
        }
    }

    /// The choice of this number cannot be built: the one before it is saved from now on. It goes on being asked for, so
    /// that its error stays in sight, until [`Self::go_back`]. \[worker\]
    pub(super) fn refuse(&self, generation: u64) {
        let held = &mut *self.held.lock();
        if held.choice.generation == generation
            && let Some(before) = &held.before
        {
            held.saved = before.saved.clone();
            held.readable = before.readable;
        }
    }

    /// Asks again for what was there before a refused choice. \[worker\]
    pub(super) fn go_back(&self, refused: u64) {
        let held = &mut *self.held.lock();
        // Somebody may have chosen anew since.
        if held.choice.generation == refused
            && let Some(before) = held.before.take()
        {
            let generation = self.generation.load(Ordering::Relaxed) + 1;
            held.choice = Choice { generation, ..before.choice };
            held.saved = before.saved;
            held.readable = before.readable;
            self.generation.store(generation, Ordering::Release);
        }
    }

    /// Grows with every change. \[any\]
    #[must_use]
    pub fn generation(&self) -> u64 {
        // Pairs with the Release in `change`: who sees the new number finds the new recipe.
        self.generation.load(Ordering::Acquire)
    }

    /// Whether the session's recipe could be read; if not, the default sounds in its place. \[not audio\]
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.held.lock().readable
    }

    fn change(&self, change: impl FnOnce(&mut Held, u64)) {
        let mut held = self.held.lock();
        let generation = self.generation.load(Ordering::Relaxed) + 1;
        change(&mut held, generation);
        self.generation.store(generation, Ordering::Release);
    }
}

impl PersistentField<'_, Value> for RecipeSlot {
    fn set(&self, saved: Value) {
        self.change(|held, generation| {
            let read = read(&saved);
            held.readable = read.is_some();
            held.choice = Choice { recipe: read.unwrap_or_default(), loaded: true, generation };
            held.saved = saved;
            held.before = None;
        });
    }
    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&Value) -> R,
    {
        f(&self.held.lock().saved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn save(slot: &RecipeSlot) -> String {
        slot.map(|value| value.to_string())
    }

    #[test]
    fn a_recipe_comes_back_from_a_session_with_the_same_bytes() {
        let slot = RecipeSlot::default();
        slot.choose(Recipe::file("/rooms/Große Halle.wav"));
        let bytes = save(&slot);
        let other = RecipeSlot::default();
        other.set(serde_json::from_str(&bytes).expect("JSON"));
        assert_eq!((other.get(), save(&other)), (slot.get(), bytes));
        assert!(other.choice().loaded && !slot.choice().loaded);
        assert_eq!(other.generation(), 1);
    }

    #[test]
    fn what_cannot_be_read_is_kept_and_saved_again_until_another_is_chosen() {
        for foreign in [
            r#"{"source":{"kind":"dream"},"version":1}"#,
            r#"{"source":{"id":"hall","kind":"space"},"version":99}"#,
            "[1,2]",
            "null",
        ] {
            let slot = RecipeSlot::default();
            slot.set(serde_json::from_str(foreign).expect("JSON"));
            assert!(!slot.is_readable(), "{foreign}");
            assert_eq!((slot.get(), save(&slot).as_str()), (Recipe::default(), foreign));
            slot.choose(Recipe::space("plate"));
            assert!(slot.is_readable() && save(&slot) != foreign);
        }
    }

    #[test]
    fn a_choice_that_cannot_be_built_is_not_saved() {
        let slot = RecipeSlot::default();
        let proved = save(&slot);
        slot.choose(Recipe::file("/no.wav"));
        assert_ne!(save(&slot), proved, "it may still turn out to be good");
        slot.choose(Recipe::file("/no.txt"));
        slot.refuse(slot.generation() - 1); // of the one before: too late
        assert_ne!(save(&slot), proved);
        slot.refuse(slot.generation());
        assert_eq!(save(&slot), proved);
        assert_eq!(slot.get(), Recipe::file("/no.txt"), "its error stays in sight");
        slot.go_back(slot.generation());
        assert_eq!(slot.get(), Recipe::default());
    }

    #[test]
    fn a_refused_choice_whose_file_comes_later_is_saved() {
        let slot = RecipeSlot::default();
        slot.choose(Recipe::file("/not/yet.wav"));
        let chosen = save(&slot);
        slot.refuse(slot.generation());
        assert_ne!(save(&slot), chosen);
        slot.prove(slot.generation());
        assert_eq!(save(&slot), chosen);
    }

    #[test]
    fn going_back_does_not_undo_a_choice_made_meanwhile() {
        let slot = RecipeSlot::default();
        slot.choose(Recipe::file("/no.wav"));
        let refused = slot.generation();
        slot.refuse(refused);
        slot.choose(Recipe::space("plate"));
        slot.go_back(refused);
        assert_eq!(slot.get(), Recipe::space("plate"));
    }

    #[test]
    fn a_bad_choice_does_not_hide_that_the_session_cannot_be_read() {
        let slot = RecipeSlot::default();
        slot.set(serde_json::json!({ "source": { "kind": "dream" } }));
        slot.choose(Recipe::file("/no.wav"));
        slot.refuse(slot.generation());
        assert!(!slot.is_readable());
    }

    #[test]
    fn a_sessions_recipe_stays_even_if_it_cannot_be_built() {
        let slot = RecipeSlot::default();
        slot.set(saved(&Recipe::file("/elsewhere/Hall.wav")));
        let bytes = save(&slot);
        slot.refuse(slot.generation());
        slot.go_back(slot.generation());
        assert_eq!((save(&slot), slot.get()), (bytes, Recipe::file("/elsewhere/Hall.wav")));
    }
}

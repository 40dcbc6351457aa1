//! The field `session` of a state: all that is saved besides parameters.
//!
//! | member | what |
//! |---|---|
//! | `recipe` | the [`Recipe`]; how its two impulses are combined say the parameters |
//! | `sound` | the version of the [`Sound`] |
//! | `memory`, `memory_second` | what is [remembered](super::memory) of each impulse, and whether to embed it |
//! | `embedded`, `embedded_second` | each impulse itself, in base 64 text, or null |
//! | `impulses` | the [`List`] that the parameter `impulse` chooses among |
//!
//! Until the first release each member was a field of its own; [`fold`](super::fields::fold) makes the one field of
//! them. Members of a newer version are kept and saved again.

use super::choice::{Known, from_json, to_json};
use super::embedded::Embedded;
use super::list::List;
use super::memory::Memory;
use crate::impulse::recipe::Recipe;
use crate::settings::Sound;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Content of the field `session`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "Value")]
pub struct SavedSession {
    pub(super) recipe: Value,
    pub(super) sound: Sound,
    pub(super) known: [Known; 2],
    pub(super) list: List,
    /// Slot of the recipe's impulse; its memory is saved beside the list and not in it.
    pub(super) slot: Option<usize>,
    /// Members that this version does not know.
    pub(super) rest: Map<String, Value>,
}

/// Reads each member by itself. A missing member gets the value of a fresh instance, and a member that cannot be read
/// does not affect the others. A value that is no object is taken for a recipe that cannot be read.
impl From<Value> for SavedSession {
    fn from(saved: Value) -> Self {
        let mut rest = match saved {
            Value::Object(members) => members,
            other => Map::from_iter([("recipe".to_owned(), other)]),
        };
        let mut take = |member: &str| rest.remove(member);
        let mut known = |memory: &str, embedded: &str| Known {
            memory: Arc::new(take(memory).map(Memory::from).unwrap_or_default()),
            embedded: take(embedded).map(Embedded::from).unwrap_or_default(),
        };
        let known = [known("memory", "embedded"), known("memory_second", "embedded_second")];
        let recipe = take("recipe").unwrap_or_else(|| to_json(&Recipe::default()));
        let sound = Sound::of_state(take("sound"));
        let list = take("impulses").map(List::from).unwrap_or_default();
        Self { recipe, sound, known, list, slot: None, rest }
    }
}

/// The session of a fresh instance.
impl Default for SavedSession {
    fn default() -> Self {
        Self { sound: Sound::NEWEST, ..Value::Object(Map::new()).into() }
    }
}

impl Serialize for SavedSession {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Members<'a> {
            recipe: &'a Value,
            sound: Sound,
            memory: &'a Value,
            embedded: &'a Embedded,
            impulses: Value,
            memory_second: &'a Value,
            embedded_second: &'a Embedded,
            #[serde(flatten)]
            rest: &'a Map<String, Value>,
        }
        let [first, second] = &self.known;
        Members {
            recipe: &self.recipe,
            sound: self.sound,
            memory: first.memory.saved(),
            embedded: &first.embedded,
            impulses: self.list.saved(self.slot),
            memory_second: second.memory.saved(),
            embedded_second: &second.embedded,
            rest: &self.rest,
        }
        .serialize(serializer)
    }
}

impl SavedSession {
    /// The recipe; the default in the place of one that cannot be read.
    #[must_use]
    pub fn recipe(&self) -> Recipe {
        from_json(&self.recipe).unwrap_or_default()
    }

    /// The slot of the parameter `impulse` that goes with the recipe.
    #[must_use]
    pub fn impulse_slot(mut self) -> usize {
        let recipe = self.recipe();
        self.list.place(&recipe.source, 0)
    }
}

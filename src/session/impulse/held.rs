//! What the session's impulse does under its lock: the steps in which its machines move together.

use crate::impulse::recipe::{Combination, Recipe, Second, Side, Source};
use crate::library::hints::Hints;
use crate::session::choice::{Choice, Known, Origin, Selection, from_json};
use crate::session::echo::Echo;
use crate::session::embed::Embedding;
use crate::session::embedded::Embedded;
use crate::session::impulse::Kept;
use crate::session::list::{List, Usage};
use crate::session::saved::SavedSession;
use crate::session::trial::Trial;
use crate::settings::Sound;
use serde_json::{Map, Value};
use std::mem;
use std::sync::Arc;

/// What the lock of the session's impulse holds.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub trial: Trial,
    pub echo: Echo,
    pub list: List,
    /// Version of the sound that the loaded state names.
    pub sound: Sound,
    /// Members of the loaded state that this version does not know.
    pub rest: Map<String, Value>,
}

impl Default for Held {
    fn default() -> Self {
        let origin = Origin { loaded: true, edition: 0 };
        let (recipe, list) = (Recipe::default(), List::default());
        let slot = list.find(&recipe.source);
        let choice = Choice { recipe, loaded: true, origins: [origin; 2], slot, followed: false, is_tried: false };
        let trial = Trial::proved(Selection::new(choice, Embedding::default()));
        Self { trial, echo: Echo::at(slot.unwrap_or(0)), list, sound: Sound::NEWEST, rest: Map::new() }
    }
}

impl Held {
    pub fn choice(&self) -> &Choice {
        &self.trial.selected().choice
    }

    /// Asks for another recipe, of which these sides are new. The first impulse is to be in this slot.
    pub fn choose(&mut self, recipe: Recipe, generation: u64, sides: &[Side], slot: Option<usize>) {
        self.leave();
        let before = self.trial.selected();
        let mut origins = before.choice.origins;
        sides.iter().for_each(|side| origins[*side as usize] = Origin { loaded: false, edition: generation });
        let choice = Choice { recipe, loaded: false, origins, slot, followed: false, is_tried: false };
        let mut selected = Selection::new(choice, before.embedding());
        for side in Side::BOTH.into_iter().filter(|side| !sides.contains(side)) {
            selected.known[side as usize].clone_from(&before.known[side as usize]);
        }
        self.trial.begin(selected);
        self.echo.expect(None);
    }

    /// Remembers what is known of files of the present choice, by their paths.
    pub fn know(&mut self, files: &[Hints]) {
        for known in &mut self.trial.selected_mut().known {
            known.memory = Arc::new(known.memory.with_files(files));
        }
    }

    pub fn put(&mut self, side: Side, source: Source, generation: u64, slot: Option<usize>) {
        let mut recipe = self.choice().recipe.clone();
        match side {
            Side::A => recipe.source = source,
            // How they are combined say the parameters.
            Side::B => recipe.second = Some(Second { source, how: Combination::default() }),
        }
        let slot = if side == Side::B { self.choice().slot } else { slot };
        self.choose(recipe, generation, &[side], slot);
    }

    /// Asks for an impulse as [`Self::put`] does, to hear what it is like: no slot is taken for each.
    pub fn try_out(&mut self, side: Side, source: Source, generation: u64) {
        self.put(side, source, generation, None);
        self.trial.selected_mut().choice.is_tried = side == Side::A;
    }

    /// Chooses the impulse that is tried.
    pub fn keep(&mut self) {
        let was_tried = mem::replace(&mut self.trial.selected_mut().choice.is_tried, false);
        if was_tried && self.trial.is_proved() {
            self.settle_in();
        }
    }

    /// Asks for what was kept, as for a session's: by all that is known of it.
    pub fn bring_back(&mut self, Kept { recipe, saved, readable, known }: Kept, generation: u64) {
        let before = self.trial.selected();
        let is_another = |side: &Side| {
            let at = *side as usize;
            side.of(&recipe) != side.of(&before.choice.recipe) || !before.known[at].finds_the_same(&known[at])
        };
        let sides: Vec<Side> = Side::BOTH.into_iter().filter(is_another).collect();
        let slot = if sides.contains(&Side::A) { None } else { before.choice.slot };
        self.choose(recipe, generation, &sides, slot);
        let selected = self.trial.selected_mut();
        (selected.recipe, selected.readable) = (saved, readable);
        let embedding = selected.embedding();
        for (side, known) in Side::BOTH.into_iter().zip(known).filter(|(side, _)| sides.contains(side)) {
            selected.choice.origins[side as usize].loaded = true;
            let memory = Arc::new(known.memory.with_embedding(embedding));
            selected.known[side as usize] = Known { memory, ..known };
        }
    }

    /// Looks at the parameter. True if somebody has moved it to another choice.
    pub fn is_led_to(&mut self, slot: usize) -> bool {
        // What cannot be read is kept until somebody chooses.
        self.echo.is_moved_to(slot) && self.choice().slot != Some(slot) && self.trial.saved().readable
    }

    /// Asks for what is in a slot. A choice that is found as a session's is, by all that is known of it, and for which
    /// nobody has to move the parameter.
    pub fn follow(&mut self, slot: usize, generation: u64) {
        let Some(listed) = self.list.get(slot).cloned() else { return };
        if let Some(at_hand) = self.choice().slot {
            self.list.set_usage(at_hand, Usage::Followed);
        }
        self.put(Side::A, listed.source, generation, Some(slot));
        let selected = self.trial.selected_mut();
        selected.choice.origins[0].loaded = true;
        selected.choice.followed = true;
        let memory = Arc::new(listed.memory.with_embedding(selected.embedding()));
        selected.known[0] = Known { memory, embedded: listed.embedded };
    }

    /// The slot at hand remembers what is known of its impulse. Automation that has used it finds even what is embedded
    /// again, and so does whoever goes back to what the session brought; what was only tried by hand should not make
    /// sessions large.
    fn leave(&mut self) {
        let Selection { choice, known: [known, _], .. } = self.trial.selected();
        if choice.origins[0] != self.trial.saved().choice.origins[0] {
            return; // It was refused, and less may be known of it than the slot remembers.
        }
        let listed = choice.slot.and_then(|slot| self.list.get_mut(slot));
        if let Some(listed) = listed.filter(|listed| listed.source == choice.recipe.source) {
            listed.memory = known.memory.clone();
            let keeps = listed.usage == Usage::Followed || choice.origins[0].loaded;
            listed.embedded = if keeps { known.embedded.clone() } else { Embedded::default() };
        }
    }

    /// The choice can be built: its impulse is in the list from now on.
    pub fn settle_in(&mut self) {
        let choice = &mut self.trial.selected_mut().choice;
        let source = &choice.recipe.source;
        match choice.slot {
            None if choice.is_tried => {
                choice.slot = self.list.place_tried(source);
                self.echo.expect(choice.slot);
            }
            Some(slot) => {
                self.list.replace(slot, source);
                self.list.set_usage(slot, if choice.followed { Usage::Followed } else { Usage::Chosen });
            }
            None => {
                let slot = self.list.place(source, self.echo.seen());
                self.list.set_usage(slot, Usage::Chosen);
                choice.slot = Some(slot);
                self.echo.expect(Some(slot));
            }
        }
    }

    /// Shares bytes, and copies none.
    pub fn save(&self) -> SavedSession {
        let Selection { choice, recipe, known, .. } = self.trial.saved();
        let mut list = self.list.clone();
        let slot = choice.slot.unwrap_or_else(|| list.place(&choice.recipe.source, self.echo.seen()));
        let (recipe, known, rest) = (recipe.clone(), known.clone(), self.rest.clone());
        // It is saved as it sounds.
        SavedSession { recipe, sound: Sound::NEWEST, known, list, slot: Some(slot), rest }
    }

    /// Takes over what a state says, while the parameter rests at a slot. Gives back what it replaces.
    pub fn load(&mut self, saved: SavedSession, generation: u64, parameter: usize) -> Self {
        let SavedSession { recipe: saved, sound, mut known, mut list, rest, .. } = saved;
        let read = from_json(&saved);
        let readable = read.is_some();
        let recipe = read.unwrap_or_default();
        let before = self.trial.selected();
        // A host that loads what is there, to undo something else, does not want another room.
        let origins = Side::BOTH.map(|side| {
            let (known, before_known) = (&mut known[side as usize], &before.known[side as usize]);
            let is_same = side.of(&recipe) == side.of(&before.choice.recipe);
            match before_known.after(known).filter(|_| is_same) {
                Some(after) => {
                    *known = after;
                    Origin { loaded: true, edition: before.choice.origins[side as usize].edition }
                }
                None => Origin { loaded: true, edition: generation },
            }
        });
        let slot = list.place(&recipe.source, 0);
        // What was saved was kept.
        list.keep(slot);
        let choice = Choice { recipe, loaded: true, origins, slot: Some(slot), followed: false, is_tried: false };
        let trial = Trial::proved(Selection { choice, recipe: saved, readable, known });
        mem::replace(self, Self { trial, echo: Echo::at(parameter), list, sound, rest })
    }
}

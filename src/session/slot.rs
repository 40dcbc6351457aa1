//! What is saved besides parameters: the recipe, and all by which its impulse is found again.
//!
//! Nobody calls the plugin after a host has loaded a state, and nothing that a state may hold can be refused there. So the
//! recipe lies in a slot with a counter: the worker reads the slot, and the counter tells it and the window that something
//! changed.
//!
//! | field of the state | what |
//! |---|---|
//! | `recipe` | the [`Recipe`], the same in every version; how its two impulses are combined say the parameters |
//! | `memory` | what is [`Remembered`] of the first impulse's files, and whether it is to be embedded; since version 2 |
//! | `embedded` | that impulse itself, in base 64 text, or null; since version 2 |
//! | `impulses` | the [`List`] that the parameter `impulse` chooses among; since version 2 |
//! | `memory_second`, `embedded_second` | the same of the second impulse, if there is one; since version 2 |

use super::embedded::Embedded;
use super::list::{List, Usage};
use super::memory::{Memory, Remembered};
use crate::impulse::recipe::{Combination, Recipe, Second, Side, Source, VERSION};
use crate::session::embed::Embedding;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The recipe of an instance. Written by the window and by a host that loads a state, read by the worker and by a host
/// that saves. Its clones are the same slot.
///
/// - A saved recipe that cannot be read (a newer version's, say) is kept as it is and saved again, until another is
///   chosen; the default sounds in its place.
/// - A recipe that somebody chose and that cannot be built is not saved: what sounded before stays the session's.
/// - What a session remembers of its impulse is kept as it was loaded, until the worker has found the impulse.
#[derive(Debug, Clone, Default)]
pub struct RecipeSlot(pub(crate) Arc<Slot>);

#[derive(Debug, Default)]
pub(crate) struct Slot {
    pub(crate) held: Mutex<Held>,
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
    /// Where each impulse came from.
    pub origins: [Origin; 2],
    /// The slot of its first impulse in the list; none for what was chosen just now and is not in the list yet.
    pub slot: Option<usize>,
    /// Whether the parameter went there by itself, and nobody chose.
    followed: bool,
}

/// Where an impulse of a choice came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Origin {
    /// Whether a session brought it.
    pub loaded: bool,
    /// Number of the change that brought it, and what is remembered of it: while it is the same, so is the impulse.
    pub edition: u64,
}

impl Choice {
    /// The edition of each impulse.
    #[must_use]
    pub fn editions(&self) -> [u64; 2] {
        self.origins.map(|origin| origin.edition)
    }
}

/// An impulse that is asked for, and what the session remembers of it.
#[derive(Debug, Clone)]
pub struct Recall {
    /// Where it is asked for.
    pub source: Source,
    /// Where that came from.
    pub origin: Origin,
    /// What is remembered of it; no more than the choice of embedding if nothing is known of this choice.
    pub memory: Arc<Memory>,
    /// Likewise.
    pub embedded: Embedded,
}

#[derive(Debug)]
pub(crate) struct Held {
    choice: Choice,
    pub(crate) kept: Kept,
    /// What was there before, until the choice is proved; gone back to if it is refused.
    before: Option<(Choice, Kept)>,
    /// What is known of a choice that is refused.
    refused: Option<[Known; 2]>,
    /// What is being saved, from the first field of a state to the last: one moment, whatever changes meanwhile.
    pub(crate) saving: Option<Arc<Saving>>,
    /// What a state brought, until its recipe comes.
    pub(crate) incoming: [(Memory, Embedded); 2],
    /// Likewise.
    pub(crate) incoming_list: Option<List>,
    /// What the parameter chooses among.
    list: List,
    /// The slot that the parameter was last seen at: a change is followed, and not the value. A choice in the window is
    /// not undone before the host has heard of it.
    seen: usize,
    /// The slot that the parameter is to be moved to, because somebody chose what is in it.
    moved: Option<usize>,
    /// The slot that it was told to move to, until it is there.
    announced: Option<usize>,
}

/// What a state says, at one moment.
#[derive(Debug)]
pub(crate) struct Saving {
    pub(crate) known: [Known; 2],
    pub(crate) list: List,
    /// The slot of what is saved.
    pub(crate) slot: usize,
}

/// What is saved.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) recipe: Value,
    /// Whether the recipe can be read.
    pub(crate) readable: bool,
    pub(crate) known: [Known; 2],
}

/// What is saved of one impulse.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// Of the choice that it belongs to.
    pub(crate) edition: u64,
    pub(crate) memory: Arc<Memory>,
    pub(crate) embedded: Embedded,
}

impl Known {
    /// What is known of an impulse at once.
    fn at_once(source: Option<&Source>, edition: u64, embedding: Embedding) -> Self {
        let remembered = match source {
            Some(source) => Remembered::at_once(source, embedding),
            None => Remembered { embedding, ..Remembered::default() },
        };
        Self { edition, memory: Arc::new(remembered.into()), embedded: Embedded::default() }
    }
}

impl Kept {
    /// What is known of a choice at once.
    fn of(choice: &Choice, embedding: Embedding) -> Self {
        let known =
            |side: Side| Known::at_once(side.of(&choice.recipe), choice.origins[side as usize].edition, embedding);
        Self { recipe: saved(&choice.recipe), readable: true, known: Side::BOTH.map(known) }
    }

    fn editions(&self) -> [u64; 2] {
        self.known.each_ref().map(|known| known.edition)
    }

    fn embedding(&self) -> Embedding {
        self.known[0].memory.embedding
    }
}

impl Default for Held {
    fn default() -> Self {
        let origin = Origin { loaded: true, edition: 0 };
        let (recipe, list) = (Recipe::default(), List::default());
        let slot = list.find(&recipe.source);
        let choice = Choice { recipe, loaded: true, generation: 0, origins: [origin; 2], slot, followed: false };
        let kept = Kept::of(&choice, Embedding::default());
        let (incoming, seen) = (Default::default(), slot.unwrap_or(0));
        let (before, refused, saving, incoming_list, moved, announced) = Default::default();
        Self { choice, kept, before, refused, saving, incoming, incoming_list, list, seen, moved, announced }
    }
}

/// A recipe that has no JSON would sound, but come back as the default; every recipe of this version has one.
fn saved(recipe: &Recipe) -> Value {
    serde_json::to_value(recipe).unwrap_or(Value::Null)
}

/// A newer version's recipe may mean something else by the same words.
pub fn read(saved: &Value) -> Option<Recipe> {
    let version = saved.get("version").and_then(Value::as_u64).unwrap_or(u64::from(VERSION));
    (version <= u64::from(VERSION)).then(|| Recipe::deserialize(saved).ok())?
}

impl RecipeSlot {
    /// The recipe that is asked for. \[not audio\]
    #[must_use]
    pub fn get(&self) -> Recipe {
        self.0.held.lock().choice.recipe.clone()
    }

    /// The same with where it came from. \[not audio\]
    #[must_use]
    pub fn choice(&self) -> Choice {
        self.0.held.lock().choice.clone()
    }

    /// One of its impulses with what is remembered of it; `None` where there is no second. \[not audio\]
    #[must_use]
    pub fn recall(&self, side: Side) -> Option<Recall> {
        let held = self.0.held.lock();
        let source = side.of(&held.choice.recipe)?.clone();
        let origin = held.choice.origins[side as usize];
        if let Some(known) = held.known(side, origin.edition) {
            return Some(Recall { source, origin, memory: known.memory.clone(), embedded: known.embedded.clone() });
        }
        let memory = Memory::from(Remembered { embedding: held.kept.embedding(), ..Remembered::default() });
        Some(Recall { source, origin, memory: Arc::new(memory), embedded: Embedded::default() })
    }

    /// What is asked for, where its files were last; `None` where there is no second impulse. \[not audio\]
    #[must_use]
    pub fn located(&self, side: Side) -> Option<Source> {
        let Recall { source, memory, .. } = self.recall(side)?;
        Some(source.at(memory.hints(&source).into_iter().filter_map(|hints| hints.path)))
    }

    /// Chooses another recipe. What is a file is read as it is on disk, even if it is the same again. The worker sees it
    /// within 5 ms, or at once when nudged. \[not audio\]
    pub fn choose(&self, recipe: Recipe) {
        self.change(|held, generation| held.choose(recipe, generation, &Side::BOTH, None));
    }

    /// Chooses one of the impulses, likewise; the other stays what it is. \[not audio\]
    pub fn put(&self, side: Side, source: Source) {
        self.change(|held, generation| held.put(side, source, generation, None));
    }

    /// Says where an impulse is now: as a choice, but it stays in its slot. \[not audio\]
    pub fn relocate(&self, side: Side, source: Source) {
        self.change(|held, generation| held.put(side, source, generation, held.choice.slot));
    }

    /// Chooses what the parameter says, if that has changed since the last call; in a slot where nothing is it changes
    /// nothing. Asks for the value when no state can be loaded meanwhile. \[worker\]
    pub(crate) fn follow(&self, value: impl FnOnce() -> usize) {
        let held = &mut *self.0.held.lock();
        let slot = value();
        let is_moved = std::mem::replace(&mut held.seen, slot) != slot;
        // It is where it was told to go, even if somebody has chosen something else since.
        let is_answer = is_moved && held.announced.take() == Some(slot);
        // What cannot be read is kept until somebody chooses.
        if is_moved && !is_answer && held.choice.slot != Some(slot) && held.kept.readable {
            self.change_held(held, |held, generation| held.follow(slot, generation));
        }
    }

    /// Where the parameter is to be moved, once, after somebody has chosen an impulse that can be built. \[main\]
    #[must_use]
    pub fn take_move(&self) -> Option<usize> {
        let held = &mut *self.0.held.lock();
        held.announced = held.moved.take();
        held.announced
    }

    /// What a slot of the list is called. \[not audio\]
    #[must_use]
    pub fn text(&self, slot: usize) -> String {
        self.0.held.lock().list.text(slot)
    }

    /// The slot of a text. \[not audio\]
    #[must_use]
    pub fn slot(&self, text: &str) -> Option<usize> {
        self.0.held.lock().list.read(text)
    }

    /// Offers impulses in the list, if the first one is still that of this edition. \[worker\]
    pub(crate) fn offer(&self, edition: u64, sources: impl IntoIterator<Item = Source>) {
        let held = &mut *self.0.held.lock();
        if held.choice.origins[0].edition == edition {
            held.list.offer(sources);
        }
    }

    /// About how many bytes a state embeds besides those of this impulse. \[worker\]
    pub(crate) fn embedded_beside(&self, side: Side) -> usize {
        let held = self.0.held.lock();
        held.kept.known[side.other() as usize].embedded.bytes() + held.list.embedded_beside(held.choice.slot)
    }

    /// Whether the session embeds its impulses. \[not audio\]
    #[must_use]
    pub fn embedding(&self) -> Embedding {
        self.0.held.lock().kept.embedding()
    }

    /// Chooses whether it does. The worker sees to it when it has nothing else to do. \[not audio\]
    pub fn embed(&self, embedding: Embedding) {
        let held = &mut *self.0.held.lock();
        for known in held.all_kept().flat_map(|kept| &mut kept.known) {
            known.memory = Arc::new(known.memory.with_embedding(embedding));
        }
    }

    /// What was found out about the impulse of an edition, for those who save from now on. \[worker\]
    pub(crate) fn remember(&self, side: Side, edition: u64, remembered: Remembered, embedded: Embedded) {
        let memory = Memory::from(remembered);
        // What they replace may be large, and is freed after the lock.
        let mut old = Vec::new();
        {
            let held = &mut *self.0.held.lock();
            for known in held.all_kept().map(|kept| &mut kept.known[side as usize]) {
                let same = known.memory.finds_the_same(&memory) && known.embedded.is(&embedded);
                if known.edition == edition && !same {
                    // The choice of embedding may have changed meanwhile.
                    let memory = Arc::new(memory.with_embedding(known.memory.embedding));
                    old.push((
                        std::mem::replace(&mut known.memory, memory),
                        std::mem::replace(&mut known.embedded, embedded.clone()),
                    ));
                }
            }
        }
    }

    /// The choice of this number can be built: nobody goes back any more. But for its second impulse, if that was not built
    /// with it because nothing is to be heard of it yet. \[worker\]
    pub(crate) fn prove(&self, generation: u64, with_second: bool) {
        let held = &mut *self.0.held.lock();
        if held.choice.generation == generation
            && let Some(before) = held.before.take()
        {
            held.settle_in();
            if !with_second && before.0.origins[1] != held.choice.origins[1] {
                held.before = Some(held.with_second_of(before));
            }
        }
    }

    /// The choice of this number cannot be built: the one before it is saved from now on. It goes on being asked for, so
    /// that its error stays in sight, until [`Self::go_back`]. \[worker\]
    pub(crate) fn refuse(&self, generation: u64) {
        let held = &mut *self.0.held.lock();
        if held.choice.generation == generation
            && let Some((_, kept)) = &held.before
        {
            let refused = std::mem::replace(&mut held.kept, kept.clone());
            if refused.editions() == held.choice.editions() {
                held.refused = Some(refused.known);
            }
        }
    }

    /// Asks again for what was there before a refused choice. \[worker\]
    pub(crate) fn go_back(&self, refused: u64) {
        let held = &mut *self.0.held.lock();
        // Somebody may have chosen anew since.
        if held.choice.generation == refused
            && let Some((choice, kept)) = held.before.take()
        {
            self.change_held(held, |held, generation| {
                held.choice = Choice { generation, ..choice };
                held.kept = kept;
                held.refused = None;
                held.moved = held.choice.slot.filter(|slot| *slot != held.seen);
            });
        }
    }

    /// Grows with every change. \[any\]
    #[must_use]
    pub fn generation(&self) -> u64 {
        // Pairs with the Release in `change_held`: who sees the new number finds the new recipe.
        self.0.generation.load(Ordering::Acquire)
    }

    /// Whether the session's recipe could be read; if not, the default sounds in its place. \[not audio\]
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.0.held.lock().kept.readable
    }

    fn change<R>(&self, change: impl FnOnce(&mut Held, u64) -> R) -> R {
        self.change_held(&mut self.0.held.lock(), change)
    }

    /// The same for whoever has the lock.
    fn change_held<R>(&self, held: &mut Held, change: impl FnOnce(&mut Held, u64) -> R) -> R {
        let generation = self.0.generation.load(Ordering::Relaxed) + 1;
        let result = change(held, generation);
        self.0.generation.store(generation, Ordering::Release);
        result
    }

    /// Takes over a saved recipe, with what came before it in the same state.
    pub(crate) fn load(&self, saved: Value) {
        let old = self.change(|held, generation| {
            let incoming = std::mem::take(&mut held.incoming);
            let read = read(&saved);
            let readable = read.is_some();
            let recipe = read.unwrap_or_default();
            let mut incoming = incoming.into_iter();
            let known = Side::BOTH.map(|side| {
                let (memory, embedded) = incoming.next().unwrap_or_default();
                // A host that loads what is there, to undo something else, does not want another room.
                let (known, origin) = (&held.kept.known[side as usize], held.choice.origins[side as usize]);
                let is_here = side.of(&recipe) == side.of(&held.choice.recipe) && known.edition == origin.edition;
                let same = is_here && known.memory.finds_the_same(&memory) && known.embedded == embedded;
                let edition = if same { origin.edition } else { generation };
                Known { edition, memory: Arc::new(memory), embedded }
            });
            let origins = known.each_ref().map(|known| Origin { loaded: true, edition: known.edition });
            held.list = held.incoming_list.take().unwrap_or_default();
            held.seen = held.list.place(&recipe.source, 0);
            (held.moved, held.announced, held.refused) = (None, None, None);
            let slot = Some(held.seen);
            held.choice = Choice { recipe, loaded: true, generation, origins, slot, followed: false };
            let kept = Kept { recipe: saved, readable, known };
            (std::mem::replace(&mut held.kept, kept), held.before.take())
        });
        drop(old); // It may be large: after the lock.
    }
}

impl Held {
    /// Asks for another recipe, of which these sides are new, and the first is to be in this slot.
    fn choose(&mut self, recipe: Recipe, generation: u64, sides: &[Side], slot: Option<usize>) {
        self.leave();
        let before = (self.choice.clone(), self.kept.clone());
        let mut origins = self.choice.origins;
        sides.iter().for_each(|side| origins[*side as usize] = Origin { loaded: false, edition: generation });
        self.choice = Choice { recipe, loaded: false, generation, origins, slot, followed: false };
        self.keep_choice();
        (self.moved, self.refused) = (None, None);
        // Of several unproved choices in a row, the last proved one before them counts.
        self.before.get_or_insert(before);
    }

    fn put(&mut self, side: Side, source: Source, generation: u64, slot: Option<usize>) {
        let mut recipe = self.choice.recipe.clone();
        match side {
            Side::A => recipe.source = source,
            // How they are combined say the parameters.
            Side::B => recipe.second = Some(Second { source, how: Combination::default() }),
        }
        let slot = if side == Side::B { self.choice.slot } else { slot };
        self.choose(recipe, generation, &[side], slot);
    }

    /// Asks for what is in a slot. Like a choice, but it is found as a session's is, by all that is known of it; and nobody
    /// has to move the parameter.
    fn follow(&mut self, slot: usize, generation: u64) {
        let Some(listed) = self.list.get(slot).cloned() else { return };
        if let Some(at_hand) = self.choice.slot {
            self.list.set_usage(at_hand, Usage::Followed);
        }
        self.put(Side::A, listed.source, generation, Some(slot));
        self.choice.origins[0].loaded = true;
        self.choice.followed = true;
        let memory = Arc::new(listed.memory.with_embedding(self.kept.embedding()));
        self.kept.known[0] = Known { edition: generation, memory, embedded: listed.embedded };
    }

    /// The slot at hand remembers what is known of its impulse. Automation that has used it finds even what is embedded
    /// again, and so does whoever goes back to what the session brought; what was only tried by hand should not make
    /// sessions large.
    fn leave(&mut self) {
        let (choice, known) = (&self.choice, &self.kept.known[0]);
        let listed = choice.slot.and_then(|slot| self.list.get_mut(slot));
        if let Some(listed) = listed.filter(|listed| listed.source == choice.recipe.source)
            && known.edition == choice.origins[0].edition
        {
            listed.memory = known.memory.clone();
            let keeps = listed.usage == Usage::Followed || choice.origins[0].loaded;
            listed.embedded = if keeps { known.embedded.clone() } else { Embedded::default() };
        }
    }

    /// The choice can be built: it is in the list and saved from now on.
    fn settle_in(&mut self) {
        // It may have been refused before, and its file come since.
        if self.kept.editions() != self.choice.editions() {
            self.keep_choice();
        }
        let source = &self.choice.recipe.source;
        match self.choice.slot {
            Some(slot) => {
                self.list.replace(slot, source);
                self.list.set_usage(slot, if self.choice.followed { Usage::Followed } else { Usage::Chosen });
            }
            None => {
                let slot = self.list.place(source, self.seen);
                self.list.set_usage(slot, Usage::Chosen);
                self.choice.slot = Some(slot);
                self.moved = Some(slot).filter(|slot| *slot != self.seen);
            }
        }
    }

    /// What is known of an impulse of this edition, if that is asked for or saved.
    fn known(&self, side: Side, edition: u64) -> Option<&Known> {
        let refused = self.refused.as_ref().map(|known| &known[side as usize]);
        [Some(&self.kept.known[side as usize]), refused].into_iter().flatten().find(|known| known.edition == edition)
    }

    /// What is asked for and saved now, but with the second impulse of what was before.
    fn with_second_of(&self, before: (Choice, Kept)) -> (Choice, Kept) {
        let (mut choice, mut kept) = (self.choice.clone(), self.kept.clone());
        choice.recipe.second = before.0.recipe.second;
        choice.origins[1] = before.0.origins[1];
        let [_, second] = before.1.known;
        kept.known[1] = second;
        kept.recipe = saved(&choice.recipe);
        (choice, kept)
    }

    /// What is being saved; without a beginning, what would be saved now.
    pub(crate) fn saving(&self) -> Arc<Saving> {
        self.saving.clone().unwrap_or_else(|| Arc::new(self.to_save()))
    }

    /// What is saved now, with its impulse in the list.
    pub(crate) fn to_save(&self) -> Saving {
        let is_refused = self.kept.editions() != self.choice.editions();
        let choice = self.before.as_ref().filter(|_| is_refused).map_or(&self.choice, |(before, _)| before);
        let mut list = self.list.clone();
        let slot = choice.slot.unwrap_or_else(|| list.place(&choice.recipe.source, self.seen));
        Saving { known: self.kept.known.clone(), list, slot }
    }

    /// Saves the choice from now on, with what is known of it.
    fn keep_choice(&mut self) {
        let mut kept = Kept::of(&self.choice, self.kept.embedding());
        for side in Side::BOTH {
            let new = &mut kept.known[side as usize];
            if let Some(known) = self.known(side, new.edition) {
                new.clone_from(known);
            }
        }
        self.kept = kept;
    }

    fn all_kept(&mut self) -> impl Iterator<Item = &mut Kept> {
        std::iter::once(&mut self.kept).chain(self.before.as_mut().map(|(_, kept)| kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nice_plug::params::persist::PersistentField;

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
        slot.prove(slot.generation(), true);
        assert_eq!(save(&slot), chosen);
    }

    #[test]
    fn a_second_impulse_that_cannot_be_built_leaves_both_as_they_were() {
        let slot = RecipeSlot::default();
        slot.put(Side::B, Recipe::space("plate").source);
        slot.prove(slot.generation(), true);
        let proved = save(&slot);
        slot.put(Side::B, Recipe::file("/no.wav").source);
        slot.refuse(slot.generation());
        assert_eq!(save(&slot), proved);
        slot.put(Side::A, Recipe::file("/neither.wav").source);
        slot.refuse(slot.generation());
        slot.go_back(slot.generation());
        assert_eq!(
            (save(&slot), slot.recall(Side::B).map(|recall| recall.source)),
            (proved, Some(Recipe::space("plate").source))
        );
    }

    #[test]
    fn a_choice_moves_the_parameter_once_it_can_be_built_and_is_not_undone_before_it_has_moved() {
        let slot = RecipeSlot::default();
        let (hall, nave) = (0, Recipe::file("/rooms/Nave.wav"));
        slot.put(Side::A, nave.source.clone());
        slot.follow(|| hall); // The host has not heard of it.
        assert_eq!((slot.get(), slot.take_move(), slot.slot("Nave")), (nave.clone(), None, None));
        slot.prove(slot.generation(), true);
        slot.follow(|| hall);
        let there = slot.slot("Nave").expect("it is in the list");
        assert_eq!((slot.get(), slot.take_move(), slot.take_move()), (nave.clone(), Some(there), None));
        let generation = slot.generation();
        slot.follow(|| there);
        assert_eq!(slot.generation(), generation, "it is there already");
        slot.follow(|| hall);
        assert_eq!((slot.get(), slot.take_move()), (Recipe::default(), None), "a host moves it itself");
        slot.follow(|| there);
        assert_eq!(slot.get(), nave);
        slot.follow(|| 127);
        assert_eq!(slot.get(), nave, "nothing is there");
    }

    #[test]
    fn a_choice_made_before_the_host_answers_is_not_undone_by_the_answer() {
        let slot = RecipeSlot::default();
        slot.put(Side::A, Recipe::space("plate").source);
        slot.prove(slot.generation(), true);
        slot.put(Side::A, Recipe::space("room").source);
        assert_eq!(slot.take_move(), None, "it would go to what nobody wants any more");
        slot.prove(slot.generation(), true);
        let there = slot.take_move().expect("to the room");
        slot.put(Side::A, Recipe::file("/rooms/Nave.wav").source);
        slot.follow(|| there);
        assert_eq!(slot.get(), Recipe::file("/rooms/Nave.wav"));
    }

    #[test]
    fn a_second_impulse_that_nobody_has_heard_is_not_proved_with_the_first() {
        let slot = RecipeSlot::default();
        let before = save(&slot);
        slot.put(Side::B, Recipe::file("/no.wav").source);
        slot.prove(slot.generation(), false);
        slot.prove(slot.generation(), false);
        assert_ne!(save(&slot), before, "it may still turn out to be good");
        slot.refuse(slot.generation());
        assert_eq!(save(&slot), before);
        slot.go_back(slot.generation());
        assert_eq!(slot.get(), Recipe::default());
        slot.put(Side::B, Recipe::space("plate").source);
        slot.prove(slot.generation(), true);
        slot.refuse(slot.generation());
        assert_ne!(save(&slot), before, "proved is proved");
    }

    #[test]
    fn what_is_known_of_a_slots_file_outlasts_its_refusal() {
        let slot = RecipeSlot::default();
        let mut list = List::default();
        let nave = Recipe::file("/rooms/Nave.wav").source;
        let at = list.place(&nave, 0);
        let known = Remembered::at_once(&nave, Embedding::Never);
        list.get_mut(at).expect("known").memory = Arc::new(known.clone().into());
        crate::parameters::fields::ListField(slot.clone()).set(list.saved(None));
        slot.set(saved(&Recipe::default()));
        slot.follow(|| at);
        slot.refuse(slot.generation());
        let recall = slot.recall(Side::A).expect("it is asked for");
        assert_eq!((recall.source, &recall.memory.files), (nave, &known.files));
        // Its file comes.
        slot.prove(slot.generation(), true);
        assert_eq!(slot.recall(Side::A).expect("it is asked for").memory.files, known.files);
    }

    #[test]
    fn a_save_is_one_moment_whatever_is_chosen_meanwhile() {
        let slot = RecipeSlot::default();
        slot.put(Side::A, Recipe::file("/rooms/Nave.wav").source);
        slot.prove(slot.generation(), true);
        let rest = |slot: &RecipeSlot| {
            let memory = crate::parameters::fields::MemoryField(slot.clone(), Side::A).map(ToString::to_string);
            let list = crate::parameters::fields::ListField(slot.clone()).map(ToString::to_string);
            crate::parameters::fields::EmbeddedField(slot.clone(), Side::B).map(|_| ());
            (memory, list)
        };
        save(&slot);
        let before = rest(&slot);
        save(&slot);
        slot.follow(|| 2);
        slot.prove(slot.generation(), true);
        assert_eq!(rest(&slot), before);
        save(&slot);
        assert_ne!(rest(&slot), before);
    }

    #[test]
    fn what_cannot_be_built_does_not_come_into_the_list() {
        let slot = RecipeSlot::default();
        slot.put(Side::A, Recipe::file("/no.wav").source);
        slot.refuse(slot.generation());
        slot.go_back(slot.generation());
        assert_eq!((slot.slot("no"), slot.take_move(), slot.text(3).as_str()), (None, None, "– [4]"));
    }

    #[test]
    fn what_was_moved_stays_in_its_slot() {
        let slot = RecipeSlot::default();
        slot.put(Side::A, Recipe::file("/rooms/Nave.wav").source);
        slot.prove(slot.generation(), true);
        let there = slot.slot("Nave");
        slot.relocate(Side::A, Recipe::file("/elsewhere/Nave, 48 kHz.wav").source);
        slot.prove(slot.generation(), true);
        assert_eq!((slot.slot("Nave, 48 kHz"), slot.slot("Nave")), (there, None));
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

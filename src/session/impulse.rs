//! The session's impulse: which recipe is asked for, which one is saved, and all by which its impulses are found again.
//!
//! The framework does not call the plugin after a host has loaded a state, and a state cannot be refused at that
//! moment. So the recipe is behind a lock, and the worker reads it when it is woken. Changes are numbered, and the
//! number of a change is the edition of the impulse that it brought.
//!
//! Three small machines share the lock (`held.rs`): what is asked for and whether it can be built (`Trial`), where the
//! parameter `impulse` is (`Echo`), and the [list](super::list) that it chooses among. Loading and saving are one
//! moment each ([`SavedSession`]).

mod held;
#[cfg(test)]
mod tests;

use super::choice::{Choice, Known, Origin, Selection};
use super::embed::Embedding;
use super::embedded::Embedded;
use super::memory::{Memory, Remembered};
use super::saved::SavedSession;
use crate::impulse::recipe::{Recipe, Side, Source};
use crate::library::hints::Hints;
use crate::settings::Sound;
use held::Held;
use parking_lot::Mutex;
use serde_json::Value;
use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// The impulse of an instance. Written by the window and by a host that loads a state, read by the worker and by a host
/// that saves. Clones share it.
///
/// - A saved recipe that cannot be read (a newer version's, say) is kept as it is and saved again, until another is
///   chosen. The default sounds in its place.
/// - A recipe that somebody chose and that cannot be built is not saved: what sounded before stays the session's.
/// - What a session remembers of its impulse is kept as it was loaded, until the worker has found the impulse.
#[derive(Debug, Clone, Default)]
pub struct SessionImpulse(Arc<Shared>);

struct Shared {
    held: Mutex<Held>,
    generation: AtomicU64,
    /// The slot that the parameter `impulse` is at. Also written on the audio thread, and so outside the lock.
    parameter: AtomicUsize,
    /// True if the recipe that is asked for has a second impulse. Read on the audio thread.
    has_second: AtomicBool,
    /// Editions of the impulses that the newest state brought. Read on the audio thread.
    loaded: [AtomicU64; 2],
    /// Counts states. Read on the audio thread.
    loads: AtomicU32,
    /// Called after each change.
    wake: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl Default for Shared {
    fn default() -> Self {
        let held = Held::default();
        let parameter = AtomicUsize::new(held.echo.seen());
        Self {
            held: Mutex::new(held),
            generation: AtomicU64::default(),
            parameter,
            has_second: AtomicBool::default(),
            loaded: Default::default(),
            loads: AtomicU32::default(),
            wake: OnceLock::new(),
        }
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.debug_struct("Shared").field("held", &self.held).finish_non_exhaustive()
    }
}

/// A choice with all that the session knows of it, to be asked for again later.
#[derive(Debug, Clone)]
pub struct Kept {
    recipe: Recipe,
    /// The recipe as it is saved; if it cannot be read, as it was loaded.
    saved: Value,
    readable: bool,
    known: [Known; 2],
}

impl Kept {
    /// True if the same impulses are asked for, whatever is known of them.
    #[must_use]
    pub fn asks_for_the_same(&self, other: &Self) -> bool {
        Side::BOTH.iter().all(|side| side.of(&self.recipe) == side.of(&other.recipe))
    }
}

/// An impulse that is asked for, and what the session remembers of it.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// The source that is asked for.
    pub source: Source,
    /// The origin of the choice.
    pub origin: Origin,
    /// Memory of the source's files.
    pub memory: Arc<Memory>,
    /// The impulse itself, if the session embeds it.
    pub embedded: Embedded,
}

/// Reading.
impl SessionImpulse {
    /// The recipe that is asked for. \[not audio\]
    #[must_use]
    pub fn get(&self) -> Recipe {
        self.0.held.lock().choice().recipe.clone()
    }

    /// The choice that is asked for, with its origins. \[not audio\]
    #[must_use]
    pub fn choice(&self) -> Choice {
        self.0.held.lock().choice().clone()
    }

    /// The choice that is asked for, to be [brought back](Self::bring_back). \[not audio\]
    #[must_use]
    pub fn kept(&self) -> Kept {
        let held = self.0.held.lock();
        let Selection { choice, recipe, readable, known } = held.trial.selected().clone();
        Kept { recipe: choice.recipe, saved: recipe, readable, known }
    }

    /// One of its impulses with what is remembered of it. `None` where there is no second. \[not audio\]
    #[must_use]
    pub fn lookup(&self, side: Side) -> Option<Lookup> {
        let held = self.0.held.lock();
        let Selection { choice, known, .. } = held.trial.selected();
        let source = side.of(&choice.recipe)?.clone();
        let Known { memory, embedded } = known[side as usize].clone();
        Some(Lookup { source, origin: choice.origins[side as usize], memory, embedded })
    }

    /// The source that is asked for, where its files were last. `None` where there is no second impulse. \[not audio\]
    #[must_use]
    pub fn located(&self, side: Side) -> Option<Source> {
        let Lookup { source, memory, .. } = self.lookup(side)?;
        Some(source.at(memory.hints(&source).into_iter().filter_map(|hints| hints.path)))
    }

    /// What is remembered of the files of that source, each with the place where it was last as its path. \[not audio\]
    #[must_use]
    pub fn known(&self, side: Side) -> Vec<Hints> {
        self.lookup(side).map(|Lookup { source, memory, .. }| memory.hints(&source)).unwrap_or_default()
    }

    /// True if the session's recipe could be read; if not, the default sounds in its place. \[not audio\]
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.0.held.lock().trial.saved().readable
    }

    /// Version of the sound that the loaded state names, until somebody [accepts](Self::accept_sound) another one.
    /// \[not audio\]
    #[must_use]
    pub fn sound(&self) -> Sound {
        self.0.held.lock().sound
    }

    /// The user's choice whether the session embeds its impulses. \[not audio\]
    #[must_use]
    pub fn embedding(&self) -> Embedding {
        self.0.held.lock().trial.saved().embedding()
    }

    /// Takes note that the session sounds as this version does. \[not audio\]
    pub fn accept_sound(&self) {
        self.0.held.lock().sound = Sound::NEWEST;
    }

    /// Grows with every change. \[any\]
    #[must_use]
    pub fn generation(&self) -> u64 {
        // Pairs with the Release in `change_held`: who sees the new number finds the new recipe.
        self.0.generation.load(Ordering::Acquire)
    }

    /// True if the recipe that is asked for has a second impulse. Real-time safe. \[any\]
    #[must_use]
    pub fn has_second(&self) -> bool {
        self.0.has_second.load(Ordering::Relaxed)
    }

    /// The editions of the first and of the second impulse that the newest state brought: what was built from older
    /// ones belongs to another session. Real-time safe. \[any\]
    #[must_use]
    pub fn loaded(&self) -> [u64; 2] {
        // A hint of what may go on sounding; the impulses themselves are under the lock: hence relaxed.
        self.0.loaded.each_ref().map(|edition| edition.load(Ordering::Relaxed))
    }

    /// How many states were loaded. Real-time safe. \[any\]
    #[must_use]
    pub fn loads(&self) -> u32 {
        // Pairs with the Release in `load_with`: who sees a state's number finds its slot.
        self.0.loads.load(Ordering::Acquire)
    }

    /// The name of a slot of the list. \[not audio\]
    #[must_use]
    pub fn text(&self, slot: usize) -> String {
        self.0.held.lock().list.text(slot)
    }

    /// The slot of a name. \[not audio\]
    #[must_use]
    pub fn slot(&self, text: &str) -> Option<usize> {
        self.0.held.lock().list.read(text)
    }

    /// About how many bytes a state embeds besides those of this impulse. \[worker\]
    pub(super) fn embedded_beside(&self, side: Side) -> usize {
        let held = self.0.held.lock();
        let saved = held.trial.saved();
        saved.known[side.other() as usize].embedded.bytes() + held.list.embedded_beside(held.choice().slot)
    }
}

/// Choosing.
impl SessionImpulse {
    /// Chooses another recipe. A file is read as it is on disk, even if it is chosen again. \[not audio\]
    pub fn choose(&self, recipe: Recipe) {
        self.change(|held, generation| held.choose(recipe, generation, &Side::BOTH, None));
    }

    /// Chooses another recipe, of whose files something is known, with the path of each: by this a file that is not
    /// there is found again. \[not audio\]
    pub fn choose_known(&self, recipe: Recipe, files: &[Hints]) {
        self.change(|held, generation| {
            held.choose(recipe, generation, &Side::BOTH, None);
            held.know(files);
        });
    }

    /// Chooses one of the impulses; the other stays what it is. \[not audio\]
    pub fn put(&self, side: Side, source: Source) {
        self.change(|held, generation| held.put(side, source, generation, None));
    }

    /// Chooses one of the impulses to hear what it is like. Those that are tried one after the other share one slot of
    /// the list, until the last is [kept](Self::keep). \[not audio\]
    pub fn try_out(&self, side: Side, source: Source) {
        self.change(|held, generation| held.try_out(side, source, generation));
    }

    /// Keeps the impulse that is tried, in a slot of its own. Nothing else changes. \[not audio\]
    pub fn keep(&self) {
        self.0.held.lock().keep();
        self.wake();
    }

    /// Chooses again what was asked for when it was kept, as a session's: by all that is known of it. An impulse that is
    /// asked for now, too, stays. \[not audio\]
    pub fn bring_back(&self, kept: Kept) {
        self.change(|held, generation| held.bring_back(kept, generation));
    }

    /// Says where an impulse is now: a choice that stays in its slot. \[not audio\]
    pub fn relocate(&self, side: Side, source: Source) {
        self.change(|held, generation| held.put(side, source, generation, held.choice().slot));
    }

    /// Chooses whether the session embeds its impulses. The worker sees to it when it has nothing else to do. \[not
    /// audio\]
    pub fn embed(&self, embedding: Embedding) {
        for known in self.0.held.lock().trial.all_mut().flat_map(|selected| &mut selected.known) {
            known.memory = Arc::new(known.memory.with_embedding(embedding));
        }
        self.wake();
    }

    /// True if the parameter `impulse` is to be moved: [`Self::take_move`] says where. \[not audio\]
    #[must_use]
    pub fn is_move_due(&self) -> bool {
        self.0.held.lock().echo.is_due()
    }

    /// Where the parameter `impulse` is to be moved, once, after somebody has chosen an impulse that can be built.
    /// \[main\]
    #[must_use]
    pub fn take_move(&self) -> Option<usize> {
        self.0.held.lock().echo.take_due()
    }

    /// The parameter `impulse` is at this slot now; [`Self::follow`] chooses what is in it. Real-time safe. \[any\]
    pub fn move_parameter(&self, slot: usize) {
        self.0.parameter.store(slot, Ordering::Relaxed);
    }

    /// The slot that the parameter `impulse` is at. Real-time safe. \[any\]
    #[must_use]
    pub fn parameter(&self) -> usize {
        // A hint of where to look; the list that the slot is of is under the lock: hence relaxed.
        self.0.parameter.load(Ordering::Relaxed)
    }

    /// Sets what is called after each change, on the thread that made it; the first call counts. \[main\]
    pub fn on_change(&self, wake: impl Fn() + Send + Sync + 'static) {
        let _ = self.0.wake.set(Box::new(wake));
    }

    fn wake(&self) {
        if let Some(wake) = self.0.wake.get() {
            wake();
        }
    }

    fn change<R>(&self, change: impl FnOnce(&mut Held, u64) -> R) -> R {
        let result = self.change_held(&mut self.0.held.lock(), change);
        self.wake();
        result
    }

    /// Numbers a change, for those who have the lock.
    fn change_held<R>(&self, held: &mut Held, change: impl FnOnce(&mut Held, u64) -> R) -> R {
        let generation = self.0.generation.load(Ordering::Relaxed) + 1;
        let result = change(held, generation);
        self.0.has_second.store(held.choice().recipe.second.is_some(), Ordering::Relaxed);
        self.0.generation.store(generation, Ordering::Release);
        result
    }
}

/// What the worker finds out.
impl SessionImpulse {
    /// Chooses what is in the slot that the parameter `impulse` was at when somebody looked, if that has moved since
    /// the look before. `loads` are the [states](Self::loads) at that look: what moved before a state was loaded counts
    /// no more. Selecting an empty slot has no effect. \[worker\]
    pub fn follow(&self, slot: usize, loads: u32) {
        let held = &mut *self.0.held.lock();
        if loads == self.loads() && held.is_led_to(slot) {
            self.change_held(held, |held, generation| held.follow(slot, generation));
        }
    }

    /// The choice of these editions can be built: nobody goes back any more. Without its second impulse if that was
    /// left out because nothing of it is to be heard yet. \[worker\]
    pub fn prove(&self, editions: [u64; 2], with_second: bool) {
        let held = &mut *self.0.held.lock();
        if held.trial.is_unproved(editions) {
            held.settle_in();
            held.trial.prove(with_second);
        }
    }

    /// The choice of these editions cannot be built: the one before it is saved from now on. \[worker\]
    pub fn refuse(&self, editions: [u64; 2]) {
        self.0.held.lock().trial.refuse(editions);
    }

    /// Asks again for what was there before a refused choice. False if the choice of these editions is not refused, or
    /// not asked for any more. \[worker; audio in offline mode only\]
    pub fn go_back(&self, refused: [u64; 2]) -> bool {
        let held = &mut *self.0.held.lock();
        let goes_back = held.trial.go_back(refused);
        if goes_back {
            // The parameter stays where it was put, as at an empty slot.
            self.change_held(held, |held, _| held.echo.expect(None));
        }
        goes_back
    }

    /// Offers impulses in the list, if the first one is still that of this edition. \[worker\]
    pub fn offer(&self, edition: u64, sources: impl IntoIterator<Item = Source>) {
        let held = &mut *self.0.held.lock();
        if held.choice().origins[0].edition == edition {
            held.list.offer(sources);
        }
    }

    /// What was found out about the impulse of an edition, for those who save from now on. \[worker\]
    pub(super) fn remember(&self, side: Side, edition: u64, remembered: Remembered, embedded: Embedded) {
        let memory = Memory::from(remembered);
        // What they replace may be large, and is freed after the lock.
        let mut old = Vec::new();
        {
            let held = &mut *self.0.held.lock();
            let of_edition = |selected: &&mut Selection| selected.choice.origins[side as usize].edition == edition;
            for known in held.trial.all_mut().filter(of_edition).map(|selected| &mut selected.known[side as usize]) {
                if !known.memory.finds_the_same(&memory) || known.embedded != embedded {
                    // The choice of embedding may have changed meanwhile.
                    let memory = Arc::new(memory.with_embedding(known.memory.embedding));
                    old.push(mem::replace(known, Known { memory, embedded: embedded.clone() }));
                }
            }
        }
    }
}

/// Saving and loading.
impl SessionImpulse {
    /// What a state says now. Bytes of impulses are shared, not copied. A move of the parameter that the worker has
    /// not looked at yet is saved as the choice that it is. \[not audio\]
    #[must_use]
    pub fn save(&self) -> SavedSession {
        // A copy, because what sounds is the worker's to choose, at the moment that the audio thread gives it.
        let mut held = self.0.held.lock().clone();
        let (slot, generation) = (self.parameter(), self.generation() + 1);
        let is_choice = held.is_led_to(slot);
        if is_choice {
            held.follow(slot, generation);
            self.wake(); // Nobody may have woken the worker since the parameter was moved.
        }
        held.save()
    }

    /// Takes over what a state says. The recipe alone says what sounds: the parameter `impulse` rests where it is.
    /// \[not audio\]
    pub fn load(&self, saved: SavedSession) {
        self.load_with(saved, || ());
    }

    /// As [`Self::load`], in one moment with `set`, which sets the state's parameters: the parameter `impulse` among
    /// them is then no move. `set` must not call back. \[not audio\]
    pub fn load_with(&self, saved: SavedSession, set: impl FnOnce()) {
        let old = self.change(|held, generation| {
            set();
            let old = held.load(saved, generation, self.parameter());
            let editions = held.choice().editions();
            self.0.loaded.iter().zip(editions).for_each(|(loaded, edition)| loaded.store(edition, Ordering::Relaxed));
            self.0.loads.fetch_add(1, Ordering::Release);
            old
        });
        drop(old); // It may be large: after the lock.
    }
}

//! The slot as the framework saves and loads it: six fields of one state.
//!
//! The framework sets them one by one, in the order of their names, so the recipe comes last; only then does anything change.
//! It saves them in the order of the parameters' struct, the recipe first and the second impulse's bytes last.

use crate::impulse::recipe::Side;
use crate::session::embedded::Embedded;
use crate::session::list::List;
use crate::session::memory::Memory;
use crate::session::slot::RecipeSlot;
use nice_plug::params::persist::PersistentField;
use serde_json::Value;
use std::sync::Arc;

/// The field `memory`, or `memory_second`.
#[derive(Debug)]
pub struct MemoryField(pub RecipeSlot, pub Side);

/// The field `embedded`, or `embedded_second`.
#[derive(Debug)]
pub struct EmbeddedField(pub RecipeSlot, pub Side);

/// The field `impulses`.
#[derive(Debug)]
pub struct ListField(pub RecipeSlot);

impl PersistentField<'_, Value> for ListField {
    fn set(&self, saved: Value) {
        self.0.0.held.lock().incoming_list = Some(List::from(saved));
    }
    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&Value) -> R,
    {
        let saving = self.0.0.held.lock().saving();
        f(&saving.list.saved(Some(saving.slot)))
    }
}

impl PersistentField<'_, Value> for RecipeSlot {
    fn set(&self, saved: Value) {
        self.load(saved);
    }
    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&Value) -> R,
    {
        // The first field that is saved.
        let held = &mut *self.0.held.lock();
        held.saving = Some(Arc::new(held.to_save()));
        f(&held.kept.recipe)
    }
}

impl PersistentField<'_, Value> for MemoryField {
    fn set(&self, saved: Value) {
        self.0.0.held.lock().incoming[self.1 as usize].0 = Memory::from(saved);
    }
    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&Value) -> R,
    {
        let saving = self.0.0.held.lock().saving();
        f(saving.known[self.1 as usize].memory.saved())
    }
}

impl PersistentField<'_, Embedded> for EmbeddedField {
    fn set(&self, embedded: Embedded) {
        self.0.0.held.lock().incoming[self.1 as usize].1 = embedded;
    }
    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&Embedded) -> R,
    {
        // Millions of bytes are written without the lock.
        let saving = self.0.0.held.lock().saving();
        let saved = f(&saving.known[self.1 as usize].embedded);
        if self.1 == Side::B {
            // The last field that is saved: what is not asked for any more need not be held any longer.
            self.0.0.held.lock().saving = None;
        }
        saved
    }
}

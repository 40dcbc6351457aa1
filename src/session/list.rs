//! The impulses that the parameter `impulse` chooses among: 128 slots, saved with the session, so that automation means
//! the same next year.
//!
//! In a fresh instance the first slots hold the built-in spaces. An impulse that was chosen in the window is put into
//! the next free slot, and some of the other files of its folder are offered behind it, for whoever chooses by a host's
//! list or a controller. What is in a slot stays there. Only when none is free, one that was never chosen is replaced,
//! or else the one at hand. What somebody only tries shares one slot, until it is kept.

use super::embedded::Embedded;
use super::memory::{Memory, Remembered};
use crate::impulse::recipe::{Recipe, Source};
use crate::session::embed::Embedding;
use crate::space;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// How many slots there are. A step of the parameter each: never changed.
pub const SLOTS: usize = 128;

/// Slots that are filled with what nobody has chosen; the others are for what somebody will.
const OFFERED: usize = 96;

/// Files of a folder that are offered.
pub const SIBLINGS: usize = 32;

/// The slots.
#[derive(Debug, Clone, PartialEq)]
pub struct List(Vec<Entry>);

#[derive(Debug, Clone, PartialEq, Default)]
enum Entry {
    #[default]
    Free,
    Known(Listed),
    /// Written by a newer version, and saved again.
    Unknown(Value),
}

/// An impulse in a slot.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Listed {
    pub source: Source,
    pub usage: Usage,
    /// Memory of the impulse's files at the moment when another impulse was chosen.
    pub memory: Arc<Memory>,
    /// The embedded impulse at that moment, if the parameter has used the slot or a session brought the impulse.
    pub embedded: Embedded,
}

/// What an impulse in a slot has been used for, by rising claim to its slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Usage {
    /// Nothing so far.
    #[default]
    Offered,
    /// Somebody listens to it in the window; the next one that is tried takes its slot.
    Tried,
    /// It was chosen in the window.
    Chosen,
    /// The parameter went to it or from it, so automation may come back: where it is embedded at all, it stays so.
    Followed,
}

/// A slot as it is saved.
#[derive(Serialize, Deserialize)]
struct Saved {
    slot: usize,
    source: Source,
    #[serde(default, rename = "use")]
    usage: Usage,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    memory: Value,
    #[serde(default, skip_serializing_if = "Embedded::is_none")]
    embedded: Embedded,
}

/// The built-in spaces.
impl Default for List {
    fn default() -> Self {
        let mut list = Self(vec![Entry::Free; SLOTS]);
        let spaces = space::built_in().iter().map(|space| Recipe::space(space.id).source);
        list.0.iter_mut().zip(spaces).for_each(|(entry, source)| *entry = Entry::Known(Listed::of(source)));
        list
    }
}

impl Listed {
    fn of(source: Source) -> Self {
        let memory = Arc::new(Remembered::at_once(&source, Embedding::default()).into());
        Self { source, usage: Usage::default(), memory, embedded: Embedded::default() }
    }
}

impl List {
    /// Where an impulse is.
    #[must_use]
    pub fn find(&self, source: &Source) -> Option<usize> {
        self.0.iter().position(|entry| entry.known().is_some_and(|listed| listed.source == *source))
    }

    /// Where an impulse is, or is put now: into a free slot; else in the place of one that was never chosen, or of the
    /// one at hand.
    pub fn place(&mut self, source: &Source, at_hand: usize) -> usize {
        if let Some(slot) = self.find(source) {
            return slot;
        }
        let slot = self.first_free().or_else(|| self.last_of(Usage::Offered)).unwrap_or(at_hand % SLOTS);
        self.0[slot] = Entry::Known(Listed { usage: Usage::Chosen, ..Listed::of(source.clone()) });
        slot
    }

    /// Where an impulse that is tried is, or is put now: in the place of the one that was tried before, else into a
    /// free slot or that of one that was never chosen. `None` if every slot is in use.
    pub fn place_tried(&mut self, source: &Source) -> Option<usize> {
        self.find(source).or_else(|| {
            let free = || self.first_free().or_else(|| self.last_of(Usage::Offered));
            let slot = self.last_of(Usage::Tried).or_else(free)?;
            self.0[slot] = Entry::Known(Listed { usage: Usage::Tried, ..Listed::of(source.clone()) });
            Some(slot)
        })
    }

    fn last_of(&self, usage: Usage) -> Option<usize> {
        self.0.iter().rposition(|entry| entry.known().is_some_and(|listed| listed.usage == usage))
    }

    /// Puts into a slot what its impulse is found to be now.
    pub(super) fn replace(&mut self, slot: usize, source: &Source) {
        match self.0.get_mut(slot) {
            Some(Entry::Known(listed)) if listed.source != *source => {
                *listed = Listed { usage: listed.usage, ..Listed::of(source.clone()) };
            }
            _ => {}
        }
    }

    /// Offers impulses in free slots, unless so many are taken that the rest is to be kept.
    pub(super) fn offer(&mut self, sources: impl IntoIterator<Item = Source>) {
        for source in sources {
            let taken = self.0.iter().filter(|entry| **entry != Entry::Free).count();
            if self.find(&source).is_none()
                && taken < OFFERED
                && let Some(slot) = self.first_free()
            {
                self.0[slot] = Entry::Known(Listed::of(source));
            }
        }
    }

    fn first_free(&self) -> Option<usize> {
        self.0.iter().position(|entry| *entry == Entry::Free)
    }

    /// What is in a slot.
    pub(super) fn get(&self, slot: usize) -> Option<&Listed> {
        self.0.get(slot)?.known()
    }

    pub(super) fn get_mut(&mut self, slot: usize) -> Option<&mut Listed> {
        match self.0.get_mut(slot) {
            Some(Entry::Known(listed)) => Some(listed),
            _ => None,
        }
    }

    /// What was tried and is in this slot is kept.
    pub(super) fn keep(&mut self, slot: usize) {
        if self.get(slot).is_some_and(|listed| listed.usage == Usage::Tried) {
            self.set_usage(slot, Usage::Chosen);
        }
    }

    /// Raises the claim to a slot.
    pub(super) fn set_usage(&mut self, slot: usize, usage: Usage) {
        if let Some(listed) = self.get_mut(slot) {
            listed.usage = listed.usage.max(usage);
        }
    }

    /// About how many bytes are embedded in all slots but one.
    #[must_use]
    pub(super) fn embedded_beside(&self, slot: Option<usize>) -> usize {
        let others = self.0.iter().enumerate().filter(|(at, _)| Some(*at) != slot);
        others.filter_map(|(_, entry)| entry.known()).map(|listed| listed.embedded.bytes()).sum()
    }

    /// The name of what is in a slot: with the slot's number, from 1 on, where others are called the same, and where
    /// nothing is.
    #[must_use]
    pub fn text(&self, slot: usize) -> String {
        let Some(entry) = self.0.get(slot) else { return String::new() };
        let name = entry.name();
        let same = |other: &&Entry| other.name().to_lowercase() == name.to_lowercase();
        let is_alone = entry.known().is_some() && self.0.iter().filter(same).count() == 1;
        if is_alone { name } else { format!("{name} [{}]", slot + 1) }
    }

    /// The slot of a text or of its number.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<usize> {
        let text = text.trim().to_lowercase();
        let by_text = (0..SLOTS).find(|slot| self.text(*slot).trim().to_lowercase() == text);
        by_text.or_else(|| text.parse::<usize>().ok()?.checked_sub(1).filter(|slot| *slot < SLOTS))
    }

    /// As it is saved; of what is in the slot at hand, the state's other fields say the rest.
    #[must_use]
    pub fn saved(&self, at_hand: Option<usize>) -> Value {
        let saved = |(slot, entry): (usize, &Entry)| match entry {
            Entry::Free => None,
            Entry::Unknown(saved) => Some(saved.clone()),
            Entry::Known(listed) => {
                let known = Some(slot) != at_hand && !listed.source.files().is_empty();
                let memory = if known { listed.memory.saved().clone() } else { Value::Null };
                let embedded = if known { listed.embedded.clone() } else { Embedded::default() };
                let (source, usage) = (listed.source.clone(), listed.usage);
                serde_json::to_value(Saved { slot, source, usage, memory, embedded }).ok()
            }
        };
        Value::Array(self.0.iter().enumerate().filter_map(saved).collect())
    }
}

/// Each slot by itself: what is of an unknown form is kept as it is. What is no list at all is a fresh one.
impl From<Value> for List {
    fn from(saved: Value) -> Self {
        let Value::Array(entries) = saved else { return Self::default() };
        let mut list = Self(vec![Entry::Free; SLOTS]);
        for entry in entries.into_iter().take(SLOTS) {
            let slot = entry["slot"].as_u64().and_then(|slot| usize::try_from(slot).ok());
            let Some(slot) = slot.filter(|slot| list.0.get(*slot) == Some(&Entry::Free)) else { continue };
            list.0[slot] = match Saved::deserialize(&entry) {
                Ok(Saved { source, usage, memory, embedded, .. }) => {
                    let fresh = Listed::of(source);
                    let memory = if memory.is_null() { fresh.memory.clone() } else { Arc::new(memory.into()) };
                    Entry::Known(Listed { usage, memory, embedded, ..fresh })
                }
                Err(_) => Entry::Unknown(entry),
            };
        }
        list
    }
}

impl Entry {
    fn known(&self) -> Option<&Listed> {
        if let Self::Known(listed) = self { Some(listed) } else { None }
    }

    fn name(&self) -> String {
        match self {
            Self::Free => "–".to_owned(),
            Self::Unknown(_) => "?".to_owned(),
            Self::Known(Listed { source: Source::Space { id }, .. }) => {
                space::find(id).map_or_else(|_| id.clone(), |space| space.name.to_owned())
            }
            Self::Known(listed) => listed.source.display_name(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn file(name: &str) -> Source {
        Recipe::file(format!("/rooms/{name}.wav")).source
    }

    #[test]
    fn a_fresh_list_begins_with_the_spaces() {
        let list = List::default();
        let names: Vec<String> = (0..5).map(|slot| list.text(slot)).collect();
        assert_eq!(names, ["Hall", "Plate", "Room", "Bright plate", "– [5]"]);
    }

    #[test]
    fn every_text_is_read_back_as_its_slot_and_numbers_are_read_too() {
        let mut list = List::default();
        for source in [file("Nave"), Recipe::file("/elsewhere/nave.wav").source, Recipe::file("/b/Nave.flac").source] {
            list.place(&source, 0);
        }
        let mut saved = list.saved(None);
        saved.as_array_mut().expect("slots").push(json!({ "slot": 9, "source": { "kind": "dream" } }));
        let list = List::from(saved);
        let texts: Vec<String> = (0..SLOTS).map(|slot| list.text(slot)).collect();
        assert_eq!(
            (&texts[4..7], texts[9].as_str()),
            (&["Nave [5]", "nave [6]", "Nave [7]"].map(str::to_owned)[..], "? [10]")
        );
        for (slot, text) in texts.iter().enumerate() {
            assert_eq!(list.read(text), Some(slot), "{text}");
            assert_eq!(list.read(&(slot + 1).to_string()), Some(slot));
        }
        assert_eq!(list.read(" hall "), Some(0));
        assert!(["", "0", "129", "-1", "moon"].iter().all(|text| list.read(text).is_none()));
    }

    #[test]
    fn what_is_in_a_slot_stays_there_until_none_is_free() {
        let mut list = List::default();
        list.offer((0..200).map(|n| file(&n.to_string())));
        assert_eq!((list.find(&file("91")), list.find(&file("92"))), (Some(95), None), "some are for what is chosen");
        let chosen: Vec<Source> = (0..200).map(|n| file(&format!("chosen {n}"))).collect();
        let slots: Vec<usize> = chosen.iter().map(|source| list.place(source, 1)).collect();
        assert_eq!(slots[..32], (96..SLOTS).collect::<Vec<_>>()[..]);
        // Then those that were never chosen, from the last, and then the one at hand.
        assert_eq!(slots[32..128], (0..96).rev().collect::<Vec<_>>()[..]);
        assert!(slots[128..].iter().all(|slot| *slot == 1));
        assert_eq!(list.place(&chosen[5], 1), slots[5], "it is there");
    }

    #[test]
    fn what_is_only_tried_shares_one_slot_until_it_is_kept() {
        let mut list = List::default();
        let tried: Vec<_> = (0..300).map(|n| list.place_tried(&file(&n.to_string()))).collect();
        assert!(tried.iter().all(|slot| *slot == Some(4)), "{tried:?}");
        assert_eq!((list.find(&file("298")), list.find(&file("299"))), (None, Some(4)));
        assert_eq!(list.place_tried(&Recipe::space("plate").source), Some(1), "it is there");
        list.keep(4);
        assert_eq!(list.place_tried(&file("300")), Some(5));
        list.keep(0);
        assert_eq!(list.get(0).map(|listed| listed.usage), Some(Usage::Offered), "it was not tried");
        let full: Vec<usize> = (0..200).map(|n| list.place(&file(&format!("chosen {n}")), 1)).collect();
        assert_eq!(list.find(&file("300")), Some(5), "what is chosen takes the slots of what nobody has heard");
        assert_eq!(list.place_tried(&file("301")), Some(5));
        list.keep(5);
        assert_eq!((list.place_tried(&file("302")), full.len()), (None, 200));
    }

    #[test]
    fn a_list_comes_back_as_it_was_with_what_a_newer_version_wrote() {
        let mut list = List::default();
        for name in ["a", "b"] {
            list.place(&file(name), 0);
        }
        list.get_mut(5).expect("b").usage = Usage::Followed;
        list.get_mut(5).expect("b").embedded = Embedded::Text("AAAA".into());
        let mut saved = list.saved(None);
        saved.as_array_mut().expect("slots").push(json!({ "slot": 7, "source": { "kind": "dream" }, "mood": "blue" }));
        let again = List::from(saved.clone());
        assert_eq!(again.saved(None), saved);
        assert_eq!((again.text(7), again.get(5)), ("? [8]".to_owned(), list.get(5)));
        assert!(
            list.saved(Some(5)).to_string().len() < list.saved(None).to_string().len(),
            "others say the rest of it"
        );
    }

    #[test]
    fn what_is_no_list_is_a_fresh_one_and_no_slot_is_taken_twice() {
        for saved in [Value::Null, json!(3), json!({ "slot": 1 })] {
            assert_eq!(List::from(saved), List::default());
        }
        let twice = json!([
            { "slot": 0, "source": { "kind": "space", "id": "hall" } },
            { "slot": 0, "source": { "kind": "space", "id": "room" } },
            { "slot": 1, "source": { "kind": "space", "id": "hall" } },
            { "slot": 128, "source": { "kind": "space", "id": "plate" } },
            { "slot": -1 }, 7,
        ]);
        let list = List::from(twice);
        assert_eq!((list.text(0), list.text(1)), ("Hall [1]".to_owned(), "Hall [2]".to_owned()));
        assert_eq!(
            (list.find(&Recipe::space("hall").source), list.saved(None).as_array().map(Vec::len)),
            (Some(0), Some(2))
        );
    }
}

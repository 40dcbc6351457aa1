//! Entries: impulses with their names, their places and their figures.

use crate::impulse::Impulse;
use crate::impulse::recipe::Source;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Figures of an impulse as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Length in seconds.
    pub seconds: f64,
    /// Reverberation time in seconds, where measurable.
    pub rt60: Option<f64>,
    /// Channels.
    pub channels: usize,
    /// Sample rate in Hz.
    pub sample_rate: u32,
    /// Largest absolute sample in dB relative to full scale; none of silence.
    pub peak: Option<f64>,
}

/// Figures of an impulse, or why it cannot be read.
pub type Outcome = Result<Figures, String>;

/// An impulse.
#[derive(Debug)]
pub struct Entry {
    /// Where it comes from.
    pub source: Source,
    /// Name for people.
    pub name: String,
    /// Of several files the words in which their names differ, such as `LL LR RL RR`; empty of one file.
    pub form: String,
    /// Place of its folder among [`Entries::folders`].
    pub folder: usize,
    /// Names of itself and of its folders, [folded](super::fold) for the search.
    pub(super) words: String,
    /// Place among all in natural order of the names.
    pub(super) rank: u32,
    pub(super) outcome: OnceLock<Outcome>,
}

/// A folder with impulses in it or below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its place; `None` of the built-in spaces.
    pub path: Option<PathBuf>,
    /// Name for people: of the user's folders their last part.
    pub name: String,
    /// Folders above it, up to one that the user has named.
    pub depth: usize,
    /// It and all folders below it, among [`Entries::folders`].
    pub below: Range<usize>,
    /// Impulses in it and below it.
    pub count: usize,
}

/// Everything that was listed.
#[derive(Debug, Default)]
pub struct Entries {
    /// The impulses: the spaces, then the files folder by folder, each folder's in natural order.
    pub all: Vec<Entry>,
    /// The folders in the same order, each before those below it.
    pub folders: Vec<Folder>,
    /// What cannot be read, a message for each.
    pub unread: Vec<String>,
    /// Place of each impulse, and of each file that is a part of one.
    pub(super) places: HashMap<Source, u32>,
    pub(super) measured: AtomicUsize,
}

impl Figures {
    pub(super) fn of(impulse: &Impulse, rt60: Option<f64>) -> Self {
        let peak = impulse.peak();
        Self {
            seconds: impulse.seconds(),
            rt60,
            channels: impulse.channels().len(),
            sample_rate: impulse.sample_rate(),
            peak: (peak > 0.0).then(|| 20.0 * f64::from(peak).log10()),
        }
    }
}

impl Entry {
    /// Its figures, or why there are none; nothing before it was measured.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.get()
    }

    /// Its figures, if there are any yet.
    #[must_use]
    pub fn figures(&self) -> Option<&Figures> {
        self.outcome()?.as_ref().ok()
    }
}

impl Entries {
    /// How many have been measured.
    #[must_use]
    pub fn measured(&self) -> usize {
        self.measured.load(Ordering::Relaxed)
    }

    /// Sets what was found out about an entry.
    pub(super) fn set(&self, place: usize, outcome: Outcome) {
        if self.all[place].outcome.set(outcome).is_ok() {
            self.measured.fetch_add(1, Ordering::Relaxed);
        }
    }
}

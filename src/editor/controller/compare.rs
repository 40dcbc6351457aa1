//! A and B: two whole settings, of which one sounds, to be compared by ear.
//!
//! Both are the instance's, as long as the plugin is loaded; a session keeps the one that sounds.

use super::Controller;
use super::preset::Present;
use crate::editor::binding;
use crate::editor::parameter::Parameter;
use crate::session::impulse::Kept;
use crate::settings::Settings;
use std::sync::Arc;

/// Parameters that stay where they are: they are about the instance and not about how it sounds.
const STAY: [Parameter; 3] = ["bypass", "mix_lock", "output_lock"];

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Letter {
    /// The first.
    #[default]
    A,
    /// The second.
    B,
}

/// All that there is to how an instance sounds.
#[derive(Debug, Clone)]
pub(super) struct Whole {
    settings: Settings,
    rooms: Kept,
    /// The preset that they began with, if there was one.
    preset: Option<Arc<Present>>,
}

/// A change of the two, to be undone.
#[derive(Debug, Clone)]
pub(super) enum Compared {
    /// The other ones sound.
    Turned,
    /// Those that sound were copied to the others; with what these were, or are to be again.
    Copied(Box<Option<Whole>>),
}

/// The settings that do not sound, and what the others are called.
#[derive(Debug, Default)]
pub(super) struct Compare {
    letter: Letter,
    /// `None` until there are two.
    other: Option<Whole>,
}

impl Letter {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// Name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }
}

impl Controller {
    /// The settings that sound, of the two.
    #[must_use]
    pub fn letter(&self) -> Letter {
        self.compare.letter
    }

    /// Has the other settings sound; the first time they are the same.
    pub fn turn_over(&mut self) {
        self.keep_tried();
        let (here, before) = (self.whole(), self.params.session.kept());
        let there = self.compare.other.take().unwrap_or_else(|| here.clone());
        let moves = binding::moves(&there.settings, &self.params, |id| STAY.contains(&id));
        self.make(&moves);
        if !before.asks_for_the_same(&there.rooms) {
            self.bring_back(there.rooms);
        }
        let preset = here.preset.clone();
        self.presets.set_present(there.preset);
        self.change_letter(here);
        self.note_compared(before, moves, Compared::Turned, preset);
    }

    /// Makes the other settings the same as those that sound.
    pub fn copy_to_other(&mut self) {
        self.keep_tried();
        let before = self.compare.other.replace(self.whole());
        let copied = Compared::Copied(Box::new(before));
        self.note_compared(self.params.session.kept(), Vec::new(), copied, self.presets.present());
    }

    /// Undoes or makes again what was done to the two, with the settings that sounded before.
    pub(super) fn go_over(&mut self, compared: &mut Compared, here: Whole) {
        match compared {
            Compared::Turned => self.change_letter(here),
            Compared::Copied(other) => std::mem::swap(&mut **other, &mut self.compare.other),
        }
    }

    pub(super) fn whole(&self) -> Whole {
        Whole { settings: self.settings(), rooms: self.params.session.kept(), preset: self.presets.present() }
    }

    fn change_letter(&mut self, other: Whole) {
        self.compare = Compare { letter: self.compare.letter.other(), other: Some(other) };
    }
}

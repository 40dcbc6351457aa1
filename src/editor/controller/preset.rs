//! The preset at hand: opened from the list or from a file, gone on from to the next, saved under a name.

use super::{Controller, Remark};
use crate::editor::presets;
use crate::editor::selection::Direction;
use crate::editor::shelf::Shelf;
use crate::impulse::recipe::{Side, Source};
use crate::library::{Library, Limits, user};
use crate::parameters::TranseptParams;
use crate::preset::built_in::built_in;
use crate::preset::list::{self, List, Origin};
use crate::preset::{Preset, PresetError, Read, naming};
use crate::settings::Settings;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long the impulses of a preset are looked for in the library: the window waits.
const SEARCH: Limits = Limits { entries: 100_000, time: Duration::from_secs(2) };

/// Presets, as the controller knows them.
#[derive(Debug)]
pub(super) struct Presets {
    /// The folder of the user's, if there is a place for one.
    folder: Option<PathBuf>,
    /// As it was at the last look.
    list: Arc<List>,
    present: Option<Arc<Present>>,
    /// True if something was changed since then, as it was at the last look.
    is_changed: bool,
    /// True if other impulses are asked for than then; and the generation of the session at which that was found out.
    has_other_rooms: (Option<u64>, bool),
    /// Where previous and next go on from: the present one, or one that could not be opened.
    at: Option<Origin>,
}

/// A preset that was opened or saved, with what it sounded like then.
#[derive(Debug, Clone, PartialEq)]
pub struct Present {
    /// Where it is.
    pub origin: Origin,
    /// Its name for people.
    pub name: String,
    settings: Settings,
    rooms: [Option<Source>; 2],
}

impl Presets {
    pub fn new(folder: Option<PathBuf>) -> Self {
        let (list, has_other_rooms) = (Arc::new(List::of_box(folder.clone())), (None, false));
        Self { folder, list, present: None, is_changed: false, has_other_rooms, at: None }
    }

    /// What an open window lists.
    pub fn shelf(&self) -> Shelf {
        Shelf::open(self.folder.clone(), self.list.clone())
    }

    /// Takes the newest list, and finds out whether the instance still is as the preset says.
    pub fn look(&mut self, shelf: Option<&mut Shelf>, params: &TranseptParams) {
        if let Some(shelf) = shelf {
            self.list.clone_from(shelf.poll());
        }
        let Some(present) = &self.present else {
            self.is_changed = false;
            return;
        };
        let generation = Some(params.session.generation());
        if self.has_other_rooms.0 != generation {
            self.has_other_rooms = (generation, rooms(params) != present.rooms);
        }
        self.is_changed = self.has_other_rooms.1 || !presets::are_at(&present.settings, params);
    }

    pub fn present(&self) -> Option<Arc<Present>> {
        self.present.clone()
    }

    /// Another preset is at hand, or none.
    pub fn set_present(&mut self, present: Option<Arc<Present>>) {
        self.at = present.as_ref().map(|present| present.origin.clone());
        self.has_other_rooms = (None, false);
        self.present = present;
    }
}

/// The impulses that are asked for.
fn rooms(params: &TranseptParams) -> [Option<Source>; 2] {
    let recipe = params.session.get();
    Side::BOTH.map(|side| side.of(&recipe).cloned())
}

impl Controller {
    /// All presets that can be opened by their names.
    #[must_use]
    pub fn presets(&self) -> &Arc<List> {
        &self.presets.list
    }

    /// The preset that was opened or saved last, unless that was undone.
    #[must_use]
    pub fn preset(&self) -> Option<&Present> {
        self.presets.present.as_deref()
    }

    /// True if the settings or the impulses are others than those of the preset at hand, at the last look.
    #[must_use]
    pub fn is_preset_changed(&self) -> bool {
        self.presets.is_changed
    }

    /// Has the user's folder of presets read again.
    pub fn refresh_presets(&self) {
        if let Some(open) = self.open.upgrade() {
            open.lock().shelf.refresh();
        }
    }

    /// Opens a preset of the list.
    pub fn open_listed(&mut self, origin: Origin) {
        self.keep_tried();
        match origin {
            Origin::File(path) => self.open_preset(path),
            Origin::BuiltIn(place) => {
                if let Some(preset) = built_in().get(place) {
                    self.take(preset.read(), preset.name, origin);
                }
            }
        }
    }

    /// Opens the preset before or after the one at hand, in the order of the list; after the last comes the first.
    pub fn step_preset(&mut self, direction: Direction) {
        let list = self.presets.list.clone();
        let place = list.neighbour(self.presets.at.as_ref(), direction == Direction::Next);
        if let Some(entry) = place.and_then(|place| list.entries.get(place)) {
            self.open_listed(entry.origin.clone());
        }
    }

    pub(super) fn open_preset(&mut self, path: PathBuf) {
        let read = Preset::find(&path, &Library::of_user(), SEARCH);
        self.take(read, &path.display().to_string(), Origin::File(path));
    }

    /// Takes over what was read of a preset, or says why there is nothing; `called` is its name in messages.
    fn take(&mut self, read: Result<Read, PresetError>, called: &str, origin: Origin) {
        // Also past one that cannot be opened there is a next one.
        self.presets.at = Some(origin.clone());
        let read = match read {
            Ok(read) => read,
            Err(error) => {
                self.remark = Some(Remark::NoPreset(error.to_string()));
                return;
            }
        };
        let known = read.known();
        let Read { preset, mut warnings, has_room, missing, .. } = read;
        warnings.extend(missing.into_iter().map(|missing| missing.reason));
        let (before, moves) = (self.params.session.kept(), presets::moves(&preset.settings, &self.params));
        let mut settings = self.settings();
        for moved in &moves {
            // A host may move its parameters later, on another thread: what they will be is known now.
            settings.set(moved.parameter, moved.to);
        }
        self.make(&moves);
        match (has_room, preset.second.clone()) {
            (true, _) => presets::choose(preset, &known, &self.params),
            // A preset of settings alone is for the room that is there.
            (false, Some(second)) => self.params.session.put(Side::B, second),
            (false, None) => {}
        }
        let present = self.hold(origin, settings);
        self.note_preset(before, moves, present);
        self.worker.nudge();
        let remark = || Remark::Warnings(format!("{called}: {}", warnings.join("; ")));
        self.remark = (!warnings.is_empty()).then(remark);
    }

    /// A preset is at hand now that sounds as what is asked for, with these settings. Gives the one before it.
    fn hold(&mut self, origin: Origin, settings: Settings) -> Option<Arc<Present>> {
        let name = match &origin {
            Origin::BuiltIn(place) => built_in().get(*place).map_or_else(String::new, |preset| preset.name.to_owned()),
            Origin::File(path) => list::name_of(path),
        };
        let before = self.presets.present();
        let present = Present { origin, name, settings, rooms: rooms(&self.params) };
        self.presets.set_present(Some(Arc::new(present)));
        before
    }

    /// Saves a preset in a file that a dialog has given.
    pub(super) fn save_preset(&mut self, path: PathBuf) {
        let saved = presets::named(path).and_then(|path| self.write_preset(path));
        self.say_saved(saved);
    }

    /// Saves a preset in the user's folder, under a name that was typed: `Name` or `Category/Name`. A preset that is
    /// there is replaced only if that `replaces` it.
    pub fn save_named(&mut self, name: &str, replaces: bool) {
        self.keep_tried();
        let saved = self.named(name, replaces).and_then(|path| self.write_preset(path));
        self.say_saved(saved);
        self.refresh_presets();
    }

    /// The file of that name, whose folder is there.
    fn named(&self, name: &str, replaces: bool) -> Result<PathBuf, String> {
        let no_place = || format!("no place for settings is known; {} can name one", user::CONFIG);
        let folder = self.presets.folder.as_ref().ok_or_else(no_place)?;
        let path = naming::path(name)?;
        let listed = self.presets.list.file(&path).map(Path::to_owned);
        let path = listed.unwrap_or_else(|| folder.join(path));
        if !replaces && path.symlink_metadata().is_ok() {
            return Err(format!("{}: is there already; save it again to replace it", path.display()));
        }
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).map_err(|error| format!("{}: {error}", parent.display()))?;
        Ok(path)
    }

    /// Writes a preset; gives the impulse file that is not there, if one is not.
    fn write_preset(&mut self, path: PathBuf) -> Result<Option<PathBuf>, String> {
        let not_there = presets::save(&path, &self.params)?;
        self.hold(Origin::File(path), self.settings());
        Ok(not_there)
    }

    fn say_saved(&mut self, saved: Result<Option<PathBuf>, String>) {
        self.remark = match saved {
            Ok(not_there) => not_there.map(Remark::MissingImpulse),
            Err(reason) => Some(Remark::SaveFailed(reason)),
        };
    }

    /// A file in the folder in which a dialog for presets opens: the one at hand, or else any in the user's folder.
    pub(super) fn preset_file(&self) -> Option<PathBuf> {
        match self.preset().map(|present| &present.origin) {
            Some(Origin::File(path)) => Some(path.clone()),
            _ => Some(self.presets.folder.as_ref().filter(|folder| folder.is_dir())?.join("any")),
        }
    }
}

#[cfg(test)]
mod tests;

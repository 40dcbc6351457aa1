//! The file dialogs of a window: which one opens where, and what its answer does.

use super::{Controller, Remark};
use crate::editor::dialog::{Answer, Dialog, Purpose};
use crate::editor::selection::{self, Selection};
use crate::impulse::recipe::{Side, Source};
use crate::preset;
use std::path::{Path, PathBuf};

/// What a field of the window is to do after a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathField {
    /// The path field is to take the keyboard: no file was chosen, or this desktop has no dialogs.
    Focus,
    /// The path field is to show the path of the impulse again.
    Refill,
    /// The field for the name of a preset is to take the keyboard: this desktop has no dialogs.
    Name,
}

impl Controller {
    /// Opens a dialog for an impulse, beside the present one.
    pub fn browse(&self) {
        let beside = match self.source() {
            Some(Source::File { path } | Source::Pair { left: path, .. }) => Some(path),
            _ => None,
        };
        self.ask(Purpose::Browse, beside.as_deref());
    }

    /// Opens a dialog for a folder of impulses.
    pub fn ask_for_folder(&self) {
        self.ask(Purpose::Folder, None);
    }

    /// Opens a dialog for a missing file, in the folder of `beside`.
    pub fn locate(&self, wanted: PathBuf, beside: &Path) {
        self.ask(Purpose::Locate(wanted), Some(beside));
    }

    /// Opens a dialog for a preset to open, beside the last one.
    pub fn ask_for_preset(&self) {
        self.ask(Purpose::OpenPreset, self.preset_file().as_deref());
    }

    /// Opens a dialog for a preset to save, beside the last one.
    pub fn ask_to_save_preset(&self) {
        self.ask(Purpose::SavePreset(self.preset_name()), self.preset_file().as_deref());
    }

    /// Takes the answer of the dialog, if it has one by now.
    pub fn poll_dialog(&mut self) -> Option<PathField> {
        let open = self.open.upgrade()?;
        let (purpose, answer) = {
            let mut open = open.lock();
            let answer = open.dialog.as_mut()?.take()?;
            open.dialog = None;
            answer
        };
        let mut paths = match answer {
            Answer::Chosen(paths) => paths,
            Answer::NoDialog => {
                let is_saving = matches!(purpose, Purpose::SavePreset(_));
                self.remark = Some(Remark::NoDialog { is_saving });
                return Some(if is_saving { PathField::Name } else { PathField::Focus });
            }
        };
        if paths.is_empty() {
            // Only what is opened can be typed as well.
            return (!matches!(purpose, Purpose::SavePreset(_))).then_some(PathField::Focus);
        }
        let selection = match purpose {
            Purpose::SavePreset(_) => {
                self.save_preset(paths.remove(0));
                return None;
            }
            Purpose::Locate(wanted) if paths.len() == 1 => {
                self.relocate(&wanted, paths.remove(0));
                return None;
            }
            Purpose::Folder => {
                self.add_folder(paths.remove(0));
                return None;
            }
            Purpose::OpenPreset => Selection::Preset(paths.remove(0)),
            Purpose::Browse | Purpose::Locate(_) => selection::of_files(paths),
        };
        let field = matches!(selection, Selection::Preset(_)).then_some(PathField::Refill);
        self.select(selection);
        field
    }

    /// The file name of a preset to save: that of the last one, or the name of the impulse.
    pub(super) fn preset_name(&self) -> String {
        let last = self.preset().map(|present| present.name.clone());
        format!("{}.{}", last.unwrap_or_else(|| self.title()), preset::EXTENSION)
    }

    fn relocate(&mut self, wanted: &Path, found: PathBuf) {
        let located = |side| self.params.session.located(side).map(|source| (side, source));
        let part = |(_, source): &(Side, Source)| source.files().contains(&wanted);
        if let Some((side, source)) = Side::BOTH.into_iter().filter_map(located).find(part) {
            self.remark = None;
            let before = self.params.session.kept();
            self.params.session.relocate(side, selection::relocated(&source, wanted, found));
            self.note_rooms(before, Vec::new());
            self.worker.nudge();
        }
    }

    /// One dialog at a time.
    fn ask(&self, purpose: Purpose, beside: Option<&Path>) {
        let Some(open) = self.open.upgrade() else { return };
        let mut open = open.lock();
        if open.dialog.is_none() {
            open.dialog = Some(Dialog::open(purpose, beside.and_then(Path::parent)));
        }
    }
}

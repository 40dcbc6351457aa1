//! The desktop's file dialog, in a thread of its own.
//!
//! The dialog comes from the desktop portal. Where there is no portal, and nothing else that opens dialogs, the answer
//! says so; the fields of the window need none.

mod means;

use crate::audio::formats;
use crate::files;
use crate::preset;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// Purpose of the files to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Another impulse.
    Browse,
    /// The present place of this missing file.
    Locate(PathBuf),
    /// A folder of impulses.
    Folder,
    /// A preset to open.
    OpenPreset,
    /// A preset to save, under this name unless another is chosen.
    SavePreset(String),
}

/// Answer of a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// What was chosen; nothing when the dialog was cancelled.
    Chosen(Vec<PathBuf>),
    /// No dialog came, because nothing here can open one.
    NoDialog,
}

/// A dialog that is open.
#[derive(Debug)]
pub struct Dialog {
    purpose: Purpose,
    answers: Receiver<Answer>,
    /// The answer, once it is known.
    answer: Option<Answer>,
}

impl Dialog {
    /// Opens a dialog in a folder, on a thread of its own: the portal's answer takes as long as the user does.
    ///
    /// The thread is not joined, because nothing can take the portal's dialog back. It owns all that it touches, and as
    /// long as it runs, its thread-locals keep the system from unloading this library.
    #[must_use]
    pub fn open(purpose: Purpose, folder: Option<&Path>) -> Self {
        let (sender, answers) = channel();
        let (kind, extensions) = match &purpose {
            Purpose::Browse | Purpose::Locate(_) | Purpose::Folder => ("Audio", formats::extensions().collect()),
            Purpose::OpenPreset | Purpose::SavePreset(_) => ("Presets", vec![preset::EXTENSION]),
        };
        // Some desktops take the case of letters for a difference.
        let upper = extensions.iter().map(|extension| extension.to_uppercase());
        let extensions: Vec<String> = extensions.iter().map(|&extension| extension.to_owned()).chain(upper).collect();
        let mut dialog = rfd::FileDialog::new()
            .set_title(match &purpose {
                Purpose::Browse => "Open an impulse, or two: left and right".to_owned(),
                Purpose::Locate(wanted) => format!("Locate {}", files::name(wanted)),
                Purpose::Folder => "Add a folder of impulses".to_owned(),
                Purpose::OpenPreset => "Open a preset".to_owned(),
                Purpose::SavePreset(_) => "Save a preset".to_owned(),
            })
            .add_filter(kind, &extensions)
            .add_filter("All files", &["*"]);
        if let Some(folder) = folder {
            dialog = dialog.set_directory(folder);
        }
        let asked = purpose.clone();
        let ask = move || {
            let chosen = match asked {
                Purpose::Browse | Purpose::Locate(_) => dialog.pick_files().unwrap_or_default(),
                Purpose::Folder => dialog.pick_folder().into_iter().collect(),
                Purpose::OpenPreset => dialog.pick_file().into_iter().collect(),
                Purpose::SavePreset(name) => dialog.set_file_name(name).save_file().into_iter().collect(),
            };
            let chosen: Vec<PathBuf> = chosen;
            let is_there = !chosen.is_empty() || means::are_there();
            // The window may be gone by now; then nobody wants the answer.
            let _ = sender.send(if is_there { Answer::Chosen(chosen) } else { Answer::NoDialog });
        };
        // Without a thread the sender is dropped, which reads as no dialog.
        let _ = std::thread::Builder::new().name("transept dialog".to_owned()).spawn(ask);
        Self { purpose, answers, answer: None }
    }

    /// A dialog that is closed already, with this answer.
    #[cfg(test)]
    pub(super) fn answered(purpose: Purpose, answer: Answer) -> Self {
        Self { purpose, answers: channel().1, answer: Some(answer) }
    }

    /// True once the dialog is closed.
    pub fn is_answered(&mut self) -> bool {
        match self.answers.try_recv() {
            Ok(answer) => self.answer = Some(answer),
            // It was never opened, or it has answered before.
            Err(TryRecvError::Disconnected) => self.answer = Some(self.answer.take().unwrap_or(Answer::NoDialog)),
            Err(TryRecvError::Empty) => {}
        }
        self.answer.is_some()
    }

    /// Its purpose and its answer, once the dialog is closed.
    #[must_use]
    pub fn take(&mut self) -> Option<(Purpose, Answer)> {
        self.is_answered().then(|| (self.purpose.clone(), self.answer.take().unwrap_or(Answer::NoDialog)))
    }
}

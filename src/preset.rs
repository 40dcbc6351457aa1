//! Presets: what an instance sounds like, as text that people read, edit and pass on.
//!
//! ```toml
//! version = 1
//!
//! [impulse]
//! kind = "file"
//! path = "rooms/church.wav"
//!
//! [settings]
//! wet = "-6.0 dB"
//! decay_high = "50 %"
//! ```
//!
//! The impulse is a space (`id`), a file (`path`) or a pair of files (`left`, `right`), with paths relative to the
//! preset's folder; without one it is that of a fresh instance. `[second]` is a second impulse in the same form. The
//! settings are typed as in the plugin, and those that are not there have their defaults.

mod text;

use crate::impulse::recipe::{Recipe, Source};
use crate::settings::Settings;
use std::path::{Path, PathBuf};

/// The form in which this program writes presets. It rises only when a word changes its meaning.
pub const VERSION: u32 = 1;

/// Extension of a preset's file name.
pub const EXTENSION: &str = "toml";

/// True for a file that is a preset by its name, in upper or lower case.
#[must_use]
pub fn is_preset(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(EXTENSION))
}

/// What an instance sounds like.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    /// Which impulse.
    pub source: Source,
    /// The second one, if there is one.
    pub second: Option<Source>,
    /// All settings.
    pub settings: Settings,
}

/// A fresh instance.
impl Default for Preset {
    fn default() -> Self {
        Self { source: Recipe::default().source, second: None, settings: Settings::default() }
    }
}

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The preset, with defaults in place of the ignored entries.
    pub preset: Preset,
    /// Entries that were ignored and why, a message for each: a preset of a newer program still sounds.
    pub warnings: Vec<String>,
}

/// Why there is no preset in a file.
#[derive(Debug, thiserror::Error)]
pub enum PresetError {
    /// The file is not there, or cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The text is no TOML, or says something that no preset says.
    #[error("{}, line {line}: {reason}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// The bytes are no state of the plugin's.
    #[error("{}: this is no state of the plugin: {reason}", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong with them.
        reason: String,
    },
}

impl Preset {
    /// Reads a preset from its file.
    ///
    /// # Errors
    /// [`PresetError::Io`] and [`PresetError::Text`].
    pub fn open(path: &Path) -> Result<Read, PresetError> {
        Self::from_bytes(path, &bytes(path)?)
    }

    /// Reads a preset from the bytes of its file. `path` stands for the file in errors, and relative paths begin in its
    /// folder.
    ///
    /// # Errors
    /// [`PresetError::Text`].
    pub fn from_bytes(path: &Path, bytes: &[u8]) -> Result<Read, PresetError> {
        let failed = |(line, reason)| PresetError::Text { path: path.to_owned(), line, reason };
        let text = text::decoded(bytes).map_err(failed)?;
        // Where the system cannot say where it is, the name is as good as it gets.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        text::read(text, path.parent().unwrap_or(&path)).map_err(failed)
    }

    /// The text: with absolute paths, and of the settings those that are not at their defaults, in the order of their
    /// table.
    ///
    /// # Errors
    /// What cannot be written in TOML, said by its crate; there is nothing of this kind in a preset.
    pub fn text(&self) -> Result<String, toml::ser::Error> {
        text::written(self)
    }

    /// The files of its impulses.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        std::iter::once(&self.source).chain(&self.second).flat_map(Source::files)
    }

    /// The impulses as the settings level, shape and combine them.
    #[must_use]
    pub fn recipe(&self) -> Recipe {
        self.settings.recipe(self.source.clone(), self.second.clone())
    }
}

/// The content of a file.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, PresetError> {
    std::fs::read(path).map_err(|source| PresetError::Io { path: path.to_owned(), source })
}

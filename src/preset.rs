//! Presets: what an instance sounds like, as text that people read, edit and pass on.
//!
//! ```toml
//! version = 1
//! sound = 1
//!
//! [impulse]
//! kind = "file"
//! path = "rooms/church.wav"
//! hash = "6f3c…"            # BLAKE3 of the file, as b3sum prints it
//! size = 384044             # of the file, in bytes
//!
//! [settings]
//! wet = "-6.0 dB"
//! decay_high = "50 %"
//! ```
//!
//! The impulse is a space (`id`), a file (`path`) or a pair of files (`left`, `right`), with paths relative to the
//! preset's folder. `hash` and `size`, of a pair `left_hash` and so on, may be left out; they help to find the file
//! again, as [`lookup`] says. `[second]` is a second impulse in the same form. The settings are typed as in the plugin,
//! and those that are not there have their defaults. `sound` is the version of the
//! [`Sound`](crate::settings::Sound); without it, it is that of this program.

pub mod built_in;
mod fields;
pub mod last;
pub mod list;
pub mod lookup;
pub mod naming;
mod text;

use crate::impulse::recipe::{Recipe, Side, Source};
use crate::library::hints::Hints;
use crate::library::{Library, Limits};
use crate::settings::Settings;
use lookup::Missing;
use std::path::{Path, PathBuf};

/// The form in which this program writes presets. It rises only when a word changes its meaning.
pub const VERSION: u32 = 1;

/// Longest preset in bytes; one with every setting has a thousand.
const LONGEST: u64 = 1 << 20;

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
    /// False if no impulse is named, or none that is known: then the preset has that of a fresh instance.
    pub has_room: bool,
    /// What is known of each of the preset's [files](Preset::files), with its path as it was written.
    pub files: Vec<Hints>,
    /// Impulses whose files were looked for and not found.
    pub missing: Vec<Missing>,
}

impl Read {
    /// A preset with a room, of whose files only the paths are known.
    #[must_use]
    pub fn new(preset: Preset, warnings: Vec<String>) -> Self {
        let files = preset.files().map(path_alone).collect();
        Self { preset, warnings, has_room: true, files, missing: Vec::new() }
    }

    /// Gives the preset another impulse on a side, of whose files only the paths are known.
    pub fn put(&mut self, side: Side, source: Source) {
        let of_first = self.preset.source.files().len();
        let known: Vec<Hints> = source.files().into_iter().map(path_alone).collect();
        match side {
            Side::A => {
                self.files.splice(..of_first, known);
                self.preset.source = source;
            }
            Side::B => {
                self.files.splice(of_first.., known);
                self.preset.second = Some(source);
            }
        }
    }

    /// What the text says of each of the preset's [files](Preset::files), with the place where that is, or should be,
    /// as its path: for [`Preset::text`].
    #[must_use]
    pub fn known(&self) -> Vec<Hints> {
        let places = self.preset.files().map(|place| Some(place.to_owned()));
        places.zip(&self.files).map(|(path, hints)| Hints { path, ..hints.clone() }).collect()
    }

    /// What was read of this file, with the impulses' files wherever they are now; see [`lookup`].
    #[must_use]
    pub fn found(mut self, file: &Path, library: &Library, limits: Limits) -> Self {
        lookup::look_up(&mut self, file, library, limits);
        self
    }
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
    /// Reads a preset from its file, and finds the files of its impulses wherever they are now. Looks into them, and
    /// within the limits into the library, if they are not where the preset says.
    ///
    /// # Errors
    /// [`PresetError::Io`] and [`PresetError::Text`].
    pub fn find(path: &Path, library: &Library, limits: Limits) -> Result<Read, PresetError> {
        Ok(Self::open(path)?.found(path, library, limits))
    }

    /// Reads a preset from its file, as it stands there.
    ///
    /// # Errors
    /// [`PresetError::Io`] and [`PresetError::Text`].
    pub fn open(path: &Path) -> Result<Read, PresetError> {
        Self::from_bytes(path, &bytes(path, LONGEST)?)
    }

    /// Reads a preset from the bytes of its file. `path` stands for the file in errors, and relative paths begin in its
    /// folder.
    ///
    /// # Errors
    /// [`PresetError::Text`].
    pub fn from_bytes(path: &Path, bytes: &[u8]) -> Result<Read, PresetError> {
        let failed = |(line, reason)| PresetError::Text { path: path.to_owned(), line, reason };
        let text = text::decoded(bytes).map_err(failed)?;
        text::read(text, &folder(path)).map_err(failed)
    }

    /// The text: with absolute paths, the hashes of the files, and of the settings those that are not at their
    /// defaults, in the order of their table. Reads the files; of one that cannot be read it says what is `known` of
    /// its path.
    ///
    /// # Errors
    /// What cannot be written in TOML, said by its crate; there is nothing of this kind in a preset.
    pub fn text(&self, known: &[Hints]) -> Result<String, toml::ser::Error> {
        text::written(self, known, None)
    }

    /// The text of a preset that lies in this folder, with relative paths of files that do, too; otherwise as
    /// [`Self::text`].
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn text_in(&self, folder: &Path) -> Result<String, toml::ser::Error> {
        text::written(self, &[], Some(folder))
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

/// What a path alone says, as it stands.
fn path_alone(path: &Path) -> Hints {
    Hints { path: Some(path.to_owned()), ..Hints::default() }
}

/// The folder of a preset. Where the system cannot say where it is, the name is as good as it gets.
fn folder(preset: &Path) -> PathBuf {
    let path = std::path::absolute(preset).unwrap_or_else(|_| preset.to_owned());
    path.parent().unwrap_or(&path).to_owned()
}

/// The content of a file of at most so many bytes.
pub(crate) fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, PresetError> {
    use std::io::Read;
    let failed = |source| PresetError::Io { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > most {
        return Err(failed(std::io::Error::other(format!("longer than {most} bytes, which no file of this kind is"))));
    }
    Ok(bytes)
}

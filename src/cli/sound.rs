//! The options that say how it is to sound: which room, and every setting, laid over a preset's.

use super::options::{ALL, Options};
use super::{room, warn, wrong};
use crate::preset::{Preset, PresetError, Read};
use clap::Args;
use clap::error::ErrorKind;
use std::path::{Path, PathBuf};

/// Those options.
#[derive(Debug, Args)]
#[group(skip)] // Its name is that of the arguments that it is part of.
pub(super) struct Arguments {
    /// Impulse response of 1, 2 or 4 channels. For a pair of files give it twice, left source first:
    /// --impulse LEFT.wav --impulse RIGHT.wav
    #[arg(long, value_name = "ROOM.wav", conflicts_with = "space")]
    pub impulse: Vec<PathBuf>,
    /// Built-in space; `transept spaces` lists them
    #[arg(long, value_name = "NAME")]
    pub space: Option<String>,
    /// Second impulse response, for --combine; a pair of files likewise
    #[arg(long, value_name = "ROOM.wav", conflicts_with = "second_space")]
    pub second: Vec<PathBuf>,
    /// Built-in space in its place
    #[arg(long, value_name = "NAME")]
    pub second_space: Option<String>,
    /// Room and settings of a preset; what other options say goes before what it says
    #[arg(long, value_name = "FILE.toml")]
    pub preset: Option<PathBuf>,
    #[command(flatten)]
    settings: Options<ALL>,
}

impl Arguments {
    /// How it is to sound.
    ///
    /// # Errors
    /// An error of usage, also for a preset that cannot be read.
    pub fn preset(&self) -> Result<Preset, clap::Error> {
        self.over(self.preset.as_ref().map_or_else(|| Ok(Preset::default()), |path| warned(path, Preset::open(path)))?)
    }

    /// Whether a second impulse is named.
    pub fn names_second(&self) -> bool {
        !self.second.is_empty() || self.second_space.is_some()
    }

    /// Whether a setting is named.
    pub fn names(&self, id: &str) -> bool {
        self.settings.names(id)
    }

    /// What is named, and of this preset the rest.
    ///
    /// # Errors
    /// An error of usage.
    pub fn over(&self, preset: Preset) -> Result<Preset, clap::Error> {
        let is_room_named = !self.impulse.is_empty() || self.space.is_some();
        let source = if is_room_named { room::source(&self.impulse, self.space.as_deref())? } else { preset.source };
        let second = if self.names_second() {
            Some(room::source(&self.second, self.second_space.as_deref())?)
        } else {
            preset.second
        };
        let mut settings = self.settings.over(preset.settings);
        if self.settings.names("mix") && !self.settings.names("mix_mode") {
            settings.enable("mix"); // Whoever gives a mix wants it to have an effect.
        }
        Ok(Preset { source, second, settings })
    }
}

/// The preset that was read from a file. Prints its warnings.
///
/// # Errors
/// An error of usage if it could not be read.
pub(super) fn warned(path: &Path, read: Result<Read, PresetError>) -> Result<Preset, clap::Error> {
    let Read { preset, warnings } = read.map_err(|error| wrong(ErrorKind::ValueValidation, error))?;
    warnings.iter().for_each(|reason| warn(path, reason));
    Ok(preset)
}

//! The options that say how it is to sound: which room, and every setting, laid over a preset's.

use super::options::{ALL, Options};
use super::{room, unreadable, warn, wrong};
use crate::impulse::recipe::Side;
use crate::library::{Library, Limits};
use crate::preset::lookup::Missing;
use crate::preset::{Preset, PresetError, Read};
use crate::settings::Settings;
use crate::space;
use clap::Args;
use clap::error::ErrorKind;
use std::path::{Path, PathBuf};

/// Those options.
#[derive(Debug, Args)]
#[group(skip)] // Its name is that of the arguments that it is part of.
pub(super) struct Arguments {
    /// Impulse response of 1, 2 or 4 channels; for larger layouts also of one channel for each output, or a matrix, as
    /// docs/channels.md has them. One file of a set stands for all of it. For a pair of files give it twice, left source
    /// first: --impulse LEFT.wav --impulse RIGHT.wav
    #[arg(long, value_name = "ROOM.wav", conflicts_with = "space")]
    pub impulse: Vec<PathBuf>,
    /// Built-in space; `transept spaces` lists them. Or the recipe of a space, in the form of impulses/README.md
    #[arg(long, value_name = "NAME|FILE.toml")]
    pub space: Option<String>,
    /// Second impulse response, for --combine; a pair of files likewise
    #[arg(long, value_name = "ROOM.wav", conflicts_with = "second_space")]
    pub second: Vec<PathBuf>,
    /// Built-in space or recipe in its place
    #[arg(long, value_name = "NAME|FILE.toml")]
    pub second_space: Option<String>,
    /// Room and settings of a preset; what other options say goes before what it says
    #[arg(long, value_name = "FILE.toml")]
    pub preset: Option<PathBuf>,
    #[command(flatten)]
    settings: Options<ALL>,
}

/// The second impulse of a preset whose file is not there.
pub(super) struct Absent {
    preset: PathBuf,
    reason: String,
}

impl Absent {
    /// Leaves it out of what is to sound, and says so, if nothing of it is heard with any of these settings.
    ///
    /// # Errors
    /// An error of usage if something of it is.
    pub fn leave_out<'a>(
        self,
        preset: &mut Preset,
        mut settings: impl Iterator<Item = &'a Settings>,
    ) -> Result<(), clap::Error> {
        if settings.any(Settings::hears_second) {
            return Err(refused(&self.preset, &self.reason));
        }
        preset.second = None;
        warn(&self.preset, format_args!("the second impulse is left out, of which nothing is heard: {}", self.reason));
        Ok(())
    }
}

impl Arguments {
    /// How it is to sound, and the second impulse of the preset if that is not there.
    ///
    /// # Errors
    /// An error of usage, also for a preset that cannot be read, or whose room is needed and not there.
    pub fn preset(&self) -> Result<(Preset, Option<Absent>), clap::Error> {
        let Some(path) = &self.preset else { return Ok((self.over_preset(Preset::default())?, None)) };
        let mut read = open(path)?;
        let is_absent = |missing: &Missing| missing.side == Side::B && !self.names_second();
        let absent = read.missing.iter().find(|missing| is_absent(missing));
        let absent = absent.map(|missing| Absent { preset: path.clone(), reason: missing.reason.clone() });
        read.missing.retain(|missing| !is_absent(missing));
        Ok((self.over(path, read)?, absent))
    }

    /// True if a first impulse is named.
    pub fn names_room(&self) -> bool {
        !self.impulse.is_empty() || self.space.is_some()
    }

    /// Whether a second impulse is named.
    pub fn names_second(&self) -> bool {
        !self.second.is_empty() || self.second_space.is_some()
    }

    /// Whether a setting is named.
    pub fn names(&self, id: &str) -> bool {
        self.settings.names(id)
    }

    /// The room and settings that are named, and the rest of the preset of this file.
    ///
    /// # Errors
    /// An error of usage, also for a room that is needed of the preset and not there.
    pub fn over(&self, path: &Path, read: Read) -> Result<Preset, clap::Error> {
        let is_needed = |side| match side {
            Side::A => !self.names_room(),
            Side::B => !self.names_second(),
        };
        if !read.has_room && is_needed(Side::A) {
            return Err(refused(path, "has no room; add --impulse or --space"));
        }
        if let Some(missing) = read.missing.iter().find(|missing| is_needed(missing.side)) {
            return Err(refused(path, &missing.reason));
        }
        self.over_preset(read.preset)
    }

    /// What is named, and of this preset the rest.
    ///
    /// # Errors
    /// An error of usage.
    pub fn over_preset(&self, preset: Preset) -> Result<Preset, clap::Error> {
        let source =
            if self.names_room() { room::source(&self.impulse, self.space.as_deref())? } else { preset.source };
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

fn refused(path: &Path, reason: &str) -> clap::Error {
    wrong(ErrorKind::ValueValidation, format_args!("{}: {reason}", path.display()))
}

/// The preset of a file, whose impulses are looked for. Prints its warnings.
///
/// # Errors
/// An error of usage if it could not be read.
pub(super) fn open(path: &Path) -> Result<Read, clap::Error> {
    if space::file::is_recipe(path) {
        let path = path.display();
        let message = format!("{path}: is the recipe of a space and no preset; give it as --space {path}");
        return Err(wrong(ErrorKind::ValueValidation, message));
    }
    warned(path, Preset::find(path, &Library::of_user(), Limits::default()))
}

/// What was read from a file. Prints its warnings.
///
/// # Errors
/// An error of usage if it could not be read.
pub(super) fn warned(path: &Path, read: Result<Read, PresetError>) -> Result<Read, clap::Error> {
    let read = read.map_err(unreadable)?;
    read.warnings.iter().for_each(|reason| warn(path, reason));
    Ok(read)
}

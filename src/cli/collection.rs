//! A preset with its impulses in one folder, to be passed on together.

use super::warn;
use crate::cancel::Token;
use crate::files::{FileError, Target};
use crate::impulse::recipe::Source;
use crate::library::fingerprint::FileHash;
use crate::preset::{EXTENSION, Preset};
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Copies the impulses of a preset into a folder, and writes the preset, called `name`, beside them, with relative
/// paths. The folder is made if it is not there. What is there already and the same is left, and nothing is replaced:
/// an impulse gets a number behind its name, which is said, and a preset is refused.
///
/// # Errors
/// A message that names the file.
pub(super) fn collect(preset: &Preset, name: &str, folder: &Path) -> Result<(), String> {
    let failed = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let output = folder.join(format!("{name}.{EXTENSION}"));
    let is_taken = || failed(&output, &"another preset is there already; remove it, or choose another folder");
    let mut collection = Collection { folder, preset: &output, taken: HashMap::new() };
    let source = collection.place(&preset.source)?;
    let second = preset.second.as_ref().map(|second| collection.place(second)).transpose()?;
    let collected = Preset { source, second, ..preset.clone() };
    let text = || collected.text_in(folder).map_err(|error| failed(&output, &error));
    if output.exists() {
        // It can only be this preset if its impulses are there as well.
        let is_whole = collection.taken.values().all(|place| place.exists());
        let is_this =
            is_whole && std::fs::read(&output).is_ok_and(|there| text().is_ok_and(|text| there == text.into_bytes()));
        return if is_this { Ok(()) } else { Err(is_taken()) };
    }
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    for (from, to) in collection.taken.iter().filter(|(_, to)| !to.exists()) {
        copy(from, to)?;
    }
    target(&output)?.write(text()?.as_bytes()).map_err(said)
}

/// Places in a folder.
struct Collection<'a> {
    folder: &'a Path,
    /// Where the preset goes. The recipe of a space may be called like it.
    preset: &'a Path,
    /// By the file that goes there.
    taken: HashMap<PathBuf, PathBuf>,
}

impl Collection<'_> {
    /// A source of files in the folder.
    fn place(&mut self, source: &Source) -> Result<Source, String> {
        let places = source.files().into_iter().map(|path| self.place_of(path)).collect::<Result<Vec<_>, _>>()?;
        Ok(source.at(places))
    }

    fn place_of(&mut self, path: &Path) -> Result<PathBuf, String> {
        if let Some(place) = self.taken.get(path) {
            return Ok(place.clone());
        }
        let stem = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
        let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
        let mut number = 1;
        let place = loop {
            let name = if number == 1 { format!("{stem}{ending}") } else { format!("{stem}-{number}{ending}") };
            let place = self.folder.join(name);
            if self.is_free(path, &place)? {
                break place;
            }
            number += 1;
        };
        if number > 1 {
            warn(path, format_args!("is copied as {}, because another file has its name", place.display()));
        }
        self.taken.insert(path.to_owned(), place.clone());
        Ok(place)
    }

    /// True if a place is empty, or holds what goes there.
    fn is_free(&self, path: &Path, place: &Path) -> Result<bool, String> {
        if place == self.preset {
            return Ok(false);
        }
        let is_same = |other: &Path| is_same(path, other).map_err(|error| format!("{}: {error}", path.display()));
        if let Some((other, _)) = self.taken.iter().find(|(_, taken)| *taken == place) {
            return is_same(other);
        }
        File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
        if place.exists() { is_same(place) } else { Ok(true) }
    }
}

/// True if two files hold the same bytes.
fn is_same(one: &Path, other: &Path) -> io::Result<bool> {
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let hash = |path| {
        FileHash::read(File::open(path)?, &Token::never()).unwrap_or_else(|cancelled| Err(io::Error::other(cancelled)))
    };
    Ok(hash(one)? == hash(other)?)
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: io::Error| format!("{}: cannot be copied to {}: {error}", from.display(), to.display());
    let mut source = File::open(from).map_err(failed)?;
    let (mut file, unfinished) = target(to)?.open().map_err(said)?;
    io::copy(&mut source, &mut file).map_err(failed)?;
    drop(file);
    unfinished.complete().map_err(said)
}

/// A place that is free, and is not taken from whoever is quicker.
fn target(path: &Path) -> Result<Target, String> {
    Target::check(path, std::iter::empty()).and_then(|target| target.only_new(false)).map_err(said)
}

/// What failed, for a folder in which nothing is ever replaced.
fn said(error: FileError) -> String {
    match error {
        FileError::Exists(path) => {
            format!("{}: another file is there already; try again, or choose another folder", path.display())
        }
        other => other.to_string(),
    }
}

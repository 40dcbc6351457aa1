//! The impulse of a file: a sound file's, or that of a space whose recipe the file holds.

use super::{SpaceError, synthesise};
use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::impulse::decode::{self, DecodeError};
use std::path::{Path, PathBuf};

/// Extension of a recipe's file name.
pub const EXTENSION: &str = "toml";

/// Longest recipe in bytes. Those in the box have two thousand.
const LONGEST: u64 = 1 << 20;

/// Why a file gave no impulse. Every message names the file and the reason.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is no sound file that can be read.
    #[error(transparent)]
    Decode(DecodeError),
    /// Its recipe cannot be built.
    #[error("{}: {source}", path.display())]
    Space {
        /// The file.
        path: PathBuf,
        /// The field, and the reason.
        source: SpaceError,
    },
    /// It is called like a recipe and is none.
    #[error("{}: this is no recipe of a space, which has a table [shoebox] or [plate]; is it a preset?", .0.display())]
    NoRecipe(PathBuf),
    /// Cancelled by the caller.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl From<DecodeError> for FileError {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Decode(other),
        }
    }
}

/// The impulse of a file: synthesised if the file's name ends in `.toml`, else decoded.
///
/// # Errors
/// See [`FileError`]. `cancel` is checked every few milliseconds.
pub fn impulse(path: &Path, cancel: &Token) -> Result<Impulse, FileError> {
    if !is_named_like_recipe(path) || !path.exists() {
        return Ok(decode::file(path, cancel)?);
    }
    let Some(text) = text(path) else { return Err(FileError::NoRecipe(path.to_owned())) };
    match synthesise(&text, cancel) {
        Ok(impulse) => Ok(impulse),
        Err(SpaceError::Cancelled(cancelled)) => Err(cancelled.into()),
        // A preset, mostly; and a text that is no TOML at all is told where it breaks.
        Err(SpaceError::Syntax(_)) if is_other_table(&text) => Err(FileError::NoRecipe(path.to_owned())),
        Err(source) => Err(FileError::Space { path: path.to_owned(), source }),
    }
}

/// True for a file that is called like a recipe and holds one, be it one that cannot be built.
#[must_use]
pub fn is_recipe(path: &Path) -> bool {
    is_named_like_recipe(path) && text(path).is_some_and(|text| has_space(&text) == Some(true))
}

/// True for a file that is a recipe by its name, in upper or lower case.
#[must_use]
pub fn is_named_like_recipe(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(EXTENSION))
}

/// True if a text is TOML, and of something else.
fn is_other_table(text: &str) -> bool {
    has_space(text) == Some(false)
}

/// Whether a text describes a space; `None` if it is no TOML.
fn has_space(text: &str) -> Option<bool> {
    let table: toml::Table = text.parse().ok()?;
    Some(["shoebox", "plate"].iter().any(|kind| table.contains_key(*kind)))
}

/// The text of a regular file that is short enough to be a recipe.
fn text(path: &Path) -> Option<String> {
    let is_short = path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() <= LONGEST);
    is_short.then(|| std::fs::read_to_string(path).ok())?
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::*;

    #[test]
    fn a_recipes_file_is_the_space_that_it_describes() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("written");
            path
        };
        let room = find("room").expect("built in").text;
        let path = write("mine.TOML", room);
        let synthesised = synthesise(room, &Token::never()).expect("built");
        assert!(is_recipe(&path));
        assert_eq!(impulse(&path, &Token::never()).expect("built"), synthesised);
        let said = |path: &Path| impulse(path, &Token::never()).expect_err("refused").to_string();
        let large = write("large.toml", &room.replace("size = [", "size = [1000.0, "));
        assert!(is_recipe(&large), "it is one, be it wrong");
        assert!(said(&large).contains("large.toml") && said(&large).contains("size"), "{}", said(&large));
        let preset = write("preset.toml", "version = 1\n[impulse]\nkind = \"space\"\nid = \"hall\"\n");
        assert!(!is_recipe(&preset) && said(&preset).contains("preset.toml: this is no recipe"), "{}", said(&preset));
        assert!(said(&write("no.toml", "[shoebox")).contains("no.toml"));
        assert!(said(&folder.path().join("gone.toml")).contains("no such file"));
        assert!(said(&write("room.txt", room)).contains("room.txt"), "a recipe is known by its name");
    }
}

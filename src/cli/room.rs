//! Which room: `--impulse` or `--space`.

use super::wrong;
use crate::impulse::recipe::{LevelRule, Recipe, Source};
use crate::space;
use clap::error::ErrorKind;
use std::path::{Path, PathBuf};

/// The recipe of one file, of a pair of files, or of a built-in space.
///
/// # Errors
/// An error of usage for more than two files and for a space that is not there.
pub(super) fn recipe(files: &[PathBuf], space: Option<&str>, level: LevelRule) -> Result<Recipe, clap::Error> {
    let source = match (files, space) {
        ([path], None) => Source::File { path: absolute(path) },
        ([left, right], None) => Source::Pair { left: absolute(left), right: absolute(right) },
        ([], Some(name)) => {
            let id = name.to_lowercase();
            space::find(&id).map_err(|error| wrong(ErrorKind::InvalidValue, error))?;
            Source::Space { id }
        }
        ([], None) => {
            return Err(wrong(ErrorKind::MissingRequiredArgument, "which room? Give an impulse file or --space NAME"));
        }
        _ => {
            return Err(wrong(
                ErrorKind::TooManyValues,
                "a room is one file, two files for left and right, or a space",
            ));
        }
    };
    Ok(Recipe { source, level })
}

/// Recipes hold absolute paths. Where the system cannot say where it is, the name is as good as it gets.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

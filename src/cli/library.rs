//! `transept library`: the folders in which sessions look for their impulses.

use super::{DONE, FAILED, complain, one_line, say};
use crate::library::{Library, user};
use clap::Subcommand;
use std::path::{Path, PathBuf};

/// What is done to the folders; without it they are listed.
#[derive(Debug, Subcommand)]
pub enum Change {
    /// Look in this folder too, with all that is below it
    Add {
        /// The folder
        folder: PathBuf,
    },
    /// Look in this folder no more
    Remove {
        /// The folder
        folder: PathBuf,
    },
}

/// Lists or changes the user's folders.
///
/// # Errors
/// None; the type is that of all subcommands.
pub(super) fn run(change: Option<&Change>) -> Result<u8, clap::Error> {
    let Some(file) = user::file() else {
        complain(user::LibraryError::NoPlace);
        return Ok(FAILED);
    };
    let mut library = Library::read(&file);
    let done = match change {
        None => {
            library.folders.iter().for_each(|folder| say(one_line(folder.display())));
            return Ok(DONE);
        }
        Some(Change::Add { folder }) => add(&mut library, folder),
        Some(Change::Remove { folder }) => remove(&mut library, folder),
    };
    match done.and_then(|()| library.write(&file).map_err(|error| error.to_string())) {
        Ok(()) => Ok(DONE),
        Err(message) => {
            complain(message);
            Ok(FAILED)
        }
    }
}

/// Sessions are opened from anywhere.
fn absolute(folder: &Path) -> PathBuf {
    // Without what a shell leaves at the end of a name it has completed.
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()).components().collect()
}

fn add(library: &mut Library, folder: &Path) -> Result<(), String> {
    if !folder.is_dir() {
        return Err(format!("{}: there is no such folder", folder.display()));
    }
    let folder = absolute(folder);
    if !library.folders.contains(&folder) {
        library.folders.push(folder);
    }
    Ok(())
}

/// It may be gone from the disk.
fn remove(library: &mut Library, folder: &Path) -> Result<(), String> {
    let (named, count) = (absolute(folder), library.folders.len());
    library.folders.retain(|known| *known != named && known != folder);
    if library.folders.len() == count {
        return Err(format!("{}: is not among the folders; 'transept library' lists them", folder.display()));
    }
    Ok(())
}

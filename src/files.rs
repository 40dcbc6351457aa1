//! Output files: refused before any work if they must not be written, and written as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Why an output is not written. Every message names the file and the reason.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The output would replace a file that is read.
    #[error("{}: the output would replace a file that it is made from", .0.display())]
    ReplacesInput(PathBuf),
    /// The output is there already and must not be replaced.
    #[error("{}: {reason}", path.display())]
    Irreplaceable {
        /// The output.
        path: PathBuf,
        /// Why not.
        reason: &'static str,
    },
    /// The output is there already, and it was not asked for that it be replaced.
    #[error("{}: is there already, and is replaced only with --overwrite", .0.display())]
    Exists(PathBuf),
    /// The output's folder is not there.
    #[error("{}: there is no folder {}", path.display(), folder.display())]
    NoFolder {
        /// The output.
        path: PathBuf,
        /// Where it was to be.
        folder: PathBuf,
    },
    /// The output cannot be written.
    #[error("{}: cannot be written: {reason}", path.display())]
    Write {
        /// The output.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
}

/// The last part of a path as a name for people, without the folder.
#[cfg(any(feature = "cli", feature = "editor"))]
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// A place for an output that may be written.
#[derive(Debug)]
pub(crate) struct Target {
    /// As the user named it, for messages.
    pub named: PathBuf,
    /// The file itself, links followed.
    path: PathBuf,
}

impl Target {
    /// Refuses, before any work is done, an output that cannot or must not be written; `inputs` are the files that it
    /// is made from.
    pub fn check<'a>(output: &Path, mut inputs: impl Iterator<Item = &'a Path>) -> Result<Self, FileError> {
        let named = output.to_owned();
        let folder = match named.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        if !folder.is_dir() {
            return Err(FileError::NoFolder { path: named, folder });
        }
        let refuse = |reason| Err(FileError::Irreplaceable { path: named.clone(), reason });
        let path = match fs::metadata(&named) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if named.as_os_str().to_string_lossy().ends_with(std::path::MAIN_SEPARATOR) {
                    return Err(FileError::NoFolder { folder: named.clone(), path: named });
                }
                named.clone()
            }
            Err(error) => return Err(FileError::Write { path: named, reason: error.to_string() }),
            Ok(found) if found.is_dir() => return refuse("is a folder"),
            // Renaming a file over a device would remove the device.
            Ok(found) if !found.is_file() => return refuse("is no ordinary file and is not replaced"),
            Ok(found) if found.permissions().readonly() => return refuse("is read-only and is not replaced"),
            // A link stays a link: what it points to is replaced.
            Ok(_) => fs::canonicalize(&named)
                .map_err(|error| FileError::Write { path: named.clone(), reason: error.to_string() })?,
        };
        let there = fs::canonicalize(&path).ok();
        if there.is_some_and(|there| inputs.any(|input| fs::canonicalize(input).is_ok_and(|input| input == there))) {
            return Err(FileError::ReplacesInput(named));
        }
        Ok(Self { named, path })
    }

    /// Refuses an output that is there already, unless it is to be overwritten. After [`Self::check`], so that an output
    /// that is also an input is refused as such.
    pub fn only_new(self, overwrite: bool) -> Result<Self, FileError> {
        if !overwrite && self.path.symlink_metadata().is_ok() {
            return Err(FileError::Exists(self.named));
        }
        Ok(self)
    }

    /// Writes the file as a whole, or nothing of it.
    #[cfg(any(feature = "cli", feature = "editor"))] // What is rendered is written piece by piece.
    pub fn write(self, bytes: &[u8]) -> Result<(), FileError> {
        use std::io::Write;
        let (mut file, unfinished) = self.open()?;
        file.write_all(bytes)
            .map_err(|error| FileError::Write { path: unfinished.named().to_owned(), reason: error.to_string() })?;
        drop(file);
        unfinished.complete()
    }

    /// Opens a temporary file in the same folder, so that the rename at the end is one step.
    pub fn open(self) -> Result<(File, Unfinished), FileError> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let temporary = self.path.with_file_name(format!(".transept-{}-{number}.part", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&temporary) {
                Ok(file) => return Ok((file, Unfinished { target: self, temporary, is_complete: false })),
                // Left by a process of the same number that was killed.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(FileError::Write { path: self.named, reason: error.to_string() }),
            }
        }
    }
}

/// A temporary file that is removed unless it becomes the output.
#[derive(Debug)]
pub(crate) struct Unfinished {
    target: Target,
    temporary: PathBuf,
    is_complete: bool,
}

impl Unfinished {
    /// The output as the user named it.
    #[cfg(any(feature = "cli", feature = "editor"))]
    pub fn named(&self) -> &Path {
        &self.target.named
    }

    /// Gives the file, written and closed, its name.
    pub fn complete(mut self) -> Result<(), FileError> {
        fs::rename(&self.temporary, &self.target.path)
            .map_err(|error| FileError::Write { path: self.target.named.clone(), reason: error.to_string() })?;
        self.is_complete = true;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_complete {
            // There is nobody to tell, and the error that led here is on its way.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

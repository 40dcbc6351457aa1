//! Output files: refused before any work if they must not be written, and written as a whole or not at all.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use tempfile::{Builder, PathPersistError, TempPath};

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
#[cfg(feature = "memory")]
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
    /// True if a file that is there when the output is complete is replaced.
    overwrite: bool,
}

impl Target {
    /// Refuses, before any work is done, an output that cannot or must not be written; `inputs` are the files that it
    /// is made from. What is there already is replaced.
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
        Ok(Self { named, path, overwrite: true })
    }

    /// Refuses an output that is there already, unless it is to be overwritten; one that appears later is refused when
    /// this one is complete. After [`Self::check`], so that an output that is also an input is refused as such.
    pub fn only_new(self, overwrite: bool) -> Result<Self, FileError> {
        if !overwrite && self.path.symlink_metadata().is_ok() {
            return Err(FileError::Exists(self.named));
        }
        Ok(Self { overwrite, ..self })
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
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Opened like any other new file: who may read it is the user's choice, and not that of temporary files.
        let made = Builder::new().prefix(".transept-").suffix(".part").make_in(folder, |path| File::create_new(path));
        match made {
            Ok(file) => {
                let (file, temporary) = file.into_parts();
                Ok((file, Unfinished { target: self, temporary }))
            }
            Err(error) => Err(FileError::Write { path: self.named, reason: error.to_string() }),
        }
    }
}

/// A temporary file that is removed unless it becomes the output.
#[derive(Debug)]
pub(crate) struct Unfinished {
    target: Target,
    temporary: TempPath,
}

impl Unfinished {
    /// The output as the user named it.
    #[cfg(any(feature = "cli", feature = "editor"))]
    pub fn named(&self) -> &Path {
        &self.target.named
    }

    /// Gives the file, written and closed, its name.
    pub fn complete(self) -> Result<(), FileError> {
        let Self { target: Target { named, path, overwrite }, temporary } = self;
        let outcome = if overwrite {
            temporary.persist(path).map_err(|failed| failed.error)
        } else {
            match temporary.persist_noclobber(&path) {
                Ok(()) => Ok(()),
                Err(failed) if failed.error.kind() == ErrorKind::AlreadyExists => Err(failed.error),
                Err(failed) => reserve(failed, &path),
            }
        };
        outcome.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => FileError::Exists(named),
            _ => FileError::Write { path: named, reason: error.to_string() },
        })
    }
}

/// Gives a file its name where the file system can neither rename without replacing nor link, as on some network
/// drives: an empty file takes the name, if it is free, and is replaced.
fn reserve(failed: PathPersistError, path: &Path) -> io::Result<()> {
    drop(File::create_new(path)?);
    failed.path.persist(path).map_err(|failed| {
        // There is nobody to tell, and the error that led here is on its way.
        let _ = fs::remove_file(path);
        failed.error
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use transept_support::folder::Folder;

    /// A target at a new path, written and waiting for its name, while another file takes the name.
    fn overtaken(folder: &Folder, overwrite: bool) -> Result<(), FileError> {
        let path = folder.path("out.wav");
        let target = Target::check(&path, std::iter::empty()).expect("free").only_new(overwrite).expect("free");
        let (mut file, unfinished) = target.open().expect("opened");
        file.write_all(b"new").expect("written");
        drop(file);
        folder.file("out.wav", b"another's");
        unfinished.complete()
    }

    #[test]
    fn a_file_that_appeared_meanwhile_is_replaced_only_when_asked_for() {
        let folder = Folder::new();
        let error = overtaken(&folder, false).expect_err("refused");
        assert!(matches!(&error, FileError::Exists(path) if path.ends_with("out.wav")), "{error}");
        assert_eq!(std::fs::read(folder.path("out.wav")).expect("there"), b"another's");
        assert_eq!(folder.names("."), ["out.wav"], "the temporary file is gone");
        std::fs::remove_file(folder.path("out.wav")).expect("removed");
        overtaken(&folder, true).expect("replaced");
        assert_eq!(std::fs::read(folder.path("out.wav")).expect("there"), b"new");
        assert_eq!(folder.names("."), ["out.wav"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_that_leads_nowhere_is_not_replaced_either() {
        let folder = Folder::new();
        let path = folder.path("out.wav");
        let target = Target::check(&path, std::iter::empty()).expect("free").only_new(false).expect("free");
        let (_, unfinished) = target.open().expect("opened");
        std::os::unix::fs::symlink("nowhere", &path).expect("linked");
        assert!(matches!(unfinished.complete(), Err(FileError::Exists(_))));
        assert!(path.is_symlink());
    }

    #[test]
    fn where_a_name_cannot_be_given_without_replacing_it_is_taken_first() {
        let folder = Folder::new();
        let failed = || {
            let (mut file, path) = tempfile::NamedTempFile::new_in(folder.root()).expect("made").into_parts();
            file.write_all(b"new").expect("written");
            PathPersistError { error: ErrorKind::Unsupported.into(), path }
        };
        reserve(failed(), &folder.path("out.wav")).expect("it is free");
        assert_eq!(std::fs::read(folder.path("out.wav")).expect("there"), b"new");
        folder.file("out.wav", b"another's");
        let error = reserve(failed(), &folder.path("out.wav")).expect_err("it is taken");
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(folder.path("out.wav")).expect("there"), b"another's");
        assert_eq!(folder.names("."), ["out.wav"]);
    }

    #[test]
    #[cfg(unix)]
    fn an_output_may_be_read_by_whom_the_user_lets_read_new_files() {
        use std::os::unix::fs::PermissionsExt;
        let folder = Folder::new();
        overtaken(&folder, true).expect("replaced");
        let mode = |name: &str| folder.path(name).metadata().expect("there").permissions().mode();
        File::create_new(folder.path("any")).expect("made");
        assert_eq!(mode("out.wav"), mode("any"));
    }
}

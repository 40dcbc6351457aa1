//! The folders that the user has named, in a file of the user's and not of a session: `library.toml` in the folder
//! `transept` of the user's configuration, or in the folder that `TRANSEPT_CONFIG` names.
//!
//! ```toml
//! folders = ["/home/me/Impulses", "/media/rooms"]
//! ```

use super::Library;
use crate::impulse::recipe::portable;
use etcetera::BaseStrategy;
use serde::{Deserialize, Serialize};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Names another folder for the user's settings.
pub const CONFIG: &str = "TRANSEPT_CONFIG";

/// Why the user's folders were not changed.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The system does not say where settings are kept.
    #[error("no place for settings is known; {CONFIG} can name one")]
    NoPlace,
    /// There are settings that cannot be read, and they are not overwritten.
    #[error("{}: {reason}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The settings cannot be written.
    #[error("{}: {source}", .path.display())]
    Unwritable {
        /// The file or its folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// A path in a list.
#[derive(Serialize, Deserialize)]
struct Folder(#[serde(with = "portable")] PathBuf);

/// Where the folders are written down; nothing if the system does not say.
#[must_use]
pub fn file() -> Option<PathBuf> {
    Some(folder()?.join("library.toml"))
}

/// The folder of the user's settings; nothing if the system does not say.
///
/// In tests only the folder that [`CONFIG`] names counts: what the tester has set up neither changes nor is changed.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    match std::env::var_os(CONFIG).filter(|named| !named.is_empty()) {
        Some(named) => Some(PathBuf::from(named)),
        None if cfg!(any(test, feature = "unattended")) => None,
        None => Some(etcetera::base_strategy::choose_native_strategy().ok()?.config_dir().join("transept")),
    }
}

/// The folder of what can be found out again; nothing if the system does not say. In tests it is below the one that
/// [`CONFIG`] names.
#[must_use]
pub fn cache_folder() -> Option<PathBuf> {
    match std::env::var_os(CONFIG).filter(|named| !named.is_empty()) {
        Some(named) => Some(PathBuf::from(named).join("cache")),
        None if cfg!(any(test, feature = "unattended")) => None,
        None => Some(etcetera::base_strategy::choose_native_strategy().ok()?.cache_dir().join("transept")),
    }
}

/// Writes a file of the user's settings, and its folder if it is not there. Nobody reads half a file, and nobody loses
/// one on a full disk.
pub(crate) fn replace(file: &Path, text: &str) -> Result<(), LibraryError> {
    let unwritable = |path: &Path| {
        let path = path.to_owned();
        |source| LibraryError::Unwritable { path, source }
    };
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(unwritable(folder))?;
    // Under a name of its own, because another process may be writing as well.
    let mut new = temporary(folder).map_err(unwritable(folder))?;
    new.write_all(text.as_bytes()).map_err(unwritable(file))?;
    new.persist(file).map_err(|error| unwritable(file)(error.error))?;
    Ok(())
}

/// As readable as any file that the user makes.
#[cfg(unix)]
fn temporary(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    tempfile::Builder::new().permissions(permissions).tempfile_in(folder)
}

#[cfg(not(unix))]
fn temporary(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    tempfile::NamedTempFile::new_in(folder)
}

impl Library {
    /// The folders that the user has named; none if they cannot be read, for whatever reason.
    #[must_use]
    pub fn of_user() -> Self {
        file().map_or_else(Self::default, |file| Self::read(&file))
    }

    /// The folders in a file; likewise.
    #[must_use]
    pub fn read(file: &Path) -> Self {
        table(file).map_or_else(|_| Self::default(), |table| Self { folders: folders(&table) })
    }

    /// Writes the folders down, in the place of those that were there. What else the file says stays; remarks do not.
    ///
    /// # Errors
    /// A file that cannot be read, or not be written; then it is as before.
    pub fn write(&self, file: &Path) -> Result<(), LibraryError> {
        let unreadable =
            |error: toml::ser::Error| LibraryError::Unreadable { path: file.to_owned(), reason: error.to_string() };
        let folders: Result<Vec<Value>, _> =
            self.folders.iter().map(|path| Value::try_from(Folder(path.clone()))).collect();
        remember(file, Table::from_iter([("folders".to_owned(), Value::Array(folders.map_err(unreadable)?))]))
    }
}

/// Writes entries into a file of settings, in the place of those of their names. What else it says stays; remarks do not.
///
/// # Errors
/// As [`Library::write`].
pub(crate) fn remember(file: &Path, entries: Table) -> Result<(), LibraryError> {
    let mut table = table(file)?;
    table.extend(entries);
    let unreadable =
        |error: toml::ser::Error| LibraryError::Unreadable { path: file.to_owned(), reason: error.to_string() };
    replace(file, &toml::to_string(&table).map_err(unreadable)?)
}

/// The entries of a file of settings. A file that is not there says nothing.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn table(file: &Path) -> Result<Table, LibraryError> {
    let unreadable = |reason: String| LibraryError::Unreadable { path: file.to_owned(), reason };
    match std::fs::read_to_string(file) {
        Ok(text) => text.parse().map_err(|error: toml::de::Error| unreadable(error.to_string())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Table::new()),
        Err(error) => Err(unreadable(error.to_string())),
    }
}

/// An entry that is no path does not cost the others.
fn folders(table: &Table) -> Vec<PathBuf> {
    let entries = table.get("folders").and_then(Value::as_array).into_iter().flatten();
    entries.filter_map(|entry| Some(Folder::deserialize(entry.clone()).ok()?.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_does_not_see_what_the_tester_has_set_up() {
        assert_eq!(file(), std::env::var_os(CONFIG).map(|named| PathBuf::from(named).join("library.toml")));
    }

    fn library(folders: &[&str]) -> Library {
        Library { folders: folders.iter().map(PathBuf::from).collect() }
    }

    #[test]
    fn folders_that_were_written_down_are_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("transept/library.toml");
        assert_eq!(Library::read(&file), Library::default());
        for folders in [&["/rooms", "/media/Große \"Hallen\""][..], &["/b", "/a"], &[]] {
            library(folders).write(&file).expect("written");
            assert_eq!(Library::read(&file), library(folders));
        }
        let others = std::fs::read_dir(file.parent().expect("a folder")).expect("listed").count();
        assert_eq!(others, 1, "nothing is left beside it");
    }

    #[test]
    #[cfg(unix)]
    fn a_folder_whose_name_is_no_text_is_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("library.toml");
        let name = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"/rooms/\xff");
        let library = Library { folders: vec![name.into(), "/rooms".into()] };
        library.write(&file).expect("written");
        assert_eq!(Library::read(&file), library);
    }

    #[test]
    fn what_cannot_be_read_is_no_folders_and_is_not_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("library.toml");
        std::fs::write(&file, "folders = [\"/a\"").expect("written");
        assert_eq!(Library::read(&file), Library::default());
        let error = library(&["/b"]).write(&file).expect_err("refused").to_string();
        assert!(error.contains("library.toml"), "{error}");
        assert_eq!(std::fs::read_to_string(&file).expect("still there"), "folders = [\"/a\"");
        assert_eq!(Library::read(folder.path()), Library::default(), "a folder");
    }

    #[test]
    fn entries_of_another_form_and_what_else_the_file_says_do_no_harm() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("library.toml");
        std::fs::write(&file, "mood = \"blue\"\nfolders = [\"/a\", 7, { name = \"b\" }, \"/c\"]").expect("written");
        assert_eq!(Library::read(&file), library(&["/a", "/c"]));
        library(&["/d"]).write(&file).expect("written");
        let text = std::fs::read_to_string(&file).expect("text");
        assert!(text.contains("mood = \"blue\"") && Library::read(&file) == library(&["/d"]), "{text}");
        std::fs::write(&file, "folders = \"/a\"").expect("written");
        assert_eq!(Library::read(&file), Library::default());
    }
}

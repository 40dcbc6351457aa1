//! Folders of impulses: what is in them, and where a file of a session has gone.
//!
//! Nothing here is remembered between calls: folders change while a session is open. [`user`] says which they are.

pub mod fingerprint;
pub mod hints;
pub mod letters;
pub(crate) mod natural;
mod search;
pub mod sets;
#[cfg(test)]
mod tests;
pub mod user;
mod walk;

pub use walk::Unread;

use crate::audio::formats;
use crate::cancel::{Cancelled, Token};
use fingerprint::{FileHash, Fingerprint};
use hints::Hints;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use walk::Walk;

/// How much a search may look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Files and folders, of all kinds.
    pub entries: usize,
    /// Time for what is not in its own place. What is still to be looked at then is not; the operating system's single
    /// calls are not interrupted.
    pub time: Duration,
}

/// More than collections hold, and less time than people take to wonder.
impl Default for Limits {
    fn default() -> Self {
        Self { entries: 100_000, time: Duration::from_secs(10) }
    }
}

/// What a search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It is here: proved by a hash, or where none was known, by its place or name.
    Here(PathBuf),
    /// It was not found.
    Missing {
        /// A file of its place or name whose content is another, if there is one.
        changed: Option<PathBuf>,
        /// Whether the limits ended the search before everything was looked at.
        gave_up: bool,
    },
}

/// Sound in a folder and below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Below {
    /// Sound files; those of a folder before those of its folders, each in natural order.
    pub files: Vec<PathBuf>,
    /// Files, folders and links that cannot be read, so that nobody knows what they hold; in the same order.
    pub unread: Vec<Unread>,
}

/// All sound files in a folder and below it: those that are called so, and those whose first bytes are sound. What is
/// hidden is left out.
#[must_use]
pub fn audio_below(folder: &Path) -> Below {
    let is_audio = |path: &Path| Ok(formats::is_called_audio(path) || formats::is_sound_by_content(path)?);
    let Walk { files, unread, .. } = walk::below(&[folder.to_owned()], usize::MAX, &is_audio, &Token::never());
    Below { files, unread }
}

/// Files in a folder and below it that have a wanted name; those of a folder before those of its folders, each in natural
/// order. What is hidden is left out. At most `most` files and folders are looked at, and `cancel` is checked before
/// each: true if something was left out for that.
#[must_use]
pub fn files_below(
    folder: &Path,
    most: usize,
    has_name: &dyn Fn(&Path) -> bool,
    cancel: &Token,
) -> (Vec<PathBuf>, bool) {
    let walk = walk::below(&[folder.to_owned()], most, &|path| Ok(has_name(path)), cancel);
    (walk.files, walk.gave_up)
}

/// Folders in which the user keeps impulses, in the user's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Library {
    /// Each with all that is below it.
    pub folders: Vec<PathBuf>,
}

impl Library {
    /// Everything by which a file will be found again. Reads the file once; what cannot be known, because the file
    /// is gone, is left out.
    ///
    /// `fingerprint` is that of what the file alone decodes to: not that of a pair.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every 64 kB of the file.
    pub fn hints(&self, path: &Path, fingerprint: Option<Fingerprint>, cancel: &Token) -> Result<Hints, Cancelled> {
        let file_hash = file_hash(path, cancel)?;
        let file_size = file_hash.and_then(|_| Some(path.metadata().ok()?.len()));
        Ok(Hints { fingerprint, file_hash, file_size, ..Hints::of_path(path).below(&self.folders) })
    }

    /// Finds a file again. In this order, and among several in the order of [`Library::files`]: at its absolute path;
    /// at its relative path below each folder; anywhere in the folders by its name; anywhere in them by its hash.
    ///
    /// A file in the right place or of the right name still has to have the right content, if that is known.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked at every file and within them, every few milliseconds.
    pub fn find(&self, hints: &Hints, limits: Limits, cancel: &Token) -> Result<Found, Cancelled> {
        search::find(self, hints, limits, cancel)
    }

    /// All impulse files in the folders, folder by folder, in natural order, those of a folder before those below it.
    /// Of more than `limits` allows, some.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked at every file and folder.
    pub fn files(&self, limits: Limits, cancel: &Token) -> Result<Vec<PathBuf>, Cancelled> {
        Ok(self.below(limits, cancel)?.files)
    }

    /// As [`Self::files`], with what cannot be read.
    ///
    /// # Errors
    /// [`Cancelled`]; likewise.
    pub fn below(&self, limits: Limits, cancel: &Token) -> Result<Below, Cancelled> {
        let start = Instant::now();
        let is_over = || cancel.is_cancelled() || start.elapsed() >= limits.time;
        let walk = walk::below(&self.folders, limits.entries, &|path| Ok(is_impulse(path)), &Token::new(&is_over));
        cancel.check()?;
        Ok(Below { files: walk.files, unread: walk.unread })
    }
}

/// True if a file has the extension of a format in which impulses are kept; of a file without an extension, if it
/// begins like one. Decoding itself asks for the content, not for the name.
#[must_use]
pub fn is_impulse(path: &Path) -> bool {
    match path.extension() {
        Some(extension) => formats::extensions().any(|known| extension.eq_ignore_ascii_case(known)),
        None => formats::is_impulse_by_content(path),
    }
}

/// The impulse files in the folder of a file, in natural order, itself among them if it is there and called like one.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked for each entry of the folder.
pub fn siblings(path: &Path, cancel: &Token) -> Result<Vec<PathBuf>, Cancelled> {
    let files = beside(path, cancel);
    cancel.check()?;
    Ok(files)
}

/// The impulse files in the folder of a file, up to the one at which it was cancelled.
fn beside(path: &Path, cancel: &Token) -> Vec<PathBuf> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    walk::list(folder, &mut Limits::default().entries, &|path| Ok(is_impulse(path)), cancel).files
}

/// The one after a file in its folder, after the last the first. If the file is gone, the one after its place; `None`
/// if there is no other.
#[must_use]
pub fn next(path: &Path) -> Option<PathBuf> {
    let mut files = beside(path, &Token::never());
    let after = files.partition_point(|file| natural::by_name(file, path).is_le());
    let at = if after < files.len() { after } else { 0 };
    (files.get(at)?.file_name() != path.file_name()).then(|| files.swap_remove(at))
}

/// The one before a file in its folder, before the first the last; else as [`next`].
#[must_use]
pub fn previous(path: &Path) -> Option<PathBuf> {
    let mut files = beside(path, &Token::never());
    let before = files.partition_point(|file| natural::by_name(file, path).is_lt());
    let at = before.checked_sub(1).or(files.len().checked_sub(1))?;
    (files[at].file_name() != path.file_name()).then(|| files.swap_remove(at))
}

/// Hash of a regular file that can be read to its end, `None` of all else: opening a pipe or a device could wait for
/// ever.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every 64 kB of the file.
pub fn file_hash(path: &Path, cancel: &Token) -> Result<Option<FileHash>, Cancelled> {
    let is_regular = path.metadata().is_ok_and(|metadata| metadata.is_file());
    let Some(file) = is_regular.then(|| File::open(path).ok()).flatten() else { return Ok(None) };
    Ok(FileHash::read(file, cancel)?.ok())
}

//! Searches the user's folders for a file that a session remembers.

use super::{Found, Library, Limits, file_hash, letters, walk};
use crate::cancel::{Cancelled, Token};
use crate::library::fingerprint::Fingerprint;
use crate::library::hints::Hints;
use crate::space::file::{self, FileError};
use std::path::{Path, PathBuf};
use std::time::Instant;

pub fn find(library: &Library, hints: &Hints, limits: Limits, cancel: &Token) -> Result<Found, Cancelled> {
    // A file in its own place is looked at however long it takes, so that a slow disk does not make it a missing one.
    let mut places = Search { hints, cancel, changed: None, gave_up: false };
    if let Some(path) = places.in_its_places(library)? {
        return Ok(Found::Here(path));
    }
    let start = Instant::now();
    let is_late = || start.elapsed() >= limits.time;
    let is_over = || cancel.is_cancelled() || is_late();
    let mut search = Search { cancel: &Token::new(&is_over), ..places };
    let found = search.elsewhere(library, limits.entries);
    cancel.check()?;
    // What ended the search otherwise is the time that it may take.
    Ok(match found.ok().flatten() {
        Some(path) => Found::Here(path),
        None => Found::Missing { changed: search.changed, gave_up: search.gave_up || is_late() },
    })
}

struct Search<'a> {
    hints: &'a Hints,
    /// Cancelled by the caller, or when the search has taken too long.
    cancel: &'a Token<'a>,
    /// The first file in the right place or of the right name, and with other content.
    changed: Option<PathBuf>,
    /// True when there were more files than may be looked at.
    gave_up: bool,
}

impl Search<'_> {
    fn elsewhere(&mut self, library: &Library, most: usize) -> Result<Option<PathBuf>, Cancelled> {
        self.cancel.check()?;
        let wanted = self.hints.name();
        // A recipe of a space is looked for among files of its kind, which are no impulses by their name.
        let ending = wanted.as_deref().and_then(Path::extension);
        let is_candidate = |path: &Path| Ok(super::is_impulse(path) || ending.is_some() && path.extension() == ending);
        let walk = walk::below(&library.folders, most, &is_candidate, self.cancel);
        self.gave_up = walk.gave_up;
        self.among(walk.files)
    }

    fn in_its_places(&mut self, library: &Library) -> Result<Option<PathBuf>, Cancelled> {
        let hints = self.hints;
        // A path from another system is not absolute here, and would be looked for in the working directory.
        let absolute = hints.path.as_ref().filter(|path| path.is_absolute()).cloned();
        let relative = hints.safe_relative();
        let below = library.folders.iter().filter_map(|folder| Some(folder.join(relative?)));
        let places: Vec<PathBuf> = absolute.into_iter().chain(below).collect();
        // The very names everywhere before other letters anywhere.
        let in_letters = places.iter().filter_map(|place| letters::at(place)).filter(|found| !places.contains(found));
        for path in places.iter().cloned().chain(in_letters) {
            if self.is_it(&path)? {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    fn among(&mut self, files: Vec<PathBuf>) -> Result<Option<PathBuf>, Cancelled> {
        let fold = |name: &Path| name.to_string_lossy().to_lowercase();
        let wanted = self.hints.name().map(|name| fold(&name));
        let is_called_so =
            |path: &&PathBuf| wanted.is_some() && path.file_name().map(|name| fold(name.as_ref())) == wanted;
        for path in files.iter().filter(is_called_so) {
            if self.is_it(path)? {
                return Ok(Some(path.clone()));
            }
        }
        for path in files {
            if self.has_the_hash(&path)? {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    /// True if a file in the right place or of the right name is the wanted one.
    fn is_it(&mut self, path: &Path) -> Result<bool, Cancelled> {
        self.cancel.check()?;
        if !path.is_file() {
            return Ok(false);
        }
        if !self.hints.know_the_content() || self.has_the_hash(path)? || self.has_the_fingerprint(path)? {
            return Ok(true);
        }
        self.changed.get_or_insert_with(|| path.to_owned());
        Ok(false)
    }

    fn has_the_hash(&self, path: &Path) -> Result<bool, Cancelled> {
        let Some(wanted) = self.hints.file_hash else { return Ok(false) };
        self.cancel.check()?;
        let fits = |size| path.metadata().is_ok_and(|metadata| metadata.len() == size);
        Ok(self.hints.file_size.is_none_or(fits) && file_hash(path, self.cancel)? == Some(wanted))
    }

    fn has_the_fingerprint(&self, path: &Path) -> Result<bool, Cancelled> {
        let Some(wanted) = self.hints.fingerprint else { return Ok(false) };
        match file::impulse(path, self.cancel) {
            Ok(impulse) => Ok(Fingerprint::of(&impulse, self.cancel)? == wanted),
            Err(FileError::Cancelled(cancelled)) => Err(cancelled),
            Err(_) => Ok(false),
        }
    }
}

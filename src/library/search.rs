//! Where a file of a session has gone.

use super::{Found, Library, Limits, file_hash, walk};
use crate::impulse::decode;
use crate::library::fingerprint::Fingerprint;
use crate::library::hints::Hints;
use std::path::{Path, PathBuf};
use std::time::Instant;

pub fn find(library: &Library, hints: &Hints, limits: Limits, cancelled: &dyn Fn() -> bool) -> Option<Found> {
    let start = Instant::now();
    let late = || start.elapsed() >= limits.time;
    let stop = || cancelled() || late();
    let mut search = Search { hints, stop: &stop, changed: None };

    let mut found = search.in_its_places(library);
    let mut gave_up = false;
    if found.is_none() && !stop() {
        let walk = walk::below(&library.folders, limits.entries, &stop);
        gave_up = walk.gave_up;
        found = search.among(walk.files);
    }
    if cancelled() {
        return None;
    }
    Some(match found {
        Some(path) => Found::Here(path),
        None => Found::Missing { changed: search.changed, gave_up: gave_up || late() },
    })
}

struct Search<'a> {
    hints: &'a Hints,
    /// Nobody wants the answer any more, or it took too long.
    stop: &'a dyn Fn() -> bool,
    /// The first file in the right place or of the right name, and with other content.
    changed: Option<PathBuf>,
}

impl Search<'_> {
    fn in_its_places(&mut self, library: &Library) -> Option<PathBuf> {
        let hints = self.hints;
        // A path from another system is not absolute here, and would be looked for in the working directory.
        let absolute = hints.path.as_ref().filter(|path| path.is_absolute()).cloned();
        let relative = hints.safe_relative();
        let below = library.folders.iter().filter_map(|folder| Some(folder.join(relative?)));
        absolute.into_iter().chain(below).find(|path| self.is_it(path))
    }

    fn among(&mut self, files: Vec<PathBuf>) -> Option<PathBuf> {
        let fold = |name: &Path| name.to_string_lossy().to_lowercase();
        let wanted = self.hints.name().map(|name| fold(&name));
        let is_called_so =
            |path: &&PathBuf| wanted.is_some() && path.file_name().map(|name| fold(name.as_ref())) == wanted;
        let named = files.iter().filter(is_called_so).find(|path| self.is_it(path)).cloned();
        named.or_else(|| files.into_iter().find(|path| self.has_the_hash(path)))
    }

    /// Whether a file in the right place or of the right name is the wanted one.
    fn is_it(&mut self, path: &Path) -> bool {
        if (self.stop)() || !path.is_file() {
            return false;
        }
        if !self.hints.know_the_content() || self.has_the_hash(path) || self.has_the_fingerprint(path) {
            return true;
        }
        // Unless nobody knows, because there was no time to read it.
        if !(self.stop)() {
            self.changed.get_or_insert_with(|| path.to_owned());
        }
        false
    }

    fn has_the_hash(&self, path: &Path) -> bool {
        let Some(wanted) = self.hints.file_hash else { return false };
        let fits = |size| path.metadata().is_ok_and(|metadata| metadata.len() == size);
        !(self.stop)() && self.hints.file_size.is_none_or(fits) && file_hash(path, self.stop) == Some(wanted)
    }

    fn has_the_fingerprint(&self, path: &Path) -> bool {
        let Some(wanted) = self.hints.fingerprint else { return false };
        decode::file_unless(path, self.stop)
            .is_ok_and(|impulse| Fingerprint::of_unless(&impulse, self.stop) == Some(wanted))
    }
}

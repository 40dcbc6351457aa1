//! How a session finds its impulse, and what it remembers of it.
//!
//! ```text
//!  chosen by hand ──────────────────────────────────> the file as it is on disk
//!  out of a session ──> embedded, if undamaged ──no─> the file with that content, wherever it is now ──no─> missing
//! ```
//!
//! What was remembered once is what sounds from then on: an embedded impulse goes before its file, so that what is
//! heard is what is saved. All of this is the worker's, and can be cancelled (H9).

#[cfg(test)]
mod tests;

use super::embedded::Embedded;
use super::impulse::{Lookup, SessionImpulse};
use super::memory::Remembered;
use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::impulse::recipe::{Side, Source};
use crate::library::fingerprint::Fingerprint;
use crate::library::hints::Hints;
use crate::library::{Found, Library, Limits};
use crate::prepare::{self, PrepareError};
use crate::session::embed::{self, EmbedError, Embedding};
use crate::space::file::{self, FileError};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Finds the impulses of an instance.
pub struct Resolver {
    session: SessionImpulse,
    /// The user's folders, read anew each time: they may change while a session is open.
    library: Box<dyn Fn() -> Library + Send>,
    /// Where the impulses that were asked for last were.
    found: [RefCell<Option<(u64, Place)>>; 2],
    /// What has been remembered of each, for which choice of embedding.
    done: [RefCell<Option<(u64, Place, Embedding)>>; 2],
}

/// Where an impulse was.
#[derive(Debug, Clone, PartialEq)]
enum Place {
    Embedded,
    Files(Vec<(PathBuf, Stamp)>),
}

/// Size and modification time, to notice that a file has changed. `None` if the system does not report them.
type Stamp = Option<(u64, SystemTime)>;

fn stamp(path: &Path) -> Stamp {
    let metadata = path.metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

impl Place {
    /// The place of these files, with their stamps. Made before the files are read, so that a change in between is
    /// noticed the next time.
    fn files(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        Self::Files(paths.into_iter().map(|path| (path.clone(), stamp(&path))).collect())
    }

    fn is_unchanged(&self) -> bool {
        match self {
            Self::Embedded => false,
            Self::Files(files) => files.iter().all(|(path, then)| then.is_some() && stamp(path) == *then),
        }
    }
}

impl Resolver {
    /// A resolver of a session's impulses.
    #[must_use]
    pub fn new(session: SessionImpulse, library: impl Fn() -> Library + Send + 'static) -> Self {
        Self { session, library: Box::new(library), found: Default::default(), done: Default::default() }
    }

    /// The impulse of a file or a pair, as stored. \[worker\]
    ///
    /// # Errors
    /// [`PrepareError::Changed`] if there is only a file with another impulse; else as [`prepare::decoded`].
    pub fn find(&self, source: &Source, cancel: &Token) -> Result<Impulse, PrepareError> {
        let wanted =
            |side| self.session.lookup(side).filter(|lookup| lookup.source == *source).map(|lookup| (side, lookup));
        let Some((side, lookup)) = Side::BOTH.into_iter().find_map(wanted) else {
            // Something newer is asked for, and this will be given up.
            return Err(PrepareError::Cancelled(Cancelled));
        };
        let (edition, kept) = (lookup.origin.edition, &self.found[side as usize]);
        let before = kept.borrow().clone().filter(|(of, _)| *of == edition);
        let found = self.look_for(&lookup, before.map(|(_, place)| place), cancel);
        match &found {
            Ok((_, place)) => {
                *kept.borrow_mut() = Some((edition, place.clone()));
                // The same files once more.
                if let (Side::A, Some((_, second)), Place::Files(_)) = (side, wanted(Side::B), place) {
                    *self.found[Side::B as usize].borrow_mut() = Some((second.origin.edition, place.clone()));
                }
            }
            // What sounds may go on, and is still to be remembered.
            Err(PrepareError::Cancelled(_)) => {}
            Err(_) => *kept.borrow_mut() = None,
        }
        found.map(|(impulse, _)| impulse)
    }

    fn look_for(
        &self,
        lookup: &Lookup,
        before: Option<Place>,
        cancel: &Token,
    ) -> Result<(Impulse, Place), PrepareError> {
        if let Some(impulse) = embedded(lookup, cancel)? {
            return Ok((impulse, Place::Embedded));
        }
        let source = &lookup.source;
        let place = match before.filter(Place::is_unchanged) {
            Some(place) => place,
            None if lookup.origin.loaded => self.search(lookup, cancel)?,
            None => Place::files(source.files().into_iter().map(Path::to_owned)),
        };
        Ok((prepare::decoded(&there(source, &place), cancel)?, place))
    }

    /// All files of a session.
    fn search(&self, lookup: &Lookup, cancel: &Token) -> Result<Place, PrepareError> {
        let library = (self.library)();
        let source = &lookup.source;
        let mut places = Vec::new();
        for (hints, path) in lookup.memory.hints(source).iter().zip(source.files()) {
            let wanted = || hints.path.clone().unwrap_or_else(|| path.to_owned());
            match library.find(hints, Limits::default(), cancel)? {
                Found::Here(path) => places.push(path),
                Found::Missing { changed: Some(found), .. } => {
                    return Err(PrepareError::Changed { wanted: wanted(), found });
                }
                Found::Missing { changed: None, .. } => return Err(PrepareError::Missing(wanted())),
            }
        }
        Ok(Place::files(places))
    }

    /// Has the session remember what was found last, if there is anything new to say. Quick otherwise. \[worker\]
    pub fn remember(&self, cancel: &Token) {
        Side::BOTH.into_iter().for_each(|side| self.remember_side(side, cancel));
    }

    fn remember_side(&self, side: Side, cancel: &Token) {
        let done = &self.done[side as usize];
        let Some((edition, place)) = self.found[side as usize].borrow().clone() else { return };
        let Some(lookup) = self.session.lookup(side) else { return };
        let task = (edition, place, lookup.memory.embedding);
        if lookup.origin.edition != edition || done.borrow().as_ref() == Some(&task) {
            return;
        }
        // All together have to go into one state.
        let beside = self.session.embedded_beside(side);
        let most = lookup.memory.embedding.most().map(|most| most.min(embed::LARGEST.saturating_sub(beside)));
        // Beforehand: what panics once need not be tried again.
        *done.borrow_mut() = Some(task.clone());
        let (_, place, _) = task;
        let remembered = match place {
            Place::Files(files) => self.look_at(&lookup, &files, most, cancel),
            Place::Embedded if most.is_some_and(|most| lookup.embedded.bytes() <= most) => Ok(None),
            // The bytes are not wanted any more. But nobody throws the only ones away.
            Place::Embedded => match self.search(&lookup, cancel) {
                Ok(Place::Files(files)) => self.look_at(&lookup, &files, most, cancel),
                Err(PrepareError::Cancelled(cancelled)) => Err(cancelled),
                _ => Ok(None),
            },
        };
        match remembered {
            Ok(Some((remembered, embedded))) => self.session.remember(side, edition, remembered, embedded),
            Ok(None) => {}
            Err(Cancelled) => *done.borrow_mut() = None,
        }
    }

    /// All there is to know about files, and the impulse in bytes if it is to be embedded in at most so many. `None` if
    /// they are gone again.
    fn look_at(
        &self,
        lookup: &Lookup,
        files: &[(PathBuf, Stamp)],
        most: Option<usize>,
        cancel: &Token,
    ) -> Result<Option<(Remembered, Embedded)>, Cancelled> {
        let source = &lookup.source;
        let library = (self.library)();
        let mut remembered = Remembered { source: Some(source.clone()), ..Remembered::default() };
        for ((path, _), known) in files.iter().zip(lookup.memory.hints(source)) {
            // Out of a session, its content is proved.
            let is_known = lookup.origin.loaded && known.path.as_ref() == Some(path) && is_complete(&known);
            let Some(hints) = (if is_known { Some(known) } else { hints(&library, path, cancel)? }) else {
                return Ok(None);
            };
            remembered.files.push(hints);
        }
        let mut embedded = Embedded::default();
        if let Some(most) = most {
            let there = source.at(files.iter().map(|(path, _)| path.clone()));
            let impulse = match prepare::decoded(&there, cancel) {
                Ok(impulse) => impulse,
                Err(PrepareError::Cancelled(cancelled)) => return Err(cancelled),
                Err(_) => return Ok(None),
            };
            match embed::encode(&impulse, most, cancel) {
                Ok(bytes) => {
                    remembered.fingerprint = embed::fingerprint(&bytes).ok();
                    embedded = Embedded::of(&bytes, cancel)?;
                }
                Err(EmbedError::Cancelled(cancelled)) => return Err(cancelled),
                // Too large, mostly: the hints must do.
                Err(_) => {}
            }
        }
        cancel.check()?;
        Ok(Some((remembered, embedded)))
    }
}

/// The impulse that the session carries along, if it is the one remembered.
fn embedded(lookup: &Lookup, cancel: &Token) -> Result<Option<Impulse>, Cancelled> {
    let Lookup { source, memory, embedded, .. } = lookup;
    memory.fingerprint_of(source).map_or(Ok(None), |wanted| embedded.impulse(wanted, cancel))
}

fn there(source: &Source, place: &Place) -> Source {
    match place {
        Place::Embedded => source.clone(),
        Place::Files(files) => source.at(files.iter().map(|(path, _)| path.clone())),
    }
}

fn is_complete(hints: &Hints) -> bool {
    hints.fingerprint.is_some() && hints.file_hash.is_some() && hints.file_size.is_some()
}

/// Hints of a file that has an impulse.
fn hints(library: &Library, path: &Path, cancel: &Token) -> Result<Option<Hints>, Cancelled> {
    let impulse = match file::impulse(path, cancel) {
        Ok(impulse) => impulse,
        Err(FileError::Cancelled(cancelled)) => return Err(cancelled),
        Err(_) => return Ok(None),
    };
    let fingerprint = Fingerprint::of(&impulse, cancel)?;
    library.hints(path, Some(fingerprint), cancel).map(Some)
}

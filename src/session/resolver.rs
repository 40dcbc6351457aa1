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
use crate::library::{self, Found, Library, Limits};
use crate::prepare::{self, Content, Identity, Located, PrepareError};
use crate::session::embed::{self, EmbedError, Embedding};
use crate::space::file::{self, FileError};
use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Finds the impulses of an instance.
pub struct Resolver {
    session: SessionImpulse,
    /// The user's folders, read anew each time: they may change while a session is open.
    library: Box<dyn Fn() -> Library + Send>,
    /// Where the impulses that were asked for last were.
    found: [RefCell<Option<(u64, Place)>>; 2],
    /// Editions of which the embedded impulse cannot be read.
    damaged: [Cell<Option<u64>>; 2],
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
        let (found, damaged, done) = Default::default();
        Self { session, library: Box::new(library), found, damaged, done }
    }

    /// Locates the impulse of a file or a pair. `again` says that what was located before cannot be read: the copy that
    /// the session embeds is then passed over. \[worker\]
    ///
    /// # Errors
    /// [`PrepareError::Changed`] if there is only a file with another impulse, [`PrepareError::Missing`] if there is
    /// none.
    pub fn locate(&self, source: &Source, again: bool, cancel: &Token) -> Result<Located, PrepareError> {
        let wanted =
            |side| self.session.lookup(side).filter(|lookup| lookup.source == *source).map(|lookup| (side, lookup));
        let Some((side, lookup)) = Side::BOTH.into_iter().find_map(wanted) else {
            // Something newer is asked for, and this will be given up.
            return Err(PrepareError::Cancelled(Cancelled));
        };
        let (edition, kept) = (lookup.origin.edition, &self.found[side as usize]);
        let before = kept.borrow().clone().filter(|(of, _)| *of == edition).map(|(_, place)| place);
        if again && before == Some(Place::Embedded) {
            self.damaged[side as usize].set(Some(edition));
        }
        let is_damaged = self.damaged[side as usize].get() == Some(edition);
        let place = self.place(&lookup, is_damaged, before, cancel);
        match &place {
            Ok(place) => {
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
        match place? {
            Place::Embedded => Ok(embedded(lookup, cancel)?),
            Place::Files(files) => Ok(in_files(source.at(files.into_iter().map(|(path, _)| path)), cancel)?),
        }
    }

    /// The impulse of a file or a pair, as stored. \[worker\]
    ///
    /// # Errors
    /// As [`Self::locate`], and [`prepare::decoded`].
    pub fn find(&self, source: &Source, cancel: &Token) -> Result<Impulse, PrepareError> {
        let mut again = false;
        loop {
            match self.locate(source, again, cancel)?.read(cancel)? {
                Content::Sure(impulse) | Content::Unsure(impulse) => return Ok(impulse),
                Content::Nothing => again = true,
            }
        }
    }

    fn place(
        &self,
        lookup: &Lookup,
        is_damaged: bool,
        before: Option<Place>,
        cancel: &Token,
    ) -> Result<Place, PrepareError> {
        let Lookup { source, memory, embedded, .. } = lookup;
        if !is_damaged && memory.fingerprint_of(source).is_some() && embedded.bytes() > 0 {
            return Ok(Place::Embedded);
        }
        Ok(match before.filter(Place::is_unchanged) {
            Some(place) => place,
            None if lookup.origin.loaded => self.search(lookup, cancel)?,
            None => Place::files(source.files().into_iter().map(Path::to_owned)),
        })
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

/// The impulse that the session carries along, to be read. It is nothing if it is not the one remembered.
fn embedded(lookup: Lookup, cancel: &Token) -> Result<Located, Cancelled> {
    let Lookup { source, memory, embedded, .. } = lookup;
    let wanted = memory.fingerprint_of(&source);
    let hash = wanted.zip(embedded.hash(cancel)?);
    let identity = hash.map(|(wanted, hash)| Identity(format!("embedded {wanted} {hash}").into()));
    Ok(Located::new(identity, move |cancel| {
        let impulse = wanted.map_or(Ok(None), |wanted| embedded.impulse(wanted, cancel))?;
        Ok(impulse.map_or(Content::Nothing, Content::Sure))
    }))
}

/// The impulse of a file or a pair where its files are, to be read.
fn in_files(source: Source, cancel: &Token) -> Result<Located, Cancelled> {
    let identity = identity_of(&source, cancel)?;
    let before = identity.clone();
    Ok(Located::new(identity, move |cancel| {
        let impulse = prepare::decoded(&source, cancel)?;
        // Hashed once more, because a file may have been written since, within one tick of its date.
        let is_sure = before.is_some() && identity_of(&source, cancel)? == before;
        Ok(if is_sure { Content::Sure(impulse) } else { Content::Unsure(impulse) })
    }))
}

/// By what the files of a source are known: where they are, and their bytes. `None` if one of them cannot be read.
fn identity_of(source: &Source, cancel: &Token) -> Result<Option<Identity>, Cancelled> {
    let mut text = "files".to_owned();
    for path in source.files() {
        let Some(hash) = library::file_hash(path, cancel)? else { return Ok(None) };
        text += &format!(" {path:?} {hash}");
    }
    Ok(Some(Identity(text.into())))
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

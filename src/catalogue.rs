//! All impulses that a user has, with their figures: what stands behind the window's browser.
//!
//! ```text
//! folders, spaces ──> list ──> Entries ──> measure ──> figures ──> cache, by content
//!                                 │                       │
//!                      Query ──> order ──> Listing        └──> the entries, one by one
//! ```
//!
//! One thread lists, orders and measures. Who shows a [`Listing`] reads the rows that are seen, by their places, and no
//! others: what a frame costs does not grow with the number of files. The thread measures half of the time at most, so
//! that a host keeps its processors.

mod cache;
mod entry;
mod fold;
mod list;
mod marks;
mod order;
mod thread;

#[cfg(test)]
mod tests;

pub use entry::{Entries, Entry, Figures, Folder, Outcome};
pub use marks::{Marks, RECENT};
pub use order::{Column, Query, Within};

use crate::impulse::recipe::Source;
use crate::library::{Library, user};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// Where a catalogue looks, and where it keeps what it has found out.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The user's folders.
    pub library: Library,
    /// File of the figures; without one they are measured each time.
    pub cache: Option<PathBuf>,
    /// File of favourites and of what was loaded last; without one nobody remembers them.
    pub marks: Option<PathBuf>,
}

/// A catalogue at work. When it is dropped, its thread ends within a few milliseconds.
#[derive(Debug)]
pub struct Catalogue {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What a query has found. Immutable, but for the figures of its entries, which come one by one.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Everything there is.
    pub entries: Arc<Entries>,
    /// Places among the entries of those that were asked for, in the order that was asked for.
    pub order: Vec<u32>,
    /// The query.
    pub query: Query,
    /// Favourites and what was loaded last.
    pub marks: Arc<Marks>,
    /// True until the folders have been listed.
    pub is_listing: bool,
}

#[derive(Debug, Default)]
struct Shared {
    mail: Mutex<Mail>,
    called: Condvar,
    listing: Mutex<Arc<Listing>>,
}

/// What the thread is to do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Mail {
    query: Query,
    /// How many times the folders were to be listed again.
    refreshes: u64,
    /// How many times the marks have changed, by which favourites and what was loaded last are ordered again.
    marks: u64,
    is_over: bool,
}

impl Places {
    /// Those of this user.
    #[must_use]
    pub fn of_user() -> Self {
        Self {
            library: Library::of_user(),
            cache: user::cache_folder().map(|folder| folder.join("figures.txt")),
            marks: marks_of_user(),
        }
    }
}

/// The file of favourites and of what was loaded last of this user.
#[must_use]
pub fn marks_of_user() -> Option<PathBuf> {
    user::folder().map(|folder| folder.join("marks.toml"))
}

/// Notes in such a file that an impulse was loaded, while no catalogue is open.
///
/// # Errors
/// A message, if that cannot be written down.
pub fn note_recent(file: Option<PathBuf>, source: &Source) -> Result<(), String> {
    let mut marks = Marks::open(file);
    marks.note_recent(source);
    marks.write()
}

impl Catalogue {
    /// Begins to list.
    #[must_use]
    pub fn open(places: Places) -> Self {
        let shared = Arc::new(Shared::default());
        let (of_thread, marks) = (shared.clone(), Arc::new(Marks::open(places.marks.clone())));
        *lock(&shared.listing) = Arc::new(Listing { is_listing: true, marks, ..Listing::default() });
        let run = move || thread::run(&of_thread, &places);
        // Without a thread there is nothing to be listed, and the window says so as it does of no files.
        let thread = std::thread::Builder::new().name("transept catalogue".to_owned()).spawn(run).ok();
        Self { shared, thread }
    }

    /// Asks another query; the listing that answers it follows.
    pub fn ask(&self, query: Query) {
        self.tell(|mail| mail.query = query);
    }

    /// Has the folders listed again.
    pub fn refresh(&self) {
        self.tell(|mail| mail.refreshes += 1);
    }

    /// The newest listing.
    #[must_use]
    pub fn listing(&self) -> Arc<Listing> {
        self.shared.listing()
    }

    /// Makes an impulse a favourite, or none any more.
    ///
    /// # Errors
    /// A message, if that cannot be written down.
    pub fn set_favourite(&self, source: &Source, is_favourite: bool) -> Result<(), String> {
        self.mark(|marks| marks.set_favourite(source, is_favourite))
    }

    /// Notes that an impulse was loaded.
    ///
    /// # Errors
    /// A message, if that cannot be written down.
    pub fn note_recent(&self, source: &Source) -> Result<(), String> {
        self.mark(|marks| marks.note_recent(source))
    }

    fn mark(&self, change: impl FnOnce(&mut Marks)) -> Result<(), String> {
        let mut marks = self.listing().marks.again();
        change(&mut marks);
        let written = marks.write();
        let mut listing = lock(&self.shared.listing);
        *listing = Arc::new(Listing { marks: Arc::new(marks), ..Listing::clone(&listing) });
        drop(listing);
        self.tell(|mail| mail.marks += 1);
        written
    }

    fn tell(&self, change: impl FnOnce(&mut Mail)) {
        change(&mut lock(&self.shared.mail));
        self.shared.called.notify_all();
    }
}

impl Drop for Catalogue {
    fn drop(&mut self) {
        self.tell(|mail| mail.is_over = true);
        if let Some(thread) = self.thread.take() {
            // A panic was reported when it happened.
            let _ = thread.join();
        }
    }
}

impl Listing {
    /// How many entries were asked for.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// True if nothing was asked for that is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The entry in a row, from 0 on.
    #[must_use]
    pub fn row(&self, row: usize) -> Option<&Entry> {
        self.entries.all.get(*self.order.get(row)? as usize)
    }

    /// The row of an impulse, or of a file that is part of one.
    #[must_use]
    pub fn find(&self, source: &Source) -> Option<usize> {
        let place = *self.entries.places.get(source)?;
        self.order.iter().position(|of| *of == place)
    }
}

/// A panic leaves nothing half-changed here: everything is replaced as a whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

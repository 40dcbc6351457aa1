//! The life of the thread.

use super::cache::Cache;
use super::entry::{Entries, Entry, Figures, Outcome};
use super::order::{Column, Query, order};
use super::{Listing, Mail, Places, Shared, list, lock};
use crate::cancel::{Cancelled, Token};
use crate::files;
use crate::impulse::recipe::Source;
use crate::impulse::{Impulse, acoustics, decode};
use crate::space;
use crate::space::file::FileError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// New records after which the cache is written.
const SAVED: usize = 100;
/// Least time between two orders by a figure while figures come.
const SETTLING: Duration = Duration::from_millis(300);

/// Runs until the catalogue is dropped.
pub fn run(shared: &Shared, places: &Places) {
    let mut cache = Cache::open(places.cache.clone());
    let mut done: Option<Mail> = None;
    let mut entries = Arc::new(Entries::default());
    // Of those in order, the first that may not be measured.
    let (mut next, mut ordered) = (0, (Instant::now(), 0));
    loop {
        let mail = lock(&shared.mail).clone();
        if mail.is_over {
            break;
        }
        let is_told = || *lock(&shared.mail) != mail;
        let cancel = Token::new(&is_told);
        if done.as_ref().is_none_or(|done| done.refreshes != mail.refreshes) {
            let is_over = || lock(&shared.mail).is_over;
            let Ok(listed) = list::list(&places.library, &Token::new(&is_over)) else { continue };
            entries = Arc::new(listed);
            know(&entries, &cache);
            done = None;
        }
        let has_figures = mail.query.column != Column::Name && ordered.1 != entries.measured();
        if done.as_ref() != Some(&mail) || (has_figures && ordered.0.elapsed() >= SETTLING) {
            ordered = (Instant::now(), entries.measured());
            shared.publish(&entries, &mail.query);
            (next, done) = (0, Some(mail.clone()));
            continue;
        }
        let began = Instant::now();
        match measure_next(&shared.listing(), &mut next, &entries, &mut cache, &cancel) {
            Ok(true) => {
                if cache.news() >= SAVED {
                    cache.write();
                }
                // As long as it has worked: half of the time is others'.
                shared.wait(&mail, Some(began.elapsed()));
            }
            Ok(false) if has_figures => shared.wait(&mail, Some(SETTLING)),
            Ok(false) => {
                cache.write();
                shared.wait(&mail, None);
            }
            Err(Cancelled) => {}
        }
    }
    cache.write();
}

impl Shared {
    fn publish(&self, entries: &Arc<Entries>, query: &Query) {
        let marks = lock(&self.listing).marks.clone();
        let (entries, query) = (entries.clone(), query.clone());
        let order = order(&entries, &query, &marks);
        let mut listing = lock(&self.listing);
        // The marks may have changed meanwhile.
        let marks = listing.marks.clone();
        *listing = Arc::new(Listing { entries, order, query, marks, is_listing: false });
    }

    pub(super) fn listing(&self) -> Arc<Listing> {
        lock(&self.listing).clone()
    }

    /// Waits until something else is to be done, or for some time.
    fn wait(&self, mail: &Mail, time: Option<Duration>) {
        let now = lock(&self.mail);
        if *now == *mail {
            match time {
                Some(time) => drop(self.called.wait_timeout(now, time).unwrap_or_else(PoisonError::into_inner)),
                None => drop(self.called.wait(now).unwrap_or_else(PoisonError::into_inner)),
            }
        }
    }
}

/// Sets the figures that are known without reading a file.
fn know(entries: &Entries, cache: &Cache) {
    for (place, entry) in entries.all.iter().enumerate() {
        let files = entry.source.files();
        if let Some(outcome) = cache.by_stamp(&files).filter(|_| !files.is_empty()) {
            entries.set(place, outcome.clone());
        }
    }
}

/// Measures the next entry that has no figures: of those that are listed first, in their order. False if there is none.
fn measure_next(
    listing: &Listing,
    next: &mut usize,
    entries: &Entries,
    cache: &mut Cache,
    cancel: &Token,
) -> Result<bool, Cancelled> {
    let listed = listing.order.iter().map(|place| *place as usize);
    let mut places = listed.chain(0..entries.all.len()).enumerate().skip(*next);
    let Some((at, place)) = places.find(|(_, place)| entries.all[*place].outcome().is_none()) else {
        return Ok(false);
    };
    *next = at;
    let outcome = outcome(&entries.all[place], cache, cancel)?;
    entries.set(place, outcome);
    Ok(true)
}

fn outcome(entry: &Entry, cache: &mut Cache, cancel: &Token) -> Result<Outcome, Cancelled> {
    let source = &entry.source;
    match source {
        Source::Space { id } => guarded(|| of_space(id, cancel)),
        _ => cache.by_content(&source.files(), || guarded(|| of_files(source, cancel)), cancel),
    }
}

/// A strange file that makes a decoder panic costs that file; the panic was reported when it happened.
fn guarded(measure: impl FnOnce() -> Result<Outcome, Cancelled>) -> Result<Outcome, Cancelled> {
    catch_unwind(AssertUnwindSafe(measure)).unwrap_or_else(|_| Ok(Err("internal error".to_owned())))
}

fn of_files(source: &Source, cancel: &Token) -> Result<Outcome, Cancelled> {
    let impulse = match source {
        Source::Pair { left, right } => decode::pair(left, right, cancel).map_err(FileError::from),
        Source::Set { files, .. } => decode::set(files, cancel).map_err(FileError::from),
        Source::File { path } => space::file::impulse(path, cancel),
        Source::Space { id } => return of_space(id, cancel),
    };
    match impulse {
        Ok(impulse) => figures(&impulse, cancel),
        Err(FileError::Cancelled(cancelled)) => Err(cancelled),
        Err(error) => {
            let message = error.to_string();
            Ok(Err(match source {
                // The same content may stand under another name.
                Source::File { path } => {
                    message.strip_prefix(&format!("{}: ", path.display())).unwrap_or(&message).to_owned()
                }
                // Of several files it says which.
                _ => source
                    .files()
                    .iter()
                    .fold(message, |message, file| message.replace(&file.display().to_string(), &files::name(file))),
            }))
        }
    }
}

fn of_space(id: &str, cancel: &Token) -> Result<Outcome, Cancelled> {
    match space::find(id).and_then(|space| space::synthesise(space.text, cancel)) {
        Ok(impulse) => figures(&impulse, cancel),
        Err(space::SpaceError::Cancelled(cancelled)) => Err(cancelled),
        Err(error) => Ok(Err(error.to_string())),
    }
}

fn figures(impulse: &Impulse, cancel: &Token) -> Result<Outcome, Cancelled> {
    Ok(Ok(Figures::of(impulse, acoustics::rt60(impulse, cancel)?)))
}

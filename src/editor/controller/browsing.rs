//! Browsing: the catalogue of an open window, and impulses that are tried.

use super::{Controller, Remark};
use crate::catalogue::{self, Catalogue, Listing, Places, Query};
use crate::editor::selection::{Direction, Selection};
use crate::impulse::recipe::Source;
use crate::library::{Library, user};
use std::path::PathBuf;
use std::sync::Arc;

/// What outlives a window.
#[derive(Debug)]
pub(super) struct Browsing {
    /// File of what was loaded last, for when nothing is listed.
    pub marks: Option<PathBuf>,
    is_open: bool,
    is_wide: bool,
    query: Query,
    /// The impulse that is tried, as it is listed.
    tried: Option<Source>,
}

impl Default for Browsing {
    fn default() -> Self {
        let marks = catalogue::marks_of_user();
        Self { marks, is_open: false, is_wide: false, query: Query::default(), tried: None }
    }
}

impl Browsing {
    /// A catalogue for a window that opens, if the browser is open.
    pub fn catalogue(&self) -> Option<Catalogue> {
        self.is_open.then(|| {
            let catalogue = Catalogue::open(Places::of_user());
            catalogue.ask(self.query.clone());
            catalogue
        })
    }
}

impl Controller {
    /// True while the browser is open.
    #[must_use]
    pub fn is_browsing(&self) -> bool {
        self.browsing.is_open
    }

    /// Opens or closes the browser.
    pub fn show_browser(&mut self, is_open: bool) {
        self.browsing.is_open = is_open;
        self.open_catalogue();
    }

    /// True if the browser may cover the picture.
    #[must_use]
    pub fn has_wide_browser(&self) -> bool {
        self.browsing.is_wide
    }

    /// Makes the browser wide, or narrow again.
    pub fn widen_browser(&mut self, is_wide: bool) {
        self.browsing.is_wide = is_wide;
    }

    /// What the browser lists.
    #[must_use]
    pub fn listing(&self) -> Option<Arc<Listing>> {
        self.with_catalogue(Catalogue::listing)
    }

    /// Lists something else.
    pub fn ask_catalogue(&mut self, query: Query) {
        self.browsing.query.clone_from(&query);
        self.with_catalogue(|catalogue| catalogue.ask(query));
    }

    /// The question that was asked last.
    #[must_use]
    pub fn asked_catalogue(&self) -> &Query {
        &self.browsing.query
    }

    /// Lists the folders again.
    pub fn refresh_catalogue(&mut self) {
        self.with_catalogue(Catalogue::refresh);
    }

    /// Makes an impulse a favourite, or none any more.
    pub fn set_favourite(&mut self, source: &Source, is_favourite: bool) {
        let written = self.with_catalogue(|catalogue| catalogue.set_favourite(source, is_favourite));
        self.report(written);
    }

    /// Adds a folder to those that the user keeps impulses in.
    pub fn add_folder(&mut self, folder: PathBuf) {
        let Some(file) = user::file() else {
            self.remark = Some(Remark::NotWritten("no place for settings is known".to_owned()));
            return;
        };
        let mut library = Library::read(&file);
        if !library.folders.contains(&folder) {
            library.folders.push(folder);
            self.report(Some(library.write(&file).map_err(|error| error.to_string())));
        }
        self.show_browser(true);
    }

    /// Loads an impulse to hear what it is like. Those that are tried one after the other are one change to undo.
    pub fn try_out(&mut self, source: Source) {
        match Selection::from(source.clone()) {
            Selection::Impulse(found) => {
                self.load(found, true);
                self.browsing.tried = Some(source);
            }
            other => self.select(other),
        }
    }

    /// Keeps what is tried, if something is.
    pub fn keep_tried(&mut self) {
        if let Some(source) = self.browsing.tried.take() {
            self.params.session.keep();
            self.undo.end_trial();
            self.note_recent(&source);
        }
    }

    /// Notes that an impulse was loaded, for the list of those that were loaded last.
    pub(super) fn note_recent(&mut self, source: &Source) {
        let written = self.with_catalogue(|catalogue| catalogue.note_recent(source));
        self.report(written.or_else(|| Some(catalogue::note_recent(self.browsing.marks.clone(), source))));
    }

    /// Tries what is listed before or after the present impulse, if that is listed; after the last comes the first.
    pub(super) fn step_listed(&mut self, direction: Direction) -> bool {
        let Some(listing) = self.listing() else { return false };
        let tried = self.browsing.tried.clone().or_else(|| self.source());
        let Some(row) = tried.and_then(|source| listing.find(&source)) else { return false };
        let count = listing.len();
        let by = if direction == Direction::Next { 1 } else { count - 1 };
        let Some(entry) = listing.row((row + by) % count) else { return false };
        self.try_out(entry.source.clone());
        true
    }

    fn open_catalogue(&mut self) {
        if let Some(open) = self.open.upgrade() {
            // Before the new one, because both would write the same files.
            open.lock().catalogue = None;
            open.lock().catalogue = self.browsing.catalogue();
        }
    }

    fn with_catalogue<T>(&self, act: impl FnOnce(&Catalogue) -> T) -> Option<T> {
        let open = self.open.upgrade()?;
        let open = open.lock();
        open.catalogue.as_ref().map(act)
    }

    fn report(&mut self, written: Option<Result<(), String>>) {
        if let Some(Err(reason)) = written {
            self.remark = Some(Remark::NotWritten(reason));
        }
    }
}

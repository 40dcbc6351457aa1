//! The presets that an open window lists. The user's folder may be large or far away, so it is read on a thread of its
//! own; until it has been read, the presets in the box are listed.

use crate::preset::list::List;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// The newest list, and the one that is on its way.
#[derive(Debug)]
pub struct Shelf {
    folder: Option<PathBuf>,
    list: Arc<List>,
    reading: Option<Reading>,
    /// True if the folder is to be read again after the reading under way, which may have passed what is new.
    is_due: bool,
}

#[derive(Debug)]
struct Reading {
    thread: JoinHandle<List>,
    is_over: Arc<AtomicBool>,
}

impl Shelf {
    /// Begins to read the presets below a folder, if there is one. Until then the list is the one that is known.
    #[must_use]
    pub fn open(folder: Option<PathBuf>, known: Arc<List>) -> Self {
        let mut shelf = Self { folder, list: known, reading: None, is_due: false };
        shelf.refresh();
        shelf
    }

    /// Has the folder read again. Returns at once.
    pub fn refresh(&mut self) {
        self.is_due = self.folder.is_some();
        self.poll();
    }

    /// The newest list, as long as nothing changes the very same one. Returns at once.
    pub fn poll(&mut self) -> &Arc<List> {
        if let Some(done) = self.reading.take_if(|reading| reading.thread.is_finished()) {
            // A panic was reported when it happened, and costs this reading.
            if let Ok(list) = done.thread.join()
                && list != *self.list
            {
                self.list = Arc::new(list);
            }
        }
        if self.reading.is_none() && std::mem::take(&mut self.is_due) {
            self.reading = self.folder.clone().and_then(read);
        }
        &self.list
    }

    /// Waits until nothing is read any more.
    #[cfg(test)]
    pub fn settle(&mut self) -> &Arc<List> {
        while self.reading.is_some() || self.is_due {
            self.poll();
            std::thread::yield_now();
        }
        &self.list
    }
}

/// Begins to read. `None` without a thread: then the list stays as it is.
fn read(folder: PathBuf) -> Option<Reading> {
    let is_over = Arc::<AtomicBool>::default();
    let of_thread = is_over.clone();
    let run = move || {
        // Nothing is handed over by it: hence relaxed.
        List::with(&folder, &|| of_thread.load(Ordering::Relaxed))
    };
    let thread = std::thread::Builder::new().name("transept presets".to_owned()).spawn(run).ok()?;
    Some(Reading { thread, is_over })
}

impl Drop for Shelf {
    fn drop(&mut self) {
        if let Some(reading) = self.reading.take() {
            reading.is_over.store(true, Ordering::Relaxed);
            // A panic was reported when it happened.
            let _ = reading.thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use transept_support::folder::Folder;

    fn open(folder: Option<&Folder>) -> Shelf {
        let root = folder.map(|folder| folder.root().to_owned());
        Shelf::open(root.clone(), Arc::new(List::of_box(root)))
    }

    #[test]
    fn the_box_is_listed_at_once_and_the_folder_when_it_has_been_read() {
        let folder = Folder::with(&["a.toml"]);
        let in_box = List::default().entries.len();
        let mut shelf = open(Some(&folder));
        assert!(shelf.list.entries.len() >= in_box);
        assert_eq!(shelf.settle().entries.len(), in_box + 1);
        assert_eq!(open(None).poll().entries.len(), in_box);
    }

    #[test]
    fn what_is_new_is_listed_by_the_next_reading_and_a_list_that_is_the_same_stays_the_same_one() {
        let folder = Folder::with(&["a.toml"]);
        let mut shelf = open(Some(&folder));
        let before = shelf.settle().clone();
        shelf.refresh();
        assert!(Arc::ptr_eq(&before, shelf.settle()));
        folder.file("b.toml", b"");
        for _ in 0..3 {
            shelf.refresh();
        }
        assert_eq!(shelf.settle().entries.len(), before.entries.len() + 1);
        std::fs::remove_dir_all(folder.root()).expect("removed");
        shelf.refresh();
        assert_eq!(shelf.settle().entries, List::default().entries);
    }

    #[test]
    fn an_empty_folder_and_one_that_is_listed_already_change_nothing() {
        for files in [&[][..], &["a.toml"]] {
            let folder = Folder::with(files);
            let known = open(Some(&folder)).settle().clone();
            let mut again = Shelf::open(Some(folder.root().to_owned()), known.clone());
            assert!(Arc::ptr_eq(again.settle(), &known), "{files:?}");
            assert_eq!(files.is_empty(), *known == List::of_box(Some(folder.root().to_owned())));
        }
    }

    #[test]
    fn a_shelf_that_is_dropped_leaves_no_thread_behind() {
        let folder = Folder::new();
        let mut shelf = open(Some(&folder));
        shelf.refresh();
        let is_over = shelf.reading.as_ref().map(|reading| reading.is_over.clone());
        drop(shelf);
        assert!(is_over.is_none_or(|is_over| Arc::strong_count(&is_over) == 1));
    }
}

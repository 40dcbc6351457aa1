//! Lists the spaces and the user's folders.

use super::entry::{Entries, Entry, Folder};
use super::fold;
use crate::cancel::{Cancelled, Token};
use crate::files;
use crate::impulse::recipe::Source;
use crate::library::natural::by_text;
use crate::library::sets::{Names, Several};
use crate::library::{Below, Library, Limits, Unread};
use crate::space;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

/// Name of the folder of the built-in spaces.
const BUILT_IN: &str = "Built-in";
/// More than anybody has: whoever has more is told.
const LIMITS: Limits = Limits { entries: 1_000_000, time: Duration::MAX };

/// Lists everything. Takes as long as the disks need to tell the names.
///
/// # Errors
/// [`Cancelled`].
pub fn list(library: &Library, cancel: &Token) -> Result<Entries, Cancelled> {
    let mut lister = Lister::default();
    lister.spaces();
    let Below { files, unread } = library.below(LIMITS, cancel)?;
    lister.files(&files, &library.folders);
    let gone = library.folders.iter().filter(|folder| !folder.is_dir());
    lister.entries.unread = gone.map(|folder| format!("{}: the folder is not there", folder.display())).collect();
    let unread = unread.into_iter().map(|Unread { path, reason }| format!("{}: {reason}", path.display()));
    lister.entries.unread.extend(unread);
    Ok(lister.finish())
}

#[derive(Default)]
struct Lister {
    entries: Entries,
    /// Place of each folder.
    folders: HashMap<PathBuf, usize>,
}

impl Lister {
    fn spaces(&mut self) {
        let folder = self.open(None, BUILT_IN.to_owned(), 0);
        for space in space::built_in() {
            let source = Source::Space { id: space.id.to_owned() };
            self.add(source, (space.name.to_owned(), String::new()), folder, space.name);
        }
    }

    /// Files, folder by folder. Those of a set or of a pair are one impulse, which stands where the first would.
    fn files(&mut self, files: &[PathBuf], roots: &[PathBuf]) {
        for files in files.chunk_by(|a, b| a.parent() == b.parent()) {
            let Some(root) = roots.iter().find(|root| files[0].starts_with(root)) else { continue };
            let Some(parent) = files[0].parent() else { continue };
            let folder = self.folder(parent, root);
            let within = parent.strip_prefix(root).unwrap_or(Path::new("")).to_string_lossy();
            let names: Names = files.iter().cloned().collect();
            for path in files {
                if !self.entries.places.contains_key(&Source::File { path: path.clone() }) {
                    self.file(path, &names, folder, &within);
                }
            }
        }
    }

    /// A file, or all that it is one impulse with.
    fn file(&mut self, path: &Path, names: &Names, folder: usize, within: &str) {
        let Some(Several { source, name, form }) = names.set(path).or_else(|| names.pair(path)) else {
            let name = files::name(path);
            let words = format!("{name} {within}");
            return self.add(Source::File { path: path.to_owned() }, (name, String::new()), folder, &words);
        };
        let place = self.entries.all.len() as u32;
        let mut words = within.to_owned();
        for file in source.files() {
            words = format!("{words} {}", files::name(file));
            self.entries.places.entry(Source::File { path: file.to_owned() }).or_insert(place);
        }
        self.add(source, (name, form), folder, &words);
    }

    /// The place of a folder below a root, which is entered with those above it if it is new.
    fn folder(&mut self, path: &Path, root: &Path) -> usize {
        if let Some(known) = self.folders.get(path) {
            return *known;
        }
        let depth = path.parent().filter(|_| path != root).map_or(0, |parent| {
            let above = self.folder(parent, root);
            self.entries.folders[above].depth + 1
        });
        let folder = self.open(Some(path.to_owned()), files::name(path), depth);
        self.folders.insert(path.to_owned(), folder);
        folder
    }

    fn open(&mut self, path: Option<PathBuf>, name: String, depth: usize) -> usize {
        let place = self.entries.folders.len();
        self.entries.folders.push(Folder { path, name, depth, below: place..place + 1, count: 0 });
        place
    }

    fn add(&mut self, source: Source, (name, form): (String, String), folder: usize, words: &str) {
        let words = fold::folded(words);
        let place = self.entries.all.len() as u32;
        self.entries.places.insert(source.clone(), place);
        self.entries.all.push(Entry { source, name, form, folder, words, rank: 0, outcome: OnceLock::new() });
    }

    fn finish(mut self) -> Entries {
        let Entries { all, folders, .. } = &mut self.entries;
        for entry in &*all {
            folders[entry.folder].count += 1;
        }
        close(folders);
        let names: Vec<String> = all.iter().map(|entry| entry.name.to_lowercase()).collect();
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by(|a, b| by_text(&names[*a], &names[*b]).then(a.cmp(b)));
        for (rank, place) in order.into_iter().enumerate() {
            all[place].rank = rank as u32;
        }
        self.entries
    }
}

/// Gives each folder those below it, which stand behind it up to the next one that is not deeper, and their impulses.
fn close(folders: &mut [Folder]) {
    // Those that the present one is in, the innermost last.
    let mut open: Vec<usize> = Vec::new();
    let mut above = vec![None; folders.len()];
    for place in 0..folders.len() {
        while let Some(last) = open.pop_if(|last| folders[*last].depth >= folders[place].depth) {
            folders[last].below.end = place;
        }
        above[place] = open.last().copied();
        open.push(place);
    }
    open.into_iter().for_each(|place| folders[place].below.end = folders.len());
    for place in (0..folders.len()).rev() {
        if let Some(above) = above[place] {
            folders[above].count += folders[place].count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lists files that are nowhere: nothing is read.
    fn listed(files: &[String]) -> Entries {
        let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
        let mut lister = Lister::default();
        lister.files(&files, &["/rooms".into()]);
        lister.finish()
    }

    #[test]
    fn sets_among_twenty_thousand_files_are_found_by_the_names_that_were_read() {
        let words = ["LL", "LR", "RL", "RR"];
        let names = (0..5_000).flat_map(|n| words.map(|word| format!("/rooms/take {n} {word}.wav")));
        let entries = listed(&names.collect::<Vec<_>>());
        assert_eq!((entries.all.len(), entries.folders[0].count, entries.places.len()), (5_000, 5_000, 25_000));
        let last = entries.all.last().expect("there are some");
        assert_eq!((last.name.as_str(), last.form.as_str()), ("take 4999", "LL LR RL RR"));
        assert_eq!(entries.places[&Source::File { path: "/rooms/take 4999 RL.wav".into() }], 4_999);
    }

    #[test]
    fn folders_that_are_deep_count_what_is_far_below() {
        const DEEP: usize = 500;
        let folder = |depth: usize| format!("/rooms{}", "/a".repeat(depth));
        let mut files: Vec<String> = (0..DEEP).map(|depth| format!("{}/x.wav", folder(depth))).collect();
        files.extend((1..DEEP).map(|n| format!("/rooms/b {n}/c/x.wav")));
        let folders = listed(&files).folders;
        assert_eq!(folders.len(), DEEP + 2 * (DEEP - 1));
        for (place, folder) in folders[..DEEP].iter().enumerate().skip(1) {
            assert_eq!((folder.below.clone(), folder.count), (place..DEEP, DEEP - place));
        }
        assert_eq!((folders[0].below.clone(), folders[0].count), (0..folders.len(), 2 * DEEP - 1));
        let b = folders.iter().position(|folder| folder.name == "b 7").expect("listed");
        assert_eq!((folders[b].below.clone(), folders[b].count), (b..b + 2, 1));
    }
}

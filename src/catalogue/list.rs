//! Lists the spaces and the user's folders.

use super::entry::{Entries, Entry, Folder};
use crate::cancel::{Cancelled, Token};
use crate::files;
use crate::impulse::recipe::Source;
use crate::library::natural::by_text;
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
    for path in files {
        lister.file(path, &library.folders);
    }
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
            self.add(Source::Space { id: space.id.to_owned() }, space.name.to_owned(), folder, String::new());
        }
    }

    fn file(&mut self, path: PathBuf, roots: &[PathBuf]) {
        let Some(root) = roots.iter().find(|root| path.starts_with(root)) else { return };
        let Some(parent) = path.parent() else { return };
        let folder = self.folder(parent, root);
        let within = parent.strip_prefix(root).unwrap_or(Path::new("")).to_string_lossy().into_owned();
        self.add(Source::File { path: path.clone() }, files::name(&path), folder, within);
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

    fn add(&mut self, source: Source, name: String, folder: usize, within: String) {
        let words = format!("{name} {within}").to_lowercase();
        let place = self.entries.all.len() as u32;
        self.entries.places.insert(source.clone(), place);
        self.entries.all.push(Entry { source, name, folder, words, rank: 0, outcome: OnceLock::new() });
    }

    fn finish(mut self) -> Entries {
        let Entries { all, folders, .. } = &mut self.entries;
        for entry in &*all {
            folders[entry.folder].count += 1;
        }
        // Those below stand behind it, up to the next one that is not deeper.
        for place in (0..folders.len()).rev() {
            let deeper = folders[place + 1..].iter().take_while(|folder| folder.depth > folders[place].depth).count();
            folders[place].below = place..place + 1 + deeper;
            let children = place + 1..place + 1 + deeper;
            let direct = folders[place].depth + 1;
            let counts = folders[children].iter().filter(|folder| folder.depth == direct).map(|folder| folder.count);
            let count: usize = counts.sum();
            folders[place].count += count;
        }
        let names: Vec<String> = all.iter().map(|entry| entry.name.to_lowercase()).collect();
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by(|a, b| by_text(&names[*a], &names[*b]).then(a.cmp(b)));
        for (rank, place) in order.into_iter().enumerate() {
            all[place].rank = rank as u32;
        }
        self.entries
    }
}

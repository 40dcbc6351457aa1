//! The list of presets: those in the box by their categories, and behind them those in the user's folder, whose folders
//! are categories as well.
//!
//! A list is read as a whole and does not change. Files are listed by their names alone; what is in one is known when it
//! is opened.

use super::built_in::{BuiltIn, built_in};
use super::is_preset;
use crate::cancel::Token;
use crate::library::{self, natural, user};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Files and folders of the user's that are looked at: more than somebody finds a preset among.
const MOST: usize = 20_000;

/// Name of the group of the user's presets; their categories follow behind it.
const YOURS: &str = "Yours";

/// Origin of a preset.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Origin {
    /// In the box: its place among [`built_in`].
    BuiltIn(usize),
    /// A file, listed or not.
    File(PathBuf),
}

/// A preset in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it is.
    pub origin: Origin,
    /// Its name for people.
    pub name: String,
    /// Group and name in small letters, for the search.
    key: String,
}

/// A category, with the places of its presets in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name for people.
    pub name: String,
    /// The places of its presets.
    pub entries: Range<usize>,
}

/// All presets, in the order in which they are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The presets.
    pub entries: Vec<Entry>,
    /// Their categories, in the same order; none is empty.
    pub groups: Vec<Group>,
    /// True if the user's folder holds more than is listed.
    pub is_cut: bool,
    /// The user's folder, if there is one.
    folder: Option<PathBuf>,
}

/// The folder of the user's presets, which need not be there; nothing if the system does not say where settings are
/// kept.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    Some(user::folder()?.join("presets"))
}

/// The presets in the box.
impl Default for List {
    fn default() -> Self {
        Self::of_box(None)
    }
}

impl List {
    /// The presets in the box, of a user with this folder, which is not read.
    #[must_use]
    pub fn of_box(folder: Option<PathBuf>) -> Self {
        let mut list = Self { entries: Vec::new(), groups: Vec::new(), is_cut: false, folder };
        for (place, BuiltIn { category, name, .. }) in built_in().iter().enumerate() {
            list.push(category, name, Origin::BuiltIn(place));
        }
        list
    }

    /// The presets in the box and below a folder, which may have vanished. Before each file it is asked whether it
    /// `is_over`; what was not looked at then is not listed.
    #[must_use]
    pub fn with(folder: &Path, is_over: &dyn Fn() -> bool) -> Self {
        Self::with_most(folder, MOST, &Token::new(is_over))
    }

    fn with_most(folder: &Path, most: usize, cancel: &Token) -> Self {
        let mut list = Self::of_box(Some(folder.to_owned()));
        let (mut files, is_cut) = library::files_below(folder, most, &is_preset, cancel);
        // Folders in folders may come in any depth; a category is at one place.
        let group =
            |file: &PathBuf| file.parent().map(|parent| parent.strip_prefix(folder).unwrap_or(parent).to_owned());
        files.sort_by(|a, b| {
            let texts = [a, b].map(|file| group(file).unwrap_or_default().to_string_lossy().to_lowercase());
            natural::by_text(&texts[0], &texts[1]).then_with(|| group(a).cmp(&group(b)))
        });
        for file in files {
            let parts = group(&file).unwrap_or_default();
            let parts: Vec<_> = parts.iter().map(|part| part.to_string_lossy()).collect();
            let name = std::iter::once(YOURS.into()).chain(parts).collect::<Vec<_>>().join(" / ");
            list.push(&name, &name_of(&file), Origin::File(file));
        }
        Self { is_cut, ..list }
    }

    fn push(&mut self, group: &str, name: &str, origin: Origin) {
        let place = self.entries.len();
        match self.groups.last_mut().filter(|last| last.name == group) {
            Some(last) => last.entries.end = place + 1,
            None => self.groups.push(Group { name: group.to_owned(), entries: place..place + 1 }),
        }
        let key = format!("{group} {name}").to_lowercase();
        self.entries.push(Entry { origin, name: name.to_owned(), key });
    }

    /// The place of a preset; `None` if it is not listed.
    #[must_use]
    pub fn find(&self, origin: &Origin) -> Option<usize> {
        self.entries.iter().position(|entry| entry.origin == *origin)
    }

    /// The user's file at a path below the folder, in large or small letters: on some systems both are the same file.
    #[must_use]
    pub fn file(&self, path: &Path) -> Option<&Path> {
        let wanted = self.folder.as_ref()?.join(path).to_string_lossy().to_lowercase();
        self.entries.iter().find_map(|entry| match &entry.origin {
            Origin::File(file) => Some(file.as_path()).filter(|file| file.to_string_lossy().to_lowercase() == wanted),
            Origin::BuiltIn(_) => None,
        })
    }

    /// The name of a preset in the user's folder with its categories, as it is typed to save it again; `None` of any
    /// other.
    #[must_use]
    pub fn path(&self, origin: &Origin) -> Option<String> {
        let Origin::File(file) = origin else { return None };
        let path = file.strip_prefix(self.folder.as_ref()?).ok()?.with_extension("");
        Some(path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"))
    }

    /// The place before or after that of a preset; the last comes before the first. Of one that is not listed, and of
    /// none, the first comes after it, and the last before. `None` of an empty list.
    #[must_use]
    pub fn neighbour(&self, origin: Option<&Origin>, is_next: bool) -> Option<usize> {
        let count = self.entries.len();
        let place = origin.and_then(|origin| self.find(origin));
        match (place, is_next) {
            _ if count == 0 => None,
            (Some(place), true) => Some((place + 1) % count),
            (Some(place), false) => Some((place + count - 1) % count),
            (None, true) => Some(0),
            (None, false) => Some(count - 1),
        }
    }

    /// True for a preset whose name and category have all of these words, in small letters.
    #[must_use]
    pub fn has(&self, place: usize, words: &[&str]) -> bool {
        self.entries.get(place).is_some_and(|entry| words.iter().all(|word| entry.key.contains(word)))
    }
}

/// Name of a file's preset for people.
#[must_use]
pub fn name_of(file: &Path) -> String {
    file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use transept_support::folder::Folder;

    fn list(folder: &Folder) -> List {
        List::with(folder.root(), &|| false)
    }

    /// Groups and names of the user's presets.
    fn yours(list: &List) -> Vec<(&str, Vec<&str>)> {
        let names =
            |group: &Group| list.entries[group.entries.clone()].iter().map(|entry| entry.name.as_str()).collect();
        let yours = list.groups.iter().filter(|group| group.name.starts_with(YOURS));
        yours.map(|group| (group.name.as_str(), names(group))).collect()
    }

    #[test]
    fn the_box_comes_first_and_then_the_users_folder_with_its_folders() {
        let files = ["b 10.toml", "b 2.TOML", "readme.txt", "Voice/x.toml", "Drums/k.toml", "Drums/Old/a.toml"];
        let list = list(&Folder::with(&[&files[..], &["Drums/.hidden.toml", "voice 2/y.toml"]].concat()));
        assert_eq!(
            yours(&list),
            [
                ("Yours", vec!["b 2", "b 10"]),
                ("Yours / Drums", vec!["k"]),
                ("Yours / Drums / Old", vec!["a"]),
                ("Yours / Voice", vec!["x"]),
                ("Yours / voice 2", vec!["y"]),
            ]
        );
        let in_box = List::default();
        assert_eq!(list.entries[..in_box.entries.len()], in_box.entries);
        assert_eq!(in_box.groups[0], Group { name: "Rooms".to_owned(), entries: 0..3 });
        let counts: usize = list.groups.iter().map(|group| group.entries.len()).sum();
        assert_eq!((counts, list.is_cut), (list.entries.len(), false));
    }

    #[test]
    fn a_folder_that_is_not_there_is_no_presets_and_one_that_is_too_large_is_cut() {
        let folder = Folder::with(&["1.toml", "2.toml", "3.toml"]);
        assert_eq!(yours(&List::with(&folder.path("gone"), &|| false)), []);
        assert_eq!(yours(&List::with(&folder.path("1.toml"), &|| false)), []);
        let cut = List::with_most(folder.root(), 2, &Token::never());
        assert_eq!((yours(&cut)[0].1.len(), cut.is_cut), (2, true));
        assert!(yours(&List::with(folder.root(), &|| true)).is_empty());
    }

    #[test]
    fn ten_thousand_files_are_listed_once_each() {
        let folder = Folder::new();
        for number in 0..10_000 {
            std::fs::write(folder.path(&format!("{number}.toml")), "").expect("written");
        }
        let list = list(&folder);
        let names = yours(&list).remove(0).1;
        assert!(names.iter().enumerate().all(|(at, name)| *name == at.to_string()));
        assert_eq!((names.len(), list.is_cut), (10_000, false));
    }

    #[test]
    #[cfg(unix)]
    fn links_are_followed_but_not_in_circles() {
        let folder = Folder::with(&["Drums/k.toml"]);
        std::os::unix::fs::symlink(folder.root(), folder.path("Drums/loop")).expect("linked");
        assert_eq!(yours(&list(&folder)), [("Yours / Drums", vec!["k"])]);
    }

    #[test]
    fn next_and_previous_go_round_and_begin_at_an_end() {
        let list = list(&Folder::with(&["a.toml"]));
        let last = list.entries.len() - 1;
        let step = |place: usize, is_next| list.neighbour(Some(&list.entries[place].origin), is_next);
        assert_eq!((step(0, true), step(last, true)), (Some(1), Some(0)));
        assert_eq!((step(1, false), step(0, false)), (Some(0), Some(last)));
        assert_eq!((list.neighbour(None, true), list.neighbour(None, false)), (Some(0), Some(last)));
        let gone = Origin::File("/gone.toml".into());
        assert_eq!(list.neighbour(Some(&gone), true), Some(0));
        let empty = List { entries: vec![], groups: vec![], is_cut: false, folder: None };
        assert_eq!(empty.neighbour(None, true), None);
    }

    #[test]
    fn all_words_are_looked_for_in_name_and_category() {
        let list = list(&Folder::with(&["Drums/Große Halle.toml"]));
        let last = list.entries.len() - 1;
        for (words, is_there) in
            [(&["große", "yours"][..], true), (&["drums"], true), (&[], true), (&["große", "voice"], false)]
        {
            assert_eq!(list.has(last, words), is_there, "{words:?}");
        }
        assert!(!list.has(last + 1, &[]));
    }

    #[test]
    fn a_preset_of_the_users_is_called_by_its_category_and_name() {
        let folder = Folder::with(&["Drums/Kick v1.2.toml"]);
        let list = list(&folder);
        let path = |path: PathBuf| list.path(&Origin::File(path));
        assert_eq!(path(folder.path("Drums/Kick v1.2.toml")).as_deref(), Some("Drums/Kick v1.2"));
        assert_eq!((path("/elsewhere.toml".into()), list.path(&Origin::BuiltIn(0))), (None, None));
    }

    #[test]
    fn a_file_is_found_in_letters_of_either_size() {
        let folder = Folder::with(&["Drums/Kick.toml"]);
        let list = list(&folder);
        assert_eq!(list.file(Path::new("drums/kick.toml")), Some(&*folder.path("Drums/Kick.toml")));
        assert_eq!(list.file(Path::new("Kick.toml")), None);
    }
}

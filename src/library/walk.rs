//! The files below folders, in an order that depends on nothing but their names.

use super::natural::by_name;
use crate::cancel::Token;
use std::collections::HashSet;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// True for a file that is wanted; an error if that cannot be known.
pub type IsWanted<'a> = &'a dyn Fn(&Path) -> io::Result<bool>;

/// What was found in the folders.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// The files, each folder's in natural order and before those of its folders.
    pub files: Vec<PathBuf>,
    /// What cannot be read, in the same order.
    pub unread: Vec<Unread>,
    /// True if something was left out: there was too much, or it was cancelled.
    pub gave_up: bool,
}

/// A file or folder that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Its place.
    pub path: PathBuf,
    /// Why it cannot be read, to stand behind its name.
    pub reason: String,
}

/// Walks folders one after the other, each with all below it. Of links to folders each is followed, but no folder is
/// entered twice. At most `most` files and folders are looked at; `cancel` is checked before each.
/// Of the files those are found that `is_wanted` accepts.
pub fn below(folders: &[PathBuf], most: usize, is_wanted: IsWanted, cancel: &Token) -> Walk {
    let mut walk = Walk::default();
    let (mut left, mut entered) = (most, HashSet::new());
    // The next one last.
    let mut waiting: Vec<PathBuf> = folders.iter().rev().cloned().collect();
    while let Some(folder) = waiting.pop() {
        // Under its one true name: links that lead in a circle end here. What has none is not there.
        if !folder.canonicalize().is_ok_and(|real| entered.insert(real)) {
            continue;
        }
        let listed = list(&folder, &mut left, is_wanted, cancel);
        walk.files.extend(listed.files);
        walk.unread.extend(listed.unread);
        walk.gave_up |= listed.gave_up;
        waiting.extend(listed.folders.into_iter().rev());
    }
    walk
}

/// What is in one folder.
#[derive(Debug, Default)]
pub struct Listed {
    /// Wanted files in natural order.
    pub files: Vec<PathBuf>,
    /// Folders in natural order.
    pub folders: Vec<PathBuf>,
    /// What cannot be read, in natural order; it may be the folder itself.
    pub unread: Vec<Unread>,
    /// As in [`Walk`].
    pub gave_up: bool,
}

/// Lists a folder. What is hidden is left out, and with it the shadows (`._hall.wav`) that macOS lays beside files on
/// foreign disks.
pub fn list(folder: &Path, left: &mut usize, is_wanted: IsWanted, cancel: &Token) -> Listed {
    let mut listed = Listed::default();
    let no_folder = |error| Unread { path: folder.to_owned(), reason: format!("the folder cannot be read: {error}") };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            listed.unread.push(no_folder(error));
            return listed;
        }
    };
    for entry in entries {
        if *left == 0 || cancel.is_cancelled() {
            listed.gave_up = true;
            break;
        }
        *left -= 1;
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                // Whoever cannot go on cannot go on later either.
                listed.unread.push(no_folder(error));
                break;
            }
        };
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        // Through links, unlike the entry's own type.
        let is_found = path.metadata().and_then(|metadata| {
            if metadata.is_dir() {
                listed.folders.push(path.clone());
            }
            Ok(metadata.is_file() && is_wanted(&path)?)
        });
        match is_found {
            Ok(true) => listed.files.push(path),
            Ok(false) => {}
            Err(error) => listed.unread.extend(unread(path, &error)),
        }
    }
    listed.files.sort_by(|a, b| by_name(a, b));
    listed.folders.sort_by(|a, b| by_name(a, b));
    listed.unread.sort_by(|a, b| by_name(&a.path, &b.path));
    listed
}

/// What cannot be read of a folder; nothing of a file that is gone meanwhile.
fn unread(path: PathBuf, error: &io::Error) -> Option<Unread> {
    let reason = match error.kind() {
        ErrorKind::NotFound if path.is_symlink() => "it is a link that leads nowhere".to_owned(),
        ErrorKind::NotFound => return None,
        _ => format!("cannot be read: {error}"),
    };
    Some(Unread { path, reason })
}

#[cfg(test)]
mod tests {
    use super::super::is_impulse;
    use super::super::tests::names;
    use super::*;
    use transept_support::folder::Folder;

    fn walk(folders: &[PathBuf]) -> Walk {
        below(folders, 1000, &|path| Ok(is_impulse(path)), &Token::never())
    }

    #[test]
    fn files_come_in_natural_order_and_before_those_of_deeper_folders() {
        let folder = Folder::with(&["b/1.wav", "a 10/x.flac", "a 2/y/z.OGG", "a 2/y.aif", "10.wav", "9.WAV"]);
        let found = walk(&[folder.root().to_owned()]);
        assert_eq!(
            names(&folder, &found.files),
            ["9.WAV", "10.wav", "a 2/y.aif", "a 2/y/z.OGG", "a 10/x.flac", "b/1.wav"]
        );
        assert!(!found.gave_up);
    }

    #[test]
    fn what_is_no_impulse_or_hidden_or_not_there_is_left_out() {
        let folder =
            Folder::with(&["readme.txt", "wav", ".trash/a.wav", "._hall.wav", "folder.wav/b.wav", "hall.wav.bak"]);
        assert_eq!(names(&folder, &walk(&[folder.root().to_owned()]).files), ["folder.wav/b.wav"]);
        assert_eq!(walk(&[folder.path("gone")]), Walk::default());
    }

    #[test]
    fn a_folder_within_another_of_the_library_is_walked_once() {
        let folder = Folder::with(&["a/1.wav", "b/2.wav"]);
        let folders = [folder.path("b"), folder.root().to_owned(), folder.root().to_owned()];
        assert_eq!(names(&folder, &walk(&folders).files), ["b/2.wav", "a/1.wav"]);
    }

    #[test]
    #[cfg(unix)]
    fn links_are_followed_but_not_in_circles() {
        use std::os::unix::fs::symlink;
        let (folder, elsewhere) = (Folder::with(&["a/1.wav"]), Folder::with(&["far/2.wav"]));
        symlink(folder.root(), folder.path("a/loop")).expect("linked");
        symlink("self", folder.path("self")).expect("linked");
        symlink(elsewhere.root(), folder.path("b")).expect("linked");
        symlink(elsewhere.path("far/2.wav"), folder.path("c.wav")).expect("linked");
        symlink(elsewhere.path("far/3.wav"), folder.path("dangling.wav")).expect("linked");
        let found = walk(&[folder.root().to_owned()]);
        assert_eq!(names(&folder, &found.files), ["c.wav", "a/1.wav", "b/far/2.wav"]);
        let [dangling, own] = &found.unread[..] else { panic!("{found:?}") };
        assert!(dangling.path.ends_with("dangling.wav") && dangling.reason.contains("leads nowhere"), "{dangling:?}");
        assert!(own.path.ends_with("self") && own.reason.contains("cannot be read"), "{own:?}");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let folder = Folder::with(&["a/1.wav", "b/2.wav", "readme.txt"]);
        let refuses = |path: &Path| match path.ends_with("1.wav") {
            true => Err(ErrorKind::PermissionDenied.into()),
            false => Ok(is_impulse(path)),
        };
        let found = below(&[folder.root().to_owned(), folder.path("readme.txt")], 1000, &refuses, &Token::never());
        assert_eq!(names(&folder, &found.files), ["b/2.wav"]);
        let [file, no_folder] = &found.unread[..] else { panic!("{found:?}") };
        assert!(file.path == folder.path("a/1.wav") && file.reason.contains("permission denied"), "{file:?}");
        assert!(no_folder.path == folder.path("readme.txt") && no_folder.reason.contains("folder"), "{no_folder:?}");
    }

    #[test]
    fn too_much_is_not_looked_at_and_nobody_waits() {
        let folder = Folder::with(&["1.wav", "2.wav", "3.wav"]);
        let wanted = |path: &Path| Ok(is_impulse(path));
        let some = below(&[folder.root().to_owned()], 2, &wanted, &Token::never());
        assert_eq!((some.files.len(), some.gave_up), (2, true));
        let all = below(&[folder.root().to_owned()], 3, &wanted, &Token::never());
        assert_eq!((all.files.len(), all.gave_up), (3, false));
        let cancelled = below(&[folder.root().to_owned()], 3, &wanted, &Token::new(&|| true));
        assert_eq!(cancelled, Walk { gave_up: true, ..Walk::default() });
    }
}

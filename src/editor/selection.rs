//! What a user selects as an impulse: a typed path, files of the dialog, dropped files, the next file of a folder.

use crate::impulse::recipe::Source;
use crate::{library, preset, space};
use std::path::{Path, PathBuf};

/// A selection, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// An impulse to load.
    Impulse(Source),
    /// A preset to open.
    Preset(PathBuf),
    /// Nothing that can be loaded; the reason.
    Refused(String),
}

/// Direction from the present impulse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the impulse before it.
    Previous,
    /// To the impulse after it.
    Next,
}

impl From<Source> for Selection {
    /// A single file may be a preset; the recipe of a space, which is called alike, is an impulse.
    fn from(source: Source) -> Self {
        match source {
            Source::File { path } if preset::is_preset(&path) && !space::file::is_recipe(&path) => Self::Preset(path),
            // One of a set stands for all of it.
            Source::File { path } => Self::Impulse(library::sets::of(&path).unwrap_or(Source::File { path })),
            source => Self::Impulse(source),
        }
    }
}

/// The selection of files: one is an impulse or a preset; two are the impulses of the left and of the right source, in
/// the order of their names (`…L`, `…R`; `left`, `right`).
#[must_use]
pub fn of_files(mut paths: Vec<PathBuf>) -> Selection {
    paths.sort();
    let mut paths = paths.into_iter();
    match (paths.next(), paths.next(), paths.next()) {
        (Some(path), None, _) => Source::File { path }.into(),
        (Some(left), Some(right), None) => Selection::Impulse(Source::Pair { left, right }),
        _ => Selection::Refused("Choose one file, or two: the left and the right source's.".to_owned()),
    }
}

/// The folder that a typed text names; `None` if it is none.
#[must_use]
pub fn typed_folder(text: &str) -> Option<PathBuf> {
    let text = text.trim().trim_matches('"');
    Some(absolute(text)).filter(|path| !text.is_empty() && path.is_dir())
}

/// The source that a typed text names: one path, or two with a `;` between them. `None` for an empty text.
#[must_use]
pub fn typed(text: &str) -> Option<Source> {
    let mut paths = text.split(';').map(|part| part.trim().trim_matches('"')).filter(|part| !part.is_empty());
    let first = absolute(paths.next()?);
    Some(match paths.next() {
        None => Source::File { path: first },
        Some(second) => Source::Pair { left: first, right: absolute(second) },
    })
}

/// The text of a source, as it is typed; a space has none.
#[must_use]
pub fn text(source: &Source) -> String {
    match source {
        Source::Space { .. } => String::new(),
        Source::File { path } => path.display().to_string(),
        Source::Pair { left, right } => format!("{} ; {}", left.display(), right.display()),
        // One of a set stands for all of it.
        Source::Set { files, .. } => files.first().map(|first| first.display().to_string()).unwrap_or_default(),
    }
}

/// The source before or after another: the spaces in their order, by their ids, or the impulse files of a folder. After
/// the last comes the first. `None` where there is no other. Reads the folder.
#[must_use]
pub fn neighbour(source: Option<&Source>, direction: Direction, spaces: &[&str]) -> Option<Source> {
    match source? {
        Source::Space { id } => {
            let at = spaces.iter().position(|space| space == id)?;
            let by = if direction == Direction::Next { 1 } else { spaces.len() - 1 };
            Some(Source::Space { id: spaces[(at + by) % spaces.len()].to_owned() })
        }
        Source::File { path } => {
            let step = if direction == Direction::Next { library::next } else { library::previous };
            step(path).map(|path| Source::File { path })
        }
        Source::Set { files, .. } => {
            let step = if direction == Direction::Next { library::next } else { library::previous };
            let others = std::iter::successors(files.first().cloned(), |path| step(path)).take(files.len() + 1);
            others.skip(1).find(|path| !files.contains(path)).map(|path| Source::File { path })
        }
        Source::Pair { .. } => None,
    }
}

/// The source with its missing file replaced by the one that was found.
#[must_use]
pub fn relocated(source: &Source, wanted: &Path, found: PathBuf) -> Source {
    match source {
        Source::Pair { left, right } if right == wanted => Source::Pair { left: left.clone(), right: found },
        Source::Pair { left, right } if left == wanted => Source::Pair { left: found, right: right.clone() },
        Source::Set { files, .. } => {
            source.at(files.iter().map(|file| if file == wanted { found.clone() } else { file.clone() }))
        }
        _ => Source::File { path: found },
    }
}

/// A session must not depend on the folder in which its host was started, so `~` and relative paths are resolved here.
fn absolute(text: &str) -> PathBuf {
    let decoded = text.strip_prefix("file://").map(decoded);
    let text = decoded.as_deref().unwrap_or(text);
    let home = text.strip_prefix("~/").and_then(|rest| std::env::home_dir().map(|home| home.join(rest)));
    let path = home.unwrap_or_else(|| PathBuf::from(text));
    std::path::absolute(&path).unwrap_or(path)
}

/// The path of a `file://` address, as file managers copy it: with a host or without, and `%20` for a space.
fn decoded(address: &str) -> String {
    let path = address.find('/').map_or(address, |at| &address[at..]);
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let code = others.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = code.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &others[2..] } else { others };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> Option<Source> {
        Some(Source::File { path: path.into() })
    }

    #[test]
    fn typed_paths_are_absolute_and_may_be_quoted() {
        assert_eq!(typed(" \"/a b/c.wav\" "), file("/a b/c.wav"));
        assert_eq!(typed(" ; "), None);
        assert_eq!(typed("file:///a%20b/Gro%C3%9Fe%20Halle.wav"), file("/a b/Große Halle.wav"));
        assert_eq!(typed("file://here/100%.wav"), file("/100%.wav"));
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(typed_folder(&format!("\"{}\"", folder.path().display())), Some(folder.path().to_owned()));
        assert_eq!((typed_folder(""), typed_folder("/no/such")), (None, None));
        let here = std::env::current_dir().expect("a current folder");
        assert_eq!(typed("c.wav"), Some(Source::File { path: here.join("c.wav") }));
        if let Some(home) = std::env::home_dir() {
            assert_eq!(typed("~/c.wav"), Some(Source::File { path: home.join("c.wav") }));
        }
    }

    #[test]
    fn one_or_two_files_are_an_impulse_and_three_are_refused() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(Some(of_files(paths(&["/b"]))), file("/b").map(Selection::Impulse));
        let pair = Source::Pair { left: "/hall left".into(), right: "/hall right".into() };
        assert_eq!(of_files(paths(&["/hall right", "/hall left"])), Selection::Impulse(pair));
        assert!(matches!(of_files(paths(&["/a", "/b", "/c"])), Selection::Refused(_)));
        assert_eq!(of_files(paths(&["/church.TOML"])), Selection::Preset("/church.TOML".into()));
    }

    #[test]
    fn next_and_previous_go_round_the_spaces_and_the_files_of_a_folder() {
        let spaces = ["room", "hall", "plate"];
        let space = |id: &str| Some(Source::Space { id: id.to_owned() });
        let step = |source: &Option<Source>, direction| neighbour(source.as_ref(), direction, &spaces);
        assert_eq!(step(&space("hall"), Direction::Next), space("plate"));
        assert_eq!(step(&space("plate"), Direction::Next), space("room"));
        assert_eq!(step(&space("room"), Direction::Previous), space("plate"));

        let folder = tempfile::tempdir().expect("a folder");
        for name in ["room 10.wav", "room 2.WAV", "room 2.txt", "room 3.flac"] {
            std::fs::write(folder.path().join(name), "").expect("a file");
        }
        let here = |name: &str| file(folder.path().join(name).to_str().expect("text"));
        assert_eq!(step(&here("room 2.WAV"), Direction::Next), here("room 3.flac"));
        assert_eq!(step(&here("room 3.flac"), Direction::Next), here("room 10.wav"));
        assert_eq!(step(&here("room 10.wav"), Direction::Next), here("room 2.WAV"));
        assert_eq!(step(&here("room 2.WAV"), Direction::Previous), here("room 10.wav"));

        let pair = Source::Pair { left: "/l".into(), right: "/r".into() };
        assert_eq!(step(&Some(pair), Direction::Next), None);
        assert_eq!(step(&None, Direction::Next), None);
        for name in ["room 10.wav", "room 3.flac"] {
            std::fs::remove_file(folder.path().join(name)).expect("gone");
        }
        assert_eq!(step(&here("room 2.WAV"), Direction::Next), None, "alone in its folder");
    }

    #[test]
    fn the_missing_half_of_a_pair_is_replaced_alone() {
        let pair = |left: &str, right: &str| Source::Pair { left: left.into(), right: right.into() };
        let was = pair("/l", "/r");
        assert_eq!(relocated(&was, Path::new("/r"), "/new".into()), pair("/l", "/new"));
        assert_eq!(relocated(&was, Path::new("/l"), "/new".into()), pair("/new", "/r"));
        let alone = |path: &str| Source::File { path: path.into() };
        assert_eq!(relocated(&alone("/f"), Path::new("/f"), "/new".into()), alone("/new"));
    }
}

//! All that a session remembers of an impulse's file, so that the file is found again after it was moved or renamed, or
//! when the session is opened on another machine.

use super::fingerprint::{FileHash, Fingerprint};
use crate::impulse::recipe::portable::optional as portable;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// What is remembered of one file; of a pair, each file has its own. Every field may be unknown.
///
/// Fields that a newer program added are ignored, and so is a field to which it gave another form; the other fields are
/// still used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Hints {
    /// Absolute path on the machine that saved it.
    #[serde(with = "portable", skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// Path below a library folder, with `/` on every system.
    #[serde(with = "portable", skip_serializing_if = "Option::is_none")]
    pub relative: Option<PathBuf>,
    /// File name with its extension: another system cannot tell it from the path.
    #[serde(with = "portable", skip_serializing_if = "Option::is_none")]
    pub name: Option<PathBuf>,
    /// Of the impulse that the file holds.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// Of the file's bytes.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub file_hash: Option<FileHash>,
    /// Length of the file in bytes: one of another length need not be read to know that its hash differs.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub file_size: Option<u64>,
}

impl Hints {
    /// What a path alone says.
    #[must_use]
    pub fn of_path(path: &Path) -> Self {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Self { name: absolute.file_name().map(PathBuf::from), path: Some(absolute), ..Self::default() }
    }

    /// True if these say all that others say.
    #[must_use]
    pub fn say_all_of(&self, other: &Self) -> bool {
        fn says<T: PartialEq>(own: &Option<T>, other: &Option<T>) -> bool {
            other.is_none() || own == other
        }
        says(&self.path, &other.path)
            && says(&self.relative, &other.relative)
            && says(&self.name, &other.name)
            && says(&self.fingerprint, &other.fingerprint)
            && says(&self.file_hash, &other.file_hash)
            && says(&self.file_size, &other.file_size)
    }

    /// The same with the path below the first of these folders that holds the file.
    #[must_use]
    pub fn below(mut self, folders: &[PathBuf]) -> Self {
        let path = self.path.as_deref();
        self.relative = folders.iter().find_map(|folder| slashed(path?.strip_prefix(folder).ok()?));
        self
    }

    /// The wanted file's name, for people and for the search.
    #[must_use]
    pub fn name(&self) -> Option<PathBuf> {
        let of_path = || {
            // A path from another system is one long name to this one.
            let text = self.path.as_ref().or(self.relative.as_ref())?.to_string_lossy();
            text.rsplit(['/', '\\']).find(|part| !part.is_empty()).map(PathBuf::from)
        };
        self.name.clone().or_else(of_path)
    }

    /// The path below a library folder, if it stays there.
    pub(super) fn safe_relative(&self) -> Option<&Path> {
        let path = self.relative.as_deref()?;
        path.components().all(|part| matches!(part, Component::Normal(_))).then_some(path)
    }

    /// Whether it is known what the file holds, and not only where it was.
    #[must_use]
    pub fn know_the_content(&self) -> bool {
        self.fingerprint.is_some() || self.file_hash.is_some()
    }
}

/// A path of plain names, joined by `/`: every system reads that.
fn slashed(path: &Path) -> Option<PathBuf> {
    let mut text = OsString::new();
    for part in path.components() {
        let Component::Normal(name) = part else { return None };
        if !text.is_empty() {
            text.push("/");
        }
        text.push(name);
    }
    (!text.is_empty()).then(|| text.into())
}

/// What has another form than expected counts as unknown.
fn lenient<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Saved<T> {
        Known(T),
        Unknown(IgnoredAny),
    }
    Ok(match Saved::deserialize(deserializer)? {
        Saved::Known(value) => Some(value),
        Saved::Unknown(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::Token;

    fn everything() -> Hints {
        let impulse = crate::impulse::Impulse::new(vec![vec![1.0]], 48_000).expect("valid");
        Hints {
            fingerprint: Some(Fingerprint::of(&impulse, &Token::never()).expect("not cancelled")),
            file_hash: Some(FileHash::of(b"RIFF")),
            file_size: Some(4),
            ..Hints::of_path(Path::new("/rooms/Große Hallen/\"1\".wav")).below(&["/rooms".into()])
        }
    }

    fn text(hints: &Hints) -> String {
        toml::to_string(hints).expect("text")
    }

    #[test]
    fn a_path_is_remembered_whole_and_below_the_library_and_by_its_name() {
        let hints = everything();
        assert_eq!(hints.path.as_deref(), Some(Path::new("/rooms/Große Hallen/\"1\".wav")));
        assert_eq!(hints.relative.as_deref(), Some(Path::new("Große Hallen/\"1\".wav")));
        assert_eq!(hints.name.as_deref(), Some(Path::new("\"1\".wav")));
        let path = Path::new("/rooms/a/b.wav");
        let below = |folders: &[&str]| {
            let folders: Vec<PathBuf> = folders.iter().map(PathBuf::from).collect();
            Hints::of_path(path).below(&folders).relative
        };
        assert_eq!(below(&["/other", "/rooms/a", "/rooms"]), Some("b.wav".into()), "the first in the user's order");
        assert_eq!(below(&["/roo"]), None);
        assert_eq!(below(&["/rooms/a/b.wav"]), None, "a file is not below itself");
    }

    #[test]
    fn all_that_is_known_survives_saving_and_what_is_not_is_not_written() {
        for hints in [everything(), Hints::default(), Hints::of_path(Path::new("/a.wav"))] {
            assert_eq!(toml::from_str::<Hints>(&text(&hints)).expect("what was written"), hints);
        }
        assert_eq!(text(&Hints::default()), "");
    }

    #[test]
    #[cfg(unix)]
    fn a_name_that_is_no_text_survives_saving() {
        let name = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"/rooms/\xff/\xfe.wav");
        let hints = Hints::of_path(Path::new(name)).below(&["/rooms".into()]);
        assert_eq!(toml::from_str::<Hints>(&text(&hints)).expect("what was written"), hints);
        assert!(hints.relative.is_some());
    }

    #[test]
    fn what_a_newer_program_added_or_changed_does_not_cost_the_rest() {
        let newer = "mood = \"blue\"\nfingerprint = \"2:abcdef\"\nfile_hash = [1, 2]\nfile_size = \"4 kB\"\n\
                     relative = { folder = 1 }\npath = \"/a/b.wav\"";
        let known = Hints { path: Some("/a/b.wav".into()), ..Hints::default() };
        assert_eq!(toml::from_str::<Hints>(newer).expect("read"), known);
    }

    #[test]
    fn the_wanted_name_is_known_even_from_another_systems_path() {
        let named = |path: &str| Hints { path: Some(path.into()), ..Hints::default() }.name();
        assert_eq!(named("/rooms/hall.wav"), Some("hall.wav".into()));
        assert_eq!(named("C:\\Rooms\\Große Halle.wav"), Some("Große Halle.wav".into()));
        assert_eq!(named("/rooms/"), Some("rooms".into()));
        assert_eq!((named("/"), Hints::default().name()), (None, None));
        let hints = Hints { name: Some("a.wav".into()), path: Some("/b.wav".into()), ..Hints::default() };
        assert_eq!(hints.name(), Some("a.wav".into()));
    }

    #[test]
    fn a_relative_path_does_not_leave_the_library() {
        let safe =
            |path: &str| Hints { relative: Some(path.into()), ..Hints::default() }.safe_relative().map(Path::to_owned);
        assert_eq!(safe("a/b.wav"), Some("a/b.wav".into()));
        assert_eq!([safe("../b.wav"), safe("/b.wav"), safe("a/../../b.wav")], [None, None, None]);
    }
}

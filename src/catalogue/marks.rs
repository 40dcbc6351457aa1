//! Favourites, and what was loaded last, in a file of the user's.
//!
//! ```toml
//! [[favourites]]
//! kind = "file"
//! path = "/rooms/nave.wav"
//!
//! [[recent]]
//! kind = "space"
//! id = "hall"
//! ```

use crate::impulse::recipe::Source;
use crate::library::user::replace;
use serde::Deserialize;
use std::io::ErrorKind;
use std::path::PathBuf;
use toml::{Table, Value};

/// How many impulses that were loaded are remembered.
pub const RECENT: usize = 50;

/// Favourites, and what was loaded last.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Marks {
    file: Option<PathBuf>,
    favourites: Vec<Source>,
    /// The last first.
    recent: Vec<Source>,
    /// What else the file says.
    rest: Table,
    /// Why the file cannot be read; it is not overwritten then.
    damage: Option<String>,
}

impl Marks {
    /// Those in a file; none if it cannot be read.
    #[must_use]
    pub fn open(file: Option<PathBuf>) -> Self {
        let text = match file.as_ref().map(std::fs::read_to_string) {
            Some(Ok(text)) => text,
            Some(Err(error)) if error.kind() != ErrorKind::NotFound => {
                return Self { damage: Some(error.to_string()), file, ..Self::default() };
            }
            _ => String::new(),
        };
        match text.parse::<Table>() {
            Ok(rest) => {
                let [favourites, recent] = ["favourites", "recent"].map(|name| sources(rest.get(name)));
                Self { file, favourites, recent, rest, damage: None }
            }
            Err(error) => Self { damage: Some(error.message().to_owned()), file, ..Self::default() },
        }
    }

    /// As the file says now: another window may have changed it.
    pub(super) fn again(&self) -> Self {
        if self.file.is_some() { Self::open(self.file.clone()) } else { self.clone() }
    }

    /// True for a favourite, and for an impulse of several files of which one is.
    #[must_use]
    pub fn is_favourite(&self, source: &Source) -> bool {
        self.favourites.iter().any(|mark| covers(source, mark))
    }

    pub(super) fn favourites(&self) -> &[Source] {
        &self.favourites
    }

    /// What was loaded last, the last first.
    #[must_use]
    pub fn recent(&self) -> &[Source] {
        &self.recent
    }

    pub(super) fn set_favourite(&mut self, source: &Source, is_favourite: bool) {
        self.favourites.retain(|mark| !covers(source, mark));
        if is_favourite {
            self.favourites.push(source.clone());
        }
    }

    pub(super) fn note_recent(&mut self, source: &Source) {
        self.recent.retain(|mark| !covers(source, mark));
        self.recent.insert(0, source.clone());
        self.recent.truncate(RECENT);
    }

    /// Writes them down. What else the file says stays.
    pub(super) fn write(&self) -> Result<(), String> {
        let Some(file) = &self.file else { return Ok(()) };
        if let Some(damage) = &self.damage {
            return Err(format!("{}: {damage}", file.display()));
        }
        let mut table = self.rest.clone();
        for (name, sources) in [("favourites", &self.favourites), ("recent", &self.recent)] {
            let values = sources.iter().filter_map(|source| Value::try_from(source).ok()).collect();
            table.insert(name.to_owned(), Value::Array(values));
        }
        let text = toml::to_string(&table).map_err(|error| format!("{}: {error}", file.display()))?;
        replace(file, &text).map_err(|error| error.to_string())
    }
}

/// True for a mark on an impulse, or on one of its files: marks are older than sets are known.
fn covers(source: &Source, mark: &Source) -> bool {
    source == mark || matches!(mark, Source::File { path } if source.files().contains(&path.as_path()))
}

/// An entry that is no impulse does not cost the others.
fn sources(value: Option<&Value>) -> Vec<Source> {
    let entries = value.and_then(Value::as_array).into_iter().flatten();
    entries.filter_map(|entry| Source::deserialize(entry.clone()).ok()).collect()
}

//! Figures by content, in a file of the user's.
//!
//! Each line is a record of a file: the hash of its content, its figures, and size and time of the file, by which they
//! are known without reading it again. A file that was moved or renamed is known by its content. A line begins with a
//! checksum of the rest: what is damaged is left out, and costs a measurement.

use super::entry::Outcome;
use crate::cancel::{Cancelled, Token};
use crate::impulse::recipe::portable;
use crate::library::fingerprint::FileHash;
use crate::library::{file_hash, user};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The first line. Another one stands before figures that were defined otherwise, which are forgotten.
const HEADER: &str = "transept figures 1";
/// Most records that are kept: some 15 MB.
const MOST: usize = 50_000;
/// Digits of a line's checksum.
const CHECKSUM: usize = 16;

/// Size, and time of the last change in ns since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    size: u64,
    changed: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(with = "portable")]
    path: PathBuf,
    stamp: Stamp,
    hash: FileHash,
    outcome: Outcome,
}

/// Figures that are known.
#[derive(Debug, Default)]
pub struct Cache {
    file: Option<PathBuf>,
    by_path: HashMap<PathBuf, Record>,
    by_content: HashMap<FileHash, Outcome>,
    /// Records since it was written last.
    news: usize,
}

impl Stamp {
    /// `None` of a file that is not there, or of a system that does not tell.
    pub fn of(path: &Path) -> Option<Self> {
        let metadata = path.metadata().ok()?;
        let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self { size: metadata.len(), changed: u64::try_from(changed.as_nanos()).ok()? })
    }
}

impl Cache {
    /// What a file holds; nothing if it cannot be read.
    pub fn open(file: Option<PathBuf>) -> Self {
        let text = file.as_ref().and_then(|file| std::fs::read(file).ok()).unwrap_or_default();
        let mut cache = Self { file, ..Self::default() };
        let text = String::from_utf8_lossy(&text);
        let mut lines = text.lines();
        if lines.next() == Some(HEADER) {
            lines.filter_map(record).for_each(|record| cache.insert(record));
        }
        cache
    }

    /// The figures of a file that is known by its size and time, without reading it.
    pub fn by_stamp(&self, path: &Path) -> Option<&Outcome> {
        let known = self.by_path.get(path)?;
        (Stamp::of(path) == Some(known.stamp)).then_some(&known.outcome)
    }

    /// The figures of a file's content, if they are known, or else those that `measure` finds. Nothing is kept of a file
    /// that cannot be read, or that changes meanwhile.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn by_content(
        &mut self,
        path: &Path,
        measure: impl FnOnce() -> Result<Outcome, Cancelled>,
        cancel: &Token,
    ) -> Result<Outcome, Cancelled> {
        let before = Stamp::of(path);
        let hash = file_hash(path, cancel)?;
        let known = hash.and_then(|hash| self.by_content.get(&hash));
        let outcome = known.cloned().map_or_else(measure, Ok)?;
        if let Some((stamp, hash)) = before.filter(|before| Stamp::of(path) == Some(*before)).zip(hash) {
            self.insert(Record { path: path.to_owned(), stamp, hash, outcome: outcome.clone() });
            self.news += 1;
        }
        Ok(outcome)
    }

    fn insert(&mut self, record: Record) {
        self.by_content.insert(record.hash, record.outcome.clone());
        self.by_path.insert(record.path.clone(), record);
    }

    /// Records that are not written down yet.
    pub fn news(&self) -> usize {
        self.news
    }

    /// Writes all down, if there is something new. A cache that cannot be written costs time and nothing else.
    pub fn write(&mut self) {
        let Some(file) = self.file.as_ref().filter(|_| self.news > 0) else { return };
        self.news = 0;
        let mut records: Vec<&Record> = self.by_path.values().collect();
        // In an order that depends on nothing else; of too many, those that were changed last.
        records.sort_by(|a, b| b.stamp.changed.cmp(&a.stamp.changed).then_with(|| a.path.cmp(&b.path)));
        let lines = records.into_iter().take(MOST).filter_map(line);
        let text: String = std::iter::once(format!("{HEADER}\n")).chain(lines).collect();
        let _ = user::replace(file, &text);
    }
}

fn checksum(text: &str) -> String {
    FileHash::of(text.as_bytes()).to_string().chars().take(CHECKSUM).collect()
}

fn line(record: &Record) -> Option<String> {
    let text = serde_json::to_string(record).ok()?;
    Some(format!("{} {text}\n", checksum(&text)))
}

fn record(line: &str) -> Option<Record> {
    let (sum, text) = line.split_once(' ')?;
    if checksum(text) == sum { serde_json::from_str(text).ok() } else { None }
}

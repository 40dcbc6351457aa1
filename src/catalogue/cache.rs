//! Figures by content, in a file of the user's.
//!
//! Each line is a record of an impulse: the hash of its content, its figures, and size and time of its files, by which
//! they are known without reading it again. An impulse that was moved or renamed is known by its content; of
//! several files it is all of theirs, in their order. A line begins with a checksum of the rest: what is
//! damaged is left out, and costs a measurement.

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
const HEADER: &str = "transept figures 2";
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

/// A file of an impulse.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Member {
    #[serde(with = "portable")]
    path: PathBuf,
    stamp: Stamp,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    files: Vec<Member>,
    hash: FileHash,
    outcome: Outcome,
}

/// Figures that are known.
#[derive(Debug, Default)]
pub struct Cache {
    file: Option<PathBuf>,
    by_files: HashMap<Vec<PathBuf>, Record>,
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

    /// The figures of files that are one impulse and known by their sizes and times, without reading them.
    pub fn by_stamp(&self, files: &[&Path]) -> Option<&Outcome> {
        let known = self.by_files.get(&owned(files))?;
        (members(files)? == known.files).then_some(&known.outcome)
    }

    /// The figures of the content of files that are one impulse, if they are known, or else those that `measure` finds.
    /// Nothing is kept of a file that cannot be read, or that changes meanwhile.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn by_content(
        &mut self,
        files: &[&Path],
        measure: impl FnOnce() -> Result<Outcome, Cancelled>,
        cancel: &Token,
    ) -> Result<Outcome, Cancelled> {
        let before = members(files);
        let hash = content(files, cancel)?;
        let known = hash.and_then(|hash| self.by_content.get(&hash));
        let outcome = known.cloned().map_or_else(measure, Ok)?;
        if let Some((files, hash)) = before.filter(|before| members(files).as_ref() == Some(before)).zip(hash) {
            self.insert(Record { files, hash, outcome: outcome.clone() });
            self.news += 1;
        }
        Ok(outcome)
    }

    fn insert(&mut self, record: Record) {
        self.by_content.insert(record.hash, record.outcome.clone());
        let files = record.files.iter().map(|file| file.path.clone()).collect();
        self.by_files.insert(files, record);
    }

    /// Records that are not written down yet.
    pub fn news(&self) -> usize {
        self.news
    }

    /// Writes all down, if there is something new. A cache that cannot be written costs time and nothing else.
    pub fn write(&mut self) {
        let Some(file) = self.file.as_ref().filter(|_| self.news > 0) else { return };
        self.news = 0;
        let mut records: Vec<_> = self.by_files.iter().collect();
        // In an order that depends on nothing else; of too many, those that were changed last.
        let changed = |record: &Record| record.files.iter().map(|file| file.stamp.changed).max();
        records.sort_by(|(a, one), (b, other)| changed(other).cmp(&changed(one)).then_with(|| a.cmp(b)));
        let lines = records.into_iter().take(MOST).filter_map(|(_, record)| line(record));
        let text: String = std::iter::once(format!("{HEADER}\n")).chain(lines).collect();
        let _ = user::replace(file, &text);
    }
}

fn owned(files: &[&Path]) -> Vec<PathBuf> {
    files.iter().map(|path| (*path).to_owned()).collect()
}

/// `None` if one of them is not there.
fn members(files: &[&Path]) -> Option<Vec<Member>> {
    files.iter().map(|path| Some(Member { path: (*path).to_owned(), stamp: Stamp::of(path)? })).collect()
}

/// Hash of a file's content, or of the hashes of several files in their order; `None` if one cannot be read.
fn content(files: &[&Path], cancel: &Token) -> Result<Option<FileHash>, Cancelled> {
    let mut hashes = Vec::with_capacity(files.len());
    for path in files {
        let Some(hash) = file_hash(path, cancel)? else { return Ok(None) };
        hashes.push(hash);
    }
    Ok(match hashes[..] {
        [alone] => Some(alone),
        // Two files are a pair, or a set of mono files, of which the figures are the same.
        _ => Some(FileHash::of(hashes.iter().map(FileHash::to_string).collect::<String>().as_bytes())),
    })
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

//! Files of one test.

use crate::wave;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A temporary folder, deleted with all that is in it when this is dropped.
#[derive(Debug)]
pub struct Folder(TempDir);

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Folder {
    /// An empty folder.
    ///
    /// # Panics
    /// If the system gives none, as everything here panics where files cannot be written: a test cannot go on then.
    #[must_use]
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// With files of these names below it, each holding its name.
    #[must_use]
    pub fn with(names: &[&str]) -> Self {
        let folder = Self::new();
        for name in names {
            folder.file(name, name.as_bytes());
        }
        folder
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.0.path()
    }

    /// The place of a file in it, whether there is one or not.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Writes a file with these bytes, and the folders above it.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        std::fs::write(&path, bytes).expect("written");
        path
    }

    /// Writes planar samples as WAV of 32-bit float.
    pub fn wave(&self, name: &str, sample_rate: u32, channels: &[Vec<f32>]) -> PathBuf {
        let path = self.path(name);
        wave::write(&path, sample_rate, channels);
        path
    }

    /// The names in a folder below it, sorted; `.` is the folder itself.
    #[must_use]
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).expect("readable");
        let names = entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }
}

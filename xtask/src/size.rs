//! How large files are.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Bytes of a file, or of all files in a folder.
pub fn of(path: &Path) -> Result<u64> {
    let unreadable = || format!("cannot read {}", path.display());
    let found = fs::symlink_metadata(path).with_context(unreadable)?;
    if !found.is_dir() {
        return Ok(found.len());
    }
    fs::read_dir(path).with_context(unreadable)?.map(|entry| of(&entry?.path())).sum()
}

/// Megabytes, as one says them.
pub fn shown(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

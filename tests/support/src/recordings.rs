//! Recordings beside the project.

use std::path::PathBuf;

/// The folder of recordings beside the project, or `None` after saying so. Another place for it can be named in
/// `TRANSEPT_DATA`.
#[must_use]
pub fn recordings() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("TRANSEPT_DATA").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no ../shared/data");
    None
}

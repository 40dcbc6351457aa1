//! The forms of files that are written, by their extensions.

use std::ffi::OsStr;

/// Extensions without the dot. The first is that of outputs in a folder.
pub(super) const WRITTEN: [&str; 2] = ["wav", "wave"];

/// True for an extension of a file that is written, in capitals or not.
pub(super) fn is_written(extension: &OsStr) -> bool {
    WRITTEN.iter().any(|written| extension.eq_ignore_ascii_case(written))
}

/// Says that an extension is not written, and which are.
pub(super) fn not_written(extension: &OsStr) -> String {
    format!(".{} is not written; let the name end in {}", extension.to_string_lossy(), names())
}

/// The extensions that are written, for people.
pub(super) fn names() -> String {
    WRITTEN.map(|extension| format!(".{extension}")).join(" or ")
}

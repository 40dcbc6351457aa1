//! The forms of files that are written, by their extensions.

use crate::render::Form;
use std::ffi::OsStr;

/// True for an extension of a file that is written, in capitals or not.
pub(super) fn is_written(extension: &OsStr) -> bool {
    Form::of_extension(extension).is_some()
}

/// Says that an extension is not written, and which are.
pub(super) fn not_written(extension: &OsStr) -> String {
    format!(".{} is not written; let the name end in {}", extension.to_string_lossy(), names())
}

/// The usual extensions of what is written, for people.
pub(super) fn names() -> String {
    let usual = Form::EXTENSIONS.chunk_by(|(_, one), (_, next)| one == next).map(|alike| format!(".{}", alike[0].0));
    usual.collect::<Vec<_>>().join(" or ")
}

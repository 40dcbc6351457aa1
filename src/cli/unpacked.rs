//! Impulses that a state carries along, as files that a preset can name.

use super::{room, warn};
use crate::cancel::Token;
use crate::impulse::Impulse;
use crate::impulse::recipe::Source;
use crate::library::fingerprint::Fingerprint;
use crate::library::hints::Hints;
use crate::preset::{Read, lookup};
use crate::render;
use crate::session::host_state::Carried;
use crate::space;
use std::fs;
use std::path::{Path, PathBuf};

/// Files that were written, and are removed again unless they are kept: a failure leaves nothing.
#[derive(Default)]
pub(super) struct Unpacked(Vec<PathBuf>);

impl Unpacked {
    /// Writes each impulse that a state carries along into a folder, as a WAV file called like the one that it was made
    /// of, and has the preset name it; says so. Those whose own files are where the state says are left aside.
    ///
    /// # Errors
    /// A message that names the file, also for one that is there already and holds something else.
    pub fn of(carried: &[Carried], folder: &Path, state: &Path, read: &mut Read) -> Result<Self, String> {
        let mut unpacked = Self::default();
        let mut names = Vec::new();
        for carried in carried.iter().filter(|carried| !carried.files().iter().all(lookup::is_there)) {
            let source = carried.source();
            let Some(impulse) = carried.impulse() else {
                warn(state, format_args!("the embedded impulse of {source} cannot be read, and is left out"));
                continue;
            };
            // The other impulse may be called alike.
            let number = if names.contains(&stem(carried)) { "-2" } else { "" };
            names.push(stem(carried));
            let path = folder.join(format!("{}{number}.wav", stem(carried)));
            if path.exists() {
                refuse_other(&path, &impulse)?;
            } else {
                render::store(&impulse, &path).map_err(|error| error.to_string())?;
                unpacked.0.push(path.clone());
            }
            warn(state, format_args!("the embedded impulse of {source} is in {} now", path.display()));
            read.put(carried.side(), Source::File { path: room::absolute(&path) });
        }
        Ok(unpacked)
    }

    /// Leaves the files where they are.
    pub fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        for path in &self.0 {
            // There is nobody to tell, and the error that led here is on its way.
            let _ = fs::remove_file(path);
        }
    }
}

/// The name of the file without its extension, or of both files of a pair.
fn stem(carried: &Carried) -> String {
    let stem = |hints: &Hints| Some(hints.name()?.file_stem()?.to_string_lossy().into_owned());
    let stems: Vec<String> = carried.files().iter().filter_map(stem).collect();
    if stems.is_empty() { "impulse".to_owned() } else { stems.join(" + ") }
}

/// Refuses a file that holds another impulse.
fn refuse_other(path: &Path, impulse: &Impulse) -> Result<(), String> {
    let fingerprint = |impulse: &Impulse| Fingerprint::of(impulse, &Token::never()).ok();
    let there = space::file::impulse(path, &Token::never()).ok();
    if there.is_some_and(|there| fingerprint(&there) == fingerprint(impulse)) {
        return Ok(());
    }
    let path = path.display();
    Err(format!("{path}: is there already, and is not the embedded impulse; move it, or write to another folder"))
}

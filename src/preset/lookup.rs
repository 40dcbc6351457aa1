//! Where the files of a preset are now: in their places, beside the preset, or in the user's library.
//!
//! ```text
//! the path ─no─> beside or below the preset, by its name ─no─> beside it, by its content ─no─> in the library
//! ```
//!
//! A path counts as it stands: people edit presets. Elsewhere a file of the right content goes before one that is only
//! called like the wanted one. What is taken in the place of a path is said.

use super::Read;
use crate::cancel::Token;
use crate::impulse::recipe::Side;
use crate::library::hints::Hints;
use crate::library::{self, Found, Library, Limits, letters};
use std::path::{Path, PathBuf};

/// An impulse whose file is nowhere, and where it was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Which impulse of the preset.
    pub side: Side,
    /// The wanted file as the preset names it, and the places.
    pub reason: String,
}

/// Moves the impulses of a preset to where their files are; says in its warnings what was taken, and in its `missing`
/// what was not found.
pub(super) fn look_up(read: &mut Read, preset: &Path, library: &Library, limits: Limits) {
    let folder = super::folder(preset);
    let lookup = Lookup { folder: &folder, library, limits };
    let mut known = std::mem::take(&mut read.files).into_iter();
    for (side, source) in [(Side::A, Some(&mut read.preset.source)), (Side::B, read.preset.second.as_mut())] {
        let Some(source) = source else { continue };
        let mut places = Vec::new();
        for path in source.files() {
            let hints = known.next().unwrap_or_else(|| Hints { path: Some(path.to_owned()), ..Hints::default() });
            match lookup.find(path, &hints) {
                Ok((place, taken)) => {
                    read.warnings.extend(taken);
                    places.push(place);
                }
                Err(reason) => {
                    read.missing.push(Missing { side, reason });
                    places.push(path.to_owned());
                }
            }
            read.files.push(hints);
        }
        *source = source.at(places);
    }
}

/// The file that a path means in a folder, also a path of another system: the file there, else the one of its name in
/// the folder or below it.
#[must_use]
pub fn in_folder(folder: &Path, path: &Path) -> Option<PathBuf> {
    let there = folder.join(path);
    if there.is_file() { Some(there) } else { beside(folder, path) }
}

/// A file in a folder, or below it, that is called like the end of a path; the longest end goes first. Of any system's
/// path, in large or small letters where no file has the very name.
fn beside(folder: &Path, path: &Path) -> Option<PathBuf> {
    let text = path.to_string_lossy();
    let parts: Vec<&str> = text.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    let is_plain = |part: &&str| !matches!(*part, "." | "..") && !part.ends_with(':');
    let begin = parts.iter().rposition(|part| !is_plain(part)).map_or(0, |last| last + 1);
    let ends = || (begin..parts.len()).map(|at| &parts[at..]);
    let exact = ends().map(|end| folder.join(end.iter().collect::<PathBuf>())).find(|path| path.is_file());
    exact.or_else(|| ends().find_map(|end| letters::find(folder, end.iter().copied())))
}

struct Lookup<'a> {
    folder: &'a Path,
    library: &'a Library,
    limits: Limits,
}

impl Lookup<'_> {
    /// The place of a file, with what is to be said of it; or why there is none.
    fn find(&self, path: &Path, hints: &Hints) -> Result<(PathBuf, Option<String>), String> {
        let wanted = hints.path.as_deref().unwrap_or(path);
        let name = hints.name().map_or_else(|| wanted.display().to_string(), |name| name.display().to_string());
        if path.is_file() {
            let other = is_other(path, hints).then(|| format!("{name} has changed since the preset was written"));
            return Ok((path.to_owned(), other));
        }
        let beside = beside(self.folder, wanted);
        if let Some(found) = beside.as_ref().filter(|found| !is_other(found, hints)) {
            return Ok((found.clone(), Some(format!("{name} was found {}", self.relation(found)))));
        }
        if let Some(found) = self.content_beside(hints) {
            let said = format!("{name} was found beside it, as {}", file_name(&found));
            return Ok((found, Some(said)));
        }
        match self.library.find(hints, self.limits, &Token::never()) {
            Ok(Found::Here(found)) => {
                let is_in_library = self.library.folders.iter().any(|folder| found.starts_with(folder));
                let place = if is_in_library { "in the library, " } else { "" };
                let said = format!("{name} was found {place}as {}", found.display());
                return Ok((found, Some(said)));
            }
            Ok(Found::Missing { .. }) | Err(_) => {}
        }
        if let Some(found) = beside {
            let said = format!(
                "{name} was found {}, and holds something else than when the preset was written",
                self.relation(&found)
            );
            return Ok((found, Some(said)));
        }
        Err(self.refusal(path, wanted, hints))
    }

    /// How a file lies to the preset.
    fn relation(&self, found: &Path) -> String {
        match found.parent() == Some(self.folder) {
            true => "beside it".to_owned(),
            false => format!("below it, as {}", found.strip_prefix(self.folder).unwrap_or(found).display()),
        }
    }

    /// The file beside the preset that has the wanted content, whatever it is called.
    fn content_beside(&self, hints: &Hints) -> Option<PathBuf> {
        hints.file_hash?;
        let siblings = library::siblings(&self.folder.join("any"), &Token::never()).ok()?;
        siblings.into_iter().find(|path| !is_other(path, hints))
    }

    fn refusal(&self, path: &Path, wanted: &Path, hints: &Hints) -> String {
        let mut places = Vec::new();
        if path.is_absolute() {
            places.push(format!("at {}", path.display()));
        }
        places.push(format!("beside the preset in {}", self.folder.display()));
        let by = if hints.know_the_content() { "by name and content" } else { "by name" };
        let folders: Vec<String> = self.library.folders.iter().map(|folder| folder.display().to_string()).collect();
        let hint = if folders.is_empty() {
            "; the library has no folders: `transept library add FOLDER` gives it one"
        } else {
            places.push(format!("{by} in the library ({})", folders.join(", ")));
            ""
        };
        format!("{} is not there; looked {}{hint}", wanted.display(), places.join(", "))
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// What a file's bytes are known by; nothing of a file that cannot be read.
pub(super) fn hash(path: &Path) -> Hints {
    // A search that is never cancelled always answers.
    Library::default().hints(path, None, &Token::never()).unwrap_or_default()
}

/// True if a file is at its path, and holds nothing else than what is known of it.
#[must_use]
pub fn is_there(hints: &Hints) -> bool {
    hints.path.as_ref().is_some_and(|path| path.is_file() && !is_other(path, hints))
}

/// True if it is known what a file should hold, and it holds something else.
fn is_other(path: &Path, hints: &Hints) -> bool {
    let is_as_long = hints.file_size.is_none_or(|size| path.metadata().is_ok_and(|metadata| metadata.len() == size));
    hints.file_hash.is_some_and(|wanted| !is_as_long || hash(path).file_hash != Some(wanted))
}

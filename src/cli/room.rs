//! Which room: `--impulse` or `--space`.

use super::{file_name, warn, wrong};
use crate::impulse::recipe::Source;
use crate::library::sets;
use crate::preset::lookup;
use crate::space;
use clap::error::ErrorKind;
use std::path::{Path, PathBuf};

/// Words by which the two halves of a pair differ.
const SIDES: [(&str, &str); 2] = [("left", "right"), ("l", "r")];

/// One file, a pair of files, or a built-in space.
///
/// # Errors
/// An error of usage for more than two files and for a space that is not there.
pub(super) fn source(files: &[PathBuf], space: Option<&str>) -> Result<Source, clap::Error> {
    Ok(match (files, space) {
        ([path], None) => {
            let path = absolute(path);
            match sets::of(&path) {
                Some(set) => {
                    let count = set.files().len();
                    warn(path.as_path(), format_args!("is one of a set of {count} files, which are one impulse"));
                    set
                }
                None => Source::File { path },
            }
        }
        ([left, right], None) => {
            if is_pair(right, left) {
                let [left, right] = [left, right].map(|path| path.display());
                warn(
                    files[0].as_path(),
                    format_args!("the left source's file comes first, and that is {left}, not {right}"),
                );
            }
            Source::Pair { left: absolute(left), right: absolute(right) }
        }
        ([], Some(name)) => {
            let path = Path::new(name);
            if space::file::is_named_like_recipe(path) {
                return Ok(Source::File { path: absolute(path) });
            }
            let id = name.to_lowercase();
            space::find(&id).map_err(|error| wrong(ErrorKind::InvalidValue, error))?;
            Source::Space { id }
        }
        ([], None) => {
            return Err(wrong(ErrorKind::MissingRequiredArgument, "which room? Give an impulse file or --space NAME"));
        }
        _ => {
            return Err(wrong(
                ErrorKind::TooManyValues,
                "a room is one file, two files (of the left source, then of the right one), or a space",
            ));
        }
    })
}

/// An impulse by a name in a text: a built-in space, a file, or a pair of files with a `;` between them, whose paths
/// begin in `folder`.
///
/// # Errors
/// A reason, if there is no such space or file.
pub(super) fn named(text: &str, folder: &Path) -> Result<Source, String> {
    if let Ok(space) = space::find(text) {
        return Ok(Source::Space { id: space.id.to_owned() });
    }
    let file = |part: &str| {
        let part = part.trim().trim_matches('"');
        let nothing = || format!("{part} is no built-in space, and no file in {}", absolute(folder).display());
        let found = lookup::in_folder(folder, Path::new(part)).ok_or_else(nothing)?;
        if found != folder.join(part) {
            warn(Path::new(part), format_args!("{} is taken for it", found.display()));
        }
        Ok::<_, String>(absolute(&found))
    };
    Ok(match text.split_once(';') {
        None => Source::File { path: file(text)? },
        Some((left, right)) => Source::Pair { left: file(left)?, right: file(right)? },
    })
}

/// Whether two names say that the files are those of the left and of the right source: they are the same but for one
/// word, as in `hall-L.wav` and `hall-R.wav` or `LeftHall.wav` and `RightHall.wav`.
pub(super) fn is_pair(left: &Path, right: &Path) -> bool {
    let words = |path: &Path| words(&file_name(path));
    let (left, right) = (words(left), words(right));
    let mut others = left.iter().zip(&right).filter(|(left, right)| left != right);
    let is_side = |(left, right): (&String, &String)| SIDES.contains(&(left, right));
    left.len() == right.len() && others.next().is_some_and(is_side) && others.next().is_none()
}

/// A name cut into words of lower case: at what is no letter, and before a large letter that follows a small one.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut last = ' ';
    for letter in name.chars() {
        if letter.is_alphabetic() != last.is_alphabetic() || letter.is_uppercase() && last.is_lowercase() {
            words.push(String::new());
        }
        words.last_mut().expect("there is one").extend(letter.to_lowercase());
        last = letter;
    }
    words
}

/// Recipes hold absolute paths. Where the system cannot say where it is, the name is as good as it gets.
pub(super) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_told_by_its_names() {
        let is_pair = |left: &str, right: &str| is_pair(Path::new(left), Path::new(right));
        for (left, right) in [
            ("hall-L.wav", "hall-R.wav"),
            ("hall L 48k.wav", "hall R 48k.wav"),
            ("HallL.wav", "HallR.wav"),
            ("LeftHall.wav", "RightHall.wav"),
            ("left/hall_left.wav", "right/hall_right.wav"),
            ("L.wav", "r.WAV"),
        ] {
            assert!(is_pair(left, right) && !is_pair(right, left), "{left} and {right}");
        }
        for (one, other) in [
            ("hall.wav", "hall.wav"),
            ("hall-L.wav", "church-R.wav"),
            ("hall-L.wav", "hall-R-2.wav"),
            ("hall.wav", "harl.wav"),
            ("l-l.wav", "r-r.wav"),
            ("hall-L.wav", "voice.wav"),
        ] {
            assert!(!is_pair(one, other) && !is_pair(other, one), "{one} and {other}");
        }
    }
}

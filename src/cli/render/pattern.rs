//! `--name PATTERN`: what outputs are called.

use super::written::{is_written, not_written};
use crate::render::Form;
use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

/// A pattern in parts. It names a file in the output folder, or in folders below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Pattern(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The dry file's name without its extension.
    Stem,
    /// The name of the room.
    Space,
    /// The number of the file, from 1 on.
    Index,
}

/// What the braces stand for in the name of one output.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'a> {
    /// The dry file's name without its extension.
    pub stem: &'a OsStr,
    /// The name of the room.
    pub space: &'a str,
    /// The number of the file, from 1 on, and how many there are.
    pub index: (usize, usize),
}

impl Default for Pattern {
    fn default() -> Self {
        Self(vec![Part::Stem])
    }
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::read(text, true)
    }
}

impl Pattern {
    /// The pattern of outputs that are made with no room: there is no {space}.
    ///
    /// # Errors
    /// A sentence.
    pub(in crate::cli) fn without_space(text: &str) -> Result<Self, String> {
        Self::read(text, false)
    }

    fn read(text: &str, has_space: bool) -> Result<Self, String> {
        let words = if has_space { "{stem}, {space} and {index}" } else { "{stem} and {index}" };
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some(begin) = rest.find(['{', '}']) {
            let end = rest[begin..].find('}').map(|length| begin + length);
            let word = end.filter(|end| *end > begin).map(|end| &rest[begin + 1..end]);
            parts.push(Part::Text(rest[..begin].to_owned()));
            parts.push(match word {
                Some("stem") => Part::Stem,
                Some("space") if has_space => Part::Space,
                Some("index") => Part::Index,
                Some(other) => return Err(format!("there is no {{{other}}}, only {words}")),
                None => return Err(format!("a brace stands alone; {words} are what there is")),
            });
            rest = &rest[begin + word.map_or(0, str::len) + 2..];
        }
        if rest.is_empty() && parts.is_empty() || text.ends_with(std::path::is_separator) {
            return Err("it names no file".to_owned());
        }
        parts.push(Part::Text(rest.to_owned()));
        if !Path::new(text).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err("it must stay below the output folder: no .. and no / in front".to_owned());
        }
        let pattern = Self(parts);
        match pattern.extension() {
            Some(extension) if !is_written(extension) => Err(not_written(extension)),
            _ => Ok(pattern),
        }
    }

    /// The path of an output below the output folder, with an extension that is written.
    pub(super) fn path(&self, names: Names) -> PathBuf {
        let mut path = OsString::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => path.push(text),
                Part::Stem => path.push(names.stem),
                // A name of a room is never a folder.
                Part::Space => path.push(names.space.replace(std::path::is_separator, "-")),
                Part::Index => {
                    let (index, count) = names.index;
                    path.push(format!("{index:0width$}", width = count.to_string().len()));
                }
            }
        }
        if self.extension().is_none() {
            path.push(".");
            path.push(Form::EXTENSIONS[0].0);
        }
        path.into()
    }

    /// The extension that the pattern itself gives, without the dot.
    fn extension(&self) -> Option<&OsStr> {
        let Some(Part::Text(last)) = self.0.last() else { return None };
        let (_, extension) = last.rsplit_once('.')?;
        (!extension.is_empty() && !extension.contains(std::path::is_separator)).then_some(OsStr::new(extension))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_stand_for_stem_room_and_number() {
        let names = Names { stem: OsStr::new("take.1"), space: "St. Paul/s", index: (7, 120) };
        let path = |pattern: &str| pattern.parse::<Pattern>().expect("a pattern").path(names).display().to_string();
        assert_eq!(path("{stem}"), "take.1.wav");
        assert_eq!(path("{index}-{stem} in {space}.WAV"), "007-take.1 in St. Paul-s.WAV");
        assert_eq!(path("{space}/{stem}"), "St. Paul-s/take.1.wav");
        assert_eq!(path("v2.{index}"), "v2.007.wav");
        assert_eq!(Pattern::default().path(names), Path::new("take.1.wav"));
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_the_reason() {
        for (pattern, reason) in [
            ("{name}", "there is no {name}, only {stem}"),
            ("{stem", "a brace stands alone"),
            ("stem}", "a brace stands alone"),
            ("", "names no file"),
            ("{stem}/", "names no file"),
            ("../{stem}", "below the output folder"),
            ("/tmp/{stem}", "below the output folder"),
            ("{stem}.mp3", ".mp3 is not written"),
        ] {
            let error = pattern.parse::<Pattern>().expect_err("refused");
            assert!(error.contains(reason), "{pattern}: {error}");
        }
        let refused = Pattern::without_space("{stem} in {space}").expect_err("there is no room");
        assert_eq!(refused, "there is no {space}, only {stem} and {index}");
        assert_eq!(Pattern::without_space("{index}{stem}"), "{index}{stem}".parse());
    }
}

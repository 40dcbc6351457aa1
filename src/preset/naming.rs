//! Names that a user gives to presets: such that every system can keep a file of that name.

use super::EXTENSION;
use std::path::PathBuf;

/// Longest name or category in bytes, so that there is room for an ending below the 255 that file systems have.
const LONGEST: usize = 200;

/// Characters that a file name cannot have on every system.
const FORBIDDEN: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// Names of devices on Windows, whatever stands behind a dot.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// The path of a preset in the user's folder, for a name that was typed: `Name` or `Category/Name`, where a category may
/// be within another, with or without the ending.
///
/// # Errors
/// Why no file can be called so, as a sentence without its full stop.
pub fn path(text: &str) -> Result<PathBuf, String> {
    let text = text.trim();
    let ending = text.len().checked_sub(EXTENSION.len() + 1).and_then(|at| text.split_at_checked(at));
    let is_ending = |end: &str| end.strip_prefix('.').is_some_and(|end| end.eq_ignore_ascii_case(EXTENSION));
    let name = ending.filter(|(_, end)| is_ending(end)).map_or(text, |(name, _)| name);
    let (categories, name) = name.rsplit_once('/').map_or((None, name), |(before, name)| (Some(before), name));
    let mut path = PathBuf::new();
    for category in categories.iter().flat_map(|categories| categories.split('/')) {
        path.push(part(category, "category")?);
    }
    path.push(format!("{}.{EXTENSION}", part(name, "name")?));
    Ok(path)
}

/// The nearest name to a text that a file can have, to begin with.
#[must_use]
pub fn suggested(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !c.is_control() && !FORBIDDEN.contains(c)).collect();
    let mut kept = kept.trim_start_matches(['.', ' ']);
    while kept.len() > LONGEST {
        let last = kept.char_indices().next_back().map_or(0, |(at, _)| at);
        kept = &kept[..last];
    }
    kept.trim_end_matches(['.', ' ']).to_owned()
}

/// One part of a path; `what` it is, for the message.
fn part<'a>(text: &'a str, what: &str) -> Result<&'a str, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("Type a {what}"));
    }
    if text.len() > LONGEST {
        return Err(format!("A {what} has at most {LONGEST} bytes, and this one has {}", text.len()));
    }
    if let Some(found) = text.chars().find(|c| FORBIDDEN.contains(c)) {
        return Err(format!("A {what} cannot have the character {found}"));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("A {what} cannot have control characters"));
    }
    if text.starts_with('.') || text.ends_with('.') {
        return Err(format!("A {what} cannot begin or end with a full stop"));
    }
    if is_device(text) {
        return Err(format!("Windows keeps this {what} for a device"));
    }
    Ok(text)
}

fn is_device(text: &str) -> bool {
    let stem = text.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let is_port = ["com", "lpt"].iter().any(|port| {
        let number = stem.strip_prefix(port).map(|rest| rest.chars().collect::<Vec<_>>());
        matches!(number.as_deref(), Some(['0'..='9' | '¹' | '²' | '³']))
    });
    is_port || DEVICES.contains(&stem.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_file_and_a_category_its_folder() {
        for (text, expected) in [
            ("Nave", "Nave.toml"),
            ("  Nave.TOML ", "Nave.toml"),
            ("Voice / Nave, 12 m v1.2", "Voice/Nave, 12 m v1.2.toml"),
            ("Drums/Old/Kick", "Drums/Old/Kick.toml"),
            ("Große Halle", "Große Halle.toml"),
            ("Console", "Console.toml"),
            ("COM10", "COM10.toml"),
        ] {
            assert_eq!(path(text), Ok(PathBuf::from(expected)), "{text}");
        }
        assert!(path(&"ö".repeat(100)).is_ok());
    }

    #[test]
    fn what_no_system_or_only_some_can_keep_is_refused_with_the_reason() {
        for (text, word) in [
            ("", "Type a name"),
            ("  ", "Type a name"),
            (".toml", "Type a name"),
            ("Voice/", "Type a name"),
            ("/Nave", "Type a category"),
            ("a//c", "Type a category"),
            ("../Nave", "full stop"),
            (".hidden", "full stop"),
            ("Nave.", "full stop"),
            ("a\\b", "\\"),
            ("C:Nave", ":"),
            ("Nave?", "?"),
            ("a\tb", "control"),
            ("a\0b", "control"),
            ("nul", "device"),
            ("Aux.old", "device"),
            ("COM1", "device"),
            ("lpt²/Nave", "device"),
        ] {
            let refused = path(text).expect_err(text);
            assert!(refused.contains(word), "{text:?}: {refused}");
        }
        assert!(path(&"ö".repeat(101)).is_err_and(|reason| reason.contains("202")));
    }

    #[test]
    fn what_is_suggested_can_be_a_name() {
        for (text, expected) in
            [("Hall + Plate", "Hall + Plate"), ("..nave: left/right?.", "nave leftright"), ("...", "")]
        {
            assert_eq!(suggested(text), expected);
        }
        assert!(path(&suggested(&"ö".repeat(300))).is_ok());
    }
}

//! What the standalone remembers from one run to the next: its room and the size of its window, in the file `play.toml`
//! beside the [library's](crate::library::user). The room is written as in a preset, and found again as one.

use super::{Preset, lookup, text};
use crate::impulse::recipe::Source;
use crate::library::{Library, Limits, user};
use crate::settings::Settings;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use toml::Table;

/// Name of the file.
const NAME: &str = "play.toml";

/// Widths and heights in points that a window can have.
const LENGTHS: RangeInclusive<f32> = 100.0..=16_384.0;

/// The end of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Last {
    /// The first impulse and the second one, if there is one; `None` if it is not known.
    pub room: Option<(Source, Option<Source>)>,
    /// The size of the window, if it is known.
    pub window: Option<Size>,
}

/// Size of a window in points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Size {
    /// From left to right.
    pub width: f32,
    /// From top to bottom.
    pub height: f32,
}

/// Where it is written down; nothing if the system does not say where settings are kept.
#[must_use]
pub fn file() -> Option<PathBuf> {
    Some(user::folder()?.join(NAME))
}

impl Last {
    /// What a file says, with what of it is ignored and why. Nothing of a file that is not there.
    #[must_use]
    pub fn read(file: &Path, library: &Library) -> (Self, Vec<String>) {
        let nothing = Self { room: None, window: None };
        match std::fs::read_to_string(file) {
            Ok(text) => Self::of_text(&text, file, library).unwrap_or_else(|reason| (nothing, vec![reason])),
            Err(error) if error.kind() == ErrorKind::NotFound => (nothing, Vec::new()),
            Err(error) => (nothing, vec![error.to_string()]),
        }
    }

    fn of_text(text: &str, file: &Path, library: &Library) -> Result<(Self, Vec<String>), String> {
        let mut table: Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
        let mut ignored = Vec::new();
        let window = table.remove("window").and_then(|saved| {
            let size = Size::deserialize(saved).ok().filter(Size::is_possible);
            if size.is_none() {
                ignored.push("no window is as large as it says".to_owned());
            }
            size
        });
        let rest = toml::to_string(&table).map_err(|error| error.to_string())?;
        let mut read = text::read(&rest, &super::folder(file)).map_err(|(_, reason)| reason)?;
        lookup::look_up(&mut read, file, library, Limits::default());
        ignored.append(&mut read.warnings);
        let is_there = read.has_room && read.missing.is_empty();
        ignored.extend(read.missing.into_iter().map(|missing| missing.reason));
        Ok((Self { room: is_there.then_some((read.preset.source, read.preset.second)), window }, ignored))
    }

    /// Writes it down, as a whole or not at all.
    ///
    /// # Errors
    /// A message that names the file.
    pub fn write(&self, file: &Path) -> Result<(), String> {
        let failed = |error: toml::ser::Error| format!("{}: {error}", file.display());
        let mut text = match &self.room {
            Some((source, second)) => {
                let preset = Preset { source: source.clone(), second: second.clone(), settings: Settings::default() };
                preset.text(&[]).map_err(failed)?
            }
            None => String::new(),
        };
        if let Some(window) = self.window {
            let window = Table::try_from(window).map_err(failed)?;
            let table: Table = [("window".to_owned(), window.into())].into_iter().collect();
            text.push_str(&format!("\n{}", toml::to_string(&table).map_err(failed)?));
        }
        user::replace(file, &text).map_err(|error| error.to_string())
    }
}

impl Size {
    fn is_possible(&self) -> bool {
        LENGTHS.contains(&self.width) && LENGTHS.contains(&self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::recipe::Recipe;

    #[test]
    fn what_was_written_is_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, room) = (folder.path().join("transept/play.toml"), folder.path().join("room.wav"));
        std::fs::write(&room, "samples").expect("written");
        assert_eq!(Last::read(&file, &Library::default()), (Last { room: None, window: None }, vec![]));
        let pair = (Recipe::file(&room).source, Some(Recipe::space("plate").source));
        let window = Some(Size { width: 812.5, height: 640.0 });
        for last in [
            Last { room: Some(pair), window },
            Last { room: Some((Recipe::space("room").source, None)), window: None },
            Last { room: None, window },
        ] {
            last.write(&file).expect("written");
            assert_eq!(Last::read(&file, &Library::default()), (last, vec![]));
        }
        assert_eq!(std::fs::read_dir(file.parent().expect("a folder")).expect("readable").count(), 1);
    }

    #[test]
    fn what_is_broken_is_said_and_does_not_cost_the_rest() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("play.toml");
        let hall = "[impulse]\nkind = \"space\"\nid = \"hall\"\n";
        let window = "[window]\nwidth = 800.0\nheight = 600.0\n";
        let size = Some(Size { width: 800.0, height: 600.0 });
        let space = Some((Recipe::space("hall").source, None));
        for (text, room, window, said) in [
            ("[impulse".to_owned(), None, None, 1),
            (format!("{hall}[window]\nwidth = nan\nheight = 1e9\n"), space.clone(), None, 1),
            (format!("{hall}[window]\nwidth = \"wide\"\n"), space, None, 1),
            (format!("[impulse]\nkind = \"dream\"\n{window}"), None, size, 1),
            (format!("[impulse]\nkind = \"file\"\npath = \"gone.wav\"\n{window}"), None, size, 1),
            (String::new(), None, None, 0),
        ] {
            std::fs::write(&file, &text).expect("written");
            let (last, ignored) = Last::read(&file, &Library::default());
            assert_eq!((last, ignored.len()), (Last { room, window }, said), "{text}: {ignored:?}");
        }
        std::fs::write(&file, b"\xff").expect("written");
        assert_eq!(Last::read(&file, &Library::default()).1.len(), 1);
    }
}

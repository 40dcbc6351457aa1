//! The presets in the box: the texts under `presets/`, a folder for each category.

use super::{Preset, PresetError, Read};
use std::path::Path;

/// A preset that is in the box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn {
    /// The purpose that it is for: its folder under `presets/`.
    pub category: &'static str,
    /// Its name for people: its file name without the extension. No two have the same.
    pub name: &'static str,
    /// The preset as text.
    pub text: &'static str,
}

impl BuiltIn {
    /// The preset.
    ///
    /// # Errors
    /// [`PresetError::Text`]; a test sees to it that there is none.
    pub fn read(&self) -> Result<Read, PresetError> {
        // Built-in presets name spaces and no files, so the folder is nowhere.
        Preset::from_bytes(Path::new(self.name), self.text.as_bytes())
    }
}

macro_rules! built_in {
    ($($category:literal: $($name:literal),*;)*) => {
        &[$($(BuiltIn {
            category: $category,
            name: $name,
            text: include_str!(concat!("../../presets/", $category, "/", $name, ".toml")),
        }),*),*]
    };
}

/// In the order in which they are listed: categories together, from the usual to the unusual.
const BUILT_IN: &[BuiltIn] = built_in! {
    "Rooms": "Living room", "Small booth", "Wide room";
    "Halls": "Concert hall", "Chamber hall", "Large hall";
    "Plates": "Studio plate", "Silver plate", "Short plate";
    "Drums": "Drum room", "Snare plate", "Gated hall";
    "Voice": "Vocal plate", "Vocal hall", "Speech in a room";
    "Guitar": "Amplifier in a room", "Clean guitar plate", "Acoustic guitar hall";
    "Special": "Dark and long", "Reverse", "Slow swell", "Slap", "Hall behind a plate";
};

/// All presets in the box, in the order in which they are listed.
#[must_use]
pub fn built_in() -> &'static [BuiltIn] {
    BUILT_IN
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_one_is_read_without_a_warning_and_says_only_what_is_needed() {
        for preset in built_in() {
            let read = preset.read().expect("a preset");
            assert_eq!(read.warnings, Vec::<String>::new(), "{}", preset.name);
            assert!(read.has_room && read.files.is_empty(), "{}", preset.name);
            assert_eq!(read.preset.text(&[]).expect("it can be written"), preset.text, "{}", preset.name);
        }
    }

    /// As loud as each other, never silent beside the dry signal, and nothing that belongs to the session.
    #[test]
    fn every_one_goes_by_the_loudness_of_rooms_and_leaves_the_dry_signal_alone() {
        for preset in built_in() {
            let settings = preset.read().expect("a preset").preset.settings;
            let fresh = crate::settings::Settings::default();
            assert_eq!(
                (settings.loudness, settings.dry, settings.mix_mode, settings.output_level, settings.bypass),
                (fresh.loudness, fresh.dry, fresh.mix_mode, fresh.output_level, false),
                "{}",
                preset.name
            );
            assert!((-18.0..=-6.0).contains(&settings.wet), "{}: wet at {} dB", preset.name, settings.wet);
        }
    }

    #[test]
    fn names_are_unique_and_the_folder_holds_these_and_no_others() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("presets");
        let mut found = HashSet::new();
        for category in std::fs::read_dir(&root).expect("the folder") {
            for file in std::fs::read_dir(category.expect("a category").path()).expect("a folder") {
                found.insert(file.expect("a file").path());
            }
        }
        let file = |preset: &BuiltIn| root.join(preset.category).join(format!("{}.toml", preset.name));
        assert_eq!(built_in().iter().map(file).collect::<HashSet<_>>(), found);
        let names: HashSet<&str> = built_in().iter().map(|preset| preset.name).collect();
        assert_eq!(names.len(), built_in().len());
        let mut categories: Vec<&str> = built_in().iter().map(|preset| preset.category).collect();
        categories.dedup();
        let once: HashSet<&str> = categories.iter().copied().collect();
        assert_eq!(categories.len(), once.len(), "those of a category are together");
    }
}

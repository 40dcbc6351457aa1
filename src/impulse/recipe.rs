//! What the user asked for: canonical (two recipes that sound alike are equal) and versioned.

pub(crate) mod portable;
mod saved;
mod shaping;
mod source;

use super::shape::Shape;
use super::units::Ratio;
use saved::Saved;
use serde::{Deserialize, Serialize};
pub use shaping::Shaping;
pub use source::{Side, Source};
use std::path::PathBuf;

/// Another impulse beside the first one. Both are levelled and shaped alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Second {
    /// Which impulse.
    pub source: Source,
    /// What both become.
    pub how: Combination,
}

impl Second {
    /// In canonical form. At position 0 only the first one is heard, and still they are two: the room in which a
    /// position is moved stays the same room at its ends.
    #[must_use]
    pub fn canonical(self) -> Self {
        match self.how {
            Combination::Morph(position) => Self { how: Combination::Morph(position.min(Ratio::ONE)), ..self },
            Combination::Blend(position) => Self { how: Combination::Blend(position.min(Ratio::ONE)), ..self },
            Combination::Series => self,
        }
    }
}

/// How two impulses become one: see [`morph`](super::morph) and [`combine`](super::combine).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Combination {
    /// A way between both, from 0, the first one, to 1, the second one.
    #[serde(alias = "between")] // Its name when there was no other kind.
    Morph(Ratio),
    /// The sound goes through the first one, and then through the second one.
    Series,
    /// The sum of both, weighted, from 0, the first one alone, to 1, the second one alone.
    Blend(Ratio),
}

impl Default for Combination {
    fn default() -> Self {
        Self::Morph(Ratio::from_thousandths(500))
    }
}

/// A room, however it is shaped.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Room {
    first: Source,
    /// The second source; true if both are in series.
    second: Option<(Source, bool)>,
}

/// How impulses are made equally loud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LevelRule {
    /// As rooms: loudness on pink noise.
    #[default]
    Match,
    /// As loudspeaker cabinets: the peak of the spectrum at 0 dB.
    Cabinet,
    /// As recorded.
    Off,
}

/// The form in which this program writes recipes. A reader leaves what it does not know aside; the number rises only
/// when a field changes its meaning.
pub const VERSION: u32 = 1;

/// What the user asked for: which impulse, and how it is shaped. Small, comparable, saved in the session.
///
/// Its saved form carries a version and tolerates fields that a newer program added; fields that an older one did not
/// know get their default.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub struct Recipe {
    /// Which impulse.
    pub source: Source,
    /// How loud.
    pub level: LevelRule,
    /// True if a constant offset of a recording stays in it; see [`Offset`](super::offset::Offset).
    pub keep_offset: bool,
    /// True for the first impulse and for the second one if it is turned over: the sign of every sample is the other
    /// one. Without a second impulse its place is false.
    pub inverted: [bool; 2],
    /// True for the first impulse and for the second one if the four paths of true stereo come ear by ear in its file,
    /// where nothing else says their order. Without a second impulse its place is false.
    pub by_ear: [bool; 2],
    /// How it is shaped; of two shapes that sound alike, the [canonical](Shape::canonical) one makes equal recipes.
    pub shape: Shape,
    /// A second impulse, if there is one. Of two that sound alike, the [canonical](Second::canonical) one makes equal
    /// recipes.
    pub second: Option<Second>,
}

/// A fresh instance: the built-in hall, matched in loudness.
impl Default for Recipe {
    fn default() -> Self {
        Self::space("hall")
    }
}

impl Recipe {
    /// A built-in space, matched in loudness.
    #[must_use]
    pub fn space(id: &str) -> Self {
        Self::of(Source::Space { id: id.to_owned() })
    }

    /// A file, matched in loudness. The path should be absolute: a session may be opened from anywhere.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::of(Source::File { path: path.into() })
    }

    /// An impulse as it is, matched in loudness.
    #[must_use]
    pub fn of(source: Source) -> Self {
        let (level, shape) = (LevelRule::default(), Shape::default());
        Self { source, level, keep_offset: false, inverted: [false; 2], by_ear: [false; 2], shape, second: None }
    }

    /// A name for people: [that](Source::display_name) of its source, or of both.
    #[must_use]
    pub fn display_name(&self) -> String {
        self.sources().map(Source::display_name).collect::<Vec<_>>().join(" + ")
    }

    /// Identity of the room, whatever its shape. A change between recipes of one room is a reshape of it.
    #[must_use]
    pub fn room(&self) -> Room {
        let second = self.second.as_ref();
        let second = second.map(|second| (second.source.clone(), second.how == Combination::Series));
        Room { first: self.source.clone(), second }
    }

    /// All that is not a source.
    #[must_use]
    pub fn shaping(&self) -> Shaping {
        let Self { level, keep_offset, inverted, by_ear, shape, .. } = *self;
        Shaping { level, keep_offset, inverted, by_ear, shape, how: self.second.as_ref().map(|second| second.how) }
    }

    /// The first source, and the second if there is one.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        std::iter::once(&self.source).chain(self.second.as_ref().map(|second| &second.source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::decay::BandRatios;
    use crate::impulse::shape::{Cut, Envelope, Fade, Trim};
    use crate::impulse::units::{Level, Time};
    use std::path::Path;

    /// A shape of which nothing is at its default.
    fn moved() -> Shape {
        let (ratio, time) = (Ratio::from_f64(0.75), Time::from_seconds(0.3));
        Shape {
            size: ratio,
            late: Level::from_decibels(-4.5),
            reverse: true,
            trim: Trim { start: Cut::Auto, end: Cut::At(time) },
            clean: true,
            decay: BandRatios {
                low: ratio,
                middle: ratio,
                high: ratio,
                all: ratio,
                low_crossover: 300,
                high_crossover: 3000,
            },
            envelope: Envelope { attack: time, decay: Some(time) },
            fade: Fade { start: time, end: time },
        }
    }

    fn saved(recipe: &Recipe) -> toml::Value {
        toml::Value::try_from(recipe).expect("a recipe can be written")
    }

    fn restored(text: &str) -> Recipe {
        toml::from_str(text).expect("a recipe can be read")
    }

    #[test]
    fn a_fresh_instance_sounds_like_the_hall_in_matched_loudness() {
        let hall = Source::Space { id: "hall".to_owned() };
        let shape = Shape::default();
        let (level, second) = (LevelRule::Match, None);
        let ([inverted, by_ear], keep_offset) = ([[false; 2]; 2], false);
        let fresh = Recipe { source: hall, level, keep_offset, inverted, by_ear, shape, second };
        assert_eq!(Recipe::default(), fresh);
    }

    #[test]
    fn every_recipe_survives_saving() {
        let pair = Source::Pair { left: "/rooms/L \"1\".wav".into(), right: "/rooms/ö.wav".into() };
        let sources = [Recipe::space("plate").source, Recipe::file("/rooms/hall.wav").source, pair];
        let hows = [Combination::default(), Combination::Blend(Ratio::from_f64(1.0)), Combination::Series];
        let seconds = sources.each_ref().into_iter().zip(hows);
        let seconds: Vec<_> = seconds.map(|(source, how)| Some(Second { source: source.clone(), how })).collect();
        for (source, second) in sources.into_iter().zip([None].iter().chain(&seconds).cycle()) {
            let [inverted, by_ear] = [[true, second.is_some()], [false, second.is_some()]];
            for level in [LevelRule::Match, LevelRule::Cabinet, LevelRule::Off] {
                for shape in [Shape::default(), moved()] {
                    let (source, second, keep_offset) = (source.clone(), second.clone(), level == LevelRule::Off);
                    let recipe = Recipe { source, level, keep_offset, inverted, by_ear, shape, second };
                    assert_eq!(saved(&recipe).try_into::<Recipe>().expect("what was written"), recipe);
                }
            }
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_file_whose_name_is_no_text_is_found_again() {
        let name = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"/rooms/\xff\xfe.wav");
        let recipe = Recipe::file(name);
        assert_eq!(saved(&recipe).try_into::<Recipe>().expect("what was written"), recipe);
    }

    #[test]
    fn a_source_may_be_made_of_the_same_files_elsewhere() {
        let places =
            |source: &Source| source.files().iter().map(|path| Path::new("/new").join(path)).collect::<Vec<_>>();
        let pair = Source::Pair { left: "l".into(), right: "r".into() };
        let moved = Source::Pair { left: "/new/l".into(), right: "/new/r".into() };
        assert_eq!(pair.at(places(&pair)), moved);
        assert_eq!(pair.at(["/new/l".into()]), Source::Pair { left: "/new/l".into(), right: "r".into() });
        let (file, space) = (Recipe::file("f").source, Recipe::space("hall").source);
        assert_eq!(file.at(places(&file)), Recipe::file("/new/f").source);
        assert_eq!((space.at(["/new".into()]), space.files()), (space.clone(), vec![]));
    }

    #[test]
    fn a_shape_is_saved_in_its_canonical_form() {
        let crossover = BandRatios { low_crossover: 400, ..BandRatios::default() };
        let recipe = Recipe { shape: Shape { decay: crossover, ..Shape::default() }, ..Recipe::default() };
        assert_eq!(saved(&recipe), saved(&Recipe::default()), "nothing is scaled");
        let long = "[source]\nkind = \"space\"\nid = \"room\"\n[shape]\nsize = 9000\nmood = 1";
        assert_eq!(restored(long).shape, Shape { size: Ratio::from_f64(2.0), ..Shape::default() });
    }

    #[test]
    fn what_was_between_two_impulses_is_a_morph() {
        let older = "[source]\nkind = \"space\"\nid = \"room\"\n[second]\nhow = { between = 250 }\n\
                     source = { kind = \"space\", id = \"plate\" }";
        let how = restored(older).second.expect("a second impulse").how;
        assert_eq!(how, Combination::Morph(Ratio::from_thousandths(250)));
    }

    #[test]
    fn a_position_stays_within_its_ends_and_is_the_same_room_at_both() {
        let between = |position| {
            let how = Combination::Morph(Ratio::from_thousandths(position));
            Recipe { second: Some(Second { source: Recipe::space("plate").source, how }), ..Recipe::default() }
        };
        assert_eq!(saved(&between(7_000)), saved(&between(1_000)), "there is nothing behind the second one");
        assert!([1, 500, 1_000].iter().all(|position| between(*position).room() == between(0).room()));
        let series = Second { how: Combination::Series, source: Recipe::space("plate").source };
        let others = [Recipe::default(), Recipe { second: Some(series), ..Recipe::default() }];
        assert!(others.iter().all(|other| other.room() != between(0).room()));
    }

    #[test]
    fn the_saved_form_says_its_version() {
        assert_eq!(saved(&Recipe::default())["version"].as_integer(), Some(VERSION.into()));
    }

    #[test]
    fn what_a_newer_program_added_is_left_aside() {
        let newer = "version = 7\nmood = \"blue\"\n[source]\nkind = \"space\"\nid = \"room\"\nsize = 2.0";
        assert_eq!(restored(newer), Recipe::space("room"));
    }

    #[test]
    fn what_an_older_program_did_not_know_gets_its_default() {
        assert_eq!(restored("[source]\nkind = \"file\"\npath = \"/a.wav\""), Recipe::file("/a.wav"));
    }

    #[test]
    fn what_is_no_recipe_is_refused() {
        for text in ["", "version = 1", "[source]\nkind = \"dream\"", "[source]\nkind = \"space\""] {
            toml::from_str::<Recipe>(text).expect_err("no recipe");
        }
    }

    #[test]
    fn a_source_is_called_like_its_file_or_space() {
        let pair = Source::Pair { left: "/rooms/hall L.wav".into(), right: "/rooms/hall R.wav".into() };
        let second = Second { source: Recipe::space("hall").source, how: Combination::Series };
        assert_eq!(Recipe { second: Some(second), ..Recipe::space("plate") }.display_name(), "plate + hall");
        assert_eq!(Recipe::space("plate").source.display_name(), "plate");
        assert_eq!(Recipe::file("/rooms/St. Mary.flac").source.display_name(), "St. Mary");
        assert_eq!(pair.display_name(), "hall L");
        assert_eq!(Recipe::file("/").source.display_name(), "/");
    }
}

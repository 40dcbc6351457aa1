//! Synthesised rooms from text recipes, so that there is a room without any file.
//!
//! A recipe says what stands in the room, in metres, materials and seconds; `impulses/README.md` explains its fields.
//! [`synthesise`] turns it into an [`Impulse`] at 48 kHz, stereo from one source or true stereo from two: `shoebox` by
//! mirror images and then diffuse noise, `plate` by the modes of a steel sheet. The same text gives the same samples on
//! the same machine (other processors' mathematical libraries may differ in the last bit).
//!
//! Its level: of all sources together each receiver hears the energy 1 on the average, so white noise is as loud wet as
//! it is dry.
//!
//! Nothing here is for the audio thread: it allocates, and takes some ten milliseconds.

mod air;
mod colour;
mod diffuse;
pub mod file;
mod finish;
mod frames;
mod image;
mod octaves;
mod pattern;
mod plain;
mod plate;
mod relief;
mod reverberation;
mod shoebox;
mod text;

use crate::cancel::{Cancelled, Token};
use crate::channels::Marking;
use crate::impulse::Impulse;
use crate::impulse::random::Random;
use octaves::Octaves;

/// In Hz.
const SAMPLE_RATE: f64 = 48_000.0;
/// Left and right.
const RECEIVERS: usize = 2;

/// What both receivers hear of one source.
type Heard = [Vec<f32>; RECEIVERS];

/// A space that is in the box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn {
    /// Identifier: file name in `impulses/` without the extension.
    pub id: &'static str,
    /// For people.
    pub name: &'static str,
    /// The recipe's text.
    pub text: &'static str,
}

/// Why a text is no space.
#[derive(Debug, thiserror::Error)]
pub enum SpaceError {
    /// There is no built-in space of that name.
    #[error("there is no space called \"{0}\"; there are: {list}", list = names())]
    Unknown(String),
    /// The text is not in the form of a recipe: not TOML, a field missing, unknown or of the wrong type.
    #[error("the space's text cannot be read: {0}")]
    Syntax(String),
    /// A field's value makes no room.
    #[error("{field}: found {found}, expected {expected}")]
    Invalid {
        /// Which, with its table: `shoebox.size`.
        field: String,
        /// What is there.
        found: String,
        /// What may be there.
        expected: String,
    },
    /// Cancelled by the caller.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl SpaceError {
    fn invalid(field: &str, found: &str, expected: &str) -> Self {
        Self::Invalid { field: field.to_owned(), found: found.to_owned(), expected: expected.to_owned() }
    }
}

/// In the order in which they came, which is that of the slots of a fresh instance: a new one goes to the end.
const BUILT_IN: [BuiltIn; 4] = [
    BuiltIn { id: "hall", name: "Hall", text: include_str!("../impulses/hall.toml") },
    BuiltIn { id: "plate", name: "Plate", text: include_str!("../impulses/plate.toml") },
    BuiltIn { id: "room", name: "Room", text: include_str!("../impulses/room.toml") },
    BuiltIn { id: "bright-plate", name: "Bright plate", text: include_str!("../impulses/bright-plate.toml") },
];

/// All built-in spaces, in the order in which they came.
#[must_use]
pub fn built_in() -> &'static [BuiltIn] {
    &BUILT_IN
}

fn names() -> String {
    BUILT_IN.map(|space| space.id).join(", ")
}

/// The built-in space with this identifier or name, in large or small letters.
///
/// # Errors
/// [`SpaceError::Unknown`], which lists what there is.
pub fn find(id: &str) -> Result<&'static BuiltIn, SpaceError> {
    let wanted = id.trim().to_lowercase();
    BUILT_IN
        .iter()
        .find(|space| space.id == wanted || space.name.to_lowercase() == wanted)
        .ok_or_else(|| SpaceError::Unknown(id.to_owned()))
}

/// Synthesises a space from its text: same text, same samples. At 48 kHz, with two channels, left and right, or with
/// four if the text has two sources, `LL LR RL RR`; of each the last sample is zero.
///
/// # Errors
/// [`SpaceError::Syntax`] and [`SpaceError::Invalid`], which both name the field; [`SpaceError::Cancelled`], for which
/// `cancel` is checked every few milliseconds.
pub fn synthesise(text: &str, cancel: &Token) -> Result<Impulse, SpaceError> {
    let text = text::Text::parse(text)?;
    let channels = match (&text.shoebox, &text.plate) {
        (Some(room), _) => shoebox::shoebox(&text, room, cancel)?,
        (None, Some(plate)) => plate::plate(&text, plate, cancel)?,
        (None, None) => Vec::new(),
    };
    cancel.check()?;
    let channels: Vec<_> = channels.into_iter().flatten().collect();
    let marking = if channels.len() == 2 * RECEIVERS { Marking::TrueStereo } else { Marking::Unmarked };
    let impulse = Impulse::new(finish::finish(channels, RECEIVERS, SAMPLE_RATE), SAMPLE_RATE as u32);
    Ok(impulse.expect("every validated recipe sounds, within the longest impulse").marked(marking))
}

/// A seed for each source: the first has the recipe's.
fn seeds(seed: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(seed), |seed| Some(Random::new(*seed).word()))
}

/// How long a tail is worth computing: until its slowest part is 100 dB down, and half a second for what comes first.
fn tail_samples(decay: &Octaves) -> usize {
    ((decay.largest() * 100.0 / 60.0 + 0.5) * SAMPLE_RATE) as usize
}

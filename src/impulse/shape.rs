//! Shaping: pure functions from impulse to impulse, in one fixed order.
//!
//! ```text
//! trim ──> clean tail ──> size ──> decay per band ──> early/late ──> reverse ──> envelope ──> fades
//! ```
//!
//! First what is the recording's, then what is the room's and wants its time to run forward, then what is the player's
//! and counts in the time that is heard. What is left at its default changes no bit. An end that is found automatically
//! is that of the cleaned tail; at a time that is told, it is cut before and after.
//!
//! [`apply`] does it from scratch; a [`Shaper`] remembers its steps, for the same impulse shaped again and again.
//!
//! Allocates; not for the audio thread.
//!
//! ```
//! use transept::cancel::Token;
//! use transept::impulse::decay::BandRatios;
//! use transept::impulse::shape::{self, Cut, Shape, Trim};
//! use transept::impulse::units::Ratio;
//!
//! let hall = transept::space::synthesise(transept::space::find("hall")?.text, &Token::never())?;
//! // Highs that die away in half the time, and nothing before the direct sound.
//! let decay = BandRatios { high: Ratio::from_f64(0.5), ..BandRatios::default() };
//! let wanted = Shape { decay, trim: Trim { start: Cut::Auto, end: Cut::Off }, ..Shape::default() };
//! let shaped = shape::apply(hall, &wanted, &Token::never())?;
//! println!("{} s; {:?}", shaped.impulse.seconds(), shaped.decay);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod balance;
mod clean;
mod envelope;
mod shaper;
mod size;
mod trim;

use super::Impulse;
use super::acoustics::{MixingTime, onset};
use super::decay::{self, BandDecay, BandRatios, Cleaning};
use super::resample::ResampleError;
use super::units::{Level, Ratio, Time, within};
use crate::cancel::{Cancelled, Token};
pub use envelope::{Envelope, Fade};
use serde::{Deserialize, Serialize};
pub use shaper::Shaper;
pub use size::Top;
use std::ops::RangeInclusive;
pub use trim::{Cut, Trim};

/// What [`Shape::size`] may be.
pub const SIZE: RangeInclusive<Ratio> = Ratio::from_thousandths(500)..=Ratio::from_thousandths(2000);
/// What [`Shape::late`] may be.
pub const LATE: RangeInclusive<Level> = Level::from_hundredths(-2400)..=Level::from_hundredths(2400);
/// What [`Envelope::decay`] may be.
pub const DECAY: RangeInclusive<Time> = Time::from_micros(10_000)..=Time::from_micros(60_000_000);
/// The longest of all other times.
pub const LONGEST: Time = Time::from_micros(60_000_000);

/// How an impulse is shaped. The default leaves every bit as it is.
///
/// Its numbers are whole multiples of small units, so that shapes can be compared and hashed; [`Shape::canonical`]
/// makes those equal that sound alike. Its saved form leaves aside what it does not know, and gives what is missing its
/// default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Shape {
    /// Size of the room, relative to what it was: time stretches by it.
    pub size: Ratio,
    /// Late tail against early reflections: what comes behind the mixing time is raised by half of it, what comes
    /// before is lowered by the other half.
    pub late: Level,
    /// Whether the impulse is played backwards.
    pub reverse: bool,
    /// Which part of the recording is the room.
    pub trim: Trim,
    /// True if the recording's noise gives way, at each frequency, to the decay that it hides.
    pub clean: bool,
    /// Reverberation times relative to what they were, per band.
    pub decay: BandRatios,
    /// Attack and decay.
    pub envelope: Envelope,
    /// Fades at both ends.
    pub fade: Fade,
}

impl Shape {
    /// The shape that sounds the same, with every number within its range, and numbers that change nothing at their
    /// defaults.
    #[must_use]
    pub fn canonical(self) -> Self {
        let cut = |cut| match cut {
            Cut::At(time) => Cut::At(time.min(LONGEST)),
            other => other,
        };
        let start = if self.trim.start == Cut::At(Time::ZERO) { Cut::Off } else { cut(self.trim.start) };
        Self {
            size: within(self.size, SIZE),
            late: within(self.late, LATE),
            reverse: self.reverse,
            trim: Trim { start, end: cut(self.trim.end) },
            clean: self.clean,
            decay: self.decay.canonical(),
            envelope: Envelope {
                attack: self.envelope.attack.min(LONGEST),
                decay: self.envelope.decay.map(|time| within(time, DECAY)),
            },
            fade: Fade { start: self.fade.start.min(LONGEST), end: self.fade.end.min(LONGEST) },
        }
    }
}

impl Shape {
    /// True if it does more than trim, clean, fade and play backwards. Cuts leave the level of what they leave; what
    /// else there is to a shape, level matching makes up for.
    #[must_use]
    pub fn is_more_than_cuts(self) -> bool {
        Self { trim: Trim::default(), fade: Fade::default(), reverse: false, clean: false, ..self.canonical() }
            != Self::default()
    }

    /// True if the original can be shown behind what becomes of it: it is another one, and not played backwards, where
    /// nothing is at its time.
    #[must_use]
    pub fn has_visible_original(self) -> bool {
        !self.reverse && self.canonical() != Self::default()
    }
}

/// Why an impulse was not shaped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// Cancelled by the caller.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// More than [`MAX_SECONDS`](super::MAX_SECONDS) are left by trimming.
    #[error(
        "{:.1} s of it would be used, and an impulse has {} s at most; trim its end (--trim-end)",
        *milliseconds as f64 / 1000.0,
        super::MAX_SECONDS
    )]
    TooLong {
        /// Its length, trimmed.
        milliseconds: u64,
    },
    /// It cannot be stretched.
    #[error("the size cannot be changed: {0}")]
    Resample(#[source] ResampleError),
}

impl From<ResampleError> for ShapeError {
    fn from(error: ResampleError) -> Self {
        match error {
            ResampleError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            refused => Self::Resample(refused),
        }
    }
}

/// A shaped impulse, and what was found out on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Shaped {
    /// The result, at the rate it had; not longer than [`MAX_SECONDS`](super::MAX_SECONDS).
    pub impulse: Impulse,
    /// Samples that went at the start and at the end.
    pub trimmed: (usize, usize),
    /// True if its end was to be found and was left, because noise and a late decay look alike there.
    pub in_doubt: bool,
    /// Whether a tail was cut off at [`MAX_SECONDS`](super::MAX_SECONDS).
    pub cut: bool,
    /// What became of the highs of a larger room.
    pub top: Top,
    /// What became of the low, the middle and the high band's decay.
    pub decay: [BandDecay; 3],
    /// What became of the tail's noise.
    pub cleaning: Cleaning,
    /// The mixing time, if it was asked for and is there; without one, [`Shape::late`] changes nothing.
    pub mixing_time: Option<MixingTime>,
}

/// Shapes an impulse: [`Shape::canonical`], step by step in the order of this module's description.
///
/// `cancel` is checked every few milliseconds; the time between two checks grows beyond 20 ms where an impulse of a
/// minute is measured above 48 kHz.
///
/// # Errors
/// [`ShapeError::Cancelled`]. [`ShapeError::TooLong`] where more than a minute is left. [`ShapeError::Resample`] where
/// samples become so large in [`Shape::size`] that they are no finite numbers any more.
pub fn apply(mut impulse: Impulse, shape: &Shape, cancel: &Token) -> Result<Shaped, ShapeError> {
    let shape = shape.canonical();
    let (cleaning, too_long, (trimmed, in_doubt)) = if shape.clean {
        let kept = clean::before(&impulse, shape.trim, cancel)?;
        admit(kept.len(), impulse.sample_rate())?;
        let recorded = impulse.len();
        trim::cut(&mut impulse, kept.clone(), cancel)?;
        let decay::Cleaned { impulse: cleaned, cleaning, cut } = decay::clean(impulse, cancel)?;
        impulse = cleaned;
        let end = clean::after(&impulse, &kept, shape.trim, cancel)?;
        trim::cut(&mut impulse, 0..end, cancel)?;
        (cleaning, cut, ((kept.start, recorded.saturating_sub(kept.start + end)), false))
    } else {
        (Cleaning::Off, false, trim::trim(&mut impulse, shape.trim, cancel)?)
    };
    admit(impulse.len(), impulse.sample_rate())?;
    let highs = if size::has_highs(shape.size) {
        size::Source::new(|| Ok(impulse.clone()), &cleaning, cancel)?
    } else {
        size::Source::default()
    };
    let size::Resized { impulse, cut: stretched_too_far, top } = size::size(impulse, &highs, shape.size, cancel)?;
    let decay::Scaled { mut impulse, bands, cut } = decay::scale(impulse, shape.decay, cancel)?;
    let mixing_time =
        if shape.late == Level::ZERO { None } else { balance::balance(&mut impulse, shape.late, cancel)? };
    play(&mut impulse, &shape, cancel)?;
    let cut = cut || stretched_too_far || too_long;
    let mut shaped = Shaped { impulse, trimmed, in_doubt, cut, top, decay: bands, cleaning, mixing_time };
    fade(&mut shaped, &shape, cancel)?;
    Ok(shaped)
}

/// The last step of a shape: its fades.
///
/// # Errors
/// [`Cancelled`].
pub fn fade(shaped: &mut Shaped, shape: &Shape, cancel: &Token) -> Result<(), Cancelled> {
    envelope::fade(&mut shaped.impulse, shape.canonical().fade, cancel)
}

/// Judges the length of what trimming leaves.
fn admit(frames: usize, rate: u32) -> Result<(), ShapeError> {
    let (frames, rate) = (frames as u64, u64::from(rate));
    if frames > u64::from(super::MAX_SECONDS) * rate {
        return Err(ShapeError::TooLong { milliseconds: 1000 * frames / rate });
    }
    Ok(())
}

/// What is the player's, but for the fades: reverse and envelope.
fn play(impulse: &mut Impulse, shape: &Shape, cancel: &Token) -> Result<(), Cancelled> {
    if shape.reverse {
        size::reverse(impulse, cancel)?;
    }
    if shape.envelope != Envelope::default() {
        let origin = if shape.reverse { 0 } else { onset(impulse, cancel)? };
        envelope::envelope(impulse, shape.envelope, origin, cancel)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;

//! Where an impulse begins and ends.
//!
//! What is automatic goes by the impulse's own peak and noise, never by an absolute level: a quiet impulse is trimmed
//! like a loud one.

use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::impulse::acoustics::{Over, energy, over};
use crate::impulse::units::Time;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How far below the peak an impulse may begin, in dB.
const START: f64 = 60.0;
/// How far above its noise it begins at least, in dB: no sample of Gaussian noise in a minute comes so high.
const ABOVE_NOISE: f64 = 15.0;
/// Noise before the direct sound is measured in stretches of so many seconds, …
const STRETCH: f64 = 0.001;
/// … of which there are at least so many, …
const LEAST_STRETCHES: usize = 4;
/// … and only believed where the quietest third of them is as loud as the quietest tenth, within so many dB: what rises
/// towards the direct sound is the room.
const STEADY: f64 = 3.0;
/// A direct sound is within so many dB of the peak (ISO 3382-1:2009).
const DIRECT: f64 = 20.0;
/// So much is left before that, in seconds, for what rises slowly.
const BEFORE: f64 = 0.001;
/// What is weaker than the peak by this many dB up to the end is no part of the room.
const END: f64 = 105.0;
/// Noise is only believed where the room comes this much out of it, in dB.
const LEAST_RANGE: f64 = 10.0;
/// Samples between two checks of the token: a few milliseconds' work.
const PIECE: usize = 1 << 18;

/// Where to cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// Nowhere.
    #[default]
    Off,
    /// Where the room begins to sound, or where its decay has sunk into the noise.
    Auto,
    /// At a time after the first sample of the recording.
    At(Time),
}

/// What part of a recording is the room. All channels are cut at the same places, and one sample is left at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Trim {
    /// What comes before is dropped. Automatically: 1 ms before the first sample that is both less than 60 dB below the
    /// peak and more than 15 dB above the noise, behind the decay and before the direct sound.
    pub start: Cut,
    /// What comes from here on is dropped. Automatically: where the decay meets the noise (Lundeby and others, 1995),
    /// or where nothing follows that is less than 105 dB below the peak, whichever is earlier. What may be noise or a
    /// late decay is left.
    pub end: Cut,
}

/// The part of a recording that a [`Trim`] leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) samples: Range<usize>,
    /// True if the end was to be found, and what is there may be noise or a late decay.
    pub(super) in_doubt: bool,
}

/// Drops what a [`Trim`] asks for. Tells how many samples went at the start and at the end, and whether the end is in
/// doubt.
pub(super) fn trim(impulse: &mut Impulse, trim: Trim, cancel: &Token) -> Result<((usize, usize), bool), Cancelled> {
    let Left { samples, in_doubt } = left(impulse, trim, cancel)?;
    let trimmed = (samples.start, impulse.len() - samples.end);
    cut(impulse, samples, cancel)?;
    Ok((trimmed, in_doubt))
}

/// The samples that a [`Trim`] leaves.
pub(super) fn left(impulse: &Impulse, trim: Trim, cancel: &Token) -> Result<Left, Cancelled> {
    let (length, rate) = (impulse.len(), impulse.sample_rate());
    let is_automatic = [trim.start, trim.end].contains(&Cut::Auto);
    let (found, in_doubt) = if is_automatic { sounding(impulse, cancel)? } else { (0..length, false) };
    let place = |cut, otherwise: usize, found: usize| match cut {
        Cut::Off => otherwise,
        Cut::Auto => found,
        Cut::At(time) => time.samples(rate),
    };
    let start = place(trim.start, 0, found.start).min(length - 1);
    let end = place(trim.end, length, found.end).clamp(start + 1, length);
    Ok(Left { samples: start..end, in_doubt: in_doubt && trim.end == Cut::Auto })
}

/// Drops all samples but those.
pub(super) fn cut(impulse: &mut Impulse, kept: Range<usize>, cancel: &Token) -> Result<(), Cancelled> {
    for channel in &mut impulse.channels {
        cancel.check()?;
        channel.truncate(kept.end);
        channel.drain(..kept.start);
    }
    Ok(())
}

/// Where the room sounds, and whether its end is in doubt; everywhere, if it is silent.
fn sounding(impulse: &Impulse, cancel: &Token) -> Result<(Range<usize>, bool), Cancelled> {
    let energy = energy(impulse.channels(), cancel)?;
    let (floor, over) = over(&energy, f64::from(impulse.sample_rate()), cancel)?;
    let floor = floor.filter(|floor| floor.noise > 0.0 && floor.range >= LEAST_RANGE);
    let mut peak = 0.0_f64;
    for energy in energy.chunks(PIECE) {
        cancel.check()?;
        peak = energy.iter().copied().fold(peak, f64::max);
    }
    let below = |decibels: f64| peak * 10_f64.powf(-0.1 * decibels);
    let noise = floor.map_or(0.0, |floor| floor.noise * 10_f64.powf(0.1 * ABOVE_NOISE));
    let direct = energy.iter().position(|energy| *energy >= below(DIRECT)).unwrap_or(0);
    let stretch = ((STRETCH * f64::from(impulse.sample_rate())) as usize).max(1);
    let noise_before = noise_of(&energy[..direct], stretch) * 10_f64.powf(0.1 * ABOVE_NOISE);
    let start = below(START).max(noise).max(noise_before.min(below(DIRECT)));
    let start = energy.iter().position(|energy| *energy > start).unwrap_or(0);
    let before = (BEFORE * f64::from(impulse.sample_rate())) as usize;
    let end = energy.iter().rposition(|energy| *energy > below(END)).map_or(impulse.len(), |last| last + 1);
    let end = match over {
        Over::From(noise) if floor.is_some() => end.min(noise),
        _ => end,
    };
    Ok((start.saturating_sub(before)..end, floor.is_some() && over == Over::InDoubt))
}

/// Mean energy of a sample of steady noise, from stretches of what comes before a direct sound, of which the last is
/// left out; 0 without any.
fn noise_of(energy: &[f64], stretch: usize) -> f64 {
    let stretches = energy.chunks_exact(stretch).map(|part| part.iter().sum::<f64>() / stretch as f64);
    let mut levels: Vec<f64> = stretches.collect();
    levels.pop();
    if levels.len() < LEAST_STRETCHES {
        return 0.0;
    }
    levels.sort_by(f64::total_cmp);
    let (tenth, third) = (levels[levels.len() / 10], levels[levels.len() / 3]);
    if third <= tenth * 10_f64.powf(0.1 * STEADY) { third } else { 0.0 }
}

#[cfg(test)]
mod tests;

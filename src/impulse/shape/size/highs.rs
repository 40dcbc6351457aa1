//! The highs of a room that was made larger.
//!
//! Stretched, a recording has nothing above the end of its band divided by the ratio. There its own highs go on: grains
//! of it, which keep their spectrum, come as much later as everything else does, so that their decay is stretched and
//! their pitch is not. At each moment they are as loud as the stretched band is at its end, so that tone and decay go
//! on without a step. The direct sound's highs are one grain, and not repeated.
//!
//! The recording's noise is none of its highs: its levels follow no decay, and where the band below it dies away it
//! would rise. So grains are of the recording with its [tail cleaned](decay::clean), whether that was asked for or not.

mod grains;
mod levels;

use super::top::Top;
use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::impulse::acoustics::onset;
use crate::impulse::decay::{self, Cleaned, Cleaning};
use crate::impulse::gain::rise;
use crate::impulse::random::Random;
use grains::Grains;
use levels::{CROSSING, Levels};
use rustfft::num_complex::Complex32;

/// Sum of the squares of three Hann windows.
const SQUARES: f32 = 1.125;
/// Ratios whose stretched band ends hardly below the recording's change nothing.
pub(in crate::impulse::shape) const LEAST_RATIO: f64 = 1.06;
/// Of the places of grains. Always the same, so that an impulse always has the same highs.
const SEED: u64 = 0x6869_6768;
/// Grains between two checks of the token.
const PIECE: usize = 512;

/// What the highs of a larger room are taken from, whatever its size is.
#[derive(Default)]
pub(in crate::impulse::shape) struct Source {
    /// `None` where it is what is stretched.
    impulse: Option<Impulse>,
    /// What became of its tail.
    cleaning: Cleaning,
}

impl Source {
    /// From what is stretched. `cleaning` says what became of its tail before.
    pub(in crate::impulse::shape) fn new(
        impulse: impl FnOnce() -> Result<Impulse, Cancelled>,
        cleaning: &Cleaning,
        cancel: &Token,
    ) -> Result<Self, Cancelled> {
        if *cleaning != Cleaning::Off {
            return Ok(Self { impulse: None, cleaning: cleaning.clone() });
        }
        let Cleaned { impulse, cleaning, .. } = decay::clean(impulse()?, cancel)?;
        Ok(Self { impulse: matches!(cleaning, Cleaning::Cleaned(_)).then_some(impulse), cleaning })
    }
}

/// Adds what lies above the band of `sized`, which is `impulse` stretched by a ratio above 1.
pub(super) fn add(
    source: &Source,
    impulse: &Impulse,
    sized: &mut Impulse,
    ratio: f64,
    cancel: &Token,
) -> Result<Top, Cancelled> {
    let recorded = impulse;
    let impulse = source.impulse.as_ref().unwrap_or(recorded);
    let mut grains = Grains::new(impulse);
    if grains.pairs() == 0 {
        return Ok(Top::Whole);
    }
    let (size, rate) = (grains.size(), f64::from(impulse.sample_rate()));
    let levels = Levels::new(recorded, (&mut grains, impulse.len()), (ratio, rate), &source.cleaning, cancel)?;
    if let Top::Narrow { .. } = levels.top {
        return Ok(levels.top);
    }
    let onset = onset(impulse, cancel)? as f64;
    let (hop, half) = (size / 3, 0.5 * size as f64);
    let place =
        |bin: usize| (bin as f64 / levels.end - CROSSING.start / ratio) * ratio / (CROSSING.end - CROSSING.start);
    let mask: Vec<f32> = (0..size).map(|bin| rise(place(bin.min(size - bin))).sqrt() as f32).collect();

    let length = sized.len();
    let mut random = Random::new(SEED);
    for grain in 0..length.div_ceil(hop) + 2 {
        if grain % PIECE == 0 {
            cancel.check()?;
        }
        let start = (grain * hop) as isize - (size - hop) as isize;
        // From the direct sound, which comes in the end `ratio` times as late.
        let after = (start as f64 + half) - ratio * onset;
        // Next to the direct sound nothing is stretched, so that it is there once. Elsewhere, grains are a little off
        // their places: even distances between what is there twice would be heard as a pitch.
        let off = 0.25 * hop as f64 * (1.0 + random.uniform());
        let source = match after {
            _ if after.abs() < half => after,
            _ if after > 0.0 => half.max(after / ratio) + off,
            _ => (after / ratio).min(-half) - off,
        };
        let is_whole = after.abs() < half;
        let source = (onset + source).round();
        let mut gain = levels.gain(source, size) / (SQUARES.sqrt() * size as f32);
        if is_whole {
            // Three windows sum to 1.5, and what is not stretched lasts shorter by the ratio.
            gain *= (SQUARES * ratio as f32).sqrt() / 1.5;
        }
        if gain == 0.0 {
            continue;
        }
        // What comes before the first sample or behind the last one is added to these, so that each sum stays.
        let before = start.min(0).unsigned_abs().min(size);
        let from = start.max(0).unsigned_abs();
        let within = size.min(before + length.saturating_sub(from));
        for pair in 0..grains.pairs() {
            grains.look(pair, source as isize);
            grains.sound(&mask, gain);
            let values = &grains.values;
            for (side, place) in grains.places[2 * pair..].iter().take(2).enumerate() {
                let sized = &mut sized.channels[*place];
                let sample = |value: &Complex32| if side == 0 { value.re } else { value.im };
                let inner = values[before..within].iter().map(sample);
                sized.iter_mut().skip(from).zip(inner).for_each(|(sized, sample)| *sized += sample);
                sized[0] += values[..before].iter().map(sample).sum::<f32>();
                sized[length - 1] += values[within..].iter().map(sample).sum::<f32>();
            }
        }
    }
    Ok(levels.top)
}

#[cfg(test)]
mod tests;

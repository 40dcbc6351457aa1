//! A constant offset: what a converter has laid under a recording.
//!
//! Convolved with it, every sound rests on a constant for as long as the impulse is long. It is looked for behind the
//! knee of the decay, where nothing else has a mean: an impulse that is short, or that has no noise behind its decay,
//! keeps its own mean, because that is its response to the lowest frequencies.

use super::Impulse;
use super::acoustics::{energy, floor, peak};
use crate::cancel::{Cancelled, Token};
use std::ops::Range;

/// Shorter impulses, in seconds, are cabinets and filters: their mean is theirs.
const SHORTEST: f64 = 0.5;
/// Share of the peak up to which an offset does not matter.
const LEAST: f64 = 0.001;
/// An offset that covers the whole decay is believed up to this share of the peak. What is larger without a decay to be
/// seen, such as a moving average, is the impulse itself.
const MOST_COVERING: f64 = 0.1;
/// Stretches of each half of the noise, of which the means are compared.
const STRETCHES: usize = 8;
/// Standard errors within which two means count as equal, and beyond which one is not zero.
///
/// The error of a mean comes from the means of its stretches ("batch means"), so it holds for coloured noise as well:
/// what resembles itself over longer than a stretch makes these differ. By Student's law with the 7 degrees of freedom
/// of 8 stretches, chance goes beyond 4 errors once in 200 times. What drifts evenly is not taken for a constant: the
/// means of its halves then differ by `d`, the stretches of a half scatter by `d/√12`, and the limit for the difference
/// is `4 · √2 · d / √(12 · 8) = 0.58 d`.
const ERRORS: f64 = 4.0;

/// A constant offset of each channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Offset {
    /// Of each channel; 0 of one that has none.
    means: Vec<f64>,
    /// The largest of them, relative to the impulse's peak.
    share: f64,
}

/// The mean of a half of the noise, and its standard error.
struct Mean {
    value: f64,
    error: f64,
}

impl Offset {
    /// The offset of an impulse: a mean of what lies behind its knee that is the same in both halves of it, and above
    /// 0.1 % of the peak. `None` without one, and for impulses below half a second.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds.
    pub fn of(impulse: &Impulse, cancel: &Token) -> Result<Option<Self>, Cancelled> {
        if impulse.seconds() < SHORTEST {
            return Ok(None);
        }
        let Some((noise, most)) = behind_the_knee(impulse, cancel)? else { return Ok(None) };
        let peak = f64::from(peak(impulse, cancel)?);
        let offsets = LEAST * peak..most * peak;
        let mut means = Vec::with_capacity(impulse.channels().len());
        for channel in impulse.channels() {
            cancel.check()?;
            means.push(constant(&channel[noise.clone()]).filter(|mean| offsets.contains(&mean.abs())).unwrap_or(0.0));
        }
        let most = means.iter().fold(0.0_f64, |most, mean| most.max(mean.abs()));
        Ok((most > 0.0).then(|| Self { means, share: most / peak }))
    }

    /// The largest offset of a channel, relative to the impulse's peak: above 0.001.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.share
    }

    /// Takes the offset out of the impulse that it was found in. Digital silence before and behind the recording stays
    /// what it is: no converter has made it.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked before each channel.
    pub fn remove(&self, impulse: &mut Impulse, cancel: &Token) -> Result<(), Cancelled> {
        for (channel, mean) in impulse.channels.iter_mut().zip(&self.means).filter(|(_, mean)| **mean != 0.0) {
            cancel.check()?;
            let first = channel.iter().position(|sample| *sample != 0.0).unwrap_or(0);
            let end = channel.iter().rposition(|sample| *sample != 0.0).map_or(0, |last| last + 1);
            channel[first..end].iter_mut().for_each(|sample| *sample = (f64::from(*sample) - mean) as f32);
        }
        Ok(())
    }
}

/// The samples behind the knee of the decay, without digital silence; `None` where the decay has no noise behind it.
/// Where there is no decay to be seen, because an offset may cover it, the later half. With the share of the peak up to
/// which an offset is believed.
fn behind_the_knee(impulse: &Impulse, cancel: &Token) -> Result<Option<(Range<usize>, f64)>, Cancelled> {
    let energy = energy(impulse.channels(), cancel)?;
    let end = energy.iter().rposition(|energy| *energy > 0.0).map_or(0, |last| last + 1);
    let floor = floor(&energy, f64::from(impulse.sample_rate()), cancel)?;
    let (knee, most) = match floor {
        None => (end / 2, MOST_COVERING),
        Some(floor) if floor.noise > 0.0 => (floor.end, f64::INFINITY),
        Some(_) => return Ok(None),
    };
    Ok((end >= knee + 2 * STRETCHES).then_some((knee..end, most)))
}

/// The mean of noise, if it is not zero and the same in both halves.
fn constant(noise: &[f32]) -> Option<f64> {
    let (early, late) = noise.split_at(noise.len() / 2);
    let [one, other] = [early, late].map(Mean::of);
    // A constant without noise has no error but that of its sum.
    let rounding = f64::from(f32::EPSILON) * one.value.abs();
    let is_same = (one.value - other.value).abs() <= ERRORS * one.error.hypot(other.error) + rounding;
    let is_there = [&one, &other].iter().all(|half| half.value.abs() > ERRORS * half.error);
    // What is left of the decay dies away behind the knee, so the later half is nearer to the offset; and both together
    // are nearer still where the noise is even. Weights by the errors give each its due.
    let weight = |half: &Mean| (half.error.powi(2) + rounding.powi(2)).recip();
    let mean = (one.value * weight(&one) + other.value * weight(&other)) / (weight(&one) + weight(&other));
    (is_same && is_there && mean.is_finite()).then_some(mean)
}

impl Mean {
    fn of(samples: &[f32]) -> Self {
        let at = |stretch: usize| stretch * samples.len() / STRETCHES;
        let mean = |samples: &[f32]| samples.iter().map(|s| f64::from(*s)).sum::<f64>() / samples.len() as f64;
        let means: Vec<f64> = (0..STRETCHES).map(|stretch| mean(&samples[at(stretch)..at(stretch + 1)])).collect();
        let value = means.iter().sum::<f64>() / STRETCHES as f64;
        let scatter = means.iter().map(|mean| (mean - value).powi(2)).sum::<f64>() / (STRETCHES - 1) as f64;
        Self { value, error: (scatter / STRETCHES as f64).sqrt() }
    }
}

#[cfg(test)]
mod tests;

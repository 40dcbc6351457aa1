//! The energy that is still to come, over time.

use super::floor::floor;
use crate::cancel::{Cancelled, Token};

/// Samples between two checks of the token: a few milliseconds' work.
const PIECE: usize = 1 << 18;

/// Energy decay curve of a response: Schroeder's backward integration (*New method of measuring reverberation time*,
/// J. Acoust. Soc. Am. 37, 1965) of the squares, summed over the channels. The noise's mean energy is subtracted, the
/// integral starts where the decay meets the noise, and what the decay would have had behind is added: method E in
/// Guski, Vorländer, *Comparison of noise compensation methods for room acoustic impulse response evaluations*,
/// Acta Acustica united with Acustica 100 (2014).
#[derive(Debug, Clone, PartialEq)]
pub struct DecayCurve {
    /// What is still to come, from each sample on.
    energies: Vec<f64>,
    sample_rate: f64,
    range: f64,
    noise: f64,
}

impl DecayCurve {
    /// The curve of planar channels of one length, with a sample rate in Hz. `None` for silence and for what does not
    /// die away.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds.
    pub fn new(channels: &[Vec<f32>], sample_rate: u32, cancel: &Token) -> Result<Option<Self>, Cancelled> {
        let Some(first) = channels.first() else { return Ok(None) };
        let mut energy = vec![0.0; first.len()];
        for channel in channels {
            for (energy, samples) in energy.chunks_mut(PIECE).zip(channel.chunks(PIECE)) {
                cancel.check()?;
                energy.iter_mut().zip(samples).for_each(|(energy, sample)| *energy += f64::from(*sample).powi(2));
            }
        }
        let sample_rate = f64::from(sample_rate);
        let Some(floor) = floor(&energy, sample_rate, cancel)? else { return Ok(None) };
        energy.truncate(floor.end);
        let mut rest = floor.beyond;
        for piece in energy.rchunks_mut(PIECE) {
            cancel.check()?;
            for energy in piece.iter_mut().rev() {
                rest += *energy - floor.noise;
                // Where noise happens to be weaker than its mean, the sum may fall behind what is certain to come.
                *energy = rest.max(floor.beyond);
            }
        }
        let curve = Self { energies: energy, sample_rate, range: floor.range, noise: floor.noise };
        Ok((!curve.energies.is_empty()).then_some(curve))
    }

    /// The curve's value at a sample in dB, 0 at the response's first one; `None` from where the noise begins.
    #[must_use]
    pub fn decibels(&self, sample: usize) -> Option<f64> {
        // Only of samples that somebody asks for: a logarithm costs more than all else here.
        self.energies.get(sample).map(|energy| self.level(*energy))
    }

    fn level(&self, energy: f64) -> f64 {
        10.0 * (energy / self.energies[0]).log10()
    }

    /// The first sample that counts no more, because the noise begins there.
    #[must_use]
    pub fn end(&self) -> usize {
        self.energies.len()
    }

    /// The first sample, from one on, at which the curve has come down to a level in dB.
    #[must_use]
    pub fn reaches(&self, level: f64, from: usize) -> Option<usize> {
        // What is above by far more than the logarithm's rounding needs none.
        let near = self.energies[0] * 10_f64.powf(0.1 * level) * (1.0 + 1e-9);
        let is_down = |energy: &f64| *energy <= near && self.level(*energy) <= level;
        self.energies.get(from..)?.iter().position(is_down).map(|samples| from + samples)
    }

    /// From the loudest stretch of the response down to its noise, or to its end where that comes first, in dB.
    #[must_use]
    pub fn range(&self) -> f64 {
        self.range
    }

    /// Mean energy of a sample of the noise, summed over the channels; 0 where the response ends before its noise.
    #[must_use]
    pub fn noise(&self) -> f64 {
        self.noise
    }

    /// Seconds to fall by 60 dB, from a straight line by least squares through the curve between two levels in dB:
    /// `(-5.0, -35.0)` is T30, `(-5.0, -25.0)` T20, `(0.0, -10.0)` the early decay time. `None` unless the noise lies
    /// at least 10 dB below the lower level (ISO 3382-1:2009, 5.3.3).
    #[must_use]
    pub fn decay_time(&self, upper: f64, lower: f64) -> Option<f64> {
        if self.range < 10.0 - lower {
            return None;
        }
        let from = self.reaches(upper, 0)?;
        let to = self.reaches(lower, from)?;
        let points: Vec<f64> = self.energies[from..to].iter().map(|energy| self.level(*energy)).collect();
        let count = points.len() as f64;
        let mean = points.iter().sum::<f64>() / count;
        let middle = 0.5 * (count - 1.0);
        let (mut square, mut product) = (0.0, 0.0);
        for (n, level) in points.iter().enumerate() {
            let from_middle = n as f64 - middle;
            square += from_middle * from_middle;
            product += from_middle * (level - mean);
        }
        let per_sample = product / square;
        (per_sample < 0.0).then(|| -60.0 / (per_sample * self.sample_rate))
    }

    /// T30 where the range is 45 dB or more, T20 where it is 35 dB or more, else `None`; in seconds.
    #[must_use]
    pub fn reverberation_time(&self) -> Option<f64> {
        self.decay_time(-5.0, -35.0).or_else(|| self.decay_time(-5.0, -25.0))
    }
}

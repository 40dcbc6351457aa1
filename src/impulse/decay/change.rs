//! What becomes of a band's samples, and of the noise that continues them.

use super::fit::Fit;
use crate::impulse::gain::{Exponential, QuarterSine};
use std::ops::Range;

/// How a band's decay changes.
pub(super) struct Change<'a> {
    fit: &'a Fit,
    ratio: f64,
    /// Makes the reverberation time so many times as long: `10^(-3t(1/T' - 1/T))`.
    gain: Exponential,
    /// The recording leaves, and the noise comes: their squares sum to 1.
    leaves: QuarterSine,
    comes: QuarterSine,
    /// What the longer decay's amplitude is to that at the origin.
    decay: Exponential,
}

impl<'a> Change<'a> {
    /// Makes a reverberation time so many times as long.
    pub(super) fn new(fit: &'a Fit, ratio: f64) -> Self {
        let (start, end) = (fit.change.start as f64, fit.change.end as f64);
        Self {
            fit,
            ratio,
            // With `fall = -3 ln 10 / (rate · T)`.
            gain: Exponential::new(fit.origin, fit.fall * (1.0 / ratio - 1.0)),
            leaves: QuarterSine::new(end, start),
            comes: QuarterSine::new(start, end),
            decay: Exponential::new(fit.origin, fit.fall / ratio),
        }
    }

    pub(super) fn lengthens(&self) -> bool {
        self.ratio > 1.0
    }

    /// Where a recording that is lengthened gives way to noise.
    pub(super) fn place(&self) -> &Range<usize> {
        &self.fit.change
    }

    /// Samples until a lengthened band has sunk to an energy.
    pub(super) fn length(&self, quietest: f64) -> usize {
        (self.fit.reaches(self.ratio, quietest).ceil() as usize).max(self.fit.change.end)
    }

    /// By what a band's recording is multiplied from a sample on, less 1. Exactly 0 before the origin.
    pub(super) fn differences(&self, first: usize, weights: &mut [f64]) {
        let place = |n: usize| n.saturating_sub(first).min(weights.len());
        let (origin, change) = (place(self.fit.origin.ceil() as usize), self.fit.change.clone());
        let (start, end) =
            if self.lengthens() { (place(change.start), place(change.end)) } else { (weights.len(), weights.len()) };
        // The gain goes on growing where nothing is left of the recording.
        weights[end..].fill(0.0);
        self.gain.fill(first, &mut weights[..end]);
        weights[..origin].fill(1.0);
        multiply(&self.leaves, first + start, &mut weights[start..end]);
        weights.iter_mut().for_each(|weight| *weight -= 1.0);
    }

    /// By what the steady noise that continues a band is multiplied from a sample on, once its energy is 1.
    pub(super) fn amplitudes(&self, first: usize, amplitudes: &mut [f64]) {
        let end = self.fit.change.end.saturating_sub(first).min(amplitudes.len());
        self.decay.fill(first, amplitudes);
        multiply(&self.comes, first, &mut amplitudes[..end]);
        let level = self.fit.level.sqrt();
        amplitudes.iter_mut().for_each(|amplitude| *amplitude *= level);
    }
}

/// Multiplies numbers by a sine's values from a sample on.
fn multiply(sine: &QuarterSine, first: usize, numbers: &mut [f64]) {
    let mut values = [0.0; 512];
    for (index, numbers) in numbers.chunks_mut(values.len()).enumerate() {
        let values = &mut values[..numbers.len()];
        sine.fill(first + index * 512, values);
        numbers.iter_mut().zip(values).for_each(|(number, value)| *number *= *value);
    }
}

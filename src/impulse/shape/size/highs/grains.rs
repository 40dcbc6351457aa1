//! Short pieces of an impulse, as spectra.

use crate::impulse::Impulse;
use crate::impulse::gain::rise;
use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};
use std::sync::Arc;

/// Length of a grain in seconds, about. A grain begins a third of it after the one before: the squares of three Hann
/// windows sum to a constant.
const GRAIN: f64 = 0.008;

/// Transforms of grains, of two channels at once: one is the real part and one the imaginary part of what is
/// transformed, and what a spectrum is multiplied by is real, so they stay apart.
pub(super) struct Grains<'a> {
    /// Those that are not silent: beside another one they would not be, by a rounding.
    channels: Vec<&'a [f32]>,
    /// Indices of these.
    pub(super) places: Vec<usize>,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    pub(super) values: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl<'a> Grains<'a> {
    pub(super) fn new(impulse: &'a Impulse) -> Self {
        let third = (GRAIN / 3.0 * f64::from(impulse.sample_rate())).max(16.0) as usize;
        let size = 3 * third.next_power_of_two();
        let mut planner = FftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
        let scratch = forward.get_inplace_scratch_len().max(inverse.get_inplace_scratch_len());
        let window =
            (0..size).map(|n| rise(2.0 * n as f64 / size as f64).min(rise(2.0 - 2.0 * n as f64 / size as f64)));
        let sounds = |(_, channel): &(usize, &'a Vec<f32>)| channel.iter().any(|sample| *sample != 0.0);
        let sounding = impulse.channels().iter().enumerate().filter(sounds);
        let (places, channels) = sounding.map(|(place, channel)| (place, &channel[..])).unzip();
        Self {
            channels,
            places,
            window: window.map(|weight| weight as f32).collect(),
            values: vec![Complex32::ZERO; size],
            scratch: vec![Complex32::ZERO; scratch],
            forward,
            inverse,
        }
    }

    pub(super) fn size(&self) -> usize {
        self.window.len()
    }

    pub(super) fn pairs(&self) -> usize {
        self.channels.len().div_ceil(2)
    }

    /// The spectrum of a pair of channels around a sample.
    pub(super) fn look(&mut self, pair: usize, centre: isize) {
        let start = centre - (self.size() / 2) as isize;
        let skipped = start.min(0).unsigned_abs().min(self.size());
        let heard = |channel: usize| {
            let channel = self.channels.get(channel).copied().unwrap_or_default();
            channel.get(start.max(0).unsigned_abs()..).unwrap_or_default()
        };
        self.values.fill(Complex32::ZERO);
        for (side, heard) in [heard(2 * pair), heard(2 * pair + 1)].into_iter().enumerate() {
            let windowed = self.values.iter_mut().zip(&self.window).skip(skipped);
            windowed.zip(heard).for_each(|((value, weight), heard)| *part_of(value, side) = heard * weight);
        }
        self.forward.process_with_scratch(&mut self.values, &mut self.scratch);
    }

    /// Adds the power in each bin of the spectrum that is there.
    pub(super) fn add_powers(&self, powers: &mut [f32]) {
        let mirrored = self.values[1..].iter().rev();
        let pairs = self.values.iter().zip(std::iter::once(&self.values[0]).chain(mirrored));
        powers.iter_mut().zip(pairs).for_each(|(power, (bin, mirrored))| {
            *power += 0.5 * (bin.norm_sqr() + mirrored.norm_sqr());
        });
    }

    /// From the spectrum that is there, weighed by the gains of its bins, to the grains.
    pub(super) fn sound(&mut self, gains: &[f32], gain: f32) {
        self.values.iter_mut().zip(gains).for_each(|(value, weight)| *value *= weight * gain);
        self.inverse.process_with_scratch(&mut self.values, &mut self.scratch);
    }
}

/// The part that is one channel of a pair.
fn part_of(value: &mut Complex32, side: usize) -> &mut f32 {
    if side == 0 { &mut value.re } else { &mut value.im }
}

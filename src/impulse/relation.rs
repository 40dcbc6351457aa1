//! How alike two impulses sound, for whoever fades from one to the other.
//!
//! What two responses make of the same noise is correlated by more or less, and by how much decides how loud their sum
//! is. Over pink noise, which has as much power in every octave, the correlation is
//!
//! ```text
//! ρ = Σ ∫ Re(A·B*) / f df  ÷  √(Σ ∫ |A|² / f df · Σ ∫ |B|² / f df)        from 20 Hz to 20 kHz
//! ```
//!
//! with `A` and `B` the spectra of the paths from each input to each output, summed over these; inputs are taken as
//! uncorrelated. As in [`level`](super::level) the integrals are sums over the lags of a correlation, of which those
//! count within which pink noise still resembles itself; so they are found block by block, however long the impulses
//! are.

use super::layout::Route;
use crate::cancel::{Cancelled, Token};
use realfft::{RealFftPlanner, RealToComplex};
use rustfft::num_complex::{Complex32, Complex64};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The band that counts, in Hz.
const BAND: RangeInclusive<f64> = 20.0..=20_000.0;
/// Seconds over which lags are counted: the spectrum is resolved to some 6 Hz.
const CORRELATION: f64 = 0.17;
/// Sums that grow side by side, so that they fit into a vector register.
const LANES: usize = 16;

/// The correlation of what two sets of paths make of pink noise: 1 for what differs in its level alone, 0 for what has
/// nothing in common, -1 for the opposite; 0 also where either is silent. Both are at the sample rate, in Hz. For
/// several sets at one rate, a [`Meter`] measures each once.
///
/// Allocates; not for the audio thread.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked for every sixth of a second of each path.
pub fn correlation(a: &[Route], b: &[Route], sample_rate: u32, cancel: &Token) -> Result<f32, Cancelled> {
    Meter::new(sample_rate).correlation(a, b, cancel)
}

/// What a [`Meter`] finds out about a set of paths.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Its power on pink noise, up to a factor that is common to a meter.
    pub power: f64,
    /// Its [`correlation`] with each of the others.
    pub correlations: Vec<f32>,
}

/// Measures correlations at one sample rate.
///
/// It measures `∫ Re(A·B*) W df` as `½ Σ (c(l) + c(-l)) w(l)` over lags from 0 on, with the cross-correlation `c`, and
/// `w` that of the weight, half of it at lag 0.
pub struct Meter {
    sample_rate: u32,
    transform: Arc<dyn RealToComplex<f32>>,
    /// Samples of a block, and lags that are counted. A transform has twice as many.
    block: usize,
    /// The spectrum that turns a cross-spectrum into power.
    weights: Vec<Complex32>,
    /// Working space.
    samples: Vec<f32>,
    scratch: Vec<Complex32>,
    sides: Vec<Side>,
}

/// A response on its way through the blocks.
struct Side {
    /// The spectra of this block and the next, …
    now: Vec<Complex32>,
    next: Vec<Complex32>,
    /// … of both together, and of this one times the weights.
    both: Vec<Complex32>,
    weighted: Vec<Complex32>,
}

impl Meter {
    /// A meter at a sample rate in Hz. Allocates.
    #[must_use]
    pub fn new(sample_rate: u32) -> Self {
        let rate = f64::from(sample_rate);
        let block = ((CORRELATION * rate) as usize).next_power_of_two();
        let length = 2 * block;
        let mut planner = RealFftPlanner::<f64>::new();
        let mut spectrum: Vec<Complex64> = (0..=block).map(|bin| weight(bin, rate / length as f64).into()).collect();
        let mut lags = vec![0.0; length];
        planner.plan_fft_inverse(length).process(&mut spectrum, &mut lags).expect("lengths match, both ends are real");
        lags[0] *= 0.5;
        lags[block..].fill(0.0);
        planner.plan_fft_forward(length).process(&mut lags, &mut spectrum).expect("lengths match");
        // Parseval's theorem over half of the bins: each but the ends stands for two. And everything by the largest,
        // since a factor common to all powers does not matter.
        let share = |bin: usize| if bin == 0 || bin == block { 1.0 } else { 2.0 };
        let most = spectrum.iter().map(|bin| bin.norm()).fold(0.0, f64::max);
        let weight = |(bin, value): (usize, &Complex64)| {
            let value = value * (share(bin) / most);
            Complex32::new(value.re as f32, value.im as f32)
        };
        let weights = spectrum.iter().enumerate().map(weight).collect();
        let transform = RealFftPlanner::<f32>::new().plan_fft_forward(length);
        let (samples, scratch) = (transform.make_input_vec(), transform.make_scratch_vec());
        Self { sample_rate, transform, block, weights, samples, scratch, sides: Vec::new() }
    }

    /// In Hz.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// The [`correlation`] of two sets of paths, neither of which was measured before.
    ///
    /// Allocates; not for the audio thread.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked for every sixth of a second of each path.
    pub fn correlation(&mut self, a: &[Route], b: &[Route], cancel: &Token) -> Result<f32, Cancelled> {
        let (mut powers, mut common) = ([0.0, 0.0], [0.0]);
        for route in a {
            let other = b.iter().find(|other| other.is_beside(route));
            let responses = [Some(&route.taps[..]), other.map(|other| &other.taps[..])];
            self.measure(&responses, &mut powers, &mut common, cancel)?;
        }
        for route in b.iter().filter(|route| !a.iter().any(|other| other.is_beside(route))) {
            self.measure(&[Some(&route.taps[..])], &mut powers[1..], &mut [], cancel)?;
        }
        Ok(share(common[0], powers[0], powers[1]))
    }

    /// Measures a set of paths and compares it with others, of each of which the power was measured before. What both
    /// have is what counts; the work grows with the length of the first set alone.
    ///
    /// Allocates; not for the audio thread.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked for every sixth of a second of each path.
    pub fn compare(
        &mut self,
        routes: &[Route],
        others: &[(&[Route], f64)],
        cancel: &Token,
    ) -> Result<Compared, Cancelled> {
        let (mut power, mut common) = (0.0, vec![0.0; others.len()]);
        for route in routes {
            let mut responses = vec![Some(&route.taps[..])];
            for (other, _) in others {
                responses.push(other.iter().find(|other| other.is_beside(route)).map(|other| &other.taps[..]));
            }
            self.measure(&responses, std::slice::from_mut(&mut power), &mut common, cancel)?;
        }
        let correlations = common.iter().zip(others).map(|(common, (_, other))| share(*common, power, *other));
        Ok(Compared { power, correlations: correlations.collect() })
    }

    /// Adds the weighted power of each of the first responses to `powers`, and what the very first has in common with
    /// each of the others to `common`. All that is longer than those of `powers` does not count.
    fn measure(
        &mut self,
        responses: &[Option<&[f32]>],
        powers: &mut [f64],
        common: &mut [f64],
        cancel: &Token,
    ) -> Result<(), Cancelled> {
        let bins = self.block + 1;
        self.sides.resize_with(responses.len().max(self.sides.len()), || Side::new(bins));
        let sides = &mut self.sides[..responses.len()];
        sides.iter_mut().for_each(|side| side.next.fill(Complex32::ZERO));
        let measured = responses.iter().take(powers.len()).flatten();
        let blocks = measured.map(|response| response.len()).max().unwrap_or(0).div_ceil(self.block);
        // Each response's sum by itself, so that one power is the same number in whatever company.
        let mut sums = [0.0; 2];
        // The first is read before there is one to compare it with. Behind the last there is nothing in common.
        for index in 0..=blocks {
            for (side, response) in sides.iter_mut().zip(responses) {
                let Some(response) = response else { continue };
                cancel.check()?;
                std::mem::swap(&mut side.now, &mut side.next);
                let block = response.get(index * self.block..).unwrap_or_default();
                let block = &block[..block.len().min(self.block)];
                if block.is_empty() {
                    side.next.fill(Complex32::ZERO);
                } else {
                    self.samples[..block.len()].copy_from_slice(block);
                    self.samples[block.len()..].fill(0.0);
                    self.transform
                        .process_with_scratch(&mut self.samples, &mut side.next, &mut self.scratch)
                        .expect("lengths match");
                }
                side.look(&self.weights);
            }
            for ((sum, side), response) in sums.iter_mut().zip(&*sides).zip(responses).take(powers.len()) {
                if response.is_some() {
                    *sum += product(&side.weighted, &side.both);
                }
            }
            let (new, others) = sides.split_at(1);
            for ((common, other), response) in common.iter_mut().zip(others).zip(&responses[1..]) {
                if response.is_some() {
                    *common += 0.5 * (product(&other.weighted, &new[0].both) + product(&new[0].weighted, &other.both));
                }
            }
        }
        powers.iter_mut().zip(sums).for_each(|(power, sum)| *power += sum);
        Ok(())
    }
}

/// What two have in common, as a share of the powers of both.
fn share(common: f64, power: f64, other: f64) -> f32 {
    let correlation = common / (power.sqrt() * other.sqrt());
    // Silence gives what is no number.
    if correlation.is_nan() { 0.0 } else { correlation.clamp(-1.0, 1.0) as f32 }
}

impl Side {
    fn new(bins: usize) -> Self {
        let spectrum = || vec![Complex32::ZERO; bins];
        Self { now: spectrum(), next: spectrum(), both: spectrum(), weighted: spectrum() }
    }

    /// Puts the spectra together. The next block lies half a transform later.
    fn look(&mut self, weights: &[Complex32]) {
        let (both, nows) = (self.both.iter_mut().zip(&mut self.weighted), self.now.iter().zip(&self.next));
        for (bin, ((both, weighted), ((now, next), weight))) in both.zip(nows.zip(weights)).enumerate() {
            *both = if bin % 2 == 0 { now + next } else { now - next };
            *weighted = now * weight;
        }
    }
}

/// `Σ Re(x*·y)`: the scalar product of the real and imaginary parts.
fn product(x: &[Complex32], y: &[Complex32]) -> f64 {
    let mut sum = 0.0;
    // Short enough for `f32`, then in `f64`.
    for (x, y) in x.chunks(64 * LANES).zip(y.chunks(64 * LANES)) {
        let mut lanes = [Complex32::ZERO; LANES];
        for (x, y) in x.chunks(LANES).zip(y.chunks(LANES)) {
            for (lane, (x, y)) in lanes.iter_mut().zip(x.iter().zip(y)) {
                lane.re += x.re * y.re;
                lane.im += x.im * y.im;
            }
        }
        sum += lanes.iter().map(|lane| f64::from(lane.re) + f64::from(lane.im)).sum::<f64>();
    }
    sum
}

/// Power of pink noise in a bin so many Hz wide around its frequency, relative to its width: `∫ df/f` over what of it
/// lies in the band.
fn weight(bin: usize, width: f64) -> f64 {
    let edge = |place: f64| (place * width).clamp(*BAND.start(), *BAND.end());
    (edge(bin as f64 + 0.5) / edge(bin as f64 - 0.5)).ln() / width
}

#[cfg(test)]
mod tests;

//! Measures sets of paths on pink noise: how loud they are, and how alike.
//!
//! An integral such as `∫ Re(A·B*) W df`, over a weight `W` by frequency, is a sum `Σ c(l) w(l)` over the lags of the
//! cross-correlation `c`, of which those count within which noise of that spectrum still resembles itself. So the
//! cross-spectra of neighbouring blocks suffice (Oppenheim, Schafer: *Discrete-Time Signal Processing*, 10.6), however
//! long the responses are, and one pass gives both weights' integrals.

use super::layout::Route;
use super::weighting;
use crate::cancel::{Cancelled, Token};
use realfft::{RealFftPlanner, RealToComplex};
use rustfft::num_complex::{Complex32, Complex64};
use std::sync::Arc;

/// Seconds over which lags are counted: the spectrum is resolved to some 6 Hz.
const CORRELATION: f64 = 0.17;
/// Sums that grow side by side, so that they fit into a vector register.
const LANES: usize = 16;

/// What a [`Meter`] finds out about a set of paths.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Its power on pink noise, up to a factor that is common to a meter.
    pub power: f64,
    /// Its loudness, as [`Meter::loudness`] gives it.
    pub loudness: f64,
    /// Its [`correlation`](super::relation::correlation) with each of the others.
    pub correlations: Vec<f32>,
}

/// Measures at one sample rate.
pub struct Meter {
    sample_rate: u32,
    transform: Arc<dyn RealToComplex<f32>>,
    /// Samples of a block, and lags that are counted. A transform has twice as many.
    block: usize,
    pink: Weight,
    weighted: Weight,
    /// Working space.
    samples: Vec<f32>,
    scratch: Vec<Complex32>,
    sides: Vec<Side>,
}

/// A weight by frequency.
struct Weight {
    /// The spectrum that turns a cross-spectrum into power.
    bins: Vec<Complex32>,
    /// Power of a unit impulse.
    unit: f64,
}

/// A response on its way through the blocks: the spectra of this block, of the next, and of both together.
struct Side {
    now: Vec<Complex32>,
    next: Vec<Complex32>,
    both: Vec<Complex32>,
}

/// The sum over all blocks of the cross-spectra of two responses, or of one with itself.
struct Cross(Vec<Complex32>);

impl Meter {
    /// A meter at a sample rate in Hz. Allocates.
    #[must_use]
    pub fn new(sample_rate: u32) -> Self {
        let rate = f64::from(sample_rate);
        let block = ((CORRELATION * rate) as usize).next_power_of_two();
        let width = rate / (2 * block) as f64;
        let transform = RealFftPlanner::<f32>::new().plan_fft_forward(2 * block);
        let (samples, scratch) = (transform.make_input_vec(), transform.make_scratch_vec());
        let pink = Weight::new(block, &|bin| weighting::pink(bin, width));
        let weighted = Weight::new(block, &|bin| weighting::pink_weighted(bin, width, rate));
        Self { sample_rate, transform, block, pink, weighted, samples, scratch, sides: Vec::new() }
    }

    /// In Hz.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// The [`correlation`](super::relation::correlation) of two sets of paths, neither of which was measured before.
    ///
    /// Allocates; not for the audio thread.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked for every sixth of a second of each path.
    pub fn correlation(&mut self, a: &[Route], b: &[Route], cancel: &Token) -> Result<f32, Cancelled> {
        let (mut powers, mut common) = ([0.0, 0.0], 0.0);
        for route in a {
            let other = b.iter().find(|other| other.is_beside(route));
            let mut responses = vec![&route.taps[..]];
            responses.extend(other.map(|other| &other.taps[..]));
            let crosses = self.crosses(&responses, responses.len(), cancel)?;
            for (power, own) in powers.iter_mut().zip(&crosses.own) {
                *power += self.pink.power(own);
            }
            common += crosses.with_first.first().map_or(0.0, |cross| self.pink.power(cross));
        }
        for route in b.iter().filter(|route| !a.iter().any(|other| other.is_beside(route))) {
            let crosses = self.crosses(&[&route.taps], 1, cancel)?;
            powers[1] += self.pink.power(&crosses.own[0]);
        }
        Ok(share(common, powers[0], powers[1]))
    }

    /// The loudness of a set of paths that has so many outputs: the power of what they make of pink noise behind the
    /// K-weighting, as the mean over the outputs, relative to that of a single unit impulse.
    ///
    /// Of two inputs, the louder of two cases counts: that both carry the same sound, as of a voice in the middle, where
    /// the paths to one output add as their correlation says; and that they carry independent sounds, where their powers
    /// add. So a set of paths is not louder than it is said to be with either of them.
    ///
    /// Allocates; not for the audio thread.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked for every sixth of a second of each path.
    pub fn loudness(&mut self, routes: &[Route], outputs: usize, cancel: &Token) -> Result<f64, Cancelled> {
        Ok(self.compare(routes, outputs, &[], cancel)?.loudness)
    }

    /// Measures a set of paths that has so many outputs and compares it with others, of each of which the power was
    /// measured before. What both have is what counts; the work grows with the length of the first set alone.
    ///
    /// Allocates; not for the audio thread.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked for every sixth of a second of each path.
    pub fn compare(
        &mut self,
        routes: &[Route],
        outputs: usize,
        others: &[(&[Route], f64)],
        cancel: &Token,
    ) -> Result<Compared, Cancelled> {
        let (mut power, mut common) = (0.0, vec![0.0; others.len()]);
        let (mut apart, mut together) = (0.0, 0.0);
        for (index, route) in routes.iter().enumerate() {
            let mut responses = vec![&route.taps[..]];
            // What leads to the same output.
            let joined = routes[index + 1..].iter().filter(|other| other.output == route.output);
            responses.extend(joined.map(|other| &other.taps[..]));
            let joined = responses.len() - 1;
            let mut places = Vec::new();
            for (place, (other, _)) in others.iter().enumerate() {
                if let Some(other) = other.iter().find(|other| other.is_beside(route)) {
                    responses.push(&other.taps[..]);
                    places.push(place);
                }
            }
            let crosses = self.crosses(&responses, 1, cancel)?;
            power += self.pink.power(&crosses.own[0]);
            apart += self.weighted.power(&crosses.own[0]);
            let (of_joined, of_others) = crosses.with_first.split_at(joined);
            together += of_joined.iter().map(|cross| 2.0 * self.weighted.power(cross)).sum::<f64>();
            for (place, cross) in places.into_iter().zip(of_others) {
                common[place] += self.pink.power(cross);
            }
        }
        let loudness = (apart + together.max(0.0)) / (self.weighted.unit * outputs as f64);
        let correlations = common.iter().zip(others).map(|(common, (_, other))| share(*common, power, *other));
        Ok(Compared { power, loudness, correlations: correlations.collect() })
    }

    /// Cross-spectra of each of the first `measured` responses with itself, and of the very first with each of the
    /// others. What is longer than the measured ones does not count.
    fn crosses(&mut self, responses: &[&[f32]], measured: usize, cancel: &Token) -> Result<Crosses, Cancelled> {
        let bins = self.block + 1;
        self.sides.resize_with(responses.len().max(self.sides.len()), || Side::new(bins));
        let sides = &mut self.sides[..responses.len()];
        sides.iter_mut().for_each(|side| side.next.fill(Complex32::ZERO));
        let cross = |_| Cross(vec![Complex32::ZERO; bins]);
        let mut own: Vec<_> = (0..measured).map(cross).collect();
        let mut with_first: Vec<_> = (1..responses.len()).map(cross).collect();
        let longest = responses[..measured].iter().map(|response| response.len()).max().unwrap_or(0);
        // The first is read before there is one to compare it with. Behind the last there is nothing in common.
        for index in 0..=longest.div_ceil(self.block) {
            for (side, response) in sides.iter_mut().zip(responses) {
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
                side.join();
            }
            for (own, side) in own.iter_mut().zip(&*sides) {
                own.add(&side.now, &side.both, 1.0);
            }
            let (first, others) = sides.split_at(1);
            for (cross, other) in with_first.iter_mut().zip(others) {
                cross.add(&other.now, &first[0].both, 0.5);
                cross.add(&first[0].now, &other.both, 0.5);
            }
        }
        Ok(Crosses { own, with_first })
    }
}

/// What [`Meter::crosses`] gives.
struct Crosses {
    own: Vec<Cross>,
    with_first: Vec<Cross>,
}

impl Weight {
    /// Of the weights of the bins of a transform twice as long as a block.
    fn new(block: usize, of_bin: &dyn Fn(usize) -> f64) -> Self {
        let mut planner = RealFftPlanner::<f64>::new();
        let mut spectrum: Vec<Complex64> = (0..=block).map(|bin| of_bin(bin).into()).collect();
        let mut lags = vec![0.0; 2 * block];
        planner.plan_fft_inverse(2 * block).process(&mut spectrum, &mut lags).expect("both ends are real");
        let unit = lags[0];
        // A lag and its negative are counted together, by way of both orders of two responses.
        lags[0] *= 0.5;
        lags[block..].fill(0.0);
        planner.plan_fft_forward(2 * block).process(&mut lags, &mut spectrum).expect("lengths match");
        // Parseval's theorem over half of the bins: each but the ends stands for two.
        let share = |bin: usize| if bin == 0 || bin == block { 1.0 } else { 2.0 } / block as f64;
        let bins = spectrum.iter().enumerate().map(|(bin, value)| {
            let value = value * share(bin);
            Complex32::new(value.re as f32, value.im as f32)
        });
        Self { bins: bins.collect(), unit }
    }

    /// The power that a cross-spectrum has under this weight.
    fn power(&self, cross: &Cross) -> f64 {
        product(&self.bins, &cross.0)
    }
}

impl Side {
    fn new(bins: usize) -> Self {
        let spectrum = || vec![Complex32::ZERO; bins];
        Self { now: spectrum(), next: spectrum(), both: spectrum() }
    }

    /// Puts the spectra together. The next block lies half a transform later.
    fn join(&mut self) {
        let pairs = self.both.chunks_mut(2).zip(self.now.chunks(2).zip(self.next.chunks(2)));
        for (both, (now, next)) in pairs {
            both[0] = now[0] + next[0];
            if let Some(odd) = both.get_mut(1) {
                *odd = now[1] - next[1];
            }
        }
    }
}

impl Cross {
    /// Adds `x*·y` by a factor.
    fn add(&mut self, x: &[Complex32], y: &[Complex32], factor: f32) {
        for (sum, (x, y)) in self.0.iter_mut().zip(x.iter().zip(y)) {
            *sum += (x.conj() * y).scale(factor);
        }
    }
}

/// What two have in common, as a share of the powers of both.
fn share(common: f64, power: f64, other: f64) -> f32 {
    let correlation = common / (power.sqrt() * other.sqrt());
    // Silence gives what is no number.
    if correlation.is_nan() { 0.0 } else { correlation.clamp(-1.0, 1.0) as f32 }
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

//! Measures sets of paths on pink noise: how loud they are, and how alike.
//!
//! An integral such as `∫ Re(A·B*) W df`, over a weight `W` by frequency, is a sum `Σ c(l) w(l)` over the lags of the
//! cross-correlation `c`, of which those count within which noise of that spectrum still resembles itself. So the
//! cross-spectra of neighbouring blocks suffice (Oppenheim, Schafer: *Discrete-Time Signal Processing*, 10.6), however
//! long the responses are, and one pass gives both weights' integrals. The spectra of what was measured are kept, so
//! that the next set of paths is compared with it for the cost of its own.

mod bins;
mod blocks;
mod sums;
mod weight;

use super::layout::Route;
use super::weighting;
use crate::cancel::{Cancelled, Token};
use bins::{CHUNK, Chunk};
use blocks::{Kept, Reader, Strand, Transform, strands};
use std::ops::Range;
use sums::Sum;
use weight::Weight;

/// Seconds over which lags are counted: the spectrum is resolved to some 6 Hz.
const CORRELATION: f64 = 0.17;
/// Blocks of which spectra are held at a time, where they are not kept.
const SEGMENT: usize = 32;
/// Strands of which so many are held; of more, fewer blocks.
const STRANDS: usize = 16;

/// What a [`Meter`] keeps of a set of paths: twice as much as its taps, and hardly anything where that is more than
/// 128 MB. Clones share it.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Power on pink noise, up to a factor that is common to a meter.
    power: f64,
    /// `None` where the spectra are too large to be kept.
    kept: Option<Kept>,
    /// Gain by which the paths were multiplied since.
    gain: f64,
}

impl Measured {
    /// Of the same paths, multiplied by a gain.
    #[must_use]
    pub fn amplified(self, gain: f64) -> Self {
        Self { power: gain * gain * self.power, gain: gain * self.gain, ..self }
    }
}

/// Measures at one sample rate.
pub struct Meter {
    sample_rate: u32,
    transform: Transform,
    pink: Weight,
    weighted: Weight,
}

impl Meter {
    /// A meter at a sample rate in Hz. Allocates.
    #[must_use]
    pub fn new(sample_rate: u32) -> Self {
        let rate = f64::from(sample_rate);
        let block = ((CORRELATION * rate) as usize).next_power_of_two().max(CHUNK);
        let width = rate / (2 * block) as f64;
        Self {
            sample_rate,
            transform: Transform::new(block),
            pink: Weight::new(block, &|bin| weighting::pink(bin, width)),
            weighted: Weight::new(block, &|bin| weighting::pink_weighted(bin, width, rate)),
        }
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
        let [one, other] = [self.measure(a, 1, cancel)?.1, self.measure(b, 1, cancel)?.1];
        Ok(self.correlations((a, &one), &[(b, &other)], cancel)?[0])
    }

    /// The loudness of a set of paths that has so many outputs: the power of what they make of pink noise behind the
    /// K-weighting, as the mean over the outputs, relative to that of a single unit impulse.
    ///
    /// Of two inputs, the louder of two cases counts: that both carry the same sound, as of a voice in the middle,
    /// where the paths to one output add as their correlation says; and that they carry independent sounds, where their
    /// powers add. So a set of paths is not louder than it is said to be with either of them.
    ///
    /// Allocates; not for the audio thread.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked for every sixth of a second of each path.
    pub fn loudness(&mut self, routes: &[Route], outputs: usize, cancel: &Token) -> Result<f64, Cancelled> {
        Ok(self.integrals(routes, false, cancel)?.0 / outputs as f64)
    }

    /// Measures a set of paths that has so many outputs: its [loudness](Self::loudness), and what
    /// [`Self::correlations`] needs of it.
    ///
    /// Allocates; not for the audio thread.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked for every sixth of a second of each path.
    pub fn measure(&mut self, routes: &[Route], outputs: usize, cancel: &Token) -> Result<(f64, Measured), Cancelled> {
        let (loudness, measured) = self.integrals(routes, true, cancel)?;
        Ok((loudness / outputs as f64, measured))
    }

    /// The [`correlation`](super::relation::correlation) of a set of paths with each of some others, all of which were
    /// measured before. What both have is what counts; the work grows with the length of the first set alone.
    ///
    /// Allocates; not for the audio thread.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked for every sixth of a second of each path.
    pub fn correlations(
        &mut self,
        (routes, measured): (&[Route], &Measured),
        others: &[(&[Route], &Measured)],
        cancel: &Token,
    ) -> Result<Vec<f32>, Cancelled> {
        let count = self.blocks(&strands(routes));
        let mut own = Reader::of_measured(routes, measured.kept.as_ref());
        // Each with what it is compared with: the place among the others, and the strand's like.
        let mut likes: Vec<(usize, usize, Reader)> = Vec::new();
        for (place, (routes, measured)) in others.iter().enumerate() {
            for (key, reader) in Reader::of_measured(routes, measured.kept.as_ref()) {
                likes.extend(own.iter().position(|(of_own, _)| *of_own == key).map(|index| (place, index, reader)));
            }
        }
        let mut common = vec![0.0; others.len()];
        let segment = segment(own.len());
        for start in (0..=count).step_by(segment) {
            let blocks = start..(start + segment).min(count + 1);
            let own_readers = own.iter_mut().map(|(_, reader)| reader);
            for reader in own_readers.chain(likes.iter_mut().map(|(_, _, like)| like)) {
                reader.read(blocks.clone(), &mut self.transform, cancel)?;
            }
            for chunk in self.transform.chunks() {
                for (place, index, like) in &likes {
                    common[*place] += cross(&own[*index].1, like, blocks.clone(), chunk).product(self.pink.bins(chunk));
                }
            }
        }
        Ok(common.into_iter().zip(others).map(|(common, (_, other))| share(common, measured, other)).collect())
    }

    /// Blocks of the longest strand.
    fn blocks(&self, strands: &[Strand]) -> usize {
        strands.iter().map(|strand| strand.len()).max().unwrap_or(0).div_ceil(self.transform.block())
    }

    /// As [`Self::measure`], but for the loudness, which is the sum over the outputs; the spectra are kept if wanted.
    fn integrals(&mut self, routes: &[Route], is_kept: bool, cancel: &Token) -> Result<(f64, Measured), Cancelled> {
        let strands = strands(routes);
        let count = self.blocks(&strands);
        let is_kept = is_kept && Kept::fits(strands.len() * count * self.transform.block_len());
        let mut own: Vec<Reader> = strands.iter().map(|strand| Reader::of_taps(*strand, is_kept)).collect();
        // Where paths of two strands lead to one output, they add. Where none do, only roundings would.
        let pairs = (0..own.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
        let joined: Vec<_> = pairs.filter(|(one, other)| strands[*one].meets(&strands[*other])).collect();

        // Of each strand, so that two equal ones are twice one to the bit.
        let mut powers = vec![(0.0, 0.0); own.len()];
        let mut together = 0.0;
        // The block behind the last is silent, and the last one's neighbour.
        let segment = segment(own.len());
        for start in (0..=count).step_by(segment) {
            let blocks = start..(start + segment).min(count + 1);
            for reader in &mut own {
                reader.read(blocks.clone(), &mut self.transform, cancel)?;
            }
            for chunk in self.transform.chunks() {
                let (pink, weighted) = (self.pink.bins(chunk), self.weighted.bins(chunk));
                for (reader, (power, apart)) in own.iter().zip(&mut powers) {
                    let mut sum = Sum::default();
                    blocks.clone().for_each(|block| sum.add_own(reader.bins(block, chunk), chunk.sign));
                    *power += sum.product(pink);
                    *apart += sum.product(weighted);
                }
                for (one, other) in &joined {
                    together += 2.0 * cross(&own[*one], &own[*other], blocks.clone(), chunk).product(weighted);
                }
            }
        }
        let (power, apart) = powers.iter().fold((0.0, 0.0), |sums, powers| (sums.0 + powers.0, sums.1 + powers.1));
        let loudness = (apart + f64::max(together, 0.0)) / self.weighted.unit;
        Ok((loudness, Measured { power, kept: is_kept.then(|| Kept::new(own)), gain: 1.0 }))
    }
}

/// Blocks of which spectra are held at a time of so many strands.
fn segment(strands: usize) -> usize {
    (SEGMENT * STRANDS / strands.max(STRANDS)).max(1)
}

/// Sums of the products of two strands over some blocks, of some bins.
fn cross(one: &Reader, other: &Reader, blocks: Range<usize>, chunk: Chunk) -> Sum {
    let mut sum = Sum::default();
    blocks.for_each(|block| sum.add(one.bins(block, chunk), other.bins(block, chunk), chunk.sign));
    sum
}

/// What one has in common with another, as a share of the powers of both.
fn share(common: f64, one: &Measured, other: &Measured) -> f32 {
    let gain = |measured: &Measured| if measured.kept.is_some() { measured.gain } else { 1.0 };
    let correlation = gain(one) * gain(other) * common / (one.power.sqrt() * other.power.sqrt());
    // Silence gives what is no number.
    if correlation.is_nan() { 0.0 } else { correlation.clamp(-1.0, 1.0) as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::random::Random;

    const RATE: u32 = 8000;

    /// Decaying noise along all four paths of a stereo effect, longer than two segments.
    fn paths(seed: u64) -> Vec<Route> {
        let mut random = Random::new(seed);
        let length = 2 * SEGMENT * 2048 + 700;
        let mut taps = || (0..length).map(|n| random.bell() * (-5e-5 * n as f32).exp()).collect();
        [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(input, output)| Route { input, output, taps: taps() }).into()
    }

    #[test]
    fn what_is_kept_says_what_the_paths_themselves_would() {
        let (mut meter, never) = (Meter::new(RATE), Token::never());
        let (one, mut other) = (paths(1), paths(2));
        // Something in common.
        other[3].taps.iter_mut().zip(&one[3].taps).for_each(|(tap, common)| *tap += common);
        let kept = meter.measure(&one, 2, &never).expect("not cancelled").1.amplified(0.25);
        assert!(kept.kept.is_some());
        let mut quieter = one.clone();
        quieter.iter_mut().flat_map(|route| &mut route.taps).for_each(|tap| *tap *= 0.25);
        let measured = meter.measure(&quieter, 2, &never).expect("not cancelled").1;
        assert_eq!(measured.power, kept.power, "a power of two rounds nothing");
        let not_kept = Measured { kept: None, ..measured };
        let compared = |measured: &Measured, meter: &mut Meter| {
            let others = [(&quieter[..], measured)];
            let of_other = meter.measure(&other, 2, &never).expect("not cancelled").1;
            meter.correlations((&other, &of_other), &others, &never).expect("not cancelled")[0]
        };
        let found = compared(&kept, &mut meter);
        assert_eq!(found, compared(&not_kept, &mut meter));
        assert_eq!(found, meter.correlation(&other, &one, &never).expect("not cancelled"));
        // One part in four of the one, and in five of the other. Of noise that dies away like this, the sums over lags
        // deviate by 0.03 of the power of each path (as the test of unrelated noises says).
        assert!((found - 20_f32.sqrt().recip()).abs() < 0.1, "{found}");
    }

    #[test]
    fn one_path_to_two_outputs_is_as_loud_to_the_bit_as_to_one() {
        let (mut meter, never) = (Meter::new(RATE), Token::never());
        let one = paths(1).remove(0);
        let both = [one.clone(), Route { output: 1, ..one.clone() }];
        let alone = meter.loudness(&[one], 1, &never).expect("not cancelled");
        assert_eq!(meter.loudness(&both, 2, &never).expect("not cancelled"), alone);
    }

    #[test]
    fn a_side_that_is_silent_in_one_set_is_none_in_the_other() {
        let (mut meter, never) = (Meter::new(RATE), Token::never());
        let all = paths(1);
        let mut correlation = |a: &[Route], b: &[Route]| meter.correlation(a, b, &never).expect("not cancelled");
        for path in 0..4 {
            let one = std::slice::from_ref(&all[path]);
            // A quarter of the power of all, to a few per cent, and nothing of that of the others.
            assert!((correlation(one, &all) - 0.5).abs() < 0.05, "{path}");
            let others: Vec<Route> = (0..4).filter(|other| *other != path).map(|other| all[other].clone()).collect();
            // Roundings of a transform in `f32`.
            assert!(correlation(one, &others).abs() < 1e-6, "{path}");
        }
    }
}

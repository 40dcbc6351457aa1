//! Spectra in memory, and the loops over them.
//!
//! **Packed transform.** Linear convolution of two blocks of P real samples fits a negacyclic convolution of 2P points,
//! the product modulo z^2P + 1. Folding `u[n] = x[n] + i·x[n + P]` takes it to polynomials modulo z^P = i, and twisting by
//! `e^(iπn/2P)` to a circular convolution of P complex points. So one complex transform of P points serves 2P real
//! samples, and its P bins are plain: there is no purely real bin at either end, and their order does not matter. (The
//! idea is that of the right-angle convolution: Nussbaumer, *Fast Fourier Transform and Convolution Algorithms*, 1982.)
//!
//! Spectra are stored as separate real and imaginary parts.

use rustfft::{Fft, FftPlanner, num_complex::Complex32};
use std::f64::consts::PI;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Below this, -300 dB, a sample or bin counts as zero. A product of two that are not zero is at least 1e-30, and what is
/// left when two such products cancel is at least one unit in their last place, about 1e-37: still above the denormals,
/// which begin at 1.2e-38.
pub const FLOOR: f32 = 1e-15;

/// Zero for values too small to matter.
#[inline]
#[must_use]
pub fn floor(x: f32) -> f32 {
    if x.abs() < FLOOR { 0.0 } else { x }
}

/// `count` spectra of P bins each.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Spectra {
    bins: usize,
    re: Vec<f32>,
    im: Vec<f32>,
}

impl fmt::Debug for Spectra {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} spectra of {} bins", self.re.len() / self.bins.max(1), self.bins)
    }
}

impl Spectra {
    /// `count` spectra of `bins` bins, all zero.
    pub fn new(count: usize, bins: usize) -> Self {
        Self { bins, re: vec![0.0; count * bins], im: vec![0.0; count * bins] }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        (self.re.len() + self.im.len()) * size_of::<f32>()
    }

    fn range(&self, index: usize, bins: &Range<usize>) -> Range<usize> {
        index * self.bins + bins.start..index * self.bins + bins.end
    }

    /// Sets some bins of spectrum `index` to zero.
    pub fn clear(&mut self, index: usize, bins: &Range<usize>) {
        let range = self.range(index, bins);
        self.re[range.clone()].fill(0.0);
        self.im[range].fill(0.0);
    }

    /// Stores a transform as spectrum `index`, values below [`FLOOR`] as zero.
    pub fn store(&mut self, index: usize, values: &[Complex32]) {
        let range = self.range(index, &(0..self.bins));
        let parts = self.re[range.clone()].iter_mut().zip(&mut self.im[range]);
        for ((re, im), value) in parts.zip(values) {
            *re = floor(value.re);
            *im = floor(value.im);
        }
    }

    /// Reads spectrum `index`, values below [`FLOOR`] as zero.
    pub fn load(&self, index: usize, values: &mut [Complex32]) {
        let range = self.range(index, &(0..self.bins));
        for ((value, re), im) in values.iter_mut().zip(&self.re[range.clone()]).zip(&self.im[range]) {
            *value = Complex32::new(floor(*re), floor(*im));
        }
    }

    /// Values that are denormal: there must never be one.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        self.re.iter().chain(&self.im).filter(|x| x.is_subnormal()).count()
    }

    /// Adds, in some bins, the product of spectrum `x.1` of `x.0` and spectrum `h.1` of `h.0` to spectrum `index`.
    pub fn multiply_add(&mut self, index: usize, x: (&Self, usize), h: (&Self, usize), bins: &Range<usize>) {
        let sums = self.range(index, bins);
        let (sum_re, sum_im) = (&mut self.re[sums.clone()], &mut self.im[sums]);
        let (xs, hs) = (x.0.range(x.1, bins), h.0.range(h.1, bins));
        let (x_re, x_im) = (&x.0.re[xs.clone()], &x.0.im[xs]);
        let (h_re, h_im) = (&h.0.re[hs.clone()], &h.0.im[hs]);
        let factors = x_re.iter().zip(x_im).zip(h_re.iter().zip(h_im));
        for ((re, im), ((a, b), (c, d))) in sum_re.iter_mut().zip(sum_im).zip(factors) {
            *re += a * c - b * d;
            *im += a * d + b * c;
        }
    }
}

/// The packed transform of one partition size.
#[derive(Clone)]
pub(super) struct Transform {
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    /// `e^(iπn/2P)`.
    twist: Arc<[Complex32]>,
}

impl fmt::Debug for Transform {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "transform of {} points", self.twist.len())
    }
}

impl Transform {
    /// For partitions of `partition` samples.
    pub fn new(planner: &mut FftPlanner<f32>, partition: usize) -> Self {
        let angle = |n: usize| PI * n as f64 / (2 * partition) as f64;
        Self {
            forward: planner.plan_fft_forward(partition),
            inverse: planner.plan_fft_inverse(partition),
            twist: (0..partition).map(|n| Complex32::new(angle(n).cos() as f32, angle(n).sin() as f32)).collect(),
        }
    }

    /// Length that `scratch` must have.
    pub fn scratch_len(&self) -> usize {
        self.forward.get_inplace_scratch_len().max(self.inverse.get_inplace_scratch_len())
    }

    /// Transforms P real samples, zero-padded to 2P. `values` has P places.
    pub fn forward(&self, samples: &[f32], values: &mut [Complex32], scratch: &mut [Complex32]) {
        for ((value, sample), twist) in values.iter_mut().zip(samples).zip(self.twist.iter()) {
            *value = twist * sample;
        }
        self.forward.process_with_scratch(values, scratch);
    }

    /// Transforms back, in place and not scaled by 1/P: real parts are the first P samples, imaginary ones the next P.
    pub fn inverse(&self, values: &mut [Complex32], scratch: &mut [Complex32]) {
        self.inverse.process_with_scratch(values, scratch);
        for (value, twist) in values.iter_mut().zip(self.twist.iter()) {
            *value *= twist.conj();
        }
    }
}

/// Adds to every output the sum of `taps[t] · past[start + i - t]`, in ascending order of `t`.
///
/// Every output is the same chain of operations, whatever the number of outputs: that makes the head, and so the whole
/// convolver, independent of block sizes to the last bit. `start` is at least `taps.len() - 1`.
pub(super) fn direct_sum(outputs: &mut [f32], past: &[f32], start: usize, taps: &[f32]) {
    /// Outputs that are summed at once, in registers.
    const WIDTH: usize = 16;
    let mut at = start;
    let mut blocks = outputs.chunks_exact_mut(WIDTH);
    for block in &mut blocks {
        let mut sums = [0.0f32; WIDTH];
        for (t, tap) in taps.iter().enumerate() {
            let x = &past[at - t..][..WIDTH];
            for (sum, x) in sums.iter_mut().zip(x) {
                *sum += tap * x;
            }
        }
        for (output, sum) in block.iter_mut().zip(sums) {
            *output += sum;
        }
        at += WIDTH;
    }
    for output in blocks.into_remainder() {
        let mut sum = 0.0f32;
        for (t, tap) in taps.iter().enumerate() {
            sum += tap * past[at - t];
        }
        *output += sum;
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convolution::{self, Mode};

    fn noise(len: usize, mut seed: u64) -> Vec<f32> {
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 40) as f32 / (1 << 24) as f32 - 0.5
        };
        (0..len).map(|_| next()).collect()
    }

    #[test]
    fn the_packed_transform_convolves_linearly() {
        for partition in [64usize, 128, 512, 4096] {
            let transform = Transform::new(&mut FftPlanner::new(), partition);
            let mut scratch = vec![Complex32::default(); transform.scratch_len()];
            let (x, h) = (noise(partition, 1), noise(partition, 2));
            let [mut a, mut b] = [&x, &h].map(|samples| {
                let mut values = vec![Complex32::default(); partition];
                transform.forward(samples, &mut values, &mut scratch);
                values
            });
            for (a, b) in a.iter_mut().zip(&b) {
                *a *= b / partition as f32;
            }
            transform.inverse(&mut a, &mut scratch);
            b.clear();
            let expected = convolution::direct(
                &x.iter().map(|x| f64::from(*x)).collect::<Vec<_>>(),
                &h.iter().map(|x| f64::from(*x)).collect::<Vec<_>>(),
                Mode::Full,
            );
            let got = a.iter().map(|v| v.re).chain(a.iter().map(|v| v.im));
            // Rounding of f32 spectra: a few epsilon times log2(P), times the size of a sum of P products of ±0.5.
            let tolerance = 4.0 * f64::from(f32::EPSILON) * f64::from(partition.ilog2()) * (partition as f64).sqrt();
            for (got, expected) in got.zip(expected.iter().chain([&0.0])) {
                assert!((f64::from(got) - expected).abs() < tolerance, "{partition}: {got} is not {expected}");
            }
        }
    }

    #[test]
    fn a_direct_sum_has_the_same_bits_however_it_is_cut() {
        let (past, taps) = (noise(256, 3), noise(64, 4));
        let mut whole = vec![0.0; 128];
        direct_sum(&mut whole, &past, 63, &taps);
        for cut in [1, 3, 15, 16, 17, 64] {
            let mut pieces = vec![0.0; 128];
            for (i, piece) in pieces.chunks_mut(cut).enumerate() {
                direct_sum(piece, &past, 63 + i * cut, &taps);
            }
            assert!(whole.iter().zip(&pieces).all(|(a, b)| a.to_bits() == b.to_bits()), "cut {cut}");
        }
    }
}

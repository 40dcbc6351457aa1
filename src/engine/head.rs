//! Head: direct convolution with the first taps, which makes the latency zero, and the sum of it and all stages.

use super::SPAN;
use super::dispatch::{Dispatch, multiply_add};
use super::lanes::{flush_small_lanes, sanitize_lanes};
use super::sanitize::sanitize;
use pulp::{Simd, WithSimd};

/// Samples that a vector may reach beyond those that have been written.
const REACH: usize = 16;
/// Vectors that are summed at once.
const VECTORS: usize = 4;
/// A path has a multiple of so many taps: two of the widest vectors.
const TAPS: usize = 32;

/// The first taps of one path, which are summed directly.
#[derive(Debug)]
pub(super) struct HeadPath {
    pub input: usize,
    /// At most a quantum of taps, with zeros up to a multiple of [`TAPS`].
    taps: Vec<f32>,
}

impl HeadPath {
    /// `None` when all taps are zero. Allocates.
    pub fn new(input: usize, mut taps: Vec<f32>) -> Option<Self> {
        let last = taps.iter().rposition(|tap| *tap != 0.0)?;
        taps.resize((last + 1).next_multiple_of(TAPS), 0.0);
        Some(Self { input, taps })
    }
}

/// The last quantum of every input, and what has been written since.
#[derive(Debug)]
pub(super) struct Head {
    quantum: usize,
    inputs: Vec<Recent>,
}

/// The latest samples of one input.
#[derive(Debug)]
struct Recent {
    /// The last quantum, and room for a span behind it, of which as much is valid as has been written.
    samples: Vec<f32>,
    /// False when all of it is silent.
    sounds: bool,
}

impl Head {
    /// Silence. Allocates.
    pub fn new(inputs: usize, quantum: usize) -> Self {
        let len = (1 + SPAN) * quantum + REACH * VECTORS;
        Self { quantum, inputs: (0..inputs).map(|_| Recent { samples: vec![0.0; len], sounds: false }).collect() }
    }

    /// Inputs.
    pub fn inputs(&self) -> usize {
        self.inputs.len()
    }

    /// Writes samples of one input, `phase` samples after the quantum's start, and gives them as they count: those that
    /// are not finite, too large or too small are silence.
    pub fn write(&mut self, dispatch: Dispatch, input: usize, phase: usize, samples: &[f32]) -> &[f32] {
        let present = &mut self.inputs[input].samples[self.quantum + phase..][..samples.len()];
        dispatch.run(Sanitize { samples, present });
        present
    }

    /// Notes whether anything sounds in the last quantum of an input or in what has been written since.
    pub fn set_sounding(&mut self, input: usize, sounds: bool) {
        self.inputs[input].sounds = sounds;
    }

    /// Overwrites the output of some paths, from `phase` samples after the quantum's start on: with the sum of their
    /// taps, and then what the stages have computed for these samples, always in the same order.
    pub fn sum(&self, dispatch: Dispatch, paths: &[HeadPath], phase: usize, stages: &[&[f32]], output: &mut [f32]) {
        dispatch.run(Sum { output, inputs: &self.inputs, start: self.quantum + phase, paths, stages });
    }

    /// Makes the last of so many quanta the last one: a new one begins.
    pub fn advance(&mut self, quanta: usize) {
        for input in &mut self.inputs {
            input.samples.copy_within(quanta * self.quantum..(quanta + 1) * self.quantum, 0);
        }
    }

    /// Silences both quanta.
    pub fn reset(&mut self) {
        for input in &mut self.inputs {
            input.samples.fill(0.0);
            input.sounds = false;
        }
    }
}

/// Copies samples as they count.
struct Sanitize<'a> {
    samples: &'a [f32],
    present: &'a mut [f32],
}

impl WithSimd for Sanitize<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (present, last) = S::as_mut_simd_f32s(self.present);
        let (samples, last_samples) = S::as_simd_f32s(self.samples);
        for (present, samples) in present.iter_mut().zip(samples) {
            *present = sanitize_lanes(simd, *samples);
        }
        for (present, sample) in last.iter_mut().zip(last_samples) {
            *present = sanitize(*sample);
        }
    }
}

/// Writes to every output the sum of `taps[t] · history[start + i - t]` of all paths, and of all stages.
///
/// Every output is the same chain of operations, whatever the number of outputs: that makes the head, and so the whole
/// convolver, independent of block sizes to the last bit. The last outputs are computed as part of a whole vector too;
/// what its other lanes read and sum goes nowhere. `start` is at least the number of taps, and the history reaches
/// [`REACH`] · [`VECTORS`] beyond the last sample that is asked for.
struct Sum<'a> {
    output: &'a mut [f32],
    inputs: &'a [Recent],
    start: usize,
    paths: &'a [HeadPath],
    stages: &'a [&'a [f32]],
}

impl WithSimd for Sum<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { output, inputs, start, paths, stages } = self;
        let mut at = 0;
        for block in output.chunks_mut(VECTORS * S::F32_LANES) {
            if block.len() == VECTORS * S::F32_LANES {
                let mut sums = heads::<S, VECTORS>(simd, inputs, start + at, paths);
                for stage in stages {
                    let stage = S::as_simd_f32s(&stage[at..at + VECTORS * S::F32_LANES]).0;
                    for (sum, stage) in sums.iter_mut().zip(stage) {
                        *sum = simd.add_f32s(*sum, *stage);
                    }
                }
                for (output, sum) in S::as_mut_simd_f32s(block).0.iter_mut().zip(sums) {
                    *output = flush_small_lanes(simd, sum);
                }
                at += VECTORS * S::F32_LANES;
                continue;
            }
            for outputs in block.chunks_mut(S::F32_LANES) {
                let [mut sum] = heads::<S, 1>(simd, inputs, start + at, paths);
                for stage in stages {
                    sum = simd.add_f32s(sum, simd.partial_load_f32s(&stage[at..at + outputs.len()]));
                }
                simd.partial_store_f32s(outputs, flush_small_lanes(simd, sum));
                at += outputs.len();
            }
        }
    }
}

/// The sums of all paths for some vectors of outputs.
#[inline(always)]
fn heads<S: Simd, const N: usize>(simd: S, inputs: &[Recent], start: usize, paths: &[HeadPath]) -> [S::f32s; N] {
    let mut sums = [simd.splat_f32s(0.0); N];
    for path in paths {
        let Recent { samples, sounds } = &inputs[path.input];
        if *sounds {
            let path = chains::<S, N>(simd, samples, start, &path.taps);
            for (sum, path) in sums.iter_mut().zip(path) {
                *sum = simd.add_f32s(*sum, path);
            }
        }
    }
    sums
}

/// The sums of one path. Taps that are a vector apart meet the same vectors, one place further on: those are summed
/// together, in two chains. What is sliced once for all of them has a length that the compiler knows.
#[inline(always)]
fn chains<S: Simd, const N: usize>(simd: S, history: &[f32], start: usize, taps: &[f32]) -> [S::f32s; N] {
    let lanes = S::F32_LANES;
    let mut sums = [[simd.splat_f32s(0.0); N]; 2];
    for (pair, taps) in taps.chunks_exact(2 * lanes).enumerate() {
        // From what the last of these taps meets in the first vector to what the first of them meets in the last one.
        let first = start - 2 * (pair + 1) * lanes + 1;
        let history = &history[first..first + (N + 2) * lanes - 1];
        let (even, odd) = taps.split_at(lanes);
        for phase in 0..lanes {
            let vectors = S::as_simd_f32s(&history[lanes - 1 - phase..][..(N + 1) * lanes]).0;
            let (even, odd) = (simd.splat_f32s(even[phase]), simd.splat_f32s(odd[phase]));
            for i in 0..N {
                sums[0][i] = multiply_add(simd, even, vectors[i + 1], sums[0][i]);
                sums[1][i] = multiply_add(simd, odd, vectors[i], sums[1][i]);
            }
        }
    }
    let [mut even, odd] = sums;
    for (sum, odd) in even.iter_mut().zip(odd) {
        *sum = simd.add_f32s(*sum, odd);
    }
    even
}

#[cfg(test)]
mod tests {
    use super::super::dispatch::Instructions;
    use super::super::noise;
    use super::*;

    /// Two paths and a stage, from a quantum's start on.
    #[test]
    fn a_sum_has_the_same_bits_however_it_is_cut() {
        for instructions in Instructions::available() {
            let dispatch = Dispatch::new(instructions).unwrap();
            let mut head = Head::new(2, 64);
            let (history, taps) = ([noise(192, 1.0, 3), noise(192, 1.0, 4)], [noise(64, 1.0, 5), noise(3, 1.0, 6)]);
            for (input, history) in history.iter().enumerate() {
                head.inputs[input].samples[..64].copy_from_slice(&history[..64]);
                head.write(dispatch, input, 0, &history[64..]);
                head.set_sounding(input, true);
            }
            let paths: Vec<_> =
                taps.iter().enumerate().filter_map(|(input, taps)| HeadPath::new(input, taps.clone())).collect();
            let stage = noise(128, 1.0, 7);
            let mut whole = vec![0.0; 128];
            head.sum(dispatch, &paths, 0, &[&stage], &mut whole);
            for (i, y) in whole.iter().enumerate() {
                let taps = taps.iter().zip(&history).flat_map(|(taps, history)| {
                    taps.iter().enumerate().map(move |(t, tap)| f64::from(*tap) * f64::from(history[64 + i - t]))
                });
                let exact = taps.sum::<f64>() + f64::from(stage[i]);
                // 68 roundings of partial sums of products of ±0.5, the largest of them below 16.
                assert!((f64::from(*y) - exact).abs() < 68.0 * 8.0 * f64::from(f32::EPSILON), "{instructions} {i}");
            }
            for cut in [1, 3, 15, 16, 17, 64] {
                let mut pieces = vec![0.0; 128];
                for (i, output) in pieces.chunks_mut(cut).enumerate() {
                    head.sum(dispatch, &paths, i * cut, &[&stage[i * cut..]], output);
                }
                assert!(whole.iter().zip(&pieces).all(|(a, b)| a.to_bits() == b.to_bits()), "{instructions} cut {cut}");
            }
        }
    }
}

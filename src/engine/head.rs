//! Head: direct convolution with the first taps, which makes the latency zero.

use super::SPAN;
use super::dispatch::{Dispatch, multiply_add};
use super::kernel::HeadPath;
use pulp::{Simd, WithSimd};

/// Samples that a vector may reach beyond those that have been written.
const REACH: usize = 16;
/// Vectors that are summed at once.
const VECTORS: usize = 4;

/// The last quantum of every input, and what has been written since.
#[derive(Debug)]
pub(super) struct Head {
    quantum: usize,
    /// Per input, the last quantum, and room for a span behind it, of which as much is valid as has been written.
    recent: Vec<Vec<f32>>,
}

impl Head {
    /// Silence. Allocates.
    pub fn new(inputs: usize, quantum: usize) -> Self {
        Self { quantum, recent: vec![vec![0.0; (1 + SPAN) * quantum + REACH * VECTORS]; inputs] }
    }

    /// Inputs.
    pub fn inputs(&self) -> usize {
        self.recent.len()
    }

    /// The place for `len` samples of one input, `phase` samples after the quantum's start.
    pub fn present(&mut self, input: usize, phase: usize, len: usize) -> &mut [f32] {
        &mut self.recent[input][self.quantum + phase..][..len]
    }

    /// Adds the sum of the taps to the output of one path.
    pub fn add(&self, dispatch: Dispatch, path: &HeadPath, phase: usize, output: &mut [f32]) {
        let history = &self.recent[path.input][..];
        dispatch.run(DirectSum { output, history, start: self.quantum + phase, taps: &path.taps });
    }

    /// Makes the last of so many quanta the last one: a new one begins.
    pub fn advance(&mut self, quanta: usize) {
        for recent in &mut self.recent {
            recent.copy_within(quanta * self.quantum..(quanta + 1) * self.quantum, 0);
        }
    }

    /// Silences both quanta.
    pub fn reset(&mut self) {
        for recent in &mut self.recent {
            recent.fill(0.0);
        }
    }
}

/// Adds to every output the sum of `taps[t] · history[start + i - t]`.
///
/// Every output is the same chain of operations, whatever the number of outputs: that makes the head, and so the whole
/// convolver, independent of block sizes to the last bit. The last outputs are computed as part of a whole vector too;
/// what its other lanes read and sum goes nowhere. `start` is at least `taps.len() - 1`, and `history` reaches
/// [`REACH`] · [`VECTORS`] beyond the last sample that is asked for.
struct DirectSum<'a> {
    output: &'a mut [f32],
    history: &'a [f32],
    start: usize,
    taps: &'a [f32],
}

impl WithSimd for DirectSum<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { output, history, mut start, taps } = self;
        for block in output.chunks_mut(VECTORS * S::F32_LANES) {
            if block.len() == VECTORS * S::F32_LANES {
                let sums = chains::<S, VECTORS>(simd, history, start, taps);
                for (output, sum) in S::as_mut_simd_f32s(block).0.iter_mut().zip(sums) {
                    *output = simd.add_f32s(*output, sum);
                }
            } else {
                for (vector, outputs) in block.chunks_mut(S::F32_LANES).enumerate() {
                    let [sum] = chains::<S, 1>(simd, history, start + vector * S::F32_LANES, taps);
                    let before = simd.partial_load_f32s(outputs);
                    simd.partial_store_f32s(outputs, simd.add_f32s(before, sum));
                }
            }
            start += block.len();
        }
    }
}

/// The sums for some vectors of outputs: even taps, odd taps, and then both.
#[inline(always)]
fn chains<S: Simd, const N: usize>(simd: S, history: &[f32], start: usize, taps: &[f32]) -> [S::f32s; N] {
    let mut even = [simd.splat_f32s(0.0); N];
    let mut odd = even;
    for (pair, taps) in taps.chunks(2).enumerate() {
        add_tap::<S, N>(simd, &mut even, taps[0], &history[start - 2 * pair..]);
        if let [_, tap] = taps {
            add_tap::<S, N>(simd, &mut odd, *tap, &history[start - 2 * pair - 1..]);
        }
    }
    for (sum, odd) in even.iter_mut().zip(odd) {
        *sum = simd.add_f32s(*sum, odd);
    }
    even
}

#[inline(always)]
fn add_tap<S: Simd, const N: usize>(simd: S, sums: &mut [S::f32s; N], tap: f32, history: &[f32]) {
    let tap = simd.splat_f32s(tap);
    let history = S::as_simd_f32s(&history[..N * S::F32_LANES]).0;
    for i in 0..N {
        sums[i] = multiply_add(simd, tap, history[i], sums[i]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::dispatch::Instructions;
    use super::super::noise;
    use super::*;

    #[test]
    fn a_direct_sum_has_the_same_bits_however_it_is_cut() {
        for instructions in Instructions::available() {
            let dispatch = Dispatch::new(instructions).unwrap();
            let (history, taps) = (noise(63 + 128 + REACH * VECTORS, 1.0, 3), noise(64, 1.0, 4));
            let mut whole = vec![0.0; 128];
            dispatch.run(DirectSum { output: &mut whole, history: &history, start: 63, taps: &taps });
            for (i, y) in whole.iter().enumerate() {
                let exact: f64 = (0..64).map(|t| f64::from(taps[t]) * f64::from(history[63 + i - t])).sum();
                // 64 roundings of partial sums of products of ±0.5, the largest of them below 16.
                assert!((f64::from(*y) - exact).abs() < 64.0 * 8.0 * f64::from(f32::EPSILON), "{instructions} {i}");
            }
            for cut in [1, 3, 15, 16, 17, 64] {
                let mut pieces = vec![0.0; 128];
                for (i, output) in pieces.chunks_mut(cut).enumerate() {
                    dispatch.run(DirectSum { output, history: &history, start: 63 + i * cut, taps: &taps });
                }
                assert!(whole.iter().zip(&pieces).all(|(a, b)| a.to_bits() == b.to_bits()), "{instructions} cut {cut}");
            }
        }
    }
}

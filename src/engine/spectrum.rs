//! Spectra in memory, and the loops over them.
//!
//! Multiply-accumulate is bound by memory, so spectra are stored in the order in which it reads: chunk by chunk of 32
//! bins, and of one chunk all spectra of a [`Bank`] one after another. A loop keeps one chunk of its result in
//! registers while kernel and history stream by.

use super::MAX_CHANNELS;
use super::dispatch::{Dispatch, multiply_add, multiply_subtract};
use super::sanitize::FLOOR;
use pulp::bytemuck::{cast_slice, cast_slice_mut};
use pulp::{Simd, WithSimd};
use rustfft::num_complex::Complex32;
use std::fmt;
use std::ops::Range;

/// Replaces values below [`FLOOR`] by zero in every lane.
#[inline(always)]
fn flush_small_lanes<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let is_small = simd.less_than_f32s(simd.abs_f32s(x), simd.splat_f32s(FLOOR));
    simd.select_f32s(is_small, simd.splat_f32s(0.0), x)
}

/// Bins of a chunk.
pub(super) const CHUNK: usize = 32;
/// Bins of half a chunk: one vector of the widest instructions.
const HALF: usize = CHUNK / 2;

/// Real and imaginary parts of 16 bins: two lines of the processor's cache.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
struct Half {
    re: [f32; HALF],
    im: [f32; HALF],
}

/// 32 bins of a spectrum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Chunk {
    halves: [Half; 2],
}

impl Chunk {
    /// Zeros.
    pub const SILENCE: Self = Self { halves: [Half { re: [0.0; HALF], im: [0.0; HALF] }; 2] };

    /// Stores 32 values, those below [`FLOOR`] as zero. The order of the bins does not matter, because kernel and
    /// history have the same.
    #[inline(always)]
    fn store<S: Simd>(&mut self, simd: S, values: &[Complex32]) {
        for (half, values) in self.halves.iter_mut().zip(values.chunks_exact(HALF)) {
            let (re, im) = (S::as_mut_simd_f32s(&mut half.re).0, S::as_mut_simd_f32s(&mut half.im).0);
            let pairs = S::as_simd_f32s(cast_slice(values)).0.chunks_exact(2);
            for ((re, im), pair) in re.iter_mut().zip(im).zip(pairs) {
                let [r, i] = simd.deinterleave_shfl_f32s([pair[0], pair[1]]);
                (*re, *im) = (flush_small_lanes(simd, r), flush_small_lanes(simd, i));
            }
        }
    }

    /// Loads the 32 values in the order in which they were stored, those below [`FLOOR`] as zero.
    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, values: &mut [Complex32]) {
        for (half, values) in self.halves.iter().zip(values.chunks_exact_mut(HALF)) {
            let (re, im) = (S::as_simd_f32s(&half.re).0, S::as_simd_f32s(&half.im).0);
            let pairs = S::as_mut_simd_f32s(cast_slice_mut(values)).0.chunks_exact_mut(2);
            for ((re, im), pair) in re.iter().zip(im).zip(pairs) {
                let [first, second] =
                    simd.interleave_shfl_f32s([flush_small_lanes(simd, *re), flush_small_lanes(simd, *im)]);
                (pair[0], pair[1]) = (first, second);
            }
        }
    }

    /// Real and imaginary parts of some bins: as many as a vector has lanes.
    #[inline(always)]
    fn vector<S: Simd>(&self, vector: usize) -> [S::f32s; 2] {
        let (half, vector) = (&self.halves[vector * S::F32_LANES / HALF], vector % (HALF / S::F32_LANES));
        [S::as_simd_f32s(&half.re).0[vector], S::as_simd_f32s(&half.im).0[vector]]
    }

    /// Sets the bins that [`vector`](Self::vector) gives.
    #[inline(always)]
    fn set_vector<S: Simd>(&mut self, vector: usize, [re, im]: [S::f32s; 2]) {
        let (half, vector) = (&mut self.halves[vector * S::F32_LANES / HALF], vector % (HALF / S::F32_LANES));
        S::as_mut_simd_f32s(&mut half.re).0[vector] = re;
        S::as_mut_simd_f32s(&mut half.im).0[vector] = im;
    }

    /// Number of values that are denormal: there must never be one.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        self.halves.iter().flat_map(|half| half.re.iter().chain(&half.im)).filter(|x| x.is_subnormal()).count()
    }
}

/// `count` spectra of one size, stored for streaming.
#[derive(Clone, PartialEq)]
pub(super) struct Bank {
    count: usize,
    chunks: Vec<Chunk>,
}

impl fmt::Debug for Bank {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} spectra of {} bins", self.count, self.chunks.len() / self.count.max(1) * CHUNK)
    }
}

impl Bank {
    /// `count` spectra of `bins` bins, all zero.
    pub fn new(count: usize, bins: usize) -> Self {
        Self { count, chunks: vec![Chunk::SILENCE; count * bins / CHUNK] }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.chunks.len() * size_of::<Chunk>()
    }

    /// One chunk of all spectra.
    #[inline(always)]
    fn all(&self, chunk: usize) -> &[Chunk] {
        &self.chunks[chunk * self.count..(chunk + 1) * self.count]
    }

    /// Stores bins of spectrum `index`, from chunk `first` on; values below [`FLOOR`] as zero.
    pub fn store(&mut self, dispatch: Dispatch, index: usize, first: usize, values: &[Complex32]) {
        dispatch.run(Store { chunks: &mut self.chunks[first * self.count + index..], stride: self.count, values });
    }

    /// Sets some chunks of spectrum `index` to zero.
    pub fn silence(&mut self, index: usize, chunks: Range<usize>) {
        for chunk in chunks {
            self.chunks[chunk * self.count + index] = Chunk::SILENCE;
        }
    }

    /// Number of values that are denormal: there must never be one.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        self.chunks.iter().map(Chunk::denormals).sum()
    }
}

/// Reads bins of a sum into `values`, those below [`FLOOR`] as zero.
pub(super) fn load(dispatch: Dispatch, chunks: &[Chunk], values: &mut [Complex32]) {
    dispatch.run(Load { chunks, values });
}

struct Store<'a> {
    chunks: &'a mut [Chunk],
    stride: usize,
    values: &'a [Complex32],
}

impl WithSimd for Store<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for (index, values) in self.values.chunks_exact(CHUNK).enumerate() {
            self.chunks[index * self.stride].store(simd, values);
        }
    }
}

struct Load<'a> {
    chunks: &'a [Chunk],
    values: &'a mut [Complex32],
}

impl WithSimd for Load<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for (chunk, values) in self.chunks.iter().zip(self.values.chunks_exact_mut(CHUNK)) {
            chunk.load(simd, values);
        }
    }
}

/// Spectra of an input's history and the kernel's spectra that they are multiplied with, both contiguous in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    /// Index of the input.
    pub input: usize,
    /// Place of the first spectrum in the input's history.
    pub from: usize,
    /// Place of the first spectrum in the kernel.
    pub with: usize,
    /// Number of spectra.
    pub len: usize,
}

/// The two factors of the products for one output: per input the history's spectra and the kernel's.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Factors<'a> {
    /// History and kernel, by input; `None` where no path begins.
    pub banks: [Option<(&'a Bank, &'a Bank)>; MAX_CHANNELS],
}

impl<'a> Factors<'a> {
    /// One chunk of both factors in a segment; the history is `more` places longer.
    #[inline(always)]
    fn chunk(&self, segment: &Segment, chunk: usize, more: usize) -> (&'a [Chunk], &'a [Chunk]) {
        let Some((history, kernel)) = self.banks[segment.input] else { return (&[], &[]) };
        let history = &history.all(chunk)[segment.from..segment.from + segment.len + more];
        (history, &kernel.all(chunk)[segment.with..segment.with + segment.len])
    }
}

/// Sums the products of all segments for `N` consecutive blocks in one pass over the kernel. The second block meets the
/// spectra one place before those of the first, the third two places before, and so on. Every bin is the same chain of
/// operations for every `N`, 1, 2 or 4.
pub(super) struct Accumulate<'a, const N: usize> {
    /// Spectra of history and kernel.
    pub factors: Factors<'a>,
    /// Ranges of both that are multiplied for the last block; those of the earlier blocks lie behind.
    pub segments: &'a [Segment],
    /// Chunks to compute.
    pub chunks: Range<usize>,
    /// All chunks of the resulting spectra.
    pub sums: [&'a mut [Chunk]; N],
    /// True to go on from the sums that are there, false to replace them.
    pub onto: bool,
}

impl<const N: usize> WithSimd for Accumulate<'_, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        // Eight chains of additions keep two units busy: two for each vector of each block.
        let per_chunk = CHUNK / S::F32_LANES;
        let mut chunk = self.chunks.start;
        while chunk < self.chunks.end {
            if N == 1 && per_chunk == 2 && chunk + 2 <= self.chunks.end {
                self.sum::<S, 2, 2>(simd, chunk, 0);
                chunk += 1;
            } else if N == 1 && per_chunk == 2 {
                self.sum::<S, 1, 2>(simd, chunk, 0);
            } else if N == 1 {
                for first in (0..per_chunk).step_by(4) {
                    self.sum::<S, 1, 4>(simd, chunk, first);
                }
            } else if N == 2 {
                for first in (0..per_chunk).step_by(2) {
                    self.sum::<S, 1, 2>(simd, chunk, first);
                }
            } else {
                for first in 0..per_chunk {
                    self.sum::<S, 1, 1>(simd, chunk, first);
                }
            }
            chunk += 1;
        }
    }
}

impl<const N: usize> Accumulate<'_, N> {
    /// `T` vectors of each of `C` chunks.
    #[inline(always)]
    fn sum<S: Simd, const C: usize, const T: usize>(&mut self, simd: S, chunk: usize, first: usize) {
        let mut sums = [[[[simd.splat_f32s(0.0); 2]; T]; C]; N];
        if self.onto {
            for n in 0..N {
                for c in 0..C {
                    for t in 0..T {
                        sums[n][c][t] = self.sums[n][chunk + c].vector::<S>(first + t);
                    }
                }
            }
        }
        for segment in self.segments {
            let mut factors: [(&[Chunk], &[Chunk]); C] = [(&[], &[]); C];
            for c in 0..C {
                factors[c] = self.factors.chunk(segment, chunk + c, N - 1);
            }
            for i in 0..segment.len {
                for c in 0..C {
                    let (history, kernel) = factors[c];
                    for t in 0..T {
                        let [h_re, h_im] = kernel[i].vector::<S>(first + t);
                        for n in 0..N {
                            let [x_re, x_im] = history[i + N - 1 - n].vector::<S>(first + t);
                            let [re, im] = &mut sums[n][c][t];
                            *re = multiply_add(simd, x_re, h_re, *re);
                            *im = multiply_add(simd, x_re, h_im, *im);
                            *re = multiply_subtract(simd, x_im, h_im, *re);
                            *im = multiply_add(simd, x_im, h_re, *im);
                        }
                    }
                }
            }
        }
        for n in 0..N {
            for c in 0..C {
                for t in 0..T {
                    self.sums[n][chunk + c].set_vector::<S>(first + t, sums[n][c][t]);
                }
            }
        }
    }
}

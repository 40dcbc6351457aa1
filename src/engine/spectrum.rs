//! Spectra in memory, and the loops over them.
//!
//! Multiply-accumulate is bound by memory, so spectra are stored in the order in which it reads: chunk by chunk of 32 bins,
//! and of one chunk all spectra of a [`Bank`] one after another. A loop keeps one chunk of its result in registers while
//! kernel and history stream by.

use super::MAX_CHANNELS;
use super::dispatch::{Dispatch, multiply_add, multiply_subtract};
use pulp::bytemuck::{cast_slice, cast_slice_mut};
use pulp::{Simd, WithSimd};
use rustfft::num_complex::Complex32;
use std::fmt;
use std::ops::Range;

/// Below this, -300 dB, a sample or bin counts as zero. A product of two that are not zero is at least 1e-30, far above the
/// denormals, which begin at 1.2e-38. What is left when such products cancel out completely can be denormal, once in a
/// while; it counts as zero when the sum is read.
///
/// A kernel's bins are scaled by 1/P before they meet it: a tap that is alone in its partition is heard from P · 1e-15 on,
/// -200 dB in the largest partitions.
pub const FLOOR: f32 = 1e-15;

/// Zero for values too small to matter.
#[inline(always)]
#[must_use]
pub fn floor(x: f32) -> f32 {
    if x.abs() < FLOOR { 0.0 } else { x }
}

/// The same in every lane.
#[inline(always)]
fn floors<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
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

    /// Takes over 32 values, those below [`FLOOR`] as zero. In which order the bins come does not matter, because those
    /// of kernel and past come in the same.
    #[inline(always)]
    fn store<S: Simd>(&mut self, simd: S, values: &[Complex32]) {
        for (half, values) in self.halves.iter_mut().zip(values.chunks_exact(HALF)) {
            let (re, im) = (S::as_mut_simd_f32s(&mut half.re).0, S::as_mut_simd_f32s(&mut half.im).0);
            let pairs = S::as_simd_f32s(cast_slice(values)).0.chunks_exact(2);
            for ((re, im), pair) in re.iter_mut().zip(im).zip(pairs) {
                let [r, i] = simd.deinterleave_shfl_f32s([pair[0], pair[1]]);
                (*re, *im) = (floors(simd, r), floors(simd, i));
            }
        }
    }

    /// Gives them back as they came, those below [`FLOOR`] as zero.
    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, values: &mut [Complex32]) {
        for (half, values) in self.halves.iter().zip(values.chunks_exact_mut(HALF)) {
            let (re, im) = (S::as_simd_f32s(&half.re).0, S::as_simd_f32s(&half.im).0);
            let pairs = S::as_mut_simd_f32s(cast_slice_mut(values)).0.chunks_exact_mut(2);
            for ((re, im), pair) in re.iter().zip(im).zip(pairs) {
                let [first, second] = simd.interleave_shfl_f32s([floors(simd, *re), floors(simd, *im)]);
                (pair[0], pair[1]) = (first, second);
            }
        }
    }

    /// Values that are denormal: there must never be one.
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

    /// Values that are denormal: there must never be one.
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

/// Some spectra of an input's past and the kernel's spectra that they are multiplied with, both one after another in
/// memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    /// Which input.
    pub input: usize,
    /// Place of the first of its past.
    pub from: usize,
    /// Place of the first of the kernel.
    pub with: usize,
    /// How many.
    pub len: usize,
}

/// What is multiplied for an output: of every input its past and the kernel's spectra for it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Factors<'a> {
    /// Both, by input.
    pub banks: [Option<(&'a Bank, &'a Bank)>; MAX_CHANNELS],
}

impl<'a> Factors<'a> {
    /// One chunk of what is multiplied in a segment; the past reaches `more` places further.
    #[inline(always)]
    fn chunk(&self, segment: &Segment, chunk: usize, more: usize) -> (&'a [Chunk], &'a [Chunk]) {
        let Some((past, kernel)) = self.banks[segment.input] else { return (&[], &[]) };
        let past = &past.all(chunk)[segment.from..segment.from + segment.len + more];
        (past, &kernel.all(chunk)[segment.with..segment.with + segment.len])
    }
}

/// Sums the products of all segments for some chunks of one spectrum.
pub(super) struct Accumulate<'a> {
    /// What is multiplied.
    pub factors: Factors<'a>,
    /// Where it is.
    pub segments: &'a [Segment],
    /// Which chunks.
    pub chunks: Range<usize>,
    /// The spectrum, all its chunks.
    pub sums: &'a mut [Chunk],
    /// Whether the sum is added to what is there, or replaces it.
    pub onto: bool,
}

impl WithSimd for Accumulate<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let per_half = HALF / S::F32_LANES;
        for chunk in self.chunks {
            // Two vectors at a time, each with four sums: eight chains of additions keep two units busy.
            for pair in 0..per_half {
                let places = [
                    (2 * pair / per_half, 2 * pair % per_half),
                    ((2 * pair + 1) / per_half, (2 * pair + 1) % per_half),
                ];
                let mut sums = [[simd.splat_f32s(0.0); 4]; 2];
                for segment in self.segments {
                    let (past, kernel) = self.factors.chunk(segment, chunk, 0);
                    for (x, h) in past.iter().zip(kernel) {
                        for ([re_re, im_im, re_im, im_re], (half, vector)) in sums.iter_mut().zip(places) {
                            let (x, h) = (&x.halves[half], &h.halves[half]);
                            let (x_re, x_im) = (S::as_simd_f32s(&x.re).0[vector], S::as_simd_f32s(&x.im).0[vector]);
                            let (h_re, h_im) = (S::as_simd_f32s(&h.re).0[vector], S::as_simd_f32s(&h.im).0[vector]);
                            *re_re = multiply_add(simd, x_re, h_re, *re_re);
                            *im_im = multiply_add(simd, x_im, h_im, *im_im);
                            *re_im = multiply_add(simd, x_re, h_im, *re_im);
                            *im_re = multiply_add(simd, x_im, h_re, *im_re);
                        }
                    }
                }
                for ([re_re, im_im, re_im, im_re], (half, vector)) in sums.into_iter().zip(places) {
                    let half = &mut self.sums[chunk].halves[half];
                    let (re, im) = (simd.sub_f32s(re_re, im_im), simd.add_f32s(re_im, im_re));
                    let sum_re = &mut S::as_mut_simd_f32s(&mut half.re).0[vector];
                    *sum_re = if self.onto { simd.add_f32s(*sum_re, re) } else { re };
                    let sum_im = &mut S::as_mut_simd_f32s(&mut half.im).0[vector];
                    *sum_im = if self.onto { simd.add_f32s(*sum_im, im) } else { im };
                }
            }
        }
    }
}

/// The same for `N` spectra in one pass over the kernel: the second is met by past blocks that lie one place before those
/// of the first, the third two, and so on. Every spectrum is the same chain of operations, however many there are.
pub(super) struct AccumulateTogether<'a, const N: usize> {
    /// What is multiplied.
    pub factors: Factors<'a>,
    /// Where it is for the last of the spectra; for the others it lies behind.
    pub segments: &'a [Segment],
    /// Which chunks.
    pub chunks: Range<usize>,
    /// The spectra, all their chunks.
    pub sums: [&'a mut [Chunk]; N],
}

impl<const N: usize> WithSimd for AccumulateTogether<'_, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let per_half = HALF / S::F32_LANES;
        for chunk in self.chunks {
            for half in 0..2 {
                for vector in 0..per_half {
                    let mut sums = [[simd.splat_f32s(0.0); 2]; N];
                    for segment in self.segments {
                        let (past, kernel) = self.factors.chunk(segment, chunk, N - 1);
                        for (past, h) in past.windows(N).zip(kernel) {
                            let h = &h.halves[half];
                            let (h_re, h_im) = (S::as_simd_f32s(&h.re).0[vector], S::as_simd_f32s(&h.im).0[vector]);
                            for ([re, im], x) in sums.iter_mut().zip(past.iter().rev()) {
                                let x = &x.halves[half];
                                let (x_re, x_im) = (S::as_simd_f32s(&x.re).0[vector], S::as_simd_f32s(&x.im).0[vector]);
                                *re = multiply_add(simd, x_re, h_re, *re);
                                *im = multiply_add(simd, x_re, h_im, *im);
                                *re = multiply_subtract(simd, x_im, h_im, *re);
                                *im = multiply_add(simd, x_im, h_re, *im);
                            }
                        }
                    }
                    for (spectrum, [re, im]) in self.sums.iter_mut().zip(sums) {
                        let half = &mut spectrum[chunk].halves[half];
                        S::as_mut_simd_f32s(&mut half.re).0[vector] = re;
                        S::as_mut_simd_f32s(&mut half.im).0[vector] = im;
                    }
                }
            }
        }
    }
}

//! Spectra in memory, and the loops over them.
//!
//! Multiply-accumulate is bound by memory, so spectra are stored in the order in which it reads: chunk by chunk of 32
//! bins, and of one chunk all spectra of a [`Bank`] one after another. A loop keeps one chunk of its result in
//! registers while kernel and history stream by.

use super::dispatch::{multiply_add, multiply_subtract};
use super::lanes::Lanes;
use pulp::{Simd, WithSimd};
use std::fmt;
use std::ops::Range;

/// Bins of a chunk.
pub(super) const CHUNK: usize = 32;
/// Values of a group: one vector of the widest instructions.
pub(super) const GROUP: usize = CHUNK / 2;

/// Real and imaginary parts of 16 values: two lines of the processor's cache.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub(super) struct Group {
    pub re: [f32; GROUP],
    pub im: [f32; GROUP],
}

impl Group {
    /// Zeros.
    pub const SILENCE: Self = Self { re: [0.0; GROUP], im: [0.0; GROUP] };

    /// Some values: as many as a vector has lanes.
    #[inline(always)]
    pub fn vector<S: Simd>(&self, vector: usize) -> Lanes<S> {
        Lanes { re: S::as_simd_f32s(&self.re).0[vector], im: S::as_simd_f32s(&self.im).0[vector] }
    }

    /// Sets the values that [`vector`](Self::vector) gives.
    #[inline(always)]
    pub fn set_vector<S: Simd>(&mut self, vector: usize, Lanes { re, im }: Lanes<S>) {
        S::as_mut_simd_f32s(&mut self.re).0[vector] = re;
        S::as_mut_simd_f32s(&mut self.im).0[vector] = im;
    }

    /// Number of parts that are denormal: there must never be one.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        self.re.iter().chain(&self.im).filter(|x| x.is_subnormal()).count()
    }
}

/// 32 bins of a spectrum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Chunk {
    pub groups: [Group; 2],
}

impl Chunk {
    /// Zeros.
    pub const SILENCE: Self = Self { groups: [Group::SILENCE; 2] };

    /// Some bins: as many as a vector has lanes.
    #[inline(always)]
    fn vector<S: Simd>(&self, vector: usize) -> Lanes<S> {
        self.groups[vector * S::F32_LANES / GROUP].vector(vector % (GROUP / S::F32_LANES))
    }

    /// Sets the bins that [`vector`](Self::vector) gives.
    #[inline(always)]
    fn set_vector<S: Simd>(&mut self, vector: usize, bins: Lanes<S>) {
        self.groups[vector * S::F32_LANES / GROUP].set_vector(vector % (GROUP / S::F32_LANES), bins);
    }

    /// Number of values that are denormal: there must never be one.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        self.groups.iter().map(Group::denormals).sum()
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

    /// All chunks from the first of spectrum `index` on, with the distance from one chunk of a spectrum to the next.
    pub fn spectrum(&mut self, index: usize) -> Spectrum<'_> {
        Spectrum { chunks: &mut self.chunks[index..], stride: self.count }
    }

    /// Copies some chunks of one spectrum to another.
    pub fn repeat(&mut self, from: usize, to: usize, chunks: Range<usize>) {
        for chunk in chunks {
            self.chunks[chunk * self.count + to] = self.chunks[chunk * self.count + from];
        }
    }

    /// Copies one chunk of some consecutive spectra of another bank, to place `to` and those behind it.
    pub fn copy(&mut self, chunk: usize, to: usize, other: &Self, from: Range<usize>) {
        let place = chunk * self.count + to;
        self.chunks[place..place + from.len()].copy_from_slice(&other.all(chunk)[from]);
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

/// One spectrum of a bank, to be written.
pub(super) struct Spectrum<'a> {
    /// All chunks from its first on.
    pub chunks: &'a mut [Chunk],
    /// Chunks from one of its own to the next.
    pub stride: usize,
}

/// Spectra of an input's history and the kernel's spectra that they are multiplied with, both contiguous in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    /// The input's first chunk in the spectra of the history.
    pub first_chunk: usize,
    /// Place of the first spectrum in the history.
    pub from: usize,
    /// Place of the first spectrum in the kernel.
    pub with: usize,
    /// Number of spectra.
    pub len: usize,
}

/// The two factors of the products for one output.
#[derive(Debug, Clone, Copy)]
pub(super) struct Factors<'a> {
    /// Spectra of all inputs.
    pub history: &'a Bank,
    /// Spectra of all paths that end at the output.
    pub kernel: &'a Bank,
}

impl<'a> Factors<'a> {
    /// One chunk of both factors in a segment; the history is `more` places longer.
    #[inline(always)]
    fn chunk(&self, segment: &Segment, chunk: usize, more: usize) -> (&'a [Chunk], &'a [Chunk]) {
        let history = self.history.all(segment.first_chunk + chunk);
        let history = &history[segment.from..segment.from + segment.len + more];
        (history, &self.kernel.all(chunk)[segment.with..segment.with + segment.len])
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
    #[expect(clippy::needless_range_loop, reason = "block, chunk and vector are indices of several things")]
    fn sum<S: Simd, const C: usize, const T: usize>(&mut self, simd: S, chunk: usize, first: usize) {
        let mut sums = [[[Lanes::zero(simd); T]; C]; N];
        if self.onto {
            for (sums, spectrum) in sums.iter_mut().zip(&self.sums) {
                for (sums, chunk) in sums.iter_mut().zip(&spectrum[chunk..]) {
                    for (vector, sum) in (first..).zip(sums) {
                        *sum = chunk.vector(vector);
                    }
                }
            }
        }
        for segment in self.segments {
            let mut factors: [(&[Chunk], &[Chunk]); C] = [(&[], &[]); C];
            for (chunk, factors) in (chunk..).zip(&mut factors) {
                *factors = self.factors.chunk(segment, chunk, N - 1);
            }
            for i in 0..segment.len {
                for c in 0..C {
                    let (history, kernel) = factors[c];
                    for t in 0..T {
                        let h: Lanes<S> = kernel[i].vector(first + t);
                        for n in 0..N {
                            let x: Lanes<S> = history[i + N - 1 - n].vector(first + t);
                            let Lanes { re, im } = &mut sums[n][c][t];
                            *re = multiply_add(simd, x.re, h.re, *re);
                            *im = multiply_add(simd, x.re, h.im, *im);
                            *re = multiply_subtract(simd, x.im, h.im, *re);
                            *im = multiply_add(simd, x.im, h.re, *im);
                        }
                    }
                }
            }
        }
        for (sums, spectrum) in sums.into_iter().zip(&mut self.sums) {
            for (sums, chunk) in sums.into_iter().zip(&mut spectrum[chunk..]) {
                for (vector, sum) in (first..).zip(sums) {
                    chunk.set_vector(vector, sum);
                }
            }
        }
    }
}

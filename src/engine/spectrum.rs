//! Spectra in memory, and the loops over them.
//!
//! Multiply-accumulate is bound by memory, so spectra are stored in the order in which it reads: chunk by chunk of 16
//! bins, and of one chunk all spectra of a [`Bank`] one after another. A loop keeps some vectors of its result in
//! registers while kernel and history stream by. A chunk is as short as it can be: a loop that skipped lines of the
//! cache between those that it reads would take longer to read them.

use super::lanes::Lanes;
use pulp::{Simd, WithSimd};
use std::fmt;
use std::ops::Range;

/// Bins of a chunk: one vector of the widest instructions.
pub(super) const CHUNK: usize = 16;

/// Real and imaginary parts of 16 values: two lines of the processor's cache.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub(super) struct Chunk {
    pub re: [f32; CHUNK],
    pub im: [f32; CHUNK],
}

impl Chunk {
    /// Zeros.
    pub const SILENCE: Self = Self { re: [0.0; CHUNK], im: [0.0; CHUNK] };

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
        let (from, len) = (chunk * other.count + from.start, from.len());
        self.chunks[place..place + len].copy_from_slice(&other.chunks[from..from + len]);
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
        let history = (segment.first_chunk + chunk) * self.history.count + segment.from;
        let kernel = chunk * self.kernel.count + segment.with;
        (&self.history.chunks[history..][..segment.len + more], &self.kernel.chunks[kernel..][..segment.len])
    }
}

/// Sums the products of all segments for `N` consecutive blocks in one pass over the kernel. The second block meets the
/// spectra one place before those of the first, the third two places before, and so on. Every bin is the same chain of
/// operations for every `N`.
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

    /// Eight chains of additions keep two units busy: those of one vector for four blocks, or of four vectors for one.
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let chunks = self.chunks.clone();
        if N > 1 {
            for chunk in chunks {
                for vector in 0..CHUNK / S::F32_LANES {
                    self.sum_together(simd, chunk, vector);
                }
            }
            return;
        }
        match CHUNK / S::F32_LANES {
            1 => self.sum_all::<S, 4, 1>(simd, chunks),
            2 => self.sum_all::<S, 2, 2>(simd, chunks),
            _ => self.sum_all::<S, 1, 4>(simd, chunks),
        }
    }
}

impl<const N: usize> Accumulate<'_, N> {
    /// One vector of one chunk for all blocks.
    #[inline(always)]
    fn sum_together<S: Simd>(&mut self, simd: S, chunk: usize, vector: usize) {
        let mut sums = [Lanes::zero(simd); N];
        if self.onto {
            for (sum, chunks) in sums.iter_mut().zip(&self.sums) {
                *sum = chunks[chunk].vector(vector);
            }
        }
        for segment in self.segments {
            let (history, kernel) = self.factors.chunk(segment, chunk, N - 1);
            for (history, kernel) in history.windows(N).zip(kernel) {
                let h: Lanes<S> = kernel.vector(vector);
                for (sum, x) in sums.iter_mut().zip(history.iter().rev()) {
                    *sum = sum.add_product(simd, x.vector(vector), h);
                }
            }
        }
        for (sum, chunks) in sums.into_iter().zip(&mut self.sums) {
            chunks[chunk].set_vector(vector, sum);
        }
    }

    /// All chunks for one block, each of `T` vectors: `C` at a time, and those that are left one by one.
    #[inline(always)]
    fn sum_all<S: Simd, const C: usize, const T: usize>(&mut self, simd: S, chunks: Range<usize>) {
        let mut chunk = chunks.start;
        while chunk + C <= chunks.end {
            self.sum_alone::<S, C, T>(simd, chunk);
            chunk += C;
        }
        for chunk in chunk..chunks.end {
            self.sum_alone::<S, 1, T>(simd, chunk);
        }
    }

    /// All `T` vectors of `C` chunks for one block.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "chunk and vector are indices of several things")]
    fn sum_alone<S: Simd, const C: usize, const T: usize>(&mut self, simd: S, chunk: usize) {
        let mut sums = [[Lanes::zero(simd); T]; C];
        if self.onto {
            let chunks = &self.sums[0][chunk..chunk + C];
            for c in 0..C {
                for t in 0..T {
                    sums[c][t] = chunks[c].vector(t);
                }
            }
        }
        for segment in self.segments {
            let mut factors: [(&[Chunk], &[Chunk]); C] = [(&[], &[]); C];
            for (chunk, factors) in (chunk..).zip(&mut factors) {
                *factors = self.factors.chunk(segment, chunk, 0);
            }
            for i in 0..segment.len {
                for c in 0..C {
                    let (history, kernel) = factors[c];
                    for t in 0..T {
                        sums[c][t] = sums[c][t].add_product(simd, history[i].vector(t), kernel[i].vector(t));
                    }
                }
            }
        }
        let chunks = &mut self.sums[0][chunk..chunk + C];
        for c in 0..C {
            for t in 0..T {
                chunks[c].set_vector(t, sums[c][t]);
            }
        }
    }
}

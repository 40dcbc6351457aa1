//! Transform of a block: packed, and in pieces.
//!
//! **Packed.** Linear convolution of two blocks of P real samples fits a negacyclic convolution of 2P points, the
//! product modulo z^2P + 1. Folding `u[n] = x[n] + i·x[n + P]` takes it to polynomials modulo z^P = i, and twisting by
//! `e^(iπn/2P)` to a circular convolution of P complex points. So one complex transform of P points serves 2P real
//! samples, and its P bins are plain: there is no purely real bin at either end, and their order does not matter. (The
//! idea is that of the right-angle convolution: Nussbaumer, *Fast Fourier Transform and Convolution Algorithms*, 1982.)
//!
//! **In pieces.** A long transform takes as long as many callbacks, so it is cut as in Bailey's four-step transform
//! (`columns`): the points are laid out as 8 rows, the columns are transformed, some at a time, and then each row by
//! itself. Rows that are too long are cut again. What is transformed in one piece is cut in the same way, down to rows
//! of 16 to 64 points (`rows`), which are read, transformed and stored in one pass.
//!
//! The first pass of a forward transform twists the samples while it reads them. The last pass of an inverse one
//! untwists, overlaps and adds. The other factors of the twist are among the twiddle factors.

mod butterflies;
mod columns;
mod rows;

use super::dispatch::Dispatch;
use super::lanes::{Lanes, flush_small_lanes};
use super::spectrum::{CHUNK, Chunk, Spectrum};
use columns::Columns;
use pulp::Simd;
use rows::{RowFactors, Rows};
use std::f64::consts::{PI, TAU};
use std::fmt;
use std::ops::Range;

/// Rows of one cut.
pub(super) const ROWS: usize = 8;
/// Longest row that is transformed in one piece.
const LONGEST_ROW: usize = 1024;
/// Longest row that is not cut.
const LONGEST_INNERMOST: usize = 64;
/// Most columns of one piece: less work than the longest row.
const COLUMNS: usize = 128;
/// Octaves of a row that take as long as the three of a column, each of which reads and writes memory far apart.
const COLUMN_OCTAVES: usize = 6;
/// Points of a row that lie next to each other in a vector.
pub(super) const QUAD: usize = 4;

/// Most channels whose blocks are transformed side by side.
pub(super) const BESIDE: usize = rows::BESIDE;

/// A piece of a transform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Columns of one block of one cut.
    Columns {
        /// Index of the cut, 0 for the outermost.
        cut: usize,
        /// Index of the block within the cut.
        block: usize,
        /// Columns of the block.
        columns: Range<usize>,
    },
    /// One row.
    Row(usize),
}

/// The packed transform of one block length.
#[derive(Clone)]
pub(super) struct Transform {
    points: usize,
    /// From the outermost on: first those of which each is done in pieces of its own.
    cuts: Vec<Cut>,
    /// Number of those.
    outer: usize,
    /// Points of a row that is done in one piece, and of an innermost row.
    row: usize,
    innermost: usize,
    factors: RowFactors,
}

/// Factors of one cut.
#[derive(Clone)]
struct Cut {
    columns: usize,
    /// For every chunk of columns those of each row.
    twiddles: Vec<[Chunk; ROWS]>,
}

impl fmt::Debug for Transform {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "transform of {} points in rows of {}", self.points, self.row)
    }
}

/// `e^(i·angle)` for each place in a chunk.
fn units(angle: impl Fn(usize) -> f64) -> Chunk {
    let angles: [f64; CHUNK] = std::array::from_fn(angle);
    Chunk { re: angles.map(|angle| angle.cos() as f32), im: angles.map(|angle| angle.sin() as f32) }
}

impl Transform {
    /// For blocks of `points` samples, a power of two from 32 on. Allocates.
    pub fn new(points: usize) -> Self {
        let mut cuts = Vec::new();
        let (mut outer, mut row, mut innermost) = (0, points, points);
        while innermost > LONGEST_INNERMOST {
            if innermost > LONGEST_ROW {
                (outer, row) = (outer + 1, innermost / ROWS);
            }
            let (columns, twists) = (innermost / ROWS, cuts.is_empty());
            let twiddle = |k: usize, m: usize| {
                let twist = if twists { PI * m as f64 / (2 * points) as f64 } else { 0.0 };
                twist - TAU * (m * k) as f64 / innermost as f64
            };
            let chunk = |g: usize| std::array::from_fn(|k| units(|lane| twiddle(k, g * CHUNK + lane)));
            cuts.push(Cut { columns, twiddles: (0..columns / CHUNK).map(chunk).collect() });
            innermost = columns;
        }
        let quads = innermost / QUAD;
        let twiddle = |q: usize, lane: usize| {
            let twist = if cuts.is_empty() { PI * lane as f64 / (2 * points) as f64 } else { 0.0 };
            twist - TAU * (lane * q) as f64 / innermost as f64
        };
        let twist = |a: usize| {
            let angle = PI * a as f64 / (2 * quads) as f64;
            (angle.cos() as f32, angle.sin() as f32)
        };
        let factors = RowFactors {
            twiddles: (0..quads).map(|q| units(|lane| twiddle(q, lane % QUAD))).collect(),
            twists: (0..quads).map(twist).collect(),
        };
        Self { points, cuts, outer, row, innermost, factors }
    }

    /// Chunks that the working space must have.
    pub fn values_len(&self) -> usize {
        self.place(self.points / CHUNK)
    }

    /// Where a chunk lies in the working space, counted from its block's start: behind each row there is a gap, without
    /// which all rows would share the same few lines of the cache.
    fn place(&self, chunk: usize) -> usize {
        chunk + chunk / (self.row / CHUNK)
    }

    /// True when a block is an innermost row: then the blocks of many channels are transformed side by side.
    pub fn is_innermost(&self) -> bool {
        self.cuts.is_empty()
    }

    /// All pieces in the order of a forward transform, each with its cost: points times octaves of a row. An inverse
    /// transform takes them from the last to the first.
    pub fn pieces(&self) -> Vec<(Piece, usize)> {
        let mut pieces = Vec::new();
        for (cut, Cut { columns, .. }) in self.cuts[..self.outer].iter().enumerate() {
            for block in 0..ROWS.pow(cut as u32) {
                let width = COLUMNS.min(*columns);
                pieces.extend((0..columns / width).map(|i| {
                    let columns = i * width..(i + 1) * width;
                    (Piece::Columns { cut, block, columns }, width * ROWS * COLUMN_OCTAVES)
                }));
            }
        }
        let rows = (0..self.points / self.row).map(|row| (Piece::Row(row), self.row * self.row.ilog2() as usize));
        pieces.extend(rows);
        pieces
    }

    /// One piece of the transform of blocks of P samples, which count as zero-padded to 2P. The last pieces store their
    /// bins, those below the [`FLOOR`](super::sanitize::FLOOR) as zero, among those of all channels.
    ///
    /// `blocks` holds one block, or of [innermost](Self::is_innermost) ones many, and `channels` the place of each in
    /// the spectrum.
    pub fn forward(
        &self,
        dispatch: Dispatch,
        piece: &Piece,
        blocks: &[&[f32]],
        values: &mut [Chunk],
        channels: &[usize],
        spectrum: Spectrum,
    ) {
        match piece {
            Piece::Columns { cut, block, columns } => {
                let samples = (*cut == 0).then_some(blocks[0]);
                dispatch.run(columns::Forward { columns: self.outer(*cut, *block, columns, values), samples });
            }
            Piece::Row(_) if self.cuts.is_empty() => {
                self.run_forward(dispatch, &[], blocks, Rows::List(channels), spectrum);
            }
            Piece::Row(row) => {
                let values = self.row_of(*row, values);
                for cut in self.outer..self.cuts.len() {
                    let samples = (cut == 0).then_some(blocks[0]);
                    dispatch.run(columns::Forward { columns: self.inner(cut, values), samples });
                }
                self.run_forward(dispatch, values, &[], self.rows_of(channels[0], *row), spectrum);
            }
        }
    }

    fn run_forward(&self, dispatch: Dispatch, values: &[Chunk], samples: &[&[f32]], rows: Rows, spectrum: Spectrum) {
        let factors = &self.factors;
        match self.innermost {
            16 => dispatch.run(rows::Forward::<1> { factors, values, samples, rows, spectrum }),
            32 => dispatch.run(rows::Forward::<2> { factors, values, samples, rows, spectrum }),
            _ => dispatch.run(rows::Forward::<4> { factors, values, samples, rows, spectrum }),
        }
    }

    /// One piece of the transform back, not scaled by 1/P, of the sums of all channels. Where the piece is the last of
    /// its points, samples go to the targets: of one block, or of many [innermost](Self::is_innermost) ones, whose
    /// places among the sums `channels` gives.
    pub fn inverse(
        &self,
        dispatch: Dispatch,
        piece: &Piece,
        sums: &[Chunk],
        channels: &[usize],
        values: &mut [Chunk],
        targets: &mut [Target],
    ) {
        match piece {
            Piece::Columns { cut, block, columns } => {
                let target = if *cut == 0 { targets.first_mut() } else { None };
                dispatch.run(columns::Inverse { columns: self.outer(*cut, *block, columns, values), target });
            }
            Piece::Row(_) if self.cuts.is_empty() => {
                self.run_inverse(dispatch, sums, Rows::List(channels), &mut [], targets);
            }
            Piece::Row(row) => {
                let values = self.row_of(*row, values);
                self.run_inverse(dispatch, sums, self.rows_of(channels[0], *row), values, &mut []);
                for cut in (self.outer..self.cuts.len()).rev() {
                    let target = if cut == 0 { targets.first_mut() } else { None };
                    dispatch.run(columns::Inverse { columns: self.inner(cut, values), target });
                }
            }
        }
    }

    fn run_inverse(
        &self,
        dispatch: Dispatch,
        sums: &[Chunk],
        rows: Rows,
        values: &mut [Chunk],
        targets: &mut [Target],
    ) {
        let factors = &self.factors;
        match self.innermost {
            16 => dispatch.run(rows::Inverse::<1> { factors, sums, rows, values, targets }),
            32 => dispatch.run(rows::Inverse::<2> { factors, sums, rows, values, targets }),
            _ => dispatch.run(rows::Inverse::<4> { factors, sums, rows, values, targets }),
        }
    }

    /// The chunks of one channel's spectrum that a row's bins are.
    pub fn row_chunks(&self, row: usize) -> Range<usize> {
        row * self.row / CHUNK..(row + 1) * self.row / CHUNK
    }

    /// A row's values in the working space.
    fn row_of<'a>(&self, row: usize, values: &'a mut [Chunk]) -> &'a mut [Chunk] {
        let chunks = self.row / CHUNK;
        &mut values[self.place(row * chunks)..][..chunks]
    }

    /// The innermost rows of a row of one channel, by their place in the spectrum of all channels.
    fn rows_of(&self, channel: usize, row: usize) -> Rows<'static> {
        Rows::From((channel * self.points + row * self.row) / self.innermost, self.row / self.innermost)
    }

    /// Columns of a cut that is done in pieces.
    fn outer<'a>(&'a self, cut: usize, block: usize, columns: &Range<usize>, values: &'a mut [Chunk]) -> Columns<'a> {
        let Cut { columns: count, twiddles } = &self.cuts[cut];
        let (length, stride) = (self.place(ROWS * count / CHUNK), self.place(count / CHUNK));
        let chunks = columns.start / CHUNK..columns.end / CHUNK;
        let values = &mut values[block * length..(block + 1) * length];
        Columns { values, blocks: 1, strides: (length, stride), row: self.row / CHUNK, chunks, twiddles }
    }

    /// All columns of a cut of one row.
    fn inner<'a>(&'a self, cut: usize, values: &'a mut [Chunk]) -> Columns<'a> {
        let Cut { columns, twiddles } = &self.cuts[cut];
        let chunks = columns / CHUNK;
        let strides = (ROWS * chunks, chunks);
        Columns {
            blocks: values.len() / strides.0,
            values,
            strides,
            row: self.row / CHUNK,
            chunks: 0..chunks,
            twiddles,
        }
    }
}

/// Destination of the samples of an inverse transform.
#[derive(Debug, Default)]
pub(super) struct Target<'a> {
    /// The first P samples.
    pub samples: &'a mut [f32],
    /// The next P samples, which are added to the first P of the next transform.
    pub overlap: &'a mut [f32],
    /// True for the first block: `overlap` is older than that and must not be played.
    pub fresh: bool,
}

impl Target<'_> {
    /// The destinations of the rows of a block.
    #[inline(always)]
    fn rows(&mut self) -> [Target<'_>; ROWS] {
        let mut rows: [Target; ROWS] = Default::default();
        let count = self.samples.len() / ROWS;
        let parts = self.samples.chunks_exact_mut(count).zip(self.overlap.chunks_exact_mut(count));
        for (row, (samples, overlap)) in rows.iter_mut().zip(parts) {
            *row = Target { samples, overlap, fresh: self.fresh };
        }
        rows
    }

    /// Plays what comes out from a place on, and the overlap before, and keeps the overlap of the next transform.
    #[inline(always)]
    fn overlap_add<S: Simd>(&mut self, simd: S, start: usize, value: Lanes<S>) {
        let range = start..start + S::F32_LANES;
        let overlap = &mut S::as_mut_simd_f32s(&mut self.overlap[range.clone()]).0[0];
        let before = if self.fresh { simd.splat_f32s(0.0) } else { *overlap };
        S::as_mut_simd_f32s(&mut self.samples[range]).0[0] = flush_small_lanes(simd, simd.add_f32s(value.re, before));
        *overlap = flush_small_lanes(simd, value.im);
    }
}

#[cfg(test)]
mod tests;

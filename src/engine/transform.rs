//! Transform of a block: packed, and in pieces.
//!
//! **Packed.** Linear convolution of two blocks of P real samples fits a negacyclic convolution of 2P points, the
//! product modulo z^2P + 1. Folding `u[n] = x[n] + i·x[n + P]` takes it to polynomials modulo z^P = i, and twisting by
//! `e^(iπn/2P)` to a circular convolution of P complex points. So one complex transform of P points serves 2P real
//! samples, and its P bins are plain: there is no purely real bin at either end, and their order does not matter. (The
//! idea is that of the right-angle convolution: Nussbaumer, *Fast Fourier Transform and Convolution Algorithms*, 1982.)
//!
//! **In pieces.** A long transform takes as long as many callbacks, so it is cut as in Bailey's four-step transform
//! ([`four_step`]): the points are laid out as 8 rows, the columns are transformed, some at a time, and then each row
//! by itself. Rows that are too long are cut again. The twist is part of the first columns' twiddle factors. rustfft
//! transforms the rows.

mod four_step;

use super::dispatch::Dispatch;
use super::sanitize::flush_small;
use four_step::{Columns, Forward, Inverse, Source};
use pulp::{Simd, WithSimd};
use rustfft::{Fft, FftPlanner, num_complex::Complex32};
use std::f64::consts::{PI, TAU};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Rows of one cut.
pub(super) const ROWS: usize = 8;
/// Longest row that is transformed in one piece.
const LONGEST_ROW: usize = 1024;
/// Columns that are worked on at once: two vectors of the widest instructions.
pub(super) const GROUP: usize = 16;
/// Most columns of one piece: less work than the longest row.
const COLUMNS: usize = 128;
/// Places between two rows: without them all rows would share the same few lines of the cache.
const GAP: usize = 8;

/// Where a point lies in the working space, counted from its block's start: behind each `row` there is a gap.
#[inline(always)]
pub(super) fn place(point: usize, row: usize) -> usize {
    point / row * (row + GAP) + point % row
}

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
    cuts: Vec<Cut>,
    row: usize,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    /// `e^(iπn/2P)`, where nothing is cut.
    twist: Vec<Complex32>,
}

/// Factors of one cut.
#[derive(Clone)]
struct Cut {
    columns: usize,
    /// For every group of columns those of each row.
    twiddles: Vec<[[Complex32; GROUP]; ROWS]>,
}

impl fmt::Debug for Transform {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "transform of {} points in rows of {}", self.points, self.row)
    }
}

fn unit(angle: f64) -> Complex32 {
    Complex32::new(angle.cos() as f32, angle.sin() as f32)
}

impl Transform {
    /// For blocks of `points` samples, a power of two from 32 on. Allocates.
    pub fn new(planner: &mut FftPlanner<f32>, points: usize) -> Self {
        let (mut row, mut cuts) = (points, Vec::new());
        while row > LONGEST_ROW {
            let columns = row / ROWS;
            let outermost = cuts.is_empty();
            let twiddle = |k: usize, m: usize| {
                let twist = if outermost { PI * m as f64 / (2 * points) as f64 } else { 0.0 };
                unit(twist - TAU * (m * k) as f64 / row as f64)
            };
            let group = |g: usize| std::array::from_fn(|k| std::array::from_fn(|lane| twiddle(k, g * GROUP + lane)));
            cuts.push(Cut { columns, twiddles: (0..columns / GROUP).map(group).collect() });
            row = columns;
        }
        let twist = |n: usize| unit(PI * n as f64 / (2 * points) as f64);
        Self {
            points,
            row,
            forward: planner.plan_fft_forward(row),
            inverse: planner.plan_fft_inverse(row),
            twist: if cuts.is_empty() { (0..points).map(twist).collect() } else { Vec::new() },
            cuts,
        }
    }

    /// Length that the working space must have.
    pub fn values_len(&self) -> usize {
        place(self.points, self.row)
    }

    /// Length that `scratch` must have.
    pub fn scratch_len(&self) -> usize {
        self.forward.get_inplace_scratch_len().max(self.inverse.get_inplace_scratch_len())
    }

    /// Points of a row.
    pub fn row(&self) -> usize {
        self.row
    }

    /// All pieces in the order of a forward transform, each with its share of `points · log2(points)`. An inverse
    /// transform takes them from the last to the first.
    pub fn pieces(&self) -> Vec<(Piece, usize)> {
        let mut pieces = Vec::new();
        for (cut, Cut { columns, .. }) in self.cuts.iter().enumerate() {
            for block in 0..ROWS.pow(cut as u32) {
                let width = COLUMNS.min(*columns);
                pieces.extend((0..columns / width).map(|i| {
                    let columns = i * width..(i + 1) * width;
                    (Piece::Columns { cut, block, columns }, width * ROWS * ROWS.ilog2() as usize)
                }));
            }
        }
        let rows = (0..self.points / self.row).map(|row| (Piece::Row(row), self.row * self.row.ilog2() as usize));
        pieces.extend(rows);
        pieces
    }

    /// Where a row's values lie in the working space.
    pub fn row_range(&self, row: usize) -> Range<usize> {
        let start = place(row * self.row, self.row);
        start..start + self.row
    }

    /// One piece of the transform of P samples, which count as zero-padded to 2P.
    pub fn forward(
        &self,
        dispatch: Dispatch,
        piece: &Piece,
        samples: &[f32],
        values: &mut [Complex32],
        scratch: &mut [Complex32],
    ) {
        match piece {
            Piece::Columns { cut, block, columns } => {
                let source = if *cut == 0 { Source::Samples(samples) } else { Source::Values };
                dispatch.run(Forward { columns: self.columns(*cut, *block, columns, values), source });
            }
            Piece::Row(row) => {
                let values = &mut values[self.row_range(*row)];
                if self.cuts.is_empty() {
                    dispatch.run(Twist { twist: &self.twist, samples, values });
                }
                self.forward.process_with_scratch(values, scratch);
            }
        }
    }

    /// One piece of the transform back, not scaled by 1/P. Where the piece is the last of its points, the first P
    /// samples of them are `overlap` plus what comes out, and the next P samples become the `overlap`.
    pub fn inverse(
        &self,
        dispatch: Dispatch,
        piece: &Piece,
        values: &mut [Complex32],
        scratch: &mut [Complex32],
        target: Target,
    ) {
        match piece {
            Piece::Columns { cut, block, columns } => {
                let target = (*cut == 0).then_some(target);
                dispatch.run(Inverse { columns: self.columns(*cut, *block, columns, values), target });
            }
            Piece::Row(row) => {
                let values = &mut values[self.row_range(*row)];
                self.inverse.process_with_scratch(values, scratch);
                if self.cuts.is_empty() {
                    dispatch.run(Untwist { twist: &self.twist, values, target });
                }
            }
        }
    }

    fn columns<'a>(
        &'a self,
        cut: usize,
        block: usize,
        columns: &Range<usize>,
        values: &'a mut [Complex32],
    ) -> Columns<'a> {
        let Cut { columns: count, twiddles } = &self.cuts[cut];
        let length = place(ROWS * count, self.row);
        Columns {
            values: &mut values[block * length..(block + 1) * length],
            stride: place(*count, self.row),
            count: *count,
            groups: columns.start / GROUP..columns.end / GROUP,
            twiddles,
            row: self.row,
        }
    }
}

/// Destination of the samples of an inverse transform.
pub(super) struct Target<'a> {
    /// The first P samples.
    pub samples: &'a mut [f32],
    /// The next P samples, which are added to the first P of the next transform.
    pub overlap: &'a mut [f32],
    /// True for the first block: `overlap` is older than that and must not be played.
    pub fresh: bool,
}

/// Writes one sample of the output, and what the next transform adds to its own.
#[inline(always)]
pub(super) fn overlap_add(value: Complex32, sample: &mut f32, overlap: &mut f32, fresh: bool) {
    let before = if fresh { 0.0 } else { *overlap };
    *sample = flush_small(value.re + before);
    *overlap = flush_small(value.im);
}

/// Twists samples into values.
struct Twist<'a> {
    twist: &'a [Complex32],
    samples: &'a [f32],
    values: &'a mut [Complex32],
}

impl WithSimd for Twist<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for ((value, twist), sample) in self.values.iter_mut().zip(self.twist).zip(self.samples) {
            *value = twist * sample;
        }
    }
}

/// Untwists values into samples.
struct Untwist<'a> {
    twist: &'a [Complex32],
    values: &'a [Complex32],
    target: Target<'a>,
}

impl WithSimd for Untwist<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Target { samples, overlap, fresh } = self.target;
        let places = samples.iter_mut().zip(overlap);
        for ((value, twist), (sample, overlap)) in self.values.iter().zip(self.twist).zip(places) {
            overlap_add(value * twist.conj(), sample, overlap, fresh);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::dispatch::Instructions;
    use super::super::noise;
    use super::*;
    use crate::convolution::{self, Mode};

    #[test]
    fn the_packed_transform_convolves_linearly() {
        for instructions in Instructions::available() {
            let dispatch = Dispatch::new(instructions).unwrap();
            for points in [64usize, 128, 512, 1024, 2048, 4096, 16_384] {
                let transform = Transform::new(&mut FftPlanner::new(), points);
                let mut scratch = vec![Complex32::ZERO; transform.scratch_len()];
                let (x, h) = (noise(points, 1.0, 1), noise(points, 1.0, 2));
                let [mut a, b] = [&x, &h].map(|samples| {
                    let mut values = vec![Complex32::ZERO; transform.values_len()];
                    for (piece, _) in transform.pieces() {
                        transform.forward(dispatch, &piece, samples, &mut values, &mut scratch);
                    }
                    values
                });
                for (a, b) in a.iter_mut().zip(&b) {
                    *a *= b / points as f32;
                }
                let (mut samples, mut overlap) = (vec![0.0; points], vec![0.0; points]);
                for (piece, _) in transform.pieces().iter().rev() {
                    let target = Target { samples: &mut samples, overlap: &mut overlap, fresh: true };
                    transform.inverse(dispatch, piece, &mut a, &mut scratch, target);
                }
                let wide = |samples: &[f32]| samples.iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
                let expected = convolution::fft(&wide(&x), &wide(&h), Mode::Full);
                // Rounding of f32 spectra: a few epsilon times log2(P), times the size of a sum of P products of ±0.5.
                let tolerance = 4.0 * f64::from(f32::EPSILON) * f64::from(points.ilog2()) * (points as f64).sqrt();
                for (got, expected) in samples.iter().chain(&overlap).zip(expected.iter().chain([&0.0])) {
                    assert!(
                        (f64::from(*got) - expected).abs() < tolerance,
                        "{instructions}, {points}: {got} is not {expected}"
                    );
                }
            }
        }
    }

    #[test]
    fn no_piece_is_longer_than_a_row() {
        for points in [64usize, 1024, 2048, 32_768, 131_072] {
            let transform = Transform::new(&mut FftPlanner::new(), points);
            let pieces = transform.pieces();
            assert_eq!(pieces.iter().map(|piece| piece.1).sum::<usize>(), points * points.ilog2() as usize);
            assert!(pieces.iter().all(|piece| piece.1 <= LONGEST_ROW * LONGEST_ROW.ilog2() as usize));
        }
    }
}

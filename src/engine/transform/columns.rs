//! Columns: the points of a block lie in 8 rows, and the 8 points of each column are transformed and multiplied by
//! twiddle factors, many columns at a time (Bailey, "FFTs in external or hierarchical memory", J. Supercomputing 4,
//! 1990). Then the rows are transformed one by one; an inverse transform does both in the opposite order. Bailey's
//! transposition is left out, because the order of the bins does not matter.

use super::butterflies::eight;
use super::{ROWS, Target};
use crate::engine::lanes::Lanes;
use crate::engine::spectrum::{CHUNK, Chunk};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Columns of some blocks of one cut.
pub(super) struct Columns<'a> {
    /// The blocks, one after another.
    pub values: &'a mut [Chunk],
    pub blocks: usize,
    /// Chunks from one block to the next, and from one row to the next.
    pub strides: (usize, usize),
    /// Chunks of a row, a power of two, behind which there is a gap.
    pub row: usize,
    /// Chunks of columns.
    pub chunks: Range<usize>,
    /// For every chunk of columns the factors of each row.
    pub twiddles: &'a [[Chunk; ROWS]],
}

/// `e^(iπk/16)`: the part of the twist that is one for a whole row.
const TWISTS: [(f32, f32); ROWS] = {
    const COS: [f32; ROWS] =
        [1.0, 0.980_785_25, 0.923_879_5, 0.831_469_6, 0.707_106_77, 0.555_570_24, 0.382_683_43, 0.195_090_32];
    let mut twists = [(1.0, 0.0); ROWS];
    let mut k = 1;
    while k < ROWS {
        twists[k] = (COS[k], COS[ROWS - k]);
        k += 1;
    }
    twists
};

/// Columns of a forward transform.
pub(super) struct Forward<'a> {
    pub columns: Columns<'a>,
    /// What the first cut reads and twists; the others work in place.
    pub samples: Option<&'a [f32]>,
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Columns { values, blocks, strides, row, chunks, twiddles } = self.columns;
        let octaves = row.trailing_zeros();
        for values in values.chunks_exact_mut(strides.0).take(blocks) {
            let mut rows = rows_mut(values, strides.1);
            if let Some(samples) = self.samples {
                let samples = rows_of(samples);
                for chunk in chunks.clone() {
                    for vector in 0..CHUNK / S::F32_LANES {
                        let x = twisted::<S>(simd, &samples, chunk * CHUNK + vector * S::F32_LANES);
                        store(simd, &mut rows, chunk + (chunk >> octaves), vector, x, &twiddles[chunk]);
                    }
                }
            } else {
                for chunk in chunks.clone() {
                    let at = chunk + (chunk >> octaves);
                    for vector in 0..CHUNK / S::F32_LANES {
                        let x = load::<S>(&rows, at, vector);
                        store(simd, &mut rows, at, vector, x, &twiddles[chunk]);
                    }
                }
            }
        }
    }
}

/// The rows of a block, each of so many chunks.
#[inline(always)]
fn rows_mut(values: &mut [Chunk], stride: usize) -> [&mut [Chunk]; ROWS] {
    let mut rows: [&mut [Chunk]; ROWS] = Default::default();
    for (row, values) in rows.iter_mut().zip(values.chunks_exact_mut(stride)) {
        *row = values;
    }
    rows
}

/// The rows of a block of samples.
#[inline(always)]
fn rows_of(samples: &[f32]) -> [&[f32]; ROWS] {
    let mut rows: [&[f32]; ROWS] = Default::default();
    for (row, samples) in rows.iter_mut().zip(samples.chunks_exact(samples.len() / ROWS)) {
        *row = samples;
    }
    rows
}

/// One vector of each row.
#[inline(always)]
fn load<S: Simd>(rows: &[&mut [Chunk]; ROWS], at: usize, vector: usize) -> [Lanes<S>; ROWS] {
    let [a, b, c, d, e, f, g, h] = rows;
    [
        a[at].vector(vector),
        b[at].vector(vector),
        c[at].vector(vector),
        d[at].vector(vector),
        e[at].vector(vector),
        f[at].vector(vector),
        g[at].vector(vector),
        h[at].vector(vector),
    ]
}

/// One vector of samples of each row from a column on, twisted.
#[inline(always)]
fn twisted<S: Simd>(simd: S, rows: &[&[f32]; ROWS], column: usize) -> [Lanes<S>; ROWS] {
    let mut x = [Lanes::zero(simd); ROWS];
    for ((x, samples), (cos, sin)) in x.iter_mut().zip(rows).zip(TWISTS) {
        let sample = S::as_simd_f32s(&samples[column..column + S::F32_LANES]).0[0];
        x.re = simd.mul_f32s(sample, simd.splat_f32s(cos));
        x.im = simd.mul_f32s(sample, simd.splat_f32s(sin));
    }
    x
}

/// Transforms one vector of columns and stores it, each row times its factors.
#[inline(always)]
fn store<S: Simd>(
    simd: S,
    rows: &mut [&mut [Chunk]; ROWS],
    at: usize,
    vector: usize,
    x: [Lanes<S>; ROWS],
    twiddles: &[Chunk; ROWS],
) {
    let y = eight::<S, false>(simd, x);
    for ((row, y), twiddle) in rows.iter_mut().zip(y).zip(twiddles) {
        row[at].set_vector(vector, y.times::<false>(simd, twiddle.vector(vector)));
    }
}

/// Columns of an inverse transform.
pub(super) struct Inverse<'a, 'b> {
    pub columns: Columns<'a>,
    /// Where the first cut's samples go; the others work in place.
    pub target: Option<&'a mut Target<'b>>,
}

impl WithSimd for Inverse<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let Columns { values, blocks, strides, row, chunks, twiddles } = self.columns;
        let octaves = row.trailing_zeros();
        for values in values.chunks_exact_mut(strides.0).take(blocks) {
            let mut rows = rows_mut(values, strides.1);
            if let Some(target) = &mut self.target {
                let mut targets = target.rows();
                for chunk in chunks.clone() {
                    for vector in 0..CHUNK / S::F32_LANES {
                        let y = transformed_back(simd, &rows, chunk + (chunk >> octaves), vector, &twiddles[chunk]);
                        let start = chunk * CHUNK + vector * S::F32_LANES;
                        for ((target, y), (cos, sin)) in targets.iter_mut().zip(y).zip(TWISTS) {
                            let y = y.times::<true>(simd, Lanes::splat(simd, cos, sin));
                            target.overlap_add(simd, start, y);
                        }
                    }
                }
            } else {
                for chunk in chunks.clone() {
                    let at = chunk + (chunk >> octaves);
                    for vector in 0..CHUNK / S::F32_LANES {
                        let y = transformed_back(simd, &rows, at, vector, &twiddles[chunk]);
                        for (row, y) in rows.iter_mut().zip(y) {
                            row[at].set_vector(vector, y);
                        }
                    }
                }
            }
        }
    }
}

/// One vector of columns, each row times the conjugates of its factors, and transformed.
#[inline(always)]
fn transformed_back<S: Simd>(
    simd: S,
    rows: &[&mut [Chunk]; ROWS],
    at: usize,
    vector: usize,
    twiddles: &[Chunk; ROWS],
) -> [Lanes<S>; ROWS] {
    let mut x = load::<S>(rows, at, vector);
    for (x, twiddle) in x.iter_mut().zip(twiddles) {
        *x = x.times::<true>(simd, twiddle.vector(vector));
    }
    eight::<S, true>(simd, x)
}

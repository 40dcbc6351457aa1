//! Columns: the points of a block lie in 8 rows, and the 8 points of each column are transformed and multiplied by
//! twiddle factors, many columns at a time (Bailey, "FFTs in external or hierarchical memory", J. Supercomputing 4,
//! 1990). Then the rows are transformed one by one; an inverse transform does both in the opposite order. Bailey's
//! transposition is left out, because the order of the bins does not matter.

use super::butterflies::eight;
use super::{ROWS, Target};
use crate::engine::lanes::Lanes;
use crate::engine::spectrum::{GROUP, Group};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Columns of some blocks of one cut.
pub(super) struct Columns<'a> {
    /// The blocks, one after another.
    pub values: &'a mut [Group],
    pub blocks: usize,
    /// Groups from one block to the next, and from one row to the next.
    pub strides: (usize, usize),
    /// Groups of a row, behind which there is a gap.
    pub row: usize,
    /// Groups of columns.
    pub groups: Range<usize>,
    /// For every group of columns the factors of each row.
    pub twiddles: &'a [[Group; ROWS]],
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
        let Columns { values, blocks, strides, row, groups, twiddles } = self.columns;
        let vectors = GROUP / S::F32_LANES;
        let count = self.samples.map_or(0, |samples| samples.len() / ROWS);
        for values in values.chunks_mut(strides.0).take(blocks) {
            for group in groups.clone() {
                let at = group + group / row;
                for vector in 0..vectors {
                    let source = match self.samples {
                        Some(samples) => Source::Samples(&samples[group * GROUP + vector * S::F32_LANES..], count),
                        None => Source::Values(&values[at..], strides.1, vector),
                    };
                    let x = [
                        source.row::<S, 0>(simd),
                        source.row::<S, 1>(simd),
                        source.row::<S, 2>(simd),
                        source.row::<S, 3>(simd),
                        source.row::<S, 4>(simd),
                        source.row::<S, 5>(simd),
                        source.row::<S, 6>(simd),
                        source.row::<S, 7>(simd),
                    ];
                    let y = eight::<S, false>(simd, x);
                    for (k, (y, twiddle)) in y.into_iter().zip(&twiddles[group]).enumerate() {
                        let y = y.times::<false>(simd, twiddle.vector(vector));
                        values[k * strides.1 + at].set_vector(vector, y);
                    }
                }
            }
        }
    }
}

/// Where the columns of one vector are read.
enum Source<'a> {
    /// Samples from the first column on, and the distance from one row to the next.
    Samples(&'a [f32], usize),
    /// Values from the first column's group on, the groups from one row to the next, and the vector's place in a group.
    Values(&'a [Group], usize, usize),
}

impl Source<'_> {
    /// Row `ROW`; samples are twisted.
    #[inline(always)]
    fn row<S: Simd, const ROW: usize>(&self, simd: S) -> Lanes<S> {
        match *self {
            Self::Samples(samples, stride) => {
                let sample = S::as_simd_f32s(&samples[ROW * stride..][..S::F32_LANES]).0[0];
                let (cos, sin) = TWISTS[ROW];
                Lanes {
                    re: simd.mul_f32s(sample, simd.splat_f32s(cos)),
                    im: simd.mul_f32s(sample, simd.splat_f32s(sin)),
                }
            }
            Self::Values(values, stride, vector) => values[ROW * stride].vector(vector),
        }
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
        let Columns { values, blocks, strides, row, groups, twiddles } = self.columns;
        let vectors = GROUP / S::F32_LANES;
        for values in values.chunks_mut(strides.0).take(blocks) {
            for group in groups.clone() {
                let at = group + group / row;
                for vector in 0..vectors {
                    let twiddles = &twiddles[group];
                    let x = [
                        untwiddled::<S, 0>(simd, &values[at..], strides.1, twiddles, vector),
                        untwiddled::<S, 1>(simd, &values[at..], strides.1, twiddles, vector),
                        untwiddled::<S, 2>(simd, &values[at..], strides.1, twiddles, vector),
                        untwiddled::<S, 3>(simd, &values[at..], strides.1, twiddles, vector),
                        untwiddled::<S, 4>(simd, &values[at..], strides.1, twiddles, vector),
                        untwiddled::<S, 5>(simd, &values[at..], strides.1, twiddles, vector),
                        untwiddled::<S, 6>(simd, &values[at..], strides.1, twiddles, vector),
                        untwiddled::<S, 7>(simd, &values[at..], strides.1, twiddles, vector),
                    ];
                    let y = eight::<S, true>(simd, x);
                    if let Some(target) = &mut self.target {
                        let count = target.samples.len() / ROWS;
                        for (k, y) in y.into_iter().enumerate() {
                            let (cos, sin) = TWISTS[k];
                            let y = y.times::<true>(simd, Lanes::splat(simd, cos, sin));
                            let start = k * count + group * GROUP + vector * S::F32_LANES;
                            target.overlap_add(simd, start, y);
                        }
                    } else {
                        for (k, y) in y.into_iter().enumerate() {
                            values[k * strides.1 + at].set_vector(vector, y);
                        }
                    }
                }
            }
        }
    }
}

/// One vector of values of row `ROW`, times the conjugates of their factors.
#[inline(always)]
fn untwiddled<S: Simd, const ROW: usize>(
    simd: S,
    values: &[Group],
    stride: usize,
    twiddles: &[Group; ROWS],
    vector: usize,
) -> Lanes<S> {
    let value: Lanes<S> = values[ROW * stride].vector(vector);
    value.times::<true>(simd, twiddles[ROW].vector(vector))
}

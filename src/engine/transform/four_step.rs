//! Four-step transform: the columns of a long transform that is cut into rows (Bailey, "FFTs in external or
//! hierarchical memory", J. Supercomputing 4, 1990).
//!
//! The points are laid out as 8 rows. Forward, the columns of 8 points are transformed, multiplied by twiddle factors,
//! and then the rows are transformed one by one; inverse, in the opposite order. This file does the columns and the
//! factors, many columns at a time. Bailey's transposition is left out, because the order of the bins does not matter.

use super::{GROUP, ROWS, Target, overlap_add, place};
use crate::engine::dispatch::complex_multiply;
use pulp::{Simd, WithSimd};
use rustfft::num_complex::Complex32;
use std::f32::consts::FRAC_1_SQRT_2;
use std::ops::Range;

/// Columns of one block that are transformed in one piece.
pub(super) struct Columns<'a> {
    pub values: &'a mut [Complex32],
    /// Distance from one row to the next in `values`.
    pub stride: usize,
    /// Columns of the block; also the distance from one row to the next in samples.
    pub count: usize,
    pub groups: Range<usize>,
    pub twiddles: &'a [[[Complex32; GROUP]; ROWS]],
    /// Points of the innermost rows, after each of which there is a gap.
    pub row: usize,
}

/// Source of the columns of a forward transform.
pub(super) enum Source<'a> {
    /// The first cut reads samples and twists them.
    Samples(&'a [f32]),
    /// The others work in place.
    Values,
}

/// `e^(iπk/16)`: the part of the twist that is one for a whole row.
fn row_twists() -> [Complex32; ROWS] {
    const COS: [f32; ROWS] =
        [1.0, 0.980_785_25, 0.923_879_5, 0.831_469_6, 0.707_106_77, 0.555_570_24, 0.382_683_43, 0.195_090_32];
    std::array::from_fn(|k| Complex32::new(COS[k], if k == 0 { 0.0 } else { COS[ROWS - k] }))
}

/// Columns of a forward transform.
pub(super) struct Forward<'a> {
    pub columns: Columns<'a>,
    pub source: Source<'a>,
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { columns, source } = self;
        let twists = row_twists();
        for group in columns.groups.clone() {
            let at = place(group * GROUP, columns.row);
            let mut rows = [[Complex32::ZERO; GROUP]; ROWS];
            for (k, row) in rows.iter_mut().enumerate() {
                match &source {
                    Source::Samples(samples) => {
                        let samples = &samples[k * columns.count + group * GROUP..][..GROUP];
                        for (value, sample) in row.iter_mut().zip(samples) {
                            *value = twists[k] * sample;
                        }
                    }
                    Source::Values => row.copy_from_slice(&columns.values[k * columns.stride + at..][..GROUP]),
                }
            }
            for vector in 0..GROUP / S::C32_LANES {
                let spectrum = eight::<S, false>(simd, lanes::<S>(&rows, vector));
                let twiddles = lanes::<S>(&columns.twiddles[group], vector);
                for k in 0..ROWS {
                    let place = &mut columns.values[k * columns.stride + at..][..GROUP];
                    S::as_mut_simd_c32s(place).0[vector] = complex_multiply(simd, spectrum[k], twiddles[k]);
                }
            }
        }
    }
}

/// Columns of an inverse transform.
pub(super) struct Inverse<'a> {
    pub columns: Columns<'a>,
    /// The first cut writes samples, the others work in place.
    pub target: Option<Target<'a>>,
}

impl WithSimd for Inverse<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { columns, mut target } = self;
        let twists = row_twists();
        for group in columns.groups.clone() {
            let at = place(group * GROUP, columns.row);
            let mut rows = [[Complex32::ZERO; GROUP]; ROWS];
            for (k, row) in rows.iter_mut().enumerate() {
                row.copy_from_slice(&columns.values[k * columns.stride + at..][..GROUP]);
            }
            for vector in 0..GROUP / S::C32_LANES {
                let mut spectrum = lanes::<S>(&rows, vector);
                let twiddles = lanes::<S>(&columns.twiddles[group], vector);
                for k in 0..ROWS {
                    spectrum[k] = complex_multiply(simd, spectrum[k], simd.conj_c32s(twiddles[k]));
                }
                let values = eight::<S, true>(simd, spectrum);
                for k in 0..ROWS {
                    S::as_mut_simd_c32s(&mut rows[k]).0[vector] = values[k];
                }
            }
            for (k, row) in rows.iter().enumerate() {
                match &mut target {
                    Some(target) => {
                        let first = k * columns.count + group * GROUP;
                        let samples = target.samples[first..][..GROUP].iter_mut();
                        let overlap = target.overlap[first..][..GROUP].iter_mut();
                        for (value, (sample, overlap)) in row.iter().zip(samples.zip(overlap)) {
                            overlap_add(value * twists[k].conj(), sample, overlap, target.fresh);
                        }
                    }
                    None => columns.values[k * columns.stride + at..][..GROUP].copy_from_slice(row),
                }
            }
        }
    }
}

/// Multiplies by -i in a forward transform, by i in an inverse one.
#[inline(always)]
fn rotate<S: Simd, const BACK: bool>(simd: S, x: S::c32s) -> S::c32s {
    if BACK { simd.swap_re_im_c32s(simd.conj_c32s(x)) } else { simd.conj_c32s(simd.swap_re_im_c32s(x)) }
}

/// A transform of four points in every lane.
#[inline(always)]
fn four<S: Simd, const BACK: bool>(simd: S, x: [S::c32s; 4]) -> [S::c32s; 4] {
    let (a, b) = (simd.add_c32s(x[0], x[2]), simd.sub_c32s(x[0], x[2]));
    let (c, d) = (simd.add_c32s(x[1], x[3]), rotate::<S, BACK>(simd, simd.sub_c32s(x[1], x[3])));
    [simd.add_c32s(a, c), simd.add_c32s(b, d), simd.sub_c32s(a, c), simd.sub_c32s(b, d)]
}

/// A transform of eight points in every lane. (No closures: they would be compiled without the instructions.)
#[inline(always)]
fn eight<S: Simd, const BACK: bool>(simd: S, x: [S::c32s; 8]) -> [S::c32s; 8] {
    let even =
        [simd.add_c32s(x[0], x[4]), simd.add_c32s(x[1], x[5]), simd.add_c32s(x[2], x[6]), simd.add_c32s(x[3], x[7])];
    let first = simd.sub_c32s(x[0], x[4]);
    let second = simd.sub_c32s(x[1], x[5]);
    let third = simd.sub_c32s(x[2], x[6]);
    let fourth = simd.sub_c32s(x[3], x[7]);
    // Times e^(-iπ/4), e^(-iπ/2) and e^(-3iπ/4); on the way back their conjugates.
    let half = simd.splat_f32s(FRAC_1_SQRT_2);
    let second = simd.add_c32s(second, rotate::<S, BACK>(simd, second));
    let fourth = simd.sub_c32s(rotate::<S, BACK>(simd, fourth), fourth);
    let odd = [
        first,
        pulp::cast(simd.mul_f32s(pulp::cast(second), half)),
        rotate::<S, BACK>(simd, third),
        pulp::cast(simd.mul_f32s(pulp::cast(fourth), half)),
    ];
    let (even, odd) = (four::<S, BACK>(simd, even), four::<S, BACK>(simd, odd));
    [even[0], odd[0], even[1], odd[1], even[2], odd[2], even[3], odd[3]]
}

/// One vector of each row.
#[inline(always)]
fn lanes<S: Simd>(rows: &[[Complex32; GROUP]; ROWS], vector: usize) -> [S::c32s; ROWS] {
    let [a, b, c, d, e, f, g, h] = rows;
    [
        S::as_simd_c32s(a).0[vector],
        S::as_simd_c32s(b).0[vector],
        S::as_simd_c32s(c).0[vector],
        S::as_simd_c32s(d).0[vector],
        S::as_simd_c32s(e).0[vector],
        S::as_simd_c32s(f).0[vector],
        S::as_simd_c32s(g).0[vector],
        S::as_simd_c32s(h).0[vector],
    ]
}

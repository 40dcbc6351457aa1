//! Innermost rows: transforms of 16, 32 or 64 points, several of them side by side.
//!
//! A row of 4A points is A quads of four. Its A points of one place in the quads are transformed and multiplied by
//! twiddle factors, four of the results are transposed, and their four points are transformed. That gives quads of
//! bins. Their order is the rows' own, which does not matter. A vector holds as many quads as it has room for, each of
//! another row. What the rows beside do changes no bit of a row, because no lane reads another row's.

use super::butterflies::{butterfly, four};
use super::{QUAD, Target};
use crate::engine::dispatch::transpose_quads;
use crate::engine::lanes::Lanes;
use crate::engine::spectrum::{Chunk, GROUP, Group, Spectrum};
use pulp::{Simd, WithSimd};

/// Most rows side by side: quads of the widest vector.
const BESIDE: usize = GROUP / QUAD;

/// Factors of the innermost rows.
#[derive(Debug, Clone)]
pub(super) struct RowFactors {
    /// For each of the A results those of the lanes, with the twist where there are no columns.
    pub twiddles: Vec<Group>,
    /// Cosine and sine of the part of the twist that is one for a whole quad.
    pub twists: Vec<(f32, f32)>,
}

/// From points to bins.
pub(super) struct Forward<'a, const A: usize> {
    pub factors: &'a RowFactors,
    /// The rows of one block, one after another; none where they are read from samples.
    pub values: &'a [Group],
    /// The samples of each row, which are twisted; none where they have been.
    pub samples: &'a [&'a [f32]],
    /// Numbers of the rows in the spectrum.
    pub rows: Rows<'a>,
    pub spectrum: Spectrum<'a>,
}

/// Numbers of rows in a spectrum.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rows<'a> {
    /// So many from the first on.
    From(usize, usize),
    /// One by one.
    List(&'a [usize]),
}

impl Rows<'_> {
    #[inline(always)]
    fn len(&self) -> usize {
        match self {
            Self::From(_, len) => *len,
            Self::List(rows) => rows.len(),
        }
    }

    #[inline(always)]
    fn get(&self, index: usize) -> usize {
        match self {
            Self::From(first, _) => first + index,
            Self::List(rows) => rows[index],
        }
    }

    /// Indices of the rows from `first` on that lie side by side; where there are too few, the last one again.
    #[inline(always)]
    fn beside(&self, first: usize) -> [usize; BESIDE] {
        let last = self.len() - 1;
        [first, (first + 1).min(last), (first + 2).min(last), (first + 3).min(last)]
    }

    /// The first groups of some rows in the spectrum.
    #[inline(always)]
    fn places(&self, rows: [usize; BESIDE], groups: usize) -> [usize; BESIDE] {
        let [a, b, c, d] = rows;
        [self.get(a) * groups, self.get(b) * groups, self.get(c) * groups, self.get(d) * groups]
    }
}

impl<const A: usize> WithSimd for Forward<'_, A> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { factors, values, samples, rows, spectrum } = self;
        let groups = A / QUAD;
        for first in (0..rows.len()).step_by(S::F32_LANES / QUAD) {
            let beside = rows.beside(first);
            let places = rows.places(beside, groups);
            let mut x = [Lanes::zero(simd); A];
            for b in 0..groups {
                if samples.is_empty() {
                    let quads = gather(simd, beside.map(|row| &values[row * groups + b]));
                    x[QUAD * b..][..QUAD].copy_from_slice(&quads);
                } else {
                    let quads = gather_real(simd, beside.map(|row| &samples[row][GROUP * b..][..GROUP]));
                    for (q, sample) in quads.into_iter().enumerate() {
                        let (cos, sin) = factors.twists[QUAD * b + q];
                        let (cos, sin) = (simd.splat_f32s(cos), simd.splat_f32s(sin));
                        x[QUAD * b + q] = Lanes { re: simd.mul_f32s(sample, cos), im: simd.mul_f32s(sample, sin) };
                    }
                }
            }
            let y = butterfly::<S, A, false>(simd, x);
            for j in 0..groups {
                let mut t = [Lanes::zero(simd); QUAD];
                for (i, t) in t.iter_mut().enumerate() {
                    *t = y[QUAD * j + i].times::<false>(simd, factors.twiddles[QUAD * j + i].vector(0));
                }
                let mut z = four::<S, false>(simd, transpose(simd, t));
                for z in &mut z {
                    *z = z.flush_small(simd);
                }
                for (i, z) in beside_quads(simd, z).into_iter().enumerate() {
                    let (row, vector) = place::<S>(i);
                    let group = places[row] + j;
                    spectrum.chunks[group / 2 * spectrum.stride].groups[group % 2].set_vector(vector, z);
                }
            }
        }
    }
}

/// From bins to points.
pub(super) struct Inverse<'a, 'b, const A: usize> {
    pub factors: &'a RowFactors,
    /// The chunks of the spectra of one block.
    pub sums: &'a [Chunk],
    /// Numbers of the rows in them.
    pub rows: Rows<'a>,
    /// The rows of one block, one after another; unused where samples are written.
    pub values: &'a mut [Group],
    /// Where the samples of each row go; none where columns come after.
    pub targets: &'a mut [Target<'b>],
}

impl<const A: usize> WithSimd for Inverse<'_, '_, A> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { factors, sums, rows, values, targets } = self;
        let groups = A / QUAD;
        for first in (0..rows.len()).step_by(S::F32_LANES / QUAD) {
            let beside = rows.beside(first);
            let places = rows.places(beside, groups);
            let mut y = [Lanes::zero(simd); A];
            for j in 0..groups {
                let mut z = gather(simd, places.map(|place| &sums[(place + j) / 2].groups[(place + j) % 2]));
                for z in &mut z {
                    *z = z.flush_small(simd);
                }
                let t = transpose(simd, four::<S, true>(simd, z));
                for (i, t) in t.into_iter().enumerate() {
                    y[QUAD * j + i] = t.times::<true>(simd, factors.twiddles[QUAD * j + i].vector(0));
                }
            }
            let mut x = butterfly::<S, A, true>(simd, y);
            for b in 0..groups {
                if !targets.is_empty() {
                    for q in 0..QUAD {
                        let (cos, sin) = factors.twists[QUAD * b + q];
                        x[QUAD * b + q] = x[QUAD * b + q].times::<true>(simd, Lanes::splat(simd, cos, sin));
                    }
                }
                let quads = [x[QUAD * b], x[QUAD * b + 1], x[QUAD * b + 2], x[QUAD * b + 3]];
                for (i, x) in beside_quads(simd, quads).into_iter().enumerate() {
                    let (row, vector) = place::<S>(i);
                    match targets.get_mut(beside[row]) {
                        Some(target) => target.overlap_add(simd, GROUP * b + vector * S::F32_LANES, x),
                        None => values[beside[row] * groups + b].set_vector(vector, x),
                    }
                }
            }
        }
    }
}

/// Of the four vectors of the groups beside each other in memory, the row that one is of, and its place in the group.
#[inline(always)]
fn place<S: Simd>(vector: usize) -> (usize, usize) {
    let rows = S::F32_LANES / QUAD;
    (vector % rows, vector / rows)
}

/// The quads of one group of each row: quad by quad, side by side.
#[inline(always)]
fn gather<S: Simd>(simd: S, rows: [&Group; BESIDE]) -> [Lanes<S>; QUAD] {
    let mut vectors = [Lanes::zero(simd); QUAD];
    for (i, lanes) in vectors.iter_mut().enumerate() {
        let (row, vector) = place::<S>(i);
        *lanes = rows[row].vector(vector);
    }
    beside_quads(simd, vectors)
}

/// The quads of 16 samples of each row.
#[inline(always)]
fn gather_real<S: Simd>(simd: S, rows: [&[f32]; BESIDE]) -> [S::f32s; QUAD] {
    let mut vectors = [simd.splat_f32s(0.0); QUAD];
    for (i, lanes) in vectors.iter_mut().enumerate() {
        let (row, vector) = place::<S>(i);
        *lanes = S::as_simd_f32s(rows[row]).0[vector];
    }
    transpose_quads(simd, vectors)
}

/// From the vectors as they are in memory to quads side by side, and back.
#[inline(always)]
fn beside_quads<S: Simd>(simd: S, [a, b, c, d]: [Lanes<S>; QUAD]) -> [Lanes<S>; QUAD] {
    joined(transpose_quads(simd, [a.re, b.re, c.re, d.re]), transpose_quads(simd, [a.im, b.im, c.im, d.im]))
}

/// In every quad: what was lane `l` of vector `i` becomes lane `i` of vector `l`.
#[inline(always)]
fn transpose<S: Simd>(simd: S, [a, b, c, d]: [Lanes<S>; QUAD]) -> [Lanes<S>; QUAD] {
    let re = simd.deinterleave_shfl_f32s([a.re, b.re, c.re, d.re]);
    joined(re, simd.deinterleave_shfl_f32s([a.im, b.im, c.im, d.im]))
}

#[inline(always)]
fn joined<S: Simd>([a, b, c, d]: [S::f32s; QUAD], [e, f, g, h]: [S::f32s; QUAD]) -> [Lanes<S>; QUAD] {
    [Lanes { re: a, im: e }, Lanes { re: b, im: f }, Lanes { re: c, im: g }, Lanes { re: d, im: h }]
}

//! Innermost rows: transforms of 16, 32 or 64 points, several of them side by side.
//!
//! A row of G groups of 16 points is 4G quads of four. The points of one place in all quads are transformed and
//! multiplied by twiddle factors, four of the results are transposed, and their four points are transformed. That gives
//! quads of bins. Their order is the rows' own, which does not matter. A vector holds as many quads as it has room for,
//! each of another row. What the rows beside do changes no bit of a row, because no lane reads another row's.

use super::butterflies::{butterfly, four};
use super::{QUAD, Target};
use crate::engine::dispatch::transpose_quads;
use crate::engine::lanes::Lanes;
use crate::engine::spectrum::{Chunk, GROUP, Group, Spectrum};
use pulp::{Simd, WithSimd};

/// Most rows side by side: quads of the widest vector.
pub(super) const BESIDE: usize = GROUP / QUAD;

/// Factors of the innermost rows.
#[derive(Debug, Clone)]
pub(super) struct RowFactors {
    /// For each of the 4G results those of the lanes, with the twist where there are no columns.
    pub twiddles: Vec<Group>,
    /// Cosine and sine of the part of the twist that is one for a whole quad.
    pub twists: Vec<(f32, f32)>,
}

/// From points to bins.
pub(super) struct Forward<'a, const G: usize> {
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

impl<const G: usize> WithSimd for Forward<'_, G> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { factors, values, samples, rows, spectrum } = self;
        for first in (0..rows.len()).step_by(S::F32_LANES / QUAD) {
            let beside = rows.beside(first);
            let places = rows.places(beside, G);
            let mut x = [load::<S, G>(simd, factors, values, samples, beside, 0); G];
            for (b, x) in x.iter_mut().enumerate().skip(1) {
                *x = load::<S, G>(simd, factors, values, samples, beside, b);
            }
            let y = butterfly::<S, G, false>(simd, x);
            for (j, y) in y.into_iter().enumerate() {
                let t = twiddled::<S, false>(simd, y, &factors.twiddles[QUAD * j..]);
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
pub(super) struct Inverse<'a, 'b, const G: usize> {
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

impl<const G: usize> WithSimd for Inverse<'_, '_, G> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { factors, sums, rows, values, targets } = self;
        for first in (0..rows.len()).step_by(S::F32_LANES / QUAD) {
            let beside = rows.beside(first);
            let places = rows.places(beside, G);
            let mut y = [unload(simd, factors, sums, places, 0); G];
            for (j, y) in y.iter_mut().enumerate().skip(1) {
                *y = unload(simd, factors, sums, places, j);
            }
            let x = butterfly::<S, G, true>(simd, y);
            for (b, mut x) in x.into_iter().enumerate() {
                if !targets.is_empty() {
                    for (x, (cos, sin)) in x.iter_mut().zip(&factors.twists[QUAD * b..]) {
                        *x = x.times::<true>(simd, Lanes::splat(simd, *cos, *sin));
                    }
                }
                for (i, x) in beside_quads(simd, x).into_iter().enumerate() {
                    let (row, vector) = place::<S>(i);
                    if first + row >= rows.len() {
                        continue; // The last row again: what overlaps would be added twice.
                    }
                    match targets.get_mut(first + row) {
                        Some(target) => target.overlap_add(simd, GROUP * b + vector * S::F32_LANES, x),
                        None => values[(first + row) * G + b].set_vector(vector, x),
                    }
                }
            }
        }
    }
}

/// The points of group `b` of some rows of `G` groups: values, or samples that are twisted.
#[inline(always)]
fn load<S: Simd, const G: usize>(
    simd: S,
    factors: &RowFactors,
    values: &[Group],
    samples: &[&[f32]],
    rows: [usize; BESIDE],
    b: usize,
) -> [Lanes<S>; QUAD] {
    let [c, d, e, f] = rows;
    if samples.is_empty() {
        return gather(simd, [&values[c * G + b], &values[d * G + b], &values[e * G + b], &values[f * G + b]]);
    }
    let range = GROUP * b..GROUP * b + GROUP;
    let [c, d, e, f] = [samples[c], samples[d], samples[e], samples[f]];
    let quads = gather_real(simd, [&c[range.clone()], &d[range.clone()], &e[range.clone()], &f[range]]);
    let mut twisted = [Lanes::zero(simd); QUAD];
    for ((twisted, sample), (cos, sin)) in twisted.iter_mut().zip(quads).zip(&factors.twists[QUAD * b..]) {
        twisted.re = simd.mul_f32s(sample, simd.splat_f32s(*cos));
        twisted.im = simd.mul_f32s(sample, simd.splat_f32s(*sin));
    }
    twisted
}

/// What group `j` of the bins of some rows, at these places in the spectrum, is before the last butterflies.
#[inline(always)]
fn unload<S: Simd>(
    simd: S,
    factors: &RowFactors,
    sums: &[Chunk],
    places: [usize; BESIDE],
    j: usize,
) -> [Lanes<S>; QUAD] {
    let [c, d, e, f] = [places[0] + j, places[1] + j, places[2] + j, places[3] + j];
    let [c, d, e, f] = [
        &sums[c / 2].groups[c % 2],
        &sums[d / 2].groups[d % 2],
        &sums[e / 2].groups[e % 2],
        &sums[f / 2].groups[f % 2],
    ];
    let mut z = gather(simd, [c, d, e, f]);
    for z in &mut z {
        *z = z.flush_small(simd);
    }
    let t = transpose(simd, four::<S, true>(simd, z));
    twiddled::<S, true>(simd, t, &factors.twiddles[QUAD * j..])
}

/// Each of four results times its factors.
#[inline(always)]
fn twiddled<S: Simd, const BACK: bool>(simd: S, mut x: [Lanes<S>; QUAD], factors: &[Group]) -> [Lanes<S>; QUAD] {
    for (x, factor) in x.iter_mut().zip(&factors[..QUAD]) {
        *x = x.times::<BACK>(simd, factor.vector(0));
    }
    x
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

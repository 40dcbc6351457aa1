//! Innermost rows: transforms of 16, 32 or 64 points, several of them side by side.
//!
//! A row of G chunks of 16 points is 4G quads of four. The points of one place in all quads are transformed and
//! multiplied by twiddle factors, four of the results are transposed, and their four points are transformed. That gives
//! quads of bins. Their order is the rows' own, which does not matter. A vector holds as many quads as it has room for,
//! each of another row. What the rows beside do changes no bit of a row, because no lane reads another row's.

use super::butterflies::{butterfly, four};
use super::{QUAD, Target};
use crate::engine::dispatch::transpose_quads;
use crate::engine::lanes::Lanes;
use crate::engine::spectrum::{CHUNK, Chunk, Spectrum};
use pulp::{Simd, WithSimd};

/// Most rows side by side: quads of the widest vector.
pub(super) const BESIDE: usize = CHUNK / QUAD;

/// Factors of the innermost rows.
#[derive(Debug, Clone)]
pub(super) struct RowFactors {
    /// For each of the 4G results those of the lanes, with the twist where there are no columns.
    pub twiddles: Vec<Chunk>,
    /// Cosine and sine of the part of the twist that is one for a whole quad.
    pub twists: Vec<(f32, f32)>,
}

/// From points to bins.
pub(super) struct Forward<'a, const G: usize> {
    pub factors: &'a RowFactors,
    /// The rows of one block, one after another; none where they are read from samples.
    pub values: &'a [Chunk],
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

    /// The first chunks of some rows in the spectrum.
    #[inline(always)]
    fn places(&self, rows: [usize; BESIDE], chunks: usize) -> [usize; BESIDE] {
        let [a, b, c, d] = rows;
        [self.get(a) * chunks, self.get(b) * chunks, self.get(c) * chunks, self.get(d) * chunks]
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
            let mut x = [[Lanes::zero(simd); QUAD]; G];
            if samples.is_empty() {
                let rows = side_by_side::<S, G>(values, beside.map(|row| row * G));
                for (b, x) in x.iter_mut().enumerate() {
                    *x = gather(simd, &rows, b);
                }
            } else {
                let rows = beside.map(|row| samples[row]);
                for (b, x) in x.iter_mut().enumerate() {
                    *x = twisted(simd, factors, rows, b);
                }
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
                    let chunk = places[row] + j;
                    spectrum.chunks[chunk * spectrum.stride].set_vector(vector, z);
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
    pub values: &'a mut [Chunk],
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
            let sums = side_by_side::<S, G>(sums, places);
            let mut y = [[Lanes::zero(simd); QUAD]; G];
            for (j, y) in y.iter_mut().enumerate() {
                *y = unload(simd, factors, &sums, j);
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
                        Some(target) => target.overlap_add(simd, CHUNK * b + vector * S::F32_LANES, x),
                        None => values[(first + row) * G + b].set_vector(vector, x),
                    }
                }
            }
        }
    }
}

/// The chunks of the rows that lie side by side in a vector, by the place of each row's first chunk.
#[inline(always)]
fn side_by_side<S: Simd, const G: usize>(chunks: &[Chunk], places: [usize; BESIDE]) -> [&[Chunk; G]; BESIDE] {
    let mut rows = [&[Chunk::SILENCE; G]; BESIDE];
    for (row, place) in rows.iter_mut().zip(places).take(S::F32_LANES / QUAD) {
        *row = &chunks[place..].as_chunks().0[0];
    }
    rows
}

/// Chunk `b` of samples of some rows, twisted.
#[inline(always)]
fn twisted<S: Simd>(simd: S, factors: &RowFactors, rows: [&[f32]; BESIDE], b: usize) -> [Lanes<S>; QUAD] {
    let mut vectors = [simd.splat_f32s(0.0); QUAD];
    for (i, lanes) in vectors.iter_mut().enumerate() {
        let (row, vector) = place::<S>(i);
        *lanes = S::as_simd_f32s(&rows[row][CHUNK * b..CHUNK * (b + 1)]).0[vector];
    }
    let mut twisted = [Lanes::zero(simd); QUAD];
    let quads = transpose_quads(simd, vectors);
    for ((twisted, sample), (cos, sin)) in twisted.iter_mut().zip(quads).zip(&factors.twists[QUAD * b..]) {
        twisted.re = simd.mul_f32s(sample, simd.splat_f32s(*cos));
        twisted.im = simd.mul_f32s(sample, simd.splat_f32s(*sin));
    }
    twisted
}

/// What chunk `j` of the bins of some rows is before the last butterflies.
#[inline(always)]
fn unload<S: Simd, const G: usize>(
    simd: S,
    factors: &RowFactors,
    rows: &[&[Chunk; G]; BESIDE],
    j: usize,
) -> [Lanes<S>; QUAD] {
    let mut z = gather(simd, rows, j);
    for z in &mut z {
        *z = z.flush_small(simd);
    }
    let t = transpose(simd, four::<S, true>(simd, z));
    twiddled::<S, true>(simd, t, &factors.twiddles[QUAD * j..])
}

/// Each of four results times its factors.
#[inline(always)]
fn twiddled<S: Simd, const BACK: bool>(simd: S, mut x: [Lanes<S>; QUAD], factors: &[Chunk]) -> [Lanes<S>; QUAD] {
    for (x, factor) in x.iter_mut().zip(&factors[..QUAD]) {
        *x = x.times::<BACK>(simd, factor.vector(0));
    }
    x
}

/// Of the four vectors of the chunks beside each other in memory, the row that one is of, and its place in the chunk.
#[inline(always)]
fn place<S: Simd>(vector: usize) -> (usize, usize) {
    let rows = S::F32_LANES / QUAD;
    (vector % rows, vector / rows)
}

/// The quads of chunk `b` of each row: quad by quad, side by side.
#[inline(always)]
fn gather<S: Simd, const G: usize>(simd: S, rows: &[&[Chunk; G]; BESIDE], b: usize) -> [Lanes<S>; QUAD] {
    let mut vectors = [Lanes::zero(simd); QUAD];
    for (i, lanes) in vectors.iter_mut().enumerate() {
        let (row, vector) = place::<S>(i);
        *lanes = rows[row][b].vector(vector);
    }
    beside_quads(simd, vectors)
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

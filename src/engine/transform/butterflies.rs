//! Butterflies: small transforms in every lane of a vector. `BACK` is true in an inverse transform.
//!
//! Nothing here is a closure: closures would be compiled without the vector instructions.

use crate::engine::lanes::Lanes;
use pulp::Simd;
use std::f32::consts::FRAC_1_SQRT_2;

/// The transform of `4 · G` points, 4, 8 or 16, in their natural order: four by four.
#[inline(always)]
pub(super) fn butterfly<S: Simd, const G: usize, const BACK: bool>(
    simd: S,
    x: [[Lanes<S>; 4]; G],
) -> [[Lanes<S>; 4]; G] {
    let mut y = x;
    if G == 1 {
        y[0] = four::<S, BACK>(simd, x[0]);
    } else if G == 2 {
        let ([a, b, c, d], [e, f, g, h]) = (x[0], x[1]);
        let [a, b, c, d, e, f, g, h] = eight::<S, BACK>(simd, [a, b, c, d, e, f, g, h]);
        (y[0], y[1]) = ([a, b, c, d], [e, f, g, h]);
    } else {
        y.copy_from_slice(&sixteen::<S, BACK>(simd, [x[0], x[1], x[2], x[3]]));
    }
    y
}

/// A transform of four points.
#[inline(always)]
pub(super) fn four<S: Simd, const BACK: bool>(simd: S, x: [Lanes<S>; 4]) -> [Lanes<S>; 4] {
    let (a, b) = (x[0].add(simd, x[2]), x[0].subtract(simd, x[2]));
    let (c, d) = (x[1].add(simd, x[3]), x[1].subtract(simd, x[3]));
    let rotated = b.add_rotated::<BACK>(simd, d);
    // `b + i · d`, on the way back `b - i · d`.
    let opposite = if BACK { b.add_rotated::<false>(simd, d) } else { b.add_rotated::<true>(simd, d) };
    [a.add(simd, c), rotated, a.subtract(simd, c), opposite]
}

/// A transform of eight points.
#[inline(always)]
pub(super) fn eight<S: Simd, const BACK: bool>(simd: S, x: [Lanes<S>; 8]) -> [Lanes<S>; 8] {
    let even = [x[0].add(simd, x[4]), x[1].add(simd, x[5]), x[2].add(simd, x[6]), x[3].add(simd, x[7])];
    let (first, second) = (x[0].subtract(simd, x[4]), x[1].subtract(simd, x[5]));
    let (third, fourth) = (x[2].subtract(simd, x[6]), x[3].subtract(simd, x[7]));
    // Times e^(-iπ/4), e^(-iπ/2) and e^(-3iπ/4), or their conjugates.
    let half = simd.splat_f32s(FRAC_1_SQRT_2);
    let second = second.add_rotated::<BACK>(simd, second).scale(simd, half);
    let zero = Lanes::zero(simd);
    let third = zero.add_rotated::<BACK>(simd, third);
    let fourth = zero.add_rotated::<BACK>(simd, fourth).subtract(simd, fourth).scale(simd, half);
    let (even, odd) = (four::<S, BACK>(simd, even), four::<S, BACK>(simd, [first, second, third, fourth]));
    [even[0], odd[0], even[1], odd[1], even[2], odd[2], even[3], odd[3]]
}

/// `cos(2πn/16)`, `-sin(2πn/16)`.
const SIXTEENTHS: [(f32, f32); 10] = {
    const C: f32 = 0.923_879_5;
    const S: f32 = 0.382_683_43;
    const H: f32 = FRAC_1_SQRT_2;
    [(1.0, 0.0), (C, -S), (H, -H), (S, -C), (0.0, -1.0), (-S, -C), (-H, -H), (-C, -S), (-1.0, 0.0), (-C, S)]
};

/// A transform of sixteen points as four times four.
#[inline(always)]
fn sixteen<S: Simd, const BACK: bool>(simd: S, x: [[Lanes<S>; 4]; 4]) -> [[Lanes<S>; 4]; 4] {
    let a = four::<S, BACK>(simd, [x[0][0], x[1][0], x[2][0], x[3][0]]);
    let b = four::<S, BACK>(simd, [x[0][1], x[1][1], x[2][1], x[3][1]]);
    let c = four::<S, BACK>(simd, [x[0][2], x[1][2], x[2][2], x[3][2]]);
    let d = four::<S, BACK>(simd, [x[0][3], x[1][3], x[2][3], x[3][3]]);
    let e = four::<S, BACK>(simd, [a[0], b[0], c[0], d[0]]);
    let f = four::<S, BACK>(simd, twiddled::<S, 1, BACK>(simd, [a[1], b[1], c[1], d[1]]));
    let g = four::<S, BACK>(simd, twiddled::<S, 2, BACK>(simd, [a[2], b[2], c[2], d[2]]));
    let h = four::<S, BACK>(simd, twiddled::<S, 3, BACK>(simd, [a[3], b[3], c[3], d[3]]));
    [[e[0], f[0], g[0], h[0]], [e[1], f[1], g[1], h[1]], [e[2], f[2], g[2], h[2]], [e[3], f[3], g[3], h[3]]]
}

/// Row `ROW` of four columns, each times its factor.
#[inline(always)]
fn twiddled<S: Simd, const ROW: usize, const BACK: bool>(simd: S, [a, b, c, d]: [Lanes<S>; 4]) -> [Lanes<S>; 4] {
    let [b_by, c_by, d_by] = [SIXTEENTHS[ROW], SIXTEENTHS[2 * ROW], SIXTEENTHS[3 * ROW]];
    [
        a,
        b.times::<BACK>(simd, Lanes::splat(simd, b_by.0, b_by.1)),
        c.times::<BACK>(simd, Lanes::splat(simd, c_by.0, c_by.1)),
        d.times::<BACK>(simd, Lanes::splat(simd, d_by.0, d_by.1)),
    ]
}

//! A complex number in every lane of a vector, real and imaginary parts apart.

use super::dispatch::{multiply_add, multiply_subtract};
use super::sanitize::{CEILING, FLOOR};
use pulp::Simd;

/// A complex number in every lane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lanes<S: Simd> {
    pub re: S::f32s,
    pub im: S::f32s,
}

/// `BACK` is false in a forward transform and true in an inverse one, where every factor is the conjugate.
impl<S: Simd> Lanes<S> {
    /// One number in every lane.
    #[inline(always)]
    pub fn splat(simd: S, re: f32, im: f32) -> Self {
        Self { re: simd.splat_f32s(re), im: simd.splat_f32s(im) }
    }

    /// Zero in every lane.
    #[inline(always)]
    pub fn zero(simd: S) -> Self {
        Self::splat(simd, 0.0, 0.0)
    }

    #[inline(always)]
    pub fn add(self, simd: S, other: Self) -> Self {
        Self { re: simd.add_f32s(self.re, other.re), im: simd.add_f32s(self.im, other.im) }
    }

    #[inline(always)]
    pub fn subtract(self, simd: S, other: Self) -> Self {
        Self { re: simd.sub_f32s(self.re, other.re), im: simd.sub_f32s(self.im, other.im) }
    }

    /// `self - i · other`, on the way back `self + i · other`.
    #[inline(always)]
    pub fn add_rotated<const BACK: bool>(self, simd: S, other: Self) -> Self {
        if BACK {
            Self { re: simd.sub_f32s(self.re, other.im), im: simd.add_f32s(self.im, other.re) }
        } else {
            Self { re: simd.add_f32s(self.re, other.im), im: simd.sub_f32s(self.im, other.re) }
        }
    }

    /// `self · factor`, on the way back times its conjugate.
    #[inline(always)]
    pub fn times<const BACK: bool>(self, simd: S, factor: Self) -> Self {
        let (re, im) = (simd.mul_f32s(self.re, factor.re), simd.mul_f32s(self.im, factor.re));
        if BACK {
            let im = multiply_subtract(simd, self.re, factor.im, im);
            Self { re: multiply_add(simd, self.im, factor.im, re), im }
        } else {
            let im = multiply_add(simd, self.re, factor.im, im);
            Self { re: multiply_subtract(simd, self.im, factor.im, re), im }
        }
    }

    /// `self + x · h`.
    #[inline(always)]
    pub fn add_product(self, simd: S, x: Self, h: Self) -> Self {
        let re = multiply_add(simd, x.re, h.re, self.re);
        let im = multiply_add(simd, x.re, h.im, self.im);
        Self { re: multiply_subtract(simd, x.im, h.im, re), im: multiply_add(simd, x.im, h.re, im) }
    }

    /// Both parts times a real number.
    #[inline(always)]
    pub fn scale(self, simd: S, by: S::f32s) -> Self {
        Self { re: simd.mul_f32s(self.re, by), im: simd.mul_f32s(self.im, by) }
    }

    /// Parts below [`FLOOR`] as zero.
    #[inline(always)]
    pub fn flush_small(self, simd: S) -> Self {
        Self { re: flush_small_lanes(simd, self.re), im: flush_small_lanes(simd, self.im) }
    }
}

/// Values below [`FLOOR`] as zero.
#[inline(always)]
pub(super) fn flush_small_lanes<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let is_small = simd.less_than_f32s(simd.abs_f32s(x), simd.splat_f32s(FLOOR));
    simd.select_f32s(is_small, simd.splat_f32s(0.0), x)
}

/// Values that are not finite, above [`CEILING`] or below [`FLOOR`] as zero.
#[inline(always)]
pub(super) fn sanitize_lanes<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let is_sound = simd.less_than_or_equal_f32s(simd.abs_f32s(x), simd.splat_f32s(CEILING));
    flush_small_lanes(simd, simd.select_f32s(is_sound, x, simd.splat_f32s(0.0)))
}

//! Times, ratios and levels of a recipe, as whole multiples of a small unit: they can be compared and hashed, and
//! values that sound alike are equal.

use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// A time, in whole microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Time(u32);

impl Time {
    /// 0 s.
    pub const ZERO: Self = Self(0);

    /// A time of so many microseconds.
    #[must_use]
    pub const fn from_micros(micros: u32) -> Self {
        Self(micros)
    }

    /// The time nearest to `seconds`: 0 for a negative number or NaN, at most `u32::MAX` µs (71 minutes).
    #[must_use]
    pub fn from_seconds(seconds: f64) -> Self {
        Self((seconds * 1e6).round() as u32)
    }

    /// The time in seconds.
    #[must_use]
    pub fn seconds(self) -> f64 {
        f64::from(self.0) * 1e-6
    }

    /// The nearest whole number of samples at `rate` Hz.
    pub(super) fn samples(self, rate: u32) -> usize {
        (self.seconds() * f64::from(rate)).round() as usize
    }
}

/// A ratio, in whole thousandths. The default is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ratio(u16);

impl Default for Ratio {
    fn default() -> Self {
        Self::ONE
    }
}

impl Ratio {
    /// 1: nothing changes.
    pub const ONE: Self = Self(1000);

    /// A ratio of so many thousandths.
    #[must_use]
    pub const fn from_thousandths(thousandths: u16) -> Self {
        Self(thousandths)
    }

    /// The ratio nearest to a number: 0 for a negative number or NaN, at most 65.535.
    #[must_use]
    pub fn from_f64(ratio: f64) -> Self {
        Self((ratio * 1000.0).round() as u16)
    }

    /// The ratio as a floating-point number.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// The ratio in thousandths.
    #[must_use]
    pub const fn thousandths(self) -> u16 {
        self.0
    }
}

/// A level, in whole hundredths of a decibel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Level(i16);

impl Level {
    /// 0 dB.
    pub const ZERO: Self = Self(0);

    /// A level of so many hundredths of a decibel.
    #[must_use]
    pub const fn from_hundredths(hundredths: i16) -> Self {
        Self(hundredths)
    }

    /// The level nearest to a number of decibels: 0 dB for NaN, and between -327.68 dB and 327.67 dB.
    #[must_use]
    pub fn from_decibels(decibels: f64) -> Self {
        Self((decibels * 100.0).round() as i16)
    }

    /// The level in decibels.
    #[must_use]
    pub fn decibels(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

/// The value of `range` that is nearest to `value`.
pub(super) fn within<T: Ord + Copy>(value: T, range: RangeInclusive<T>) -> T {
    value.clamp(*range.start(), *range.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_and_never_overflow() {
        assert_eq!(Time::from_seconds(0.123_456_6), Time::from_micros(123_457));
        assert_eq!(Time::from_seconds(f64::NAN), Time::ZERO);
        assert_eq!(Time::from_seconds(-1.0), Time::ZERO);
        assert_eq!(Time::from_seconds(1e300), Time::from_micros(u32::MAX));
        assert_eq!(Ratio::from_f64(0.999_6), Ratio::ONE);
        assert_eq!(Ratio::from_f64(f64::INFINITY), Ratio::from_thousandths(u16::MAX));
        assert_eq!(Level::from_decibels(-3.014), Level::from_hundredths(-301));
        assert_eq!(Level::from_decibels(-1e9), Level::from_hundredths(i16::MIN));
    }

    #[test]
    fn times_are_rounded_to_samples() {
        assert_eq!(Time::from_seconds(0.5).samples(48_000), 24_000);
        assert_eq!(Time::from_micros(12).samples(48_000), 1);
        assert_eq!(Time::from_micros(10).samples(48_000), 0);
    }
}

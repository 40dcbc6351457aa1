//! The numbers of a shape: whole multiples of a small unit, so that what sounds alike is equal.

use serde::{Deserialize, Serialize};

/// A time, in whole microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Time(u32);

impl Time {
    /// None at all.
    pub const ZERO: Self = Self(0);

    /// From whole microseconds.
    #[must_use]
    pub const fn from_micros(micros: u32) -> Self {
        Self(micros)
    }

    /// The nearest to a number of seconds; zero for what is negative or no number, and a little more than an hour at most.
    #[must_use]
    pub fn from_seconds(seconds: f64) -> Self {
        Self((seconds * 1e6).round() as u32)
    }

    /// In seconds.
    #[must_use]
    pub fn seconds(self) -> f64 {
        f64::from(self.0) * 1e-6
    }

    /// The nearest number of samples at a rate in Hz.
    pub(super) fn samples(self, rate: u32) -> usize {
        (self.seconds() * f64::from(rate)).round() as usize
    }
}

/// A ratio, in whole thousandths; by default 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ratio(u16);

impl Default for Ratio {
    fn default() -> Self {
        Self::ONE
    }
}

impl Ratio {
    /// Nothing changes.
    pub const ONE: Self = Self(1000);

    /// From whole thousandths.
    #[must_use]
    pub const fn from_thousandths(thousandths: u16) -> Self {
        Self(thousandths)
    }

    /// The nearest; zero for what is negative or no number.
    #[must_use]
    pub fn from_f64(ratio: f64) -> Self {
        Self((ratio * 1000.0).round() as u16)
    }

    /// As a number.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// In thousandths.
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

    /// From whole hundredths of a decibel.
    #[must_use]
    pub const fn from_hundredths(hundredths: i16) -> Self {
        Self(hundredths)
    }

    /// The nearest to a number of decibels; zero for what is no number.
    #[must_use]
    pub fn from_decibels(decibels: f64) -> Self {
        Self((decibels * 100.0).round() as i16)
    }

    /// In decibels.
    #[must_use]
    pub fn decibels(self) -> f64 {
        f64::from(self.0) / 100.0
    }
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

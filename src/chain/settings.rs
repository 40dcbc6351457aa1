//! The controls as people read and set them: in dB, ms, Hz and per cent, each within its range, with the ends that mean
//! off. The plugin's parameters and the program's options are these numbers, so the same number is the same sound.

use super::{Controls, MAX_PREDELAY, Shelving};
use std::ops::RangeInclusive;

/// Range of the dry and of the wet level in dB.
pub const LEVEL: RangeInclusive<f32> = -60.0..=12.0;
/// Lowest level in dB: off.
pub const LEVEL_OFF: f32 = *LEVEL.start();
/// Range of the sum's level in dB.
pub const OUTPUT: RangeInclusive<f32> = -24.0..=12.0;
/// Range of the pre-delay in ms.
pub const PREDELAY: RangeInclusive<f32> = 0.0..=MAX_PREDELAY * 1000.0;
/// Range of the low cut's corner in Hz.
pub const LOW_CUT: RangeInclusive<f32> = 20.0..=2000.0;
/// Lowest corner of the low cut in Hz: off.
pub const LOW_CUT_OFF: f32 = *LOW_CUT.start();
/// Range of the high cut's corner in Hz.
pub const HIGH_CUT: RangeInclusive<f32> = 500.0..=20_000.0;
/// Highest corner of the high cut in Hz: off.
pub const HIGH_CUT_OFF: f32 = *HIGH_CUT.end();
/// Range of the stereo width in per cent.
pub const WIDTH: RangeInclusive<f32> = 0.0..=200.0;

/// What [`Controls`] are made from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Level of the dry signal in dB; [`LEVEL_OFF`] and below is off.
    pub dry: f32,
    /// Level of the convolved signal in dB; [`LEVEL_OFF`] and below is off.
    pub wet: f32,
    /// Level of the sum in dB.
    pub output: f32,
    /// Delay before the convolution in ms.
    pub predelay: f32,
    /// Corner of the wet signal's low cut in Hz; [`LOW_CUT_OFF`] and below is off.
    pub low_cut: f32,
    /// Corner of the wet signal's high cut in Hz; [`HIGH_CUT_OFF`] and above is off.
    pub high_cut: f32,
    /// Stereo width of the wet signal in per cent.
    pub width: f32,
    /// Whether input goes to output untouched.
    pub bypass: bool,
}

impl Default for Settings {
    /// A fresh instance: dry 0 dB, wet -12 dB, output 0 dB, filters open.
    fn default() -> Self {
        Self {
            dry: 0.0,
            wet: -12.0,
            output: 0.0,
            predelay: 0.0,
            low_cut: LOW_CUT_OFF,
            high_cut: HIGH_CUT_OFF,
            width: 100.0,
            bypass: false,
        }
    }
}

impl From<Settings> for Controls {
    /// Real-time safe.
    fn from(settings: Settings) -> Self {
        let level = |decibels| if decibels <= LEVEL_OFF { 0.0 } else { gain(decibels) };
        Self {
            dry: level(settings.dry),
            wet: level(settings.wet),
            output: gain(settings.output),
            predelay: settings.predelay / 1000.0,
            low_cut: Some(settings.low_cut).filter(|hertz| *hertz > LOW_CUT_OFF),
            high_cut: Some(settings.high_cut).filter(|hertz| *hertz < HIGH_CUT_OFF),
            low_shelf: Shelving { gain: 0.0, corner: 100.0 },
            high_shelf: Shelving { gain: 0.0, corner: 8_000.0 },
            width: settings.width / 100.0,
            bypass: settings.bypass,
        }
    }
}

/// Decibels to a factor, rounded once.
fn gain(decibels: f32) -> f32 {
    10_f64.powf(f64::from(decibels) / 20.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_that_mean_off_are_off_and_their_neighbours_are_not() {
        let controls = |dry, wet, low_cut, high_cut| {
            Controls::from(Settings { dry, wet, low_cut, high_cut, ..Settings::default() })
        };
        let ends = controls(-60.0, -60.0, 20.0, 20_000.0);
        assert_eq!((ends.dry, ends.wet, ends.low_cut, ends.high_cut), (0.0, 0.0, None, None));
        let neighbours = controls(-59.9, -59.9, 21.0, 19_990.0);
        assert!(neighbours.dry > 0.0 && neighbours.wet > 0.0);
        assert_eq!((neighbours.low_cut, neighbours.high_cut), (Some(21.0), Some(19_990.0)));
    }

    #[test]
    fn units_become_factors_and_seconds() {
        let settings = Settings { dry: 6.0, output: -20.0, predelay: 12.5, width: 150.0, ..Settings::default() };
        let controls = Controls::from(settings);
        assert_eq!(controls.dry, 1.995_262_3, "10^(6/20)");
        assert_eq!((controls.output, controls.predelay, controls.width), (0.1, 0.0125, 1.5));
        assert!(!controls.bypass && Controls::from(Settings { bypass: true, ..settings }).bypass);
    }
}

//! The ratio that is asked for, over frequency.

use super::BandRatios;
use crate::impulse::gain::rise;

/// From one band to the next takes so many octaves, half of them on each side of the crossover: an octave that lies a
/// full octave away from it is of one band alone.
const WIDTH: f64 = 1.0;

/// Ratios of reverberation times over frequency: constant in each band, and smooth over the logarithm of frequency from
/// one to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Target {
    /// Natural logarithms of the ratios of low, middle and high.
    logarithms: [f64; 3],
    /// In Hz.
    crossovers: [f64; 2],
}

impl Target {
    pub(super) fn new(wanted: BandRatios) -> Self {
        Self {
            logarithms: wanted.products().map(f64::ln),
            crossovers: [wanted.low_crossover, wanted.high_crossover].map(f64::from),
        }
    }

    /// Shares that low, middle and high have at a frequency in Hz; together 1.
    pub(super) fn shares(&self, frequency: f64) -> [f64; 3] {
        let [first, second] = self.passed(frequency);
        [1.0 - first, first - second, second]
    }

    fn passed(&self, frequency: f64) -> [f64; 2] {
        self.crossovers.map(|crossover| rise((frequency / crossover).log2() / WIDTH + 0.5))
    }

    /// The ratio at a frequency in Hz; exactly 1 where nothing changes.
    pub(super) fn at(&self, frequency: f64) -> f64 {
        let passed = self.passed(frequency);
        let [low, middle, high] = self.logarithms;
        (low + passed[0] * (middle - low) + passed[1] * (high - middle)).exp()
    }

    /// The ratio of an octave by its centre in Hz, if it is the same in all of it.
    pub(super) fn of_octave(&self, centre: f64) -> Option<f64> {
        let [below, here, above] = [-0.5, 0.0, 0.5].map(|octaves: f64| self.at(centre * octaves.exp2()));
        ((below / here).ln().abs() + (above / here).ln().abs() < 0.01).then_some(here)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::units::Ratio;

    #[test]
    fn a_full_octave_from_a_crossover_there_is_one_ratio_alone() {
        let [low, middle, high] = [0.5, 1.0, 2.0].map(Ratio::from_f64);
        let target = Target::new(BandRatios { low, middle, high, ..BandRatios::default() });
        let octaves = [(63.0, 0.5), (125.0, 0.5), (500.0, 1.0), (1000.0, 1.0), (2000.0, 1.0), (8000.0, 2.0)];
        for (centre, ratio) in octaves {
            let found = target.of_octave(centre).expect("of one band");
            assert!((found - ratio).abs() < 0.01 * ratio, "{centre} Hz: {found}");
        }
        assert_eq!((target.of_octave(250.0), target.of_octave(4000.0)), (None, None));
        assert!((target.at(250.0) - 0.5_f64.sqrt()).abs() < 1e-12, "half of the way over the logarithm");
        assert_eq!(target.at(1000.0), 1.0);
    }

    #[test]
    fn all_multiplies_each() {
        let [low, all] = [0.5, 2.0].map(Ratio::from_f64);
        let target = Target::new(BandRatios { low, all, ..BandRatios::default() });
        assert_eq!([60.0, 1000.0, 10_000.0].map(|frequency| target.at(frequency)), [1.0, 2.0, 2.0]);
    }
}

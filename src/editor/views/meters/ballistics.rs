//! Rise and fall of one meter.
use super::{Level, RANGE};
use crate::chain::{INTEGRATION, Reading};

/// Fall of the peak in dB per second: 20 dB in 1.7 s, as IEC 60268-18 asks of peak meters.
const FALL: f32 = 20.0 / 1.7;
/// Fall of the RMS in dB per second, where nothing is played: that of its mean in silence.
const FALL_OF_RMS: f32 = 10.0 * std::f32::consts::LOG10_E / INTEGRATION;
/// Seconds for which a peak is held.
const HOLD: f32 = 1.5;

/// The state of one meter.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ballistics {
    level: Level,
    age: f32,
}

impl Ballistics {
    /// Takes the reading of the last `seconds` and gives the levels: the bar rises at once and falls by 20 dB in 1.7 s,
    /// the peak is held for 1.5 s, and a sample above full scale is remembered until the reset. The RMS has its rise
    /// and fall from the audio thread.
    pub fn update(&mut self, reading: Reading, seconds: f32) -> Level {
        let scaled = |level: f32| (20.0 * level.log10()).max(RANGE.0);
        let (now, level) = (scaled(reading.peak), &mut self.level);
        level.bar = now.max(level.bar - FALL * seconds).max(RANGE.0);
        self.age += seconds;
        if now >= level.held || self.age > HOLD {
            level.held = level.bar;
            self.age = 0.0;
        }
        level.rms = scaled(reading.rms).max(level.rms - FALL_OF_RMS * seconds).max(RANGE.0);
        level.is_over |= reading.peak > 1.0;
        *level
    }

    /// Forgets that a sample was above full scale.
    pub fn reset(&mut self) {
        self.level.is_over = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peak(peak: f32) -> Reading {
        Reading { peak, rms: 0.0 }
    }

    #[test]
    fn bars_rise_at_once_and_fall_twenty_decibels_in_1_7_seconds() {
        let mut meter = Ballistics::default();
        assert_eq!(meter.update(peak(1.0), 0.025), Level { bar: 0.0, held: 0.0, ..Level::default() });
        let mut level = Level::default();
        for _ in 0..68 {
            level = meter.update(peak(0.0), 0.025); // 68 · 25 ms = 1.7 s
        }
        // Sums of 68 f32 steps of 0.3 dB: each rounds by at most 2^-20 dB.
        assert!((level.bar + 20.0).abs() < 1e-3, "{level:?}");
    }

    #[test]
    fn a_peak_is_held_and_then_let_go() {
        let mut meter = Ballistics::default();
        meter.update(peak(0.5), 0.025);
        let held = meter.update(peak(0.0), 1.4).held;
        assert!((held + 6.0206).abs() < 1e-3, "{held}");
        let level = meter.update(peak(0.0), 0.2);
        assert_eq!(level.held, level.bar);
    }

    #[test]
    fn silence_is_the_scales_end() {
        assert_eq!(Ballistics::default().update(peak(0.0), 0.025), Level::default());
    }

    #[test]
    fn what_went_over_is_remembered_until_the_reset() {
        let mut meter = Ballistics::default();
        assert!(!meter.update(peak(1.0), 0.025).is_over, "full scale is not over it");
        assert!(meter.update(peak(1.0_f32.next_up()), 0.025).is_over);
        assert!(meter.update(peak(0.0), 3600.0).is_over, "an hour later");
        meter.reset();
        assert!(!meter.update(peak(0.9), 0.025).is_over);
    }

    /// It is read as it is, and falls where no reading comes.
    #[test]
    fn the_rms_of_what_is_no_longer_played_falls_as_in_silence() {
        let mut meter = Ballistics::default();
        let tone = Reading { peak: 1.0, rms: 0.5 };
        assert_eq!(meter.update(tone, 0.025).rms, 20.0 * 0.5_f32.log10());
        let level = meter.update(peak(0.0), 0.3);
        // In 300 ms 1 − 0.99² of the square is left: 17.01 dB.
        assert!((level.rms + 6.0206 + 17.0115).abs() < 1e-3, "{level:?}");
        assert!(level.rms < level.bar, "an RMS is never above the peak");
    }
}

//! Early reflections against the late tail.

use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::impulse::acoustics::{MixingTime, mixing_time};
use crate::impulse::gain::{QuarterSine, weigh};
use crate::impulse::units::Level;

/// Length in seconds of the cross-over around the mixing time.
const CROSSOVER: f64 = 0.02;

/// Raises what comes behind the mixing time by half of the level, and lowers what comes before by the other half. The
/// two weights between are raised cosines that sum to 1. Tells the mixing time; without one, nothing happens.
pub(super) fn balance(impulse: &mut Impulse, late: Level, cancel: &Token) -> Result<Option<MixingTime>, Cancelled> {
    let Some(time) = mixing_time(impulse, cancel)? else { return Ok(None) };
    weigh_around(impulse, time.seconds, late, cancel)?;
    Ok(Some(time))
}

/// The same, where the mixing time is known.
pub(super) fn weigh_around(
    impulse: &mut Impulse,
    mixing_time: f64,
    late: Level,
    cancel: &Token,
) -> Result<(), Cancelled> {
    let (length, rate) = (impulse.len(), f64::from(impulse.sample_rate()));
    let half = 10_f64.powf(late.decibels() / 40.0);
    let (early, late) = (1.0 / half, half);
    let [start, end] = [-0.5, 0.5].map(|half| (mixing_time + half * CROSSOVER) * rate);
    let crossover = QuarterSine::new(start, end);
    let gains = |first: usize, gains: &mut [f64]| {
        crossover.fill_rise(first, gains);
        gains.iter_mut().for_each(|gain| *gain = early + (late - early) * *gain);
    };
    weigh(impulse, 0..length, gains, cancel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::random::Random;

    /// Single reflections up to 50 ms, then noise.
    fn room() -> Impulse {
        let mut random = Random::new(11);
        let mut bell = || 0.5 * (0..4).map(|_| random.bell()).sum::<f32>();
        let taps = |n: usize| if n >= 2400 { bell() } else { f32::from(u8::from(n.is_multiple_of(240))) };
        let taps: Vec<f32> = (0..24_000).map(taps).collect();
        Impulse::new(vec![taps.clone(), taps.iter().map(|tap| -tap).collect()], 48_000).expect("valid")
    }

    #[test]
    fn early_and_late_part_differ_by_what_was_asked_for() {
        let (before, mut after) = (room(), room());
        let mixing_time = balance(&mut after, Level::from_decibels(6.0), &Token::never()).expect("not cancelled");
        let mixing = (mixing_time.expect("it mixes").seconds * 48_000.0).round() as usize;
        for (before, after) in before.channels().iter().zip(after.channels()) {
            for (n, (before, after)) in before.iter().zip(after).enumerate().filter(|(_, (before, _))| **before != 0.0)
            {
                let gain = 20.0 * f64::from(after / before).log10();
                // Half of 20 ms are 480 samples.
                let expected = if n < mixing - 480 { -3.0 } else { 3.0 };
                let crossing = n.abs_diff(mixing) <= 480;
                assert!((gain - expected).abs() < 1e-5 || crossing && gain.abs() <= 3.000_01, "{n}: {gain} dB");
            }
        }
    }

    #[test]
    fn without_a_mixing_time_nothing_happens() {
        let mut cabinet = Impulse::new(vec![vec![1.0, 0.5, -0.25]], 48_000).expect("valid");
        assert_eq!(balance(&mut cabinet, Level::from_decibels(6.0), &Token::never()), Ok(None));
        assert_eq!(cabinet.channels(), [[1.0, 0.5, -0.25]]);
    }
}

//! Three bands that sum to the whole.

use super::blocks::Filters;
use crate::cancel::{Cancelled, Token};
use crate::impulse::gain::rise;
use realfft::RealFftPlanner;
use realfft::num_complex::Complex64;

/// Periods of the lower crossover to which the filters reach before and after.
const PERIODS: f64 = 8.0;

/// Low, middle and high band of a signal at a sample rate.
///
/// Two low-passes without phase, whose magnitude falls as a raised cosine over the logarithm of frequency, from 1 an
/// octave below the crossover to 0 an octave above. The low band is what the first passes, the middle one what the
/// second passes more than the first, and the high one what the second does not pass: so the masks sum to 1 by
/// construction. A filter without phase rings before as it does after, here for a few periods of its crossover: what an
/// echo sends ahead is 40 dB down (energy that is still further ahead against all of it) within 1.5 periods, and
/// nothing comes from further ahead than 8 of the lower one. Where all bands have the same gain, as before the direct
/// sound, nothing of it is left.
pub(super) struct Bank {
    filters: Filters,
    /// Half of the filters' length: their delay.
    half: usize,
}

impl Bank {
    /// With crossovers in Hz, the lower one first.
    pub(super) fn new(crossovers: [f64; 2], rate: f64) -> Self {
        let half = (PERIODS / crossovers[0] * rate).ceil() as usize;
        Self { filters: Filters::new(&crossovers.map(|crossover| low_pass(crossover, rate, half))), half }
    }

    /// How far the filters reach to either side, in samples.
    pub(super) fn reach(&self) -> usize {
        self.half
    }

    /// The bands of a signal, each as long as it and not delayed.
    pub(super) fn split(&self, signal: &[f32], cancel: &Token) -> Result<[Vec<f32>; 3], Cancelled> {
        let mut bands = [const { Vec::new() }; 3].map(|mut band: Vec<f32>| {
            band.reserve_exact(signal.len());
            band
        });
        self.filters.run(signal, self.half, signal.len(), cancel, |start, passed| {
            let whole = &signal[start..];
            let [low, middle, high] = &mut bands;
            for ((whole, below), above) in whole.iter().zip(&passed[0]).zip(&passed[1]) {
                low.push(*below as f32);
                middle.push((above - below) as f32);
                high.push((f64::from(*whole) - above) as f32);
            }
        })?;
        Ok(bands)
    }
}

/// Magnitude of a low-pass at a frequency; both in Hz.
fn magnitude(frequency: f64, crossover: f64) -> f64 {
    1.0 - rise(0.5 * (frequency / crossover).log2() + 0.5)
}

/// Taps of a low-pass without phase, of which the middle one belongs to time zero.
fn low_pass(crossover: f64, rate: f64, half: usize) -> Vec<f64> {
    // Twice as long as the taps, so that what wraps around is what the window takes away anyway.
    let size = (4 * half).next_power_of_two();
    let frequency = |bin: usize| bin as f64 * rate / size as f64;
    let mut spectrum: Vec<Complex64> = (0..=size / 2).map(|bin| magnitude(frequency(bin), crossover).into()).collect();
    let inverse = RealFftPlanner::new().plan_fft_inverse(size);
    let mut samples = inverse.make_output_vec();
    inverse.process(&mut spectrum, &mut samples).expect("lengths match, both ends are real");
    // A raised cosine ends it without a step.
    let window = |distance: usize| 1.0 - rise(distance as f64 / (half + 1) as f64);
    let mut taps: Vec<f64> = (0..=2 * half).map(|n| n.abs_diff(half)).map(|d| samples[d] * window(d)).collect();
    let sum: f64 = taps.iter().sum();
    taps.iter_mut().for_each(|tap| *tap /= sum);
    taps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::random::Random;

    const RATE: f64 = 48_000.0;

    fn click(at: usize, length: usize) -> Vec<f32> {
        let mut samples = vec![0.0; length];
        samples[at] = 1.0;
        samples
    }

    fn energy(samples: &[f32]) -> f64 {
        samples.iter().map(|sample| f64::from(*sample).powi(2)).sum()
    }

    #[test]
    fn the_bands_sum_to_the_signal() {
        let mut random = Random::new(29);
        let signal: Vec<f32> = (0..50_000).map(|n| random.bell() * (-0.000_2 * n as f32).exp()).collect();
        let bands = Bank::new([250.0, 4000.0], RATE).split(&signal, &Token::never()).expect("not cancelled");
        for (n, whole) in signal.iter().enumerate() {
            let [low, middle, high] = [0, 1, 2].map(|band: usize| f64::from(bands[band][n]));
            // Each band is rounded to `f32` once, and nothing else is lost.
            let tolerance = 0.5 * f64::from(f32::EPSILON) * (low.abs() + middle.abs() + high.abs()) + 1e-14;
            assert!((low + middle + high - f64::from(*whole)).abs() <= tolerance, "{n}");
        }
    }

    #[test]
    fn each_band_passes_what_is_its_own() {
        let bank = Bank::new([250.0, 4000.0], RATE);
        for (frequency, expected) in [
            (60.0, [1.0, 0.0, 0.0]),
            (250.0, [0.5, 0.5, 0.0]),
            (1000.0, [0.0, 1.0, 0.0]),
            (4000.0, [0.0, 0.5, 0.5]),
            (12_000.0, [0.0, 0.0, 1.0]),
        ] {
            let sine = (0..48_000).map(|n| (std::f64::consts::TAU * frequency * f64::from(n) / RATE).sin() as f32);
            let bands = bank.split(&sine.collect::<Vec<_>>(), &Token::never()).expect("not cancelled");
            for (band, expected) in bands.iter().zip(expected) {
                let amplitude = (2.0 * energy(&band[12_000..36_000]) / 24_000.0).sqrt();
                // The window of ±8 periods of 250 Hz smears the masks by some 30 Hz.
                assert!((amplitude - expected).abs() < 0.02, "{frequency} Hz: {amplitude}, not {expected}");
            }
        }
    }

    #[test]
    fn an_echo_rings_ahead_for_a_few_periods_of_the_crossover_and_no_more() {
        for crossovers in [[250.0, 4000.0], [100.0, 1000.0]] {
            let bank = Bank::new(crossovers, RATE);
            let bands = bank.split(&click(20_000, 40_000), &Token::never()).expect("not cancelled");
            for (band, crossover) in bands.iter().zip([crossovers[0], crossovers[0], crossovers[1]]) {
                let ahead = |periods: f64| {
                    let start = 20_000 - (periods * RATE / crossover) as usize;
                    10.0 * (energy(&band[..start]) / energy(band)).log10()
                };
                assert!(ahead(1.5) < -40.0, "{crossover} Hz: {} dB 1.5 periods ahead", ahead(1.5));
                assert!(ahead(4.0) < -60.0, "{crossover} Hz: {} dB 4 periods ahead", ahead(4.0));
            }
            let first = 20_000 - bank.reach();
            // Beyond its taps there is the transforms' rounding.
            assert!(bands.iter().all(|band| energy(&band[..first - 1]) < 1e-26), "within the reach");
        }
    }

    #[test]
    fn crossovers_above_half_the_rate_leave_the_high_band_empty() {
        let bands = Bank::new([250.0, 12_000.0], 8000.0).split(&click(4000, 8000), &Token::never()).expect("goes on");
        assert!(energy(&bands[2]) < 1e-3 * energy(&bands[1]), "{}", energy(&bands[2]));
    }
}

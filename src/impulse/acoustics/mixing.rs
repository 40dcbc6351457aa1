//! When a room's reflections have become noise: Abel, Huang: *A simple, robust measure of reverberation echo density*,
//! 121st AES Convention (2006), paper 6985.

use super::onset;
use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;

/// Length of the window in seconds; the authors' 20 ms.
const WINDOW: f64 = 0.02;
/// From one window to the next, in seconds.
const HOP: f64 = 0.000_5;
/// The share of Gaussian noise that lies outside one standard deviation, `erfc(1/√2)`.
const OUTSIDE: f64 = 0.317_310_507_862_914_1;

/// Mixing time in seconds after the first sample: where the echo density, the mean over the channels, first is that of
/// Gaussian noise. `None` where it never is, as in impulses of cabinets, and for silence.
///
/// The echo density is the share of samples, weighted by a Hann window of 20 ms, that lie outside the standard
/// deviation within that window, relative to the share in Gaussian noise.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked for every window.
pub fn mixing_time(impulse: &Impulse, cancel: &Token) -> Result<Option<f64>, Cancelled> {
    let rate = f64::from(impulse.sample_rate());
    let half = (0.5 * WINDOW * rate) as usize;
    let hop = ((HOP * rate) as usize).max(1);
    let window: Vec<f64> = (0..=2 * half)
        .map(|n| (std::f64::consts::PI * (n as f64 + 1.0) / (2 * half + 2) as f64).sin().powi(2))
        .collect();
    // Every window is a whole one: a part would take the silence around it for the room's.
    let first = onset(impulse, cancel)?.max(half);
    for centre in (first..impulse.len().saturating_sub(half)).step_by(hop) {
        cancel.check()?;
        let around = centre - half..=centre + half;
        let densities = impulse.channels().iter().map(|channel| density(&channel[around.clone()], &window));
        if densities.sum::<f64>() >= impulse.channels().len() as f64 {
            return Ok(Some(centre as f64 / rate));
        }
    }
    Ok(None)
}

/// Echo density of what a window shows: 0 for a single pulse, 1 for Gaussian noise.
fn density(samples: &[f32], window: &[f64]) -> f64 {
    let weighted = || samples.iter().map(|sample| f64::from(*sample).powi(2)).zip(window);
    let (energy, weights) = weighted().fold((0.0, 0.0), |sum, (square, w)| (sum.0 + square * w, sum.1 + w));
    let variance = energy / weights;
    weighted().filter(|(square, _)| *square > variance).map(|(_, w)| w).sum::<f64>() / weights / OUTSIDE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::random::Random;

    const RATE: u32 = 48_000;

    fn mixing_time_of(channels: Vec<Vec<f32>>) -> Option<f64> {
        mixing_time(&Impulse::new(channels, RATE).expect("valid"), &Token::never()).expect("not cancelled")
    }

    /// Gaussian to a few per cent of its tails.
    fn gaussian(random: &mut Random) -> f32 {
        0.5 * (0..4).map(|_| random.bell()).sum::<f32>()
    }

    #[test]
    fn of_gaussian_noise_the_echo_density_is_1() {
        let mut random = Random::new(3);
        let samples: Vec<f32> = (0..48_000).map(|_| gaussian(&mut random)).collect();
        // The share outside has the standard error √(0.317 · 0.683 / 48000) = 0.0021: 0.7 %, four of these.
        let found = density(&samples, &vec![1.0; samples.len()]);
        assert!((found - 1.0).abs() < 0.027, "{found}");
    }

    #[test]
    fn mixing_is_where_single_reflections_become_noise() {
        for (seed, mixed) in [(1, 0.05), (2, 0.12)] {
            let mut random = Random::new(seed);
            let at = (mixed * f64::from(RATE)) as usize;
            let mut reflection = |n: usize| match n {
                n if n >= at => gaussian(&mut random),
                n if n.is_multiple_of(240) => 3.0,
                _ => 0.0,
            };
            let taps = (0..RATE as usize).map(|n| reflection(n) * (-0.000_05 * n as f32).exp()).collect();
            let found = mixing_time_of(vec![taps]).expect("it mixes");
            // A window that is noise alone is centred half its length later.
            assert!((found - mixed).abs() <= 0.012, "{found} instead of {mixed}");
        }
    }

    #[test]
    fn what_never_mixes_has_no_mixing_time() {
        let pulses = |every: usize| (0..RATE as usize).map(|n| f32::from(u8::from(n.is_multiple_of(every)))).collect();
        assert_eq!(mixing_time_of(vec![pulses(480)]), None);
        assert_eq!(mixing_time_of(vec![vec![0.0; 48_000]]), None);
        assert_eq!(mixing_time_of(vec![vec![1.0, 0.5]]), None);
    }
}

//! When a room's reflections have become noise: Abel, Huang: *A simple, robust measure of reverberation echo density*,
//! 121st AES Convention (2006), paper 6985.

use super::{onset, rt60};
use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;

/// Length of the window in seconds; the authors' 20 ms.
const WINDOW: f64 = 0.02;
/// From one window to the next, in seconds.
const HOP: f64 = 0.000_5;
/// The share of Gaussian noise that lies outside one standard deviation, `erfc(1/√2)`.
const OUTSIDE: f64 = 0.317_310_507_862_914_1;

/// Seconds from one candidate on over which the echo density has to stay, …
const CONFIRMED: f64 = 0.02;
/// … in the mean, at this value: a direct sound between two edges of a window is dense by itself.
const DENSE: f64 = 0.9;
/// A room with a longer reverberation time, in seconds, …
const LONG: f64 = 1.0;
/// … is not mixed before so many seconds after its direct sound. Nor is a mixing time assumed that is shorter.
const LEAST: f64 = 0.02;
/// Share of the reverberation time that is the mixing time where echo density does not tell it: Hidaka, Yamada,
/// Nakagawa, *A new definition of boundary point between early reflections and late reverberation in room impulse
/// responses*, J. Acoust. Soc. Am. 122 (2007).
const SHARE: f64 = 0.08;

/// When a room is mixed, and how that is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixingTime {
    /// In seconds after the first sample.
    pub seconds: f64,
    /// True if it is not measured, but 8 % of the reverberation time.
    pub is_assumed: bool,
}

/// Mixing time: where the echo density, the mean over the channels, first is that of Gaussian noise and stays near it.
/// Where the reverberation time is above 1 s, that is never before 20 ms after the direct sound. Where the echo density
/// never becomes that of noise, it is 8 % of the reverberation time after the direct sound. `None` without either:
/// where no reverberation time of 0.25 s or more is measurable, as in impulses of cabinets, and for silence.
///
/// The echo density is the share of samples, weighted by a Hann window of 20 ms, that lie outside the standard
/// deviation within that window, relative to the share in Gaussian noise.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked for every window.
pub fn mixing_time(impulse: &Impulse, cancel: &Token) -> Result<Option<MixingTime>, Cancelled> {
    let rate = f64::from(impulse.sample_rate());
    let onset = onset(impulse, cancel)?;
    let least = onset + (LEAST * rate) as usize;
    let measured = |sample: usize| Some(MixingTime { seconds: sample as f64 / rate, is_assumed: false });
    let mut found = mixed(impulse, onset, cancel)?;
    if found.is_some_and(|sample| sample >= least) {
        return Ok(found.and_then(measured));
    }
    let reverberation = rt60(impulse, cancel)?.unwrap_or(0.0);
    if found.is_some() && reverberation > LONG {
        found = mixed(impulse, least, cancel)?;
    }
    let after = SHARE * reverberation;
    let assumed = || {
        let seconds = onset as f64 / rate + after;
        (after >= LEAST && seconds < impulse.seconds()).then_some(MixingTime { seconds, is_assumed: true })
    };
    Ok(found.map_or_else(assumed, measured))
}

/// The first sample, from one on, around which echoes are as dense as noise, and behind which they stay so.
fn mixed(impulse: &Impulse, from: usize, cancel: &Token) -> Result<Option<usize>, Cancelled> {
    let rate = f64::from(impulse.sample_rate());
    let half = (0.5 * WINDOW * rate) as usize;
    let hop = ((HOP * rate) as usize).max(1);
    let window: Vec<f64> = (0..=2 * half)
        .map(|n| (std::f64::consts::PI * (n as f64 + 1.0) / (2 * half + 2) as f64).sin().powi(2))
        .collect();
    // Every window is a whole one: a part would take the silence around it for the room's.
    let first = from.max(half);
    let behind = ((CONFIRMED * rate) as usize / hop).max(1);
    let mut densities = Vec::new();
    let is_mixed =
        |densities: &[f64]| densities[0] >= 1.0 && densities.iter().sum::<f64>() >= DENSE * densities.len() as f64;
    for centre in (first..impulse.len().saturating_sub(half)).step_by(hop) {
        cancel.check()?;
        let around = centre - half..=centre + half;
        let sum: f64 = impulse.channels().iter().map(|channel| density(&channel[around.clone()], &window)).sum();
        densities.push(sum / impulse.channels().len() as f64);
        if densities.len() >= behind && is_mixed(&densities[densities.len() - behind..]) {
            return Ok(Some(first + (densities.len() - behind) * hop));
        }
    }
    // Behind the last ones there is less.
    let last = densities.len().saturating_sub(behind - 1);
    Ok((last..densities.len()).find(|index| is_mixed(&densities[*index..])).map(|index| first + index * hop))
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

    fn mixing_time_of(channels: Vec<Vec<f32>>) -> Option<MixingTime> {
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
            let MixingTime { seconds: found, is_assumed } = mixing_time_of(vec![taps]).expect("it mixes");
            // A window that is noise alone is centred half its length later.
            assert!(!is_assumed && (found - mixed).abs() <= 0.012, "{found} instead of {mixed}");
        }
    }

    /// A room of 2 s: 5 ms of dense sound with the direct sound, then one reflection every 5 ms up to 60 ms after it,
    /// and noise from there on.
    fn hall(before: usize, mixed: usize) -> Vec<f32> {
        let mut random = Random::new(5);
        let mut at = |n: usize| match n {
            n if n < 240 || n >= mixed => gaussian(&mut random),
            n if n.is_multiple_of(240) => 3.0,
            _ => 0.0,
        };
        let room: Vec<f32> =
            (0..3 * RATE as usize).map(|n| at(n) * (-6.908 * n as f32 / (2.0 * 48_000.0)).exp()).collect();
        [vec![0.0; before], room].concat()
    }

    #[test]
    fn the_first_windows_of_a_large_room_do_not_decide() {
        for before in [0, 480, 4800] {
            let onset = before as f64 / 48_000.0;
            let mut taps = hall(before, 2880);
            let found = mixing_time_of(vec![taps.clone()]).expect("it mixes");
            assert!(!found.is_assumed && (found.seconds - onset - 0.06).abs() <= 0.012, "{found:?} after {before}");
            // Dense from the very first sample on: enough for a measure in the first window, and not for a hall. The
            // density of noise has a scatter of 6 % in a window, so it is above 1 in one of the next few.
            taps = hall(before, 0);
            let found = mixing_time_of(vec![taps.clone()]).expect("it mixes");
            assert!(!found.is_assumed && (0.02..0.06).contains(&(found.seconds - onset)), "{found:?} after {before}");
            // A small room may be mixed before.
            taps.iter_mut().skip(before).enumerate().for_each(|(n, tap)| *tap *= (-0.0005 * n as f32).exp());
            let found = mixing_time_of(vec![taps]).expect("it mixes");
            assert!(!found.is_assumed && found.seconds - onset < 0.02, "{found:?} after {before}");
        }
    }

    #[test]
    fn a_room_whose_echoes_never_become_noise_is_divided_by_its_reverberation_time() {
        // T30 within the 5 % that its own measure is right to.
        let found = mixing_time_of(vec![hall(480, usize::MAX)]).expect("it is assumed");
        assert!(found.is_assumed && (found.seconds - 0.01 - 0.16).abs() < 0.008, "{found:?}");
        // A cabinet's is not.
        let cabinet: Vec<f32> = hall(480, usize::MAX).iter().step_by(20).copied().collect();
        assert_eq!(mixing_time_of(vec![cabinet]), None);
    }

    #[test]
    fn what_never_mixes_has_no_mixing_time() {
        let pulses = |every: usize| (0..RATE as usize).map(|n| f32::from(u8::from(n.is_multiple_of(every)))).collect();
        assert_eq!(mixing_time_of(vec![pulses(480)]), None);
        assert_eq!(mixing_time_of(vec![vec![0.0; 48_000]]), None);
        assert_eq!(mixing_time_of(vec![vec![1.0, 0.5]]), None);
    }
}

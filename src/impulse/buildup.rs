//! How the sound of a room builds up, and when its input is best faded for another room.
//!
//! Steady noise that begins in a room reaches its power as the room's response comes by, and falls as it has come by
//! when the noise ends. So while the input goes from an old room to a new one the power is
//!
//! ```text
//! P(t) = 1 - A(t - t_out) + B(t - t_in)
//! ```
//!
//! with `A(t)` and `B(t)` what has built up of each on pink noise `t` after its fade began, as a share of all of it,
//! and `t_out` and `t_in` the moments of both fades. At one moment a room that builds up faster than the old one decays
//! makes the sum bulge, and a slower one makes it dip. [`moments`] finds those with which the sum is never as far from
//! 1 as with others.

use super::layout::Route;
use crate::cancel::{Cancelled, Token};
use std::f64::consts::FRAC_PI_2;

/// Seconds of a step of time.
const STEP: f64 = 0.01;
/// Longest time in seconds for which the input goes to both rooms, and for which it goes to neither: what is struck
/// then sounds in no room.
const MOST: (f64, f64) = (0.25, 0.1);
/// Correlation up to which two sounds count as unrelated, so that their powers add.
const UNRELATED: f32 = 0.1;
/// Frames between two checks of the token.
const PIECE: usize = 1 << 15;

/// What has built up of a room by the end of each step of time, on pink noise that is faded in.
#[derive(Debug, Clone, PartialEq)]
pub struct BuildUp(Vec<f64>);

impl BuildUp {
    /// Of all paths together, at a sample rate in Hz, where the input's power rises as a squared sine over `fade`
    /// seconds. Allocates; not for the audio thread.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds.
    pub fn of(routes: &[Route], sample_rate: u32, fade: f64, cancel: &Token) -> Result<Self, Cancelled> {
        let step = (STEP * f64::from(sample_rate)) as usize;
        let frames = routes.iter().map(|route| route.taps.len()).max().unwrap_or(0);
        let mut powers = vec![0.0; frames.div_ceil(step.max(1))];
        for route in routes {
            let mut pink = Pink::new(sample_rate);
            for (index, taps) in route.taps.chunks(step.max(1)).enumerate() {
                if index.is_multiple_of(PIECE.div_ceil(step.max(1))) {
                    cancel.check()?;
                }
                powers[index] += taps.iter().map(|tap| pink.next(f64::from(*tap)).powi(2)).sum::<f64>();
            }
        }
        Ok(Self::with_fade(&powers, (fade / STEP).round() as usize))
    }

    /// From the power of each step of a response, where the input's power rises over so many steps.
    fn with_fade(powers: &[f64], fade: usize) -> Self {
        let risen = |step: usize| {
            if step >= fade { 1.0 } else { (FRAC_PI_2 * step as f64 / fade as f64).sin().powi(2) }
        };
        let mut rises = vec![0.0; powers.len() + fade.saturating_sub(1)];
        for (start, power) in powers.iter().enumerate() {
            for step in 0..fade.max(1) {
                rises[start + step] += power * (risen(step + 1) - if step == 0 { 0.0 } else { risen(step) });
            }
        }
        let sum = |sum: &mut f64, power: f64| {
            *sum += power;
            Some(*sum)
        };
        Self(rises.into_iter().scan(0.0, sum).collect())
    }

    /// All that it comes to.
    fn all(&self) -> f64 {
        self.0.last().copied().unwrap_or(0.0)
    }

    /// What has built up so many steps after its beginning.
    fn at(&self, steps: isize) -> f64 {
        if steps <= 0 { 0.0 } else { self.0.get(steps as usize - 1).copied().unwrap_or(self.all()) }
    }
}

/// A filter that makes white noise nearly pink: one-pole low-passes an octave and a half apart or so, from 25 Hz on,
/// each of one power in its decade.
struct Pink {
    poles: [(f64, f64, f64); 5],
}

impl Pink {
    fn new(sample_rate: u32) -> Self {
        let corners = [25.0, 125.0, 625.0, 3_125.0, 15_625.0];
        Self {
            poles: corners.map(|corner| {
                let pole = 1.0 - (-std::f64::consts::TAU * corner / f64::from(sample_rate)).exp();
                (pole, pole.sqrt().recip(), 0.0)
            }),
        }
    }

    fn next(&mut self, sample: f64) -> f64 {
        let mut sum = 0.0;
        for (pole, gain, state) in &mut self.poles {
            *state += *pole * (sample - *state);
            sum += *gain * *state;
        }
        sum
    }
}

/// Moments of the two fades in seconds, of which one is 0: when the input of the old room begins to fade out, and when
/// that of the new one begins to fade in. For rooms whose sounds are related both are 0, and the fades are one.
#[must_use]
pub fn moments(old: &BuildUp, new: &BuildUp, correlation: f32) -> [f64; 2] {
    if correlation > UNRELATED {
        return [0.0; 2];
    }
    let steps = |seconds: f64| (seconds / STEP).round() as isize;
    // What cannot be heard is not worth a detour: of shifts that are as good to 0.05 dB, the shortest.
    let key = |shift: &isize| ((20.0 * excursion(old, new, *shift)).round() as i64, shift.abs());
    let best = (-steps(MOST.1)..=steps(MOST.0)).min_by_key(key).unwrap_or(0);
    [best.max(0), (-best).max(0)].map(|steps| steps as f64 * STEP)
}

/// By how many decibels at most the sum bulges or dips, where the old room's input fades so many steps after that of
/// the new one, or before. Each room counts as a share of all that it comes to, whatever its level.
fn excursion(old: &BuildUp, new: &BuildUp, shift: isize) -> f64 {
    let (all_of_old, all_of_new) = (old.all(), new.all());
    if all_of_old <= 0.0 || all_of_new <= 0.0 {
        return 0.0;
    }
    let end = old.0.len().max(new.0.len()) as isize + shift.abs();
    let ringing = |step: isize| 1.0 - old.at(step - shift.max(0)) / all_of_old;
    let sum = |step: isize| ringing(step) + new.at(step + shift.min(0)) / all_of_new;
    (0..=end).map(|step| 10.0 * sum(step).max(1e-9).log10().abs()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    /// A decaying sound that comes to a power.
    fn decaying(seconds: f64, power: f64) -> BuildUp {
        BuildUp((1..400).map(|step| power * (1.0 - (-STEP * f64::from(step) / seconds).exp())).collect())
    }

    #[test]
    fn the_fades_are_one_where_that_is_best() {
        let room = decaying(0.1, 1.0);
        assert_eq!(moments(&room, &room, 0.0), [0.0; 2]);
        assert_eq!(moments(&room, &decaying(0.3, 1.0), 0.5), [0.0; 2], "related sounds do not add as powers");
        assert_eq!(moments(&room, &BuildUp(vec![]), 0.0), [0.0; 2], "silence");
    }

    #[test]
    fn what_is_slower_begins_earlier_and_what_is_faster_later() {
        let (fast, slow) = (decaying(0.05, 1.0), decaying(0.2, 1.0));
        let [out, new] = moments(&fast, &slow, 0.0);
        assert!(out > 0.05 && new == 0.0, "{out} {new}");
        let [before, after] = [0, (out / STEP).round() as isize].map(|shift| excursion(&fast, &slow, shift));
        // Both decays differ most, by e^-x - e^-4x, at x = ln 4 / 3: 0.472, or 2.8 dB below 1.
        assert!((before - 2.78).abs() < 0.05 && after < 0.5 * before, "{before} dB, then {after} dB");
        let [out, new] = moments(&slow, &fast, 0.0);
        assert!(out == 0.0 && new > 0.04, "{out} {new}");
        let [before, after] = [0, -(new / STEP).round() as isize].map(|shift| excursion(&slow, &fast, shift));
        assert!((before - 1.68).abs() < 0.05 && after < before - 0.4, "{before} dB, then {after} dB");
    }

    #[test]
    fn a_louder_room_is_no_bulge_and_a_softer_one_no_dip() {
        assert!(excursion(&decaying(0.1, 1.0), &decaying(0.1, 4.0), 0) < 1e-9);
        assert!(excursion(&decaying(0.1, 4.0), &decaying(0.1, 1.0), 0) < 1e-9);
    }

    #[test]
    fn pink_noise_builds_up_with_every_octave_alike() {
        // A tap hears all frequencies; what the filter makes of white noise has its power per octave within 2 dB.
        let mut pink = Pink::new(RATE);
        let response: Vec<f64> = (0..RATE).map(|n| pink.next(f64::from(u8::from(n == 0)))).collect();
        let power = |hertz: f64| {
            let step =
                rustfft::num_complex::Complex64::from_polar(1.0, -std::f64::consts::TAU * hertz / f64::from(RATE));
            response.iter().rev().fold(rustfft::num_complex::Complex64::ZERO, |sum, tap| sum * step + tap).norm_sqr()
                * hertz
        };
        let powers = [40.0, 80.0, 160.0, 315.0, 630.0, 1250.0, 2500.0, 5000.0, 10_000.0].map(power);
        let mean = powers.iter().sum::<f64>() / 9.0;
        for power in powers {
            let off = 10.0 * (power / mean).log10();
            assert!(off.abs() < 2.0, "{off} dB");
        }
    }

    #[test]
    fn what_has_built_up_is_the_sum_over_all_paths() {
        let taps = |at: usize| {
            let mut taps = vec![0.0; 9600];
            taps[at] = 1.0;
            taps
        };
        let routes = [Route { input: 0, output: 0, taps: taps(0) }, Route { input: 0, output: 1, taps: taps(4_800) }];
        let built = BuildUp::of(&routes, RATE, 0.0, &Token::never()).expect("not cancelled");
        assert_eq!(built.0.len(), 20);
        // Pink noise resembles itself for some ten milliseconds.
        assert!((built.at(9) / built.all() - 0.5).abs() < 0.02, "{built:?}");
        assert_eq!((built.at(0), built.at(20), built.at(99)), (0.0, built.all(), built.all()));
    }
}

//! When the first reflection comes.

use super::DIRECT;
use super::levels::{Levels, decibels, mean, median, scatter};
use super::reason::{Figure, NotMeasurable};
use std::ops::Range;

/// Reflections are looked for in what lies above so many Hz: a window holds a whole period of that, so what is lower
/// would come and go within one sound.
pub(super) const LOWEST: f64 = 1000.0;
/// Length in seconds of what is looked at at once.
const WINDOW: f64 = 0.001;
/// Windows from one to which there is one more.
const STEPS: usize = 16;
/// Seconds of quiet right before a reflection.
const GAP: f64 = 0.002;
/// Reflections are looked for up to so many seconds behind the direct sound; what comes later is an echo.
const LATEST: f64 = 0.1;
/// From there on, for twice as long, it is seen by how much the levels of windows scatter.
const SCATTER: f64 = 0.2;
/// A reflection is at most so many dB weaker than the direct sound.
const WEAKEST: f64 = 20.0;
/// Direct sound and reflection are both so many dB louder than what lies between.
const LOUDER: f64 = 6.0;
/// And by so many standard errors of the levels: in a sound that is dense from the first on, where every level is
/// chance, two have to be that far above one between them, of some hundred that are looked at.
const ERRORS: f64 = 4.0;
/// A sound begins where its energy is first within 6 dB of its largest one.
const BEGINS: f64 = 0.25;

/// Seconds from the direct sound, which begins at `onset`, to the first reflection, of the energies of samples.
///
/// Both have to stand out of a gap between them: of the median of all that lies there, and of the [`GAP`] right before
/// the reflection. So a sound that builds up, or is dense from the first on, has no such time. What comes within the
/// [`DIRECT`] sound's time is a part of it, such as the floor's reflection; and where what comes next does not stand
/// out, nothing is told, because what comes after it is not the first.
pub(super) fn initial_time_delay_gap(energy: &[f64], sample_rate: f64, onset: usize) -> Figure {
    let samples = |seconds: f64| (seconds * sample_rate) as usize;
    let (length, over, latest) = (samples(WINDOW).max(1), samples(DIRECT / 1000.0), samples(LATEST));
    let step = (length / STEPS).max(1);
    let heard = energy.get(onset..).unwrap_or(&[]);
    let early = &heard[..heard.len().min(latest + 2 * length)];
    if early.len() < over + length {
        return Err(NotMeasurable::NoReflection);
    }
    let level = |from: usize| decibels(mean(&early[from..from + length]));
    let late = heard.get(latest..).unwrap_or(&[]);
    let scatter = scatter(&Levels::new(&late[..late.len().min(samples(SCATTER))], length).values);
    // Both levels of a difference scatter, that of a longer stretch less.
    let margin = |gap: usize| LOUDER.max(ERRORS * scatter * (1.0 + length as f64 / gap as f64).sqrt());
    let begins = |stretch: Range<usize>| {
        let stretch = &early[stretch.start..stretch.end.min(early.len())];
        let largest = stretch.iter().copied().fold(0.0, f64::max);
        stretch.iter().position(|energy| *energy >= BEGINS * largest).unwrap_or(0)
    };

    let loudest = (0..=over.saturating_sub(length)).step_by(step).map(|at| (at, level(at)));
    let Some((at, direct)) = loudest.min_by(|a, b| b.1.total_cmp(&a.1)) else {
        return Err(NotMeasurable::NoDirectSound);
    };
    let behind = at + length;
    if level(over) > direct - margin(samples(GAP)) {
        return Err(NotMeasurable::NoDirectSound);
    }
    let mut windows = (behind..=early.len() - length).step_by(step).peekable();
    let (mut between, mut since) = (Vec::new(), None);
    for at in (over..=early.len() - length).step_by(step) {
        while let Some(window) = windows.next_if(|window| between.is_empty() || window + length <= at) {
            between.push(level(window));
        }
        let (here, usual) = (level(at), median(&mut between));
        let is_quiet = usual < direct - margin(samples(GAP));
        if here < direct - WEAKEST || is_quiet && here < usual + LOUDER {
            since = None;
            continue;
        }
        let gap = behind.max(at.saturating_sub(samples(GAP)))..at;
        let stands_out = decibels(mean(&early[gap.clone()])) + margin(gap.len());
        if here.min(direct) > stands_out.max(usual + LOUDER) {
            // It has just come in at the window's end, and what is to be found of it may come a little later.
            return Ok((at + begins(at..at + 2 * length) - begins(0..over)) as f64 / sample_rate);
        }
        if at + step >= *since.get_or_insert(at) + length {
            break;
        }
    }
    Err(NotMeasurable::NoReflection)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::random::Random;

    const RATE: f64 = 48_000.0;

    /// A direct sound, reflections, and noise from 40 ms on.
    fn room(reflections: &[(usize, f64)]) -> Vec<f64> {
        let mut random = Random::new(11);
        let late = |n: usize| if n > 2200 { 0.02 } else { 0.001 };
        let mut room: Vec<f64> = (0..9600).map(|n| (late(n) * f64::from(random.bell())).powi(2)).collect();
        room[300] = 1.0;
        reflections.iter().for_each(|(at, height)| room[300 + at] = height * height);
        room
    }

    #[test]
    fn the_gap_is_the_time_to_the_first_reflection_that_stands_out() {
        let gap = |reflections: &[(usize, f64)]| initial_time_delay_gap(&room(reflections), RATE, 300);
        assert_eq!(gap(&[(480, 0.5), (700, 0.8)]), Ok(0.01));
        assert_eq!(gap(&[(481, -0.3)]), Ok(481.0 / RATE));
        // One that is 26 dB down is none, …
        assert_eq!(gap(&[(480, 0.05), (960, 0.3)]), Ok(0.02));
        // … what comes within 2.5 ms is a part of the direct sound, …
        assert_eq!(gap(&[(60, 0.9), (110, 0.7), (960, 0.3)]), Ok(0.02));
        // … of two that come together the first one counts, …
        assert_eq!(gap(&[(960, 0.5), (975, 0.6)]), Ok(0.02));
        // … and what comes after one that does not stand out is not the first.
        assert!(gap(&[(110, 0.9), (165, 0.6), (960, 0.3)]).is_err());
        // Where there is none, the room answers.
        assert!((gap(&[]).expect("noise after a gap") - 0.04).abs() < 0.001);
    }

    #[test]
    fn nothing_stands_out_of_what_is_dense_or_builds_up() {
        // Dark: two smoothers in a row, 6 dB down at 2.2 kHz.
        let dense = |seed: u64, times: f64| -> Vec<f64> {
            let mut random = Random::new(seed);
            let mut smooth = [0.0; 2];
            let mut sample = |n: u32| {
                smooth[0] += 0.25 * (f64::from(random.bell()) - smooth[0]);
                smooth[1] += 0.25 * (smooth[0] - smooth[1]);
                (smooth[1] * 10_f64.powf(-3.0 * times * f64::from(n) / RATE)).powi(2)
            };
            (0..24_000).map(&mut sample).collect()
        };
        for (seed, times) in (0..60).zip([-0.5, 0.3, 1.0, 3.0].into_iter().cycle()) {
            let found = initial_time_delay_gap(&dense(seed, times), RATE, 0);
            assert!(found.is_err(), "seed {seed}, {times} times a second by 60 dB: {found:?}");
        }
        for short in [&[][..], &[1.0], &[1.0, 0.0, 0.0]] {
            assert_eq!(initial_time_delay_gap(short, RATE, 0), Err(NotMeasurable::NoReflection));
        }
    }
}

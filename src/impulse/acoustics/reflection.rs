//! When the first reflection comes.

use super::levels::{decibels, mean};
use super::reason::{Figure, NotMeasurable};

/// Reflections are looked for in what lies above so many Hz: a window holds a whole period of that, so what is lower
/// would come and go within one sound.
pub(super) const LOWEST: f64 = 1000.0;
/// Length in seconds of what is looked at at once.
const WINDOW: f64 = 0.001;
/// Reflections are looked for up to so many seconds behind the direct sound; what comes later is an echo.
const LATEST: f64 = 0.1;
/// A reflection is at most so many dB weaker than the direct sound.
const WEAKEST: f64 = 20.0;
/// A reflection is so many dB louder than the quietest moment between it and the direct sound. Noise of 20 kHz scatters
/// by 1 dB in a window: six of these.
const LOUDER: f64 = 6.0;

/// Seconds from the direct sound, which begins at `onset`, to the first reflection that stands out, peak to peak, of
/// the energies of samples.
pub(super) fn initial_time_delay_gap(energy: &[f64], sample_rate: f64, onset: usize) -> Figure {
    let length = ((WINDOW * sample_rate) as usize).max(1);
    let last = energy.len().min(onset + (LATEST * sample_rate) as usize + length);
    let Some(heard) = energy.get(onset..last) else { return Err(NotMeasurable::NoReflection) };
    let peak = |from: usize| {
        let window = from..(from + length).min(heard.len());
        window.max_by(|a, b| heard[*a].total_cmp(&heard[*b])).unwrap_or(from)
    };
    let mut levels = heard.windows(length).map(|window| decibels(mean(window))).enumerate().step_by(step(length));
    let Some((_, direct)) = levels.next() else { return Err(NotMeasurable::NoReflection) };
    let mut quietest = direct;
    for (at, level) in levels.skip_while(|(at, _)| *at < length) {
        quietest = quietest.min(level);
        if level > quietest + LOUDER && level > direct - WEAKEST {
            // It has just come in at the window's end.
            return Ok((peak(at + length - step(length)) - peak(0)) as f64 / sample_rate);
        }
    }
    Err(NotMeasurable::NoReflection)
}

/// Samples from one window to the next.
fn step(length: usize) -> usize {
    (length / 16).max(1)
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
        // … and nothing stands out of noise that dies away from the beginning.
        let mut random = Random::new(12);
        let noise: Vec<f64> =
            (0..24_000).map(|n| (f64::from(random.bell()) * 10_f64.powf(-3.0 * f64::from(n) / RATE)).powi(2)).collect();
        assert_eq!(initial_time_delay_gap(&noise, RATE, 0), Err(NotMeasurable::NoReflection));
        for short in [&[][..], &[1.0], &[1.0, 0.0, 0.0]] {
            assert_eq!(initial_time_delay_gap(short, RATE, 0), Err(NotMeasurable::NoReflection));
        }
    }
}

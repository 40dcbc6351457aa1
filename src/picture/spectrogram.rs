//! Levels over time and frequency.

use super::response::{HIGHEST, LOWEST};
use crate::cancel::{Cancelled, Token};
use realfft::RealFftPlanner;
use realfft::num_complex::Complex32;

/// Stretches of time.
pub(super) const COLUMNS: usize = 512;
/// Frequencies, equally far apart on a logarithmic scale.
pub(super) const ROWS: usize = 160;
/// Samples of the shortest and of the longest window. Its length is that of four columns in between: so neighbouring
/// columns overlap, and what is short in time stays so.
const WINDOW: (usize, usize) = (256, 4096);
/// Range of the levels in dB.
const RANGE: f32 = 100.0;
/// The level of all that is no louder, in dB below the loudest cell.
pub(super) const LEAST: f32 = -RANGE;

/// Levels of one channel, from its loudest cell down.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spectrogram {
    /// Frequencies in Hz of the middle of the first row and of the last one.
    pub range: (f64, f64),
    /// For each stretch of time, from the lowest frequency on: 255 is the loudest cell, 0 is 100 dB below it and less.
    pub levels: Vec<u8>,
}

impl Spectrogram {
    /// Number of stretches of time, and of frequencies.
    pub const SIZE: (usize, usize) = (COLUMNS, ROWS);

    /// Of one channel: power spectra of windows (Hann) around the middle of each stretch.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(super) fn new(samples: &[f32], sample_rate: u32, cancel: &Token) -> Result<Self, Cancelled> {
        let window = (samples.len() * 4 / COLUMNS).next_power_of_two().clamp(WINDOW.0, WINDOW.1);
        let shape: Vec<f32> = (0..window)
            .map(|n| (0.5 - 0.5 * (std::f64::consts::TAU * (n as f64 + 0.5) / window as f64).cos()) as f32)
            .collect();
        let transform = RealFftPlanner::<f32>::new().plan_fft_forward(window);
        let (mut frame, mut bins) = (transform.make_input_vec(), transform.make_output_vec());
        let range = (LOWEST, HIGHEST.min(f64::from(sample_rate) / 2.0));
        let edge = |row: f64| {
            let hz = range.0 * (range.1 / range.0).powf(row / (ROWS - 1) as f64);
            hz * window as f64 / f64::from(sample_rate)
        };
        let rows: Vec<[f64; 2]> = (0..ROWS).map(|row| [-0.5, 0.5].map(|half| edge(row as f64 + half))).collect();
        let mut powers = Vec::with_capacity(COLUMNS * ROWS);
        for column in 0..COLUMNS {
            cancel.check()?;
            let middle = (2 * column + 1) * samples.len() / (2 * COLUMNS);
            for (n, (value, weight)) in frame.iter_mut().zip(&shape).enumerate() {
                let sample = (middle + n).checked_sub(window / 2).and_then(|at| samples.get(at));
                *value = sample.map_or(0.0, |sample| sample * weight);
            }
            if transform.process(&mut frame, &mut bins).is_err() {
                return Ok(Self::default()); // It has only lengths of its own making.
            }
            powers.extend(rows.iter().map(|edges| strongest(&bins, *edges)));
        }
        let loudest = powers.iter().copied().fold(0.0, f32::max);
        let level = |power: f32| {
            if power <= 0.0 {
                return 0;
            }
            let below = 10.0 * (power / loudest).log10();
            // Halves go up; what is louder than the range is deep is at least 1.
            (255.0 * (1.0 + below / RANGE)).round().clamp(0.0, 255.0) as u8
        };
        Ok(Self { range, levels: powers.into_iter().map(level).collect() })
    }

    /// Level in dB below the loudest cell at a share of the time and a frequency in Hz; `None` outside.
    #[must_use]
    pub fn at(&self, time: f64, hz: f64) -> Option<f32> {
        let (low, high) = self.range;
        let row = ((hz / low).ln() / (high / low).ln() * (ROWS - 1) as f64).round();
        let column = (time * COLUMNS as f64).floor();
        if row < 0.0 || row >= ROWS as f64 || column < 0.0 || column >= COLUMNS as f64 {
            return None;
        }
        let level = self.levels.get(column as usize * ROWS + row as usize)?;
        Some(RANGE * (f32::from(*level) / 255.0 - 1.0))
    }
}

/// Power of the strongest bin between two places; of less than a bin, what lies on the line between its neighbours.
fn strongest(bins: &[Complex32], [from, to]: [f64; 2]) -> f32 {
    let last = bins.len() - 1;
    let power = |bin: usize| bins[bin.min(last)].norm_sqr();
    let (first, end) = (from.ceil() as usize, to.floor() as usize);
    if first <= end {
        return (first..=end).map(power).fold(0.0, f32::max);
    }
    let middle = 0.5 * (from + to);
    let (below, share) = (middle.floor() as usize, middle.fract() as f32);
    power(below) + share * (power(below + 1) - power(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_that_begins_halfway_is_bright_there_and_at_its_frequency() {
        let tone = |hz: f64, n: usize| (std::f64::consts::TAU * hz * n as f64 / 48_000.0).sin() as f32;
        for hz in [100.0, 1000.0, 9000.0] {
            let samples: Vec<f32> = (0..96_000).map(|n| if n < 48_000 { 0.0 } else { tone(hz, n) }).collect();
            let shown = Spectrogram::new(&samples, 48_000, &Token::never()).expect("not cancelled");
            let at = |time, hz| shown.at(time, hz).expect("inside");
            assert!(at(0.75, hz) > -1.5, "{hz}: {}", at(0.75, hz));
            // Two octaves away a Hann window of 1024 samples leaves less than -60 dB, of 100 Hz the lower octaves are
            // within the width of a bin.
            assert!(at(0.75, 4.0 * hz.min(4000.0)) < -50.0, "{hz}: {}", at(0.75, 4.0 * hz.min(4000.0)));
            assert_eq!(at(0.4, hz), -100.0, "silence");
        }
    }

    #[test]
    fn silence_and_a_single_sample_are_drawn() {
        for samples in [vec![0.0; 100], vec![1.0]] {
            let shown = Spectrogram::new(&samples, 44_100, &Token::never()).expect("not cancelled");
            assert_eq!(shown.levels.len(), COLUMNS * ROWS);
            assert_eq!(shown.levels.iter().max(), Some(&if samples[0] == 0.0 { 0 } else { 255 }));
            assert_eq!((shown.at(-0.1, 100.0), shown.at(1.0, 100.0), shown.at(0.5, 5.0)), (None, None, None));
        }
    }
}

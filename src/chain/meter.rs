//! Meters of input and output: peak and RMS.

use crate::engine::MAX_CHANNELS;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};

/// Time constant of the RMS in seconds: a tone that begins is read to 99 % after 300 ms, as IEC 60268-17 asks of a
/// standard volume indicator. The mean of the squares is then at 0.99², hence the logarithm.
pub const INTEGRATION: f32 = 0.3 / 3.917_036; // −ln(1 − 0.99²)

/// Levels of input and output. The audio thread writes them only while metering is on.
///
/// Every access is relaxed, because a level is a number by itself and publishes nothing else. A peak may be lost if it
/// is taken at the moment in which it is raised; the next block raises the next one.
#[derive(Debug, Default)]
pub struct Meters {
    watched: AtomicBool,
    /// Numbers of input and output channels; 0 before there is a chain.
    channels: [AtomicUsize; 2],
    /// Chunks that were metered, to tell a pause from silence.
    chunks: AtomicUsize,
    input: Levels,
    output: Levels,
}

/// The level of one channel, linear, 1 at full scale.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reading {
    /// Largest absolute sample since the reading before.
    pub peak: f32,
    /// Root of the mean square, over 300 ms ([`INTEGRATION`]).
    pub rms: f32,
}

/// Of each channel, as the bits of a positive `f32`.
#[derive(Debug, Default)]
struct Levels {
    peaks: [AtomicU32; MAX_CHANNELS],
    mean_squares: [AtomicU32; MAX_CHANNELS],
}

impl Meters {
    /// Switches metering on or off. \[editor\]
    pub fn watch(&self, on: bool) {
        if !self.watched.swap(on, Relaxed) {
            self.clear();
        }
    }

    /// True while metering is on. \[any\]
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.watched.load(Relaxed)
    }

    /// Numbers of input and output channels; 0 before there is a chain. \[any\]
    #[must_use]
    pub fn channels(&self) -> [usize; 2] {
        self.channels.each_ref().map(|count| count.load(Relaxed))
    }

    /// A count that stands still while nothing is played. \[editor\]
    #[must_use]
    pub fn chunks(&self) -> usize {
        self.chunks.load(Relaxed)
    }

    /// Forgets what was heard before: nothing is played any more, or nobody looked. \[editor\]
    pub fn clear(&self) {
        for levels in [&self.input, &self.output] {
            levels.peaks.iter().chain(&levels.mean_squares).for_each(|level| level.store(0, Relaxed));
        }
    }

    /// A chain begins that has so many inputs and outputs. \[main\]
    pub(super) fn count(&self, inputs: usize, outputs: usize) {
        self.channels[0].store(inputs, Relaxed);
        self.channels[1].store(outputs, Relaxed);
    }

    /// The input channels; takes their peaks. \[editor\]
    #[must_use]
    pub fn take_input(&self) -> [Reading; MAX_CHANNELS] {
        self.input.take()
    }

    /// The output channels; takes their peaks. \[editor\]
    #[must_use]
    pub fn take_output(&self) -> [Reading; MAX_CHANNELS] {
        self.output.take()
    }

    /// A chunk of the input, at a sample rate in Hz. Real-time safe.
    pub(super) fn raise_input<'a>(&self, channels: impl Iterator<Item = &'a [f32]>, sample_rate: u32) {
        self.input.raise(channels, sample_rate);
    }

    /// A chunk of the output, likewise, which completes the chunk.
    pub(super) fn raise_output<'a>(&self, channels: impl Iterator<Item = &'a [f32]>, sample_rate: u32) {
        self.output.raise(channels, sample_rate);
        self.chunks.store(self.chunks.load(Relaxed).wrapping_add(1), Relaxed);
    }
}

impl Levels {
    fn take(&self) -> [Reading; MAX_CHANNELS] {
        std::array::from_fn(|channel| Reading {
            peak: f32::from_bits(self.peaks[channel].swap(0, Relaxed)),
            rms: f32::from_bits(self.mean_squares[channel].load(Relaxed)).sqrt(),
        })
    }

    fn raise<'a>(&self, channels: impl Iterator<Item = &'a [f32]>, sample_rate: u32) {
        for ((peak, mean_square), samples) in self.peaks.iter().zip(&self.mean_squares).zip(channels) {
            let before = f32::from_bits(peak.load(Relaxed));
            let (largest, sum) = samples.iter().fold((before, 0.0), |(largest, sum), sample| {
                (f32::max(largest, sample.abs()), sample.mul_add(*sample, sum))
            });
            if largest > before {
                peak.store(largest.to_bits(), Relaxed);
            }
            let frames = samples.len() as f32;
            let kept = (-frames / (INTEGRATION * sample_rate as f32)).exp();
            let before = f32::from_bits(mean_square.load(Relaxed));
            let now = sum / frames + kept * (before - sum / frames);
            // A sample that is no number is not kept for ever.
            mean_square.store(if now.is_finite() { now.max(0.0).to_bits() } else { 0 }, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    /// The reading after so many blocks of 64 frames, of a sine with a period of 64 frames.
    fn read(meters: &Meters, amplitude: f32, blocks: usize) -> Reading {
        let turn = std::f32::consts::TAU / 64.0;
        let sine: Vec<f32> = (0..64).map(|frame| amplitude * (turn * frame as f32).sin()).collect();
        (0..blocks).for_each(|_| meters.raise_output(std::iter::once(&sine[..]), RATE));
        meters.take_output()[0]
    }

    fn decibels(ratio: f32) -> f32 {
        20.0 * ratio.log10()
    }

    /// Rounding: of a sum of 64 squares by at most 64 · 2^-24 of it, and of the 750 steps of the mean, each of which
    /// keeps 98.3 % of the errors before, by at most 3 · 2^-24 / (1 − 0.983). That is 1.5e-5 of the square, 7e-5 dB.
    const ROUNDING: f32 = 7e-5;

    #[test]
    fn the_rms_of_a_sine_is_3_01_decibels_below_its_peak() {
        let reading = read(&Meters::default(), 0.5, 750);
        assert_eq!(reading.peak, 0.5, "at a quarter of the period");
        let below = decibels(reading.rms / reading.peak);
        // After a second, exp(−1 / INTEGRATION) = 2.1e-6 of the square is missing, 1e-5 dB.
        assert!((below + 3.0103).abs() < ROUNDING + 1e-5, "{below}");
    }

    #[test]
    fn a_tone_is_read_to_99_hundredths_after_300_milliseconds() {
        let meters = Meters::default();
        let share = read(&meters, 1.0, 225).rms / 0.5_f32.sqrt(); // 225 · 64 frames = 300 ms
        // The rounding above is half of it in the root.
        assert!((share - 0.99).abs() < 1e-5, "{share}");
        let silent = read(&meters, 0.0, 225).rms / 0.5_f32.sqrt();
        let expected = 0.99 * 0.0199_f32.sqrt(); // 1 − 0.99² of the square is left
        // 225 steps that round twice by 2^-24 and what was before: 4e-5 of the square, half of it in the root.
        assert!((silent / expected - 1.0).abs() < 2e-5, "{silent}");
    }

    #[test]
    fn what_was_heard_before_a_look_began_counts_no_more() {
        let meters = Meters::default();
        assert!(read(&meters, 1.0, 10).rms > 0.0);
        meters.watch(true);
        assert_eq!(meters.take_output()[0], Reading::default());
        let heard = read(&meters, 1.0, 10);
        meters.watch(true);
        assert_eq!(read(&meters, 1.0, 0).rms, heard.rms, "it goes on");
    }

    #[test]
    fn a_sample_that_is_no_number_is_forgotten() {
        let meters = Meters::default();
        meters.raise_output(std::iter::once(&[f32::NAN; 64][..]), RATE);
        assert!(read(&meters, 1.0, 750).rms > 0.7);
    }
}

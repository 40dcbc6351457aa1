//! Spectra that change over time, overlapped and added to a signal.

use super::SAMPLE_RATE;
use crate::cancel::{Cancelled, Token};
use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Length of a frame in samples: 21 ms at 48 kHz, so a bin is 47 Hz.
pub(super) const SIZE: usize = 1024;
/// From one frame to the next in samples. Squared Hann windows at a quarter of their length add up to a constant.
pub(super) const HOP: usize = SIZE / 4;
/// Bins of a frame's spectrum.
pub(super) const BINS: usize = SIZE / 2 + 1;

/// In Hz, of a frame's bin.
pub(super) fn bin_frequency(bin: usize) -> f64 {
    bin as f64 * SAMPLE_RATE / SIZE as f64
}

/// Frames between two checks of the token: less than a millisecond's work.
const FRAMES_PER_CHECK: usize = 16;

/// A frame's spectrum.
pub(super) type Spectrum = Vec<Complex32>;

/// The transforms and the window.
pub(super) struct Frames {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    scratch: Vec<Complex32>,
    time: Vec<f32>,
}

impl Frames {
    pub(super) fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(SIZE);
        let inverse = planner.plan_fft_inverse(SIZE);
        // Four squared windows overlap everywhere, 3/8 each on the average.
        let scale = (2.0_f64 / 3.0).sqrt();
        let step = std::f64::consts::TAU / SIZE as f64;
        let window = (0..SIZE).map(|n| (scale * 0.5 * (1.0 - (step * n as f64).cos())) as f32).collect();
        let scratch = vec![Complex32::ZERO; forward.get_scratch_len().max(inverse.get_scratch_len())];
        Self { forward, inverse, window, scratch, time: vec![0.0; SIZE] }
    }

    /// Where a frame starts, in samples. Frame 1 is centred on the first sample: frame 0 still reaches into the signal,
    /// one before it would not.
    fn start(frame: usize) -> isize {
        (frame * HOP) as isize - (HOP + SIZE / 2) as isize
    }

    /// Frames that reach into a signal of `length` samples.
    fn count(length: usize) -> usize {
        (length + HOP + SIZE / 2).div_ceil(HOP)
    }

    /// The windowed spectrum of `signal` around a frame's centre, divided by the frame's length so that
    /// [`Frames::render`] gives the signal back.
    pub(super) fn analyse(&mut self, signal: &[f32], frame: usize, spectrum: &mut [Complex32]) {
        let start = Self::start(frame);
        for (n, (sample, weight)) in self.time.iter_mut().zip(&self.window).enumerate() {
            let found = usize::try_from(start + n as isize).ok().and_then(|index| signal.get(index));
            *sample = found.copied().unwrap_or(0.0) * weight / SIZE as f32;
        }
        self.forward
            .process_with_scratch(&mut self.time, spectrum, &mut self.scratch)
            .expect("buffers have the planned lengths");
    }

    /// Renders a signal of `length` samples for each of `CHANNELS` channels: `fill` writes the spectra of each frame,
    /// in which white noise of unit variance has the mean square 1 / [`SIZE`].
    pub(super) fn render<const CHANNELS: usize>(
        &mut self,
        length: usize,
        cancel: &Token,
        mut fill: impl FnMut(&mut Self, usize, &mut [Spectrum; CHANNELS]),
    ) -> Result<[Vec<f32>; CHANNELS], Cancelled> {
        let mut spectra: [Spectrum; CHANNELS] = std::array::from_fn(|_| vec![Complex32::ZERO; BINS]);
        let mut output: [Vec<f32>; CHANNELS] = std::array::from_fn(|_| vec![0.0; length]);
        for frame in 0..Self::count(length) {
            if frame % FRAMES_PER_CHECK == 0 {
                cancel.check()?;
            }
            fill(self, frame, &mut spectra);
            for (spectrum, signal) in spectra.iter_mut().zip(&mut output) {
                // A real signal's spectrum is real at both ends.
                spectrum[0].im = 0.0;
                spectrum[BINS - 1].im = 0.0;
                self.inverse
                    .process_with_scratch(spectrum, &mut self.time, &mut self.scratch)
                    .expect("buffers have the planned lengths and both ends are real");
                let start = Self::start(frame);
                let skipped = start.min(0).unsigned_abs();
                let frame_samples = self.time.iter().zip(&self.window).skip(skipped);
                let signal = signal.iter_mut().skip(start.max(0).unsigned_abs());
                for (sample, (value, weight)) in signal.zip(frame_samples) {
                    *sample += value * weight;
                }
            }
        }
        Ok(output)
    }
}

#[cfg(test)]
mod tests {
    use super::{Frames, Spectrum};
    use crate::cancel::Token;
    use crate::impulse::random::Random;

    #[test]
    fn a_signal_that_is_analysed_and_rendered_unchanged_comes_back() {
        let mut random = Random::new(5);
        let signal: Vec<f32> = (0..5000).map(|_| random.bell()).collect();
        let render = |frames: &mut Frames, frame: usize, [spectrum]: &mut [Spectrum; 1]| {
            frames.analyse(&signal, frame, spectrum);
        };
        let [back] = Frames::new().render(signal.len(), &Token::never(), render).expect("not cancelled");
        let worst = signal.iter().zip(&back).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        // Two transforms of 10 stages and four additions, each within one part in 2^24 of values up to 4.
        assert!(worst < 4.0 * 24.0 * f32::EPSILON, "{worst}");
    }
}

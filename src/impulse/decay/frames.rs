//! Short overlapping frames of an impulse, as spectra.
//!
//! Two channels are the real and the imaginary part of one signal. Whatever multiplies the spectrum of either as it
//! does that of a real signal leaves them apart: a gain that has the same value at a frequency and its negative, and a
//! phase that has the opposite one.

use crate::cancel::{Cancelled, Token};
use realfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};
use std::f64::consts::PI;
use std::sync::Arc;

/// Length of a frame in seconds, about: its bins lie 23 Hz apart, and a band from 177 to 354 Hz has eight of them.
const SECONDS: f64 = 0.0427;
/// Frames that overlap at each sample. With Hann windows before and behind, a gain that falls by 10 dB from frame to
/// frame ripples by less than 0.4 dB; with half as many it would by 8.
pub(super) const OVERLAP: usize = 4;

/// How frames are cut and joined: Hann windows before and behind, whose products sum to a constant, so that frames
/// that are not changed give back the signal (Griffin, Lim: *Signal estimation from modified short-time Fourier
/// transform*, IEEE Trans. ASSP 32, 1984).
pub(in crate::impulse) struct Frames {
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    /// The window with all factors of both transforms and of the overlap.
    behind: Vec<f32>,
    /// Samples from one frame to the next.
    pub(in crate::impulse) hop: usize,
}

/// What one frame is worked on.
pub(in crate::impulse) struct Desk {
    /// As many as a frame has samples: from 0 up to half of the rate, and behind that the negative frequencies.
    pub(in crate::impulse) bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Frames {
    pub(in crate::impulse) fn new(rate: f64) -> Self {
        let length = (1_usize << (SECONDS * rate).max(1.0).log2().round() as u32).max(16);
        let mut planner = FftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
        let hann = |n: usize| (PI * (n as f64 + 0.5) / length as f64).sin().powi(2);
        // The sum of the squares of Hann windows that overlap four times is 3/2.
        let scale = 1.0 / (1.5 * length as f64);
        Self {
            forward,
            inverse,
            window: (0..length).map(|n| hann(n) as f32).collect(),
            behind: (0..length).map(|n| (hann(n) * scale) as f32).collect(),
            hop: length / OVERLAP,
        }
    }

    /// Samples of a frame.
    pub(in crate::impulse) fn length(&self) -> usize {
        self.window.len()
    }

    /// Bins of a frame's spectrum that are not at negative frequencies.
    pub(in crate::impulse) fn bins(&self) -> usize {
        self.length() / 2 + 1
    }

    /// Where the middle of a frame lies, in samples after the first sample of the signal.
    pub(in crate::impulse) fn middle(&self, frame: usize) -> f64 {
        (frame as f64 - 1.0) * self.hop as f64
    }

    /// Frames in which so many samples from the first on lie whole.
    pub(in crate::impulse) fn count(&self, samples: usize) -> usize {
        samples.div_ceil(self.hop) + OVERLAP - 1
    }

    pub(in crate::impulse) fn desk(&self) -> Desk {
        let scratch = self.forward.get_inplace_scratch_len().max(self.inverse.get_inplace_scratch_len());
        Desk { bins: vec![Complex32::default(); self.length()], scratch: vec![Complex32::default(); scratch] }
    }

    /// The spectra of the frames of one signal or two of one length, one after another. They are silent before and
    /// behind.
    pub(super) fn spectra(&self, signals: &[Vec<f32>], cancel: &Token) -> Result<Vec<Complex32>, Cancelled> {
        let mut desk = self.desk();
        let length = signals[0].len();
        let count = self.count(length);
        let mut spectra = Vec::with_capacity(count * self.length());
        for frame in 0..count {
            cancel.check()?;
            let end = (frame + 1) * self.hop;
            let silent = self.length().saturating_sub(end);
            let heard = end.saturating_sub(self.length()).min(length)..end.min(length);
            desk.bins.fill(Complex32::default());
            for (side, signal) in signals.iter().enumerate() {
                let windowed = desk.bins[silent..].iter_mut().zip(&self.window[silent..]);
                windowed.zip(&signal[heard.clone()]).for_each(|((bin, window), heard)| {
                    *part_of(bin, side) = heard * window;
                });
            }
            self.forward.process_with_scratch(&mut desk.bins, &mut desk.scratch);
            spectra.extend_from_slice(&desk.bins);
        }
        Ok(spectra)
    }

    /// Adds the signals of the frame on the desk to those of one channel or two, whose first sample is the signals'
    /// first.
    pub(in crate::impulse) fn join(&self, desk: &mut Desk, frame: usize, channels: &mut [Vec<f32>]) {
        let Desk { bins: made, scratch } = desk;
        self.inverse.process_with_scratch(made, scratch);
        let end = (frame + 1) * self.hop;
        let silent = self.length().saturating_sub(end);
        let length = channels[0].len();
        let heard = end.saturating_sub(self.length()).min(length)..end.min(length);
        for (side, channel) in channels.iter_mut().enumerate() {
            let windowed = made[silent..].iter_mut().zip(&self.behind[silent..]);
            channel[heard.clone()].iter_mut().zip(windowed).for_each(|(sample, (made, window))| {
                *sample += *part_of(made, side) * window;
            });
        }
    }

    /// Energy that a sample of 1 has in the bins of all its frames together.
    pub(in crate::impulse) fn energy_of_one(&self) -> f64 {
        // The sum of the squares of Hann windows that overlap four times is 3/2.
        1.5 * self.bins() as f64
    }

    /// What an exponential becomes that is sampled once a frame, relative to what it is: its mean under the product of
    /// both windows, `cos⁴`. `rate` is the natural logarithm of its change from sample to sample.
    pub(super) fn mean_of_exponential(&self, rate: f64) -> f64 {
        let x = (0.5 * rate * self.length() as f64).abs();
        if x < 1e-4 {
            return 1.0;
        }
        let part = |order: f64| x * x / (x * x + order * order * PI * PI);
        x.sinh() / x * (1.0 - 4.0 / 3.0 * part(1.0) + 1.0 / 3.0 * part(2.0))
    }
}

/// Products of the bins of two pairs of signals, from 0 up to half of the rate: real parts of each with the conjugate
/// of its like, the signals of a pair together. Of a pair with itself they are its energies.
pub(in crate::impulse) fn products(one: &[Complex32], other: &[Complex32]) -> impl Iterator<Item = f64> {
    let count = one.len().min(other.len());
    // What is 190 dB down has no square in single precision.
    let wide = |bin: Complex32| (f64::from(bin.re), f64::from(bin.im));
    let product = move |bin: usize| {
        let (one, other) = (wide(one[bin]), wide(other[bin]));
        one.0 * other.0 + one.1 * other.1
    };
    // What both signals have beside each other is opposite at the negative frequency.
    (0..count / 2 + usize::from(count > 0)).map(move |bin| 0.5 * (product(bin) + product((count - bin) % count)))
}

/// The part of a pair of signals that is one of them.
fn part_of(pair: &mut Complex32, side: usize) -> &mut f32 {
    if side == 0 { &mut pair.re } else { &mut pair.im }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::random::Random;

    fn joined(frames: &Frames, signals: &[Vec<f32>], gain: impl Fn(usize) -> f32) -> Vec<Vec<f32>> {
        let spectra = frames.spectra(signals, &Token::never()).expect("not cancelled");
        let (mut desk, mut samples) = (frames.desk(), vec![vec![0.0; signals[0].len()]; signals.len()]);
        for (frame, bins) in spectra.chunks(frames.length()).enumerate() {
            desk.bins.copy_from_slice(bins);
            desk.bins.iter_mut().for_each(|bin| *bin *= gain(frame));
            frames.join(&mut desk, frame, &mut samples);
        }
        samples
    }

    #[test]
    fn frames_that_are_not_changed_give_back_the_signal_at_every_rate() {
        let mut random = Random::new(3);
        for rate in [8000.0, 44_100.0, 48_000.0, 96_000.0, 192_000.0] {
            let frames = Frames::new(rate);
            assert!((0.03..0.06).contains(&(frames.length() as f64 / rate)), "{rate} Hz");
            for length in [1, 100, 5000] {
                let mut signal = || (0..length).map(|_| random.bell()).collect::<Vec<f32>>();
                let signals = [signal(), signal()];
                for signals in [&signals[..], &signals[..1]] {
                    let joined = joined(&frames, signals, |_| 1.0);
                    for (found, expected) in joined.iter().flatten().zip(signals.iter().flatten()) {
                        // A few times log2(size) roundings of numbers up to 4.
                        assert!((found - expected).abs() < 1e-5, "{found}, not {expected}");
                    }
                }
            }
        }
    }

    #[test]
    fn an_exponential_over_frames_is_one_over_samples() {
        let frames = Frames::new(48_000.0);
        for seconds in [0.05, 0.5, -0.2] {
            let rate = -3.0 * std::f64::consts::LN_10 / (seconds * 48_000.0);
            let gain = |frame: usize| ((rate * frames.middle(frame)).exp() / frames.mean_of_exponential(rate)) as f32;
            let found = joined(&frames, &[vec![1.0; 20_000]], gain).remove(0);
            for n in (0..20_000).step_by(7) {
                let decibels = 20.0 * (f64::from(found[n]) / (rate * n as f64).exp()).log10();
                // Half of the ripple of 13 dB a frame, and for the rest less.
                assert!(decibels.abs() < 0.3, "{seconds} s, sample {n}: {decibels} dB");
            }
        }
    }
}

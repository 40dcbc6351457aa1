//! Parts of a signal's spectrum: one octave, or all above a frequency.
//!
//! The filters have no phase: they ring before and after alike, so they do not stretch a decay as filters that run
//! forward do.

use crate::cancel::{Cancelled, Token};
use crate::impulse::transform::{PIECE, Transforms};
use realfft::num_complex::Complex32;
use std::rc::Rc;

/// Order of the high-pass. Hum of 60 Hz comes 40 dB weaker through one at 88 Hz, and that of 50 Hz 59 dB, and what
/// rings falls by 60 dB in 0.1 s.
const HIGH_PASS_ORDER: i32 = 12;

/// The octave around `centre` in Hz, as long as `samples` and not delayed: a Butterworth band-pass of eighth order in
/// magnitude (-3 dB at the octave's edges, as IEC 61260-1 draws it), without its phase.
#[must_use]
pub fn octave_band(samples: &[f32], sample_rate: u32, centre: f64) -> Vec<f32> {
    let mut filters = Filters::new(sample_rate);
    let mut filtered = || {
        let spectrum = filters.spectrum(samples, centre, Mirrored::End, &Token::never())?;
        let gains = filters.gains(&spectrum, octave(centre), &Token::never())?;
        filters.apply(&spectrum, &gains, &Token::never())
    };
    filtered().expect("never cancelled")
}

/// Gain over frequency of the octave around `centre`, all in Hz.
pub(super) fn octave(centre: f64) -> impl Fn(f64) -> f64 {
    move |frequency| {
        let place = frequency / centre;
        let detuning = std::f64::consts::SQRT_2 * (place - 1.0 / place);
        (1.0 + detuning.powi(8)).sqrt().recip()
    }
}

/// Filters of signals at one rate. It plans each transform once: that takes longer than the transform.
pub(super) struct Filters {
    transforms: Transforms,
    /// In Hz.
    sample_rate: f64,
    /// The last high-pass, for the next channel: its edge in Hz, the samples of the transform, and its gains.
    high_pass: Option<(f64, usize, Rc<[f32]>)>,
}

/// A signal ready to be filtered.
pub(super) struct Spectrum {
    bins: Vec<Complex32>,
    /// Samples of the signal.
    length: usize,
    /// Samples of the transform.
    size: usize,
}

/// The ends at which a signal is continued by its mirror image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Mirrored {
    End,
    BothEnds,
}

impl Filters {
    /// Of signals at a sample rate in Hz.
    pub(super) fn new(sample_rate: u32) -> Self {
        Self { transforms: Transforms::default(), sample_rate: f64::from(sample_rate), high_pass: None }
    }

    /// In Hz.
    pub(super) fn sample_rate(&self) -> f64 {
        self.sample_rate
    }

    /// What lies above a frequency in Hz, as long as `samples` and not delayed: a Butterworth high-pass in magnitude. A
    /// constant leaves nothing, not even a step at the beginning.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds, as by all of these.
    pub(super) fn above(&mut self, samples: &[f32], edge: f64, cancel: &Token) -> Result<Vec<f32>, Cancelled> {
        let spectrum = self.spectrum(samples, edge, Mirrored::BothEnds, cancel)?;
        let gains = match &self.high_pass {
            Some((last, size, gains)) if (*last, *size) == (edge, spectrum.size) => gains.clone(),
            _ => {
                let gain = |frequency: f64| (1.0 + (edge / frequency).powi(2 * HIGH_PASS_ORDER)).sqrt().recip();
                let gains: Rc<[f32]> = self.gains(&spectrum, gain, cancel)?.into();
                self.high_pass = Some((edge, spectrum.size, gains.clone()));
                gains
            }
        };
        self.apply(&spectrum, &gains, cancel)
    }

    /// The spectrum of a signal, for filters that ring for ten periods of the frequency `slowest` in Hz, or shorter. An
    /// end in the middle of a constant, or of a hum, is no step where its mirror image follows.
    pub(super) fn spectrum(
        &mut self,
        samples: &[f32],
        slowest: f64,
        mirrored: Mirrored,
        cancel: &Token,
    ) -> Result<Spectrum, Cancelled> {
        cancel.check()?;
        let ringing = (10.0 * self.sample_rate / slowest) as usize;
        let size = (samples.len() + 2 * ringing).next_power_of_two();
        let mut signal = Vec::with_capacity(size);
        signal.extend_from_slice(samples);
        signal.extend(samples.iter().rev().skip(1).take(ringing));
        signal.resize(size, 0.0);
        if mirrored == Mirrored::BothEnds {
            let before = samples.iter().skip(1).take(ringing);
            signal.iter_mut().rev().zip(before).for_each(|(before, sample)| *before = *sample);
        }
        let bins = self.transforms.forward(&mut signal, cancel)?;
        Ok(Spectrum { bins, length: samples.len(), size })
    }

    /// A filter's gains by its gain over frequency in Hz, for signals as long as this one.
    pub(super) fn gains(
        &self,
        spectrum: &Spectrum,
        gain: impl Fn(f64) -> f64,
        cancel: &Token,
    ) -> Result<Vec<f32>, Cancelled> {
        let (step, size) = (self.sample_rate / spectrum.size as f64, spectrum.size as f64);
        let mut gains = Vec::with_capacity(spectrum.bins.len());
        for first in (0..spectrum.bins.len()).step_by(PIECE) {
            cancel.check()?;
            let bins = first..spectrum.bins.len().min(first + PIECE);
            gains.extend(bins.map(|bin| (gain(bin as f64 * step) / size) as f32));
        }
        Ok(gains)
    }

    /// The filtered signal.
    pub(super) fn apply(&mut self, spectrum: &Spectrum, gains: &[f32], cancel: &Token) -> Result<Vec<f32>, Cancelled> {
        let mut bins: Vec<Complex32> = spectrum.bins.iter().zip(gains).map(|(bin, gain)| bin * gain).collect();
        let mut signal = self.transforms.inverse(&mut bins, cancel)?;
        signal.truncate(spectrum.length);
        Ok(signal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_of_sine(frequency: f64) -> f64 {
        let sine: Vec<f32> =
            (0..48_000).map(|n| (std::f64::consts::TAU * frequency * f64::from(n) / 48_000.0).sin() as f32).collect();
        let band = octave_band(&sine, 48_000, 1000.0);
        let energy: f64 = band[12_000..36_000].iter().map(|s| f64::from(*s).powi(2)).sum();
        10.0 * (energy / 12_000.0).log10()
    }

    #[test]
    fn passes_its_centre_halves_its_edges_and_stops_its_neighbours() {
        // The sine starts and ends in a step, whose ringing is gone within the quarter second that is left out.
        assert!(level_of_sine(1000.0).abs() < 0.01);
        for edge in [1000.0 / 2_f64.sqrt(), 1000.0 * 2_f64.sqrt()] {
            assert!((level_of_sine(edge) + 3.01).abs() < 0.05, "{edge}: {}", level_of_sine(edge));
        }
        // (√2 · 1.5)⁴ = 20.25, so -26.1 dB one octave away; (√2 · 3.75)⁴ = 791, so -58 dB two away.
        for (far, decibels) in [(500.0, -26.1), (2000.0, -26.1), (250.0, -58.0), (4000.0, -58.0)] {
            assert!((level_of_sine(far) - decibels).abs() < 0.2, "{far}: {}", level_of_sine(far));
        }
    }

    #[test]
    fn does_not_delay() {
        let mut click = vec![0.0; 4800];
        click[2400] = 1.0;
        let band = octave_band(&click, 48_000, 1000.0);
        let largest = (0..band.len()).max_by(|a, b| band[*a].abs().total_cmp(&band[*b].abs()));
        assert_eq!(largest, Some(2400));
        assert!((band[2300] - band[2500]).abs() < 1e-6, "it rings alike before and after");
    }

    #[test]
    fn what_rings_behind_the_end_does_not_come_in_at_the_start() {
        let mut click = vec![0.0; 4096];
        click[4090] = 1.0;
        let band = octave_band(&click, 48_000, 1000.0);
        assert!(band[..2000].iter().all(|sample| sample.abs() < 1e-6));
    }
}

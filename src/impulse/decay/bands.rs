//! Energies of octaves with steep edges, over time.

use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::impulse::gain::rise;
use realfft::RealFftPlanner;
use realfft::num_complex::Complex32;
use rustfft::FftPlanner;

/// An octave's skirts go from 1 to 0 between these two distances from its centre, in octaves. Filters that are less
/// steep let a neighbour in that dies away more slowly, and at the end of a decay there is nothing else; what has
/// corners rings until then.
const INNER: f64 = 0.4;
const OUTER: f64 = 0.8;
/// Into how many parts an octave is divided.
pub(super) const PARTS: usize = 5;

/// The spectrum of all of an impulse from its direct sound on.
pub(super) struct Bands {
    spectra: Vec<Vec<Complex32>>,
    size: usize,
    rate: f64,
    planner: FftPlanner<f32>,
}

impl Bands {
    pub(super) fn new(impulse: &Impulse, onset: usize, cancel: &Token) -> Result<Self, Cancelled> {
        let rate = f64::from(impulse.sample_rate());
        // What rings before the beginning comes in behind the end: there is room for that.
        let size = (impulse.len() - onset + rate as usize).next_power_of_two();
        let forward = RealFftPlanner::new().plan_fft_forward(size);
        let mut spectra = Vec::new();
        for channel in impulse.channels() {
            cancel.check()?;
            let mut samples = forward.make_input_vec();
            samples[..channel.len() - onset].copy_from_slice(&channel[onset..]);
            let mut spectrum = forward.make_output_vec();
            forward.process(&mut samples, &mut spectrum).expect("lengths match");
            spectra.push(spectrum);
        }
        Ok(Self { spectra, size, rate, planner: FftPlanner::new() })
    }

    /// Mean energy of a sample of an octave, the channels together, and how many samples lie from one to the next. An
    /// octave alone, moved down to where it begins, needs so few samples as its width has room for.
    pub(super) fn energies(&mut self, centre: f64) -> (Vec<f64>, usize) {
        let step = self.rate / self.size as f64;
        let bin = |octaves: f64| (centre * octaves.exp2() / step) as usize;
        let (first, last) = (bin(-OUTER), bin(OUTER).min(self.size / 2));
        let size = (last - first + 1).next_power_of_two().min(self.size);
        let gain = |bin: usize| {
            let distance = (bin as f64 * step / centre).log2().abs();
            (rise((OUTER - distance) / (OUTER - INNER)).powi(2) / self.size as f64) as f32
        };
        let gains: Vec<f32> = (first..=last).map(gain).collect();
        let inverse = self.planner.plan_fft_inverse(size);
        let mut energies = vec![0.0; size];
        for spectrum in &self.spectra {
            let mut band = vec![Complex32::default(); size];
            for ((band, bin), gain) in band.iter_mut().zip(&spectrum[first..=last]).zip(&gains) {
                *band = bin * gain;
            }
            inverse.process(&mut band);
            // Half of a real signal's energy lies at negative frequencies.
            energies.iter_mut().zip(band).for_each(|(energy, sample)| *energy += 2.0 * f64::from(sample.norm_sqr()));
        }
        (energies, self.size / size)
    }

    /// Middles of an octave's parts in Hz, and the energy of each.
    pub(super) fn parts(&self, centre: f64) -> [(f64, f64); PARTS] {
        std::array::from_fn(|part| {
            let edge = |part: usize| centre * (part as f64 / PARTS as f64 - 0.5).exp2();
            let bin = |frequency: f64| ((frequency * self.size as f64 / self.rate) as usize).min(self.size / 2);
            let bins = bin(edge(part))..bin(edge(part + 1));
            let energy = self.spectra.iter().flat_map(|spectrum| &spectrum[bins.clone()]);
            ((edge(part) * edge(part + 1)).sqrt(), energy.map(|bin| f64::from(bin.norm_sqr())).sum())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_has_its_energy_in_its_own_octave_at_its_own_time() {
        let sine = |n: usize| if n < 24_000 { (0.1 * n as f64).sin() as f32 } else { 0.0 };
        let impulse = Impulse::new(vec![(0..48_000).map(sine).collect()], 48_000).expect("valid");
        let mut bands = Bands::new(&impulse, 0, &Token::never()).expect("not cancelled");
        // 0.1 in a sample are 764 Hz.
        for (centre, expected) in [(1000.0, 0.5), (4000.0, 0.0), (125.0, 0.0)] {
            let (energies, step) = bands.energies(centre);
            let mean = |from: usize, to: usize| {
                energies[from / step..to / step].iter().sum::<f64>() / (to / step - from / step) as f64
            };
            assert!((mean(4000, 20_000) - expected).abs() < 0.005, "{centre} Hz: {}", mean(4000, 20_000));
            assert!(mean(30_000, 44_000) < 1e-3, "{centre} Hz");
        }
    }
}

//! What walls and air do to the spectrum of a reflection, as filters that start at once.

use super::octaves::Octaves;
use super::text::Shoebox;
use realfft::RealFftPlanner;
use realfft::num_complex::{Complex32, Complex64};

/// Length of a reflection's filter in samples.
pub(super) const SIZE: usize = 1024;
/// Bins of its spectrum.
pub(super) const BINS: usize = SIZE / 2 + 1;
/// The grid on which phases are found is this many times finer, against wrapping in time.
const FINER: usize = 4;

/// Logarithms of spectra: the filter of a path is the exponential of a sum, so each surface is computed once.
pub(super) struct Colour {
    walls: [Vec<Complex32>; 6],
    air: Vec<Complex32>,
}

impl Colour {
    pub(super) fn new(room: &Shoebox, absorption: &[Octaves; 6], sample_rate: f64) -> Self {
        let walls = absorption.each_ref().map(|wall| minimum_phase(sample_rate, |f| 0.5 * (1.0 - wall.at(f)).ln()));
        let air = room.air();
        let nepers_per_decibel = std::f64::consts::LN_10 / 20.0;
        Self { walls, air: minimum_phase(sample_rate, |f| -air.attenuation(f) * nepers_per_decibel) }
    }

    /// Logarithm of the spectrum of `hits` reflections and `distance` metres of air.
    pub(super) fn path(&self, hits: [u32; 6], distance: f64, log_spectrum: &mut [Complex32]) {
        for (bin, air) in log_spectrum.iter_mut().zip(&self.air) {
            *bin = air * distance as f32;
        }
        for (hits, wall) in hits.iter().zip(&self.walls).filter(|(hits, _)| **hits > 0) {
            for (bin, wall) in log_spectrum.iter_mut().zip(wall) {
                *bin += wall * *hits as f32;
            }
        }
    }
}

/// The logarithm of the minimum-phase spectrum whose magnitude has the natural logarithm `log_magnitude(frequency)`:
/// its cepstrum is folded onto positive times (Oppenheim, Schafer: *Discrete-Time Signal Processing*, chapter 13).
fn minimum_phase(sample_rate: f64, log_magnitude: impl Fn(f64) -> f64) -> Vec<Complex32> {
    let size = SIZE * FINER;
    let mut planner = RealFftPlanner::<f64>::new();
    let mut spectrum: Vec<Complex64> =
        (0..=size / 2).map(|bin| log_magnitude(bin as f64 * sample_rate / size as f64).into()).collect();
    let mut cepstrum = vec![0.0; size];
    planner.plan_fft_inverse(size).process(&mut spectrum, &mut cepstrum).expect("lengths match, both ends are real");
    for (n, value) in cepstrum.iter_mut().enumerate() {
        let weight = match n {
            0 => 1.0,
            n if n < size / 2 => 2.0,
            n if n == size / 2 => 1.0,
            _ => 0.0,
        };
        *value *= weight / size as f64;
    }
    planner.plan_fft_forward(size).process(&mut cepstrum, &mut spectrum).expect("lengths match");
    spectrum.iter().step_by(FINER).map(|bin| Complex32::new(bin.re as f32, bin.im as f32)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magnitude_is_kept_and_nothing_comes_before_time_zero() {
        let absorption = Octaves::new(125.0, vec![0.1, 0.2, 0.5, 0.7, 0.8, 0.8]);
        let log_spectrum = minimum_phase(48_000.0, |f| 0.5 * (1.0 - absorption.at(f)).ln());
        assert_eq!(log_spectrum.len(), BINS);
        for (bin, value) in log_spectrum.iter().enumerate() {
            let expected = 0.5 * (1.0 - absorption.at(bin as f64 * 48_000.0 / SIZE as f64)).ln();
            assert!((f64::from(value.re) - expected).abs() < 1e-6, "bin {bin}");
        }
        let mut spectrum: Vec<_> = log_spectrum.iter().map(|l| l.exp()).collect();
        let mut taps = vec![0.0_f32; SIZE];
        (spectrum[0].im, spectrum[BINS - 1].im) = (0.0, 0.0);
        RealFftPlanner::new().plan_fft_inverse(SIZE).process(&mut spectrum, &mut taps).expect("lengths match");
        let energy = |taps: &[f32]| taps.iter().map(|t| t * t).sum::<f32>();
        // The corners of the straight lines ring on for longer than the filter: what wraps must stay below -60 dB.
        assert!(energy(&taps[SIZE / 2..]) < 1e-6 * energy(&taps), "{}", energy(&taps[SIZE / 2..]) / energy(&taps));
        assert!(taps[0] > 0.5 * energy(&taps).sqrt(), "the filter does not start at once");
    }
}

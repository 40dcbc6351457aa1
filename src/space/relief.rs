//! What stands out of walls, such as balconies, columns, coffers and shelves: it gives a reflection back over some time
//! instead of at once.

use super::SAMPLE_RATE;
use super::colour::{BINS, SIZE};
use crate::impulse::random::Random;
use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Longest spread in samples: half a reflection's filter, whose other half is for the colour of the walls.
const LONGEST: usize = SIZE / 2;

/// Spreads reflections in time: each becomes a short noise that dies away, with the energy of the reflection.
pub(super) struct Relief {
    /// How much the noise's amplitude falls from one sample to the next; `None` where walls are even.
    fall: Option<f64>,
    forward: Arc<dyn RealToComplex<f32>>,
    noise: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Relief {
    /// `seconds` that sound takes for the depth of the relief: in that time the energy of a reflection falls by 4.3 dB.
    pub(super) fn new(seconds: f64) -> Self {
        let forward = RealFftPlanner::new().plan_fft_forward(SIZE);
        Self {
            fall: (seconds > 0.0).then(|| (-0.5 / (seconds * SAMPLE_RATE)).exp()),
            noise: vec![0.0; SIZE],
            spectrum: vec![Complex32::ZERO; BINS],
            scratch: vec![Complex32::ZERO; forward.get_scratch_len()],
            forward,
        }
    }

    /// Multiplies a reflection's spectrum. The noise depends on the walls that were met: it is the same at both
    /// receivers, so that the reflection comes from one place. Of each source the `seed` is another, because its sound
    /// meets the relief at other angles.
    pub(super) fn spread(&mut self, seed: u64, hits: [u32; 6], spectrum: &mut [Complex32]) {
        let Some(fall) = self.fall else { return };
        let walls = hits.iter().fold(seed, |seed, hits| seed.wrapping_mul(31).wrapping_add(u64::from(*hits)));
        let mut random = Random::new(walls);
        let (mut amplitude, mut energy) = (1.0, 0.0);
        self.noise.fill(0.0);
        for (n, sample) in self.noise[..LONGEST].iter_mut().enumerate() {
            let left = (LONGEST - n) as f64 / LONGEST as f64;
            let value = f64::from(random.bell()) * amplitude * left;
            energy += value * value;
            *sample = value as f32;
            amplitude *= fall;
        }
        self.forward
            .process_with_scratch(&mut self.noise, &mut self.spectrum, &mut self.scratch)
            .expect("buffers have the planned lengths");
        let scale = energy.sqrt().recip() as f32;
        for (bin, noise) in spectrum.iter_mut().zip(&self.spectrum) {
            *bin *= noise * scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a reflection whose spectrum is 1 everywhere.
    fn spread(seconds: f64, hits: [u32; 6]) -> Vec<f32> {
        let mut spectrum = vec![Complex32::ONE; BINS];
        Relief::new(seconds).spread(1, hits, &mut spectrum);
        (spectrum[0].im, spectrum[BINS - 1].im) = (0.0, 0.0);
        let mut taps = vec![0.0; SIZE];
        RealFftPlanner::new().plan_fft_inverse(SIZE).process(&mut spectrum, &mut taps).expect("lengths match");
        taps.iter().map(|tap| tap / SIZE as f32).collect()
    }

    #[test]
    fn a_reflection_keeps_its_energy_and_dies_away() {
        let energy = |taps: &[f32]| taps.iter().map(|tap| f64::from(*tap).powi(2)).sum::<f64>();
        let taps = spread(2e-3, [1, 0, 0, 0, 0, 0]);
        // Two transforms of 10 stages, each within one part in 2^24.
        assert!((energy(&taps) - 1.0).abs() < 1e-5, "{}", energy(&taps));
        // By e^-1 in 2 ms, 96 samples: e^-2 after two of them, and some noise.
        let later = energy(&taps[192..]);
        assert!((0.03..0.3).contains(&later), "{later}");
        assert!(energy(&taps[LONGEST..]) < 1e-10, "nothing after its longest");
    }

    #[test]
    fn even_walls_are_mirrors_and_each_wall_has_a_relief_of_its_own() {
        let even = spread(0.0, [1, 0, 0, 0, 0, 0]);
        assert!((even[0] - 1.0).abs() < 1e-6 && even[1..].iter().all(|tap| tap.abs() < 1e-6));
        assert_eq!(spread(2e-3, [1, 0, 0, 0, 0, 0]), spread(2e-3, [1, 0, 0, 0, 0, 0]), "the same at both receivers");
        assert_ne!(spread(2e-3, [1, 0, 0, 0, 0, 0]), spread(2e-3, [0, 1, 0, 0, 0, 0]));
    }
}

//! From samples to integers, with dither.

use crate::impulse::random::Random;

/// What is added to samples that an integer format cannot hold exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dither {
    /// Triangular noise of two steps from peak to peak (Lipshitz, Wannamaker, Vanderkooy: *Quantization and dither*,
    /// 1992), before the sample is rounded: the mean of the error is 0 and its mean square a quarter of a step squared,
    /// whatever the sample.
    #[default]
    Tpdf,
    /// Nothing: the sample is rounded to the nearest value, halves to the even one.
    Off,
}

/// Makes one channel's samples integers.
///
/// A sample that the format holds exactly is stored as it is, so that a file that passes unchanged comes out as it went
/// in, and digital silence stays silent. Every other sample gets its own dither. The noise depends on nothing but the
/// samples: its seed is the first one that does not fit, and the channel's number. So every run gives the same values,
/// whatever the block size, and two files or channels have unrelated noise.
#[derive(Debug)]
pub(super) struct Quantizer {
    /// 2^(bits - 1): one more than the largest value.
    full_scale: f64,
    dither: Dither,
    channel: u64,
    /// There once a sample did not fit.
    random: Option<Random>,
    clipped: u64,
}

impl Quantizer {
    pub fn new(bits: u16, channel: usize, dither: Dither) -> Self {
        let full_scale = f64::from(1_i32 << (bits - 1));
        Self { full_scale, dither, channel: channel as u64, random: None, clipped: 0 }
    }

    /// The value to store for a finite sample.
    pub fn value(&mut self, sample: f32) -> i32 {
        let exact = f64::from(sample) * self.full_scale; // a power of two: nothing is rounded yet
        let nearest = exact.round_ties_even();
        let (least, most) = (-self.full_scale, self.full_scale - 1.0);
        self.clipped += u64::from(!(least..=most).contains(&nearest));
        let value = if exact == nearest || self.dither == Dither::Off {
            nearest
        } else {
            (exact + self.noise(sample)).round_ties_even()
        };
        value.clamp(least, most) as i32
    }

    /// Samples that lay beyond the largest value.
    pub fn clipped(&self) -> u64 {
        self.clipped
    }

    /// True if some sample has got dither.
    pub fn is_dithered(&self) -> bool {
        self.random.is_some()
    }

    /// The next of the noise, in steps: the sum of two numbers that are uniform in -1/2 … 1/2.
    fn noise(&mut self, sample: f32) -> f64 {
        let seed = self.channel << 32 | u64::from(sample.to_bits());
        let random = self.random.get_or_insert_with(|| Random::new(seed));
        0.5 * (random.uniform() + random.uniform())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: f32 = 1.0 / 32768.0;

    fn quantizer(bits: u16) -> Quantizer {
        Quantizer::new(bits, 0, Dither::Tpdf)
    }

    #[test]
    fn without_dither_values_are_the_nearest_and_halves_the_even_ones() {
        let mut plain = Quantizer::new(16, 0, Dither::Off);
        let values = [0.0, 0.5, 0.51, 1.5, 2.5, -0.5, -0.51, -1.5, 1.49].map(|value| plain.value(value * STEP));
        assert_eq!(values, [0, 0, 1, 2, 2, 0, -1, -2, 1]);
        assert_eq!((plain.clipped(), plain.is_dithered()), (0, false));
    }

    #[test]
    fn what_an_integer_cannot_hold_is_clipped_and_counted() {
        let of = |bits, sample| {
            let mut quantizer = quantizer(bits);
            (quantizer.value(sample), quantizer.clipped())
        };
        assert_eq!(of(16, -1.0), (-32768, 0));
        assert_eq!(of(16, 1.0), (32767, 1));
        assert_eq!(of(16, 32767.0 / 32768.0), (32767, 0));
        assert_eq!(of(24, -1.01), (-8_388_608, 1));
        assert_eq!(of(24, f32::MAX), (8_388_607, 1));
        // Dither that would go beyond the largest value is no clipping of the sample.
        let mut near = quantizer(16);
        assert!((0..1000).all(|_| near.value(32767.3 * STEP) <= 32767));
        assert_eq!(near.clipped(), 0);
    }

    #[test]
    fn what_fits_is_stored_as_it_is_and_draws_no_noise() {
        for bits in [16, 24] {
            let mut quantizer = quantizer(bits);
            let top = 1_i32 << (bits - 1);
            for value in [0, 1, -1, 77, top - 1, -top, top / 2 + 1] {
                assert_eq!(quantizer.value((f64::from(value) / f64::from(top)) as f32), value);
            }
            assert!(!quantizer.is_dithered());
        }
    }

    /// Mean and mean square of the error in steps, for a sample of so many steps.
    fn error_at(quantizer: &mut Quantizer, steps: f32, count: u32) -> (f64, f64) {
        let (mut sum, mut square) = (0.0, 0.0);
        for _ in 0..count {
            let error = f64::from(quantizer.value(steps * STEP)) - f64::from(steps);
            assert!(error.abs() < 1.5, "noise within one step and rounding within half of one: {error}");
            sum += error;
            square += error * error;
        }
        (sum / f64::from(count), square / f64::from(count))
    }

    #[test]
    fn the_error_has_mean_0_and_the_same_power_whatever_the_sample() {
        let mut quantizer = quantizer(16);
        let count = 40_000;
        for steps in [0.01, 0.125, 0.25, 0.5, 0.75, 0.99, -0.3, 1234.5, -1234.51, 20_000.375] {
            let (mean, square) = error_at(&mut quantizer, steps, count);
            println!("{steps} steps: mean {mean:.4}, mean square {square:.4}");
            // The variance of a triangle of ±1 step (1/6) and of rounding (1/12) is 1/4, so a mean of n has the
            // standard error 1/(2√n) = 0.0025. The fourth moment is at most 1.5²·1/4, so that of the square is below
            // √(0.5625 - 0.0625)/√n = 0.0036. Five of each.
            assert!(mean.abs() < 0.0125, "{steps}: mean {mean}");
            assert!((square - 0.25).abs() < 0.018, "{steps}: mean square {square}");
        }
    }

    #[test]
    fn a_signal_below_one_step_is_kept_in_the_noise() {
        // Rounded without dither it would be silence.
        let mut quantizer = quantizer(16);
        let sine = |i: u32| (f64::from(i) * 0.1).sin();
        let count = 100_000;
        let kept: f64 =
            (0..count).map(|i| sine(i) * f64::from(quantizer.value((0.4 * sine(i)) as f32 * STEP))).sum::<f64>()
                * (2.0 / f64::from(count));
        // The noise has variance 1/4; correlated with a sine and scaled by 2/n it has √(1/2n) = 0.0022. Five of it.
        assert!((kept - 0.4).abs() < 0.011, "amplitude {kept}");
    }

    #[test]
    fn channels_and_files_have_unrelated_noise_and_every_run_the_same() {
        let noise = |channel, first: f32| {
            let mut quantizer = Quantizer::new(16, channel, Dither::Tpdf);
            quantizer.value(first * STEP);
            let values: Vec<f64> = (0..40_000).map(|_| f64::from(quantizer.value(0.5 * STEP)) - 0.5).collect();
            values
        };
        let one = noise(0, 0.3);
        assert_eq!(one, noise(0, 0.3));
        for (what, other) in [("channel", noise(1, 0.3)), ("file", noise(0, 0.31))] {
            let product = one.iter().zip(&other).map(|(a, b)| a * b).sum::<f64>() / one.len() as f64;
            // The product of two independent errors has the standard deviation 1/4: 0.00125 for the mean of 40,000.
            assert!(product.abs() < 0.0063, "another {what}: {product}");
        }
    }
}

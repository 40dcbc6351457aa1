//! Levels: by loudness for rooms, by the peak of the spectrum for loudspeaker [cabinets](cabinet_gain).
//!
//! Two impulses of one energy or one peak can differ by 10 dB and more in how loud they make what goes through them.
//! What is matched here is the gain on pink noise as a listener weighs it:
//!
//! ```text
//! G = ∫ |H|² |K|² / f df  ÷  ∫ |K|² / f df        from 20 Hz to 20 kHz
//! ```
//!
//! with `H` the impulse's spectrum and `K` the K-weighting of ITU-R BS.1770-4, whose two filters are redesigned for
//! each rate by the bilinear transform from the analogue prototypes behind the recommendation's 48 kHz coefficients.

mod cabinet;

use super::Impulse;
use crate::cancel::{Cancelled, Token};
use crate::channels::ImpulseForm;
pub use cabinet::cabinet_gain;
use realfft::{RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex;
use std::f64::consts::{PI, TAU};
use std::ops::Range;
use std::sync::Arc;

/// The band that counts, in Hz.
const BAND: std::ops::RangeInclusive<f64> = 20.0..=20_000.0;

/// Seconds over which pink noise, weighted like this, still resembles itself. Beyond, the weight's correlation is cut.
const CORRELATION: f64 = 0.2;

/// The gain, as a factor for all channels, that brings the impulse's loudness on pink noise to that of a single unit
/// impulse. Inputs are taken as uncorrelated, and the power is the mean over the outputs, so that the same impulse has
/// the same gain in 1, in 2 and on the diagonal of 4 channels. 1 for silence.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked for every third of a second of each channel.
pub fn loudness_gain(impulse: &Impulse, cancel: &Token) -> Result<f64, Cancelled> {
    loudness_gain_within(impulse, 0..impulse.len(), cancel)
}

/// [`loudness_gain`] of some frames alone.
pub(super) fn loudness_gain_within(impulse: &Impulse, frames: Range<usize>, cancel: &Token) -> Result<f64, Cancelled> {
    let mut meter = Meter::new(f64::from(impulse.sample_rate()));
    let mut power = 0.0;
    for channel in impulse.channels() {
        power += meter.power(&channel[frames.clone()], cancel)?;
    }
    let channels = impulse.channels().len();
    let outputs = ImpulseForm::of(channels).map_or(channels, ImpulseForm::outputs) as f64;
    let gain = (outputs * meter.of_unit_impulse / power).sqrt();
    Ok(if gain.is_finite() && gain > 0.0 { gain } else { 1.0 })
}

/// Measures `∫ |H|² W df` as `Σ r(l) w(l)`: `r` is the impulse's autocorrelation and `w` the weight's, which is short.
/// So the lags within `w` suffice, and they are found block by block (Oppenheim, Schafer: *Discrete-Time Signal
/// Processing*, 10.6), however long the impulse is.
struct Meter {
    transform: Arc<dyn RealToComplex<f32>>,
    /// Samples of a block, and lags that are counted. A transform has twice as many.
    block: usize,
    /// The spectrum that turns a cross-spectrum into power.
    weights: Vec<Complex<f64>>,
    /// The weight at lag 0.
    of_unit_impulse: f64,
}

impl Meter {
    fn new(rate: f64) -> Self {
        let block = ((CORRELATION * rate) as usize).next_power_of_two().max(1 << 13);
        let length = 2 * block;
        let mut planner = RealFftPlanner::<f64>::new();
        let mut spectrum: Vec<Complex<f64>> =
            (0..=block).map(|bin| weight(bin as f64 * rate / length as f64, rate).into()).collect();
        let mut correlation = vec![0.0; length];
        planner
            .plan_fft_inverse(length)
            .process(&mut spectrum, &mut correlation)
            .expect("lengths match, both ends are real");
        let of_unit_impulse = correlation[0];
        // Each lag but 0 stands for its negative too.
        correlation[1..block].iter_mut().for_each(|lag| *lag *= 2.0);
        correlation[block..].fill(0.0);
        planner.plan_fft_forward(length).process(&mut correlation, &mut spectrum).expect("lengths match");
        // Parseval's theorem over half of the bins: each but the ends stands for two.
        let bins = spectrum.len();
        let share = |bin: usize| if bin == 0 || bin == bins - 1 { 1.0 } else { 2.0 };
        let weights =
            spectrum.iter().enumerate().map(|(bin, value)| value.conj() * share(bin) / length as f64).collect();
        let transform = RealFftPlanner::<f32>::new().plan_fft_forward(length);
        Self { transform, block, weights, of_unit_impulse }
    }

    /// The weighted power of a response.
    fn power(&mut self, response: &[f32], cancel: &Token) -> Result<f64, Cancelled> {
        let mut cross = vec![Complex::<f64>::ZERO; self.weights.len()];
        let [mut now, mut next] = [self.transform.make_output_vec(), self.transform.make_output_vec()];
        let mut blocks = response.chunks(self.block);
        let mut samples = self.transform.make_input_vec();
        let mut transform = |block: &[f32], spectrum: &mut [Complex<f32>]| {
            samples.fill(0.0);
            samples[..block.len()].copy_from_slice(block);
            self.transform.process(&mut samples, spectrum).expect("lengths match");
        };
        transform(blocks.next().unwrap_or_default(), &mut now);
        for _ in response.chunks(self.block) {
            cancel.check()?;
            transform(blocks.next().unwrap_or_default(), &mut next);
            for (bin, (cross, (now, next))) in cross.iter_mut().zip(now.iter().zip(&next)).enumerate() {
                // The block with itself, and with the next, which lies half a transform later.
                let both = if bin % 2 == 0 { now + next } else { now - next };
                let product = now.conj() * both;
                *cross += Complex::new(f64::from(product.re), f64::from(product.im));
            }
            std::mem::swap(&mut now, &mut next);
        }
        Ok(cross.iter().zip(&self.weights).map(|(cross, weight)| (cross * weight).re).sum())
    }
}

/// K-weighted power of pink noise at a frequency, both in Hz; 0 outside of the band.
fn weight(frequency: f64, rate: f64) -> f64 {
    if BAND.contains(&frequency) { k_weighting(frequency, rate) / frequency } else { 0.0 }
}

/// Squared magnitude of the K-weighting at a frequency and a sample rate in Hz.
fn k_weighting(frequency: f64, rate: f64) -> f64 {
    let delay = Complex::from_polar(1.0, -TAU * frequency / rate);
    let biquad = |b: [f64; 3], a: [f64; 3]| {
        let polynomial = |c: [f64; 3]| Complex::from(c[0]) + delay * c[1] + delay * delay * c[2];
        (polynomial(b) / polynomial(a)).norm_sqr()
    };
    // The prototypes' centre in Hz, quality, and for the shelf the gain far above and at the centre.
    let (shelf, shelf_quality) = ((PI * 1_681.974_450_955_533 / rate).tan(), 0.707_175_236_955_419_6);
    let (high, high_quality) = ((PI * 38.135_470_876_024_44 / rate).tan(), 0.500_327_037_323_877_3);
    let above = 10_f64.powf(3.999_843_853_973_347 / 20.0);
    let centre = above.powf(0.499_666_774_154_541_6);
    let denominator =
        |k: f64, quality: f64| [1.0 + k / quality + k * k, 2.0 * (k * k - 1.0), 1.0 - k / quality + k * k];
    let numerator = [
        above + centre * shelf / shelf_quality + shelf * shelf,
        2.0 * (shelf * shelf - above),
        above - centre * shelf / shelf_quality + shelf * shelf,
    ];
    let shelf = biquad(numerator, denominator(shelf, shelf_quality));
    let [a0, a1, a2] = denominator(high, high_quality);
    // The recommendation's numerator is 1, -2, 1 after the denominator was divided by its first coefficient.
    let high = biquad([1.0, -2.0, 1.0], [1.0, a1 / a0, a2 / a0]);
    shelf * high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain(channels: Vec<Vec<f32>>, rate: u32) -> f64 {
        loudness_gain(&Impulse::new(channels, rate).expect("valid"), &Token::never()).expect("not cancelled")
    }

    fn decibels(factor: f64) -> f64 {
        20.0 * factor.log10()
    }

    #[test]
    fn a_unit_impulse_is_0_db_at_every_rate_and_place() {
        for rate in [8000, 22_050, 44_100, 48_000, 96_000, 192_000, 384_000] {
            for place in [0, 1, 100, 4999] {
                let mut taps = vec![0.0; 5000];
                taps[place] = 1.0;
                // The transform is in `f32`.
                assert!(decibels(gain(vec![taps], rate)).abs() < 1e-4, "{rate} Hz, sample {place}");
            }
        }
    }

    #[test]
    fn twice_as_much_gets_half_the_gain() {
        let taps =
            |scale: f32| vec![(0..3000).map(|n| scale * (0.3 * n as f32).sin() * (-0.002 * n as f32).exp()).collect()];
        let (one, two) = (gain(taps(1.0), 48_000), gain(taps(2.0), 48_000));
        assert!((decibels(two / one) + 6.0206).abs() < 1e-4, "{} dB", decibels(two / one));
    }

    #[test]
    fn the_same_impulse_has_the_same_gain_in_every_layout() {
        let taps: Vec<f32> = (0..3000).map(|n| (0.3 * n as f32).sin() * (-0.002 * n as f32).exp()).collect();
        let nothing = vec![0.0; 3000];
        let mono = gain(vec![taps.clone()], 48_000);
        assert_eq!(gain(vec![taps.clone(); 2], 48_000), mono);
        assert_eq!(gain(vec![taps.clone(), nothing.clone(), nothing, taps], 48_000), mono);
    }

    #[test]
    fn silence_is_left_alone() {
        assert_eq!(gain(vec![vec![0.0; 100]; 2], 48_000), 1.0);
    }

    #[test]
    fn the_weighting_is_the_recommendations() {
        // BS.1770-4, tables 1 and 2, at 48 kHz.
        let shelf = [
            [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
            [1.0, -1.690_659_293_182_41, 0.732_480_774_215_85],
        ];
        let high = [[1.0, -2.0, 1.0], [1.0, -1.990_047_454_833_98, 0.990_072_250_366_21]];
        for frequency in [20.0, 38.0, 100.0, 997.0, 1700.0, 5000.0, 20_000.0] {
            let delay = Complex::from_polar(1.0, -TAU * frequency / 48_000.0);
            let polynomial = |c: [f64; 3]| delay * (delay * c[2] + c[1]) + c[0];
            let square = |[b, a]: [[f64; 3]; 2]| (polynomial(b) / polynomial(a)).norm_sqr();
            let expected = square(shelf) * square(high);
            let found = k_weighting(frequency, 48_000.0);
            assert!((found / expected - 1.0).abs() < 1e-6, "{frequency} Hz: {found} instead of {expected}");
        }
    }
}

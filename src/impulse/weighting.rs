//! How much each frequency counts: pink noise, and pink noise as a listener weighs it.
//!
//! The K-weighting is that of ITU-R BS.1770-4, whose two filters are redesigned for each rate by the bilinear transform
//! from the analogue prototypes behind the recommendation's 48 kHz coefficients.

use rustfft::num_complex::Complex64;
use std::f64::consts::{PI, TAU};
use std::ops::RangeInclusive;

/// The band that counts, in Hz.
pub(super) const BAND: RangeInclusive<f64> = 20.0..=20_000.0;

/// Power of pink noise in a bin so many Hz wide around its frequency, relative to its width: `∫ df/f` over what of it
/// lies in the band.
pub(super) fn pink(bin: usize, width: f64) -> f64 {
    let [low, high] = edges(bin, width);
    (high / low).ln() / width
}

/// Power of pink noise in a bin behind the K-weighting, as [`pink`]; the rate is in Hz. Within a bin the weighting
/// counts where half of the bin's pink noise lies below.
pub(super) fn pink_weighted(bin: usize, width: f64, rate: f64) -> f64 {
    let [low, high] = edges(bin, width);
    if low < high { pink(bin, width) * k_weighting((low * high).sqrt(), rate) } else { 0.0 }
}

/// What of a bin lies in the band.
fn edges(bin: usize, width: f64) -> [f64; 2] {
    [-0.5, 0.5].map(|half| ((bin as f64 + half) * width).clamp(*BAND.start(), *BAND.end()))
}

/// Squared magnitude of the K-weighting at a frequency and a sample rate in Hz.
fn k_weighting(frequency: f64, rate: f64) -> f64 {
    let delay = Complex64::from_polar(1.0, -TAU * frequency / rate);
    let biquad = |b: [f64; 3], a: [f64; 3]| {
        let polynomial = |c: [f64; 3]| Complex64::from(c[0]) + delay * c[1] + delay * delay * c[2];
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

    #[test]
    fn the_weighting_is_the_recommendations() {
        // BS.1770-4, tables 1 and 2, at 48 kHz.
        let shelf = [
            [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
            [1.0, -1.690_659_293_182_41, 0.732_480_774_215_85],
        ];
        let high = [[1.0, -2.0, 1.0], [1.0, -1.990_047_454_833_98, 0.990_072_250_366_21]];
        for frequency in [20.0, 38.0, 100.0, 997.0, 1700.0, 5000.0, 20_000.0] {
            let delay = Complex64::from_polar(1.0, -TAU * frequency / 48_000.0);
            let polynomial = |c: [f64; 3]| delay * (delay * c[2] + c[1]) + c[0];
            let square = |[b, a]: [[f64; 3]; 2]| (polynomial(b) / polynomial(a)).norm_sqr();
            let expected = square(shelf) * square(high);
            let found = k_weighting(frequency, 48_000.0);
            assert!((found / expected - 1.0).abs() < 1e-6, "{frequency} Hz: {found} instead of {expected}");
        }
    }
}

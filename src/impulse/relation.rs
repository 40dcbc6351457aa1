//! How alike two impulses sound.

use super::layout::Route;
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// The band that counts, in Hz.
const BAND: std::ops::RangeInclusive<f64> = 20.0..=20_000.0;

/// Seconds over which pink noise still resembles itself. Beyond, its correlation is cut.
const CORRELATION: f64 = 0.1;

/// The correlation of what two impulses make of pink noise from 20 Hz to 20 kHz, inputs uncorrelated, over all outputs:
///
/// ```text
/// ρ = Σ ∫ Re(A B*) / f df  ÷  √( Σ ∫ |A|² / f df · Σ ∫ |B|² / f df )        clamped to 0 … 1
/// ```
///
/// It is what decides how a fade from one to the other is heard: with gains that sum to 1 two of correlation 1 keep their
/// level, two of correlation 0 lose 3 dB half-way. 0 if one of them is silent. `cancelled` is asked for every block of a
/// path, and once it says so the result means nothing.
#[must_use]
pub fn correlation_unless(a: &[Route], b: &[Route], sample_rate: u32, cancelled: &dyn Fn() -> bool) -> f32 {
    let meter = Meter::new(f64::from(sample_rate));
    let (mut cross, mut power_a, mut power_b) = (0.0, 0.0, 0.0);
    let nothing = [];
    let places = a.iter().chain(b).map(|route| (route.input, route.output));
    let mut seen = Vec::new();
    for place in places {
        if seen.contains(&place) {
            continue;
        }
        seen.push(place);
        let of = |routes: &'_ [Route]| routes.iter().position(|route| (route.input, route.output) == place);
        let taps_a = of(a).map_or(&nothing[..], |index| &a[index].taps);
        let taps_b = of(b).map_or(&nothing[..], |index| &b[index].taps);
        let Some([both, one, other]) = meter.products(taps_a, taps_b, cancelled) else { return 0.0 };
        cross += both;
        power_a += one;
        power_b += other;
    }
    let correlation = cross / (power_a * power_b).sqrt();
    if correlation.is_finite() { correlation.clamp(0.0, 1.0) as f32 } else { 0.0 }
}

/// Measures `∫ Re(A B*) W df` as `Σ r(l) w(l)`: `r` is the cross-correlation and `w` the weight's autocorrelation, which is
/// short; as in [`level`](super::level).
struct Meter {
    transform: Arc<dyn RealToComplex<f32>>,
    block: usize,
    /// Of the lags from 0 on, with half of the weight at 0: each sum is taken both ways.
    weights: Vec<Complex<f32>>,
}

impl Meter {
    fn new(rate: f64) -> Self {
        let block = ((CORRELATION * rate) as usize).next_power_of_two().max(1 << 12);
        let length = 2 * block;
        let weight = |bin: usize| {
            let frequency = bin as f64 * rate / length as f64;
            if BAND.contains(&frequency) { 1.0 / frequency } else { 0.0 }
        };
        let mut planner = RealFftPlanner::<f64>::new();
        let mut spectrum: Vec<Complex<f64>> = (0..=block).map(|bin| weight(bin).into()).collect();
        let mut lags = vec![0.0; length];
        planner.plan_fft_inverse(length).process(&mut spectrum, &mut lags).expect("lengths match, both ends are real");
        lags[0] *= 0.5;
        lags[block..].fill(0.0);
        planner.plan_fft_forward(length).process(&mut lags, &mut spectrum).expect("lengths match");
        // Parseval's theorem over half of the bins: each but the ends stands for two.
        let share = |bin: usize| if bin == 0 || bin == block { 1.0 } else { 2.0 };
        let scaled = spectrum.iter().enumerate().map(|(bin, value)| value.conj() * share(bin) / length as f64);
        let weights = scaled.map(|value| Complex::new(value.re as f32, value.im as f32)).collect();
        Self { transform: RealFftPlanner::<f32>::new().plan_fft_forward(length), block, weights }
    }

    /// The weighted product of both, and of each with itself; `None` when `cancelled` says so.
    fn products(&self, a: &[f32], b: &[f32], cancelled: &dyn Fn() -> bool) -> Option<[f64; 3]> {
        let blocks = a.len().max(b.len()).div_ceil(self.block);
        let mut samples = self.transform.make_input_vec();
        let mut spectrum = |taps: &[f32], index: usize| {
            let block = taps.get(index * self.block..).unwrap_or_default();
            let block = &block[..block.len().min(self.block)];
            samples.fill(0.0);
            samples[..block.len()].copy_from_slice(block);
            let mut bins = self.transform.make_output_vec();
            self.transform.process(&mut samples, &mut bins).expect("lengths match");
            bins
        };
        let mut sums = [0.0; 3];
        let mut now = (spectrum(a, 0), spectrum(b, 0));
        for index in 1..=blocks {
            if cancelled() {
                return None;
            }
            let next = (spectrum(a, index), spectrum(b, index));
            let (mut both, mut one, mut other) = (0.0f64, 0.0f64, 0.0f64);
            for (bin, weight) in self.weights.iter().enumerate() {
                // A block with the other's, and with the next, which lies half a transform later.
                let sign = if bin % 2 == 0 { 1.0 } else { -1.0 };
                let (a, b) = (now.0[bin], now.1[bin]);
                let (ahead_a, ahead_b) = (a + next.0[bin] * sign, b + next.1[bin] * sign);
                let (a, b) = (a.conj() * weight, b.conj() * weight);
                both += f64::from((a * ahead_b + b * ahead_a).re);
                one += f64::from((a * ahead_a).re);
                other += f64::from((b * ahead_b).re);
            }
            sums[0] += both;
            sums[1] += 2.0 * one;
            sums[2] += 2.0 * other;
            now = next;
        }
        Some(sums)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::random::Random;

    const RATE: u32 = 48_000;

    fn noise(length: usize, seed: u64) -> Vec<f32> {
        let mut random = Random::new(seed);
        (0..length).map(|n| random.bell() * (-3e-5 * n as f32).exp()).collect()
    }

    fn correlation(a: &[f32], b: &[f32]) -> f32 {
        let route = |taps: &[f32]| [Route { input: 0, output: 0, taps: taps.to_vec() }];
        correlation_unless(&route(a), &route(b), RATE, &|| false)
    }

    /// By whole spectra, in `f64`.
    fn integrated(a: &[f32], b: &[f32]) -> f64 {
        let size = (2 * a.len().max(b.len())).next_power_of_two();
        let transform = RealFftPlanner::<f64>::new().plan_fft_forward(size);
        let [a, b] = [a, b].map(|taps| {
            let mut samples = transform.make_input_vec();
            samples.iter_mut().zip(taps).for_each(|(sample, tap)| *sample = f64::from(*tap));
            let mut bins = transform.make_output_vec();
            transform.process(&mut samples, &mut bins).expect("lengths match");
            bins
        });
        let weight = |bin: usize| Some(bin as f64 * f64::from(RATE) / size as f64).filter(|f| BAND.contains(f));
        let sum = |x: &[Complex<f64>], y: &[Complex<f64>]| -> f64 {
            x.iter().zip(y).enumerate().filter_map(|(bin, (x, y))| Some((x * y.conj()).re / weight(bin)?)).sum()
        };
        sum(&a, &b) / (sum(&a, &a) * sum(&b, &b)).sqrt()
    }

    #[test]
    fn an_impulse_is_as_like_itself_as_can_be_at_any_level() {
        let taps = noise(60_000, 1);
        let quiet: Vec<f32> = taps.iter().map(|tap| 0.01 * tap).collect();
        let inverted: Vec<f32> = taps.iter().map(|tap| -tap).collect();
        // Sums of f32 products over many bins.
        assert!((correlation(&taps, &taps) - 1.0).abs() < 1e-4);
        assert!((correlation(&taps, &quiet) - 1.0).abs() < 1e-4);
        assert_eq!(correlation(&taps, &inverted), 0.0);
        assert_eq!(correlation(&taps, &[0.0; 100]), 0.0);
    }

    #[test]
    fn it_is_the_integral_over_whole_spectra() {
        let room = noise(60_000, 1);
        let darker: Vec<f32> = {
            let mut low = 0.0;
            room.iter()
                .map(|x| {
                    low += 0.1 * (x - low);
                    low
                })
                .collect()
        };
        let shorter: Vec<f32> = room.iter().enumerate().map(|(n, x)| x * (-1e-4 * n as f32).exp()).collect();
        let later: Vec<f32> = [vec![0.0; 30], room.clone()].concat();
        for (what, other) in [("darker", darker), ("shorter", shorter), ("later", later), ("another", noise(50_000, 2))]
        {
            let (found, expected) = (f64::from(correlation(&room, &other)), integrated(&room, &other).clamp(0.0, 1.0));
            // What is cut of the weight's correlation: lags beyond 85 ms, where pink noise from 20 Hz on is below 2 %.
            assert!((found - expected).abs() < 0.02, "{what}: {found}, not {expected}");
        }
    }

    #[test]
    fn paths_that_only_one_has_make_both_less_alike() {
        let taps = noise(20_000, 1);
        let route = |input, output| Route { input, output, taps: taps.clone() };
        let (diagonal, all) = ([route(0, 0), route(1, 1)], [route(0, 0), route(0, 1), route(1, 0), route(1, 1)]);
        let found = correlation_unless(&diagonal, &all, RATE, &|| false);
        // 2 in common, of 2 and of 4.
        assert!((found - 2.0 / 8.0_f32.sqrt()).abs() < 1e-4, "{found}");
    }
}

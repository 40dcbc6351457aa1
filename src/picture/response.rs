//! Magnitude of an impulse's spectrum, on a logarithmic scale of frequencies.

use crate::cancel::{Cancelled, Token};
use crate::impulse::transform::Transforms;

/// The lowest frequency in Hz, the lower end of what is heard.
pub(super) const LOWEST: f64 = 20.0;
/// The highest frequency in Hz, the upper end of what is heard.
pub(super) const HIGHEST: f64 = 20_000.0;
/// Points of a curve.
const POINTS: usize = 1024;
/// Points of the shortest transform and of the longest one. Of a longer impulse, stretches of that length are added up,
/// whose transform has every so many of its bins, exactly: at 48 kHz one every tenth of a Hz.
const TRANSFORM: (usize, usize) = (1 << 14, 1 << 19);
/// Half the width of a third of an octave, as a ratio of frequencies.
const HALF_A_THIRD: f64 = 1.122_462_048_309_373;
/// Level of silence in dB, and of all that is weaker.
const SILENCE: f32 = -200.0;

/// Magnitude of one channel's spectrum in dB: 0 dB is a sample of 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Response {
    /// Frequencies in Hz of the first and of the last point.
    pub range: (f64, f64),
    /// The weakest and the strongest bin in the interval around each point; between two bins, what lies on the line
    /// from one to the other.
    pub extremes: Vec<(f32, f32)>,
    /// Mean power in the third of an octave around each point.
    pub smoothed: Vec<f32>,
}

impl Response {
    /// Of one channel.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds.
    pub(super) fn new(
        samples: &[f32],
        sample_rate: u32,
        transforms: &mut Transforms,
        cancel: &Token,
    ) -> Result<Self, Cancelled> {
        let len = samples.len().next_power_of_two().clamp(TRANSFORM.0, TRANSFORM.1);
        let mut folded = vec![0.0_f32; len];
        for stretch in samples.chunks(len) {
            cancel.check()?;
            folded.iter_mut().zip(stretch).for_each(|(sum, sample)| *sum += sample);
        }
        let bins = transforms.forward(&mut folded, cancel)?;
        let power: Vec<f64> = bins.iter().map(|bin| f64::from(bin.re).powi(2) + f64::from(bin.im).powi(2)).collect();
        cancel.check()?;
        let mut sum = 0.0;
        let before: Vec<f64> = std::iter::once(0.0)
            .chain(power.iter().map(|power| {
                sum += power;
                sum
            }))
            .collect();
        cancel.check()?;
        let bin_of = |hz: f64| hz * len as f64 / f64::from(sample_rate);
        let range = (LOWEST, HIGHEST.min(f64::from(sample_rate) / 2.0));
        let point = |index: f64| range.0 * (range.1 / range.0).powf(index / (POINTS - 1) as f64);
        let (mut extremes, mut smoothed) = (Vec::with_capacity(POINTS), Vec::with_capacity(POINTS));
        for index in 0..POINTS {
            let edges = [index as f64 - 0.5, index as f64 + 0.5].map(|edge| bin_of(point(edge)));
            let (low, high) = within(&power, edges);
            extremes.push((decibels(low), decibels(high)));
            let hz = point(index as f64);
            smoothed.push(decibels(mean(&before, [bin_of(hz / HALF_A_THIRD), bin_of(hz * HALF_A_THIRD)])));
        }
        Ok(Self { range, extremes, smoothed })
    }

    /// The point nearest to a frequency in Hz, with what it shows there; `None` outside.
    #[must_use]
    pub fn at(&self, hz: f64) -> Option<f32> {
        let (low, high) = self.range;
        let index = ((hz / low).ln() / (high / low).ln() * (self.smoothed.len() as f64 - 1.0)).round();
        (index >= 0.0).then(|| self.smoothed.get(index as usize).copied()).flatten()
    }

    /// The frequency of a point in Hz.
    #[must_use]
    pub fn frequency(&self, point: usize) -> f64 {
        let (low, high) = self.range;
        low * (high / low).powf(point as f64 / (self.smoothed.len().max(2) - 1) as f64)
    }
}

/// Least and most power of what lies between two places among the bins.
fn within(power: &[f64], [from, to]: [f64; 2]) -> (f64, f64) {
    let last = (power.len() - 1) as f64;
    let at = |place: f64| {
        let place = place.clamp(0.0, last);
        let (below, share) = (place.floor() as usize, place.fract());
        power[below] + share * (power[(below + 1).min(power.len() - 1)] - power[below])
    };
    let ends = [at(from), at(to)];
    let (first, end) = (from.max(0.0).ceil() as usize, to.clamp(0.0, last).floor() as usize + 1);
    let inside = power.get(first..end.max(first)).unwrap_or_default();
    ends.iter().chain(inside).fold((f64::INFINITY, 0.0), |(low, high), power| (low.min(*power), high.max(*power)))
}

/// Mean power between two places among the bins, from the sums of all bins before each; a bin reaches half a bin to
/// either side.
fn mean(before: &[f64], [from, to]: [f64; 2]) -> f64 {
    let last = (before.len() - 1) as f64;
    let sum = |place: f64| {
        let place = (place + 0.5).clamp(0.0, last);
        let (below, share) = (place.floor() as usize, place.fract());
        before[below] + share * (before[(below + 1).min(before.len() - 1)] - before[below])
    };
    let width = (to + 0.5).min(last) - (from + 0.5).clamp(0.0, last);
    if width > 0.0 { (sum(to) - sum(from)) / width } else { 0.0 }
}

fn decibels(power: f64) -> f32 {
    ((10.0 * power.log10()) as f32).max(SILENCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(samples: &[f32]) -> Response {
        Response::new(samples, 48_000, &mut Transforms::default(), &Token::never()).expect("not cancelled")
    }

    #[test]
    fn a_click_is_flat_at_its_level() {
        for (sample, level, at) in [(1.0, 0.0, 0), (0.5, -6.020_6, 2), (-2.0, 6.020_6, 3 * TRANSFORM.1 + 5)] {
            let mut samples = vec![0.0; at + 1];
            samples[at] = sample;
            let response = of(&samples);
            assert_eq!(response.range, (20.0, 20_000.0));
            // Single precision in a transform of 16 384 points.
            let is_flat = |decibels: f32| (decibels - level).abs() < 1e-3;
            assert!(response.smoothed.iter().all(|decibels| is_flat(*decibels)), "{sample}");
            assert!(response.extremes.iter().all(|(low, high)| is_flat(*low) && is_flat(*high)), "{sample}");
        }
        assert!(of(&[0.0; 10]).smoothed.iter().all(|decibels| *decibels == SILENCE));
    }

    /// A comb with a tooth of 6 dB at every multiple of 1 kHz, and nothing halfway between: its mean power is that of two
    /// samples.
    #[test]
    fn a_comb_is_smoothed_to_its_mean_power_where_its_teeth_are_close() {
        let mut samples = vec![0.0; 49];
        (samples[0], samples[48]) = (1.0, 1.0);
        let response = of(&samples);
        let nearest = |hz: f64| {
            (0..POINTS)
                .min_by(|a, b| (response.frequency(*a) - hz).abs().total_cmp(&(response.frequency(*b) - hz).abs()))
        };
        let at = |hz: f64| response.extremes[nearest(hz).expect("points")];
        assert!((at(2000.0).1 - 6.02).abs() < 0.01, "{:?}", at(2000.0));
        assert!(at(1500.0).0 < -30.0, "{:?}", at(1500.0));
        // A third of an octave at 15 kHz is 3.5 teeth wide, around the nearest point.
        let hz = response.frequency(nearest(15_000.0).expect("points"));
        let [from, to] = [hz / HALF_A_THIRD, hz * HALF_A_THIRD].map(|hz| std::f64::consts::TAU * hz / 1000.0);
        let right = 10.0 * (2.0 + 2.0 * (to.sin() - from.sin()) / (to - from)).log10();
        let smoothed = response.at(15_000.0).expect("inside");
        assert!((f64::from(smoothed) - right).abs() < 1e-3, "{smoothed} for {right}");
        // At 100 Hz it is a small part of the tooth at 0 Hz.
        let low = response.at(100.0).expect("inside");
        let right = 10.0 * (2.0 + 2.0 * (std::f64::consts::TAU * 100.0 / 1000.0).cos()).log10();
        assert!((f64::from(low) - right).abs() < 0.05, "{low} for {right}");
        assert_eq!((response.at(19.0), response.at(21_000.0)), (None, None));
    }
}

//! Bands over the bins of a frame.

use crate::impulse::decay::Frames;

/// The lowest band's centre in Hz; what lies below belongs to it.
const LOWEST: f64 = 50.0;
/// Bands in an octave.
const PER_OCTAVE: f64 = 3.0;

/// Bands of a third of an octave that go over into one another: each frequency belongs to the two whose centres it lies
/// between, by its distance from each over the logarithm of frequency.
pub(super) struct Bands {
    /// Centres in Hz.
    pub(super) centres: Vec<f64>,
    /// Of each bin the lower of its two bands, and its share of the upper one.
    bins: Vec<(usize, f32)>,
}

impl Bands {
    /// Those up to half of a sample rate in Hz.
    pub(super) fn new(frames: &Frames, rate: f64) -> Self {
        let count = ((0.5 * rate / LOWEST).log2() * PER_OCTAVE).max(1.0) as usize + 1;
        let centres = (0..count).map(|band| LOWEST * (band as f64 / PER_OCTAVE).exp2()).collect();
        let of_bin = |bin: usize| {
            let frequency = bin as f64 * rate / frames.length() as f64;
            let place = ((frequency / LOWEST).log2() * PER_OCTAVE).clamp(0.0, (count - 1) as f64);
            let lower = (place as usize).min(count - 2);
            (lower, (place - lower as f64) as f32)
        };
        Self { centres, bins: (0..frames.bins()).map(of_bin).collect() }
    }

    /// The band that has most of a frequency in Hz.
    pub(super) fn nearest(&self, frequency: f64) -> usize {
        let place = ((frequency.max(1.0) / LOWEST).log2() * PER_OCTAVE).round();
        place.clamp(0.0, (self.centres.len() - 1) as f64) as usize
    }

    /// Adds a value of each bin to the sums of its bands.
    pub(super) fn sum(&self, values: impl Iterator<Item = f64>, sums: &mut [f64]) {
        for ((band, share), value) in self.bins.iter().zip(values) {
            let share = f64::from(*share);
            sums[*band] += value * (1.0 - share);
            sums[band + 1] += value * share;
        }
    }

    /// Values of bands as values of bins.
    pub(super) fn spread(&self, bands: &[f32], bins: &mut [f32]) {
        for ((band, share), bin) in self.bins.iter().zip(bins) {
            *bin = bands[*band] + share * (bands[band + 1] - bands[*band]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bin_counts_once_and_a_constant_stays_one() {
        for rate in [8000.0, 44_100.0, 192_000.0] {
            let frames = Frames::new(rate);
            let bands = Bands::new(&frames, rate);
            let mut sums = vec![0.0; bands.centres.len()];
            bands.sum((0..frames.bins()).map(|_| 1.0_f64), &mut sums);
            // Shares in single precision.
            assert!((sums.iter().sum::<f64>() / frames.bins() as f64 - 1.0).abs() < 1e-6, "{rate} Hz");
            let mut bins = vec![0.0; frames.bins()];
            bands.spread(&vec![0.5; sums.len()], &mut bins);
            assert!(bins.iter().all(|bin| *bin == 0.5), "{rate} Hz");
            let centres = &bands.centres;
            assert!(centres.iter().enumerate().all(|(band, centre)| bands.nearest(*centre) == band));
            assert!(centres.last().is_some_and(|last| *last <= 0.5 * rate && *last > 0.35 * rate), "{rate} Hz");
        }
    }
}

//! Extremes of samples over time.

use crate::cancel::{Cancelled, Token};

/// Most stretches of time that are told apart: of 60 s each has 2 ms, of up to 0.6 s each is a sample.
const MOST: usize = 1 << 15;

/// The smallest and the largest sample in each of some equal stretches of time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Waves {
    stretches: Vec<(f32, f32)>,
}

impl Waves {
    /// Of one channel.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(super) fn new(samples: &[f32], cancel: &Token) -> Result<Self, Cancelled> {
        let count = samples.len().min(MOST);
        let at = |stretch: usize| stretch * samples.len() / count;
        let mut stretches = Vec::with_capacity(count);
        for stretch in 0..count {
            if stretch % 256 == 0 {
                cancel.check()?;
            }
            let samples = &samples[at(stretch)..at(stretch + 1)];
            let extremes = |(low, high): (f32, f32), sample: &f32| (low.min(*sample), high.max(*sample));
            stretches.push(samples.iter().fold((f32::INFINITY, f32::NEG_INFINITY), extremes));
        }
        Ok(Self { stretches })
    }

    /// The extremes between two times, as shares of the length; `None` outside. A span shorter than a stretch has those
    /// of the stretch that it lies in.
    #[must_use]
    pub fn between(&self, from: f64, to: f64) -> Option<(f32, f32)> {
        let count = self.stretches.len();
        if count == 0 || to <= 0.0 || from >= 1.0 {
            return None;
        }
        let first = ((from.max(0.0) * count as f64 + 1e-9) as usize).min(count - 1);
        let end = ((to.min(1.0) * count as f64 - 1e-9).ceil() as usize).clamp(first + 1, count);
        let all = self.stretches[first..end].iter();
        all.copied().reduce(|(low, high), (a, b)| (low.min(a), high.max(b)))
    }

    /// The largest absolute sample.
    #[must_use]
    pub fn peak(&self) -> f32 {
        self.stretches.iter().fold(0.0, |peak, (low, high)| peak.max(-low).max(*high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_extreme_is_shown_where_it_is() {
        for len in [1, 2, 511, MOST - 1, MOST, MOST + 1, 100_000] {
            let mut samples = vec![0.25; len];
            samples[len / 2] = -1.5;
            samples[len - 1] = 2.0;
            let waves = Waves::new(&samples, &Token::never()).expect("not cancelled");
            assert_eq!(waves.peak(), 2.0, "{len}");
            for columns in [1, 3, 500, 2000] {
                let of =
                    |column: usize| waves.between(column as f64 / columns as f64, (column + 1) as f64 / columns as f64);
                let all: Vec<_> = (0..columns).map(|column| of(column).expect("inside")).collect();
                assert!(all.iter().all(|(low, high)| low <= high));
                assert_eq!(all[columns - 1].1, 2.0, "{len} in {columns}");
                if len > 2 {
                    let dip = all.iter().position(|extremes| extremes.0 == -1.5).expect("the dip is shown");
                    // At the edge of a column the sample may count to either side.
                    let right = (len / 2) * columns / len;
                    assert!(dip.abs_diff(right) <= 1 + columns / len, "{len} in {columns}: {dip} for {right}");
                }
            }
        }
    }

    #[test]
    fn nothing_lies_outside() {
        let waves = Waves::new(&[1.0; 10], &Token::never()).expect("not cancelled");
        assert_eq!((waves.between(-0.2, 0.0), waves.between(1.0, 1.1)), (None, None));
        assert_eq!(waves.between(-0.2, 0.01), Some((1.0, 1.0)));
        assert_eq!(Waves::default().between(0.0, 1.0), None);
    }
}

//! The energy that is still to come of one band, from frame to frame.

use crate::impulse::decay::INCOHERENT;
use std::ops::Range;

/// An energy decay curve of frames, as natural logarithms.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curve {
    /// As far as the decay is seen; at least one.
    values: Vec<f64>,
    /// What each is to the one before from there on; negative.
    slope: f64,
}

impl Curve {
    /// From the energies of frames. `ending` is the frames in which the decay is left before it comes to its noise, and
    /// by how many natural logarithms its energy falls from frame to frame. Without one all frames count, and what
    /// would follow dies away as an exponential with the same centre of gravity.
    ///
    /// `None` where there is no energy above the least one.
    pub(super) fn new(energies: &[f64], ending: Option<(Range<f64>, f64)>, least: f64) -> Option<Self> {
        let known = ending.and_then(|(change, fall)| Self::until(energies, change, fall));
        let curve = known.or_else(|| Self::of_all(energies))?;
        (curve.values[0] > least.max(f64::MIN_POSITIVE).ln()).then_some(curve)
    }

    fn until(energies: &[f64], change: Range<f64>, fall: f64) -> Option<Self> {
        let end = (change.end as usize).min(energies.len());
        let first = (change.start.max(0.0) as usize).min(end.checked_sub(1)?);
        // The level at the end, from all frames of the change.
        let at_end = |(index, energy): (usize, &f64)| energy * (-fall * (end - first - index) as f64).exp();
        let level = energies[first..end].iter().enumerate().map(at_end).sum::<f64>() / (end - first) as f64;
        let follows = level * (1.0 / (1.0 - (-fall).exp()) - 0.5);
        let is_known = level > 0.0 && fall > 0.0 && follows.is_finite();
        is_known.then(|| Self::summed(&energies[..end], follows + 0.5 * level, follows, -fall))
    }

    fn of_all(energies: &[f64]) -> Option<Self> {
        let end = energies.iter().rposition(|energy| *energy > 0.0)?;
        let sums = energies
            .iter()
            .enumerate()
            .fold((0.0, 0.0), |sums, (index, energy)| (sums.0 + energy, sums.1 + index as f64 * energy));
        let centre = (sums.1 / sums.0).max(0.5);
        let last = 0.5 * energies[end];
        Some(Self::summed(&energies[..end], energies[end], last, -1.0 / centre))
    }

    /// With what follows the energies altogether, and what follows half of the frame behind them.
    fn summed(energies: &[f64], beyond: f64, last: f64, slope: f64) -> Self {
        let mut values = vec![last.ln()];
        let mut rest = beyond;
        for energy in energies.iter().rev() {
            values.push((rest + 0.5 * energy).ln());
            rest += energy;
        }
        values.reverse();
        Self { values, slope }
    }

    /// Of the same band in frames that go on where this curve is a straight line. In the frames of the change the
    /// recording gives way to what continues it.
    pub(super) fn continued(self, energies: &[f64], change: &Range<f64>) -> Self {
        let beyond = self.at(energies.len()).exp().max(f64::MIN_POSITIVE);
        let sound = |(frame, energy): (usize, &f64)| {
            let share = ((frame as f64 - change.start) / (change.end - change.start)).clamp(0.0, 1.0);
            energy / (1.0 + share * (INCOHERENT.powi(2) - 1.0))
        };
        let energies: Vec<f64> = energies.iter().enumerate().map(sound).collect();
        let mut curve = Self::summed(&energies, beyond, beyond, self.slope);
        // What is too weak for numbers of single precision is where the line is.
        curve.values.iter_mut().enumerate().for_each(|(frame, value)| *value = value.max(self.at(frame)));
        curve
    }

    /// The value at a frame.
    pub(super) fn at(&self, frame: usize) -> f64 {
        let last = self.values.len() - 1;
        self.values[frame.min(last)] + self.slope * frame.saturating_sub(last) as f64
    }

    /// The first frame from which on it is a straight line.
    pub(super) fn end(&self) -> usize {
        self.values.len() - 1
    }

    /// What each value is to the one before from there on.
    pub(super) fn slope(&self) -> f64 {
        self.slope
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponential_is_one_straight_line_within_and_behind_what_is_seen() {
        let fall = 0.2;
        let energies: Vec<f64> = (0..80).map(|n| 3.0 * (-fall * f64::from(n)).exp() + 1e-5).collect();
        let curve = Curve::new(&energies, Some((30.0..40.0, fall)), 0.0).expect("energy");
        let all = 3.0 * (1.0 / (1.0 - (-fall).exp()) - 0.5);
        for frame in [0, 10, 39, 40, 41, 100, 500] {
            let expected = all.ln() - fall * frame as f64;
            // The noise is 20 dB below the decay at the end: 1 % and less of the energy that is still to come.
            assert!((curve.at(frame) - expected).abs() < 0.02, "{frame}: {}, not {expected}", curve.at(frame));
        }
    }

    #[test]
    fn what_is_no_decay_has_a_curve_that_never_rises() {
        let gap: Vec<f64> = (0..60).map(|n| if (10..40).contains(&n) { 0.0 } else { 1.0 }).collect();
        let one = [0.0, 0.0, 1.0];
        for energies in [&gap[..], &one, &[1.0], &[1.0; 50]] {
            let curve = Curve::new(energies, None, 0.0).expect("energy");
            let values: Vec<f64> = (0..200).map(|frame| curve.at(frame)).collect();
            assert!(values.iter().all(|value| value.is_finite()), "{energies:?}");
            assert!(values.windows(2).all(|pair| pair[1] <= pair[0]), "{energies:?}");
        }
        assert_eq!((Curve::new(&[0.0; 5], None, 0.0), Curve::new(&[1e-9], None, 1e-8)), (None, None));
        assert_eq!((Curve::new(&[], None, 0.0), Curve::new(&[0.0; 9], Some((3.0..5.0, 0.1)), 0.0)), (None, None));
    }
}

//! Levels of stretches of energy, and straight lines through them.

/// Mean energies of stretches of one length, in dB. A piece at the end that is shorter would be less certain than the
/// rest, and is left out.
pub(super) struct Levels {
    /// Samples of a stretch.
    pub(super) length: usize,
    pub(super) values: Vec<f64>,
}

impl Levels {
    /// Of the energies of samples.
    pub(super) fn new(energy: &[f64], length: usize) -> Self {
        let length = length.max(1);
        Self { length, values: energy.chunks_exact(length).map(|part| decibels(mean(part))).collect() }
    }

    /// The stretch that is loudest.
    pub(super) fn peak(&self) -> usize {
        (0..self.values.len()).max_by(|a, b| self.values[*a].total_cmp(&self.values[*b])).unwrap_or(0)
    }

    /// The line through the levels from the peak on, from the first not above `upper` to the last before `lower`.
    pub(super) fn line(&self, upper: f64, lower: f64) -> Option<Line> {
        let peak = self.peak();
        let behind = self.values.get(peak..)?;
        let from = peak + behind.iter().position(|level| *level <= upper)?;
        let to = peak + behind.iter().position(|level| *level < lower).unwrap_or(behind.len());
        let points = (from..to).filter(|index| self.values[*index].is_finite());
        Line::through(points.map(|index| ((index as f64 + 0.5) * self.length as f64, self.values[index])))
            .filter(|line| line.slope < 0.0)
    }

    /// The levels, each one the median of the five around it, or of fewer at the ends: what stands out alone is gone,
    /// and a straight line is left as it is.
    pub(super) fn smoothed(&self) -> Vec<f64> {
        let count = self.values.len();
        let around = |at: usize| {
            let reach = at.min(count - 1 - at).min(2);
            let mut near = self.values[at - reach..=at + reach].to_vec();
            median(&mut near)
        };
        (0..count).map(around).collect()
    }
}

/// A straight line in dB over samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub(super) at_zero: f64,
    /// dB per sample.
    pub(super) slope: f64,
    /// Standard error of the slope; infinite for two points.
    pub(super) error: f64,
}

impl Line {
    /// Least squares. `None` for fewer than two points.
    pub(super) fn through(points: impl Iterator<Item = (f64, f64)>) -> Option<Self> {
        let points: Vec<(f64, f64)> = points.collect();
        let count = points.len() as f64;
        if points.len() < 2 {
            return None;
        }
        let (x, y) = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0 / count, sum.1 + point.1 / count));
        let (xx, xy) = points.iter().fold((0.0, 0.0), |sum, point| {
            let from_middle = point.0 - x;
            (sum.0 + from_middle * from_middle, sum.1 + from_middle * (point.1 - y))
        });
        let slope = xy / xx;
        let at_zero = y - slope * x;
        let rest: f64 = points.iter().map(|point| (point.1 - at_zero - slope * point.0).powi(2)).sum();
        let error = if points.len() > 2 { (rest / (count - 2.0) / xx).sqrt() } else { f64::INFINITY };
        Some(Self { at_zero, slope, error })
    }

    /// The level at a sample.
    pub(super) fn at(self, sample: f64) -> f64 {
        self.at_zero + self.slope * sample
    }

    /// Where the line has a level.
    pub(super) fn reaches(self, level: f64) -> f64 {
        (level - self.at_zero) / self.slope
    }
}

/// Median of the absolute value of a normal variable, relative to its standard deviation.
const MEDIAN: f64 = 0.6745;

/// Standard deviation of levels around what they follow, whatever slope that has; 0 of fewer than three.
pub(super) fn scatter(levels: &[f64]) -> f64 {
    // A second difference of independent values scatters by √6 times as much as they do.
    let second = |three: &[f64]| (three[0] - 2.0 * three[1] + three[2]).abs();
    let mut differences: Vec<f64> = levels.windows(3).map(second).collect();
    median(&mut differences) / MEDIAN / 6_f64.sqrt()
}

/// The value in the middle; of an even number the upper one of both. 0 of none. Changes the order.
pub(super) fn median(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() { 0.0 } else { *values.select_nth_unstable_by(middle, f64::total_cmp).1 }
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Of an energy; far below everything, but finite, for none.
pub(super) fn decibels(energy: f64) -> f64 {
    10.0 * energy.max(1e-300).log10()
}

//! Where a decay ends and noise begins: Lundeby, Vigran, Bietz, Vorländer: *Uncertainties of measurements in room
//! acoustics*, Acustica 81 (1995), 344–355.

use crate::cancel::{Cancelled, Token};

/// Times that the estimate is refined; the authors need no more than five.
const ROUNDS: usize = 6;
/// A slope is fitted from the peak, or this many dB above its other end, …
const SPAN: f64 = 15.0;
/// … down to this many dB above the noise; and noise is measured this far behind the crossing.
const MARGIN: f64 = 7.5;

/// What a response's end is like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::impulse) struct Floor {
    /// The first sample that counts no more: where the decay meets the noise, or the end.
    pub(in crate::impulse) end: usize,
    /// Mean energy of a sample of noise; 0 where the response ends before its noise.
    pub(in crate::impulse) noise: f64,
    /// Energy that the decay would have had behind `end`.
    pub(in crate::impulse) beyond: f64,
    /// From the loudest stretch down to the noise, or to the end, in dB.
    pub(in crate::impulse) range: f64,
}

/// A straight line in dB over samples.
#[derive(Debug, Clone, Copy)]
struct Line {
    at_zero: f64,
    slope: f64,
}

impl Line {
    /// Least squares. `None` for fewer than two points and for what does not fall.
    fn through(points: impl Iterator<Item = (f64, f64)>) -> Option<Self> {
        let points: Vec<(f64, f64)> = points.collect();
        let count = points.len() as f64;
        let (x, y) = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0 / count, sum.1 + point.1 / count));
        let (xx, xy) = points.iter().fold((0.0, 0.0), |sum, point| {
            let from_middle = point.0 - x;
            (sum.0 + from_middle * from_middle, sum.1 + from_middle * (point.1 - y))
        });
        let slope = xy / xx;
        (points.len() >= 2 && slope < 0.0).then_some(Self { at_zero: y - slope * x, slope })
    }

    /// Where the line has a level.
    fn reaches(self, level: f64) -> f64 {
        (level - self.at_zero) / self.slope
    }
}

/// Mean levels in dB of stretches of the energy.
struct Stretches {
    length: usize,
    levels: Vec<f64>,
}

impl Stretches {
    fn new(energy: &[f64], length: usize) -> Self {
        // A piece at the end that is shorter would be less certain than the rest.
        let levels = energy.chunks_exact(length).map(|part| decibels(mean(part))).collect();
        Self { length, levels }
    }

    fn middle(&self, index: usize) -> f64 {
        (index as f64 + 0.5) * self.length as f64
    }

    fn peak(&self) -> usize {
        (0..self.levels.len()).max_by(|a, b| self.levels[*a].total_cmp(&self.levels[*b])).unwrap_or(0)
    }

    /// The line through the levels after the peak, from the first not above `upper` to the last before `lower`.
    fn line(&self, upper: f64, lower: f64) -> Option<Line> {
        let peak = self.peak();
        let behind = &self.levels[peak..];
        let from = peak + behind.iter().position(|level| *level <= upper)?;
        let to = peak + behind.iter().position(|level| *level < lower).unwrap_or(behind.len());
        let points = (from..to).filter(|index| self.levels[*index].is_finite());
        Line::through(points.map(|index| (self.middle(index), self.levels[index])))
    }
}

/// Looks for the end of a decay in the energies of a response's samples. `None` for silence, and for what does not
/// die away.
pub(in crate::impulse) fn floor(energy: &[f64], sample_rate: f64, cancel: &Token) -> Result<Option<Floor>, Cancelled> {
    // Digital silence at the end is no noise of the room.
    let Some(last) = energy.iter().rposition(|energy| *energy > 0.0) else { return Ok(None) };
    let length = last + 1;
    let energy = &energy[..length];
    let first = ((0.03 * sample_rate) as usize).min(length / 20).max(1);
    let last_tenth = length - length / 10;
    let Some(tail) = energy.get(last_tenth..).filter(|tail| !tail.is_empty()) else { return Ok(None) };
    let mut noise = mean(tail);

    cancel.check()?;
    let mut stretches = Stretches::new(energy, first);
    let Some(mut line) = stretches.line(f64::INFINITY, decibels(noise) + MARGIN) else { return Ok(None) };
    let mut crossing = line.reaches(decibels(noise));
    // Five stretches in every 10 dB.
    let finer = (2.0 / -line.slope) as usize;
    cancel.check()?;
    stretches = Stretches::new(energy, finer.clamp(1, (0.05 * sample_rate) as usize).min(length / 8).max(1));
    for _ in 0..ROUNDS {
        cancel.check()?;
        let quiet = ((crossing - MARGIN / line.slope).max(0.0) as usize).min(last_tenth);
        noise = mean(&energy[quiet..]);
        let lower = decibels(noise) + MARGIN;
        let peak = stretches.levels[stretches.peak()];
        let upper = (lower + SPAN).min(peak);
        let Some(refined) = stretches.line(upper, lower) else { break };
        line = refined;
        let before = crossing;
        crossing = line.reaches(decibels(noise));
        if (crossing - before).abs() < stretches.length as f64 {
            break;
        }
    }
    let peak = stretches.levels[stretches.peak()];
    // Less than a tenth of the response behind the crossing: that is the decay's own end, not a floor.
    let cut = crossing >= last_tenth as f64;
    let end = if cut { length } else { crossing.max(1.0) as usize };
    let at_end = line.at_zero + line.slope * end as f64;
    let rate = -line.slope * std::f64::consts::LN_10 / 10.0;
    Ok(Some(Floor {
        end,
        noise: if cut { 0.0 } else { noise },
        beyond: 10_f64.powf(0.1 * at_end) / rate,
        range: peak - if cut { at_end } else { decibels(noise) },
    }))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn decibels(energy: f64) -> f64 {
    10.0 * energy.log10()
}

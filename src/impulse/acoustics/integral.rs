//! Backward integration.

use super::energy::PIECE;
use super::floor::Floor;
use super::levels::{Line, decibels};
use crate::cancel::{Cancelled, Token};

/// Points of the curve that a straight line is laid through, at most: all of them would take long and say no more.
const POINTS: usize = 4096;

/// Energy that is still to come, from each sample on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Integral {
    pub(super) energies: Vec<f64>,
    /// The direct sound's first sample: nothing decays before.
    direct: usize,
    /// What comes behind the last of them.
    pub(super) beyond: f64,
    /// Relative fall of an energy from sample to sample there.
    pub(super) fall: f64,
}

impl Integral {
    /// Of energies that count from a sample on, and end as is known. The direct sound begins there or later.
    pub(super) fn new(
        mut energy: Vec<f64>,
        start: usize,
        direct: usize,
        floor: Floor,
        cancel: &Token,
    ) -> Result<Self, Cancelled> {
        energy.truncate(floor.end);
        let start = start.min(energy.len());
        let mut rest = floor.beyond;
        for piece in energy[start..].rchunks_mut(PIECE) {
            cancel.check()?;
            for energy in piece.iter_mut().rev() {
                rest += *energy - floor.noise;
                // Where noise happens to be weaker than its mean, the sum may fall behind what is certain to come.
                *energy = rest.max(floor.beyond);
            }
        }
        energy[..start].fill(rest.max(floor.beyond));
        Ok(Self { energies: energy, direct, beyond: floor.beyond, fall: floor.fall })
    }

    pub(super) fn level(&self, energy: f64) -> f64 {
        decibels(energy / self.energies[0])
    }

    pub(super) fn reaches(&self, level: f64, from: usize) -> Option<usize> {
        // What is above by far more than the logarithm's rounding needs none.
        let near = self.energies.first()? * 10_f64.powf(0.1 * level) * (1.0 + 1e-9);
        let is_down = |energy: &f64| *energy <= near && self.level(*energy) <= level;
        self.energies.get(from..)?.iter().position(is_down).map(|samples| from + samples)
    }

    /// The line between two levels, in dB over samples, from the direct sound on.
    pub(super) fn line(&self, upper: f64, lower: f64) -> Option<Line> {
        let from = self.reaches(upper, self.direct)?;
        let to = self.reaches(lower, from)?;
        let every = (to - from).div_ceil(POINTS).max(1);
        Line::through((from..to).step_by(every).map(|at| (at as f64, self.level(self.energies[at]))))
    }
}

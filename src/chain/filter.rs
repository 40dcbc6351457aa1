//! A filter of second order for all channels, which moves without a click.

use super::state_variable::{State, Tuning};

/// Samples from one design to the next while a filter moves, and samples in which a design is reached. A design costs
/// as much as some ten filtered samples, and a ramp of 20 ms has 55 of these stretches or more.
pub(super) const GRID: usize = 16;

/// A tuning on its way to another, and what rings in it.
#[derive(Debug)]
pub(super) struct Filter {
    tuning: Tuning,
    goal: Tuning,
    change: Tuning,
    /// Samples until the goal is reached.
    left: usize,
    /// One per channel.
    states: Vec<State>,
}

impl Filter {
    /// A filter at rest, for so many channels. Allocates.
    pub fn new(tuning: Tuning, channels: usize) -> Self {
        Self { tuning, goal: tuning, change: tuning, left: 0, states: vec![State::default(); channels] }
    }

    /// Is tuned at once.
    pub fn jump(&mut self, tuning: Tuning) {
        (self.tuning, self.goal, self.left) = (tuning, tuning, 0);
    }

    /// Moves to a tuning within [`GRID`] samples, in a straight line: gains are heard at once, so steps of them would
    /// be heard, too.
    pub fn set(&mut self, goal: Tuning) {
        (self.goal, self.left, self.change) = (goal, GRID, self.tuning.towards(goal, GRID));
    }

    /// True if it does not move.
    pub fn rests(&self) -> bool {
        self.left == 0
    }

    /// Moves on by one sample.
    #[inline]
    pub fn advance(&mut self) {
        if self.left > 0 {
            self.left -= 1;
            self.tuning = if self.left == 0 { self.goal } else { self.tuning.moved(self.change) };
        }
    }

    /// Filters one sample of a channel.
    #[inline]
    pub fn next(&mut self, channel: usize, sample: f64) -> f64 {
        self.states[channel].next(sample, self.tuning)
    }

    /// Forgets the earlier signal.
    pub fn reset(&mut self) {
        self.states.fill(State::default());
    }
}

#[cfg(test)]
mod tests {
    use super::super::matched::Designer;
    use super::*;

    #[test]
    fn what_rings_grows_no_louder_while_the_filter_moves() {
        let designer = Designer::new(44_100);
        let corner = |index: usize| [4.4_f32, 9.0, 11.0, 14.28][index % 4];
        let mut filter = Filter::new(designer.low_pass(corner(0)), 1);
        filter.next(0, 1.0);
        let energy = |filter: &Filter| filter.states[0].energy();
        let mut before = energy(&filter);
        assert!(before > 0.0);
        for sample in 0..2000 {
            // New goals at the ends of ways, and in their middle.
            if sample % 11 == 0 {
                let gain = [-18.0, 18.0][sample / 44 % 2];
                filter.set(match sample / 11 % 3 {
                    0 => designer.low_pass(corner(sample / 11)),
                    1 => designer.high_pass(corner(sample / 11)),
                    _ => designer.high_shelf(gain, corner(sample / 11)),
                });
            }
            filter.advance();
            filter.next(0, 0.0);
            let now = energy(&filter);
            // The rounding of some twenty operations.
            assert!(now <= before * (1.0 + 20.0 * f64::EPSILON), "{now} after {before}");
            before = now;
        }
    }

    #[test]
    fn it_arrives_after_one_stretch() {
        let designer = Designer::new(48_000);
        let [from, to] = [10.0, 12.0].map(|corner| designer.low_pass(corner));
        let mut filter = Filter::new(from, 1);
        filter.set(to);
        for _ in 0..GRID {
            assert!(!filter.rests());
            filter.advance();
        }
        assert!(filter.rests() && filter.tuning == to);
    }
}

//! A filter of second order in the state-variable form, on which cuts and shelves are built.
//!
//! With trapezoidal integrators the state stays meaningful while the filter moves (Zavalishin, *The Art of VA Filter
//! Design*, 2018; Simper, *Linear Trapezoidal State Variable Filter*, 2013). Any stable filter of second order has this
//! form: its poles give the integrators their coefficients, its zeros the gains by which input and outputs are summed.

use crate::engine::FLOOR;

/// A filter: `a1`, `a2` and `a3` of the integrators, and gains of input, band-pass and low-pass. The same for every
/// channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tuning(pub [f64; 6]);

/// The two integrators of one channel.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct State([f64; 2]);

impl Tuning {
    /// Adds a change to all numbers.
    ///
    /// What lies between two stable filters is stable, even while it moves: an update of the state is linear in the
    /// coefficients, each of both makes `s₁² + s₂²` no larger, and so does every mean of them.
    pub fn moved(self, change: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + change.0[i]))
    }

    /// One of `parts` equal changes that lead to a goal.
    pub fn towards(self, goal: Self, parts: usize) -> Self {
        Self(std::array::from_fn(|i| (goal.0[i] - self.0[i]) / parts as f64))
    }
}

impl State {
    /// Filters one sample.
    #[inline]
    pub fn next(&mut self, x: f64, Tuning([a1, a2, a3, input, band, low]): Tuning) -> f64 {
        let Self([first, second]) = self;
        let rest = x - *second;
        let through_band = a1 * *first + a2 * rest;
        let through_low = *second + a2 * *first + a3 * rest;
        *first = settled(2.0 * through_band - *first);
        *second = settled(2.0 * through_low - *second);
        input * x + band * through_band + low * through_low
    }

    /// `s₁² + s₂²`.
    #[cfg(test)]
    pub fn energy(&self) -> f64 {
        self.0.iter().map(|state| state * state).sum()
    }
}

/// Sets a state to zero below -300 dB, because a filter would ring on into denormal numbers, and if it is not finite,
/// because it would stay so for ever.
#[inline]
fn settled(state: f64) -> f64 {
    if (f64::from(FLOOR)..f64::INFINITY).contains(&state.abs()) { state } else { 0.0 }
}

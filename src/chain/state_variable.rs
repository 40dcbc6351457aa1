//! The second-order filter in the state-variable form, on which cuts and shelves are built.
//!
//! With trapezoidal integrators the state stays meaningful while the corner moves (Zavalishin, *The Art of VA Filter
//! Design*, 2018; Simper, *Linear Trapezoidal State Variable Filter*, 2013).

use crate::engine::FLOOR;
use std::f64::consts::{PI, SQRT_2};

/// Coefficients for one corner, the same for every channel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coefficients([f64; 3]);

/// The two integrators of one channel.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct State([f64; 2]);

impl Coefficients {
    /// Coefficients of a corner, given as log2 of its frequency in Hz.
    pub fn new(corner: f32, sample_rate: f64) -> Self {
        Self::warped(warp(corner, sample_rate))
    }

    /// Coefficients of a corner on the axis of the bilinear transform; see [`warp`].
    pub fn warped(g: f64) -> Self {
        let a1 = 1.0 / (1.0 + g * (g + SQRT_2));
        Self([a1, g * a1, g * g * a1])
    }
}

/// Maps a corner, given as log2 of its frequency in Hz, to the axis of the bilinear transform. The axis ends at the
/// Nyquist frequency, so corners are limited to a little below.
pub(super) fn warp(corner: f32, sample_rate: f64) -> f64 {
    let frequency = f64::from(corner).exp2().min(0.49 * sample_rate);
    (PI * frequency / sample_rate).tan()
}

impl State {
    /// Filters one sample. Gives the band-pass and the low-pass output.
    #[inline]
    pub fn next(&mut self, x: f64, Coefficients([a1, a2, a3]): Coefficients) -> (f64, f64) {
        let Self([first, second]) = self;
        let rest = x - *second;
        let band = a1 * *first + a2 * rest;
        let low = *second + a2 * *first + a3 * rest;
        *first = settled(2.0 * band - *first);
        *second = settled(2.0 * low - *second);
        (band, low)
    }
}

/// Sets a state to zero below -300 dB, because a filter would ring on into denormal numbers, and if it is not finite,
/// because it would stay so for ever.
#[inline]
fn settled(state: f64) -> f64 {
    if (f64::from(FLOOR)..f64::INFINITY).contains(&state.abs()) { state } else { 0.0 }
}

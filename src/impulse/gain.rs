//! A gain for each frame, the same for all channels.

use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use std::f64::consts::FRAC_PI_2;
use std::ops::Range;

/// Frames between two checks of the token: a few milliseconds' work.
const PIECE: usize = 1 << 14;
/// Frames from one that is computed exactly to the next. Those between are a product with what a table holds, which
/// costs two roundings of `f64`: nothing of it is left in an `f32`.
const STRIDE: usize = 64;

/// A raised cosine from 0 at position 0 to 1 at 1, and flat beyond. `rise(x) + rise(1 - x) = 1`.
pub(in crate::impulse) fn rise(position: f64) -> f64 {
    if position <= 0.0 {
        0.0
    } else if position >= 1.0 {
        1.0
    } else {
        (FRAC_PI_2 * position).sin().powi(2)
    }
}

/// A quarter of a sine over frames: 0 up to where it starts, 1 from where it ends, which may also lie before the start.
/// Its square is [`rise`].
pub(in crate::impulse) struct QuarterSine {
    start: f64,
    length: f64,
    /// Sine and cosine of `0 .. STRIDE` frames.
    steps: [(f64, f64); STRIDE],
}

impl QuarterSine {
    /// From one place among the frames to another.
    pub(in crate::impulse) fn new(start: f64, end: f64) -> Self {
        let length = end - start;
        Self { start, length, steps: std::array::from_fn(|n| (FRAC_PI_2 * n as f64 / length).sin_cos()) }
    }

    fn position(&self, frame: usize) -> f64 {
        (frame as f64 - self.start) / self.length
    }

    /// Its values from a frame on.
    pub(in crate::impulse) fn fill(&self, first: usize, values: &mut [f64]) {
        let rises = |position: f64| position > 0.0 && position < 1.0;
        for (index, values) in values.chunks_mut(STRIDE).enumerate() {
            let frame = first + index * STRIDE;
            let [from, to] = [frame, frame + values.len() - 1].map(|frame| self.position(frame));
            if rises(from) && rises(to) {
                let (sine, cosine) = (FRAC_PI_2 * from).sin_cos();
                for (value, step) in values.iter_mut().zip(&self.steps) {
                    *value = sine * step.1 + cosine * step.0;
                }
            } else if from.max(to) <= 0.0 {
                values.fill(0.0);
            } else if from.min(to) >= 1.0 {
                values.fill(1.0);
            } else {
                for (n, value) in values.iter_mut().enumerate() {
                    *value = (FRAC_PI_2 * self.position(frame + n).clamp(0.0, 1.0)).sin();
                }
            }
        }
    }

    /// [`rise`] from a frame on.
    pub(super) fn fill_rise(&self, first: usize, values: &mut [f64]) {
        self.fill(first, values);
        values.iter_mut().for_each(|value| *value *= *value);
    }
}

/// An exponential over frames, 1 at its origin.
pub(in crate::impulse) struct Exponential {
    origin: f64,
    /// Natural logarithm of what one frame is to the one before.
    slope: f64,
    steps: [f64; STRIDE],
}

impl Exponential {
    /// Through 1 at a place among the frames, with the natural logarithm of what one frame is to the one before.
    pub(in crate::impulse) fn new(origin: f64, slope: f64) -> Self {
        Self { origin, slope, steps: std::array::from_fn(|n| (slope * n as f64).exp()) }
    }

    /// Its values from a frame on.
    pub(in crate::impulse) fn fill(&self, first: usize, values: &mut [f64]) {
        for (index, values) in values.chunks_mut(STRIDE).enumerate() {
            let anchor = (self.slope * ((first + index * STRIDE) as f64 - self.origin)).exp();
            for (value, step) in values.iter_mut().zip(&self.steps) {
                *value = anchor * step;
            }
        }
    }
}

/// Multiplies some frames by a gain each, which `gains` fills in from a frame on. A gain of 1 changes no bit.
pub(super) fn weigh(
    impulse: &mut Impulse,
    frames: Range<usize>,
    mut gains: impl FnMut(usize, &mut [f64]),
    cancel: &Token,
) -> Result<(), Cancelled> {
    let mut of_piece = vec![0.0; PIECE.min(frames.len())];
    for start in frames.clone().step_by(PIECE) {
        let piece = start..frames.end.min(start + PIECE);
        let of_piece = &mut of_piece[..piece.len()];
        gains(start, of_piece);
        for channel in &mut impulse.channels {
            cancel.check()?;
            for (sample, gain) in channel[piece.clone()].iter_mut().zip(&*of_piece) {
                *sample = finite(f64::from(*sample) * gain);
            }
        }
    }
    Ok(())
}

/// The nearest sample that is a finite number.
pub(in crate::impulse) fn finite(sample: f64) -> f32 {
    (sample as f32).clamp(f32::MIN, f32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_sine_is_one_to_the_last_digits_of_an_f64() {
        for (start, end) in [(10.0, 1000.0), (0.5, 1.5), (-0.5, 2_879_999.5), (700.25, 3.0), (5.0, 200_000.0)] {
            for first in [0, 1, 37, 150_000] {
                let mut values = vec![7.0; 1000];
                QuarterSine::new(start, end).fill(first, &mut values);
                for (n, found) in values.iter().enumerate() {
                    let position = (((first + n) as f64 - start) / (end - start)).clamp(0.0, 1.0);
                    let expected = (FRAC_PI_2 * position).sin();
                    // Two products of numbers below 1, with a rounding in each number, product and sum.
                    assert!((found - expected).abs() <= 4.0 * f64::EPSILON, "{n}: {found}, not {expected}");
                    assert!(position > 0.0 && position < 1.0 || *found == expected, "exact where it is flat");
                }
            }
        }
    }

    #[test]
    fn an_exponential_is_one_to_the_last_digits_of_an_f64() {
        for (origin, slope) in [(0.0, -1e-4), (960.5, 3e-4), (10.0, -0.05), (0.0, 0.0)] {
            for first in [0, 960, 5001] {
                let mut values = vec![7.0; 1000];
                Exponential::new(origin, slope).fill(first, &mut values);
                for (n, found) in values.iter().enumerate() {
                    let exponent = slope * ((first + n) as f64 - origin);
                    // An exponential multiplies the rounding of what is raised to it by that; and five roundings more.
                    let tolerance = (5.0 + 2.0 * exponent.abs()) * f64::EPSILON;
                    assert!((found / exponent.exp() - 1.0).abs() <= tolerance, "{n}: {found}");
                }
            }
        }
    }
}

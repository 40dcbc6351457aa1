//! A gain for each frame, the same for all channels.

use super::{Cancelled, go_on};
use crate::impulse::Impulse;
use std::ops::Range;

/// Frames between two questions whether to go on: a few milliseconds' work.
const PIECE: usize = 1 << 15;

/// A raised cosine from 0 at position 0 to 1 at 1, and flat beyond. `rise(x) + rise(1 - x) = 1`.
pub(in crate::impulse) fn rise(position: f64) -> f64 {
    (std::f64::consts::FRAC_PI_2 * position.clamp(0.0, 1.0)).sin().powi(2)
}

/// Multiplies some frames by a gain each. A gain of 1 changes no bit.
pub(super) fn weigh(
    impulse: &mut Impulse,
    frames: Range<usize>,
    gain: impl Fn(usize) -> f64,
    cancelled: &dyn Fn() -> bool,
) -> Result<(), Cancelled> {
    for channel in &mut impulse.channels {
        for (index, piece) in channel[frames.clone()].chunks_mut(PIECE).enumerate() {
            go_on(cancelled)?;
            let start = frames.start + index * PIECE;
            for (n, sample) in piece.iter_mut().enumerate() {
                *sample = finite(f64::from(*sample) * gain(start + n));
            }
        }
    }
    Ok(())
}

/// The nearest sample that is a finite number.
pub(in crate::impulse) fn finite(sample: f64) -> f32 {
    (sample as f32).clamp(f32::MIN, f32::MAX)
}

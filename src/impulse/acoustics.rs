//! How a room dies away: energy decay curve and reverberation time (ISO 3382-1:2009).
//!
//! ```text
//! impulse ──> (octave filter) ──> squares, summed over channels ──> floor: where does noise take over?
//!                                                              └──> curve: what energy is still to come ──> straight line
//! ```
//!
//! A figure that a recording's range does not carry is `None`, never a guess. Allocates; not for the audio thread.

mod curve;
mod floor;
mod mixing;
mod octave;
mod onset;

use super::Impulse;
use crate::cancel::{Cancelled, Token};
pub use curve::DecayCurve;
pub(super) use floor::floor;
pub use mixing::{MixingTime, mixing_time};
pub use octave::octave_band;
pub(super) use onset::peak;
pub use onset::{onset, onset_of_reversed};

/// Reverberation time in seconds over all frequencies: T30, or T20 where the range is too small for it, or `None`.
/// See [`DecayCurve::reverberation_time`].
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every few milliseconds.
pub fn rt60(impulse: &Impulse, cancel: &Token) -> Result<Option<f64>, Cancelled> {
    let curve = DecayCurve::new(impulse.channels(), impulse.sample_rate(), cancel)?;
    Ok(curve.and_then(|curve| curve.reverberation_time()))
}

/// [`rt60`] of one octave, by its centre in Hz; `None` also where the octave does not lie below half the sample rate.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked before each channel is filtered, and every few milliseconds after that.
pub fn rt60_in_octave(impulse: &Impulse, centre: f64, cancel: &Token) -> Result<Option<f64>, Cancelled> {
    if centre >= 0.5 * f64::from(impulse.sample_rate()) {
        return Ok(None);
    }
    let octave = |samples: &Vec<f32>| {
        cancel.check()?;
        Ok(octave_band(samples, impulse.sample_rate(), centre))
    };
    let band: Vec<Vec<f32>> = impulse.channels().iter().map(octave).collect::<Result<_, _>>()?;
    let curve = DecayCurve::new(&band, impulse.sample_rate(), cancel)?;
    Ok(curve.and_then(|curve| curve.reverberation_time()))
}

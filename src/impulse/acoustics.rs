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
pub use curve::DecayCurve;
pub(super) use floor::floor;
pub use mixing::{mixing_time, mixing_time_unless};
pub use octave::octave_band;
pub(super) use onset::peak_unless;
pub use onset::{onset, onset_of_reversed_unless, onset_unless};

/// Reverberation time in seconds over all frequencies: T30, or T20 where the range is too small for it, or `None`.
/// See [`DecayCurve::reverberation_time`].
#[must_use]
pub fn rt60(impulse: &Impulse) -> Option<f64> {
    rt60_unless(impulse, &|| false)
}

/// The same, for long impulses that somebody may lose interest in: `cancelled` is asked every few milliseconds, and once
/// it says so the result is `None`.
#[must_use]
pub fn rt60_unless(impulse: &Impulse, cancelled: &dyn Fn() -> bool) -> Option<f64> {
    DecayCurve::new_unless(impulse.channels(), impulse.sample_rate(), cancelled)?.reverberation_time()
}

/// [`rt60`] of one octave, by its centre in Hz; `None` also where the octave does not lie below half the sample rate.
#[must_use]
pub fn rt60_in_octave(impulse: &Impulse, centre: f64) -> Option<f64> {
    if centre >= 0.5 * f64::from(impulse.sample_rate()) {
        return None;
    }
    let band: Vec<Vec<f32>> =
        impulse.channels().iter().map(|samples| octave_band(samples, impulse.sample_rate(), centre)).collect();
    DecayCurve::new(&band, impulse.sample_rate())?.reverberation_time()
}

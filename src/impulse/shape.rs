//! Pure functions on impulses.
use super::Impulse;
/// Drops the samples at the end that are exactly zero in every channel, and nothing else.
pub fn drop_trailing_zeros(_impulse: &mut Impulse) {}

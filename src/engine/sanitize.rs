//! Limits of the samples and bins that the engine computes with.
//!
//! Values below [`FLOOR`] are flushed to zero, so that no denormal arises inside; values that are not finite or above
//! [`CEILING`] are replaced by silence, so that one damaged sample cannot stay in the state for ever.

/// Smallest magnitude that counts as sound: -300 dB. A product of two larger ones is at least 1e-30, far above the
/// denormals, which begin at 1.2e-38. What is left when such products cancel out can be denormal once in a while; it is
/// flushed when the sum is read.
///
/// A kernel's bins are scaled by 1/P before they meet the floor: a tap that is alone in its partition is heard from
/// P · 1e-15 on, -200 dB in the largest partitions.
pub const FLOOR: f32 = 1e-15;

/// Largest magnitude that counts as sound: +300 dB. Products of larger samples could overflow.
pub const CEILING: f32 = 1e15;

/// Replaces values below [`FLOOR`] by zero.
#[inline(always)]
#[must_use]
pub fn flush_small(x: f32) -> f32 {
    if x.abs() < FLOOR { 0.0 } else { x }
}

/// Replaces a sample by silence if it is not finite, above [`CEILING`] or below [`FLOOR`].
#[inline]
#[must_use]
pub fn sanitize(x: f32) -> f32 {
    if x.abs() <= CEILING { flush_small(x) } else { 0.0 }
}

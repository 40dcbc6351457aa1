//! Shaping, with what is measured on the way.

use crate::impulse::Impulse;
use crate::impulse::shape::{self, Shape, ShapeError, Shaped};

/// Shapes an impulse, and measures it between trimming and the rest. That is the place for its level: what the user does to
/// a room may change how loud it is, and the silence and noise around it does not count.
///
/// # Errors
/// As [`shape::apply`].
pub fn shaped<M>(
    mut impulse: Impulse,
    shape: &Shape,
    measure: impl FnOnce(&Impulse) -> M,
    cancelled: &dyn Fn() -> bool,
) -> Result<(Shaped, M), ShapeError> {
    let trimmed = shape::trim(&mut impulse, shape, cancelled)?;
    let measured = measure(&impulse);
    Ok((shape::apply_to_trimmed(impulse, trimmed, shape, cancelled)?, measured))
}

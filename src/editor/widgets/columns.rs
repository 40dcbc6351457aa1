//! The columns of a row: name, control, value.

/// Width in points of a row in which there is room for whole columns.
const ROOMY: f32 = 260.0;

/// Widths of the columns beside the control, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Columns {
    /// The name at the left.
    pub name: f32,
    /// The value at the right.
    pub value: f32,
}

impl Columns {
    /// The columns of a row of this width.
    #[must_use]
    pub fn of(width: f32) -> Self {
        if width >= ROOMY { Self { name: 96.0, value: 76.0 } } else { Self { name: 70.0, value: 62.0 } }
    }
}

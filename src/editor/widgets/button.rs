//! Buttons.
use crate::editor::theme;
use egui::{Button, vec2};

/// A button that stays down while it is on.
pub fn toggle(text: &str, on: bool) -> Button<'_> {
    Button::new(text).selected(on).min_size(vec2(58.0, theme::CONTROL_HEIGHT))
}

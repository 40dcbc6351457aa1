//! Buttons.
use crate::editor::theme;
use egui::{Button, RichText, vec2};

/// A button that stays down while it is on.
pub fn toggle(text: &str, on: bool) -> Button<'_> {
    let colour = if on { theme::ON_ACCENT } else { theme::TEXT };
    let fill = if on { theme::ACCENT } else { theme::CONTROL };
    Button::new(RichText::new(text).color(colour)).fill(fill).selected(on).min_size(vec2(58.0, theme::CONTROL_HEIGHT))
}

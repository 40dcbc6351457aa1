//! Buttons.
use crate::editor::theme;
use egui::{Button, CornerRadius, Response, StrokeKind, Ui, vec2};

/// A button that stays down while it is on.
pub fn toggle(text: &str, on: bool) -> Button<'_> {
    Button::new(text).selected(on).min_size(vec2(58.0, theme::CONTROL_HEIGHT))
}

/// Adds a [`toggle`]. While it is on, the ring of other buttons would have the colour of its ground: it has one of its
/// own.
pub fn add(ui: &mut Ui, toggle: Button, on: bool) -> Response {
    let response = ui.add(toggle);
    if on && response.has_focus() {
        let (rounding, colour) = (CornerRadius::same(theme::ROUNDING), theme::of(ui).on_accent);
        ui.painter().rect_stroke(response.rect.shrink(2.0), rounding, (1.0, colour), StrokeKind::Inside);
    }
    response
}

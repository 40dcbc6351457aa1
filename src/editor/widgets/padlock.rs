//! A padlock: a switch for what a preset leaves alone.
use super::context;
use crate::editor::parameter::{Edit, Reading};
use crate::editor::theme;
use egui::{CornerRadius, Painter, Pos2, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// Width of the padlock with the space around it.
pub const WIDTH: f32 = 24.0;

/// Draws a padlock in the whole of `rect`; `about` is said where the pointer rests.
pub fn show(ui: &Ui, reading: &Reading, about: &str, rect: Rect, edits: &mut Vec<Edit>) {
    let response = ui.interact(rect, ui.scope_id().with(reading.parameter), Sense::click());
    let is_on = reading.is_on();
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, is_on, &reading.name));
    let response = response.on_hover_text(format!("{}: {about}", reading.name));
    let colours = theme::of(ui);
    let ink = match (is_on, response.hovered() || response.has_focus()) {
        (true, _) => colours.accent,
        (false, true) => colours.text,
        (false, false) => colours.text_quiet,
    };
    paint(ui.painter(), rect.center(), is_on, Stroke::new(1.5, ink));
    if response.has_focus() {
        let ring = CornerRadius::same(theme::ROUNDING);
        ui.painter().rect_stroke(rect, ring, (1.0, colours.text_quiet), StrokeKind::Inside);
    }
    context::ask(ui, &response, reading.parameter, edits);
    if response.clicked() {
        edits.extend(Edit::gesture(reading.parameter, if is_on { 0.0 } else { 1.0 }));
    }
}

/// Open, the shackle stands beside the body.
fn paint(painter: &Painter, centre: Pos2, is_closed: bool, stroke: Stroke) {
    const RADIUS: f32 = 3.0;
    let body = Rect::from_center_size(centre + vec2(0.0, 3.0), vec2(10.0, 7.0));
    if is_closed {
        painter.rect_filled(body, CornerRadius::same(1), stroke.color);
    } else {
        painter.rect_stroke(body, CornerRadius::same(1), stroke, StrokeKind::Inside);
    }
    let middle = pos2(if is_closed { centre.x } else { centre.x + 2.0 * RADIUS }, body.top() - 2.5);
    let arc = (0..=8).map(|step| {
        let angle = (180.0 + 22.5 * step as f32).to_radians();
        middle + RADIUS * vec2(angle.cos(), angle.sin())
    });
    let left = pos2(middle.x - RADIUS, body.top());
    let right = pos2(middle.x + RADIUS, if is_closed { body.top() } else { middle.y + 1.5 });
    painter.add(Shape::line(std::iter::once(left).chain(arc).chain([right]).collect(), stroke));
}

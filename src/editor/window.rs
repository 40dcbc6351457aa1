//! The whole window: where each view lies.
use super::scene::{Action, Draft, Scene};
use super::theme::{GAP, MARGIN, PADDING};
use super::{banner, chooser, controls, figures, header, meters, theme, waveform};
use egui::{CornerRadius, Rect, Ui, UiBuilder, Vec2, pos2, vec2};

/// Size of a new window, in points.
pub const DEFAULT_SIZE: Vec2 = vec2(780.0, 600.0);
/// The smallest size at which nothing is cut off, in points.
pub const SMALLEST_SIZE: Vec2 = vec2(640.0, 570.0);

const HEADER: f32 = 32.0;

/// Draws everything into the whole of `ui` and gives what the user did, in its order.
pub fn show(ui: &mut Ui, scene: &Scene, draft: &mut Draft) -> Vec<Action> {
    let mut actions = Vec::new();
    let window = ui.max_rect();
    ui.painter().rect_filled(window, 0.0, theme::GROUND);
    let content = window.shrink(MARGIN);
    let mut top = content.top();
    let mut row = |height: f32| {
        let rect = Rect::from_min_size(pos2(content.left(), top), vec2(content.width(), height));
        top += height + if height > 0.0 { GAP } else { 0.0 };
        rect
    };
    let head = row(HEADER);
    let choose = row(theme::CONTROL_HEIGHT);
    let notice = row(banner::height(ui, scene, content.width()));
    let knobs = content.with_min_y(content.bottom() - controls::HEIGHT - 2.0 * PADDING);
    let middle = Rect::from_min_max(pos2(content.left(), top), pos2(content.right(), knobs.top() - GAP));
    let levels = middle.with_min_x(middle.right() - meters::WIDTH - 2.0 * PADDING);
    let picture = middle.with_max_x(levels.left() - GAP);

    within(ui, head, |ui| header::show(ui, scene, &mut actions));
    within(ui, choose, |ui| chooser::show(ui, scene, draft, &mut actions));
    banner::show(ui, scene, notice, &mut actions);
    let inside = panel(ui, picture);
    let summary = scene.summary.as_deref();
    waveform::show(ui, summary, inside.with_max_y(inside.bottom() - figures::HEIGHT - GAP));
    figures::show(ui, summary, inside.with_min_y(inside.bottom() - figures::HEIGHT));
    let inside = panel(ui, levels);
    meters::show(ui, scene, inside);
    let inside = panel(ui, knobs);
    controls::show(ui, scene, draft, inside, &mut actions);
    actions
}

fn within(ui: &mut Ui, rect: Rect, add: impl FnOnce(&mut Ui)) {
    ui.scope_builder(UiBuilder::new().max_rect(rect), add);
}

/// Paints a panel and gives the place for its content.
fn panel(ui: &Ui, rect: Rect) -> Rect {
    ui.painter().rect_filled(rect, CornerRadius::same(theme::ROUNDING), theme::PANEL);
    rect.shrink(PADDING)
}

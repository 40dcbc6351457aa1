//! The whole window: its sizes, and all views on its ground.

use super::theme;
use super::view::View;
use super::views::{Action, Model, State, Views};
use egui::{Ui, UiBuilder, Vec2, vec2};

/// Size of a new window, in points.
pub const DEFAULT_SIZE: Vec2 = vec2(780.0, 600.0);
/// The smallest size at which nothing is cut off, in points.
pub const SMALLEST_SIZE: Vec2 = vec2(640.0, 570.0);

/// Draws everything into the whole of `ui` and returns what the user did, in that order.
pub fn show(ui: &mut Ui, model: &Model, state: &mut State) -> Vec<Action> {
    let window = ui.max_rect();
    ui.painter().rect_filled(window, 0.0, theme::GROUND);
    let content = window.shrink(theme::MARGIN).with_max_y(window.bottom() - theme::MARGIN_BELOW);
    let content = UiBuilder::new().max_rect(content);
    ui.scope_builder(content, |ui| Views::show(ui, model, state)).inner
}

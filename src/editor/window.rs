//! The whole window: its sizes, all views on its ground, and the corner by which it is pulled larger.

use super::theme;
pub use super::theme::{DEFAULT_SIZE, SMALLEST_SIZE, WHOLE_SIZE};
use super::view::View;
use super::views::{Action, Model, State, Views};
use egui::style::ScrollStyle;
use egui::{Context, CursorIcon, Id, Rect, ScrollArea, Sense, Stroke, Ui, UiBuilder, Vec2, vec2};

/// Side of the corner.
const CORNER: f32 = 14.0;

/// Key of the size that the user wants.
const WANTED: &str = "size of the window that is wanted";

/// Draws everything into the whole of `ui` and returns what the user did, in that order.
pub fn show(ui: &mut Ui, model: &Model, state: &mut State) -> Vec<Action> {
    let window = ui.max_rect();
    ui.painter().rect_filled(window, 0.0, theme::of(ui).ground);
    let whole = whole(ui, model, window.size());
    let actions = if window.size() == whole {
        show_all(ui, model, state, window)
    } else {
        let show = |ui: &mut Ui| {
            let (_, rect) = ui.allocate_space(whole);
            show_all(ui, model, state, rect)
        };
        let scroll = |ui: &mut Ui| {
            // Bars that are seen: half of the window is out of sight.
            ui.spacing_mut().scroll = ScrollStyle::solid();
            ScrollArea::both().auto_shrink(false).show(ui, show).inner
        };
        ui.scope_builder(UiBuilder::new().max_rect(window), scroll).inner
    };
    show_corner(ui, window);
    actions
}

/// The size of all that is to be seen in a window: its own, or a larger one if it is small.
fn whole(ui: &Ui, model: &Model, window: Vec2) -> Vec2 {
    let margins = vec2(2.0 * theme::MARGIN, theme::MARGIN + theme::MARGIN_BELOW);
    let least = |width: f32| Views::least_height(ui, model, vec2(width, window.y) - margins) + margins.y;
    let bar = ScrollStyle::solid().allocated_width();
    let width = window.x.max(WHOLE_SIZE.x);
    // A bar takes a part of the other side.
    let room = window.y - if width > window.x { bar } else { 0.0 };
    if least(width) <= room {
        return vec2(width, room);
    }
    let width = (window.x - bar).max(WHOLE_SIZE.x);
    vec2(width, room.max(least(width)))
}

fn show_all(ui: &mut Ui, model: &Model, state: &mut State, window: Rect) -> Vec<Action> {
    let content = window.shrink(theme::MARGIN).with_max_y(window.bottom() - theme::MARGIN_BELOW);
    ui.scope_builder(UiBuilder::new().max_rect(content), |ui| Views::show(ui, model, state)).inner
}

/// Takes the size in points to which the user has pulled the corner. `None` if it has not been pulled since.
#[must_use]
pub fn take_wanted_size(context: &Context) -> Option<Vec2> {
    context.data_mut(|data| data.remove_temp(Id::unique(WANTED)))
}

/// Two lines across the corner. A drag of it changes the size of the window.
fn show_corner(ui: &Ui, window: Rect) {
    let corner = Rect::from_min_max(window.max - Vec2::splat(CORNER), window.max);
    let response = ui.interact(corner, ui.scope_id().with("corner"), Sense::DRAG);
    let response =
        response.on_hover_cursor(CursorIcon::ResizeNwSe).on_hover_text("Drag for another size of the window");
    // The size at the begin of the drag, and the one that was wanted last in it.
    let drag = response.id.with("drag");
    if response.drag_started() {
        ui.data_mut(|data| data.insert_temp(drag, [window.size(); 2]));
    }
    if response.dragged()
        && let Some(by) = response.total_drag_delta()
        && let Some([from, last]) = ui.data(|data| data.get_temp::<[Vec2; 2]>(drag))
    {
        let wanted = (from + by).max(SMALLEST_SIZE);
        if wanted != last {
            ui.data_mut(|data| {
                data.insert_temp(drag, [from, wanted]);
                data.insert_temp(Id::unique(WANTED), wanted);
            });
        }
    }
    let is_near = response.hovered() || response.dragged();
    let colour = if is_near { theme::of(ui).text } else { theme::of(ui).edge };
    for reach in [5.0, 9.0] {
        let at = window.max - vec2(2.0, 2.0);
        ui.painter().line_segment([at - vec2(reach, 0.0), at - vec2(0.0, reach)], Stroke::new(1.0, colour));
    }
}

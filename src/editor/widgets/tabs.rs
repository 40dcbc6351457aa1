//! Tabs: a line of names, of which one is open.
use crate::editor::theme;
use egui::{Align2, Key, Pos2, Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};

/// Height of the tabs.
pub const HEIGHT: f32 = 24.0;
/// Between two tabs.
const BETWEEN: f32 = 4.0;
/// Width of a tab beside its name, at least and at most.
const BESIDE: (f32, f32) = (4.0, 20.0);

/// Draws tabs, each with its name and what is said of it, within a width from a corner on, and returns the one that is
/// open now, and where they end. The arrow keys go from tab to tab, as in every tab list, and the page opens at once.
pub fn show(ui: &mut Ui, id: &str, names: &[(&str, &str)], open: usize, corner: Pos2, most: f32) -> (usize, Rect) {
    let width = |name: &str| ui.painter().layout_no_wrap(name.to_owned(), theme::body(), theme::of(ui).text).size().x;
    let widths: Vec<f32> = names.iter().map(|(name, _)| width(name)).collect();
    let count = names.len() as f32;
    let spare = most - widths.iter().sum::<f32>() - BETWEEN * (count - 1.0);
    let beside = (spare / count).clamp(BESIDE.0, BESIDE.1);
    let mut whole = Rect::from_min_size(corner, vec2(0.0, HEIGHT));
    let tabs: Vec<Response> = names
        .iter()
        .enumerate()
        .map(|(index, (name, about))| {
            let gap = if index > 0 { BETWEEN } else { 0.0 };
            let size = vec2(widths[index] + beside, HEIGHT);
            let place = Rect::from_min_size(whole.right_top() + vec2(gap, 0.0), size);
            whole.set_right(place.right());
            let response = ui.interact(place, ui.scope_id().with(("tab", id, index)), Sense::click());
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, index == open, *name));
            show_tab(ui, &response, name, index == open);
            response.on_hover_text(*about)
        })
        .collect();
    let mut now = tabs.iter().position(Response::clicked).unwrap_or(open);
    if let Some(focused) = tabs.iter().position(Response::has_focus) {
        let filter = egui::EventFilter { horizontal_arrows: true, ..Default::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(tabs[focused].id, filter));
        let steps =
            ui.input(|input| input.num_presses(Key::ArrowRight) as isize - input.num_presses(Key::ArrowLeft) as isize);
        let to = focused.saturating_add_signed(steps).min(tabs.len() - 1);
        if to != focused {
            tabs[to].request_focus();
            now = to;
        }
    }
    (now, whole)
}

fn show_tab(ui: &Ui, tab: &Response, name: &str, is_open: bool) {
    let lively = is_open || tab.hovered() || tab.has_focus();
    let colour = if is_open {
        theme::of(ui).accent
    } else if lively {
        theme::of(ui).text
    } else {
        theme::of(ui).text_quiet
    };
    ui.painter().text(tab.rect.center(), Align2::CENTER_CENTER, name, theme::body(), colour);
    let line = tab.rect.with_min_y(tab.rect.bottom() - 2.0);
    ui.painter().rect_filled(line, 0.0, if is_open { theme::of(ui).accent } else { theme::of(ui).edge });
    if tab.has_focus() {
        let stroke = (1.0, theme::of(ui).text_quiet);
        ui.painter().rect_stroke(tab.rect, egui::CornerRadius::same(theme::ROUNDING), stroke, egui::StrokeKind::Inside);
    }
}

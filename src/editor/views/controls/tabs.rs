//! The tabs of the pages.
use super::State;
use crate::editor::theme;
use crate::settings::Section;
use egui::{Align2, Key, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Height of the tabs, with the space below them.
pub const HEIGHT: f32 = 30.0;

/// Draws the tabs. The arrow keys go from tab to tab, as in every tab list, and the page opens at once.
pub fn show(ui: &mut Ui, state: &mut State, rect: Rect) {
    let mut left = rect.left();
    let tabs: Vec<Response> = Section::ALL
        .iter()
        .map(|section| {
            let width = ui.painter().layout_no_wrap(section.name().to_owned(), theme::body(), theme::TEXT).size().x;
            let place = Rect::from_min_size(pos2(left, rect.top() - 4.0), vec2(width + 20.0, 24.0));
            left = place.right() + 4.0;
            let response = ui.interact(place, ui.scope_id().with(("tab", section)), Sense::click());
            let is_open = *section == state.page;
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, is_open, section.name()));
            show_tab(ui, &response, section.name(), is_open);
            response
        })
        .collect();
    if let Some(clicked) = tabs.iter().position(|tab| tab.clicked()) {
        state.page = Section::ALL[clicked];
    }
    if let Some(focused) = tabs.iter().position(|tab| tab.has_focus()) {
        let filter = egui::EventFilter { horizontal_arrows: true, ..Default::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(tabs[focused].id, filter));
        let steps =
            ui.input(|input| input.num_presses(Key::ArrowRight) as isize - input.num_presses(Key::ArrowLeft) as isize);
        let to = focused.saturating_add_signed(steps).min(tabs.len() - 1);
        if to != focused {
            tabs[to].request_focus();
            state.page = Section::ALL[to];
        }
    }
}

fn show_tab(ui: &Ui, tab: &Response, name: &str, is_open: bool) {
    let lively = is_open || tab.hovered() || tab.has_focus();
    let colour = if is_open {
        theme::ACCENT
    } else if lively {
        theme::TEXT
    } else {
        theme::TEXT_QUIET
    };
    ui.painter().text(tab.rect.center(), Align2::CENTER_CENTER, name, theme::body(), colour);
    let line = Rect::from_min_max(pos2(tab.rect.left(), tab.rect.bottom() - 2.0), tab.rect.max);
    ui.painter().rect_filled(line, 0.0, if is_open { theme::ACCENT } else { theme::LINE });
    if tab.has_focus() {
        let stroke = (1.0, theme::TEXT_QUIET);
        ui.painter().rect_stroke(tab.rect, egui::CornerRadius::same(theme::ROUNDING), stroke, egui::StrokeKind::Inside);
    }
}

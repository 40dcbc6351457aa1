//! The parameters, a page for each section of the [settings](crate::settings); bypass has its place in the header.
use super::scene::{Action, Draft, Scene};
use super::{menu, slider, switch, theme};
use crate::settings::{self, Condition, Kind, Section, Setting, TABLE};
use egui::{Align2, Key, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

const ROW: f32 = 27.0;
/// Of the tabs, with the space below them.
const TABS: f32 = 30.0;
/// Rows of the longest page.
const ROWS: usize = 5;
/// Between the columns.
const BETWEEN: f32 = 32.0;
/// A choice of more options is a list.
const MOST_BUTTONS: usize = 4;
/// Of a switch at the end of a slider's row.
const BESIDE: f32 = 46.0;

/// Height of the content.
pub const HEIGHT: f32 = TABS + ROWS as f32 * ROW;

/// Draws the tabs and the page that is open.
pub fn show(ui: &mut Ui, scene: &Scene, draft: &mut Draft, rect: Rect, actions: &mut Vec<Action>) {
    show_tabs(ui, draft, rect);
    let settings: Vec<_> = page(draft.page).collect();
    let size = vec2((rect.width() - BETWEEN) / 2.0, ROW);
    let rows = settings.len().div_ceil(2);
    for (place, setting) in settings.into_iter().enumerate() {
        let (column, row) = (place / rows, place % rows);
        let corner = rect.min + vec2(column as f32 * (size.x + BETWEEN), TABS + row as f32 * ROW);
        let place = Rect::from_min_size(corner, size);
        show_setting(ui, scene, setting, draft, place, actions);
    }
}

/// What a page shows, column by column.
fn page(section: Section) -> impl Iterator<Item = &'static Setting> {
    TABLE.iter().filter(move |setting| setting.section == section && setting.id != "bypass" && !is_beside(setting))
}

/// True for a switch that overrules another setting: it stands in the row of that one.
fn is_beside(setting: &Setting) -> bool {
    TABLE.iter().filter_map(beside).any(|switch| switch.id == setting.id)
}

/// The switch that overrules a setting, if there is one.
fn beside(setting: &Setting) -> Option<&'static Setting> {
    let overruling = setting.conditions.iter().filter_map(|condition| match condition {
        Condition::Is(id, _) => settings::find(id),
        Condition::AnyMoved(_) => None,
    });
    overruling.into_iter().find(|other| matches!(other.kind, Kind::Switch(_)))
}

/// The description of a setting and, if it has no effect as others stand, the reason.
fn about(setting: &Setting, unmet: Option<Condition>) -> String {
    let clause = |condition: Condition| condition.clause(|other| other.name.to_owned());
    let reason = unmet.map(|condition| format!(". Has an effect only if {}", clause(condition)));
    format!("{}{}", setting.about, reason.unwrap_or_default())
}

fn show_setting(
    ui: &mut Ui,
    scene: &Scene,
    setting: &'static Setting,
    draft: &mut Draft,
    mut place: Rect,
    actions: &mut Vec<Action>,
) {
    let Some(reading) = scene.reading(setting.id) else { return };
    if let Some(other) = beside(setting).and_then(|other| scene.reading(other.id)) {
        let rest = place.with_min_x(place.right() - BESIDE);
        switch::show_beside(ui, other, "Auto", rest, actions);
        place.set_right(rest.left() - 8.0);
    }
    let unmet = setting.unmet(&scene.settings());
    let about = about(setting, unmet);
    // A setting that another one overrules cannot be moved. One that has nothing to act on can be set beforehand.
    let is_overruled = matches!(unmet, Some(Condition::Is(..)));
    ui.add_enabled_ui(!is_overruled, |ui| match &setting.kind {
        Kind::Number(_) => slider::show(ui, reading, &about, draft, place, actions),
        Kind::Switch(_) => switch::show(ui, reading, &about, place, actions),
        Kind::Choice(choice) if choice.options.len() > MOST_BUTTONS => {
            menu::show(ui, reading, *choice, &about, place, actions);
        }
        Kind::Choice(choice) => switch::show_choice(ui, reading, *choice, &about, place, actions),
    });
}

/// Left and right go from tab to tab, as in every tab list; the page opens at once.
fn show_tabs(ui: &mut Ui, draft: &mut Draft, rect: Rect) {
    let mut left = rect.left();
    let tabs: Vec<Response> = Section::ALL
        .iter()
        .map(|section| {
            let width = ui.painter().layout_no_wrap(section.name().to_owned(), theme::body(), theme::TEXT).size().x;
            let place = Rect::from_min_size(pos2(left, rect.top() - 4.0), vec2(width + 20.0, 24.0));
            left = place.right() + 4.0;
            let response = ui.interact(place, ui.scope_id().with(("tab", section)), Sense::click());
            let is_open = *section == draft.page;
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, is_open, section.name()));
            show_tab(ui, &response, section.name(), is_open);
            response
        })
        .collect();
    if let Some(clicked) = tabs.iter().position(|tab| tab.clicked()) {
        draft.page = Section::ALL[clicked];
    }
    if let Some(focused) = tabs.iter().position(|tab| tab.has_focus()) {
        let filter = egui::EventFilter { horizontal_arrows: true, ..Default::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(tabs[focused].id, filter));
        let steps =
            ui.input(|input| input.num_presses(Key::ArrowRight) as isize - input.num_presses(Key::ArrowLeft) as isize);
        let to = focused.saturating_add_signed(steps).min(tabs.len() - 1);
        if to != focused {
            tabs[to].request_focus();
            draft.page = Section::ALL[to];
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_but_bypass_is_on_one_page_that_has_room_for_it() {
        let mut shown: Vec<&str> = vec!["bypass"];
        for section in Section::ALL {
            let settings: Vec<_> = page(section).collect();
            assert!(settings.len() <= 2 * ROWS, "{section:?}");
            shown.extend(
                settings.iter().flat_map(|setting| [Some(setting.id), beside(setting).map(|s| s.id)]).flatten(),
            );
        }
        shown.sort_unstable();
        let mut all: Vec<&str> = TABLE.iter().map(|setting| setting.id).collect();
        all.sort_unstable();
        assert_eq!(shown, all);
    }
}

//! One parameter that is on or off, or one of a few: name, buttons.
use super::columns::Columns;
use super::{context, menu, slider};
use crate::editor::parameter::{Edit, Parameter, Reading, option_value};
use crate::editor::text::capitalised;
use crate::editor::theme;
use crate::settings::Choice;
use egui::{Align2, CornerRadius, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Width of a button.
const BUTTON: f32 = 62.0;
/// Least space beside the text of a button, with that between two of them.
const BESIDE: f32 = 8.0;

/// Draws a switch with its name where sliders have theirs; `about` is said where the pointer rests.
pub fn show(ui: &mut Ui, reading: &Reading, about: &str, (rect, columns): (Rect, Columns), edits: &mut Vec<Edit>) {
    slider::name(ui, reading, (rect, columns));
    let place = Rect::from_min_size(pos2(rect.left() + columns.name, rect.top()), vec2(BUTTON, rect.height()));
    let text = if reading.is_on() { "On" } else { "Off" };
    toggle(ui, reading, text, about, place, edits);
}

/// Draws a switch in the whole of `rect`, with a word in the place of its name.
pub fn show_beside(ui: &mut Ui, reading: &Reading, word: &str, rect: Rect, edits: &mut Vec<Edit>) {
    toggle(ui, reading, word, &reading.name, rect, edits);
}

fn toggle(ui: &mut Ui, reading: &Reading, text: &str, about: &str, rect: Rect, edits: &mut Vec<Edit>) {
    let on = reading.is_on();
    let info = WidgetInfo::selected(Role::CheckBox, true, on, &reading.name);
    if button(ui, (reading.parameter, 0), info, text, about, rect, edits) {
        edits.extend(Edit::gesture(reading.parameter, if on { 0.0 } else { 1.0 }));
    }
}

/// Draws a button for each option of a choice, with its name where sliders have theirs; a list where there is no room
/// for them.
pub fn show_choice(
    ui: &mut Ui,
    reading: &Reading,
    choice: Choice,
    about: &str,
    (rect, columns): (Rect, Columns),
    edits: &mut Vec<Edit>,
) {
    let last = choice.words().len() - 1;
    let buttons = rect.with_min_x(rect.left() + columns.name);
    let width = BUTTON.min(buttons.width() / (last + 1) as f32);
    let width_of = |word: &str| {
        let galley = ui.painter().layout_no_wrap(capitalised(word), theme::body(), theme::of(ui).text);
        galley.size().x + BESIDE
    };
    if choice.words().map(width_of).fold(0.0, f32::max) > width {
        menu::show(ui, reading, choice, about, (rect, columns), edits);
        return;
    }
    slider::name(ui, reading, (rect, columns));
    for (option, word) in choice.words().enumerate() {
        let corner = buttons.min + vec2(option as f32 * width, 0.0);
        let value = option_value(option, choice);
        let is_chosen = (reading.normalized - value).abs() * (last as f32) < 0.5;
        let name = format!("{}: {word}", reading.name);
        let info = WidgetInfo::selected(Role::RadioButton, true, is_chosen, name);
        let rect = Rect::from_min_size(corner, vec2(width - 2.0, rect.height()));
        if button(ui, (reading.parameter, option), info, &capitalised(word), about, rect, edits) && !is_chosen {
            edits.extend(Edit::gesture(reading.parameter, value));
        }
    }
}

/// Draws a button, bright if it is selected. True if it was clicked.
fn button(
    ui: &mut Ui,
    id: (Parameter, usize),
    info: WidgetInfo,
    text: &str,
    about: &str,
    rect: Rect,
    edits: &mut Vec<Edit>,
) -> bool {
    let response = ui.interact(rect.shrink2(vec2(0.0, 1.5)), ui.scope_id().with(id), Sense::click());
    let is_selected = info.selected == Some(true);
    response.widget_info(|| info.clone());
    let response = response.on_hover_text(about).on_disabled_hover_text(about);
    let visuals = ui.style().interact(&response);
    let fill = if is_selected { theme::of(ui).accent } else { visuals.bg_fill };
    let colour = if is_selected { theme::of(ui).on_accent } else { theme::of(ui).text };
    let stroke = if response.has_focus() { Stroke::new(1.0, theme::of(ui).text) } else { visuals.bg_stroke };
    let rounding = CornerRadius::same(theme::ROUNDING);
    ui.painter().rect(response.rect, rounding, fill, stroke, egui::StrokeKind::Inside);
    ui.painter().text(response.rect.center(), Align2::CENTER_CENTER, text, theme::body(), colour);
    context::ask(ui, &response, id.0, edits);
    response.clicked()
}

//! One parameter that is one of many: name, and a list that opens.
use super::columns::Columns;
use super::{context, slider};
use crate::editor::parameter::{Edit, Reading, option_value};
use crate::editor::text::capitalised;
use crate::settings::Choice;
use egui::{ComboBox, Rect, Role, Ui, UiBuilder, WidgetInfo, pos2, vec2};

/// Width of the closed list, where there is room for it.
const WIDTH: f32 = 126.0;

/// Draws a choice with its name where sliders have theirs; `about` is said where the pointer rests.
pub fn show(
    ui: &mut Ui,
    reading: &Reading,
    choice: Choice,
    about: &str,
    (rect, columns): (Rect, Columns),
    edits: &mut Vec<Edit>,
) {
    slider::name(ui, reading, (rect, columns));
    let width = WIDTH.min(rect.width() - columns.name);
    let place =
        Rect::from_min_size(pos2(rect.left() + columns.name, rect.top() + 1.5), vec2(width, rect.height() - 3.0));
    ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
        ui.spacing_mut().interact_size.y = place.height();
        let list = ComboBox::from_id_salt(reading.parameter).width(width).height(f32::INFINITY);
        let list = list.selected_text(capitalised(&reading.text)).show_ui(ui, |ui| {
            for (option, word) in choice.words().enumerate() {
                let is_chosen = word == reading.text;
                if ui.selectable_label(is_chosen, capitalised(word)).clicked() && !is_chosen {
                    edits.extend(Edit::gesture(reading.parameter, option_value(option, choice)));
                }
            }
        });
        let is_enabled = ui.is_enabled();
        list.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, is_enabled, &reading.name));
        context::ask(ui, &list.response, reading.parameter, edits);
        list.response.on_hover_text(about).on_disabled_hover_text(about);
    });
}

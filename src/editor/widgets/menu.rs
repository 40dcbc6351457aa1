//! One parameter that is one of many: name, and a list that opens.
use super::{context, slider, switch};
use crate::editor::parameter::{Edit, Reading};
use crate::editor::text::capitalised;
use crate::settings::Choice;
use egui::{ComboBox, Rect, Role, Ui, UiBuilder, WidgetInfo, pos2, vec2};

/// Width of the closed list.
const WIDTH: f32 = 126.0;

/// Draws a choice with its name where sliders have theirs; `about` is said where the pointer rests.
pub fn show(ui: &mut Ui, reading: &Reading, choice: Choice, about: &str, rect: Rect, edits: &mut Vec<Edit>) {
    slider::name(ui, reading, rect);
    let size = vec2(WIDTH, rect.height() - 3.0);
    let place = Rect::from_min_size(pos2(rect.left() + slider::NAME, rect.top() + 1.5), size);
    ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
        ui.spacing_mut().interact_size.y = place.height();
        let list = ComboBox::from_id_salt(reading.parameter).width(WIDTH).height(f32::INFINITY);
        let list = list.selected_text(capitalised(&reading.text)).show_ui(ui, |ui| {
            for (option, word) in choice.words().enumerate() {
                let is_chosen = word == reading.text;
                if ui.selectable_label(is_chosen, capitalised(word)).clicked() && !is_chosen {
                    edits.extend(Edit::gesture(reading.parameter, switch::place(option, choice)));
                }
            }
        });
        let is_enabled = ui.is_enabled();
        list.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, is_enabled, &reading.name));
        context::ask(ui, &list.response, reading.parameter, edits);
        list.response.on_hover_text(about).on_disabled_hover_text(about);
    });
}

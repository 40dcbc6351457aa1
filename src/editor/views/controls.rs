//! The parameters, a page for each section of the [settings](crate::settings); bypass has its place in the header.

mod tabs;

use crate::editor::controller::Controller;
use crate::editor::parameter::{Edit, Reading};
use crate::editor::view::View;
use crate::editor::widgets::slider::{self, Typing};
use crate::editor::widgets::{menu, switch};
use crate::settings::{Kind, Section, Setting, TABLE};
use egui::{Rect, Ui, vec2};

const ROW: f32 = 27.0;
/// Rows of the longest page.
const ROWS: usize = 5;
/// Between the columns.
const BETWEEN: f32 = 32.0;
/// A choice of more options is a list.
const MOST_BUTTONS: usize = 4;
/// Of a switch at the end of a slider's row.
const BESIDE: f32 = 46.0;

/// Height of the content.
pub const HEIGHT: f32 = tabs::HEIGHT + ROWS as f32 * ROW;

/// All parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// State of each parameter, in the order of the settings' table.
    pub readings: Vec<Reading>,
}

/// The page that is open, and the text that is being typed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    /// Section of the settings on the page.
    pub page: Section,
    /// Value that is being typed.
    pub typing: Typing,
}

/// The pages of parameters.
pub struct Controls;

impl Model {
    /// The state of a parameter, if the plugin has it.
    #[must_use]
    pub fn reading(&self, parameter: &str) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.parameter == parameter)
    }
}

impl View for Controls {
    type Model = Model;
    type State = State;
    type Action = Edit;

    fn model(controller: &Controller, _: &mut State) -> Model {
        Model { readings: controller.readings() }
    }

    fn show(ui: &mut Ui, model: &Model, state: &mut State) -> Vec<Edit> {
        let rect = ui.max_rect();
        tabs::show(ui, state, rect);
        let settings: Vec<_> = page(state.page).collect();
        let size = vec2((rect.width() - BETWEEN) / 2.0, ROW);
        let rows = settings.len().div_ceil(2);
        let mut edits = Vec::new();
        for (place, setting) in settings.into_iter().enumerate() {
            let (column, row) = (place / rows, place % rows);
            let corner = rect.min + vec2(column as f32 * (size.x + BETWEEN), tabs::HEIGHT + row as f32 * ROW);
            let place = Rect::from_min_size(corner, size);
            let is_enabled = counts(model, setting);
            ui.add_enabled_ui(is_enabled, |ui| show_setting(ui, model, setting, &mut state.typing, place, &mut edits));
        }
        edits
    }

    fn act(edit: Edit, controller: &mut Controller) {
        controller.edit(&edit);
    }
}

/// Whether it is heard, as others stand; what is not cannot be moved, either.
fn counts(model: &Model, setting: &Setting) -> bool {
    let is_mix = model.reading("mix_mode").is_some_and(Reading::is_on);
    match setting.id {
        "dry" | "wet" => !is_mix,
        "mix" => is_mix,
        "predelay" => model.reading("predelay_sync").is_none_or(|sync| sync.normalized == 0.0),
        _ => true,
    }
}

/// What a page shows, column by column.
fn page(section: Section) -> impl Iterator<Item = &'static Setting> {
    TABLE.iter().filter(move |setting| setting.section == section && setting.id != "bypass" && !is_beside(setting))
}

/// Whether it stands in the row of the setting that it overrules.
fn is_beside(setting: &Setting) -> bool {
    setting.id.ends_with("_auto")
}

/// The switch that overrules a setting, if there is one.
fn beside(setting: &Setting) -> Option<&'static Setting> {
    TABLE.iter().find(|other| is_beside(other) && other.id.strip_suffix("_auto") == Some(setting.id))
}

fn show_setting(
    ui: &mut Ui,
    model: &Model,
    setting: &'static Setting,
    typing: &mut Typing,
    mut place: Rect,
    edits: &mut Vec<Edit>,
) {
    let Some(reading) = model.reading(setting.id) else { return };
    match &setting.kind {
        Kind::Number(_) => {
            if let Some(other) = beside(setting).and_then(|other| model.reading(other.id)) {
                let rest = place.with_min_x(place.right() - BESIDE);
                switch::show_beside(ui, other, "Auto", rest, edits);
                place.set_right(rest.left() - 8.0);
            }
            slider::show(ui, reading, setting.about, typing, place, edits);
        }
        Kind::Switch(_) => switch::show(ui, reading, setting.about, place, edits),
        Kind::Choice(choice) if choice.options.len() > MOST_BUTTONS => {
            menu::show(ui, reading, *choice, setting.about, place, edits);
        }
        Kind::Choice(choice) => switch::show_choice(ui, reading, *choice, setting.about, place, edits),
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

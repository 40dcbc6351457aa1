//! The parameters, a page for each section of the [settings]; bypass has its place in the header.

use crate::editor::controller::Controller;
use crate::editor::parameter::{Edit, Reading};
use crate::editor::view::View;
use crate::editor::widgets::slider::{self, Typing};
use crate::editor::widgets::{menu, switch, tabs};
use crate::settings::{self, Condition, Kind, Section, Setting, Settings, TABLE};
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

/// Why the width has no effect in the host's layout.
const NO_PAIRS: &str = ". Has no effect here: no two outputs of this layout are left and right of each other";

/// Height of the tabs, which begin a little above the content, with the space below them.
const TABS: f32 = tabs::HEIGHT + 6.0;

/// Height of the content.
pub const HEIGHT: f32 = TABS + ROWS as f32 * ROW;

/// All parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// State of each parameter, in the order of the settings' table.
    pub readings: Vec<Reading>,
    /// True if no output is left or right of another one, as in ambisonics and mono.
    pub is_without_pairs: bool,
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

    /// The values of all settings, as their readings stand.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        for reading in &self.readings {
            if let Some(setting) = settings::find(reading.parameter) {
                settings.set(setting.id, setting.at(reading.normalized));
            }
        }
        settings
    }
}

impl View for Controls {
    type Model = Model;
    type State = State;
    type Action = Edit;

    fn model(controller: &Controller, _: &mut State) -> Model {
        let is_without_pairs = controller.format().is_some_and(|format| format.layout.pairs().is_empty());
        Model { readings: controller.readings(), is_without_pairs }
    }

    fn show(ui: &mut Ui, model: &Model, state: &mut State) -> Vec<Edit> {
        let rect = ui.max_rect();
        let open = Section::ALL.iter().position(|section| *section == state.page).unwrap_or(0);
        let names = Section::ALL.map(Section::name);
        let (open, _) = tabs::show(ui, "page", &names, open, rect.min - vec2(0.0, 4.0), rect.width());
        state.page = Section::ALL[open];
        let settings: Vec<_> = page(state.page).collect();
        let size = vec2((rect.width() - BETWEEN) / 2.0, ROW);
        let rows = settings.len().div_ceil(2);
        let mut edits = Vec::new();
        for (place, setting) in settings.into_iter().enumerate() {
            let (column, row) = (place / rows, place % rows);
            let corner = rect.min + vec2(column as f32 * (size.x + BETWEEN), TABS + row as f32 * ROW);
            let place = Rect::from_min_size(corner, size);
            show_setting(ui, model, setting, &mut state.typing, place, &mut edits);
        }
        edits
    }

    fn act(edit: Edit, controller: &mut Controller) {
        controller.edit(&edit);
    }
}

/// The settings on a page, column by column.
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
        Condition::Is(id, _) | Condition::IsEither(id, _) => settings::find(id),
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
    model: &Model,
    setting: &'static Setting,
    typing: &mut Typing,
    mut place: Rect,
    edits: &mut Vec<Edit>,
) {
    let Some(reading) = model.reading(setting.id) else { return };
    if let Some(other) = beside(setting).and_then(|other| model.reading(other.id)) {
        let rest = place.with_min_x(place.right() - BESIDE);
        switch::show_beside(ui, other, "Auto", rest, edits);
        place.set_right(rest.left() - 8.0);
    }
    let unmet = setting.unmet(&model.settings());
    let is_without_pairs = setting.id == "width" && model.is_without_pairs;
    let reason = if is_without_pairs { NO_PAIRS } else { "" };
    let about = about(setting, unmet) + reason;
    // A setting that another one or the layout overrules cannot be moved. One that has nothing to act on can be set
    // beforehand.
    let is_overruled = matches!(unmet, Some(Condition::Is(..) | Condition::IsEither(..)));
    ui.add_enabled_ui(!is_overruled && !is_without_pairs, |ui| match &setting.kind {
        Kind::Number(number) => slider::show(ui, reading, number, &about, typing, place, edits),
        Kind::Switch(_) => switch::show(ui, reading, &about, place, edits),
        Kind::Choice(choice) if choice.options.len() > MOST_BUTTONS => {
            menu::show(ui, reading, *choice, &about, place, edits);
        }
        Kind::Choice(choice) => switch::show_choice(ui, reading, *choice, &about, place, edits),
    });
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

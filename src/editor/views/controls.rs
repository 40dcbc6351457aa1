//! The parameters, in pages; bypass has its place in the header.

mod pages;

use crate::editor::controller::Controller;
use crate::editor::parameter::{Edit, Reading};
use crate::editor::theme;
use crate::editor::view::View;
use crate::editor::widgets::columns::Columns;
use crate::editor::widgets::slider::{self, Typing};
use crate::editor::widgets::{menu, padlock, switch, tabs};
use crate::settings::{self, Condition, Kind, Setting, Settings};
use egui::{Align2, Rect, Ui, vec2};
pub use pages::Page;
use pages::{ROWS, beside, is_overruled, padlock};
use std::sync::Arc;

/// Height of a row, and of one where there is little room.
const ROW: f32 = 27.0;
const LOW_ROW: f32 = 24.0;
/// Of the titles of groups.
const TITLE: f32 = 18.0;
/// Between the columns.
const BETWEEN: f32 = 32.0;
/// Between three of them.
const CLOSE: f32 = 20.0;
/// A choice of more options is a list.
const MOST_BUTTONS: usize = 4;
/// Of a switch at the end of a slider's row.
const BESIDE: f32 = 46.0;

/// Why the width has no effect in the host's layout.
const NO_PAIRS: &str = ". Has no effect here: no two outputs of this layout are left and right of each other";

/// Height of the tabs, which begin a little above the content, with the space below them.
const TABS: f32 = tabs::HEIGHT + 6.0;

/// Height of the content, where there is room for it.
pub const HEIGHT: f32 = TABS + TITLE + ROWS as f32 * ROW;
const LOW_HEIGHT: f32 = TABS + TITLE + ROWS as f32 * LOW_ROW;
/// Height of a window without its margin below which its rows are low.
const LOW_WINDOW: f32 = 540.0;

/// Height of the content in a window of this height without its margin.
#[must_use]
pub fn height(window: f32) -> f32 {
    if window < LOW_WINDOW { LOW_HEIGHT } else { HEIGHT }
}

/// All parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// State of each parameter, in the order of the settings' table.
    pub readings: Arc<[Reading]>,
    /// True if no output is left or right of another one, as in ambisonics and mono.
    pub is_without_pairs: bool,
}

/// The page that is open, the text that is being typed, and what was read of the parameters last.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    readings: Arc<[Reading]>,
    /// The page that is open.
    pub page: Page,
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
        for reading in &*self.readings {
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

    fn model(controller: &Controller, state: &mut State) -> Model {
        controller.update(&mut state.readings);
        let is_without_pairs = controller.format().is_some_and(|format| format.layout.pairs().is_empty());
        Model { readings: state.readings.clone(), is_without_pairs }
    }

    fn show(ui: &mut Ui, model: &Model, state: &mut State) -> Vec<Edit> {
        let rect = ui.max_rect();
        let open = Page::ALL.iter().position(|page| *page == state.page).unwrap_or(0);
        let names = Page::ALL.map(|page| (page.name(), page.about()));
        let (open, _) = tabs::show(ui, "page", &names, open, rect.min - vec2(0.0, 4.0), rect.width());
        if state.page != Page::ALL[open] {
            // A text that cannot be read stays no longer than its page.
            (state.page, state.typing) = (Page::ALL[open], None);
        }
        let groups = state.page.columns(&model.settings());
        let count = groups.len().max(2) as f32;
        let between = if groups.len() > 2 { CLOSE } else { BETWEEN };
        let row = if rect.height() < HEIGHT { LOW_ROW } else { ROW };
        let size = vec2((rect.width() - between * (count - 1.0)) / count, row);
        let mut edits = Vec::new();
        for (column, group) in groups.into_iter().enumerate() {
            let mut corner = rect.min + vec2(column as f32 * (size.x + between), TABS);
            if !group.title.is_empty() {
                show_title(ui, group.title, Rect::from_min_size(corner, vec2(size.x, TITLE)));
                corner.y += TITLE;
            }
            let has_padlock = group.settings.iter().any(|setting| padlock(setting).is_some());
            for setting in group.settings {
                let place = Rect::from_min_size(corner, size);
                if let Some(lock) = padlock(setting) {
                    show_padlock(ui, model, lock, place, &mut edits);
                }
                // The rows beside a padlock are as wide as its own.
                let right = place.right() - if has_padlock { padlock::WIDTH } else { 0.0 };
                let place = place.with_max_x(right);
                show_setting(ui, model, setting, &mut state.typing, place, &mut edits);
                corner.y += row;
            }
        }
        edits
    }

    fn act(edit: Edit, controller: &mut Controller) {
        controller.edit(&edit);
    }
}

/// A title, with a line below it.
fn show_title(ui: &Ui, title: &str, rect: Rect) {
    let colours = theme::of(ui);
    ui.painter().text(rect.left_top(), Align2::LEFT_TOP, title, theme::small(), colours.text_quiet);
    ui.painter().hline(rect.x_range(), rect.bottom() - 2.0, (1.0, colours.line));
}

fn show_padlock(ui: &Ui, model: &Model, lock: &Setting, row: Rect, edits: &mut Vec<Edit>) {
    if let Some(reading) = model.reading(lock.id) {
        padlock::show(ui, reading, lock.about, row.with_min_x(row.right() - padlock::WIDTH), edits);
    }
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
    let columns = Columns::of(place.width());
    if let Some(other) = beside(setting).and_then(|other| model.reading(other.id)) {
        let rest = place.with_min_x(place.right() - BESIDE);
        switch::show_beside(ui, other, "Auto", rest, edits);
        place.set_right(rest.left() - 8.0);
    }
    let unmet = setting.unmet(&model.settings());
    let is_without_pairs = setting.id == "width" && model.is_without_pairs;
    let reason = if is_without_pairs { NO_PAIRS } else { "" };
    let about = about(setting, unmet) + reason;
    let place = (place, columns);
    ui.add_enabled_ui(!is_overruled(unmet) && !is_without_pairs, |ui| match &setting.kind {
        Kind::Number(number) => slider::show(ui, reading, number, &about, typing, place, edits),
        Kind::Switch(_) => switch::show(ui, reading, &about, place, edits),
        Kind::Choice(choice) if choice.options.len() > MOST_BUTTONS => {
            menu::show(ui, reading, *choice, &about, place, edits);
        }
        Kind::Choice(choice) => switch::show_choice(ui, reading, *choice, &about, place, edits),
    });
}

//! The presets in the top row: previous and next, the name of the one at hand, and the list that its button opens.
//!
//! A frame draws the rows that are seen, however many presets there are.

mod rows;

use crate::editor::controller::{Controller, Letter, PathField};
use crate::editor::selection::Direction;
use crate::editor::theme;
use crate::editor::widgets::field;
use crate::preset::list::{List, Origin};
use crate::preset::naming;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Button, Key, Margin, Popup, PopupCloseBehavior, Response, RichText, Role, ScrollArea};
use egui::{TextEdit, Ui, WidgetInfo, vec2};
use rows::Row;
use std::sync::Arc;

/// Said where the pointer rests and no preset is at hand.
const ABOUT: &str = "Settings and impulses, saved under a name";
/// Width of the list.
const WIDTH: f32 = 300.0;
/// Height of the list between search and name.
const HEIGHT: f32 = 12.0 * rows::HEIGHT;
/// Width of the button that saves.
const SAVE: f32 = 76.0;
/// Width of the buttons for previous and next.
const STEP: f32 = 22.0;
/// Between the button's edge and the name.
const PADDING: f32 = 12.0;
/// Width of the mark for what was changed, beside the name.
const MARK: f32 = 11.0;
/// Least and largest width of a name on the button.
const NAMES: (f32, f32) = (50.0, 130.0);
/// Width of the row from which on a name has more than the least width, and the share of what is beyond.
const NARROW: f32 = 612.0;
const SHARE: f32 = 0.45;
/// Width of the row from which on there is room for previous and next.
const STEPPED: f32 = 700.0;

/// The buttons for previous and next.
const STEPS: [(Direction, &str, &str); 2] =
    [(Direction::Previous, "‹", "Previous preset"), (Direction::Next, "›", "Next preset")];

/// Content of the button and of the list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// All presets that can be opened by their names.
    pub list: Arc<List>,
    /// The preset at hand, if there is one.
    pub present: Option<Present>,
}

/// The preset at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Where it is.
    pub origin: Origin,
    /// Its name.
    pub name: String,
    /// True if settings or impulses are others than the preset's.
    pub is_changed: bool,
}

/// The texts that are typed, and the rows that they leave.
#[derive(Debug, Default)]
pub struct State {
    search: String,
    name: String,
    /// True if enter was pressed on a name that cannot be had.
    is_refused: bool,
    /// True if the list was open in the last frame.
    is_open: bool,
    /// The field that is to take the keyboard.
    focus: Option<Field>,
    /// The rows, with the list and the search that they are of.
    rows: Vec<Row>,
    of: Option<(Arc<List>, String)>,
    /// The row that enter opens.
    cursor: Option<usize>,
    /// Row to be brought into sight.
    scroll_to: Option<usize>,
    /// How far the list is scrolled.
    offset: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Search,
    Name,
}

/// Actions on presets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Has the user's folder read again, because the list opens.
    Refresh,
    /// Opens a preset of the list.
    Open(Origin),
    /// Opens the preset before or after the one at hand.
    Step(Direction),
    /// Saves a preset in the user's folder.
    Save {
        /// The name, or category and name.
        name: String,
        /// True if it replaces a preset that is there.
        replaces: bool,
    },
    /// Asks for the file dialog, to open a preset.
    OpenFile,
    /// Asks for the file dialog, to save a preset.
    SaveAs,
    /// Copies the settings that sound to the others.
    CopyToOther,
}

impl Model {
    /// Collects the data for one frame.
    #[must_use]
    pub fn of(controller: &Controller) -> Self {
        let present = controller.preset().map(|present| Present {
            origin: present.origin.clone(),
            name: present.name.clone(),
            is_changed: controller.is_preset_changed(),
        });
        Self { list: controller.presets().clone(), present }
    }

    /// A name to save under: that of the preset at hand, with the user's category, or else the nearest to a title.
    fn suggestion(&self, title: &str) -> String {
        let Some(present) = &self.present else { return naming::suggested(title) };
        self.list.path(&present.origin).unwrap_or_else(|| naming::suggested(&present.name))
    }
}

impl State {
    /// Follows a file dialog that has ended.
    pub fn after_dialog(&mut self, field: PathField) {
        if field == PathField::Name {
            self.focus = Some(Field::Name);
        }
    }

    /// Begins anew, because the list opens.
    fn begin(&mut self, model: &Model, title: &str) {
        self.search.clear();
        self.name = model.suggestion(title);
        self.focus = self.focus.or(Some(Field::Search));
        (self.of, self.offset) = (None, 0.0);
        self.follow(model);
        let place = model.present.as_ref().and_then(|present| model.list.find(&present.origin));
        self.cursor = place.and_then(|place| self.rows.iter().position(|row| *row == Row::Preset(place)));
        // In the middle of the list.
        self.scroll_to = self.cursor.map(|row| row + 6);
    }

    /// Brings the rows up to date with the list and the search.
    fn follow(&mut self, model: &Model) {
        let is_same = |(list, search): &(Arc<List>, String)| Arc::ptr_eq(list, &model.list) && *search == self.search;
        if self.of.as_ref().is_some_and(is_same) {
            return;
        }
        self.rows = rows::of(&model.list, &self.search);
        self.of = Some((model.list.clone(), self.search.clone()));
        self.cursor = self.cursor.filter(|row| matches!(self.rows.get(*row), Some(Row::Preset(_))));
    }

    /// The preset that enter opens: that at the cursor, or the first that was searched for.
    fn chosen(&self) -> Option<usize> {
        let first = || self.rows.iter().copied().find_map(Row::place).filter(|_| !self.search.trim().is_empty());
        self.cursor.and_then(|row| self.rows.get(row)?.place()).or_else(first)
    }
}

/// Draws the button, previous and next, and the list while it is open. `width` is that of the whole row, and `title`
/// the name of the impulse.
pub fn show(ui: &mut Ui, model: &Model, state: &mut State, letter: Letter, title: &str, width: f32) -> Vec<Action> {
    let mut actions = Vec::new();
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let response = show_button(ui, model, width);
        // Behind the name, so that they stay under the pointer whatever its width.
        if width >= STEPPED {
            STEPS.into_iter().for_each(|step| show_step(ui, step, &mut actions));
        }
        if state.focus == Some(Field::Name) && !state.is_open {
            Popup::open_id(ui.ctx(), Popup::default_response_id(&response));
        }
        let popup = Popup::from_toggle_button_response(&response)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .accessible_name("List of presets")
            .width(WIDTH);
        let shown = popup.show(|ui| {
            if !state.is_open {
                state.begin(model, title);
                actions.push(Action::Refresh);
            }
            show_popup(ui, model, state, letter, &mut actions);
        });
        state.is_open = shown.is_some_and(|shown| !shown.response.should_close());
    });
    actions
}

fn show_step(ui: &mut Ui, (direction, sign, name): (Direction, &str, &str), actions: &mut Vec<Action>) {
    ui.spacing_mut().button_padding.x = 4.0;
    let button = Button::new(RichText::new(sign).font(theme::title()).color(theme::of(ui).text_quiet));
    let response = ui.add(button.min_size(vec2(STEP, theme::CONTROL_HEIGHT))).on_hover_text(name);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    if response.clicked() {
        actions.push(Action::Step(direction));
    }
}

/// The button with the name of the preset at hand, and a mark if something was changed.
fn show_button(ui: &mut Ui, model: &Model, width: f32) -> Response {
    let (name, is_changed) = match &model.present {
        Some(present) => (present.name.as_str(), present.is_changed),
        None => ("Presets", false),
    };
    let most = (NAMES.0 + SHARE * (width - NARROW)).clamp(NAMES.0, NAMES.1);
    let mut job = LayoutJob::simple_singleline(name.to_owned(), theme::body(), theme::of(ui).text);
    job.wrap = TextWrapping::truncate_at_width(most);
    let galley = ui.painter().layout_job(job);
    let mark = if is_changed { MARK } else { 0.0 };
    let size = vec2(galley.size().x + mark + 2.0 * PADDING, theme::CONTROL_HEIGHT);
    let response = ui.add(Button::new("").min_size(size));
    let about = match &model.present {
        Some(_) if is_changed => format!("Presets: {name}, changed"),
        Some(_) => format!("Presets: {name}"),
        None => "Presets".to_owned(),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &about));
    let left = response.rect.center().x - (galley.size().x + mark) / 2.0;
    let corner = egui::pos2(left, response.rect.center().y - galley.size().y / 2.0);
    let end = left + galley.size().x;
    ui.painter().galley(corner, galley, theme::of(ui).text);
    if is_changed {
        let centre = egui::pos2(end + MARK - 3.0, response.rect.center().y);
        ui.painter().circle_filled(centre, 3.0, theme::of(ui).accent);
    }
    if model.present.is_some() { response.on_hover_text(about) } else { response.on_hover_text(ABOUT) }
}

fn show_popup(ui: &mut Ui, model: &Model, state: &mut State, letter: Letter, actions: &mut Vec<Action>) {
    ui.set_width(WIDTH);
    let search = show_field(ui, "Search presets", "Search", &mut state.search, WIDTH);
    take_focus(&search, Field::Search, &mut state.focus);
    state.follow(model);
    if search.changed() {
        state.cursor = state.rows.iter().position(|row| matches!(row, Row::Preset(_)));
        (state.offset, state.scroll_to) = (0.0, Some(0));
    }
    if search.has_focus() {
        move_cursor(ui, state);
    }
    let is_entered = search.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let mut opened = state.chosen().filter(|_| is_entered);
    opened = show_list(ui, model, state).or(opened);
    if let Some(entry) = opened.and_then(|place| model.list.entries.get(place)) {
        actions.push(Action::Open(entry.origin.clone()));
        ui.close();
    }
    show_save(ui, model, state, actions);
    ui.separator();
    show_files(ui, letter, actions);
}

/// A text field with a name and a hint.
fn show_field(ui: &mut Ui, name: &str, hint: &str, text: &mut String, width: f32) -> Response {
    let hint = RichText::new(hint).color(theme::of(ui).text_quiet);
    let field = TextEdit::singleline(text).hint_text(hint).margin(Margin::symmetric(8, 0));
    let field = field.align(egui::Align2::LEFT_CENTER);
    let response = ui.add_sized(vec2(width, theme::CONTROL_HEIGHT), field);
    // Otherwise the hint is its name.
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
    response
}

/// The field takes the keyboard if it is its turn; a popup that is measured in its first frame does not keep it.
fn take_focus(response: &Response, field: Field, turn: &mut Option<Field>) {
    if *turn == Some(field) {
        if response.has_focus() {
            *turn = None;
        } else {
            response.request_focus();
        }
    }
}

/// The arrow keys go from preset to preset, past the categories.
fn move_cursor(ui: &Ui, state: &mut State) {
    let presses = |key| ui.input(|input| input.num_presses(key)) as isize;
    let steps = presses(Key::ArrowDown) - presses(Key::ArrowUp);
    let presets = || (0..state.rows.len()).filter(|row| state.rows[*row].place().is_some());
    let count = presets().count();
    if steps == 0 || count == 0 {
        return;
    }
    let at = state.cursor.and_then(|cursor| presets().position(|row| row == cursor));
    let to = at.map_or(0, |at| at.saturating_add_signed(steps).min(count - 1));
    state.cursor = presets().nth(to);
    // With the category above the first one.
    state.scroll_to = if to == 0 { Some(0) } else { state.cursor };
}

/// Draws the list, and returns the place of the preset that was clicked.
fn show_list(ui: &mut Ui, model: &Model, state: &mut State) -> Option<usize> {
    let present = model.present.as_ref().and_then(|present| model.list.find(&present.origin));
    let mut clicked = None;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut area = ScrollArea::vertical().id_salt("presets").auto_shrink(false).max_height(HEIGHT);
        if let Some(row) = state.scroll_to.take() {
            let top = row.min(state.rows.len().saturating_sub(1)) as f32 * rows::HEIGHT;
            let least = top + rows::HEIGHT - HEIGHT;
            area = area.vertical_scroll_offset(state.offset.min(top).max(least).max(0.0));
        }
        let output = area.show_rows(ui, rows::HEIGHT, state.rows.len().max(1), |ui, range| {
            for row in range {
                let place = ui.allocate_space(vec2(ui.available_width(), rows::HEIGHT)).1;
                match state.rows.get(row) {
                    Some(Row::Group(group)) => rows::show_group(ui, &model.list.groups[*group].name, place),
                    Some(Row::Preset(at)) => {
                        let look = rows::Look { is_present: present == Some(*at), is_next: state.cursor == Some(row) };
                        if rows::show(ui, &model.list.entries[*at].name, *at, look, place) {
                            clicked = Some(*at);
                        }
                    }
                    None => rows::show_group(ui, "No preset has these words", place),
                }
            }
        });
        state.offset = output.state.unclamped_offset().y;
    });
    if model.list.is_cut {
        ui.label(
            RichText::new("Your folder holds more than is listed").font(theme::small()).color(theme::of(ui).text_quiet),
        );
    }
    clicked
}

fn show_save(ui: &mut Ui, model: &Model, state: &mut State, actions: &mut Vec<Action>) {
    let refused = ui.horizontal(|ui| {
        let width = WIDTH - SAVE - ui.spacing().item_spacing.x;
        let field = show_field(ui, "Name to save under", "Name, or Category/Name", &mut state.name, width);
        let is_turn = state.focus == Some(Field::Name);
        take_focus(&field, Field::Name, &mut state.focus);
        if is_turn && state.focus.is_none() {
            field::select_all(ui, field.id, &state.name);
        }
        let path = naming::path(&state.name);
        let replaces = path.as_ref().is_ok_and(|path| model.list.file(path).is_some());
        let button = Button::new(if replaces { "Replace" } else { "Save" }).min_size(vec2(SAVE, theme::CONTROL_HEIGHT));
        let about = match &path {
            Ok(_) if replaces => "A preset of this name is in your folder; replace it",
            Ok(_) => "Save settings and impulses in your folder of presets",
            Err(reason) => reason,
        };
        let response = ui.add_enabled(path.is_ok(), button).on_hover_text(about).on_disabled_hover_text(about);
        let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if field.changed() {
            state.is_refused = false;
        }
        if is_entered && path.is_err() {
            state.is_refused = true;
            field.request_focus();
        }
        // Enter saves what is new. To replace something takes the button that says so.
        if response.clicked() || (is_entered && path.is_ok() && !replaces) {
            actions.push(Action::Save { name: state.name.clone(), replaces });
            ui.close();
        }
        path.err().filter(|_| state.is_refused)
    });
    if let Some(reason) = refused.inner {
        ui.label(RichText::new(reason).font(theme::small()).color(theme::of(ui).alert));
    }
}

fn show_files(ui: &mut Ui, letter: Letter, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        let copy = format!("Copy {} to {}", letter.name(), letter.other().name());
        for (text, action) in
            [("Open file…", Action::OpenFile), ("Save as…", Action::SaveAs), (copy.as_str(), Action::CopyToOther)]
        {
            if ui.button(text).clicked() {
                actions.push(action);
                ui.close();
            }
        }
    });
}

/// Does what an action asks for.
pub fn act(action: Action, controller: &mut Controller) {
    match action {
        Action::Refresh => controller.refresh_presets(),
        Action::Open(origin) => controller.open_listed(origin),
        Action::Step(direction) => controller.step_preset(direction),
        Action::Save { name, replaces } => controller.save_named(&name, replaces),
        Action::OpenFile => controller.ask_for_preset(),
        Action::SaveAs => controller.ask_to_save_preset(),
        Action::CopyToOther => controller.copy_to_other(),
    }
}

//! The row in which an impulse is chosen, and heard: built-in spaces, a path, the file dialog, files dropped on the
//! window, and signals to listen with.
use crate::audition::Signal;
use crate::editor::controller::{Controller, PathField};
use crate::editor::selection::{self, Selection};
use crate::editor::theme;
use crate::editor::view::View;
use crate::editor::widgets::{button, field};
use crate::impulse::recipe::{Side, Source};
use crate::space;
use egui::containers::menu::MenuButton;
use egui::{Button, Key, RichText, Role, TextEdit, Ui, WidgetInfo, vec2};
use std::path::PathBuf;

/// Text of the empty path field.
const HINT: &str = "Path of an impulse file, or left.wav ; right.wav";
/// Width of the button for the file dialog.
const OPEN: f32 = 78.0;
/// Width of the button that plays a signal, and stops it.
const LISTEN: f32 = 66.0;
/// Said where the pointer rests.
const ABOUT_LISTENING: &str = "Plays a short signal through the present room. It ends by itself, and is never part of \
                               a bounce.";
/// Said there while the button does nothing.
const NOT_PROCESSED: &str = "The host does not process this plugin now, so nothing can be played through it. Some \
                             hosts do so only while they play.";

/// The two impulses, with the text and the description of their buttons.
const SIDES: [(Side, &str, &str); 2] = [(Side::A, "1", "First impulse"), (Side::B, "2", "Second impulse")];

/// Content of the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The built-in spaces, in their order.
    pub spaces: Vec<Space>,
    /// The impulse that the user edits, of the two.
    pub side: Side,
    /// The source that is asked for there, if any.
    pub source: Option<Source>,
    /// True while the browser is open.
    pub is_browsing: bool,
    /// True while the host has the instance process: otherwise nothing can be heard.
    pub is_processed: bool,
    /// The signal that sounds.
    pub auditioned: Option<Signal>,
}

/// A built-in space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    /// Its identifier.
    pub id: String,
    /// Its name for people.
    pub name: String,
}

/// The path field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// Its text.
    path: String,
    /// The source that filled it last.
    filled_from: Option<Source>,
    /// True if it is to take the keyboard in the next frame.
    takes_focus: bool,
}

/// Actions in the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Edits this one of the two impulses.
    Turn(Side),
    /// Loads or opens a selection.
    Select(Selection),
    /// Asks for the file dialog.
    Open,
    /// Opens or closes the browser.
    Browse(bool),
    /// Adds a folder to those that the browser lists.
    AddFolder(PathBuf),
    /// Plays a signal through the present room.
    Audition(Signal),
    /// Ends the signal that sounds.
    EndAudition,
}

/// The row in which an impulse is chosen.
pub struct Chooser;

impl State {
    /// Follows a file dialog that has ended.
    pub fn after_dialog(&mut self, field: PathField) {
        match field {
            PathField::Focus => self.takes_focus = true,
            PathField::Refill => self.filled_from = None,
            PathField::Name => {}
        }
    }
}

impl View for Chooser {
    type Model = Model;
    type State = State;
    type Action = Action;

    fn model(controller: &Controller, _: &mut State) -> Model {
        let name = |space: &space::BuiltIn| Space { id: space.id.to_owned(), name: space.name.to_owned() };
        Model {
            spaces: space::built_in().iter().map(name).collect(),
            side: controller.side(),
            source: controller.source(),
            is_browsing: controller.is_browsing(),
            is_processed: controller.is_processed(),
            auditioned: controller.auditioned(),
        }
    }

    fn show(ui: &mut Ui, model: &Model, state: &mut State) -> Vec<Action> {
        if state.filled_from != model.source {
            state.path = model.source.as_ref().map(selection::text).unwrap_or_default();
            state.filled_from.clone_from(&model.source);
        }
        let mut actions = Vec::new();
        ui.horizontal_centered(|ui| {
            show_sides(ui, model, &mut actions);
            ui.add_space(theme::GAP * 0.5);
            let browse = button::add(ui, button::toggle("Browse", model.is_browsing), model.is_browsing);
            let browse = browse.on_hover_text("All impulses of your folders, with their figures");
            if browse.clicked() {
                // The arrow keys are the list's from now on.
                browse.surrender_focus();
                actions.push(Action::Browse(!model.is_browsing));
            }
            show_spaces(ui, model, &mut actions);
            ui.add_space(theme::GAP * 0.5);
            show_path(ui, state, &mut actions);
            let open = ui.add_sized(vec2(OPEN, theme::CONTROL_HEIGHT), Button::new("Open…"));
            if open.on_hover_text("Choose an impulse file, or two for left and right, in a dialog").clicked() {
                actions.push(Action::Open);
            }
            show_listen(ui, model, &mut actions);
        });
        let dropped = ui.input(|input| input.raw.dropped_files.clone());
        if !dropped.is_empty() {
            let paths: Vec<PathBuf> = dropped.iter().map(|file| file.path().to_path_buf()).collect();
            actions.push(chosen(paths));
        }
        if actions.iter().any(|action| matches!(action, Action::Select(Selection::Preset(_)))) {
            // The path of a preset is not that of the impulse, which the field shows again.
            state.filled_from = None;
        }
        actions
    }

    fn act(action: Action, controller: &mut Controller) {
        match action {
            Action::Turn(side) => controller.turn(side),
            Action::Select(selection) => controller.select(selection),
            Action::Open => controller.browse(),
            Action::Browse(is_open) => controller.show_browser(is_open),
            Action::AddFolder(folder) => controller.add_folder(folder),
            Action::Audition(signal) => controller.audition(signal),
            Action::EndAudition => controller.end_audition(),
        }
    }
}

fn show_sides(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    for (side, name, about) in SIDES {
        let is_chosen = model.side == side;
        let size = vec2(theme::CONTROL_HEIGHT, theme::CONTROL_HEIGHT);
        let toggle = button::toggle(name, is_chosen).min_size(size);
        let response = button::add(ui, toggle, is_chosen).on_hover_text(about);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, about));
        if response.clicked() {
            actions.push(Action::Turn(side));
        }
    }
}

fn show_spaces(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let button = button::toggle("Spaces", matches!(model.source, Some(Source::Space { .. })));
    let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
        for space in &model.spaces {
            let source = Source::Space { id: space.id.clone() };
            let is_chosen = model.source.as_ref() == Some(&source);
            if ui.selectable_label(is_chosen, &space.name).clicked() {
                actions.push(Action::Select(source.into()));
            }
        }
    });
    response.on_hover_text("The rooms in the box");
}

fn show_path(ui: &mut Ui, state: &mut State, actions: &mut Vec<Action>) {
    let width = ui.available_width() - OPEN - LISTEN - 2.0 * ui.spacing().item_spacing.x;
    let path = TextEdit::singleline(&mut state.path)
        .hint_text(RichText::new(HINT).color(theme::of(ui).text_quiet))
        .align(egui::Align2::LEFT_CENTER)
        .margin(egui::Margin::symmetric(8, 0));
    let response = ui.add_sized(vec2(width, theme::CONTROL_HEIGHT), path);
    if std::mem::take(&mut state.takes_focus) {
        response.request_focus();
        field::select_all(ui, response.id, &state.path);
    }
    if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        let folder = selection::typed_folder(&state.path).map(Action::AddFolder);
        let typed = || selection::typed(&state.path).map(|source| Action::Select(source.into()));
        actions.extend(folder.or_else(typed));
    }
}

/// A menu of signals; while one sounds, a button that ends it.
fn show_listen(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let is_sounding = model.auditioned.is_some();
    let button = button::toggle(if is_sounding { "Stop" } else { "Listen" }, is_sounding);
    let button = button.min_size(vec2(LISTEN, theme::CONTROL_HEIGHT));
    if is_sounding {
        if button::add(ui, button, true).on_hover_text(ABOUT_LISTENING).clicked() {
            actions.push(Action::EndAudition);
        }
        return;
    }
    let show = |ui: &mut Ui| {
        let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
            for signal in Signal::ALL {
                if ui.button(signal.name()).clicked() {
                    actions.push(Action::Audition(signal));
                }
            }
        });
        response.on_hover_text(ABOUT_LISTENING).on_disabled_hover_text(NOT_PROCESSED);
    };
    ui.add_enabled_ui(model.is_processed, show);
}

/// A folder is one to be browsed.
fn chosen(paths: Vec<PathBuf>) -> Action {
    match &paths[..] {
        [folder] if folder.is_dir() => Action::AddFolder(folder.clone()),
        _ => Action::Select(selection::of_files(paths)),
    }
}

//! Our own menu of a parameter, at the pointer, where the host opens none: type a value, default, copy, paste.

use crate::editor::controller::Controller;
use crate::editor::host_requests::Wish;
use crate::editor::parameter::{Edit, Reading, option_value};
use crate::editor::text::{capitalised, with_minus};
use crate::editor::theme;
use crate::editor::view::View;
use crate::editor::widgets::field::select_all;
use crate::editor::widgets::{context, slider};
use crate::settings::{self, Choice, Kind, Number, Setting};
use egui::containers::menu::menu_style;
use egui::{
    Align, Button, Id, Key, Layout, Margin, Popup, PopupCloseBehavior, PopupKind, RichText, StrokeKind, TextEdit, Ui,
    vec2,
};

/// Width of the content.
const WIDTH: f32 = 168.0;
/// Height of a line.
const LINE: f32 = 24.0;
/// Source of the pasted text, said where the pointer rests.
const PASTE: &str = "Sets the value that was copied last from a control of this window";
/// Why there is nothing to paste.
const NO_PASTE: &str = "No value of this control was copied yet from a control of this window";
/// How the clipboard is reached, said of numbers.
const CLIPBOARD: &str = ". A text from elsewhere goes into the field, with Ctrl+V";

/// An open menu.
#[derive(Debug, Clone, PartialEq)]
pub struct Menu {
    /// What was asked for.
    pub wish: Wish,
    /// State of the parameter.
    pub reading: Reading,
    /// The text that was copied last, if it is a value of this parameter.
    pub copied: Option<String>,
}

/// The text that is being typed.
#[derive(Debug, Default)]
pub struct State {
    /// The menu that the text is of.
    wish: Option<Wish>,
    text: String,
    /// Why the text was not taken, if somebody has tried.
    reason: Option<String>,
    /// True once the field has had the keyboard.
    is_begun: bool,
}

/// Actions in the menu.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Edits the parameter.
    Edit(Edit),
    /// Keeps the text of its value.
    Copy(String),
    /// Closes the menu.
    Close(Wish),
}

/// Our own menu of a parameter.
pub struct ContextMenu;

impl View for ContextMenu {
    type Model = Option<Menu>;
    type State = State;
    type Action = Action;

    fn model(controller: &Controller, _: &mut State) -> Option<Menu> {
        let wish = controller.own_menu()?;
        let reading = controller.reading(wish.parameter)?;
        let is_value =
            |text: &&str| settings::find(wish.parameter).is_some_and(|setting| setting.read_within(text).is_ok());
        Some(Menu { wish, reading, copied: controller.copied_value().filter(is_value).map(str::to_owned) })
    }

    fn show(ui: &mut Ui, model: &Option<Menu>, state: &mut State) -> Vec<Action> {
        let Some(menu) = model else {
            *state = State::default();
            return Vec::new();
        };
        if state.wish != Some(menu.wish) {
            *state = State { wish: Some(menu.wish), text: menu.reading.text.clone(), ..State::default() };
        }
        let (mut is_open, mut actions) = (true, Vec::new());
        let place = context::point(ui, menu.wish.place);
        Popup::new(Id::unique("menu of a parameter"), ui.ctx().clone(), place, ui.layer_id())
            .kind(PopupKind::Menu)
            .layout(Layout::top_down_justified(Align::Min))
            .style(menu_style)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .open_bool(&mut is_open)
            .show(|ui| fill(ui, menu, state, &mut actions));
        if !actions.is_empty() || !is_open {
            actions.push(Action::Close(menu.wish));
        }
        actions
    }

    fn act(action: Action, controller: &mut Controller) {
        match action {
            Action::Edit(edit) => controller.edit(&edit),
            Action::Copy(text) => controller.copy_value(text),
            Action::Close(wish) => controller.close_menu(wish),
        }
    }
}

fn fill(ui: &mut Ui, menu: &Menu, state: &mut State, actions: &mut Vec<Action>) {
    let reading = &menu.reading;
    let Some(setting) = settings::find(reading.parameter) else { return };
    ui.set_width(WIDTH);
    ui.spacing_mut().interact_size.y = LINE;
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.spacing_mut().button_padding = vec2(6.0, 2.0);
    ui.label(RichText::new(&reading.name).color(theme::of(ui).text_quiet));
    let is_number = matches!(setting.kind, Kind::Number(_));
    match &setting.kind {
        Kind::Number(number) => type_value(ui, reading, number, state, actions),
        Kind::Switch(_) => show_options(ui, reading, &Choice { options: &[&["off"], &["on"]], default: 0 }, actions),
        Kind::Choice(choice) => show_options(ui, reading, choice, actions),
    }
    ui.separator();
    let default = setting.show(setting.default());
    if line(ui, &format!("Default: {}", shown(setting, &default))).clicked() {
        actions.push(Action::Edit(Edit::Reset(reading.parameter)));
    }
    if line(ui, &format!("Copy {}", shown(setting, &reading.text))).clicked() {
        ui.ctx().copy_text(reading.text.clone());
        actions.push(Action::Copy(reading.text.clone()));
    }
    let (way, copied) = (if is_number { CLIPBOARD } else { "" }, menu.copied.as_ref());
    let value = copied.map_or(String::new(), |copied| format!(" {}", shown(setting, copied)));
    let paste = ui.add_enabled_ui(copied.is_some(), |ui| line(ui, &format!("Paste{value}"))).inner;
    let paste = paste.on_hover_text(format!("{PASTE}{way}")).on_disabled_hover_text(format!("{NO_PASTE}{way}"));
    if let Some(copied) = copied.filter(|_| paste.clicked()) {
        actions.push(Action::Edit(Edit::Type(reading.parameter, copied.clone())));
    }
}

fn line(ui: &mut Ui, text: &str) -> egui::Response {
    ui.add(Button::new(text).min_size(vec2(WIDTH, LINE)))
}

/// The text of a value, as the controls have it.
fn shown(setting: &Setting, text: &str) -> String {
    if matches!(setting.kind, Kind::Number(_)) { with_minus(text) } else { capitalised(text) }
}

/// A field with the value, all of it selected. Enter takes the text; what is no value in the range stays, with the
/// reason.
fn type_value(ui: &mut Ui, reading: &Reading, number: &Number, state: &mut State, actions: &mut Vec<Action>) {
    let id = ui.scope_id().with("value");
    let field = TextEdit::singleline(&mut state.text).id(id).desired_width(WIDTH).margin(Margin::symmetric(6, 3));
    let response = ui.name_inputs(format!("Type value: {}", reading.name), |ui| ui.add(field));
    if response.changed() {
        state.reason = None;
    }
    if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        let text = state.text.trim();
        if number.read_within(text).is_some() {
            actions.push(Action::Edit(Edit::Type(reading.parameter, text.to_owned())));
        } else {
            state.reason = Some(slider::no_value(text, number, reading));
            response.request_focus();
        }
    }
    if !state.is_begun && !ui.is_sizing_pass() {
        state.is_begun = true;
        response.request_focus();
        select_all(ui, id, &state.text);
    }
    if let Some(reason) = &state.reason {
        let alert = theme::of(ui).alert;
        ui.painter().rect_stroke(response.rect, theme::ROUNDING, (1.0, alert), StrokeKind::Inside);
        let reason = RichText::new(reason).font(theme::small()).color(alert);
        // Justified, the words of a line would be spread over its width.
        ui.with_layout(Layout::top_down(Align::Min), |ui| ui.label(reason));
    }
}

/// A line for each option; the one that is chosen only closes the menu.
fn show_options(ui: &mut Ui, reading: &Reading, choice: &Choice, actions: &mut Vec<Action>) {
    let last = choice.words().len() - 1;
    for (option, word) in choice.words().enumerate() {
        let value = option_value(option, *choice);
        let is_chosen = (reading.normalized - value).abs() * (last as f32) < 0.5;
        if ui.selectable_label(is_chosen, capitalised(word)).clicked() {
            if is_chosen {
                ui.close();
            } else {
                actions.extend(Edit::gesture(reading.parameter, value).map(Action::Edit));
            }
        }
    }
}

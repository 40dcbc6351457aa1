//! The top row: product, previous and next, name of the impulse, undo, A and B, options, presets, bypass.

mod options;
pub mod presets;

use crate::editor::appearance::Appearance;
use crate::editor::controller::{Controller, Letter, PathField};
use crate::editor::parameter::{Edit, Reading};
use crate::editor::selection::Direction;
use crate::editor::theme;
use crate::editor::view::View;
use crate::editor::widgets::trailing::Trailing;
use crate::editor::widgets::{button, context, keys};
use crate::impulse::recipe::Source;
use crate::prepare::worker;
use crate::session::embed::Embedding;
use egui::{
    Align, Align2, Button, CornerRadius, Key, Label, Layout, Pos2, Rect, RichText, Role, Shape, Stroke, Ui, UiBuilder,
    WidgetInfo, vec2,
};

/// Height of the row.
pub const HEIGHT: f32 = 32.0;

/// Width of the button for A and B.
const LETTERS: f32 = 52.0;

/// Said where the pointer rests.
const BYPASS: &str = "Bypass: the input goes through as it is, without the room";
const OPTIONS: &str = "Impulses that the session embeds, colours and size of the window";

/// The buttons that go through the spaces, or through the files of a folder.
const STEPS: [(Direction, &str, &str); 2] =
    [(Direction::Previous, "‹", "Previous impulse"), (Direction::Next, "›", "Next impulse")];

/// Content of the row.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Name of the impulse.
    pub title: String,
    /// True if there may be an impulse before and after this one.
    pub can_step: bool,
    /// True while an impulse is being prepared.
    pub is_loading: bool,
    /// True if there is a change to undo, and one to redo.
    pub can_go: [bool; 2],
    /// The settings that sound, of the two that can be compared.
    pub letter: Letter,
    /// Impulses that the session embeds.
    pub embedding: Embedding,
    /// The look of the windows.
    pub look: Appearance,
    /// The presets.
    pub presets: presets::Model,
    /// The parameter for bypass.
    pub bypass: Option<Reading>,
}

/// Actions in the row.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Loads the impulse before or after this one.
    Step(Direction),
    /// Takes the last change back.
    Undo,
    /// Makes the last change again that was taken back.
    Redo,
    /// Has the other settings sound.
    TurnOver,
    /// Has the session embed these impulses.
    Embed(Embedding),
    /// Has the windows look like this.
    Appear(Appearance),
    /// Does something with presets.
    Presets(presets::Action),
    /// Edits the parameter for bypass.
    Edit(Edit),
}

/// The list of presets.
#[derive(Debug, Default)]
pub struct State {
    presets: presets::State,
}

impl State {
    /// Follows a file dialog that has ended.
    pub fn after_dialog(&mut self, field: PathField) {
        self.presets.after_dialog(field);
    }
}

/// The top row.
pub struct Header;

impl View for Header {
    type Model = Model;
    type State = State;
    type Action = Action;

    fn model(controller: &Controller, _: &mut State) -> Model {
        Model {
            title: controller.title(),
            // A pair has no place in the order of a folder, but it may have one in the browser's.
            can_step: match controller.source() {
                Some(Source::Pair { .. }) => controller.is_browsing(),
                source => source.is_some(),
            },
            is_loading: controller.state() == Some(&worker::State::Loading),
            can_go: [controller.can_undo(), controller.can_redo()],
            letter: controller.letter(),
            embedding: controller.embedding(),
            look: controller.look_of_windows(),
            presets: presets::Model::of(controller),
            bypass: controller.reading("bypass"),
        }
    }

    fn show(ui: &mut Ui, model: &Model, state: &mut State) -> Vec<Action> {
        let (mut actions, row) = (Vec::new(), ui.max_rect());
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = theme::GAP;
            ui.label(
                RichText::new("TRANSEPT").font(theme::body()).color(theme::of(ui).accent).extra_letter_spacing(3.0),
            );
            let (_, divider) = ui.allocate_space(vec2(1.0, 20.0));
            ui.painter().rect_filled(divider, 0.0, theme::of(ui).line);
            let end = Trailing::of(ui, "buttons", row);
            let left = divider.right() + theme::GAP;
            let place = Rect::from_x_y_ranges(left..=(end.left() - theme::GAP).max(left), row.y_range());
            let title = UiBuilder::new().max_rect(place).layout(Layout::left_to_right(Align::Center));
            ui.scope_builder(title, |ui| show_title(ui, model, &mut actions));
            end.show(ui, |ui| {
                // Beside the name and not in a banner: most impulses load in a blink, and nothing may jump for that.
                if model.is_loading {
                    ui.label(RichText::new("Loading…").color(theme::of(ui).text_quiet));
                }
                show_undo(ui, model, &mut actions);
                show_letters(ui, model, &mut actions);
                let fill = |ui: &mut Ui| options::show(ui, model.embedding, model.look, &mut actions);
                ui.menu_button("Options", fill).response.on_hover_text(OPTIONS);
                let presets = &mut state.presets;
                let done = presets::show(ui, &model.presets, presets, model.letter, &model.title, row.width());
                actions.extend(done.into_iter().map(Action::Presets));
                show_bypass(ui, model, &mut actions);
            });
        });
        actions.extend(options::pressed(ui, model.look).map(Action::Appear));
        actions
    }

    fn act(action: Action, controller: &mut Controller) {
        match action {
            Action::Step(direction) => controller.step(direction),
            Action::Undo => controller.undo(),
            Action::Redo => controller.redo(),
            Action::TurnOver => controller.turn_over(),
            Action::Embed(embedding) => controller.embed(embedding),
            Action::Appear(look) => controller.appear(look),
            Action::Presets(action) => presets::act(action, controller),
            Action::Edit(edit) => controller.edit(&edit),
        }
    }
}

fn show_bypass(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let Some(bypass) = &model.bypass else { return };
    let toggle = button::toggle(&bypass.name, bypass.is_on());
    let response = button::add(ui, toggle, bypass.is_on()).on_hover_text(BYPASS);
    let mut edits = Vec::new();
    context::ask(ui, &response, bypass.parameter, &mut edits);
    if response.clicked() {
        edits.extend(Edit::gesture(bypass.parameter, if bypass.is_on() { 0.0 } else { 1.0 }));
    }
    actions.extend(edits.into_iter().map(Action::Edit));
}

/// Undo and redo, by buttons and by the keys that they have everywhere.
fn show_undo(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let [undo, redo] = model.can_go;
    let pressed = |shift: bool, key: Key| {
        // Text that is being typed has an undo of its own.
        !ui.ctx().text_edit_focused() && keys::pressed(ui, key, |held| held.command && held.shift == shift)
    };
    let pressed = [pressed(false, Key::Z), pressed(true, Key::Z) || pressed(false, Key::Y)];
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (name, can, is_pressed, action) in
            [("Undo (Ctrl+Z)", undo, pressed[0], Action::Undo), ("Redo (Ctrl+Shift+Z)", redo, pressed[1], Action::Redo)]
        {
            let button = Button::new("").min_size(vec2(theme::CONTROL_HEIGHT, theme::CONTROL_HEIGHT));
            let response = ui.add_enabled(can, button).on_hover_text(name);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, can, name));
            paint_turn(ui, response.rect.center(), action == Action::Redo, can);
            if response.clicked() || (can && is_pressed) {
                actions.push(action);
            }
        }
    });
}

/// One button for A and B, with the one that sounds in the colour of what sounds.
fn show_letters(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let [here, there] = [model.letter, model.letter.other()].map(Letter::name);
    let about = format!("Compare settings: {here} sounds, {there} is the other one");
    let button = Button::new("").min_size(vec2(LETTERS, theme::CONTROL_HEIGHT));
    let response = ui.add(button).on_hover_text(&about);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &about));
    for (letter, side) in [(Letter::A, -0.5), (Letter::B, 0.5)] {
        let place = response.rect.center() + vec2(side * (LETTERS / 2.0 - 4.0), 0.0);
        let is_here = letter == model.letter;
        let (ground, ink) = if is_here {
            (theme::of(ui).accent, theme::of(ui).on_accent)
        } else {
            (theme::of(ui).control, theme::of(ui).text_quiet)
        };
        if is_here {
            let size = vec2(LETTERS / 2.0 - 4.0, theme::CONTROL_HEIGHT - 8.0);
            ui.painter().rect_filled(Rect::from_center_size(place, size), CornerRadius::same(theme::ROUNDING), ground);
        }
        ui.painter().text(place, Align2::CENTER_CENTER, letter.name(), theme::body(), ink);
    }
    if response.clicked() {
        actions.push(Action::TurnOver);
    }
}

/// An arrow that turns back to the left, or forth to the right: the fonts have none.
fn paint_turn(ui: &Ui, centre: Pos2, is_forth: bool, is_enabled: bool) {
    const RADIUS: f32 = 5.5;
    let side = if is_forth { -1.0 } else { 1.0 };
    let colour = if is_enabled { theme::of(ui).text_quiet } else { theme::of(ui).line };
    let at = |degrees: f32, radius: f32| {
        let angle = degrees.to_radians();
        centre + radius * vec2(-side * angle.cos(), -angle.sin())
    };
    let arc = (0..=24).map(|step| at(10.0 * step as f32, RADIUS)).collect();
    ui.painter().add(Shape::line(arc, Stroke::new(1.5, colour)));
    let tip = at(0.0, RADIUS) + vec2(0.0, 4.0);
    let head = vec![tip, at(0.0, RADIUS - 3.5) - vec2(0.0, 1.0), at(0.0, RADIUS + 3.5) - vec2(0.0, 1.0)];
    ui.painter().add(Shape::convex_polygon(head, colour, Stroke::NONE));
}

/// The buttons for previous and next, and the name in the space that the others leave.
fn show_title(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.x = 2.0;
    for (direction, sign, name) in STEPS {
        let button = Button::new(RichText::new(sign).font(theme::title()).color(theme::of(ui).text_quiet));
        let button = button.min_size(vec2(theme::CONTROL_HEIGHT, theme::CONTROL_HEIGHT));
        let response = ui.add_enabled(model.can_step, button).on_hover_text(name);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, model.can_step, name));
        if response.clicked() {
            actions.push(Action::Step(direction));
        }
    }
    ui.add_space(theme::GAP * 0.5);
    ui.add(Label::new(RichText::new(&model.title).font(theme::title()).color(theme::of(ui).text)).truncate());
}

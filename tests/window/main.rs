//! The window, drawn and used without a display or a host: each view alone, and all together.
#![cfg(feature = "editor")]

mod interaction;
mod models;
mod pictures;
mod places;

use egui::{Rect, Ui, UiBuilder, Vec2};
use egui_kittest::HarnessBuilder;
use transept::editor::controller::Controller;
use transept::editor::parameter::{Edit, Reading};
use transept::editor::theme::Theme;
use transept::editor::view::View;
use transept::editor::widgets::columns::Columns;
use transept::editor::widgets::menu;
use transept::editor::{theme, views, window};
use transept::settings::{self, Kind};

/// A view with its model, its state, and all that was done in it.
struct Stage<V: View> {
    model: V::Model,
    state: V::State,
    done: Vec<V::Action>,
}

type Harness<V> = egui_kittest::Harness<'static, Stage<V>>;

/// Ground and place of a view.
#[derive(Clone, Copy)]
struct Place {
    is_panel: bool,
    theme: Theme,
    margin: f32,
    size: Vec2,
    /// Height in points below the view, for a menu that it opens.
    below: f32,
}

impl Place {
    /// The whole window.
    fn window(size: Vec2) -> Self {
        Self { is_panel: false, theme: Theme::Dark, margin: 0.0, size, below: 0.0 }
    }

    /// On the window's ground.
    fn row(width: f32, height: f32) -> Self {
        Self { margin: theme::MARGIN, ..Self::window(egui::vec2(width, height)) }
    }

    /// In a panel.
    fn panel(width: f32, height: f32) -> Self {
        Self { is_panel: true, margin: theme::PADDING, ..Self::row(width, height) }
    }

    fn with_space_below(self, below: f32) -> Self {
        Self { below, ..self }
    }

    fn in_light(self) -> Self {
        Self { theme: Theme::Light, ..self }
    }

    fn canvas(&self) -> Vec2 {
        self.size + Vec2::splat(2.0 * self.margin) + egui::vec2(0.0, self.below)
    }
}

fn stage<V>(model: V::Model, place: Place, builder: HarnessBuilder<Stage<V>>) -> Harness<V>
where
    V: View<Model: 'static, State: 'static, Action: 'static> + 'static,
{
    let stage = Stage { model, state: V::State::default(), done: Vec::new() };
    let draw = move |ui: &mut Ui, stage: &mut Stage<V>| {
        // Without the harness's margin.
        let canvas = ui.ctx().content_rect();
        let colours = theme::of(ui);
        ui.painter().rect_filled(canvas, 0.0, if place.is_panel { colours.panel } else { colours.ground });
        let rect = UiBuilder::new().max_rect(Rect::from_min_size(canvas.min + Vec2::splat(place.margin), place.size));
        let show = |ui: &mut Ui| V::show(ui, &stage.model, &mut stage.state);
        let done = ui.scope_builder(rect, show).inner;
        stage.done.extend(done);
    };
    // As on a screen: two clicks in a row are a double click.
    let builder = builder.with_theme(place.theme.of_egui()).with_size(place.canvas()).with_step_dt(1.0 / 60.0);
    builder.with_context_setup(move |context| theme::install(context, place.theme)).build_ui_state(draw, stage)
}

/// All views in their window.
struct Window;

impl View for Window {
    type Model = views::Model;
    type State = views::State;
    type Action = views::Action;

    fn model(controller: &Controller, state: &mut views::State) -> views::Model {
        views::Views::model(controller, state)
    }

    fn show(ui: &mut Ui, model: &views::Model, state: &mut views::State) -> Vec<views::Action> {
        window::show(ui, model, state)
    }

    fn act(action: views::Action, controller: &mut Controller) {
        views::Views::act(action, controller);
    }
}

/// The list of a choice of many, alone.
struct List;

impl View for List {
    type Model = Option<Reading>;
    type State = ();
    type Action = Edit;

    fn model(_: &Controller, (): &mut ()) -> Self::Model {
        None
    }

    fn show(ui: &mut Ui, model: &Self::Model, (): &mut ()) -> Vec<Edit> {
        let (rect, mut edits) = (ui.max_rect(), Vec::new());
        let reading = model.as_ref().expect("a reading");
        let setting = settings::find(reading.parameter).expect("a setting");
        let Kind::Choice(choice) = &setting.kind else { panic!("{} is no choice", setting.id) };
        menu::show(ui, reading, *choice, setting.about, (rect, Columns::of(rect.width())), &mut edits);
        edits
    }

    fn act(_: Edit, _: &mut Controller) {}
}

//! The window, drawn and used without a display or a host.
#![cfg(feature = "editor")]

mod interaction;
mod pictures;
mod scenes;

use egui_kittest::HarnessBuilder;
use transept::editor::scene::{Action, Draft, Scene};
use transept::editor::{theme, window};

/// What is shown, what is being typed, and all that was done.
struct Stage {
    scene: Scene,
    draft: Draft,
    done: Vec<Action>,
}

type Harness = egui_kittest::Harness<'static, Stage>;

fn stage(scene: Scene, builder: HarnessBuilder<Stage>) -> Harness {
    let stage = Stage { scene, draft: Draft::default(), done: Vec::new() };
    // As on a screen: two clicks in a row are a double click.
    builder.with_step_dt(1.0 / 60.0).with_context_setup(theme::install).build_ui_state(draw, stage)
}

fn draw(ui: &mut egui::Ui, stage: &mut Stage) {
    // The whole window, without the harness's margin.
    let whole = egui::UiBuilder::new().max_rect(ui.ctx().content_rect());
    let actions = ui.scope_builder(whole, |ui| window::show(ui, &stage.scene, &mut stage.draft)).inner;
    stage.done.extend(actions);
}

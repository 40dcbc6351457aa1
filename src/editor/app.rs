//! The app that runs in an open window: each frame shows the views and does what the user asks for.

use super::binding::Host;
use super::controller::Controller;
use super::thread::WindowThread;
use super::view::View;
use super::views::{State, Views};
use super::{theme, window};
use egui::{CentralPanel, Context, Id, Ui};
use nice_plug::context::gui::GuiContext;
use nice_plug_egui::{Frame, NiceEguiApp, baseview::HandlerError};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// Time between two frames while nobody touches anything: meters move, and a load may end.
const REPAINT: Duration = Duration::from_millis(33);

/// The app of one instance's window, open or not.
pub struct App {
    controller: Controller,
    state: State,
    thread: WindowThread,
}

impl App {
    /// An app whose window is closed. It sets `thread` when one opens.
    #[must_use]
    pub fn new(controller: Controller, thread: WindowThread) -> Self {
        Self { controller, state: State::default(), thread }
    }

    /// A window has opened.
    fn opened(&mut self, context: &Context, host: Box<dyn Host>) {
        theme::install(context);
        let open = self.controller.open(host);
        context.data_mut(|data| data.insert_temp(Id::unique("transept open window"), open));
        self.state = State::default();
    }

    fn draw(&mut self, ui: &mut Ui) {
        if !self.controller.is_open() {
            return;
        }
        self.controller.begin_frame(ui.input(|input| input.stable_dt));
        let model = Views::model(&self.controller, &mut self.state);
        let state = &mut self.state;
        let actions = CentralPanel::no_frame().show(ui, |ui| window::show(ui, &model, state)).inner;
        for action in actions {
            Views::act(action, &mut self.controller);
        }
        if let Some(field) = self.controller.poll_dialog() {
            self.state.chooser.after_dialog(field);
        }
        self.controller.end_frame();
        if super::CLOSING.load(Relaxed) {
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
        }
        ui.ctx().request_repaint_after(REPAINT);
    }
}

impl NiceEguiApp for App {
    fn build(&mut self, context: Context, host: GuiContext, _frame: &mut Frame) -> Result<(), HandlerError> {
        self.thread.is_this_one();
        self.opened(&context, Box::new(host));
        Ok(())
    }
    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        self.draw(ui);
    }
}

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
#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Meters;
    use crate::editor::selection::Selection;
    use crate::impulse::recipe::Source;
    use crate::parameters::{Knob, TranseptParams};
    use crate::prepare::worker::{Handle, Worker};
    use nice_plug::params::Param;
    use parking_lot::Mutex;
    use std::sync::Arc;

    struct Silent {
        _owned: Arc<()>,
    }

    impl Host for Silent {
        fn begin(&self, _knob: Knob) {}
        fn set(&self, _knob: Knob, _normalized: f32) {}
        fn end(&self, _knob: Knob) {}
    }

    fn app(params: Arc<TranseptParams>, worker: Handle, meters: Arc<Meters>) -> App {
        App::new(Controller::new(params, worker, meters), WindowThread::default())
    }

    fn frame(context: &Context, app: &mut App) {
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, window::DEFAULT_SIZE);
        let input = egui::RawInput { screen_rect: Some(whole), ..Default::default() };
        context.run_ui(input, |ui| app.draw(ui)).drop_without_applying_deltas();
    }

    #[test]
    fn a_closed_window_holds_on_to_nothing_of_the_host() {
        let (worker, _kernels) = Worker::spawn(|| None);
        let meters = Arc::<Meters>::default();
        let mut app = app(Arc::default(), worker.handle(), meters.clone());
        let owned = Arc::new(());
        for _ in 0..2 {
            let context = Context::default();
            app.opened(&context, Box::new(Silent { _owned: owned.clone() }));
            frame(&context, &mut app);
            assert_eq!((Arc::strong_count(&owned), Arc::strong_count(&meters)), (2, 3));
            drop(context);
            assert_eq!((Arc::strong_count(&owned), Arc::strong_count(&meters)), (1, 2));
        }
    }

    #[test]
    fn a_choice_that_sounds_moves_the_hosts_parameter_as_one_gesture() {
        #[derive(Clone, Default)]
        struct Recorder(Arc<Mutex<Vec<String>>>);
        impl Recorder {
            fn note(&self, what: &str, knob: Knob) {
                if let Knob::Choice(param) = knob {
                    self.0.lock().push(format!("{what} {}", param.name()));
                }
            }
        }
        impl Host for Recorder {
            fn begin(&self, knob: Knob) {
                self.note("begin", knob);
            }
            fn set(&self, knob: Knob, normalized: f32) {
                let Knob::Choice(param) = knob else { return };
                self.note(&param.preview_plain(normalized).to_string(), knob);
            }
            fn end(&self, knob: Knob) {
                self.note("end", knob);
            }
        }
        let params = Arc::new(TranseptParams::default());
        let wanted = {
            let params = params.clone();
            move || {
                let format = crate::chain::Format { sample_rate: 48_000, layout: crate::channels::ChannelLayout::Mono };
                let (recipe, on_failure) = (params.wanted(), Default::default());
                Some(crate::prepare::worker::Wanted { recipe, format, editions: [0; 2], on_failure })
            }
        };
        let (worker, _kernels) = Worker::spawn(wanted);
        let mut app = app(params.clone(), worker.handle(), Arc::default());
        let (context, recorder) = (Context::default(), Recorder::default());
        app.opened(&context, Box::new(recorder.clone()));
        app.controller.select(Selection::Impulse(Source::Space { id: "plate".to_owned() }));
        frame(&context, &mut app);
        assert!(recorder.0.lock().is_empty(), "it is not proved yet");
        params.session.prove(params.session.choice().editions(), true);
        for _ in 0..3 {
            frame(&context, &mut app);
        }
        assert_eq!(*recorder.0.lock(), ["begin Impulse", "1 Impulse", "end Impulse"]);
    }
}

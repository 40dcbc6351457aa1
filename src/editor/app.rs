//! The app that runs in an open window: the glue between the framework and a [`Scene`].

use super::appearance;
use super::binding::Host;
use super::canvas::Canvas;
use super::damage::Damage;
use super::fonts;
use super::lookout::Lookout;
use super::presses::Presses;
use super::scene::Scene;
use super::sight::Sight;
use super::theme;
use super::thread::WindowThread;
use egui::{Context, Id, Ui};
use nice_plug::context::gui::GuiContext;
use nice_plug_egui::{Frame, NiceEguiApp, baseview::HandlerError};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Instant;

/// The app of one instance's window, open or not.
pub struct App {
    scene: Arc<Mutex<Scene>>,
    /// True once the context of the open window has the fonts of the system.
    has_fonts: bool,
    thread: WindowThread,
}

impl App {
    /// An app whose window is closed. It sets `thread` when one opens.
    #[must_use]
    pub fn new(scene: Scene, thread: WindowThread) -> Self {
        Self { scene: Arc::new(Mutex::new(scene)), has_fonts: false, thread }
    }

    /// A window has opened, which `sight` watches; `request_frame` has it draw one.
    fn opened(
        &mut self,
        context: &Context,
        host: Box<dyn Host>,
        mut sight: Sight,
        request_frame: impl Fn() + Send + 'static,
    ) {
        theme::install(context, appearance::now().theme);
        let (scene, mut was_seen) = (Arc::downgrade(&self.scene), false);
        let lookout = Lookout::start(move || {
            let now = Instant::now();
            // The windowing layer draws nothing any more if a frame is asked for before the window is on the screen: it
            // waits for an answer of the X server that nobody has subscribed to yet.
            was_seen = was_seen || sight.is_seen(now);
            let need = scene.upgrade().map(|scene| scene.lock().need(now));
            if was_seen && need.is_some_and(|need| need.is_for_frame(|| sight.is_seen(now))) {
                request_frame();
            }
        });
        // Until now the lookout has found the scene closed.
        let open = self.scene.lock().open(host, lookout.thread().cloned());
        // In this order: who looks, uses what is open.
        let held = Arc::new((lookout, open));
        context.data_mut(|data| data.insert_temp(Id::unique("transept open window"), held));
    }
}

impl NiceEguiApp for App {
    fn build(&mut self, context: Context, host: GuiContext, frame: &mut Frame) -> Result<(), HandlerError> {
        self.thread.is_this_one();
        let window = frame.baseview_window();
        // A weak handle: it keeps nothing of the window.
        let waker = window.waker();
        context.add_plugin(Damage::new(Canvas::new(frame.gl())));
        context.add_plugin(Presses::default());
        self.has_fonts = false;
        self.opened(&context, Box::new(host), Sight::of(window), move || waker.request_redraw());
        Ok(())
    }
    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        // Not in `build`: it asks for a frame, and the window is not on the screen yet.
        if !std::mem::replace(&mut self.has_fonts, true) {
            fonts::install(ui.ctx());
        }
        // From the window: egui does not know its size in the first frame of a window whose zoom is not 1.
        let size = frame.baseview_window().size().physical;
        self.scene.lock().draw(ui, [size.width, size.height], Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::controller::Controller;
    use crate::editor::window;
    use crate::monitor::Monitor;
    use crate::parameters::Knob;
    use crate::prepare::worker::Worker;
    use std::sync::mpsc::channel;

    struct Silent {
        _owned: Arc<()>,
    }

    impl Host for Silent {
        fn begin(&self, _knob: Knob) {}
        fn set(&self, _knob: Knob, _normalized: f32) {}
        fn end(&self, _knob: Knob) {}
    }

    #[test]
    fn a_window_is_looked_after_while_it_is_open_and_holds_on_to_nothing_afterwards() {
        let (worker, _kernels) = Worker::spawn(|| None);
        let monitor = Arc::<Monitor>::default();
        let scene = Scene::new(Controller::new(Arc::default(), worker.handle(), monitor.clone()));
        let mut app = App::new(scene, WindowThread::default());
        let owned = Arc::new(());
        for _ in 0..2 {
            let context = Context::default();
            let (requests, requested) = channel();
            let request = move || {
                // The window may be closed already.
                let _ = requests.send(());
            };
            app.opened(&context, Box::new(Silent { _owned: owned.clone() }), Sight::default(), request);
            requested.recv().expect("nothing is painted yet, so a frame is asked for");
            let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, window::DEFAULT_SIZE);
            let input = egui::RawInput { screen_rect: Some(whole), ..Default::default() };
            let draw = |ui: &mut Ui| app.scene.lock().draw(ui, [780, 600], Instant::now());
            context.run_ui(input, draw).drop_without_applying_deltas();
            assert_eq!((Arc::strong_count(&owned), Arc::strong_count(&monitor)), (2, 3));
            drop(context);
            assert_eq!((Arc::strong_count(&owned), Arc::strong_count(&monitor)), (1, 2));
            assert!(!monitor.meters.is_watched());
            assert!(requested.iter().count() < 1000, "who asks for frames has gone");
        }
    }
}

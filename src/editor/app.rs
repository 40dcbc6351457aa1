//! The window at work: gathers the scene, draws it, does what the user asks for.
use super::binding::{self, Host};
use super::closing::WindowThread;
use super::dialog::{Dialog, Purpose};
use super::meters::Ballistics;
use super::scene::{Action, Choice, Draft, Notice, Scene};
use super::{chooser, theme, window};
use crate::chain::Meters;
use crate::impulse::recipe::{Side, Source};
use crate::plugin::params::TranseptParams;
use crate::prepare::worker::{Handle, State};
use crate::space;
use egui::{CentralPanel, Context, Id, Ui};
use nice_plug::context::gui::GuiContext;
use nice_plug_egui::{Frame, NiceEguiApp, baseview::HandlerError};
use parking_lot::Mutex;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Time between two pictures while nobody touches anything: meters move, and a load may end.
const REPAINT: Duration = Duration::from_millis(33);

/// One instance's window, open or not.
pub struct App {
    params: Arc<TranseptParams>,
    worker: Handle,
    meters: Arc<Meters>,
    draft: Draft,
    ballistics: [Ballistics; 4],
    /// Why the last choice was not taken, until the next.
    refused: Option<String>,
    /// See [`Open`].
    open: Weak<Mutex<Open>>,
    thread: WindowThread,
}

/// What only an open window may have.
///
/// The framework does not say when a window closes. So this belongs to the window's [`Context`], which goes with it:
/// otherwise the way to the host, which owns the plugin, which owns this app, would keep all three alive for ever.
struct Open {
    host: Box<dyn Host>,
    dialog: Option<Dialog>,
    meters: Arc<Meters>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.meters.watch(false);
    }
}

impl App {
    /// An app whose window is closed.
    #[must_use]
    pub fn new(params: Arc<TranseptParams>, worker: Handle, meters: Arc<Meters>, thread: WindowThread) -> Self {
        Self {
            params,
            worker,
            meters,
            draft: Draft::default(),
            ballistics: Default::default(),
            refused: None,
            open: Weak::new(),
            thread,
        }
    }

    /// A window has opened.
    fn opened(&mut self, context: &Context, host: Box<dyn Host>) {
        theme::install(context);
        let open = Arc::new(Mutex::new(Open { host, dialog: None, meters: self.meters.clone() }));
        self.open = Arc::downgrade(&open);
        context.data_mut(|data| data.insert_temp(Id::unique("transept open window"), open));
        self.draft = Draft::default();
        self.ballistics = Default::default();
    }

    fn draw(&mut self, ui: &mut Ui) {
        let Some(open) = self.open.upgrade() else { return };
        // Again and again, because the window before this one may close after this one has opened.
        self.meters.watch(true);
        let scene = self.scene(ui.input(|input| input.stable_dt));
        let draft = &mut self.draft;
        let mut actions = CentralPanel::no_frame().show(ui, |ui| window::show(ui, &scene, draft)).inner;
        actions.extend(self.dialog_answer(&open));
        for action in actions {
            self.act(action, &scene, &open);
        }
        if let Some(slot) = self.params.recipe.take_move() {
            binding::choose_slot(slot, &self.params, &*open.lock().host);
        }
        if super::CLOSING.load(Relaxed) {
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
        }
        ui.ctx().request_repaint_after(REPAINT);
    }

    fn scene(&mut self, seconds: f32) -> Scene {
        let status = self.worker.status();
        let ([left_in, right_in], [left_out, right_out]) = (self.meters.take_input(), self.meters.take_output());
        let [a, b, c, d] = &mut self.ballistics;
        Scene {
            spaces: spaces(),
            side: self.draft.side,
            source: self.params.recipe.located(self.draft.side),
            notice: if self.params.recipe.is_readable() { notice(&status.state) } else { unreadable() },
            refused: self.refused.clone(),
            summary: status.summary.clone(),
            readings: binding::readings(&self.params),
            input: [a.update(left_in, seconds), b.update(right_in, seconds)],
            output: [c.update(left_out, seconds), d.update(right_out, seconds)],
        }
    }

    fn act(&mut self, action: Action, scene: &Scene, open: &Mutex<Open>) {
        match action {
            Action::Load(source) => self.load(self.draft.side, source, open),
            Action::Turn(side) => self.draft.side = side,
            Action::Step(direction) => match chooser::stepped(scene.source.as_ref(), direction, &scene.spaces) {
                Some(source) => self.load(self.draft.side, source, open),
                None => self.refused = Some("There is no other impulse file in its folder.".to_owned()),
            },
            Action::Refuse(reason) => self.refused = Some(reason),
            Action::Browse => self.ask(Purpose::Browse, scene, open),
            Action::Locate => {
                if let Notice::Missing { wanted } | Notice::Changed { wanted, .. } = &scene.notice {
                    self.ask(Purpose::Locate(wanted.clone()), scene, open);
                }
            }
            action => binding::apply(&action, &self.params, &*open.lock().host),
        }
    }

    fn load(&mut self, side: Side, source: Source, open: &Mutex<Open>) {
        self.refused = None;
        // Even if it is the same again: the file may have changed, or be there now.
        self.params.recipe.put(side, source);
        if side == Side::B && self.params.settings().combination().is_none() {
            // Whoever chooses a second impulse wants to hear it.
            binding::apply(&Action::Type("combine", "morph".to_owned()), &self.params, &*open.lock().host);
        }
        self.worker.nudge();
    }

    /// The impulse of which a file is part.
    fn side_of(&self, file: &Path) -> Option<(Side, Source)> {
        let located = |side| self.params.recipe.located(side).map(|source| (side, source));
        Side::BOTH.into_iter().filter_map(located).find(|(_, source)| source.files().contains(&file))
    }

    fn ask(&mut self, purpose: Purpose, scene: &Scene, open: &Mutex<Open>) {
        let mut open = open.lock();
        if open.dialog.is_none() {
            let beside = match (&purpose, &scene.source) {
                (Purpose::Locate(wanted), _) => Some(match &scene.notice {
                    Notice::Changed { found, .. } => found.clone(),
                    _ => wanted.clone(),
                }),
                (Purpose::Browse, Some(Source::File { path } | Source::Pair { left: path, .. })) => Some(path.clone()),
                (Purpose::Browse, _) => None,
            };
            open.dialog = Some(Dialog::open(purpose, beside.as_deref().and_then(Path::parent)));
        }
    }

    fn dialog_answer(&mut self, open: &Mutex<Open>) -> Option<Action> {
        let (purpose, mut paths) = {
            let mut open = open.lock();
            let answer = open.dialog.as_ref()?.poll()?;
            open.dialog = None;
            answer
        };
        if paths.is_empty() {
            // Cancelled, or there is no portal on this desktop: the path field is the way that is left.
            self.draft.focus_path = true;
            return None;
        }
        match purpose {
            Purpose::Locate(wanted) if paths.len() == 1 => {
                let (side, source) = self.side_of(&wanted)?;
                self.refused = None;
                self.params.recipe.relocate(side, chooser::relocated(Some(&source), &wanted, paths.remove(0)));
                self.worker.nudge();
                None
            }
            _ => Some(chooser::chosen(paths)),
        }
    }
}

fn spaces() -> Vec<Choice> {
    space::built_in().iter().map(|space| Choice { id: space.id.to_owned(), name: space.name.to_owned() }).collect()
}

fn notice(state: &State) -> Notice {
    match state {
        State::Empty | State::Ready => Notice::Quiet,
        State::Loading => Notice::Loading,
        State::Missing { wanted } => Notice::Missing { wanted: wanted.clone() },
        State::Changed { wanted, found } => Notice::Changed { wanted: wanted.clone(), found: found.clone() },
        State::Failed { message } => Notice::Failed { message: message.clone() },
    }
}

/// A session from a newer version, say.
fn unreadable() -> Notice {
    let message = "This session's impulse cannot be read; a newer version may have saved it. \
                   It is kept as it is until another one is chosen.";
    Notice::Failed { message: message.to_owned() }
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
    use crate::plugin::params::Knob;
    use crate::prepare::worker::Worker;
    use nice_plug::params::Param;

    struct Silent {
        _owned: Arc<()>,
    }

    impl Host for Silent {
        fn begin(&self, _knob: Knob) {}
        fn set(&self, _knob: Knob, _normalized: f32) {}
        fn end(&self, _knob: Knob) {}
    }

    fn app() -> (App, Arc<Meters>, Worker) {
        let (worker, _kernels) = Worker::spawn(|| None);
        let meters = Arc::<Meters>::default();
        (App::new(Arc::default(), worker.handle(), meters.clone(), WindowThread::default()), meters, worker)
    }

    fn frame(context: &Context, app: &mut App) {
        let input = egui::RawInput { screen_rect: Some(window_rect()), ..Default::default() };
        context.run_ui(input, |ui| app.draw(ui)).drop_without_applying_deltas();
    }

    fn window_rect() -> egui::Rect {
        egui::Rect::from_min_size(egui::Pos2::ZERO, window::DEFAULT_SIZE)
    }

    #[test]
    fn a_closed_window_holds_on_to_nothing_of_the_host() {
        let (mut app, meters, _worker) = app();
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
    fn choosing_changes_the_recipe_and_keeps_its_level_rule() {
        let (mut app, _, _worker) = app();
        let context = Context::default();
        app.opened(&context, Box::new(Silent { _owned: Arc::new(()) }));
        let open = app.open.upgrade().expect("just opened");
        let before = app.params.recipe.get();
        app.load(Side::A, Source::Space { id: "plate".to_owned() }, &open);
        let after = app.params.recipe.get();
        assert_eq!((after.source, after.level), (Source::Space { id: "plate".to_owned() }, before.level));
    }

    #[test]
    fn a_second_impulse_that_is_chosen_leaves_the_first_and_is_heard_at_once() {
        #[derive(Clone, Default)]
        struct Recorder(Arc<Mutex<Vec<String>>>);
        impl Host for Recorder {
            fn begin(&self, _knob: Knob) {}
            fn set(&self, knob: Knob, normalized: f32) {
                let Knob::Choice(param) = knob else { return };
                self.0.lock().push(param.preview_plain(normalized).to_string());
            }
            fn end(&self, _knob: Knob) {}
        }
        let (mut app, _, _worker) = app();
        let (context, recorder) = (Context::default(), Recorder::default());
        app.opened(&context, Box::new(recorder.clone()));
        let open = app.open.upgrade().expect("just opened");
        let first = app.scene(0.025).source;
        let scene = app.scene(0.025);
        app.act(Action::Turn(Side::B), &scene, &open);
        assert_eq!(app.scene(0.025).source, None, "none yet");
        let plate = Source::Space { id: "plate".to_owned() };
        app.act(Action::Load(plate.clone()), &scene, &open);
        assert_eq!((app.scene(0.025).source, &*recorder.0.lock()), (Some(plate), &vec!["1".to_owned()]));
        app.act(Action::Turn(Side::A), &scene, &open);
        assert_eq!(app.scene(0.025).source, first);
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
                let format = crate::chain::Format { sample_rate: 48_000, inputs: 1, outputs: 1 };
                let (recipe, on_failure) = (params.wanted(), Default::default());
                Some(crate::prepare::worker::Wanted { recipe, format, editions: [0; 2], on_failure })
            }
        };
        let (worker, _kernels) = Worker::spawn(wanted);
        let mut app = App::new(params, worker.handle(), Arc::default(), WindowThread::default());
        let (context, recorder) = (Context::default(), Recorder::default());
        app.opened(&context, Box::new(recorder.clone()));
        let scene = app.scene(0.025);
        let open = app.open.upgrade().expect("just opened");
        app.act(Action::Load(Source::Space { id: "plate".to_owned() }), &scene, &open);
        frame(&context, &mut app);
        assert!(recorder.0.lock().is_empty(), "it is not proved yet");
        app.params.recipe.prove(app.params.recipe.generation());
        for _ in 0..3 {
            frame(&context, &mut app);
        }
        assert_eq!(*recorder.0.lock(), ["begin Impulse", "1 Impulse", "end Impulse"]);
    }

    #[test]
    fn a_refusal_stays_until_the_next_choice() {
        let (mut app, _, _worker) = app();
        let context = Context::default();
        app.opened(&context, Box::new(Silent { _owned: Arc::new(()) }));
        let open = app.open.upgrade().expect("just opened");
        let scene = app.scene(0.025);
        app.act(chooser::chosen(vec!["/a".into(), "/b".into(), "/c".into()]), &scene, &open);
        assert!(app.scene(0.025).refused.is_some_and(|reason| reason.contains("two")));
        app.act(Action::Load(Source::Space { id: "plate".to_owned() }), &scene, &open);
        assert_eq!(app.scene(0.025).refused, None);
    }
}

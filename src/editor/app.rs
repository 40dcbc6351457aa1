//! The window at work: gathers the scene, draws it, does what the user asks for.
use super::binding::{self, Host};
use super::closing::WindowThread;
use super::dialog::{Dialog, Purpose};
use super::meters::Ballistics;
use super::scene::{Action, Choice, Draft, Notice, Remark, Scene};
use super::{chooser, presets, theme, window};
use crate::chain::Meters;
use crate::impulse::recipe::{Side, Source};
use crate::parameters::TranseptParams;
use crate::prepare::worker::{Handle, State, Watch};
use crate::preset::{Preset, Read};
use crate::space;
use egui::{CentralPanel, Context, Id, Ui};
use nice_plug::context::gui::GuiContext;
use nice_plug_egui::{Frame, NiceEguiApp, baseview::HandlerError};
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Time between two pictures while nobody touches anything: meters move, and a load may end.
const REPAINT: Duration = Duration::from_millis(33);

/// One instance's window, open or not.
pub struct App {
    params: Arc<TranseptParams>,
    worker: Handle,
    /// The worker hears of edits while the window is open.
    _watch: Watch,
    meters: Arc<Meters>,
    draft: Draft,
    ballistics: [Ballistics; 4],
    /// What came of the last choice or preset, until the next.
    remark: Option<Remark>,
    /// The last one that was opened or saved.
    preset: Option<PathBuf>,
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
            _watch: worker.watch(),
            worker,
            meters,
            draft: Draft::default(),
            ballistics: Default::default(),
            remark: None,
            preset: None,
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
        if let Some(slot) = self.params.session.take_move() {
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
            source: self.params.session.located(self.draft.side),
            notice: if self.params.session.is_readable() { notice(&status.state) } else { unreadable() },
            embedding: self.params.session.embedding(),
            remark: self.remark.clone(),
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
                None => self.refuse("There is no other impulse file in its folder.".to_owned()),
            },
            Action::Refuse(reason) => self.refuse(reason),
            Action::Preset(path) => self.open_preset(path, open),
            Action::OpenPreset => self.ask(Purpose::OpenPreset, scene, open),
            Action::SavePreset => self.ask(Purpose::SavePreset(self.preset_name(scene)), scene, open),
            Action::Embed(embedding) => self.params.session.embed(embedding),
            Action::Dismiss => self.remark = None,
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
        self.remark = None;
        // Even if it is the same again: the file may have changed, or be there now.
        self.params.session.put(side, source);
        if side == Side::B && self.params.settings().combination().is_none() {
            // Whoever chooses a second impulse wants to hear it.
            binding::apply(&Action::Type("combine", "morph".to_owned()), &self.params, &*open.lock().host);
        }
        self.worker.nudge();
    }

    fn refuse(&mut self, reason: String) {
        self.remark = Some(Remark::Refused(reason));
    }

    fn open_preset(&mut self, path: PathBuf, open: &Mutex<Open>) {
        // The path field may hold the preset's path; it is the impulse's again.
        self.draft.path_of = None;
        self.remark = match Preset::open(&path) {
            Ok(Read { preset, aside }) => {
                presets::open(preset, &self.params, &*open.lock().host);
                self.worker.nudge();
                let remark = format!("{}: {}", path.display(), aside.join("; "));
                self.preset = Some(path);
                (!aside.is_empty()).then_some(Remark::Aside(remark))
            }
            Err(error) => Some(Remark::NoPreset(error.to_string())),
        };
    }

    fn save_preset(&mut self, path: PathBuf) {
        let saved = presets::named(path).and_then(|path| Ok((presets::save(&path, &self.params)?, path)));
        self.remark = match saved {
            Ok((not_there, path)) => {
                self.preset = Some(path);
                not_there.map(Remark::Homeless)
            }
            Err(reason) => Some(Remark::Unsaved(reason)),
        };
    }

    /// What a preset would be called: as the last one, or as the impulse.
    fn preset_name(&self, scene: &Scene) -> String {
        let last = self.preset.as_deref().map(chooser::file_name);
        last.unwrap_or_else(|| format!("{}.{}", scene.title(), presets::EXTENSION))
    }

    /// The impulse of which a file is part.
    fn side_of(&self, file: &Path) -> Option<(Side, Source)> {
        let located = |side| self.params.session.located(side).map(|source| (side, source));
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
                (Purpose::OpenPreset | Purpose::SavePreset(_), _) => self.preset.clone(),
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
            // Cancelled, or there is no portal on this desktop: the path field is the way that is left, except for saving.
            self.draft.focus_path = !matches!(purpose, Purpose::SavePreset(_));
            return None;
        }
        match purpose {
            Purpose::OpenPreset => Some(Action::Preset(paths.remove(0))),
            Purpose::SavePreset(_) => {
                self.save_preset(paths.remove(0));
                None
            }
            Purpose::Locate(wanted) if paths.len() == 1 => {
                let (side, source) = self.side_of(&wanted)?;
                self.remark = None;
                self.params.session.relocate(side, chooser::relocated(Some(&source), &wanted, paths.remove(0)));
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
    use crate::parameters::Knob;
    use crate::prepare::worker::Worker;
    use crate::session::embed::Embedding;
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
        let before = app.params.session.get();
        app.load(Side::A, Source::Space { id: "plate".to_owned() }, &open);
        let after = app.params.session.get();
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
    fn a_preset_that_was_saved_opens_and_one_that_cannot_be_says_why() {
        let (mut app, _, _worker) = app();
        let context = Context::default();
        app.opened(&context, Box::new(Silent { _owned: Arc::new(()) }));
        let open = app.open.upgrade().expect("just opened");
        let scene = app.scene(0.025);
        assert_eq!(app.preset_name(&scene), "Hall.toml");
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name| folder.path().join(name);
        app.load(Side::A, Source::Space { id: "plate".to_owned() }, &open);
        app.save_preset(path("wide"));
        assert_eq!((&app.remark, app.preset_name(&scene).as_str()), (&None, "wide.toml"));
        app.load(Side::A, Source::Space { id: "room".to_owned() }, &open);
        app.act(Action::Preset(path("wide.toml")), &scene, &open);
        assert_eq!(app.params.session.get().source, Source::Space { id: "plate".to_owned() });
        assert_eq!(app.remark, None);

        std::fs::write(path("newer.toml"), "[impulse]\nkind = \"space\"\nid = \"room\"\n[settings]\nglow = 1\n")
            .expect("written");
        app.act(Action::Preset(path("newer.toml")), &scene, &open);
        assert_eq!(app.params.session.get().source, Source::Space { id: "room".to_owned() });
        assert!(
            matches!(&app.remark, Some(Remark::Aside(said)) if said.contains("newer.toml") && said.contains("glow"))
        );

        std::fs::write(path("damaged.toml"), "[settings\n").expect("written");
        for name in ["damaged.toml", "no.toml"] {
            app.act(Action::Preset(path(name)), &scene, &open);
            assert!(matches!(&app.remark, Some(Remark::NoPreset(said)) if said.contains(name)), "{:?}", app.remark);
            assert_eq!(app.params.session.get().source, Source::Space { id: "room".to_owned() }, "as before");
        }
        app.act(Action::Dismiss, &scene, &open);
        assert_eq!(app.remark, None);
        app.save_preset(path("no/it.toml"));
        assert!(matches!(&app.remark, Some(Remark::Unsaved(said)) if said.contains("it.toml")), "{:?}", app.remark);
        assert_eq!(app.preset_name(&scene), "newer.toml", "the last that was opened or saved");
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
        let mut app = App::new(params, worker.handle(), Arc::default(), WindowThread::default());
        let (context, recorder) = (Context::default(), Recorder::default());
        app.opened(&context, Box::new(recorder.clone()));
        let scene = app.scene(0.025);
        let open = app.open.upgrade().expect("just opened");
        app.act(Action::Load(Source::Space { id: "plate".to_owned() }), &scene, &open);
        frame(&context, &mut app);
        assert!(recorder.0.lock().is_empty(), "it is not proved yet");
        app.params.session.prove(app.params.session.choice().editions(), true);
        for _ in 0..3 {
            frame(&context, &mut app);
        }
        assert_eq!(*recorder.0.lock(), ["begin Impulse", "1 Impulse", "end Impulse"]);
    }

    #[test]
    fn what_the_session_embeds_is_the_users_choice_and_stays_it() {
        let (mut app, _, _worker) = app();
        let context = Context::default();
        app.opened(&context, Box::new(Silent { _owned: Arc::new(()) }));
        let open = app.open.upgrade().expect("just opened");
        let scene = app.scene(0.025);
        assert_eq!(scene.embedding, Embedding::WhenSmall);
        app.act(Action::Embed(Embedding::Always), &scene, &open);
        app.act(Action::Load(Source::Space { id: "plate".to_owned() }), &scene, &open);
        assert_eq!(
            (app.scene(0.025).embedding, app.params.session.embedding()),
            (Embedding::Always, Embedding::Always)
        );
    }

    #[test]
    fn a_refusal_stays_until_the_next_choice() {
        let (mut app, _, _worker) = app();
        let context = Context::default();
        app.opened(&context, Box::new(Silent { _owned: Arc::new(()) }));
        let open = app.open.upgrade().expect("just opened");
        let scene = app.scene(0.025);
        app.act(chooser::chosen(vec!["/a".into(), "/b".into(), "/c".into()]), &scene, &open);
        let remark = app.scene(0.025).remark;
        assert!(matches!(&remark, Some(Remark::Refused(reason)) if reason.contains("two")), "{remark:?}");
        app.act(Action::Load(Source::Space { id: "plate".to_owned() }), &scene, &open);
        assert_eq!(app.scene(0.025).remark, None);
    }
}

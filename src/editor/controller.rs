//! What the window knows of its instance, and what a user can do to it: the views read and act through here.

mod audition;
mod browsing;
mod compare;
mod dialogs;
mod menus;
mod preset;
#[cfg(test)]
mod tests;
mod undo;

use super::appearance::{self, Appearance};
use super::binding::{self, Host};
use super::dialog::Dialog;
use super::host_requests::Wish;
use super::parameter::{Edit, Parameter, Reading};
use super::selection::{self, Direction, Selection};
use super::shelf::Shelf;
use crate::catalogue::Catalogue;
use crate::chain::{Format, Reading as Heard};
use crate::files;
use crate::impulse::recipe::{Side, Source};
use crate::monitor::{Figures, Monitor};
use crate::parameters::TranseptParams;
use crate::picture::{Portrait, View};
use crate::prepare::Summary;
use crate::prepare::worker::{Handle, State, Status, Viewer, Watch};
use crate::preset::list;
use crate::session::embed::Embedding;
use crate::settings::{Settings, Sound};
use crate::space;
use browsing::Browsing;
use compare::Compare;
pub use compare::Letter;
pub use dialogs::PathField;
use menus::Menus;
use parking_lot::Mutex;
pub use preset::Present;
use preset::Presets;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::thread::Thread;
use undo::Undo;

/// Seconds without a chunk of audio after which nothing is played: longer than the blocks of live hosts.
const PAUSE: f32 = 0.25;

/// A message to the user about the last action. The reasons name the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// An impulse was not taken.
    Refused(String),
    /// A preset was not opened.
    NoPreset(String),
    /// A preset was opened, but for what is said here.
    Warnings(String),
    /// A preset was saved, with an impulse file that is not there.
    MissingImpulse(PathBuf),
    /// A preset was not saved.
    SaveFailed(String),
    /// A favourite, a folder of the user's, or the look of the windows was not written down.
    NotWritten(String),
    /// No dialog came, because nothing here can open one.
    NoDialog {
        /// True if a preset was to be saved; otherwise something was to be opened.
        is_saving: bool,
    },
}

/// One instance, as its window sees it. \[main\]
pub struct Controller {
    params: Arc<TranseptParams>,
    worker: Handle,
    monitor: Arc<Monitor>,
    /// Chunks that were metered at the last look, and seconds since there was another.
    played: (usize, f32),
    /// Status of the worker at the last look.
    status: Arc<Status>,
    /// Seconds from the look before to the last one.
    seconds: f32,
    /// The impulse that the user edits, of the two.
    side: Side,
    remark: Option<Remark>,
    presets: Presets,
    menus: Menus,
    undo: Undo,
    browsing: Browsing,
    compare: Compare,
    open: Weak<Mutex<Open>>,
}

/// Resources of an open window.
///
/// The framework does not say when a window closes, so these belong to the window's egui context, which goes with it.
/// If the controller owned them, the way to the host, which owns the plugin, which owns this controller, would keep all
/// three alive for ever.
pub struct Open {
    host: Box<dyn Host>,
    dialog: Option<Dialog>,
    catalogue: Option<Catalogue>,
    shelf: Shelf,
    monitor: Arc<Monitor>,
    /// Of the window in points, since its first frame.
    size: Option<egui::Vec2>,
    /// The worker hears of edits while the window is open, and makes pictures for it.
    _watch: (Watch, Viewer),
}

impl Open {
    /// Waits until the user's presets have been read: a window that lists others is another one.
    #[cfg(test)]
    pub fn settle(&mut self) {
        self.shelf.settle();
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.monitor.audition.stop();
        self.monitor.meters.watch(false);
        if let Some(size) = self.size {
            appearance::remember_size(size);
        }
    }
}

impl Controller {
    /// A controller whose window is closed.
    #[must_use]
    pub fn new(params: Arc<TranseptParams>, worker: Handle, monitor: Arc<Monitor>) -> Self {
        Self {
            params,
            worker,
            monitor,
            played: (0, 0.0),
            status: Arc::default(),
            seconds: 0.0,
            side: Side::default(),
            remark: None,
            presets: Presets::new(list::folder()),
            menus: Menus::default(),
            undo: Undo::default(),
            browsing: Browsing::default(),
            compare: Compare::default(),
            open: Weak::new(),
        }
    }

    /// Begins to work for a window that has opened. The window keeps the result as long as it is open. The worker
    /// unparks the thread `looks` when there are new pictures.
    #[must_use]
    pub fn open(&mut self, host: Box<dyn Host>, looks: Option<Thread>) -> Arc<Mutex<Open>> {
        let (monitor, watch) = (self.monitor.clone(), (self.worker.watch(), self.worker.view(looks)));
        monitor.open();
        self.menus.begin();
        let open = Arc::new(Mutex::new(Open {
            host,
            dialog: None,
            catalogue: self.browsing.catalogue(),
            shelf: self.presets.shelf(),
            monitor,
            size: None,
            _watch: watch,
        }));
        self.open = Arc::downgrade(&open);
        // Nobody has looked meanwhile.
        self.played.1 = 0.0;
        self.side = Side::default();
        open
    }

    /// True while a window is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.strong_count() > 0
    }

    /// Looks at the instance, `seconds` after the look before: reads the status of the worker. \[any but audio\]
    pub fn look(&mut self, seconds: f32) {
        // In every look, because the window before this one may close after this one has opened.
        let meters = &self.monitor.meters;
        meters.watch(true);
        self.seconds = seconds;
        let (before, still) = self.played;
        self.played = (meters.chunks(), if meters.chunks() == before { still + seconds } else { 0.0 });
        if !self.is_processed() {
            // Otherwise the last RMS would stay.
            meters.clear();
            // Otherwise what was asked for would sound whenever the host goes on.
            self.end_audition();
        }
        self.undo.pass(seconds);
        let open = self.open.upgrade();
        let mut open = open.as_ref().map(|open| open.lock());
        self.presets.look(open.as_mut().map(|open| &mut open.shelf), &self.params);
        self.menus.look();
        self.status = self.worker.status();
    }

    /// True if a frame has something to do though nothing else is shown: to tell the host of a move, or to take the
    /// answer of a dialog. \[any but audio\]
    #[must_use]
    pub fn has_errand(&self) -> bool {
        let is_answered = |open: Arc<Mutex<Open>>| open.lock().dialog.as_mut().is_some_and(Dialog::is_answered);
        self.params.session.is_move_due() || self.open.upgrade().is_some_and(is_answered)
    }

    /// Ends a frame: tells the host if another slot of the list of impulses is selected now.
    pub fn end_frame(&self) {
        if let Some(slot) = self.params.session.take_move() {
            self.with_host(|host| binding::choose_slot(slot, &self.params, host));
        }
    }

    /// Nothing is done when the window has closed.
    fn with_host(&self, act: impl FnOnce(&dyn Host)) {
        if let Some(open) = self.open.upgrade() {
            act(&*open.lock().host);
        }
    }
}

/// What views read.
impl Controller {
    /// Seconds from the look before to this one.
    #[must_use]
    pub fn seconds(&self) -> f32 {
        self.seconds
    }

    /// The impulse that the user edits, of the two.
    #[must_use]
    pub fn side(&self) -> Side {
        self.side
    }

    /// The source that is asked for on this side, if any.
    #[must_use]
    pub fn source(&self) -> Option<Source> {
        self.params.session.located(self.side)
    }

    /// True if the setting `path_order` may say how the channels come of the impulse that sounds: it is a sound file
    /// and alone. All else says it by itself.
    #[must_use]
    pub fn has_path_order(&self) -> bool {
        let is_sound = match self.params.session.located(Side::A) {
            Some(Source::File { path }) => !space::file::is_recipe(&path),
            _ => false,
        };
        is_sound && !(self.params.session.located(Side::B).is_some() && self.settings().hears_second())
    }

    /// Progress of the worker with the request. `None` for a session whose request cannot be read.
    #[must_use]
    pub fn state(&self) -> Option<&State> {
        self.params.session.is_readable().then_some(&self.status.state)
    }

    /// The impulse that sounds, if any.
    #[must_use]
    pub fn summary(&self) -> Option<&Arc<Summary>> {
        self.status.summary.as_ref()
    }

    /// What to draw a view of the impulse from, if there is anything yet. The worker hears that this view is open.
    #[must_use]
    pub fn portrait(&self, view: View) -> Option<&Arc<Portrait>> {
        self.worker.look_at(view);
        self.status.gallery.of(view)
    }

    /// Version of the sound that the session was saved with, until the user has taken note of it.
    #[must_use]
    pub fn sound(&self) -> Sound {
        self.params.session.sound()
    }

    /// The message about the last action, if there is one.
    #[must_use]
    pub fn remark(&self) -> Option<&Remark> {
        self.remark.as_ref()
    }

    /// Impulses that the session embeds.
    #[must_use]
    pub fn embedding(&self) -> Embedding {
        self.params.session.embedding()
    }

    /// The name of the impulse: of the one that sounds, else of the one that is asked for.
    #[must_use]
    pub fn title(&self) -> String {
        match (self.summary(), self.source()) {
            (Some(summary), _) => summary.name.clone(),
            (None, Some(Source::Space { id })) => {
                space::built_in().iter().find(|space| space.id == id).map_or(id, |space| space.name.to_owned())
            }
            (None, Some(Source::File { path } | Source::Pair { left: path, .. })) => files::name(&path),
            (None, Some(set @ Source::Set { .. })) => set.display_name(),
            (None, None) => "No impulse".to_owned(),
        }
    }

    /// The values of all settings, without a host's modulation.
    #[must_use]
    pub fn settings(&self) -> Settings {
        binding::settings(&self.params)
    }

    /// Brings the readings of all parameters up to date, in the order of the settings' table.
    pub fn update(&self, readings: &mut Arc<[Reading]>) {
        binding::update(readings, &self.params);
    }

    /// One parameter, if the plugin has it.
    #[must_use]
    pub fn reading(&self, parameter: Parameter) -> Option<Reading> {
        binding::reading(parameter, &self.params)
    }

    /// The levels of the input and the output channels since the look before; of two, before there is a format.
    #[must_use]
    pub fn take_levels(&self) -> [Vec<Heard>; 2] {
        let meters = &self.monitor.meters;
        let [inputs, outputs] = meters.channels().map(|count| if count == 0 { 2 } else { count });
        [meters.take_input()[..inputs].to_vec(), meters.take_output()[..outputs].to_vec()]
    }

    /// Sample rate and channels; `None` before the first activation.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        *self.monitor.format.lock()
    }

    /// The look of the windows.
    #[must_use]
    pub fn look_of_windows(&self) -> Appearance {
        appearance::now()
    }

    /// Figures of the blocks that were processed while the window was open.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.monitor.figures()
    }
}

/// What views do.
impl Controller {
    /// Edits a parameter, through the host, or opens its menu.
    pub fn edit(&mut self, edit: &Edit) {
        if let Edit::Menu(parameter, place) = *edit {
            self.open_menu(Wish { parameter, place });
            return;
        }
        self.keep_tried();
        self.note_edit(edit);
        self.with_host(|host| binding::apply(edit, &self.params, host));
    }

    /// Selects the impulse to edit, of the two.
    pub fn turn(&mut self, side: Side) {
        self.side = side;
    }

    /// Loads or opens what was selected, or says why not.
    pub fn select(&mut self, selection: Selection) {
        self.keep_tried();
        match selection {
            Selection::Impulse(source) => self.load(source, false),
            Selection::Preset(path) => self.open_preset(path),
            Selection::Refused(reason) => self.remark = Some(Remark::Refused(reason)),
        }
    }

    /// Loads the impulse before or after the present one; while the browser is open, tries those that it lists.
    pub fn step(&mut self, direction: Direction) {
        if self.step_listed(direction) {
            return;
        }
        let spaces: Vec<&str> = space::built_in().iter().map(|space| space.id).collect();
        let reason = "There is no other impulse file in its folder.";
        let source = selection::neighbour(self.source().as_ref(), direction, &spaces);
        self.select(source.map_or_else(|| Selection::Refused(reason.to_owned()), Selection::Impulse));
    }

    /// Selects which impulses the session embeds.
    pub fn embed(&self, embedding: Embedding) {
        self.params.session.embed(embedding);
    }

    /// Has all windows look like this, from their next frames on, and later ones as well.
    pub fn appear(&mut self, look: Appearance) {
        if let Err(reason) = appearance::change(look) {
            self.remark = Some(Remark::NotWritten(reason));
        }
    }

    /// Remembers the size of the open window, for the next one.
    pub fn note_size(&self, size: egui::Vec2) {
        if let Some(open) = self.open.upgrade() {
            open.lock().size = Some(size);
        }
    }

    /// Removes the message about the last action, or else that of a session that sounds otherwise than it did.
    pub fn dismiss(&mut self) {
        if self.remark.take().is_none() {
            self.params.session.accept_sound();
        }
    }

    /// Loads an impulse, or only tries it.
    fn load(&mut self, source: Source, is_trial: bool) {
        self.remark = None;
        if !is_trial {
            self.note_recent(&source);
        }
        let (before, mut moves) = (self.params.session.kept(), Vec::new());
        // Also when the source is the present one: the file may have changed, or be there now.
        if is_trial {
            self.params.session.try_out(self.side, source);
        } else {
            self.params.session.put(self.side, source);
        }
        if self.side == Side::B && self.params.settings().combination().is_none() {
            // A second impulse that is chosen is to be heard.
            let morph = Settings { combine: 1, ..binding::settings(&self.params) };
            moves = binding::moves(&morph, &self.params, |_| false);
            self.make(&moves);
        }
        if is_trial {
            self.note_trial(before, moves);
        } else {
            self.note_rooms(before, moves);
        }
        self.worker.nudge();
    }
}

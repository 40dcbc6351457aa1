//! What a window shows, and when it has to show it anew.
//!
//! A frame paints the model of all views. A look between frames collects the same model, and compares it with the one
//! that was painted last: so whatever a view shows is noticed when it changes, whoever changed it.

use super::binding::Host;
use super::controller::{Controller, Open};
use super::sizing::Sizing;
use super::theme;
use super::view::View;
use super::views::{Model, State, Views};
use super::window;
use egui::{CentralPanel, Ui, Vec2, ViewportCommand};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::Thread;
use std::time::Instant;

/// The instance as its window sees it, and what is on the screen of it.
pub struct Scene {
    controller: Controller,
    state: State,
    /// The model of the last frame.
    painted: Option<Model>,
    /// The last look, of a frame or between frames.
    looked: Option<Instant>,
    sizing: Sizing,
}

/// Need of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// There is nothing new to show, and nothing else to do.
    None,
    /// What the window shows has changed since the last frame.
    FrameIfSeen,
    /// A frame has something to do whether or not anybody sees it.
    Frame,
}

impl Need {
    /// True if a frame is to be drawn. `is_seen` may take its time: nothing is locked meanwhile.
    pub fn is_for_frame(self, is_seen: impl FnOnce() -> bool) -> bool {
        match self {
            Self::None => false,
            Self::FrameIfSeen => is_seen(),
            Self::Frame => true,
        }
    }
}

impl Scene {
    /// A scene whose window is closed.
    #[must_use]
    pub fn new(controller: Controller) -> Self {
        Self { controller, state: State::default(), painted: None, looked: None, sizing: Sizing::default() }
    }

    /// A window has opened, which keeps the result as long as it is open. `looks` is the thread that looks at the scene:
    /// the worker unparks it when there are new pictures. \[window\]
    #[must_use]
    pub fn open(&mut self, host: Box<dyn Host>, looks: Option<Thread>) -> Arc<Mutex<Open>> {
        (self.state, self.painted, self.looked, self.sizing) = (State::default(), None, None, Sizing::default());
        self.controller.open(host, looks)
    }

    /// Looks whether the window has to draw a frame. \[any but audio\]
    pub fn need(&mut self, now: Instant) -> Need {
        if !self.controller.is_open() {
            return Need::None;
        }
        let model = self.look(now);
        if self.controller.has_errand() || self.sizing.is_due(now) || super::CLOSING.load(Relaxed) {
            Need::Frame
        } else if self.painted.as_ref() == Some(&model) {
            Need::None
        } else {
            Need::FrameIfSeen
        }
    }

    /// Draws a frame, and does what the user asks for in it. \[window\]
    pub fn draw(&mut self, ui: &mut Ui, now: Instant) {
        if !self.controller.is_open() {
            return;
        }
        let model = self.look(now);
        let is_dressed = self.wear(ui, now);
        self.controller.note_size(ui.max_rect().size());
        let state = &mut self.state;
        let actions = CentralPanel::no_frame().show(ui, |ui| window::show(ui, &model, state)).inner;
        self.painted = Some(model);
        self.resize(ui, now);
        let mut is_done = actions.is_empty() && is_dressed;
        for action in actions {
            Views::act(action, &mut self.controller);
        }
        if let Some(field) = self.controller.poll_dialog() {
            self.state.chooser.after_dialog(field);
            self.state.header.after_dialog(field);
            is_done = false;
        }
        self.controller.end_frame();
        if super::CLOSING.load(Relaxed) {
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
        }
        if !is_done {
            ui.ctx().request_repaint();
        }
    }

    /// Gives a window its look from the next frame on. True if it has it already.
    fn wear(&mut self, ui: &Ui, now: Instant) -> bool {
        let (look, before) = (self.controller.look_of_windows(), ui.ctx().zoom_factor());
        let is_worn = theme::is_worn(ui.ctx(), look.theme) && before == look.zoom();
        if !is_worn {
            theme::wear(ui.ctx(), look.theme);
            ui.ctx().set_zoom_factor(look.zoom());
        }
        if before != look.zoom() {
            // With the zoom, the windowing layer resizes the window. A frame of the host's may keep its size, unless the
            // host is asked.
            let _ = self.ask_host(pixels(ui.max_rect().size() * ui.pixels_per_point() * look.zoom() / before), now);
        }
        is_worn
    }

    /// Asks for the size that the corner was pulled to, and again for one that the host did not hear of.
    fn resize(&mut self, ui: &Ui, now: Instant) {
        let present = pixels(ui.max_rect().size() * ui.pixels_per_point());
        if let Some(size) = window::take_asked(ui.ctx()) {
            if !self.ask_host(pixels(size * ui.pixels_per_point()), now) {
                ui.send_viewport_cmd(ViewportCommand::InnerSize(size));
            }
        } else if let Some(size) = self.sizing.again(present, now) {
            let _ = self.controller.host_requests().resize(size);
        }
    }

    /// Has the host's frame resized. False if there is none to ask.
    fn ask_host(&mut self, size: [u32; 2], now: Instant) -> bool {
        let is_asked = self.controller.host_requests().resize(size);
        if is_asked {
            self.sizing.ask(size, now);
        }
        is_asked
    }

    fn look(&mut self, now: Instant) -> Model {
        let before = self.looked.replace(now);
        let seconds = before.map_or(0.0, |before| now.saturating_duration_since(before).as_secs_f32());
        self.controller.look(seconds);
        Views::model(&self.controller, &mut self.state)
    }
}

fn pixels(size: Vec2) -> [u32; 2] {
    [size.x, size.y].map(|length| length.round() as u32)
}

#[cfg(test)]
mod tests;

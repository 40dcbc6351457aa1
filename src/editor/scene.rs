//! What a window shows, and when it has to show it anew.
//!
//! A frame paints the model of all views. A look between frames collects the same model, and compares it with the one
//! that was painted last: so whatever a view shows is noticed when it changes, whoever changed it.

use super::appearance::Appearance;
use super::binding::Host;
use super::controller::{Controller, Open};
use super::sizing::Sizing;
use super::theme;
use super::view::View;
use super::views::{Model, State, Views};
use super::window;
use egui::{CentralPanel, Context, Ui, Vec2, ViewportCommand, vec2};
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
    /// The zoom of the last pass of a frame.
    zoom: Option<f32>,
    /// The zoom to which the size of the window belongs: that of the frame before.
    zoom_of_size: f32,
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
        Self {
            controller,
            state: State::default(),
            painted: None,
            looked: None,
            zoom: None,
            zoom_of_size: 1.0,
            sizing: Sizing::default(),
        }
    }

    /// A window has opened, which keeps the result as long as it is open. `looks` is the thread that looks at the scene:
    /// the worker unparks it when there are new pictures. \[window\]
    #[must_use]
    pub fn open(&mut self, host: Box<dyn Host>, looks: Option<Thread>) -> Arc<Mutex<Open>> {
        (self.state, self.painted, self.looked) = (State::default(), None, None);
        (self.zoom, self.sizing) = (None, Sizing::default());
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

    /// Draws a frame, and does what the user asks for in it. `size` is that of the window, in pixels. \[window\]
    pub fn draw(&mut self, ui: &mut Ui, size: [u32; 2], now: Instant) {
        if !self.controller.is_open() {
            return;
        }
        let model = self.look(now);
        self.follow_zoom(ui, size, now);
        let is_dressed = wear(ui.ctx(), self.controller.look_of_windows());
        self.controller.note_size(vec2(size[0] as f32, size[1] as f32) / ui.pixels_per_point());
        let state = &mut self.state;
        let actions = CentralPanel::no_frame().show(ui, |ui| window::show(ui, &model, state)).inner;
        self.painted = Some(model);
        self.follow_corner(ui, size, now);
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

    /// Asks the host for the size that goes with a zoom that has changed. `size` is that of the window, in pixels. Now
    /// and not before: at the end of this frame the windowing layer resizes the window by the same ratio, and a size that
    /// the host gave meanwhile would be multiplied once more.
    fn follow_zoom(&mut self, ui: &Ui, size: [u32; 2], now: Instant) {
        let zoom = ui.ctx().zoom_factor();
        let before = self.zoom.replace(zoom).unwrap_or(zoom);
        // A frame may take several passes, and the zoom may change between them.
        if ui.ctx().current_pass_index() == 0 {
            self.zoom_of_size = before;
        }
        if zoom == before {
            return;
        }
        let smallest = window::SMALLEST_SIZE * ui.pixels_per_point() / zoom;
        let [width, height] = size.map(|length| length as f32 * zoom / self.zoom_of_size);
        let _ = self.ask_host(pixels(vec2(width, height).max(smallest)), now);
    }

    /// Asks for the size to which the corner was pulled, and again for one that the host has not given. `size` is that
    /// of the window, in pixels.
    fn follow_corner(&mut self, ui: &Ui, size: [u32; 2], now: Instant) {
        if let Some(wanted) = window::take_wanted_size(ui.ctx()) {
            if !self.ask_host(pixels(wanted * ui.pixels_per_point()), now) {
                ui.send_viewport_cmd(ViewportCommand::InnerSize(wanted));
            }
            return;
        }
        let present = self.controller.host_requests().given_size().unwrap_or(size);
        if let Some(size) = self.sizing.again(present, now) {
            let _ = self.controller.host_requests().resize(size);
        }
    }

    /// Has the host's frame resized. False if there is none to ask.
    fn ask_host(&mut self, size: [u32; 2], now: Instant) -> bool {
        let is_asked = self.controller.host_requests().resize(size);
        if is_asked {
            self.sizing.begin(size, now);
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

/// Gives a window its look from the next frame on. True if it has it already.
fn wear(context: &Context, look: Appearance) -> bool {
    let is_worn = theme::is_worn(context, look.theme) && context.zoom_factor() == look.zoom();
    if !is_worn {
        theme::wear(context, look.theme);
        // The windowing layer changes the size of the window with it.
        context.set_zoom_factor(look.zoom());
    }
    is_worn
}

fn pixels(size: Vec2) -> [u32; 2] {
    [size.x, size.y].map(|length| length.round() as u32)
}

#[cfg(test)]
mod tests;

//! The window.
//!
//! Every view is a function of a [`Scene`](scene::Scene), plain data, and reports what the user did as
//! [`Action`](scene::Action)s: so each can be drawn, and used, in a test without a host. [`app`] gathers the scene and
//! acts.
//!
//! ```text
//!  header      product · impulse · session · presets · bypass
//!  chooser     built-in spaces · path field · file dialog
//!  banner      only when something needs the user
//!  waveform    the impulse over time        │ meters
//!  figures     form, length, rate, peak …   │
//!  controls    the parameters, in pages
//! ```

pub mod app;
pub mod banner;
pub mod binding;
pub mod chooser;
pub mod closing;
pub mod controls;
pub mod dialog;
pub mod figures;
pub mod header;
pub mod menu;
pub mod meters;
pub mod presets;
pub mod scene;
pub mod slider;
pub mod switch;
pub mod theme;
pub mod waveform;
pub mod window;

use crate::chain::Meters;
use crate::parameters::TranseptParams;
use crate::prepare::worker::Handle;
use nice_plug::editor::dpi::LogicalSize;
use nice_plug::editor::{ResizeHint, SizeConstraints};
use nice_plug_egui::{EguiEditorState, EguiNiceSettings, RepaintNotifier, create_egui_editor};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// The window as the framework knows it.
pub type Editor = closing::ClosingEditor;

/// Whether windows are to close: set once, by a standalone that is asked to end.
static CLOSING: AtomicBool = AtomicBool::new(false);

/// Has every window close itself when it draws next, a moment later. For the standalone: nobody else can close its
/// window, and the sound server wants its client to leave in good order. \[any but audio\]
pub fn close_all() {
    CLOSING.store(true, Relaxed);
}

/// The window of one instance, closed. Resizable in both directions, down to [`window::SMALLEST_SIZE`]. \[main\]
#[must_use]
pub fn create(params: Arc<TranseptParams>, worker: Handle, meters: Arc<Meters>) -> Option<Editor> {
    let points = |size: egui::Vec2| LogicalSize::new(size.x, size.y);
    let smallest = SizeConstraints::Logical { min_size: Some(points(window::SMALLEST_SIZE)), max_size: None };
    let settings = EguiNiceSettings::new()
        .with_tile("Transept")
        .with_resize_hint(ResizeHint { size_constraints: smallest, ..ResizeHint::RESIZABLE });
    let state = EguiEditorState::from_size(points(window::DEFAULT_SIZE), 1.0);
    let thread = closing::WindowThread::default();
    let app = app::App::new(params, worker, meters, thread.clone());
    let editor = create_egui_editor(state, RepaintNotifier::new(), settings, app)?;
    Some(closing::ClosingEditor::new(editor, thread))
}

//! The window.
//!
//! Each part of the window is a [`View`](view::View) in a file of its own: the data that it shows, how they are drawn,
//! and what its actions do. Views are drawn from plain data, so that a test draws and uses each one without a host.
//! [`views`] lists them.
//!
//! ```text
//!          ┌─────────── model ◄──────────┐
//!          ▼                             │
//! app ► views ── actions of the user ► controller ──► parameters (through the host), recipe, presets, dialogs
//!                                        ▲
//!                                        └── worker's status, monitor
//! ```
//!
//! A frame is drawn when the user does something, or when the model is another one than that of the last frame
//! ([`scene`], [`lookout`]), and of it what has changed ([`damage`], [`canvas`]).
//!
//! | modules | what they do |
//! |---|---|
//! | [`app`], [`closing`], [`thread`] | the framework's window: it opens, runs and closes |
//! | [`scene`], [`lookout`], [`sight`] | when a frame is drawn: something is new, and somebody can see it |
//! | [`sizing`] | another size of the host's frame, asked for until the window has it |
//! | [`damage`], [`canvas`] | what is drawn of a frame |
//! | `presses` | a press acts where the button went down |
//! | [`window`], [`layout`], [`views`], [`view`], [`widgets`] | what is shown, and where |
//! | [`theme`], [`appearance`], `fonts`, [`text`] | how it looks |
//! | [`controller`], [`binding`], [`parameter`] | what is known and done: parameters as the host has them |
//! | [`selection`], [`dialog`], [`presets`], [`shelf`] | what a user chooses: impulses, files, presets |
//! | [`host_requests`] | what the host alone can do: open its menu of a parameter, resize its frame |

pub mod app;
pub mod appearance;
pub mod binding;
pub mod canvas;
pub mod closing;
pub mod controller;
pub mod damage;
pub mod dialog;
mod fonts;
pub mod host_requests;
pub mod layout;
pub mod lookout;
pub mod parameter;
pub mod presets;
mod presses;
pub mod scene;
pub mod selection;
pub mod shelf;
pub mod sight;
pub mod sizing;
pub mod text;
pub mod theme;
pub mod thread;
pub mod view;
pub mod views;
pub mod widgets;
pub mod window;

use crate::monitor::Monitor;
use crate::parameters::TranseptParams;
use crate::prepare::worker::Handle;
use host_requests::HostRequests;
use nice_plug::editor::dpi::LogicalSize;
use nice_plug::editor::{ResizeHint, SizeConstraints};
use nice_plug_egui::{EguiEditorState, EguiNiceSettings, GraphicsConfig, Profile, RepaintNotifier, create_egui_editor};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

/// The window as the framework knows it.
pub type Editor = closing::ClosingEditor;

/// True when all windows are to close. A standalone that is asked to end sets it.
static CLOSING: AtomicBool = AtomicBool::new(false);

/// How often the framework looks whether it has asked itself for a frame, which it does when a window is shown. Frames
/// for what is new in them are asked for by [`lookout`].
const POLL: Duration = Duration::from_millis(100);

/// Has every window draw a frame and close itself then, a moment later. For the standalone: nobody else can close its
/// window, and the sound server wants its client to leave in good order. \[any but audio\]
pub fn close_all() {
    CLOSING.store(true, Relaxed);
}

/// The size of a window, which the framework writes down when somebody changes it.
#[derive(Debug, Clone)]
pub struct Size(Arc<EguiEditorState>);

impl Default for Size {
    fn default() -> Self {
        Self::new(None)
    }
}

impl Size {
    /// The size in points, width and height, that a window is to have; by default that of the last one. No window is
    /// smaller than [`window::SMALLEST_SIZE`].
    #[must_use]
    pub fn new(points: Option<[f32; 2]>) -> Self {
        let look = appearance::now();
        let size = points.map_or_else(appearance::size, egui::Vec2::from).max(window::SMALLEST_SIZE);
        Self(EguiEditorState::from_size(LogicalSize::new(size.x, size.y), look.zoom()))
    }

    /// Width and height in points now.
    #[must_use]
    pub fn points(&self) -> [f32; 2] {
        let size = self.0.logical_size();
        [size.width, size.height]
    }
}

/// The window of one instance, closed. Resizable in both directions, down to [`window::SMALLEST_SIZE`]. \[main\]
#[must_use]
pub fn create(
    params: Arc<TranseptParams>,
    worker: Handle,
    monitor: Arc<Monitor>,
    requests: HostRequests,
    size: Size,
) -> Option<Editor> {
    let points = |size: egui::Vec2| LogicalSize::new(size.x, size.y);
    let smallest = SizeConstraints::Logical { min_size: Some(points(window::SMALLEST_SIZE)), max_size: None };
    let settings = EguiNiceSettings::new()
        .with_tile("Transept")
        .with_graphics_config(graphics())
        .with_resize_hint(ResizeHint { size_constraints: smallest, ..ResizeHint::RESIZABLE })
        .with_repaint_poll_interval(POLL);
    let thread = thread::WindowThread::default();
    let mut controller = controller::Controller::new(params, worker, monitor);
    controller.set_host_requests(requests);
    let app = app::App::new(scene::Scene::new(controller), thread.clone());
    let editor = create_egui_editor(size.0.clone(), RepaintNotifier::new(), settings, app)?;
    Some(closing::ClosingEditor::new(editor, size.0, thread))
}

/// The OpenGL that is asked for: version 2.1 or any later one, no more than is used, and colours as they are.
fn graphics() -> GraphicsConfig {
    let mut config = GraphicsConfig { dithering: false, ..GraphicsConfig::default() };
    (config.gl_config.depth_bits, config.gl_config.stencil_bits) = (0, 0);
    if cfg!(target_os = "linux") {
        (config.gl_config.version, config.gl_config.profile) = ((2, 1), Profile::Compatibility);
    }
    config
}

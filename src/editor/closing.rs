//! A window that is gone when it is closed.
//!
//! On Linux the framework's window lives on a thread of its own. Closing it asks that thread to end, and then asks for
//! something else; when the thread has ended by then, closing gives up and does not wait until it has. What is left of
//! the thread still runs the plugin's code, and a host may take that away: it unloads the plugin as soon as the last
//! instance has gone. Here closing waits for the thread.

use super::app::App;
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::NativeSize;
use nice_plug::editor::{
    Editor, EditorHandle, HostMethods, Modifiers, ParentWindowHandle, ResizeHint, SpawnedEditor, VirtualKeyCode,
};
use nice_plug::plugin::TrackInfo;
use nice_plug_egui::{EguiEditor, EguiEditorHandle, baseview};
use parking_lot::Mutex;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest wait: more than a thread needs that has been asked to end, and less than a user takes for a hang.
const PATIENCE: Duration = Duration::from_secs(2);

/// The thread of the window that opened last, as long as nobody has asked for it.
#[derive(Debug, Clone, Default)]
pub struct WindowThread(Arc<Mutex<Option<PathBuf>>>);

impl WindowThread {
    /// It is the thread that calls. Linux has a folder for each; elsewhere windows have no thread of their own.
    pub fn is_this_one(&self) {
        *self.0.lock() = std::fs::read_link("/proc/thread-self").ok().map(|thread| PathBuf::from("/proc").join(thread));
    }

    fn take(&self) -> Option<PathBuf> {
        self.0.lock().take()
    }
}

/// The framework's editor, whose windows are gone when they are closed.
pub struct ClosingEditor {
    editor: EguiEditor<App>,
    thread: WindowThread,
}

impl ClosingEditor {
    /// `thread` is told by the app which one it is.
    #[must_use]
    pub fn new(editor: EguiEditor<App>, thread: WindowThread) -> Self {
        Self { editor, thread }
    }
}

/// A window, and the thread that it lives on.
pub struct Window {
    // In this order: the window closes before its thread is waited for.
    window: baseview::Window,
    _thread: Ending,
}

/// Waits for the end of a thread when it is dropped.
struct Ending(Option<PathBuf>);

impl Drop for Ending {
    fn drop(&mut self) {
        let Some(thread) = &self.0 else { return };
        let began = Instant::now();
        while thread.exists() && began.elapsed() < PATIENCE {
            std::thread::park_timeout(Duration::from_millis(1));
        }
    }
}

impl Editor for ClosingEditor {
    type Handle = Handle;

    fn spawn(
        &self,
        parent: Option<ParentWindowHandle>,
        wait_for_parent: bool,
        fallback_scale_factor: Option<f64>,
        gui_context: GuiContext,
        host: Option<HostMethods>,
    ) -> Result<SpawnedEditor<Handle>, Box<dyn Error>> {
        let SpawnedEditor { handle, window } =
            self.editor.spawn(parent, wait_for_parent, fallback_scale_factor, gui_context, host)?;
        let window = Window { window, _thread: Ending(self.thread.take()) };
        Ok(SpawnedEditor { handle: Handle(handle), window })
    }

    fn size(&self) -> NativeSize<u32> {
        self.editor.size()
    }

    fn resize_hint(&self) -> ResizeHint {
        self.editor.resize_hint()
    }

    fn track_info_updated(&self, info: TrackInfo) {
        self.editor.track_info_updated(info);
    }
}

/// What the host does with an open window, passed on.
pub struct Handle(EguiEditorHandle);

impl EditorHandle for Handle {
    type Window = Window;
    type Error = baseview::Error;

    fn run_until_closed(window: Window) -> Result<(), baseview::Error> {
        EguiEditorHandle::run_until_closed(window.window)
    }

    fn set_parent(&self, parent: ParentWindowHandle, window: &Window) -> Result<(), baseview::Error> {
        self.0.set_parent(parent, &window.window)
    }

    fn show(&self, window: &Window) -> Result<(), baseview::Error> {
        self.0.show(&window.window)
    }

    fn hide(&self, window: &Window) -> Result<(), baseview::Error> {
        self.0.hide(&window.window)
    }

    fn host_main_thread_callback(&self, window: &Window) {
        self.0.host_main_thread_callback(&window.window);
    }

    fn set_size(&self, size: NativeSize<u32>, window: &Window) -> Result<(), baseview::Error> {
        self.0.set_size(size, &window.window)
    }

    fn set_fallback_scale_factor(&self, factor: f64, window: &Window) -> Result<(), baseview::Error> {
        self.0.set_fallback_scale_factor(factor, &window.window)
    }

    fn adjust_size(&self, size: NativeSize<u32>, window: &Window) -> Option<NativeSize<u32>> {
        self.0.adjust_size(size, &window.window)
    }

    fn on_virtual_key_from_host(&self, key: VirtualKeyCode, is_down: bool, modifiers: Modifiers) -> bool {
        self.0.on_virtual_key_from_host(key, is_down, modifiers)
    }

    fn state_changed(&self) {
        self.0.state_changed();
    }

    fn param_value_changed(&self, id: &str, normalized_value: f32) {
        self.0.param_value_changed(id, normalized_value);
    }

    fn param_modulation_changed(&self, id: &str, modulation_offset: f32) {
        self.0.param_modulation_changed(id, modulation_offset);
    }
}

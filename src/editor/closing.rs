//! An editor whose window has ended when closing returns.
//!
//! On Linux the framework's window lives on a thread of its own. Closing asks this thread to end, but does not always
//! wait for it. A thread that is still ending runs the plugin's code, which a host may unload as soon as the last
//! instance is gone. So [`ClosingEditor`] wraps the framework's editor, and closing its window waits for the thread.

mod quiet;

use super::app::App;
use super::thread::{Ending, WindowThread};
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::NativeSize;
use nice_plug::editor::{
    Editor, EditorHandle, HostMethods, Modifiers, ParentWindowHandle, ResizeHint, SpawnedEditor, VirtualKeyCode,
};
use nice_plug::plugin::TrackInfo;
use nice_plug_egui::{EguiEditor, EguiEditorHandle, EguiEditorState, baseview};
use std::error::Error;
use std::sync::Arc;

/// The framework's editor; closing its window waits for the window's thread.
pub struct ClosingEditor {
    editor: EguiEditor<App>,
    state: Arc<EguiEditorState>,
    thread: WindowThread,
}

impl ClosingEditor {
    /// `state` is the editor's, and `thread` the one that its app sets.
    #[must_use]
    pub fn new(editor: EguiEditor<App>, state: Arc<EguiEditorState>, thread: WindowThread) -> Self {
        Self { editor, state, thread }
    }
}

/// A window and its thread.
pub struct Window {
    /// `None` only while it closes.
    window: Option<baseview::Window>,
    // After the window: it closes before its thread is waited for.
    _thread: Ending,
}

impl Window {
    /// Does something with the window, as long as there is one.
    fn with<R>(&self, act: impl FnOnce(&baseview::Window) -> R) -> Option<R> {
        self.window.as_ref().map(act)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        quiet::quietly(|| drop(self.window.take()));
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
        let window = Window { window: Some(window), _thread: self.thread.take() };
        Ok(SpawnedEditor { handle: Handle(handle), window })
    }

    fn size(&self) -> NativeSize<u32> {
        let (pixels, points) = (self.editor.size(), self.state.logical_size());
        // Before the first window the framework tells points, without the scale that the window will have.
        let is_unscaled = (pixels.width as f32 - points.width).abs() < 1.0;
        let scale = if is_unscaled { self.state.user_scale_factor() } else { 1.0 };
        NativeSize::new(scaled(pixels.width, scale), scaled(pixels.height, scale))
    }

    fn resize_hint(&self) -> ResizeHint {
        self.editor.resize_hint()
    }

    fn track_info_updated(&self, info: TrackInfo) {
        self.editor.track_info_updated(info);
    }
}

fn scaled(length: u32, scale: f32) -> u32 {
    (length as f32 * scale).round() as u32
}

/// Passes the host's calls on to the open window.
pub struct Handle(EguiEditorHandle);

impl EditorHandle for Handle {
    type Window = Window;
    type Error = baseview::Error;

    fn run_until_closed(mut window: Window) -> Result<(), baseview::Error> {
        window.window.take().map_or(Ok(()), EguiEditorHandle::run_until_closed)
    }

    fn set_parent(&self, parent: ParentWindowHandle, window: &Window) -> Result<(), baseview::Error> {
        window.with(|window| self.0.set_parent(parent, window)).unwrap_or(Ok(()))
    }

    fn show(&self, window: &Window) -> Result<(), baseview::Error> {
        window.with(|window| self.0.show(window)).unwrap_or(Ok(()))
    }

    fn hide(&self, window: &Window) -> Result<(), baseview::Error> {
        window.with(|window| self.0.hide(window)).unwrap_or(Ok(()))
    }

    fn host_main_thread_callback(&self, window: &Window) {
        window.with(|window| self.0.host_main_thread_callback(window));
    }

    fn set_size(&self, size: NativeSize<u32>, window: &Window) -> Result<(), baseview::Error> {
        window.with(|window| self.0.set_size(size, window)).unwrap_or(Ok(()))
    }

    fn set_fallback_scale_factor(&self, factor: f64, window: &Window) -> Result<(), baseview::Error> {
        window.with(|window| self.0.set_fallback_scale_factor(factor, window)).unwrap_or(Ok(()))
    }

    fn adjust_size(&self, size: NativeSize<u32>, window: &Window) -> Option<NativeSize<u32>> {
        window.with(|window| self.0.adjust_size(size, window))?
    }

    fn on_virtual_key_from_host(&self, key: VirtualKeyCode, is_down: bool, modifiers: Modifiers) -> bool {
        self.0.on_virtual_key_from_host(key, is_down, modifiers)
    }

    // The framework would draw a frame for each change, as often as it polls; the window looks by itself.
    fn state_changed(&self) {}

    fn param_value_changed(&self, _id: &str, _normalized_value: f32) {}

    fn param_modulation_changed(&self, _id: &str, _modulation_offset: f32) {}
}

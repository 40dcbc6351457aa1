//! The window: its sizes, and hosts that know little of windows.
//!
//! All sizes are in the pixels of the host's window system: on Windows and X11 those of the screen, on macOS points.
use super::Shell;
use crate::editor::window::SMALLEST_SIZE;
use clap_sys::ext::gui::clap_plugin_gui;
use clap_sys::plugin::clap_plugin;
use parking_lot::Mutex;
use std::ffi::c_char;

/// What the shell knows of an instance's window. \[main\]
#[derive(Debug, Default)]
pub(super) struct Window(Mutex<Known>);

#[derive(Debug)]
struct Known {
    is_there: bool,
    /// Pixels per point, as far as anybody has said.
    scale: f64,
    /// True once a window has taken its scale, from the window system or from the host. The framework tells sizes by it
    /// from then on.
    is_settled: bool,
    /// What the host has said of the scale.
    suggested: Option<f64>,
    /// The size that the host has set before there is a window.
    size: Option<(u32, u32)>,
}

impl Default for Known {
    fn default() -> Self {
        Self { is_there: false, scale: 1.0, is_settled: false, suggested: None, size: None }
    }
}

impl Known {
    fn smallest(&self) -> (u32, u32) {
        let pixels = |points: f32| (f64::from(points) * self.scale).round() as u32;
        (pixels(SMALLEST_SIZE.x), pixels(SMALLEST_SIZE.y))
    }

    /// The nearest size that there is room in.
    fn adjusted(&self, (width, height): (u32, u32)) -> (u32, u32) {
        let (least_width, least_height) = self.smallest();
        (width.max(least_width), height.max(least_height))
    }
}

/// The functions of the extension: the framework's, but for those below.
pub(super) fn table(framework: clap_plugin_gui) -> clap_plugin_gui {
    clap_plugin_gui {
        create: Some(create),
        destroy: Some(destroy),
        set_scale: Some(set_scale),
        get_size: Some(get_size),
        adjust_size: Some(adjust_size),
        set_size: Some(set_size),
        ..framework
    }
}

/// The framework's functions, with an instance whose shell lives.
struct Framework<'a>(&'a clap_plugin_gui, *const clap_plugin);

impl Framework<'_> {
    fn size(&self) -> Option<(u32, u32)> {
        let (mut width, mut height) = (0, 0);
        // SAFETY: a function of the framework's, with its instance and places of this function.
        self.0.get_size.is_some_and(|get| unsafe { get(self.1, &mut width, &mut height) }).then_some((width, height))
    }

    fn set_size(&self, (width, height): (u32, u32)) -> bool {
        // SAFETY: a function of the framework's, with its instance.
        self.0.set_size.is_some_and(|set| unsafe { set(self.1, width, height) })
    }

    fn set_scale(&self, scale: f64) -> bool {
        // SAFETY: a function of the framework's, with its instance.
        self.0.set_scale.is_some_and(|set| unsafe { set(self.1, scale) })
    }

    /// The scale of the window system, 1 if it has none.
    fn system_scale(&self) -> Option<f64> {
        // The smallest size there is.
        let (mut width, mut height) = (1, 1);
        // SAFETY: a function of the framework's, with its instance and places of this function.
        let is_told = self.0.adjust_size.is_some_and(|adjust| unsafe { adjust(self.1, &mut width, &mut height) });
        is_told.then(|| f64::from(width) / f64::from(SMALLEST_SIZE.x))
    }
}

/// The instance that a host means, and the framework's functions for it. `None` if there is none.
///
/// # Safety
/// As [`Shell::of`].
unsafe fn both<'a>(plugin: *const clap_plugin) -> Option<(&'a Shell, Framework<'a>)> {
    // SAFETY: as the caller's.
    let shell = unsafe { Shell::of(plugin) }?;
    Some((shell, Framework(&shell.gui.as_ref()?.framework, plugin)))
}

/// Refuses a host that has no side of windows: the framework panics without it. What the host has said before there
/// was a window takes effect. \[main\]
unsafe extern "C" fn create(plugin: *const clap_plugin, api: *const c_char, is_floating: bool) -> bool {
    // SAFETY: the host's instance.
    let Some((shell, framework)) = (unsafe { both(plugin) }) else { return false };
    if api.is_null() || shell.window.with(|known| known.is_there) || !shell.host.has_windows() {
        return false;
    }
    // SAFETY: the function that this one stands for, with its arguments.
    if !framework.0.create.is_some_and(|create| unsafe { create(plugin, api, is_floating) }) {
        return false;
    }
    shell.window.begin(&framework);
    true
}

impl Window {
    /// The framework is never called inside: it may call the host, which may call back.
    fn with<R>(&self, what: impl FnOnce(&mut Known) -> R) -> R {
        what(&mut self.0.lock())
    }

    /// Brings a new window to its scale and size.
    fn begin(&self, framework: &Framework) {
        self.with(|known| known.is_there = true);
        let system = framework.system_scale().unwrap_or(1.0);
        let is_first = self.with(|known| {
            let is_first = !known.is_settled;
            if is_first {
                (known.scale, known.is_settled) = (system, system != 1.0);
            }
            is_first
        });
        if is_first
            && system != 1.0
            && let Some((width, height)) = framework.size()
        {
            // The framework learns of the scale only with a change of the size.
            let scaled = |points| (f64::from(points) * system).round() as u32;
            framework.set_size((scaled(width) + 1, scaled(height)));
            framework.set_size((scaled(width), scaled(height)));
        }
        let (scale, size) = self.with(|known| (known.suggested, known.size.take()));
        if let Some(scale) = scale {
            self.suggest(scale, framework);
        }
        // The framework makes a window that opens again at the host's scale in the size that it had without.
        if let Some(size) = size.or_else(|| framework.size()) {
            framework.set_size(size);
        }
    }

    /// Suggests a scale to the window, which takes it if the window system has none.
    fn suggest(&self, scale: f64, framework: &Framework) -> bool {
        let before = framework.size();
        let is_taken = framework.set_scale(scale);
        if framework.size() != before {
            self.with(|known| (known.scale, known.is_settled) = (scale, true));
        }
        is_taken
    }
}

/// \[main\]
unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    // SAFETY: the host's instance.
    if let Some(shell) = unsafe { Shell::of(plugin) } {
        close(shell, plugin);
    }
}

/// Closes the window, if there is one. \[main\]
pub(super) fn close(shell: &Shell, plugin: *const clap_plugin) {
    let was_there = shell.window.with(|known| std::mem::take(&mut known.is_there));
    let destroy = shell.gui.as_ref().and_then(|gui| gui.framework.destroy);
    if let Some(destroy) = destroy.filter(|_| was_there) {
        // SAFETY: a function of the framework's, with its instance.
        unsafe { destroy(plugin) };
    }
}

/// Kept for the window, if there is none yet. False for what is no scale. \[main\]
unsafe extern "C" fn set_scale(plugin: *const clap_plugin, scale: f64) -> bool {
    // SAFETY: the host's instance.
    let Some((shell, framework)) = (unsafe { both(plugin) }) else { return false };
    if !(scale.is_finite() && scale > 0.0) {
        return false;
    }
    let is_there = shell.window.with(|known| {
        known.suggested = Some(scale);
        if !known.is_there && !known.is_settled {
            known.scale = scale;
        }
        known.is_there
    });
    !is_there || shell.window.suggest(scale, &framework)
}

/// The size that the host has set for a window to come, or else the framework's answer. \[main\]
unsafe extern "C" fn get_size(plugin: *const clap_plugin, width: *mut u32, height: *mut u32) -> bool {
    // SAFETY: the host's instance.
    let Some((shell, framework)) = (unsafe { both(plugin) }) else { return false };
    let wanted = shell.window.with(|known| known.size);
    // SAFETY: the host's places.
    unsafe { wanted.or_else(|| framework.size()).is_some_and(|size| give(size, width, height)) }
}

/// Answers without a window, too. \[main\]
unsafe extern "C" fn adjust_size(plugin: *const clap_plugin, width: *mut u32, height: *mut u32) -> bool {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return false };
    // SAFETY: the host's places, null or with values in them.
    let Some(size) = (unsafe { width.as_ref().copied().zip(height.as_ref().copied()) }) else { return false };
    let adjusted = shell.window.with(|known| known.adjusted(size));
    // SAFETY: the host's places.
    unsafe { give(adjusted, width, height) }
}

/// Kept for the window, if there is none yet. False for a size in which there is no room. \[main\]
unsafe extern "C" fn set_size(plugin: *const clap_plugin, width: u32, height: u32) -> bool {
    // SAFETY: the host's instance.
    let Some((shell, framework)) = (unsafe { both(plugin) }) else { return false };
    let size = (width, height);
    let (is_there, has_room) = shell.window.with(|known| {
        let has_room = known.adjusted(size) == size;
        if has_room && !known.is_there {
            known.size = Some(size);
        }
        (known.is_there, has_room)
    });
    has_room && (!is_there || framework.set_size(size))
}

/// Writes a size to places of the host's. False if there is none.
///
/// # Safety
/// The places are null or the host's to read from.
unsafe fn give(size: (u32, u32), width: *mut u32, height: *mut u32) -> bool {
    if width.is_null() || height.is_null() {
        return false;
    }
    // SAFETY: not null, and the host's.
    unsafe { (*width, *height) = size };
    true
}

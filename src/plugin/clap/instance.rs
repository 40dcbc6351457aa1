//! The life of an instance, and what the host calls at any time of it.
use super::Shell;
#[cfg(feature = "editor")]
use super::window;
use clap_sys::events::{CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_VALUE, clap_event_param_value, clap_input_events};
use clap_sys::ext::params::CLAP_EXT_PARAMS;
use clap_sys::ext::render::CLAP_EXT_RENDER;
use clap_sys::ext::state::CLAP_EXT_STATE;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process, clap_process_status};
use std::ffi::{CStr, c_char, c_void};
use std::ptr::null;

/// The functions of an instance: the framework's, but for those below.
pub(super) fn table(framework: clap_plugin) -> clap_plugin {
    clap_plugin {
        init: Some(init),
        destroy: Some(destroy),
        process: Some(process),
        get_extension: Some(get_extension),
        on_main_thread: Some(on_main_thread),
        ..framework
    }
}

/// \[main\]
unsafe extern "C" fn init(plugin: *const clap_plugin) -> bool {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return false };
    shell.host.meet();
    #[cfg(feature = "editor")]
    shell.menu.offer(&shell.host, shell.values.ids());
    // SAFETY: the function that this one stands for, with its argument.
    shell.framework.init.is_some_and(|init| unsafe { init(plugin) })
}

/// Closes the window before, if the host has not: what it does to parameters would not find the wrapper any more, and
/// the framework panics on that. \[main\]
unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return };
    #[cfg(feature = "editor")]
    window::close(shell, plugin);
    if let Some(destroy) = shell.framework.destroy {
        // SAFETY: the function that this one stands for, with its argument.
        unsafe { destroy(plugin) };
    }
    // SAFETY: the factory made the pointer from a box, and the host does not use it any more.
    drop(unsafe { Box::from_raw(plugin.cast_mut().cast::<Shell>()) });
}

/// \[audio\]
unsafe extern "C" fn process(plugin: *const clap_plugin, process: *const clap_process) -> clap_process_status {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return CLAP_PROCESS_ERROR };
    // SAFETY: the host's block, which lives during the call.
    let Some(block) = (unsafe { process.as_ref() }) else { return CLAP_PROCESS_ERROR };
    // SAFETY: likewise.
    unsafe { shell.hear(block.in_events) };
    // SAFETY: the function that this one stands for, with its arguments.
    shell.framework.process.map_or(CLAP_PROCESS_ERROR, |own| unsafe { own(plugin, process) })
}

impl Shell {
    /// Notes which values the host sends, while there are any that it does not know. Real-time safe. \[any\]
    ///
    /// # Safety
    /// `events` is null or a list of the host's that lives during the call.
    pub(super) unsafe fn hear(&self, events: *const clap_input_events) {
        if !self.stale.any() {
            return;
        }
        // SAFETY: the caller says so.
        let Some(list) = (unsafe { events.as_ref() }) else { return };
        let (Some(size), Some(get)) = (list.size, list.get) else { return };
        // SAFETY: a function of the list's.
        for at in 0..unsafe { size(list) } {
            // SAFETY: likewise.
            let event = unsafe { get(list, at) };
            // SAFETY: an event lives as long as its list, and begins with its header.
            let is_value = unsafe { event.as_ref() }.is_some_and(|header| {
                header.space_id == CLAP_CORE_EVENT_SPACE_ID && header.type_ == CLAP_EVENT_PARAM_VALUE
            });
            if !is_value {
                continue;
            }
            // SAFETY: it is an event of this type.
            let id = unsafe { (*event.cast::<clap_event_param_value>()).param_id };
            if let Some(index) = self.values.index(id) {
                self.stale.is_known(index);
            }
        }
    }
}

/// The shell's tables, and else the framework's. \[any\]
unsafe extern "C" fn get_extension(plugin: *const clap_plugin, id: *const c_char) -> *const c_void {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return null() };
    if id.is_null() {
        return null();
    }
    // SAFETY: CLAP gives a text that ends.
    let name = unsafe { CStr::from_ptr(id) };
    if name == CLAP_EXT_PARAMS {
        return (&raw const shell.params.shell).cast();
    }
    if name == CLAP_EXT_RENDER {
        return (&raw const shell.render.shell).cast();
    }
    if name == CLAP_EXT_STATE {
        return (&raw const shell.state.shell).cast();
    }
    #[cfg(feature = "editor")]
    if name == clap_sys::ext::gui::CLAP_EXT_GUI {
        return shell.gui.as_ref().map_or(null(), |gui| (&raw const gui.shell).cast());
    }
    // SAFETY: the function that this one stands for, with its arguments.
    shell.framework.get_extension.map_or(null(), |own| unsafe { own(plugin, id) })
}

/// \[main\]
unsafe extern "C" fn on_main_thread(plugin: *const clap_plugin) {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return };
    if shell.stale.take() {
        shell.host.rescan_values();
    }
    #[cfg(feature = "editor")]
    shell.menu.open(&shell.host);
    if let Some(own) = shell.framework.on_main_thread {
        // SAFETY: the function that this one stands for, with its argument.
        unsafe { own(plugin) };
    }
}

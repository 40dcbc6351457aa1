//! The life of an instance, and what the host calls at any time of it.
#[cfg(feature = "editor")]
use super::window;
use super::{Shell, block, ports};
use clap_sys::events::{CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_VALUE, clap_event_param_value, clap_input_events};
use clap_sys::ext::ambisonic::{CLAP_EXT_AMBISONIC, CLAP_EXT_AMBISONIC_COMPAT};
use clap_sys::ext::audio_ports::{CLAP_EXT_AUDIO_PORTS, clap_audio_port_info};
use clap_sys::ext::audio_ports_config::CLAP_EXT_AUDIO_PORTS_CONFIG;
use clap_sys::ext::params::CLAP_EXT_PARAMS;
use clap_sys::ext::render::CLAP_EXT_RENDER;
use clap_sys::ext::state::CLAP_EXT_STATE;
use clap_sys::ext::surround::{CLAP_EXT_SURROUND, CLAP_EXT_SURROUND_COMPAT};
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process, clap_process_status};
use std::ffi::{CStr, c_char, c_void};
use std::ptr::null;

/// The functions of an instance: the framework's, but for those below.
pub(super) fn table(framework: clap_plugin) -> clap_plugin {
    clap_plugin {
        init: Some(init),
        destroy: Some(destroy),
        activate: Some(activate),
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

/// Notes the channels that are agreed on from now on. \[main\]
unsafe extern "C" fn activate(plugin: *const clap_plugin, rate: f64, least: u32, most: u32) -> bool {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return false };
    // SAFETY: the function that this one stands for, with its arguments.
    if !shell.framework.activate.is_some_and(|own| unsafe { own(plugin, rate, least, most) }) {
        return false;
    }
    let channels = |is_input| {
        // SAFETY: a plain C struct of numbers, arrays and a pointer.
        let mut info: clap_audio_port_info = unsafe { std::mem::zeroed() };
        // SAFETY: a function of the framework's, with its instance and a place of this function.
        let is_there = shell.ports.framework.get.is_some_and(|get| unsafe { get(plugin, 0, is_input, &mut info) });
        if is_there { info.channel_count } else { 0 }
    };
    shell.channels.agree(channels(true), channels(false));
    true
}

/// Refuses blocks before any activation, on which the framework panics. \[audio\]
unsafe extern "C" fn process(plugin: *const clap_plugin, process: *const clap_process) -> clap_process_status {
    // SAFETY: the host's instance and block, which live during the call.
    let Some((shell, block)) = (unsafe { Shell::of(plugin).zip(process.as_ref()) }) else { return CLAP_PROCESS_ERROR };
    let (Some(channels), Some(own)) = (shell.channels.agreed(), shell.framework.process) else {
        return CLAP_PROCESS_ERROR;
    };
    let _measured = shell.mode.measure(&shell.monitor, block.frames_count as usize);
    // SAFETY: the host's block; and the function that this one stands for.
    unsafe {
        shell.hear(block.in_events);
        block::pass(block, channels, |block| own(plugin, block))
    }
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
        // SAFETY: the caller says so; an event lives as long as its list, and begins with its header.
        for event in unsafe { block::events(events) } {
            // SAFETY: likewise.
            let (space, kind) = unsafe { ((*event).space_id, (*event).type_) };
            if (space, kind) != (CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_VALUE) {
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
    if name == CLAP_EXT_AUDIO_PORTS {
        return (&raw const shell.ports.shell).cast();
    }
    if name == CLAP_EXT_AUDIO_PORTS_CONFIG {
        return (&raw const shell.configs.shell).cast();
    }
    if name == CLAP_EXT_SURROUND || name == CLAP_EXT_SURROUND_COMPAT {
        return (&raw const ports::SURROUND).cast();
    }
    if name == CLAP_EXT_AMBISONIC || name == CLAP_EXT_AMBISONIC_COMPAT {
        return (&raw const ports::AMBISONIC).cast();
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

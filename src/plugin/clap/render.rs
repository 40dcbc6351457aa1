//! Real time or offline, as the host says it at any time.
use super::Shell;
use clap_sys::ext::render::{CLAP_RENDER_OFFLINE, CLAP_RENDER_REALTIME, clap_plugin_render, clap_plugin_render_mode};
use clap_sys::plugin::clap_plugin;
use nice_plug::prelude::ProcessMode;

/// The functions of the extension: the framework's, but for the one below.
pub(super) fn table(framework: clap_plugin_render) -> clap_plugin_render {
    clap_plugin_render { set: Some(set), ..framework }
}

/// Takes effect at once. The framework keeps the mode for the next activation, and asks for that at once if the
/// instance is active, which a host in the midst of a bounce cannot grant. So it gets to know the mode without being
/// asked. False for a mode that is none. \[main\]
unsafe extern "C" fn set(plugin: *const clap_plugin, mode: clap_plugin_render_mode) -> bool {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return false };
    let kept = match mode {
        CLAP_RENDER_REALTIME => ProcessMode::Realtime,
        CLAP_RENDER_OFFLINE => ProcessMode::Offline,
        _ => return false,
    };
    shell.wrapper().current_process_mode.store(kept);
    shell.mode.announce(kept == ProcessMode::Offline);
    true
}

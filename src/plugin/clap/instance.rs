//! The life of an instance.
use super::Shell;
use clap_sys::plugin::clap_plugin;

/// The functions of an instance: the framework's, but for those below.
pub(super) fn table(framework: clap_plugin) -> clap_plugin {
    clap_plugin { destroy: Some(destroy), ..framework }
}

/// \[main\]
unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return };
    if let Some(destroy) = shell.framework.destroy {
        // SAFETY: the function that this one stands for, with its argument.
        unsafe { destroy(plugin) };
    }
    // SAFETY: the factory made the pointer from a box, and the host does not use it any more.
    drop(unsafe { Box::from_raw(plugin.cast_mut().cast::<Shell>()) });
}

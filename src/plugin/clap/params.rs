//! What a host learns of parameters.
use super::Shell;
use crate::parameters::{IMPULSE, Knob, PARAMETERS, section};
use clap_sys::events::{clap_input_events, clap_output_events};
use clap_sys::ext::params::{
    CLAP_PARAM_IS_ENUM, CLAP_PARAM_IS_MODULATABLE, clap_param_info, clap_param_info_flags, clap_plugin_params,
};
use clap_sys::id::clap_id;
use clap_sys::plugin::clap_plugin;
use std::ffi::c_char;

/// Parameters that a modulation does nothing good to. The value of `impulse` is the room, and the session follows it:
/// it would save what a modulation chose. `bypass` is the host's own button, and the locks are not heard.
const NOT_MODULATED: [&str; 4] = [IMPULSE, "bypass", "mix_lock", "output_lock"];

/// The functions of the extension: the framework's, but for those below.
pub(super) fn table(framework: clap_plugin_params) -> clap_plugin_params {
    clap_plugin_params { get_info: Some(get_info), get_value: Some(get_value), flush: Some(flush), ..framework }
}

/// Adds what the framework leaves out: the section, and that a choice is a list. Not that `impulse` is one: a list of
/// which most slots are free is no list to choose from. False behind the last parameter, where the framework panics.
/// \[main\]
unsafe extern "C" fn get_info(plugin: *const clap_plugin, index: u32, info: *mut clap_param_info) -> bool {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return false };
    let Some((id, knob)) = usize::try_from(index).ok().and_then(|index| shell.values.all().get(index).copied()) else {
        return false;
    };
    // SAFETY: the function that this one stands for, with its arguments.
    if !shell.params.framework.get_info.is_some_and(|get_info| unsafe { get_info(plugin, index, info) }) {
        return false;
    }
    // SAFETY: the framework has just written to it.
    let info = unsafe { &mut *info };
    info.flags = flags(info.flags, id, knob);
    write(&mut info.module, section(id));
    true
}

fn flags(mut flags: clap_param_info_flags, id: &str, knob: Knob) -> clap_param_info_flags {
    if matches!(knob, Knob::Choice(_)) && id != IMPULSE {
        flags |= CLAP_PARAM_IS_ENUM;
    }
    if NOT_MODULATED.contains(&id) {
        flags &= !CLAP_PARAM_IS_MODULATABLE;
    }
    flags
}

/// Writes a text that ends; what has no room is cut off.
fn write(place: &mut [c_char], text: &str) {
    place.fill(0);
    let room = place.len() - 1;
    for (place, byte) in place[..room].iter_mut().zip(text.bytes()) {
        *place = byte as c_char;
    }
}

/// The value itself. The framework's answer has the host's modulation in it, which the host would then take for the
/// value. \[main\]
unsafe extern "C" fn get_value(plugin: *const clap_plugin, id: clap_id, value: *mut f64) -> bool {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return false };
    let Some(index) = shell.values.index(id).filter(|_| !value.is_null()) else { return false };
    // SAFETY: not null, and the host's to read from afterwards.
    unsafe { *value = shell.values.value(index) };
    shell.stale.is_known(index);
    true
}

/// \[main; audio while active\]
unsafe extern "C" fn flush(
    plugin: *const clap_plugin,
    input: *const clap_input_events,
    output: *const clap_output_events,
) {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return };
    // SAFETY: the host's list, which lives during the call.
    unsafe { shell.hear(input) };
    if let Some(flush) = shell.params.framework.flush {
        // SAFETY: the function that this one stands for, with its arguments.
        unsafe { flush(plugin, input, output) };
    }
}

const _: () = assert!(PARAMETERS <= 64, "`Stale` has a bit for each");

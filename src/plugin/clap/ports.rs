//! What the channels of ports are: speakers, or spherical harmonics in AmbiX.
//!
//! The framework offers all layouts and tells their numbers of channels. It has no types for ports of more than two,
//! and neither of the extensions that describe them.
use super::Shell;
use crate::channels::{Bus, ChannelLayout};
use clap_sys::ext::ambisonic::{
    CLAP_AMBISONIC_NORMALIZATION_SN3D, CLAP_AMBISONIC_ORDERING_ACN, CLAP_PORT_AMBISONIC, clap_ambisonic_config,
    clap_plugin_ambisonic,
};
use clap_sys::ext::audio_ports::{clap_audio_port_info, clap_plugin_audio_ports};
use clap_sys::ext::audio_ports_config::{clap_audio_ports_config, clap_plugin_audio_ports_config};
use clap_sys::ext::surround::{CLAP_PORT_SURROUND, clap_plugin_surround};
use clap_sys::plugin::clap_plugin;
use std::ffi::c_char;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Number of the layout that the host selected: its place in [`ChannelLayout::ALL`], in whose order the framework
/// offers the layouts. \[main\]
#[derive(Debug, Default)]
pub(super) struct Selected(AtomicU32);

impl Selected {
    fn layout(&self) -> ChannelLayout {
        layout(self.0.load(Relaxed)).unwrap_or_default()
    }
}

fn layout(number: u32) -> Option<ChannelLayout> {
    ChannelLayout::ALL.get(number as usize).copied()
}

/// The signal of a side, if it has more than two channels.
fn bus(layout: ChannelLayout, is_input: bool) -> Option<Bus> {
    layout.bus().filter(|bus| !is_input || bus.channels() == layout.inputs())
}

/// The type of a port with this signal; `None` where nobody knows what the channels are.
fn port_type(bus: Bus) -> Option<*const c_char> {
    match bus {
        Bus::Discrete(_) => None,
        bus if bus.is_ambisonic() => Some(CLAP_PORT_AMBISONIC.as_ptr()),
        _ => Some(CLAP_PORT_SURROUND.as_ptr()),
    }
}

/// The framework's functions, but for the type of a port.
pub(super) fn ports(framework: clap_plugin_audio_ports) -> clap_plugin_audio_ports {
    clap_plugin_audio_ports { get: Some(get), ..framework }
}

/// The framework's functions, but for the types of ports and for what is selected.
pub(super) fn configs(framework: clap_plugin_audio_ports_config) -> clap_plugin_audio_ports_config {
    clap_plugin_audio_ports_config { get: Some(get_config), select: Some(select), ..framework }
}

/// Speakers.
pub(super) static SURROUND: clap_plugin_surround =
    clap_plugin_surround { is_channel_mask_supported: Some(is_mask_supported), get_channel_map: Some(channel_map) };

/// Spherical harmonics.
pub(super) static AMBISONIC: clap_plugin_ambisonic =
    clap_plugin_ambisonic { is_config_supported: Some(is_order_supported), get_config: Some(order) };

/// \[main\]
unsafe extern "C" fn get(
    plugin: *const clap_plugin,
    index: u32,
    is_input: bool,
    info: *mut clap_audio_port_info,
) -> bool {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return false };
    // SAFETY: the function that this one stands for, with its arguments.
    if !shell.ports.framework.get.is_some_and(|own| unsafe { own(plugin, index, is_input, info) }) {
        return false;
    }
    if let Some(kind) = bus(shell.selected.layout(), is_input).and_then(port_type) {
        // SAFETY: the framework has just written to it.
        unsafe { (*info).port_type = kind };
    }
    true
}

/// \[main\]
unsafe extern "C" fn get_config(plugin: *const clap_plugin, index: u32, config: *mut clap_audio_ports_config) -> bool {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return false };
    // The framework complains of numbers beyond the last.
    let Some(layout) = layout(index) else { return false };
    // SAFETY: the function that this one stands for, with its arguments.
    if !shell.configs.framework.get.is_some_and(|own| unsafe { own(plugin, index, config) }) {
        return false;
    }
    // SAFETY: the framework has just written to it.
    let config = unsafe { &mut *config };
    for (is_input, kind) in [(true, &mut config.main_input_port_type), (false, &mut config.main_output_port_type)] {
        *kind = bus(layout, is_input).and_then(port_type).unwrap_or(*kind);
    }
    true
}

/// \[main\]
unsafe extern "C" fn select(plugin: *const clap_plugin, number: u32) -> bool {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return false };
    // SAFETY: the function that this one stands for, with its arguments.
    let is_selected =
        layout(number).is_some() && shell.configs.framework.select.is_some_and(|own| unsafe { own(plugin, number) });
    if is_selected {
        shell.selected.0.store(number, Relaxed);
    }
    is_selected
}

/// \[main\]
unsafe extern "C" fn is_mask_supported(_plugin: *const clap_plugin, mask: u64) -> bool {
    // The bits are those of WAV.
    Bus::NAMED.iter().any(|bus| !bus.is_ambisonic() && u64::from(bus.mask()) == mask)
}

/// Which speaker each channel of a port is: the number of its bit. \[main\]
unsafe extern "C" fn channel_map(
    plugin: *const clap_plugin,
    is_input: bool,
    port: u32,
    map: *mut u8,
    capacity: u32,
) -> u32 {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return 0 };
    let Some(bus) = bus(shell.selected.layout(), is_input).filter(|_| port == 0 && !map.is_null()) else { return 0 };
    let speakers = (0..u32::BITS as u8).filter(|bit| bus.mask() >> bit & 1 == 1);
    let mut count = 0;
    for speaker in speakers.take(capacity as usize) {
        // SAFETY: the host has room for `capacity` of them.
        unsafe { *map.add(count) = speaker };
        count += 1;
    }
    count as u32
}

/// \[main\]
unsafe extern "C" fn is_order_supported(_plugin: *const clap_plugin, config: *const clap_ambisonic_config) -> bool {
    // SAFETY: null, or the host's for the time of the call.
    let wanted = unsafe { config.as_ref() }.map(|config| (config.ordering, config.normalization));
    wanted == Some((CLAP_AMBISONIC_ORDERING_ACN, CLAP_AMBISONIC_NORMALIZATION_SN3D))
}

/// \[main\]
unsafe extern "C" fn order(
    plugin: *const clap_plugin,
    is_input: bool,
    port: u32,
    config: *mut clap_ambisonic_config,
) -> bool {
    // SAFETY: the host's instance.
    let Some(shell) = (unsafe { Shell::of(plugin) }) else { return false };
    let is_ambisonic = port == 0 && bus(shell.selected.layout(), is_input).is_some_and(Bus::is_ambisonic);
    // SAFETY: null, or a place of the host's.
    let Some(config) = (unsafe { config.as_mut() }).filter(|_| is_ambisonic) else { return false };
    (config.ordering, config.normalization) = (CLAP_AMBISONIC_ORDERING_ACN, CLAP_AMBISONIC_NORMALIZATION_SN3D);
    true
}

//! The CLAP plugin: our own shell around the framework's `Wrapper`.
//!
//! The framework's wrapper is used as it is, unchanged. What it does not do, or does otherwise than hosts want it, is
//! not worth a wrapper of our own, which would be four times as much code; but it is worth this shell, which stands
//! between host and wrapper, leaves every call to the framework, and steps in at these places:
//!
//! | what the framework does | what the shell does instead |
//! |---|---|
//! | keeps a render mode for the next activation, and asks for that at once | has the mode take effect, and asks for nothing (`render`) |
//! | asks for a rescan of values after each state, during the load | asks later, and only if the host does not know a value (`stale`, `state`) |
//! | unpacks a state whole, whatever it claims to hold; sets parameters before the session | loads states as for VST3 (`state`) |
//! | gives no modules, tells a modulation back as the value, panics behind the last parameter | fills in, tells the value, refuses (`params`) |
//! | has no types for ports of more than two channels | says which are speakers and which harmonics (`ports`) |
//! | knows no sizes without a window, and panics in a host without a side of windows | answers and keeps what it is told, refuses (`window`) |
//! | has no way to the host's menus | opens them (`menu`) |
//! | writes behind a block whose events do so; panics on channels that do not fit, and before any activation | gives it blocks that are as they should be (`block`) |
//! | panics when an edit in the window meets an instance that goes | closes the window before (`instance`) |
//!
//! A host calls the functions of tables. The shell's tables are the framework's with a few functions exchanged, and
//! those that are not exchanged take the shell's `clap_plugin` for the framework's own: all that they look at in it is
//! `plugin_data`, which is the wrapper. Hence the framework's exact version in `Cargo.toml`, and a test of every table.
#![allow(unsafe_code)] // CLAP is an interface of raw pointers

mod block;
pub mod factory;
mod host;
mod instance;
#[cfg(feature = "editor")]
mod menu;
mod params;
mod ports;
mod render;
mod stale;
mod state;
mod values;
#[cfg(feature = "editor")]
mod window;

use super::Transept;
use super::link::linked;
use super::mode::Mode;
use crate::monitor::Monitor;
use block::Channels;
use clap_sys::ext::audio_ports::{CLAP_EXT_AUDIO_PORTS, clap_plugin_audio_ports};
use clap_sys::ext::audio_ports_config::{CLAP_EXT_AUDIO_PORTS_CONFIG, clap_plugin_audio_ports_config};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_plugin_params};
use clap_sys::ext::render::{CLAP_EXT_RENDER, clap_plugin_render};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use host::Host;
use nice_plug::wrapper::clap::Wrapper;
use stale::Stale;
use std::ffi::CStr;
use std::sync::Arc;
use values::Values;

/// A table of the framework's, and the shell's in its place.
struct Exchanged<T> {
    framework: T,
    shell: T,
}

/// An instance as a host sees it.
#[repr(C)]
struct Shell {
    /// First, so that a host's pointer to it is a pointer to the shell.
    plugin: clap_plugin,
    /// The framework's functions of an instance.
    framework: clap_plugin,
    params: Exchanged<clap_plugin_params>,
    ports: Exchanged<clap_plugin_audio_ports>,
    configs: Exchanged<clap_plugin_audio_ports_config>,
    selected: ports::Selected,
    render: Exchanged<clap_plugin_render>,
    state: Exchanged<clap_plugin_state>,
    /// `None` if the framework offers no window.
    #[cfg(feature = "editor")]
    gui: Option<Exchanged<clap_sys::ext::gui::clap_plugin_gui>>,
    #[cfg(feature = "editor")]
    window: window::Window,
    #[cfg(feature = "editor")]
    menu: menu::Menu,
    host: Arc<Host>,
    values: Values,
    stale: Stale,
    channels: Channels,
    mode: Arc<Mode>,
    monitor: Arc<Monitor>,
}

impl Shell {
    /// An instance. `None` if the framework does not make one. \[main\]
    ///
    /// # Safety
    /// `host` is a host that outlives the instance.
    unsafe fn new(host: *const clap_host) -> Option<Box<Self>> {
        // SAFETY: the caller says so.
        let (wrapper, link) = linked(|| unsafe { Wrapper::<Transept>::new(host) });
        let link = link?;
        let own = *wrapper.clap_plugin.borrow();
        // SAFETY: the types are those of the extensions.
        let shell = unsafe {
            Self {
                plugin: instance::table(own),
                framework: own,
                params: exchanged(&own, CLAP_EXT_PARAMS, params::table)?,
                ports: exchanged(&own, CLAP_EXT_AUDIO_PORTS, ports::ports)?,
                configs: exchanged(&own, CLAP_EXT_AUDIO_PORTS_CONFIG, ports::configs)?,
                selected: ports::Selected::default(),
                render: exchanged(&own, CLAP_EXT_RENDER, render::table)?,
                state: exchanged(&own, CLAP_EXT_STATE, state::table)?,
                #[cfg(feature = "editor")]
                gui: exchanged(&own, clap_sys::ext::gui::CLAP_EXT_GUI, window::table),
                #[cfg(feature = "editor")]
                window: window::Window::default(),
                #[cfg(feature = "editor")]
                menu: menu::Menu::new(link.requests),
                host: Arc::new(Host::new(host)),
                values: Values::new(link.params, &wrapper),
                stale: Stale::default(),
                channels: Channels::default(),
                mode: link.mode,
                monitor: link.monitor,
            }
        };
        // The table holds it from now on, until the framework destroys it.
        let _ = Arc::into_raw(wrapper);
        Some(Box::new(shell))
    }

    /// The shell of an instance that a host calls; `None` for a null pointer.
    ///
    /// # Safety
    /// `plugin` is null, or an instance that the factory made and that has not been destroyed.
    unsafe fn of<'a>(plugin: *const clap_plugin) -> Option<&'a Self> {
        // SAFETY: the factory gives pointers to whole shells, of which `plugin` is the first member.
        unsafe { plugin.cast::<Self>().as_ref() }
    }

    /// The framework's wrapper.
    fn wrapper(&self) -> &Wrapper<Transept> {
        // SAFETY: the framework's table has a pointer to the wrapper there, which it holds until it is destroyed, and
        // then the shell goes.
        unsafe { &*self.plugin.plugin_data.cast::<Wrapper<Transept>>() }
    }
}

/// The framework's table of an extension, and what the shell makes of it. `None` if the framework has none.
///
/// # Safety
/// `T` is the type of the extension, and `framework` is a living instance.
unsafe fn exchanged<T: Copy>(framework: &clap_plugin, id: &CStr, shell: fn(T) -> T) -> Option<Exchanged<T>> {
    let get = framework.get_extension?;
    // SAFETY: a function of the framework's, with its instance; what it gives lives as long as the wrapper.
    let table = unsafe { get(framework, id.as_ptr()).cast::<T>().as_ref() }.copied()?;
    Some(Exchanged { framework: table, shell: shell(table) })
}

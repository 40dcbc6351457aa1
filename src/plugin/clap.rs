//! The CLAP plugin: our own shell around the framework's `Wrapper`.
//!
//! The framework's wrapper is used as it is, unchanged. What it does not do, or does otherwise than hosts want it, is
//! not worth a wrapper of our own, which would be four times as much code; but it is worth this shell, which stands
//! between host and wrapper, leaves every call to the framework, and steps in at these places:
//!
//! | | what the framework does | what the shell does instead |
//! |---|---|---|
//!
//! A host calls the functions of tables. The shell's tables are the framework's with a few functions exchanged, and
//! those that are not exchanged take the shell's `clap_plugin` for the framework's own: all that they look at in it is
//! `plugin_data`, which is the wrapper. Hence the framework's exact version in `Cargo.toml`, and a test of every table.
#![allow(unsafe_code)] // CLAP is an interface of raw pointers

pub mod factory;
mod instance;

use super::Transept;
use super::link::{Link, linked};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use nice_plug::wrapper::clap::Wrapper;
use std::sync::Arc;

/// An instance as a host sees it.
#[repr(C)]
struct Shell {
    /// First, so that a host's pointer to it is a pointer to the shell.
    plugin: clap_plugin,
    /// The functions of the framework's, which holds the wrapper in `plugin_data` until it is destroyed.
    framework: clap_plugin,
}

impl Shell {
    /// An instance. `None` if the framework does not make one. \[main\]
    ///
    /// # Safety
    /// `host` is a host that outlives the instance.
    unsafe fn new(host: *const clap_host) -> Option<Box<Self>> {
        // SAFETY: the caller says so.
        let (wrapper, link) = linked(|| unsafe { Wrapper::<Transept>::new(host) });
        let Link { .. } = link?;
        let framework = *wrapper.clap_plugin.borrow();
        let plugin = instance::table(framework);
        // The framework's table holds it from now on, and gives it back when it is destroyed.
        let _ = Arc::into_raw(wrapper);
        Some(Box::new(Self { plugin, framework }))
    }

    /// The shell of an instance that a host calls; `None` for a null pointer.
    ///
    /// # Safety
    /// `plugin` is null, or an instance that the factory made and that has not been destroyed.
    unsafe fn of<'a>(plugin: *const clap_plugin) -> Option<&'a Self> {
        // SAFETY: the factory gives pointers to whole shells, of which `plugin` is the first member.
        unsafe { plugin.cast::<Self>().as_ref() }
    }
}

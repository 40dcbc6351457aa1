//! The VST3 component: our own shell around the framework's `Wrapper`.
//!
//! The framework's VST3 wrapper has defects that end in a host's crash (they are listed in `docs/hosts.md`). It is used
//! as it is, unchanged; the shell stands between it and the host, passes every call on, and steps in at these places:
//!
//! | | what the framework does | what the shell does instead |
//! |---|---|---|
//! | D1 | tells the window of each parameter change on a thread that is not the window's | applies changes itself (`values`, `edits`); the window looks by itself |
//! | D2, D3 | stops its thread when a task's instance has gone, and panics when the last one goes | lets the thread finish first (`keeper`) |
//! | D4 | takes over a process mode one call late | calls `setupProcessing` twice (`processor`) |
//! | D6 | makes up speaker arrangements, and looks at nothing but their numbers of channels | answers with the one that was asked for, and knows it (`speakers`) |
//! | – | one automation value per block, once D1 is cured | cuts the block at the points (`automation`) |
//! | – | ignores a value that the controller is told while audio runs | tells it back and saves it, until a block brings it (`told`) |
//! | – | knows no size before the window is open, and no groups of parameters | stands before the view (`view`); the window's pages (`units`) |
//! | – | has no way to the host's menus, and asks the host for another size once the window has it | asks for both first (`requests`) |
//! | – | panics on channels that do not fit, and on a parameter's number one too high | checks first |
//!
//! `_internal_*` names of the framework are used here: hence its exact version in `Cargo.toml`.
//!
//! `unsafe` stands here, in the CLAP shell, in `loaded` and in the monitor's counter alone: VST3 is an interface of raw
//! pointers.
#![allow(unsafe_code)] // VST3 is an interface of raw pointers
#![allow(non_snake_case)] // its methods are named by it

/// Passes a call on to the framework's wrapper, arguments unchanged.
macro_rules! pass {
    ($shell:ident, $interface:ident, $method:ident ( $($argument:expr),* )) => {
        // SAFETY: this stands in the very method that it calls: whoever called that one promised what this one asks
        // for. The wrapper lives as long as the shell.
        unsafe { $interface::$method(&*$shell.inner, $($argument),*) }
    };
}

mod automation;
mod buses;
mod component;
mod controller;
mod edits;
pub mod factory;
#[cfg(feature = "editor")]
mod frame;
mod keeper;
mod processor;
#[cfg(feature = "editor")]
mod requests;
mod saved;
mod speakers;
mod told;
mod units;
mod values;
#[cfg(feature = "editor")]
mod view;

use super::Transept;
use super::layouts::Asked;
use super::link::linked;
use super::mode::Mode;
use crate::monitor::Monitor;
use buses::Layout;
use nice_plug::prelude::{Vst3Plugin, Vst3SubCategory};
use nice_plug::wrapper::vst3::Wrapper;
use nice_plug::wrapper::vst3::vst3::{
    Class,
    Steinberg::Vst::{
        ChannelContext::IInfoListener, IAudioProcessor, IAudioProcessorTrait, IComponent, IEditController,
        IProcessContextRequirements, IUnitInfo,
    },
};
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use values::Values;

impl Vst3Plugin for Transept {
    const VST3_CLASS_ID: [u8; 16] = *b"TranseptReverb01";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = &[Vst3SubCategory::Fx, Vst3SubCategory::Reverb];
}

/// An instance as a host sees it.
struct Shell {
    /// Dropped by hand, after the framework's thread has finished with it.
    inner: ManuallyDrop<Wrapper<Transept>>,
    values: Values,
    /// The way to the framework's thread.
    #[cfg(test)]
    executor: nice_plug::prelude::AsyncExecutor<Transept>,
    /// True once the host has announced a format.
    is_set_up: AtomicBool,
    /// True while a block may bring changes of parameters.
    is_processing: AtomicBool,
    layout: Layout,
    mode: Arc<Mode>,
    monitor: Arc<Monitor>,
    asked: Arc<Asked>,
    #[cfg(feature = "editor")]
    requests: Arc<requests::Requests>,
}

impl Class for Shell {
    type Interfaces =
        (IComponent, IEditController, IAudioProcessor, IProcessContextRequirements, IUnitInfo, IInfoListener);
}

impl Shell {
    /// An instance. `None` if the framework does not make one. \[main\]
    fn new() -> Option<Self> {
        keeper::arrive();
        let (inner, link) = linked(Wrapper::new);
        let Some(link) = link else {
            keeper::depart(inner);
            return None;
        };
        // The framework sets parameters itself, and tells the window, only while it believes that no audio runs. So it
        // is made to believe the contrary, for ever (D1). SAFETY: a call without arguments, on an object that lives.
        unsafe { IAudioProcessorTrait::setProcessing(&inner, 1) };
        let values = Values::new(link.params);
        #[cfg(feature = "editor")]
        let requests = requests::Requests::new(link.requests, values.ids(), requests::through(link.executor.clone()));
        Some(Self {
            inner: ManuallyDrop::new(inner),
            values,
            #[cfg(test)]
            executor: link.executor,
            is_set_up: AtomicBool::new(false),
            is_processing: AtomicBool::new(false),
            layout: Layout::default(),
            mode: link.mode,
            monitor: link.monitor,
            asked: link.asked,
            #[cfg(feature = "editor")]
            requests,
        })
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        self.forget_host();
        // SAFETY: nothing uses `inner` after this; the shell is going.
        keeper::depart(unsafe { ManuallyDrop::take(&mut self.inner) });
    }
}

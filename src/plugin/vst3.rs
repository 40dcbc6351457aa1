//! The VST3 component: our own shell around the framework's `Wrapper`.
//!
//! The framework's VST3 wrapper has defects that end in a host's crash (they are listed in `docs/hosts.md`). It is used
//! as it is, unchanged; the shell stands between it and the host, passes every call on, and steps in at these places:
//!
//! | | what the framework does | what the shell does instead |
//! |---|---|---|
//! | D1 | tells the window of each parameter change on a thread that is not the window's | applies changes itself ([`Shell::set`]); the window looks by itself |
//! | D2, D3 | stops its thread when a task's instance has gone, and panics when the last one goes | lets the thread finish first ([`keeper`]) |
//! | D4 | takes over a process mode one call late | calls `setupProcessing` twice ([`processor`]) |
//! | D6 | makes up speaker arrangements | answers with the one that was asked for |
//! | – | one automation value per block, once D1 is cured | cuts the block at the points ([`automation`]) |
//! | – | panics on channels that do not fit, and on a parameter's number one too high | checks first |
//!
//! `_internal_*` names of the framework are used here: hence its exact version in `Cargo.toml`.
//!
//! This folder and `engine/spectrum.rs` are the only places with `unsafe`: VST3 is an interface of raw pointers.
#![allow(unsafe_code)] // VST3 is an interface of raw pointers
#![allow(non_snake_case)] // its methods are named by it

/// Passes a call on to the framework's wrapper, arguments unchanged.
macro_rules! pass {
    ($shell:ident, $interface:ident, $method:ident ( $($argument:expr),* )) => {
        // SAFETY: this stands in the very method that it calls: whoever called that one promised what this one asks for.
        // The wrapper lives as long as the shell.
        unsafe { $interface::$method(&*$shell.inner, $($argument),*) }
    };
}

mod automation;
mod buses;
mod component;
mod controller;
pub mod factory;
mod keeper;
mod processor;
mod saved;

use super::Transept;
use super::params::TranseptParams;
use buses::Layout;
use keeper::Link;
use nice_plug::params::InternalParamMut;
use nice_plug::prelude::{Vst3Plugin, Vst3SubCategory};
use nice_plug::wrapper::vst3::Wrapper;
use nice_plug::wrapper::vst3::vst3::{
    Class,
    Steinberg::Vst::{
        ChannelContext::IInfoListener, IAudioProcessor, IComponent, IEditController, IProcessContextRequirements,
        IUnitInfo,
    },
};
use std::mem::ManuallyDrop;
use std::sync::atomic::AtomicBool;
use std::thread::ThreadId;

pub(super) use keeper::register;

impl Vst3Plugin for Transept {
    const VST3_CLASS_ID: [u8; 16] = *b"TranseptReverb01";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = &[Vst3SubCategory::Fx, Vst3SubCategory::Reverb];
}

/// An instance as a host sees it.
struct Shell {
    /// Dropped by hand, after the framework's thread has finished with it.
    inner: ManuallyDrop<Wrapper<Transept>>,
    link: Link,
    /// The parameters by their VST3 numbers.
    numbers: [u32; PARAMETERS],
    /// The thread that made the instance, which the framework takes for the window's.
    home: ThreadId,
    /// Whether the host has announced a format, and whether it has started processing.
    is_set_up: AtomicBool,
    is_processing: AtomicBool,
    layout: Layout,
}

/// How many parameters there are.
const PARAMETERS: usize = 9;

impl Class for Shell {
    type Interfaces =
        (IComponent, IEditController, IAudioProcessor, IProcessContextRequirements, IUnitInfo, IInfoListener);
}

impl Shell {
    /// An instance. `None` if the framework does not make one. \[main\]
    fn new() -> Option<Self> {
        keeper::arrive();
        let (inner, link) = keeper::wrapper();
        let Some(link) = link else {
            keeper::depart(inner);
            return None;
        };
        Some(Self {
            numbers: numbers(&link.params),
            inner: ManuallyDrop::new(inner),
            link,
            home: std::thread::current().id(),
            is_set_up: AtomicBool::new(false),
            is_processing: AtomicBool::new(false),
            layout: Layout::default(),
        })
    }

    /// Sets a parameter to a value of 0 to 1 and tells nobody (D1). False for a number that is none, and for a value that
    /// is none. Real-time safe. \[any\]
    fn set(&self, number: u32, value: f64) -> bool {
        let (floats, switches) = (self.link.params.floats(), self.link.params.switches());
        let Some(index) = self.numbers.iter().position(|n| *n == number).filter(|_| value.is_finite()) else {
            return false;
        };
        // SAFETY: unsafe only because the framework wants to be the one that changes parameters. The values are atomics,
        // and no parameter of ours has a callback.
        unsafe {
            match floats.get(index) {
                Some((_, param)) => param._internal_set_normalized_value(value as f32),
                None => switches[index - floats.len()].1._internal_set_normalized_value(value as f32),
            };
        }
        true
    }

    /// Whether this is the thread that the framework takes for the window's.
    fn is_home(&self) -> bool {
        std::thread::current().id() == self.home
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        self.forget_host();
        // SAFETY: nothing uses `inner` after this; the shell is going.
        keeper::depart(unsafe { ManuallyDrop::take(&mut self.inner) });
    }
}

/// The VST3 numbers of the parameters, in the order of [`TranseptParams::floats`] and then [`TranseptParams::switches`].
fn numbers(params: &TranseptParams) -> [u32; PARAMETERS] {
    let ids = params.floats().map(|(id, _)| id).into_iter().chain(params.switches().map(|(id, _)| id));
    let mut numbers = [0; PARAMETERS];
    for (number, id) in numbers.iter_mut().zip(ids) {
        *number = number_of(id);
    }
    numbers
}

/// The framework's rule for them; the highest bit belongs to the host.
fn number_of(id: &str) -> u32 {
    id.bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) & !(1 << 31)
}

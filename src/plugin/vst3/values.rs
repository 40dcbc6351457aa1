//! Parameters by their VST3 numbers.
use crate::plugin::params::TranseptParams;
use nice_plug::params::InternalParamMut;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::{Params, PluginState};
use std::sync::Arc;

/// How many parameters there are.
pub(super) const PARAMETERS: usize = 9;

/// The parameters of an instance. Setting one tells nobody (D1): the audio thread and the window look by themselves.
#[derive(Clone)]
pub(super) struct Values {
    params: Arc<TranseptParams>,
    /// In the order of [`TranseptParams::floats`] and then [`TranseptParams::switches`].
    numbers: [u32; PARAMETERS],
}

/// The framework's rule for the number of an id; the highest bit belongs to the host.
fn number(id: &str) -> u32 {
    id.bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) & !(1 << 31)
}

impl Values {
    /// Looks up the numbers. \[main\]
    pub fn new(params: Arc<TranseptParams>) -> Self {
        let ids = params.floats().map(|(id, _)| id).into_iter().chain(params.switches().map(|(id, _)| id));
        let mut numbers = [0; PARAMETERS];
        numbers.iter_mut().zip(ids).for_each(|(slot, id)| *slot = number(id));
        Self { params, numbers }
    }

    /// The number of a parameter by its place.
    #[cfg(test)]
    pub fn number_at(&self, index: usize) -> u32 {
        self.numbers[index]
    }

    /// Sets a parameter to a value from 0 to 1. False for a number that is none, and for a value that is none.
    /// Real-time safe. \[any\]
    pub fn set(&self, number: u32, value: f64) -> bool {
        let Some(index) = self.numbers.iter().position(|n| *n == number).filter(|_| value.is_finite()) else {
            return false;
        };
        let (floats, switches) = (self.params.floats(), self.params.switches());
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

    /// Takes over a state in which every value is sound. \[any but audio\]
    pub fn take_over(&self, state: &PluginState) {
        for (id, param) in self.params.floats() {
            if let Some(ParamValue::F32(value)) = state.params.get(id) {
                // SAFETY: as in `set`.
                unsafe { param._internal_set_plain_value(*value) };
            }
        }
        for (id, param) in self.params.switches() {
            if let Some(ParamValue::Bool(value)) = state.params.get(id) {
                // SAFETY: as in `set`.
                unsafe { param._internal_set_plain_value(*value) };
            }
        }
        self.params.deserialize_fields(&state.fields);
    }
}

//! States that a host loads, in either format.
//!
//! They are read by the framework's own rules, JSON that is usually compressed with Zstandard, of which everything that
//! can be read is taken; but no more of it than a state may be long.
#![allow(unsafe_code)] // the framework keeps the setting of parameters to itself

use super::Transept;
use crate::parameters::{Knob, TranseptParams};
use crate::session::host_state::unpacked;
use nice_plug::params::InternalParamMut;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::{Params, Plugin, PluginState};

/// Makes of the bytes of a state one that says something sound about everything. `None` if they are no state. \[any but
/// audio\]
pub(super) fn read(bytes: &[u8]) -> Option<PluginState> {
    let json = unpacked(bytes).unwrap_or_else(|_| bytes.to_vec());
    let mut state = serde_json::from_slice(&json).ok()?;
    Transept::filter_state(&mut state);
    Some(state)
}

/// Takes over a state in which every value is sound, and tells nobody. \[any but audio\]
pub(super) fn take_over(params: &TranseptParams, state: &PluginState) {
    for (id, knob) in params.all() {
        // SAFETY: unsafe only because the framework wants to be the one that changes parameters. The values are
        // atomics, and what our parameters call when they change may be called on any thread: it touches atomics alone.
        unsafe {
            match (knob, state.params.get(id)) {
                (Knob::Number(param), Some(ParamValue::F32(value))) => param._internal_set_plain_value(*value),
                (Knob::Switch(param), Some(ParamValue::Bool(value))) => param._internal_set_plain_value(*value),
                (Knob::Choice(param), Some(ParamValue::I32(value))) => param._internal_set_plain_value(*value),
                _ => false,
            };
        }
    }
    params.deserialize_fields(&state.fields);
}

//! States that a host loads, in either format.
//!
//! They are read by the framework's own rules, JSON that is usually compressed with Zstandard, of which everything that
//! can be read is taken; but no more of it than a state may be long.
#![allow(unsafe_code)] // the framework keeps the setting of parameters to itself

use super::Transept;
use crate::parameters::{Knob, TranseptParams};
use crate::session::fields;
use crate::session::host_state::unpacked;
use nice_plug::params::InternalParamMut;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::{Plugin, PluginState};

/// Makes of the bytes of a state one that says something sound about everything. `None` if they are no state. \[any but
/// audio\]
pub(super) fn read(bytes: &[u8]) -> Option<PluginState> {
    let json = unpacked(bytes).unwrap_or_else(|_| bytes.to_vec());
    let mut state = serde_json::from_slice(&json).ok()?;
    Transept::filter_state(&mut state);
    Some(state)
}

/// Takes over a state in which every value is sound, and tells nobody: parameters and session in one moment, so that no
/// parameter is taken for a move in the list of the session before. Each parameter, by its place, is set by a call of
/// `set` with what sets it. \[any but audio\]
pub(super) fn take_over(params: &TranseptParams, state: &PluginState, mut set: impl FnMut(usize, &dyn Fn())) {
    // A state without a readable session has that of a fresh instance.
    let saved = state.fields.get(fields::SESSION).and_then(|json| serde_json::from_str(json).ok());
    params.session.load_with(saved.unwrap_or_default(), || {
        for (index, (id, knob)) in params.all().into_iter().enumerate() {
            set(index, &|| set_plain(knob, state.params.get(id)));
        }
    });
}

/// Sets a parameter to a value of its kind.
fn set_plain(knob: Knob, value: Option<&ParamValue>) {
    // SAFETY: unsafe only because the framework wants to be the one that changes parameters. The values are atomics,
    // and what our parameters call when they change may be called on any thread: it touches atomics alone.
    unsafe {
        match (knob, value) {
            (Knob::Number(param), Some(ParamValue::F32(value))) => param._internal_set_plain_value(*value),
            (Knob::Switch(param), Some(ParamValue::Bool(value))) => param._internal_set_plain_value(*value),
            (Knob::Choice(param), Some(ParamValue::I32(value))) => param._internal_set_plain_value(*value),
            _ => false,
        };
    }
}

/// Sets a parameter to a value from 0 to 1, as a host does.
#[cfg(test)]
pub(crate) fn set(params: &TranseptParams, id: &str, value: f32) {
    use crate::parameters::any_knob;
    let knob = params.knob(id).expect("a parameter");
    // SAFETY: as in `set_plain`.
    unsafe { any_knob!(knob, param => param._internal_set_normalized_value(value)) };
}

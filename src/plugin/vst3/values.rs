//! Parameters by their VST3 numbers.
use crate::parameters::{PARAMETERS, TranseptParams, any_knob};
use crate::plugin::loaded;
use nice_plug::params::InternalParamMut;
use nice_plug::prelude::PluginState;
use std::sync::Arc;

/// The parameters of an instance. Setting one tells nobody (D1): the audio thread and the window look by themselves.
#[derive(Clone)]
pub(super) struct Values {
    params: Arc<TranseptParams>,
    /// In the order of [`TranseptParams::all`].
    numbers: [u32; PARAMETERS],
}

/// The framework's rule for the number of an id; the highest bit belongs to the host.
fn number(id: &str) -> u32 {
    id.bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) & !(1 << 31)
}

impl Values {
    /// Looks up the numbers. \[main\]
    pub fn new(params: Arc<TranseptParams>) -> Self {
        let numbers = params.all().map(|(id, _)| number(id));
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
        // SAFETY: unsafe only because the framework wants to be the one that changes parameters. The values are
        // atomics, and what our parameters call when they change may be called on any thread: it touches atomics alone.
        unsafe { any_knob!(self.params.all()[index].1, param => param._internal_set_normalized_value(value as f32)) };
        true
    }

    /// Takes over a state in which every value is sound. \[any but audio\]
    pub fn take_over(&self, state: &PluginState) {
        loaded::take_over(&self.params, state, |_, set| set());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_heard_asks_for_no_other_kernel() {
        let params = Arc::new(TranseptParams::default());
        let values = Values::new(params.clone());
        let fresh = params.wanted();
        let set = |id: &str, value: f64| assert!(values.set(number(id), value), "{id}");
        for id in [
            "dry",
            "wet",
            "mix_mode",
            "mix",
            "mix_lock",
            "output_level",
            "width",
            "predelay",
            "predelay_sync",
            "bypass",
            "low_cut",
            "high_cut",
        ] {
            set(id, 0.9);
            assert_eq!(params.wanted(), fresh, "{id} is the chain's");
        }
        for id in ["low_crossover", "high_crossover"] {
            set(id, 0.9);
            assert_eq!(params.wanted(), fresh, "{id} is between bands of which none is scaled");
        }
        set("decay_low", 0.9);
        assert_ne!(params.wanted(), fresh);
        for id in ["trim_start", "trim_end"] {
            set(&format!("{id}_auto"), 1.0);
            let automatic = params.wanted();
            set(id, 0.5);
            assert_eq!(params.wanted(), automatic, "{id} does not count");
        }
    }
}

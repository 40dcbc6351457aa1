//! Parameters by their CLAP ids, with values on CLAP's scale.
//!
//! The framework gives a parameter the range from 0 to 1, or from 0 to its number of steps.
use crate::parameters::{Knob, PARAMETERS, TranseptParams, any_knob};
use crate::plugin::Transept;
use clap_sys::id::clap_id;
use nice_plug::params::Param;
use nice_plug::wrapper::clap::Wrapper;
use std::sync::Arc;

/// The parameters of an instance.
pub(super) struct Values {
    pub params: Arc<TranseptParams>,
    /// In the order of [`TranseptParams::all`].
    ids: [Option<clap_id>; PARAMETERS],
}

impl Values {
    /// Looks up the ids. \[main\]
    pub fn new(params: Arc<TranseptParams>, wrapper: &Wrapper<Transept>) -> Self {
        let id = |(_, knob)| any_knob!(knob, param => wrapper.param_ptr_to_hash.get(&param.as_ptr()).copied());
        let ids = params.all().map(id);
        Self { params, ids }
    }

    /// Every parameter by its place, with its id in sessions. Real-time safe. \[any\]
    pub fn all(&self) -> [(&'static str, Knob<'_>); PARAMETERS] {
        self.params.all()
    }

    /// Every parameter's id in sessions, with that of CLAP. \[main\]
    #[cfg(feature = "editor")]
    pub fn ids(&self) -> Vec<(&'static str, clap_id)> {
        self.all().iter().zip(self.ids).filter_map(|((id, _), own)| Some((*id, own?))).collect()
    }

    /// The place of a parameter. Real-time safe. \[any\]
    pub fn index(&self, id: clap_id) -> Option<usize> {
        self.ids.iter().position(|own| *own == Some(id))
    }

    /// The value of the parameter at a place, without a host's modulation. Real-time safe. \[any\]
    pub fn value(&self, index: usize) -> f64 {
        any_knob!(self.all()[index].1, param => {
            f64::from(param.unmodulated_normalized_value()) * param.step_count().unwrap_or(1) as f64
        })
    }

    /// All values by their places. Real-time safe. \[any\]
    pub fn snapshot(&self) -> [f64; PARAMETERS] {
        std::array::from_fn(|index| self.value(index))
    }
}

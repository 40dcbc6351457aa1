//! What the user does in the window, on its way to the host.
//!
//! The framework reports an edit to the host, and expects it back with the next block; only when no audio runs does it
//! set the parameter itself, and then tells the window from whatever thread this happens on (D1). The shell keeps it
//! from that, so somebody else has to set the parameter: this, which stands before the host's handler. It does so while
//! audio runs as well, since some hosts process nothing while a plugin is bypassed.
use super::values::Values;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{IComponentHandler, IComponentHandlerTrait, ParamID, ParamValue};
use nice_plug::wrapper::vst3::vst3::Steinberg::{int32, tresult};
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComWrapper};

/// Stands before the host's handler.
pub(super) struct Edits {
    values: Values,
    host: ComPtr<IComponentHandler>,
}

impl Class for Edits {
    type Interfaces = (IComponentHandler,);
}

impl Edits {
    /// A handler that does what the host's does, and sets the parameter before.
    pub fn before(host: ComPtr<IComponentHandler>, values: Values) -> Option<ComPtr<IComponentHandler>> {
        ComWrapper::new(Self { values, host }).to_com_ptr()
    }
}

impl IComponentHandlerTrait for Edits {
    unsafe fn beginEdit(&self, id: ParamID) -> tresult {
        // SAFETY: this and the following are the very methods that they call, on a handler that is held here.
        unsafe { self.host.beginEdit(id) }
    }
    unsafe fn performEdit(&self, id: ParamID, value: ParamValue) -> tresult {
        self.values.set(id, value);
        // SAFETY: as above.
        unsafe { self.host.performEdit(id, value) }
    }
    unsafe fn endEdit(&self, id: ParamID) -> tresult {
        // SAFETY: as above.
        unsafe { self.host.endEdit(id) }
    }
    unsafe fn restartComponent(&self, flags: int32) -> tresult {
        // SAFETY: as above.
        unsafe { self.host.restartComponent(flags) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::TranseptParams;
    use nice_plug::wrapper::vst3::vst3::Steinberg::kResultOk;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[derive(Default)]
    struct Host {
        edits: Arc<AtomicUsize>,
    }

    impl Class for Host {
        type Interfaces = (IComponentHandler,);
    }

    impl IComponentHandlerTrait for Host {
        unsafe fn beginEdit(&self, _id: ParamID) -> tresult {
            kResultOk
        }
        unsafe fn performEdit(&self, _id: ParamID, _value: ParamValue) -> tresult {
            self.edits.fetch_add(1, Ordering::SeqCst);
            kResultOk
        }
        unsafe fn endEdit(&self, _id: ParamID) -> tresult {
            kResultOk
        }
        unsafe fn restartComponent(&self, _flags: int32) -> tresult {
            kResultOk
        }
    }

    #[test]
    fn an_edit_in_the_window_takes_effect_and_reaches_the_host() {
        let params = Arc::new(TranseptParams::default());
        let host = Host::default();
        let edits = host.edits.clone();
        let host = ComWrapper::new(host).to_com_ptr().expect("a handler");
        let handler = Edits::before(host, Values::new(params.clone())).expect("a handler");
        let bypass = params.all().iter().position(|(id, _)| *id == "bypass").expect("there is one");
        let number = Values::new(params.clone()).number_at(bypass);
        // SAFETY: a call of the interface.
        assert_eq!(unsafe { handler.performEdit(number, 1.0) }, kResultOk);
        assert!(params.bypass.value());
        assert_eq!(edits.load(Ordering::SeqCst), 1);
    }
}

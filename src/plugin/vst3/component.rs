//! The component: life, buses, states.
use super::Shell;
use super::saved::{read_all, result, write_all};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    BusDirection, BusInfo, IComponentTrait, IoMode, MediaType, RoutingInfo,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::{
    FUnknown, IBStream, IPluginBaseTrait, TBool, TUID, int32, kInvalidArgument, tresult,
};

impl IPluginBaseTrait for Shell {
    unsafe fn initialize(&self, context: *mut FUnknown) -> tresult {
        pass!(self, IPluginBaseTrait, initialize(context))
    }
    /// The host's handler is given back: the host may be gone soon.
    unsafe fn terminate(&self) -> tresult {
        #[cfg(feature = "editor")]
        self.requests.set_handler(None);
        pass!(self, IPluginBaseTrait, terminate())
    }
}

impl IComponentTrait for Shell {
    unsafe fn getControllerClassId(&self, class_id: *mut TUID) -> tresult {
        pass!(self, IComponentTrait, getControllerClassId(class_id))
    }
    unsafe fn setIoMode(&self, mode: IoMode) -> tresult {
        pass!(self, IComponentTrait, setIoMode(mode))
    }
    unsafe fn getBusCount(&self, type_: MediaType, dir: BusDirection) -> int32 {
        pass!(self, IComponentTrait, getBusCount(type_, dir))
    }
    unsafe fn getBusInfo(&self, type_: MediaType, dir: BusDirection, index: int32, info: *mut BusInfo) -> tresult {
        pass!(self, IComponentTrait, getBusInfo(type_, dir, index, info))
    }
    unsafe fn getRoutingInfo(&self, in_info: *mut RoutingInfo, out_info: *mut RoutingInfo) -> tresult {
        pass!(self, IComponentTrait, getRoutingInfo(in_info, out_info))
    }
    unsafe fn activateBus(&self, type_: MediaType, dir: BusDirection, index: int32, state: TBool) -> tresult {
        pass!(self, IComponentTrait, activateBus(type_, dir, index, state))
    }
    unsafe fn setActive(&self, state: TBool) -> tresult {
        if state == 0 {
            // Some hosts do not say it apart.
            self.stop_processing();
        }
        pass!(self, IComponentTrait, setActive(state))
    }
    /// Takes the state over without telling the window (D1), whatever thread this is.
    unsafe fn setState(&self, state: *mut IBStream) -> tresult {
        if state.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: the host's stream, for the time of the call.
        result(unsafe { read_all(state) }.is_some_and(|bytes| self.restore(&bytes)))
    }
    /// With the values that the controller was told, even if no block has brought them yet.
    unsafe fn getState(&self, state: *mut IBStream) -> tresult {
        match self.save_as_told() {
            // SAFETY: the host's stream, for the time of the call.
            Some(bytes) => result(unsafe { write_all(state, &bytes) }),
            None => pass!(self, IComponentTrait, getState(state)),
        }
    }
}

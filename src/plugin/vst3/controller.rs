//! The side of the parameters and of the window.
use super::edits::Edits;
use super::saved::result;
#[cfg(feature = "editor")]
use super::view::View;
use super::{Shell, units};
use crate::parameters::PARAMETERS;
use nice_plug::wrapper::vst3::vst3::ComRef;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::ChannelContext::IInfoListenerTrait;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    BusDirection, CString, IAttributeList, IComponentHandler, IEditControllerTrait, IUnitInfoTrait, MediaType, ParamID,
    ParamValue, ParameterInfo, ProgramListID, ProgramListInfo, String128, TChar, UnitID, UnitInfo,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::{
    FIDString, IBStream, IPlugView, int16, int32, kInvalidArgument, kResultOk, tresult,
};
use std::sync::atomic::Ordering;

impl Shell {
    /// Before the instance goes: the host's handler may be gone sooner than the framework's last task. \[main\]
    pub(super) fn forget_host(&self) {
        #[cfg(feature = "editor")]
        self.requests.set_handler(None);
        // SAFETY: null is what the interface gives for "no handler".
        unsafe { IEditControllerTrait::setComponentHandler(&*self.inner, std::ptr::null_mut()) };
    }
}

impl IEditControllerTrait for Shell {
    unsafe fn setComponentState(&self, state: *mut IBStream) -> tresult {
        pass!(self, IEditControllerTrait, setComponentState(state))
    }
    unsafe fn setState(&self, state: *mut IBStream) -> tresult {
        pass!(self, IEditControllerTrait, setState(state))
    }
    unsafe fn getState(&self, state: *mut IBStream) -> tresult {
        pass!(self, IEditControllerTrait, getState(state))
    }
    unsafe fn getParameterCount(&self) -> int32 {
        pass!(self, IEditControllerTrait, getParameterCount())
    }
    /// Refuses the number after the last, on which the framework panics; adds the unit and the mark of a list.
    unsafe fn getParameterInfo(&self, param_index: int32, info: *mut ParameterInfo) -> tresult {
        if !(0..PARAMETERS as int32).contains(&param_index) {
            return kInvalidArgument;
        }
        let done = pass!(self, IEditControllerTrait, getParameterInfo(param_index, info));
        // SAFETY: null or the host's to write to; the framework has written to it if it says so.
        if let Some(info) = unsafe { info.as_mut() }.filter(|_| done == kResultOk) {
            units::complete(self.values.params(), param_index as usize, info);
        }
        done
    }
    unsafe fn getParamStringByValue(&self, id: ParamID, value: ParamValue, string: *mut String128) -> tresult {
        pass!(self, IEditControllerTrait, getParamStringByValue(id, value, string))
    }
    unsafe fn getParamValueByString(&self, id: ParamID, string: *mut TChar, value: *mut ParamValue) -> tresult {
        pass!(self, IEditControllerTrait, getParamValueByString(id, string, value))
    }
    /// On its step for a switch as well, which the framework leaves where it is.
    unsafe fn normalizedParamToPlain(&self, id: ParamID, value: ParamValue) -> ParamValue {
        self.values
            .plain(id, value)
            .unwrap_or_else(|| pass!(self, IEditControllerTrait, normalizedParamToPlain(id, value)))
    }
    unsafe fn plainParamToNormalized(&self, id: ParamID, value: ParamValue) -> ParamValue {
        pass!(self, IEditControllerTrait, plainParamToNormalized(id, value))
    }
    /// The value that the host has told last, whether a block has brought it or not.
    unsafe fn getParamNormalized(&self, id: ParamID) -> ParamValue {
        self.values.value(id).unwrap_or_else(|| pass!(self, IEditControllerTrait, getParamNormalized(id)))
    }
    /// Sets the value without telling the window (D1). While audio runs it is kept and told back, and a block brings it
    /// at its sample.
    unsafe fn setParamNormalized(&self, id: ParamID, value: ParamValue) -> tresult {
        if !self.is_processing.load(Ordering::SeqCst) {
            return result(self.values.set(id, value));
        }
        let is_told = self.values.tell(id, value);
        if !self.is_processing.load(Ordering::SeqCst) {
            // The audio has stopped meanwhile, perhaps before there was anything to settle.
            self.values.settle();
        }
        result(is_told)
    }
    /// The framework gets a handler that stands before the host's ([`Edits`]); menus are asked of the host's own.
    unsafe fn setComponentHandler(&self, handler: *mut IComponentHandler) -> tresult {
        // SAFETY: null or the host's handler, which lives during the call and is held from then on.
        let host = unsafe { ComRef::from_raw(handler) }.map(|handler| handler.to_com_ptr());
        #[cfg(feature = "editor")]
        self.requests.set_handler(host.as_ref());
        let edits = host.and_then(|host| Edits::before(host, self.values.clone()));
        let handler = edits.as_ref().map_or(std::ptr::null_mut(), |edits| edits.as_ptr());
        pass!(self, IEditControllerTrait, setComponentHandler(handler))
    }
    /// The framework's view, behind our own (`view`).
    unsafe fn createView(&self, name: FIDString) -> *mut IPlugView {
        let view = pass!(self, IEditControllerTrait, createView(name));
        #[cfg(feature = "editor")]
        // SAFETY: the framework has just made it for its caller.
        let view = unsafe { View::before(view, self.requests.clone()) };
        view
    }
}

impl IUnitInfoTrait for Shell {
    unsafe fn getUnitCount(&self) -> int32 {
        units::count(self.values.params())
    }
    unsafe fn getUnitInfo(&self, unit_index: int32, info: *mut UnitInfo) -> tresult {
        // SAFETY: null or the host's to write to.
        match (units::info(self.values.params(), unit_index), unsafe { info.as_mut() }) {
            (Some(unit), Some(info)) => {
                *info = unit;
                kResultOk
            }
            _ => kInvalidArgument,
        }
    }
    unsafe fn getProgramListCount(&self) -> int32 {
        pass!(self, IUnitInfoTrait, getProgramListCount())
    }
    unsafe fn getProgramListInfo(&self, list_index: int32, info: *mut ProgramListInfo) -> tresult {
        pass!(self, IUnitInfoTrait, getProgramListInfo(list_index, info))
    }
    unsafe fn getProgramName(&self, list: ProgramListID, index: int32, name: *mut String128) -> tresult {
        pass!(self, IUnitInfoTrait, getProgramName(list, index, name))
    }
    unsafe fn getProgramInfo(
        &self,
        list: ProgramListID,
        index: int32,
        attribute: CString,
        value: *mut String128,
    ) -> tresult {
        pass!(self, IUnitInfoTrait, getProgramInfo(list, index, attribute, value))
    }
    unsafe fn hasProgramPitchNames(&self, list: ProgramListID, index: int32) -> tresult {
        pass!(self, IUnitInfoTrait, hasProgramPitchNames(list, index))
    }
    unsafe fn getProgramPitchName(
        &self,
        list: ProgramListID,
        index: int32,
        pitch: int16,
        name: *mut String128,
    ) -> tresult {
        pass!(self, IUnitInfoTrait, getProgramPitchName(list, index, pitch, name))
    }
    unsafe fn getSelectedUnit(&self) -> UnitID {
        pass!(self, IUnitInfoTrait, getSelectedUnit())
    }
    unsafe fn selectUnit(&self, id: UnitID) -> tresult {
        pass!(self, IUnitInfoTrait, selectUnit(id))
    }
    unsafe fn getUnitByBus(
        &self,
        type_: MediaType,
        dir: BusDirection,
        bus: int32,
        channel: int32,
        unit: *mut UnitID,
    ) -> tresult {
        pass!(self, IUnitInfoTrait, getUnitByBus(type_, dir, bus, channel, unit))
    }
    unsafe fn setUnitProgramData(&self, list_or_unit: int32, program: int32, data: *mut IBStream) -> tresult {
        pass!(self, IUnitInfoTrait, setUnitProgramData(list_or_unit, program, data))
    }
}

impl IInfoListenerTrait for Shell {
    unsafe fn setChannelContextInfos(&self, list: *mut IAttributeList) -> tresult {
        pass!(self, IInfoListenerTrait, setChannelContextInfos(list))
    }
}

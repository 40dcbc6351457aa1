//! What a host finds when it has loaded the module.
use super::{Shell, keeper};
use crate::plugin::Transept;
use nice_plug::wrapper::vst3::PluginInfo;
use nice_plug::wrapper::vst3::vst3::Steinberg::{
    FIDString, FUnknown, IPluginFactory, IPluginFactory2, IPluginFactory2Trait, IPluginFactory3, IPluginFactory3Trait,
    IPluginFactoryTrait, PClassInfo, PClassInfo2, PClassInfoW, PFactoryInfo, TUID, int32, kInvalidArgument,
    kOutOfMemory, kResultOk, tresult,
};
use nice_plug::wrapper::vst3::vst3::{Class, ComWrapper};
use std::ffi::c_void;

/// Makes instances, of one class.
struct Factory {
    info: PluginInfo,
}

impl Class for Factory {
    type Interfaces = (IPluginFactory, IPluginFactory2, IPluginFactory3);
}

/// Writes through a pointer of the host's.
///
/// # Safety
/// `place` is null or the host's to write to.
unsafe fn give<T>(place: *mut T, value: impl FnOnce() -> T) -> tresult {
    if place.is_null() {
        return kInvalidArgument;
    }
    // SAFETY: not null, and the host's, says the caller. There is nothing there yet that would have to be dropped.
    unsafe { place.write(value()) };
    kResultOk
}

/// The only class has number 0.
fn numbered(index: int32, give: impl FnOnce() -> tresult) -> tresult {
    if index == 0 { give() } else { kInvalidArgument }
}

impl IPluginFactoryTrait for Factory {
    unsafe fn getFactoryInfo(&self, info: *mut PFactoryInfo) -> tresult {
        // SAFETY: the interface says so.
        unsafe { give(info, || self.info.create_factory_info()) }
    }
    unsafe fn countClasses(&self) -> int32 {
        1
    }
    unsafe fn getClassInfo(&self, index: int32, info: *mut PClassInfo) -> tresult {
        // SAFETY: the interface says so.
        numbered(index, || unsafe { give(info, || self.info.create_class_info()) })
    }
    unsafe fn createInstance(&self, cid: FIDString, iid: FIDString, obj: *mut *mut c_void) -> tresult {
        if cid.is_null() || iid.is_null() || obj.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: not null; a class id has 16 bytes.
        if unsafe { *cid.cast::<[u8; 16]>() } != *self.info.cid {
            return kInvalidArgument;
        }
        let Some(shell) = Shell::new() else { return kOutOfMemory };
        let shell = ComWrapper::new(shell);
        let Some(unknown) = shell.as_com_ref::<FUnknown>() else { return kInvalidArgument };
        let pointer = unknown.as_ptr();
        // SAFETY: the pointer is to an object that lives; the host's pointers are not null. The host holds the object
        // from then on, and if it asked for an interface that there is not, the object goes at the end of this
        // function.
        unsafe { ((*(*pointer).vtbl).queryInterface)(pointer, iid.cast::<TUID>(), obj) }
    }
}

impl IPluginFactory2Trait for Factory {
    unsafe fn getClassInfo2(&self, index: int32, info: *mut PClassInfo2) -> tresult {
        // SAFETY: the interface says so.
        numbered(index, || unsafe { give(info, || self.info.create_class_info_2()) })
    }
}

impl IPluginFactory3Trait for Factory {
    unsafe fn getClassInfoUnicode(&self, index: int32, info: *mut PClassInfoW) -> tresult {
        // SAFETY: the interface says so.
        numbered(index, || unsafe { give(info, || self.info.create_class_info_unicode()) })
    }
    unsafe fn setHostContext(&self, _context: *mut FUnknown) -> tresult {
        kResultOk
    }
}

/// The factory, which the host then holds; null if there is no memory.
#[unsafe(no_mangle)]
pub extern "system" fn GetPluginFactory() -> *mut c_void {
    let factory = ComWrapper::new(Factory { info: PluginInfo::for_plugin::<Transept>() });
    factory.to_com_ptr::<IPluginFactory>().map_or(std::ptr::null_mut(), |factory| factory.into_raw().cast())
}

/// The module was loaded.
fn enter() -> bool {
    nice_plug::wrapper::setup_logger::<Transept>();
    true
}

/// The module is about to be unloaded.
fn leave() -> bool {
    keeper::shut_down();
    true
}

/// Called after loading, with the module's handle.
#[cfg(all(target_family = "unix", not(target_os = "macos")))]
#[unsafe(no_mangle)]
pub extern "C" fn ModuleEntry(_module: *mut c_void) -> bool {
    enter()
}

/// Called before unloading.
#[cfg(all(target_family = "unix", not(target_os = "macos")))]
#[unsafe(no_mangle)]
pub extern "C" fn ModuleExit() -> bool {
    leave()
}

/// Called after loading, with the bundle's handle.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "C" fn bundleEntry(_bundle: *mut c_void) -> bool {
    enter()
}

/// Called before unloading.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "C" fn bundleExit() -> bool {
    leave()
}

/// Called after loading.
#[cfg(target_os = "windows")]
#[unsafe(no_mangle)]
pub extern "system" fn InitDll() -> bool {
    enter()
}

/// Called before unloading.
#[cfg(target_os = "windows")]
#[unsafe(no_mangle)]
pub extern "system" fn ExitDll() -> bool {
    leave()
}

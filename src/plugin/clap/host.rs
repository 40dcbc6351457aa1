//! What the shell asks the host for.
#[cfg(feature = "editor")]
use clap_sys::ext::context_menu::{
    CLAP_CONTEXT_MENU_TARGET_KIND_PARAM, CLAP_EXT_CONTEXT_MENU, CLAP_EXT_CONTEXT_MENU_COMPAT, clap_context_menu_target,
    clap_host_context_menu,
};
#[cfg(feature = "editor")]
use clap_sys::ext::gui::{CLAP_EXT_GUI, clap_host_gui};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, CLAP_PARAM_RESCAN_VALUES, clap_host_params};
use clap_sys::host::clap_host;
#[cfg(feature = "editor")]
use clap_sys::id::clap_id;
use std::ffi::CStr;
use std::sync::OnceLock;

/// The host of an instance.
pub(super) struct Host {
    host: *const clap_host,
    sides: OnceLock<Sides>,
}

/// The host's sides of extensions, those that it has.
struct Sides {
    params: Option<*const clap_host_params>,
    #[cfg(feature = "editor")]
    gui: Option<*const clap_host_gui>,
    #[cfg(feature = "editor")]
    menu: Option<*const clap_host_context_menu>,
}

// SAFETY: the pointers are to tables of functions that never change, and each method says on which threads CLAP lets
// its function be called.
unsafe impl Send for Host {}
// SAFETY: likewise.
unsafe impl Sync for Host {}

impl Host {
    /// # Safety
    /// `host` is a host that outlives this.
    pub unsafe fn new(host: *const clap_host) -> Self {
        Self { host, sides: OnceLock::new() }
    }

    /// Asks for the host's extensions, which CLAP forbids before an instance is initialised. \[main\]
    pub fn meet(&self) {
        self.sides.get_or_init(|| Sides {
            params: self.side(CLAP_EXT_PARAMS),
            #[cfg(feature = "editor")]
            gui: self.side(CLAP_EXT_GUI),
            #[cfg(feature = "editor")]
            menu: self.side(CLAP_EXT_CONTEXT_MENU).or_else(|| self.side(CLAP_EXT_CONTEXT_MENU_COMPAT)),
        });
    }

    /// The host's side of an extension. `T` must be the type of that side.
    fn side<T>(&self, id: &CStr) -> Option<*const T> {
        // SAFETY: `new` was given a host that outlives this.
        let get = unsafe { (*self.host).get_extension }?;
        // SAFETY: the host's function, with the host and a text that ends.
        let side = unsafe { get(self.host, id.as_ptr()) };
        (!side.is_null()).then_some(side.cast())
    }

    /// Asks the host to call `on_main_thread`. \[any\]
    pub fn request_callback(&self) {
        // SAFETY: a function of the host's, with the host, which outlives this.
        unsafe {
            if let Some(request) = (*self.host).request_callback {
                request(self.host);
            }
        }
    }

    /// Asks the host to read all values of parameters. \[main\]
    pub fn rescan_values(&self) {
        let Some(params) = self.sides.get().and_then(|sides| sides.params) else { return };
        // SAFETY: a function of the host's side of an extension, which lives as long as the host.
        unsafe {
            if let Some(rescan) = (*params).rescan {
                rescan(self.host, CLAP_PARAM_RESCAN_VALUES);
            }
        }
    }
}

/// What concerns windows.
#[cfg(feature = "editor")]
impl Host {
    /// True if the host has a side of windows.
    pub fn has_windows(&self) -> bool {
        self.sides.get().is_some_and(|sides| sides.gui.is_some())
    }

    /// True if the host has a side of menus.
    pub fn has_menus(&self) -> bool {
        self.sides.get().is_some_and(|sides| sides.menu.is_some())
    }

    /// Has the host open its menu of a parameter, at a place in pixels from the window's top left corner. False if it
    /// does not. \[main\]
    pub fn open_menu(&self, parameter: clap_id, [x, y]: [i32; 2]) -> bool {
        let Some(menu) = self.sides.get().and_then(|sides| sides.menu) else { return false };
        let target = clap_context_menu_target { kind: CLAP_CONTEXT_MENU_TARGET_KIND_PARAM, id: parameter };
        // SAFETY: functions of the host's side of an extension, which lives as long as the host.
        unsafe {
            let (Some(can_popup), Some(popup)) = ((*menu).can_popup, (*menu).popup) else { return false };
            // The screen counts for floating windows alone.
            can_popup(self.host) && popup(self.host, &target, 0, x, y)
        }
    }
}

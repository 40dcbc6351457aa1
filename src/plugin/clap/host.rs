//! What the shell asks the host for.
use clap_sys::ext::gui::{CLAP_EXT_GUI, clap_host_gui};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, CLAP_PARAM_RESCAN_VALUES, clap_host_params};
use clap_sys::host::clap_host;
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
    gui: Option<*const clap_host_gui>,
}

impl Host {
    /// # Safety
    /// `host` is a host that outlives this.
    pub unsafe fn new(host: *const clap_host) -> Self {
        Self { host, sides: OnceLock::new() }
    }

    /// Asks for the host's extensions, which CLAP forbids before an instance is initialised. \[main\]
    pub fn meet(&self) {
        self.sides.get_or_init(|| Sides { params: self.side(CLAP_EXT_PARAMS), gui: self.side(CLAP_EXT_GUI) });
    }

    /// The host's side of an extension, of whose type `T` must be.
    fn side<T>(&self, id: &CStr) -> Option<*const T> {
        // SAFETY: `new` was given a host that outlives this.
        let get = unsafe { (*self.host).get_extension }?;
        // SAFETY: the host's function, with the host and a text that ends.
        let side = unsafe { get(self.host, id.as_ptr()) };
        (!side.is_null()).then_some(side.cast())
    }

    /// True if the host has a side of windows.
    pub fn has_windows(&self) -> bool {
        self.sides.get().is_some_and(|sides| sides.gui.is_some())
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

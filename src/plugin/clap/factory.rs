//! What a host finds when it has loaded the module.
use super::Shell;
use crate::plugin::Transept;
use clap_sys::entry::clap_plugin_entry;
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
use clap_sys::version::CLAP_VERSION;
use nice_plug::wrapper::clap::PluginDescriptor;
use std::ffi::{CStr, c_char, c_void};
use std::ptr::null;
use std::sync::OnceLock;

/// The entry, which a host looks for by this name.
#[unsafe(no_mangle)]
#[used]
#[allow(non_upper_case_globals)] // CLAP's name
pub static clap_entry: clap_plugin_entry = clap_plugin_entry {
    clap_version: CLAP_VERSION,
    init: Some(enter),
    deinit: Some(leave),
    get_factory: Some(factory),
};

/// Makes instances, of one plugin.
static FACTORY: clap_plugin_factory = clap_plugin_factory {
    get_plugin_count: Some(count),
    get_plugin_descriptor: Some(descriptor),
    create_plugin: Some(create),
};

/// What the framework says of the plugin.
fn described() -> &'static PluginDescriptor {
    static DESCRIBED: OnceLock<PluginDescriptor> = OnceLock::new();
    DESCRIBED.get_or_init(PluginDescriptor::for_plugin::<Transept>)
}

/// The module was loaded.
extern "C" fn enter(_path: *const c_char) -> bool {
    nice_plug::wrapper::setup_logger::<Transept>();
    true
}

/// The module is about to be unloaded.
extern "C" fn leave() {}

unsafe extern "C" fn factory(id: *const c_char) -> *const c_void {
    // SAFETY: CLAP gives a text that ends.
    let is_known = !id.is_null() && unsafe { CStr::from_ptr(id) } == CLAP_PLUGIN_FACTORY_ID;
    if is_known { (&raw const FACTORY).cast() } else { null() }
}

unsafe extern "C" fn count(_factory: *const clap_plugin_factory) -> u32 {
    1
}

unsafe extern "C" fn descriptor(_factory: *const clap_plugin_factory, index: u32) -> *const clap_plugin_descriptor {
    if index == 0 { described().clap_plugin_descriptor() } else { null() }
}

/// An instance, which the host destroys; null for a plugin that is not here.
unsafe extern "C" fn create(
    _factory: *const clap_plugin_factory,
    host: *const clap_host,
    id: *const c_char,
) -> *const clap_plugin {
    // SAFETY: CLAP gives a text that ends.
    if host.is_null() || id.is_null() || unsafe { CStr::from_ptr(id) } != described().clap_id() {
        return null();
    }
    // SAFETY: CLAP gives a host that outlives the instance.
    unsafe { Shell::new(host) }.map_or(null(), |shell| Box::into_raw(shell).cast_const().cast())
}

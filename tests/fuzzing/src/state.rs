//! States, opened and saved by an instance in a CLAP host.
#![allow(unsafe_code)] // loading an entry is a promise that it keeps to CLAP

use clack_extensions::state::PluginState;
use clack_host::prelude::*;
use transept::session::host_state;

struct Host;

/// Does nothing of what it is asked for.
struct Deaf;

impl SharedHandler<'_> for Deaf {
    fn request_restart(&self) {}
    fn request_process(&self) {}
    fn request_callback(&self) {}
}

impl HostHandlers for Host {
    type Shared<'a> = Deaf;
    type MainThread<'a> = ();
    type AudioProcessor<'a> = ();
}

fn instance() -> PluginInstance<Host> {
    // SAFETY: the entry is our own, and keeps to CLAP.
    let entry = unsafe { PluginEntry::load_from_raw(&transept::plugin::clap::factory::clap_entry, c"/transept.clap") };
    let info = HostInfo::new("fuzzing", "Transept", "", "1").expect("names");
    PluginInstance::new(|_| Deaf, |_| (), &entry.expect("an entry"), c"org.transept.transept", &info)
        .expect("an instance")
}

/// Opens a state of CLAP's, which begins with the length of what follows. `false` if it was refused.
fn load(instance: &mut PluginInstance<Host>, mut state: &[u8]) -> bool {
    let handle = instance.plugin_handle();
    handle.get_extension::<PluginState>().expect("the extension").load(&handle, &mut state).is_ok()
}

fn save(instance: &mut PluginInstance<Host>) -> Vec<u8> {
    let (handle, mut bytes) = (instance.plugin_handle(), Vec::new());
    handle.get_extension::<PluginState>().expect("the extension").save(&handle, &mut bytes).expect("a state");
    bytes
}

/// A state as the framework saves it, packed or not. What an instance saves after it, another one opens and saves
/// alike; and what is read of it as a preset can be written.
pub fn state(bytes: &[u8]) {
    if let Ok(read) = host_state::read(bytes) {
        read.preset.text(&read.known()).expect("written");
    }
    let mut first = instance();
    load(&mut first, &[&(bytes.len() as u64).to_le_bytes(), bytes].concat());
    let saved = save(&mut first);
    let mut second = instance();
    assert!(load(&mut second, &saved), "what was saved opens");
    assert!(save(&mut second) == saved, "what was opened is saved alike");
}

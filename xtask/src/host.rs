//! A small CLAP host: enough to play sound through the built bundle as a DAW's bounce would.

use std::ffi::{CStr, CString};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, anyhow};
use clack_extensions::audio_ports_config::{AudioPortsConfigBuffer, PluginAudioPortsConfig};
use clack_extensions::gui::HostGui;
use clack_extensions::latency::PluginLatency;
use clack_extensions::params::{ParamInfoBuffer, PluginParams};
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::state::PluginState;
use clack_host::events::event_types::ParamValueEvent;
use clack_host::extensions::{Extension, PluginExtensionSide};
use clack_host::prelude::*;

pub use playing::{Played, Playing, Point, Take, Told};

mod editor;
mod playing;

/// Our id in the CLAP's factory.
pub const PLUGIN: &CStr = c"org.transept.transept";

/// What a plugin may ask of this host, from any thread: to be called on the main one. The rest needs no answer.
#[derive(Default)]
struct Requests {
    callback: AtomicBool,
}

impl SharedHandler<'_> for Requests {
    fn request_restart(&self) {}
    fn request_process(&self) {}
    fn request_callback(&self) {
        self.callback.store(true, Ordering::SeqCst);
    }
}

/// The host's side of the plugin, as clack wants it named.
struct Host;

impl HostHandlers for Host {
    type Shared<'a> = Requests;
    type MainThread<'a> = ();
    type AudioProcessor<'a> = ();

    /// A plugin's editor needs the host's side of it.
    fn declare_extensions(builder: &mut HostExtensions<Self>, _shared: &Requests) {
        builder.register::<HostGui>();
    }
}

/// A CLAP file, loaded.
#[derive(Clone)]
pub struct Clap(PluginEntry);

impl Clap {
    /// Loads the bundle at `path`.
    pub fn load(path: &Path) -> Result<Self> {
        #[expect(unsafe_code, reason = "loading a library runs its code")]
        // SAFETY: the file is the bundle that we built a moment ago, and nothing here unloads it while it is used.
        let entry = unsafe { PluginEntry::load(path) };
        entry.map(Self).map_err(|error| anyhow!("{} does not load as a CLAP: {error}", path.display()))
    }

    /// The features of our plugin, as its factory tells them.
    pub fn features(&self) -> Result<Vec<String>> {
        let factory = self.0.get_plugin_factory().context("the CLAP has no plugin factory")?;
        let mut descriptors = factory.plugin_descriptors();
        let ours = descriptors.find(|descriptor| descriptor.id() == Some(PLUGIN)).context("our plugin is not in it")?;
        Ok(ours.features().map(|feature| feature.to_string_lossy().into_owned()).collect())
    }

    /// A new instance of our plugin.
    pub fn instance(&self) -> Result<Guest> {
        let host = HostInfo::new("Transept's tests", "Transept", "https://transept.invalid", "1")?;
        let instance = PluginInstance::<Host>::new(|()| Requests::default(), |_| (), &self.0, PLUGIN, &host)
            .map_err(|error| anyhow!("the CLAP makes no instance: {error}"))?;
        Ok(Guest { instance })
    }
}

/// One instance of the plugin.
pub struct Guest {
    instance: PluginInstance<Host>,
}

impl Guest {
    fn extension<E: Extension<ExtensionSide = PluginExtensionSide>>(&self, name: &str) -> Result<E> {
        self.instance.plugin_shared_handle().get_extension().with_context(|| format!("the CLAP has no {name}"))
    }

    /// The parameter that the plugin's source calls `name`: dry, wet, output, predelay, low_cut, high_cut, width,
    /// bypass, level. A name that does not exist is an error.
    pub fn parameter(&mut self, name: &str) -> Result<ClapId> {
        let parameters: PluginParams = self.extension("parameters")?;
        let handle = self.instance.plugin_handle();
        let mut buffer = ParamInfoBuffer::new();
        let mut ids = (0..parameters.count(&handle))
            .filter_map(|index| Some(parameters.get_info(&handle, index, &mut buffer)?.id));
        ids.find(|id| id.get() == number(name)).with_context(|| format!("the CLAP has no parameter `{name}`"))
    }

    /// The value of a parameter now, as the plugin writes it.
    pub fn text(&mut self, name: &str) -> Result<String> {
        let id = self.parameter(name)?;
        let parameters: PluginParams = self.extension("parameters")?;
        let handle = self.instance.plugin_handle();
        let value = parameters.get_value(&handle, id).with_context(|| format!("`{name}` has no value"))?;
        let mut buffer = [0; 128];
        let text = parameters.value_to_text(&handle, id, value, &mut buffer)?;
        Ok(String::from_utf8_lossy(text).trim_end_matches('\0').to_owned())
    }

    /// The value by which automation reaches what a user types, such as `-6 dB` or `off`.
    pub fn value(&mut self, name: &str, text: &str) -> Result<f64> {
        let id = self.parameter(name)?;
        let parameters: PluginParams = self.extension("parameters")?;
        parameters
            .text_to_value(&self.instance.plugin_handle(), id, &CString::new(text)?)
            .with_context(|| format!("`{name}` does not understand `{text}`"))
    }

    /// Sets a parameter as a host does while nothing plays.
    pub fn set(&mut self, name: &str, text: &str) -> Result<()> {
        let (id, value) = (self.parameter(name)?, self.value(name, text)?);
        let parameters: PluginParams = self.extension("parameters")?;
        let mut handle = self.instance.inactive_plugin_handle().context("the CLAP is playing")?;
        let event = [ParamValueEvent::new(0, id, Pckn::match_all(), value)];
        parameters.flush(&mut handle, &InputEvents::from_buffer(&event), &mut OutputEvents::void());
        Ok(())
    }

    /// What a session would save.
    pub fn save(&mut self) -> Result<Vec<u8>> {
        let state: PluginState = self.extension("state")?;
        let mut bytes = Vec::new();
        state.save(&self.instance.plugin_handle(), &mut bytes).map_err(|error| anyhow!("no state: {error}"))?;
        Ok(bytes)
    }

    /// What a session would load.
    pub fn load(&mut self, bytes: &[u8]) -> Result<()> {
        let state: PluginState = self.extension("state")?;
        let mut reader = bytes;
        state.load(&self.instance.plugin_handle(), &mut reader).map_err(|error| anyhow!("state refused: {error}"))
    }

    /// Tells the plugin that what follows is a bounce, or that it is live.
    pub fn offline(&mut self, offline: bool) -> Result<()> {
        let render: PluginRender = self.extension("render modes")?;
        let mode = if offline { RenderMode::Offline } else { RenderMode::Realtime };
        render.set(&self.instance.plugin_handle(), mode).map_err(|error| anyhow!("{mode:?} refused: {error}"))
    }

    /// Chooses the layout with these channel counts.
    pub fn layout(&mut self, inputs: u32, outputs: u32) -> Result<()> {
        let layouts: PluginAudioPortsConfig = self.extension("layouts")?;
        let handle = self.instance.inactive_plugin_handle().context("the CLAP is playing")?;
        let mut buffer = AudioPortsConfigBuffer::new();
        for index in 0..layouts.count(&handle) {
            let Some(layout) = layouts.get(&handle, index, &mut buffer) else { continue };
            let channels = |port: Option<clack_extensions::audio_ports_config::MainPortInfo>| {
                port.map_or(0, |port| port.channel_count)
            };
            if (channels(layout.main_input), channels(layout.main_output)) == (inputs, outputs) {
                let id = layout.id;
                return layouts.select(&handle, id).map_err(|error| anyhow!("layout refused: {error}"));
            }
        }
        Err(anyhow!("the CLAP has no layout {inputs} → {outputs}"))
    }

    /// Calls the plugin on this thread, the main one, if it has asked for that.
    pub fn serve(&mut self) {
        if self.instance.access_shared_handler(|requests| requests.callback.swap(false, Ordering::SeqCst)) {
            self.instance.call_on_main_thread_callback();
        }
    }

    /// Samples that the plugin says it delays everything by.
    pub fn latency(&mut self) -> Result<u32> {
        let latency: PluginLatency = self.extension("latency")?;
        Ok(latency.get(&self.instance.plugin_handle()))
    }
}

/// The number by which the plugin's framework names a parameter to hosts: Java's string hash, without the top bit.
fn number(name: &str) -> u32 {
    let hash = name.bytes().fold(0u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    hash & 0x7fff_ffff
}

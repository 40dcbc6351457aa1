//! A small CLAP host: one instance on the calling thread.
use crate::promises::{Change, Instance, number};
use clack_extensions::audio_ports_config::{AudioPortsConfigBuffer, PluginAudioPortsConfig};
use clack_extensions::latency::PluginLatency;
use clack_extensions::params::{ParamInfoBuffer, PluginParams};
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::state::PluginState;
use clack_extensions::tail::PluginTail;
use clack_host::events::event_types::{ParamValueEvent, TransportEvent, TransportFlags};
use clack_host::events::io::EventBuffer;
use clack_host::events::{EventFlags, EventHeader};
use clack_host::extensions::{Extension, PluginExtensionSide};
use clack_host::prelude::*;
use clack_host::utils::{BeatTime, ClapId, SecondsTime};
use std::ffi::CString;

pub struct Host;
pub struct Quiet;

impl SharedHandler<'_> for Quiet {
    fn request_restart(&self) {}
    fn request_process(&self) {}
    fn request_callback(&self) {}
}

impl HostHandlers for Host {
    type Shared<'a> = Quiet;
    type MainThread<'a> = ();
    type AudioProcessor<'a> = ();
}

/// An instance, and what a host holds of it.
pub struct Clap {
    plugin: PluginInstance<Host>,
    processor: Option<StartedPluginAudioProcessor<Host>>,
    outputs: usize,
    transport: Option<TransportEvent>,
    /// Said at any time, whatever the activations are for.
    says_offline: bool,
}

pub fn entry() -> PluginEntry {
    // SAFETY: the entry is our own, and keeps to CLAP.
    unsafe { PluginEntry::load_from_raw(&transept::plugin::clap::factory::clap_entry, c"/transept.clap") }
        .expect("an entry")
}

impl Clap {
    fn extension<E: Extension<ExtensionSide = PluginExtensionSide>>(&mut self) -> E {
        self.plugin.plugin_handle().get_extension().expect("the extension")
    }

    fn set_mode(&mut self, offline: bool) {
        let render: PluginRender = self.extension();
        let mode = if offline { RenderMode::Offline } else { RenderMode::Realtime };
        render.set(&self.plugin.plugin_handle(), mode).expect("a mode");
    }

    /// A state as CLAP has it: the framework puts the length before what it saves for VST3.
    pub fn load_raw(&mut self, mut state: &[u8]) -> bool {
        self.extension::<PluginState>().load(&self.plugin.plugin_handle(), &mut state).is_ok()
    }
}

impl Instance for Clap {
    fn new() -> Self {
        let info = HostInfo::new("tests", "Transept", "", "1").expect("names");
        let plugin = PluginInstance::new(|_| Quiet, |_| (), &entry(), c"org.transept.transept", &info);
        Self { plugin: plugin.expect("an instance"), processor: None, outputs: 2, transport: None, says_offline: false }
    }

    fn arrange(&mut self, inputs: usize, outputs: usize) -> bool {
        self.outputs = outputs;
        let configs: PluginAudioPortsConfig = self.extension();
        let handle = self.plugin.plugin_handle();
        let mut buffer = AudioPortsConfigBuffer::new();
        for index in 0..configs.count(&handle) {
            let config = configs.get(&handle, index, &mut buffer).expect("a configuration");
            let channels = |port: Option<clack_extensions::audio_ports_config::MainPortInfo>| {
                port.map_or(0, |port| port.channel_count as usize)
            };
            if (channels(config.main_input), channels(config.main_output)) == (inputs, outputs) {
                let id = config.id;
                return configs.select(&handle, id).is_ok();
            }
        }
        false
    }

    fn activate(&mut self, sample_rate: u32, largest_block: usize, offline: bool) {
        self.set_mode(offline || self.says_offline);
        let configuration = PluginAudioConfiguration {
            sample_rate: f64::from(sample_rate),
            min_frames_count: 1,
            max_frames_count: largest_block as u32,
        };
        let stopped = self.plugin.activate(|_, _| (), configuration).expect("activated");
        self.processor = Some(stopped.start_processing().expect("started"));
    }

    fn deactivate(&mut self) {
        let processor = self.processor.take().expect("active").stop_processing();
        self.plugin.deactivate(processor);
    }

    fn say_offline(&mut self, offline: bool) {
        self.says_offline = offline;
        self.set_mode(offline);
    }

    fn reset(&mut self) {
        let stopped = self.processor.take().expect("active").stop_processing();
        self.processor = Some(stopped.start_processing().expect("started"));
    }

    fn process(&mut self, input: &[Vec<f32>], changes: &[Change]) -> Vec<Vec<f32>> {
        let mut input = input.to_vec();
        // Nothing that lies there may be taken for input.
        let mut output = vec![vec![0.777; input[0].len()]; self.outputs];
        let mut changes = changes.to_vec();
        changes.sort_by_key(|change| change.1);
        let events: Vec<ParamValueEvent> = changes
            .iter()
            .map(|(id, frame, value)| ParamValueEvent::new(*frame as u32, clap_id(id), Pckn::match_all(), *value))
            .collect();
        let mut buffer = EventBuffer::with_capacity(events.len());
        events.iter().for_each(|event| buffer.push(event));
        let (mut inputs, mut outputs) = (AudioPorts::with_capacity(2, 1), AudioPorts::with_capacity(2, 1));
        let inputs = inputs.with_input_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_input_only(input.iter_mut().map(InputChannel::variable)),
        }]);
        let mut outputs = outputs.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(output.iter_mut().map(Vec::as_mut_slice)),
        }]);
        let processor = self.processor.as_mut().expect("active");
        let (events, transport) = (InputEvents::from_buffer(&buffer), self.transport.as_ref());
        processor
            .process(&inputs, &mut outputs, &events, &mut OutputEvents::void(), None, transport)
            .expect("processed");
        output
    }

    fn save(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.extension::<PluginState>().save(&self.plugin.plugin_handle(), &mut bytes).expect("a state");
        let state = bytes.split_off(8);
        assert_eq!(bytes, (state.len() as u64).to_le_bytes());
        state
    }

    fn load(&mut self, state: &[u8]) -> bool {
        self.load_raw(&[&(state.len() as u64).to_le_bytes(), state].concat())
    }

    fn value(&mut self, id: &str) -> f64 {
        self.extension::<PluginParams>().get_value(&self.plugin.plugin_handle(), clap_id(id)).expect("a value")
    }

    fn largest(&mut self, id: &str) -> f64 {
        let (params, mut buffer): (PluginParams, _) = (self.extension(), ParamInfoBuffer::new());
        let handle = self.plugin.plugin_handle();
        (0..params.count(&handle))
            .find_map(|at| {
                params
                    .get_info(&handle, at, &mut buffer)
                    .filter(|info| info.id == clap_id(id))
                    .map(|info| info.max_value)
            })
            .expect("a parameter")
    }

    fn show(&mut self, id: &str, value: f64) -> String {
        let mut buffer = [0; 64];
        let params: PluginParams = self.extension();
        let text = params.value_to_text(&self.plugin.plugin_handle(), clap_id(id), value, &mut buffer);
        String::from_utf8_lossy(text.expect("a text")).into_owned()
    }

    fn read(&mut self, id: &str, text: &str) -> Option<f64> {
        let text = CString::new(text).expect("no zero");
        self.extension::<PluginParams>().text_to_value(&self.plugin.plugin_handle(), clap_id(id), &text)
    }

    fn latency(&mut self) -> u32 {
        self.extension::<PluginLatency>().get(&self.plugin.plugin_handle())
    }

    fn tail(&mut self) -> u32 {
        let tail: PluginTail = self.extension();
        tail.get(&self.processor.as_mut().expect("active").plugin_handle()).to_raw()
    }

    fn set_tempo(&mut self, tempo: Option<f64>) {
        self.transport = tempo.map(|tempo| TransportEvent {
            header: EventHeader::new_core(0, EventFlags::empty()),
            flags: TransportFlags::HAS_TEMPO | TransportFlags::IS_PLAYING,
            song_pos_beats: BeatTime::from_int(0),
            song_pos_seconds: SecondsTime::from_int(0),
            tempo,
            tempo_inc: 0.0,
            loop_start_beats: BeatTime::from_int(0),
            loop_end_beats: BeatTime::from_int(0),
            loop_start_seconds: SecondsTime::from_int(0),
            loop_end_seconds: SecondsTime::from_int(0),
            bar_start: BeatTime::from_int(0),
            bar_number: 0,
            time_signature_numerator: 4,
            time_signature_denominator: 4,
        });
    }
}

impl Drop for Clap {
    fn drop(&mut self) {
        if self.processor.is_some() {
            self.deactivate();
        }
    }
}

fn clap_id(id: &str) -> ClapId {
    ClapId::from_raw(number(id)).expect("an id")
}

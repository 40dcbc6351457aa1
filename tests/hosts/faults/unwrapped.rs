//! An instance without a host's format around it, played through the framework's trait. So a test can do what the
//! window does: choose an impulse, and see what the worker says.
use crate::promises::state::FOR_EVER;
use nice_plug::context::process::SendEventError;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use transept::chain::Format;
use transept::impulse::recipe::Recipe;
use transept::plugin::{Task, Transept};
use transept::prepare::worker::State;

/// What a session holds beside parameters.
pub type Session = BTreeMap<String, String>;

pub struct Unwrapped {
    pub plugin: Transept,
    params: Arc<dyn Params>,
}

/// A host that does nothing of what it is asked for.
struct Deaf(Transport);

impl ActivateContext<Transept> for Deaf {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }
    fn execute(&self, _task: Task) {}
    fn set_latency_samples(&self, _samples: u32) {}
    fn set_current_voice_capacity(&self, _capacity: u32) {}
}

impl ProcessContext<Transept> for Deaf {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }
    fn execute_background(&self, _task: Task) {}
    fn execute_gui(&self, _task: Task) {}
    fn transport(&self) -> &Transport {
        &self.0
    }
    fn next_event(&mut self) -> Option<PluginNoteEvent<Transept>> {
        None
    }
    fn try_send_event(
        &mut self,
        event: PluginNoteEvent<Transept>,
    ) -> Result<(), (PluginNoteEvent<Transept>, SendEventError)> {
        Err((event, SendEventError::NoOutputBuffer))
    }
    fn set_latency_samples(&self, _samples: u32) {}
    fn request_restart(&self) {}
    fn set_current_voice_capacity(&self, _capacity: u32) {}
}

impl Unwrapped {
    /// An instance that opens a session, with all parameters at their defaults but that which says where the impulse
    /// is.
    pub fn open(session: &Session) -> Self {
        let plugin = Transept::default();
        let params = plugin.params();
        let mut state = PluginState { version: String::new(), params: BTreeMap::new(), fields: session.clone() };
        Transept::filter_state(&mut state);
        let Some(ParamValue::I32(slot)) = state.params.get("impulse") else { panic!("it says where") };
        let (_, pointer, _) = params.param_map().into_iter().find(|(id, ..)| id == "impulse").expect("there is one");
        // SAFETY: the parameter lives as long as `params`. Unsafe only because the framework wants to be the one to do
        // it.
        unsafe { pointer._internal_set_normalized_value(*slot as f32 / 127.0) };
        params.deserialize_fields(&state.fields);
        Self { plugin, params }
    }

    /// Live. What is wanted is there before the first block, however long it takes.
    pub fn activate(&mut self, format: Format) {
        let layout = transept::plugin::layouts::LAYOUTS.iter().find(|layout| {
            let channels = |count: Option<NonZeroU32>| count.map_or(0, |count| count.get() as usize);
            (channels(layout.main_input_channels), channels(layout.main_output_channels))
                == (format.inputs(), format.outputs())
        });
        for process_mode in [ProcessMode::Offline, ProcessMode::Realtime] {
            let config = BufferConfig {
                sample_rate: format.sample_rate as f32,
                min_buffer_size: None,
                max_buffer_size: 512,
                process_mode,
            };
            let mut host = Deaf(Transport::new(config.sample_rate));
            assert!(self.plugin.activate(layout.expect("a layout of the plugin's"), &config, &mut host));
        }
    }

    /// One block, in place.
    pub fn process(&mut self, io: &mut [Vec<f32>]) {
        let (frames, mut buffer) = (io[0].len(), Buffer::default());
        // SAFETY: the slices live longer than the buffer and are of one length.
        unsafe { buffer.set_slices(frames, |slices| *slices = io.iter_mut().map(Vec::as_mut_slice).collect()) };
        let mut none = AuxiliaryBuffers { inputs: &mut [], outputs: &mut [] };
        let mut host = Deaf(Transport::new(48_000.0));
        let status = self.plugin.process(&mut buffer, &mut none, &mut host);
        assert!(!matches!(status, ProcessStatus::Error(_)), "{status:?}");
    }

    /// As the window does it.
    pub fn choose(&self, recipe: Recipe) {
        self.plugin.session().choose(recipe);
        self.plugin.worker().nudge();
    }

    /// What the worker says of what is wanted, once it is done with it and the recipe has heard of it.
    pub fn says(&self) -> State {
        for _ in 0..2 {
            assert!(self.plugin.worker().settle(FOR_EVER), "hung");
        }
        self.plugin.worker().status().state.clone()
    }

    pub fn saved(&self) -> Session {
        self.params.serialize_fields()
    }
}

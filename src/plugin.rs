//! The plugin: glue between a host's framework and the chain.
//!
//! One instance is this struct on the framework's side, the parameters that everybody shares, and a worker thread. The
//! audio thread owns the chain and one end of the exchange; it reads the parameters once per block, and tells nobody
//! anything (H1 to H9 in the crate's documentation).

pub mod clap;
pub mod layouts;
mod link;
mod loaded;
pub mod mode;
pub mod standalone;
pub mod vst3;

use crate::chain::{Chain, Controls, Format, Meters};
use crate::channels::ChannelLayout;
use crate::engine::Delivery;
use crate::handover::Port;
use crate::library::Library;
use crate::parameters::request::Request;
use crate::parameters::{TranseptParams, repair};
use crate::prepare::worker::{Handle, Watch, Worker};
use crate::session::impulse::SessionImpulse;
use link::Link;
use mode::Mode;
use nice_plug::prelude::*;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

/// How long a live activation waits for a slow disk; after that the wet path is silent until the kernel comes (H5).
const PATIENCE: Duration = Duration::from_millis(500);

/// An instance.
pub struct Transept {
    pub(crate) params: Arc<TranseptParams>,
    meters: Arc<Meters>,
    /// What the worker builds for; `None` before the first activation.
    pub(crate) format: Arc<Mutex<Option<Format>>>,
    worker: Worker,
    /// Held while active: the worker hears of what the audio thread changes.
    watch: Option<Watch>,
    port: Port<Delivery>,
    chain: Option<Chain>,
    mode: Arc<Mode>,
}

/// The only task for the framework's own thread. The thread answers, which proves that every task queued before has
/// run.
pub struct Flush(pub SyncSender<()>);

impl Default for Transept {
    fn default() -> Self {
        let params = Arc::<TranseptParams>::default();
        let format = Arc::<Mutex<Option<Format>>>::default();
        let (worker, kernels) = Worker::spawn(Request::new(params.clone(), format.clone(), Library::of_user));
        let handle = worker.handle();
        params.session.on_change(move || handle.nudge());
        let port = Port::new(kernels);
        Self { params, meters: Arc::default(), format, worker, watch: None, port, chain: None, mode: Arc::default() }
    }
}

impl Transept {
    /// The session's impulse, requested and saved. Without a window, an impulse is chosen here. \[any\]
    #[must_use]
    pub fn session(&self) -> &SessionImpulse {
        &self.params.session
    }

    /// A handle of the worker, which prepares the impulse and reports its progress. \[any\]
    #[must_use]
    pub fn worker(&self) -> Handle {
        self.worker.handle()
    }

    /// Runs one block through the chain. A waiting delivery comes in through the port, and retired ones go back through
    /// it. \[audio\]
    fn run(&mut self, io: &mut [&mut [f32]], controls: &Controls) -> Option<usize> {
        let chain = self.chain.as_mut()?;
        self.port.pass(|incoming| chain.process(io, controls, incoming));
        Some(chain.tail(controls))
    }

    /// Resets the chain with the present controls, and takes the newest kernel if the return path is free. \[audio\]
    fn start_afresh(&mut self) {
        let Some(format) = self.chain.as_ref().map(Chain::format) else { return };
        let mut nothing: [&mut [f32]; ChannelLayout::MOST_CHANNELS] = Default::default();
        self.run(&mut nothing[..format.outputs()], &self.params.settings().controls(None));
        if let Some(chain) = &mut self.chain {
            chain.reset();
        }
    }

    /// Prepares the first block after an activation: installs the newest kernel and ends every transition (H5).
    /// \[main\]
    fn begin(&mut self) {
        let Some(chain) = &mut self.chain else { return };
        let controls = self.params.settings().controls(None);
        let outputs = chain.format().outputs();
        let mut nothing: [&mut [f32]; ChannelLayout::MOST_CHANNELS] = Default::default();
        let unheard = chain.process(&mut nothing[..outputs], &controls, self.port.take_newest());
        // The reset ends every change at the newest kernel, and the call after it gives the others back. They are freed
        // here: this is not the audio thread, so nothing needs the return path.
        chain.reset();
        let replaced = chain.process(&mut nothing[..outputs], &controls, None);
        chain.reset();
        drop((unheard, replaced));
    }
}

impl Plugin for Transept {
    const NAME: &'static str = "Transept";
    const VENDOR: &'static str = "Transept";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = layouts::LAYOUTS;
    /// The framework cuts a block where a parameter changes; the chain does not mind how small the pieces are.
    const SAMPLE_ACCURATE_AUTOMATION: bool = true;

    #[cfg(feature = "editor")]
    type Editor = crate::editor::Editor;
    #[cfg(not(feature = "editor"))]
    type Editor = ();
    type SysExMessage = ();
    type BackgroundTask = Flush;

    fn task_executor(&mut self) -> TaskExecutor<Self> {
        Box::new(|Flush(done)| {
            // Whoever waited may have given up; that is its business.
            let _ = done.try_send(());
        })
    }

    /// Called once, while the framework makes the instance: its shell gets to know it on this occasion.
    fn editor(&mut self, executor: AsyncExecutor<Self>) -> Option<Self::Editor> {
        #[cfg(feature = "editor")]
        let menu = crate::editor::host_menu::HostMenu::default();
        link::register(Link {
            executor,
            params: self.params.clone(),
            mode: self.mode.clone(),
            #[cfg(feature = "editor")]
            menu: menu.clone(),
        });
        #[cfg(feature = "editor")]
        return crate::editor::create(self.params.clone(), self.worker.handle(), self.meters.clone(), menu);
        #[cfg(not(feature = "editor"))]
        None
    }

    fn params(&self) -> Arc<dyn Params> {
        self.params.clone()
    }

    fn filter_state(state: &mut PluginState) {
        repair::repair(state);
    }

    /// Latency is 0 for ever and never set (D7). The block size is not looked at: the chain takes any (D8).
    fn activate(
        &mut self,
        layout: &AudioIOLayout,
        config: &BufferConfig,
        _context: &mut impl ActivateContext<Self>,
    ) -> bool {
        let Some(format) = layouts::format(layout, config.sample_rate) else { return false };
        self.mode.announce(config.process_mode == ProcessMode::Offline);
        let offline = self.mode.is_offline();
        *self.format.lock() = Some(format);
        let worker = self.worker.handle();
        self.watch.get_or_insert_with(|| worker.watch());
        let is_new = self.chain.as_ref().is_none_or(|chain| chain.format() != format);
        if is_new {
            self.chain = Some(Chain::new(format, self.meters.clone()));
        }
        if is_new || offline {
            // A new chain has heard nothing yet, whatever was built for the old one. And what a bounce gives must not
            // depend on what was built before it.
            worker.reload();
        }
        if !worker.settle(if offline { Duration::MAX } else { PATIENCE }) {
            nice_log!("the impulse is not ready yet; the wet path is silent until it is");
            // What sounded before belongs to something else that was wanted.
            self.chain = Some(Chain::new(format, self.meters.clone()));
        }
        self.begin();
        true
    }

    fn deactivate(&mut self) {
        self.watch = None;
    }

    fn reset(&mut self) {
        if self.mode.is_offline() {
            // Some hosts begin the next bounce with this and no activation.
            util::permit_alloc(|| self.worker.handle().reload());
        }
        self.start_afresh();
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        _aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        if self.mode.is_offline() {
            // Before the chain, and only offline: every run then gives the same bytes (H5).
            util::permit_alloc(|| self.worker.handle().settle(Duration::MAX));
        }
        let io = buffer.as_slice();
        if self.chain.as_ref().is_none_or(|chain| chain.format().outputs() != io.len()) {
            return ProcessStatus::Error("not activated for these channels");
        }
        match self.run(io, &self.params.settings().controls(context.transport().tempo)) {
            Some(tail) => ProcessStatus::Tail(u32::try_from(tail).unwrap_or(u32::MAX)),
            None => ProcessStatus::Error("not activated"),
        }
    }
}

impl ClapPlugin for Transept {
    const CLAP_ID: &'static str = "org.transept.transept";
    const CLAP_DESCRIPTION: Option<&'static str> = Some("Convolution reverb: any room, at zero latency");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] =
        &[ClapFeature::AudioEffect, ClapFeature::Reverb, ClapFeature::Stereo, ClapFeature::Mono];
}

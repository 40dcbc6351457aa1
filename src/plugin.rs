//! The plugin: glue between a host's framework and the chain.
//!
//! One instance is this struct on the framework's side, the parameters that everybody shares, and a worker thread. The
//! audio thread's side is the `Player` (`player.rs`): it owns the chain and one end of the exchange, reads the
//! parameters once per block, and tells nobody anything (H1 to H9 in the crate's documentation).

pub mod clap;
pub mod layouts;
mod link;
mod loaded;
pub mod mode;
mod player;
pub mod standalone;
pub mod vst3;

use crate::chain::Format;
use crate::handover::Port;
use crate::library::Library;
use crate::monitor::Monitor;
use crate::parameters::request::Request;
use crate::parameters::{TranseptParams, repair};
use crate::prepare::worker::{Handle, Watch, Worker};
use crate::session::impulse::SessionImpulse;
use layouts::Asked;
use link::Link;
#[cfg(test)]
pub(crate) use loaded::set as set_parameter;
use mode::Mode;
use nice_plug::prelude::*;
use parking_lot::Mutex;
use player::Player;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// An instance.
pub struct Transept {
    pub(crate) params: Arc<TranseptParams>,
    monitor: Arc<Monitor>,
    /// What the worker builds for; `None` before the first activation.
    pub(crate) format: Arc<Mutex<Option<Format>>>,
    worker: Worker,
    /// Held while active: the worker hears of what the audio thread changes.
    watch: Option<Watch>,
    mode: Arc<Mode>,
    asked: Arc<Asked>,
    /// `None` in the end.
    player: Option<Player>,
}

/// A task for a thread of the framework's.
pub enum Task {
    /// Answers, which proves that every task queued before has run.
    Flush(SyncSender<()>),
    /// Does something that belongs on that thread.
    #[cfg(feature = "editor")]
    Run(Box<dyn FnOnce() + Send>),
}

impl Default for Transept {
    fn default() -> Self {
        let params = standalone::params().unwrap_or_default();
        let monitor = Arc::<Monitor>::default();
        let format = monitor.format.clone();
        let (worker, kernels) = Worker::spawn(Request::new(params.clone(), format.clone(), Library::of_user));
        let handle = worker.handle();
        params.session.on_change(move || handle.nudge());
        let mode = Arc::<Mode>::default();
        let player = Player::new(params.clone(), &monitor, mode.clone(), worker.handle(), Port::new(kernels));
        Self { params, monitor, format, worker, watch: None, mode, asked: Arc::default(), player: Some(player) }
    }
}

impl Drop for Transept {
    /// Kernels are freed on the worker.
    fn drop(&mut self) {
        if let Some(player) = self.player.take() {
            self.worker.leave(player);
        }
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
    type BackgroundTask = Task;

    fn task_executor(&mut self) -> TaskExecutor<Self> {
        Box::new(|task| match task {
            Task::Flush(done) => {
                // Whoever waited may have given up; that is its business.
                let _ = done.try_send(());
            }
            #[cfg(feature = "editor")]
            Task::Run(act) => act(),
        })
    }

    /// Called once, while the framework makes the instance: its shell gets to know it on this occasion.
    fn editor(&mut self, executor: AsyncExecutor<Self>) -> Option<Self::Editor> {
        #[cfg(feature = "editor")]
        let requests = crate::editor::host_requests::HostRequests::default();
        link::register(Link {
            executor,
            params: self.params.clone(),
            mode: self.mode.clone(),
            monitor: self.monitor.clone(),
            asked: self.asked.clone(),
            #[cfg(feature = "editor")]
            requests: requests.clone(),
        });
        #[cfg(feature = "editor")]
        return crate::editor::create(
            self.params.clone(),
            self.worker.handle(),
            self.monitor.clone(),
            requests,
            standalone::window_size().unwrap_or_default(),
        );
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
        let format = self.asked.refine(format);
        self.mode.announce(config.process_mode == ProcessMode::Offline);
        *self.format.lock() = Some(format);
        self.monitor.begin(format.sample_rate);
        self.watch.get_or_insert_with(|| self.worker.handle().watch());
        self.player.as_mut().is_some_and(|player| {
            player.activate(format);
            true
        })
    }

    fn deactivate(&mut self) {
        self.player.iter().for_each(Player::deactivate);
        self.watch = None;
    }

    fn reset(&mut self) {
        self.player.iter_mut().for_each(Player::reset);
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        _aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        let _measured = self.mode.measure(&self.monitor, buffer.samples());
        let tempo = context.transport().tempo;
        match self.player.as_mut().and_then(|player| player.play(buffer.as_slice(), tempo)) {
            Some(tail) => {
                self.monitor.set_tail(tail.of_input);
                ProcessStatus::Tail(u32::try_from(tail.whole()).unwrap_or(u32::MAX))
            }
            None => ProcessStatus::Error("not activated for these channels"),
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

//! The audio thread's side of an instance: [`Player::play`] is the way of a block.
//!
//! ```text
//! parameters ──grid──> sample ──> worker ──> port ──> chain
//! ```
//!
//! The player cuts a block where the [grid](crate::prepare::grid) has something to do, and runs the pieces through the
//! chain. Live it waits for nobody: an impulse that is not there yet comes when it is. Offline it waits, so that every
//! bounce gives the same bytes (H5).

use super::mode::Mode;
use crate::chain::{Chain, Controls, Format, Meters};
use crate::channels::ChannelLayout;
use crate::engine::Delivery;
use crate::handover::Port;
use crate::impulse::shaping::Shaping;
use crate::parameters::TranseptParams;
use crate::parameters::sampled::Sample;
use crate::prepare::grid::{Due, Grid};
use crate::prepare::worker::Handle;
use nice_plug::prelude::{nice_log, util};
use std::sync::Arc;
use std::time::Duration;

/// How long a live activation waits for a slow disk; after that the wet path is silent until the impulse comes (H5).
const PATIENCE: Duration = Duration::from_millis(500);

/// What an instance needs to play.
pub(super) struct Player {
    params: Arc<TranseptParams>,
    meters: Arc<Meters>,
    mode: Arc<Mode>,
    worker: Handle,
    port: Port<Delivery>,
    /// `None` before the first activation.
    chain: Option<Chain>,
    grid: Grid,
    /// The slot of the newest sample.
    slot: usize,
    /// The session's number at the last look.
    generation: u64,
    /// True from the first block of a bounce on.
    is_bouncing: bool,
}

impl Player {
    pub fn new(
        params: Arc<TranseptParams>,
        meters: Arc<Meters>,
        mode: Arc<Mode>,
        worker: Handle,
        port: Port<Delivery>,
    ) -> Self {
        let (chain, grid) = (None, Grid::new(0, Shaping::default()));
        Self { params, meters, mode, worker, port, chain, grid, slot: 0, generation: 0, is_bouncing: false }
    }

    /// Makes the chain ready for a format. A live one begins with the impulse that is wanted now, if it comes soon; of
    /// a bounce, the first block sees to that. \[main\]
    pub fn activate(&mut self, format: Format) {
        self.params.sampled.stop();
        self.is_bouncing = false;
        if self.chain.as_ref().is_none_or(|chain| chain.format() != format) {
            // A new chain has heard nothing yet, whatever was built for the old one.
            self.chain = Some(Chain::new(format, self.meters.clone()));
            self.worker.reload();
        }
        let settings = self.params.settings();
        self.grid = Grid::new(format.sample_rate, settings.shaping(self.params.session.has_second()));
        if self.mode.is_offline() {
            return;
        }
        (self.slot, self.generation) = (self.params.session.parameter(), self.params.session.generation());
        if !self.worker.settle(PATIENCE) {
            nice_log!("the impulse is not ready yet; the wet path is silent until it is");
            // What sounded before belongs to something else that was wanted.
            self.chain = Some(Chain::new(format, self.meters.clone()));
        }
        self.begin();
    }

    /// No block comes until the next activation. \[main\]
    pub fn deactivate(&self) {
        self.params.sampled.stop();
    }

    /// Silences all that rings, and begins with the newest impulse that is there. \[audio\]
    pub fn reset(&mut self) {
        self.receive();
        if let Some(chain) = &mut self.chain {
            chain.reset();
        }
        self.grid.restart();
    }

    /// Plays a block in place: one slice per output, of which the first hold the input. Tells how many samples sound
    /// after the input's end; `None` without an activation for as many channels. \[audio\]
    pub fn play(&mut self, io: &mut [&mut [f32]], tempo: Option<f64>) -> Option<usize> {
        self.chain.as_ref().filter(|chain| chain.format().outputs() == io.len())?;
        self.params.sampled.count_block(self.mode.is_offline());
        let sample = Sample::of(&self.params);
        let controls = sample.settings.controls(tempo);
        let (channels, frames) = (io.len(), io[0].len());
        let mut done = 0;
        while done < frames {
            let shaping = sample.settings.shaping(self.params.session.has_second());
            self.follow(&sample, &shaping);
            let ahead = self.grid.ahead(&shaping, sample.slot != self.slot);
            let now = done..frames.min(done.saturating_add(usize::try_from(ahead).unwrap_or(usize::MAX)));
            let mut piece: [&mut [f32]; ChannelLayout::MOST_CHANNELS] = Default::default();
            for (piece, channel) in piece.iter_mut().zip(io.iter_mut()) {
                *piece = &mut channel[now.clone()];
            }
            self.run(&mut piece[..channels], &controls);
            self.grid.advance(now.len() as u64);
            done = now.end;
        }
        if frames == 0 {
            self.run(io, &controls);
        }
        self.chain.as_ref().map(|chain| chain.tail(&controls))
    }

    /// Samples what the impulse is to be built from, and sees to it that the right one comes in before the present
    /// frame.
    fn follow(&mut self, sample: &Sample, shaping: &Shaping) {
        let is_offline = self.mode.is_offline();
        if is_offline && (self.grid.is_at_start() || !self.is_bouncing) {
            // Before the chain, and only offline: every run then gives the same bytes (H5).
            return util::permit_alloc(|| self.begin_bounce(sample, shaping));
        }
        self.is_bouncing = is_offline;
        let generation = self.params.session.generation();
        let is_another = std::mem::replace(&mut self.generation, generation) != generation;
        let was_ahead = self.grid.is_ahead();
        if is_offline && (is_another || self.grid.is_due()) {
            self.wait();
        }
        let starts = self.grid.is_at_start();
        let due = self.grid.look(shaping, sample.slot != self.slot);
        if is_offline && due == Some(Due::Now) && was_ahead {
            // What is on its way is never heard, but what is built next depends on it.
            self.wait();
        }
        if due.is_some() || starts {
            self.ask(sample);
        }
        if is_offline && due.is_some() {
            util::permit_alloc(|| self.worker.nudge());
        }
        if is_offline && due == Some(Due::Now) {
            self.wait();
        }
        if !self.grid.is_ahead() {
            self.receive();
        }
        let is_outdated = |editions| self.is_outdated(editions, shaping.how.is_some());
        if self.chain.as_ref().and_then(Chain::editions).is_some_and(is_outdated)
            && let Some(chain) = &mut self.chain
        {
            chain.silence();
        }
    }

    /// True if a state has brought other impulses since.
    fn is_outdated(&self, editions: [u64; 2], has_second: bool) -> bool {
        let loaded = self.params.session.loaded();
        editions[0] < loaded[0] || has_second && editions[1] < loaded[1]
    }

    /// Has the worker build from a sample, once it looks: nobody is woken.
    fn ask(&mut self, sample: &Sample) {
        self.slot = sample.slot;
        self.params.sampled.write(sample);
        self.params.revision.raise();
    }

    /// Takes what has been built, if the return path is free.
    fn receive(&mut self) {
        if let Some(chain) = &mut self.chain {
            self.port.pass(|incoming| chain.receive(incoming));
        }
    }

    /// Waits until all that was asked for has been built, and takes it. Offline only (H5).
    fn wait(&mut self) {
        util::permit_alloc(|| {
            // More than once where the return path was not free.
            while self.worker.settle(Duration::MAX) {
                self.receive();
                if self.port.is_idle() {
                    break;
                }
            }
        });
    }

    /// Begins a bounce: nothing that was built or played before counts. Offline only (H5).
    fn begin_bounce(&mut self, sample: &Sample, shaping: &Shaping) {
        let Some(format) = self.chain.as_ref().map(Chain::format) else { return };
        self.is_bouncing = true;
        self.generation = self.params.session.generation();
        self.ask(sample);
        self.worker.reload();
        if !self.worker.settle(Duration::MAX) {
            nice_log!("nobody builds impulses any more");
        }
        self.begin();
        self.grid = Grid::new(format.sample_rate, *shaping);
    }

    /// Installs the newest impulse and ends every transition (H5). May free. \[main; audio in offline mode only\]
    fn begin(&mut self) {
        let Some(chain) = &mut self.chain else { return };
        let unheard = chain.receive(self.port.take_newest());
        // The reset ends every change at the newest impulse; those that it replaced are freed here, so nothing needs
        // the return path.
        chain.reset();
        drop((unheard, chain.receive(None)));
    }

    /// Runs a piece through the chain.
    fn run(&mut self, io: &mut [&mut [f32]], controls: &Controls) {
        if let Some(chain) = &mut self.chain {
            self.port.hold(|| chain.process(io, controls, None));
        }
    }
}

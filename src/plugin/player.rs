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
use crate::audition::Auditioner;
use crate::chain::{Chain, Controls, Format, Meters};
use crate::channels::ChannelLayout;
use crate::engine::Delivery;
use crate::handover::Port;
use crate::impulse::recipe::Shaping;
use crate::monitor::Monitor;
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
    auditioner: Auditioner,
    /// `None` before the first activation.
    chain: Option<Chain>,
    grid: Grid,
    /// The slot of the newest sample, and the states that were loaded before it.
    slot: usize,
    loads: u32,
    /// The session's number at the last look.
    generation: u64,
    /// True from the first block of a bounce on.
    is_bouncing: bool,
}

/// Frames that sound after a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tail {
    /// After the end of the input.
    pub of_input: usize,
    /// Until the end of what is auditioned, which is input, too.
    auditioned: usize,
}

impl Tail {
    /// What the host is told: it must not stop while something is auditioned.
    pub fn whole(self) -> usize {
        self.of_input.saturating_add(self.auditioned)
    }
}

impl Player {
    pub fn new(
        params: Arc<TranseptParams>,
        monitor: &Monitor,
        mode: Arc<Mode>,
        worker: Handle,
        port: Port<Delivery>,
    ) -> Self {
        Self {
            params,
            meters: monitor.meters.clone(),
            mode,
            worker,
            port,
            auditioner: Auditioner::new(monitor.audition.clone()),
            chain: None,
            grid: Grid::new(0, Shaping::default()),
            slot: 0,
            loads: 0,
            generation: 0,
            is_bouncing: false,
        }
    }

    /// Makes the chain ready for a format. A live one begins with the impulse that is wanted now, if that comes within
    /// [`PATIENCE`]. A bounce is begun by its first block. \[main\]
    pub fn activate(&mut self, format: Format) {
        self.params.sampled.stop();
        self.auditioner.end();
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
            nice_log!("the impulse is not ready yet; what belongs to another session is silent until it is");
        }
        self.begin();
    }

    /// No block comes until the next activation. \[main\]
    pub fn deactivate(&self) {
        self.params.sampled.stop();
    }

    /// Silences all that rings or is auditioned, and begins with the newest impulse that is there, if the return path is
    /// free. \[audio\]
    pub fn reset(&mut self) {
        self.auditioner.end();
        self.receive();
        if let Some(chain) = &mut self.chain {
            chain.reset();
        }
        self.grid.restart();
    }

    /// Plays a block in place: one slice per output, of which the first hold the input. Tells how long it sounds on;
    /// `None` without an activation for as many channels. \[audio\]
    pub fn play(&mut self, io: &mut [&mut [f32]], tempo: Option<f64>) -> Option<Tail> {
        let format = self.chain.as_ref().map(Chain::format).filter(|format| format.outputs() == io.len())?;
        let auditioned = self.audition(io, format);
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
        self.chain.as_ref().map(|chain| Tail { of_input: chain.tail(&controls), auditioned })
    }

    /// Adds to the input what is auditioned: live, and never in a bounce. Tells how many frames are to come.
    fn audition(&mut self, io: &mut [&mut [f32]], format: Format) -> usize {
        if self.mode.is_offline() {
            self.auditioner.end();
            return 0;
        }
        self.auditioner.add(io, format)
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
        } else if !was_ahead {
            self.receive();
        }
        let starts = self.grid.is_at_start();
        let due = self.grid.look(shaping, sample.slot != self.slot);
        if is_offline && due == Some(Due::Now) && was_ahead {
            // What is on its way is never heard, but what is built next depends on it.
            self.wait();
        }
        // After a pause without blocks nothing that was sampled before counts, nor does it after another state.
        if due.is_some() || starts || sample.loads != self.loads || !self.params.sampled.is_running() {
            self.ask(sample);
        }
        match due {
            Some(Due::Now) if is_offline => self.wait(),
            // The worker begins while this piece plays.
            Some(Due::NextPoint) if is_offline => util::permit_alloc(|| self.worker.nudge()),
            _ => {}
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
        (self.slot, self.loads) = (sample.slot, sample.loads);
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
        loop {
            self.worker.reload();
            if !self.worker.settle(Duration::MAX) {
                nice_log!("nobody builds impulses any more");
                break;
            }
            // Of what was chosen and cannot be built nothing is heard, nor is it saved: what was there before sounds.
            let session = &self.params.session;
            if !session.go_back(session.choice().editions()) {
                break;
            }
        }
        self.begin();
        self.grid = Grid::new(format.sample_rate, *shaping);
    }

    /// Installs the newest impulse and ends every transition (H5). \[main; audio in offline mode only\]
    fn begin(&mut self) {
        let Some(chain) = &mut self.chain else { return };
        let unheard = chain.receive(self.port.take_newest());
        // The reset ends every change at the newest impulse. The worker frees those that it replaced, and forgets them.
        chain.reset();
        self.port.hold(|| unheard);
        self.port.hold(|| chain.receive(None));
    }

    /// Runs a piece through the chain.
    fn run(&mut self, io: &mut [&mut [f32]], controls: &Controls) {
        if let Some(chain) = &mut self.chain {
            self.port.hold(|| chain.process(io, controls, None));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::loaded::set;
    use super::*;
    use crate::audition::{Audition, Signal, Voice};
    use crate::library::Library;
    use crate::parameters::request::Request;
    use crate::prepare::worker::Worker;
    use parking_lot::Mutex;

    const FORMAT: Format = Format { sample_rate: 48_000, layout: ChannelLayout::Mono };

    /// Only against hangs.
    const FOR_EVER: Duration = Duration::from_secs(60);

    struct Instance {
        params: Arc<TranseptParams>,
        mode: Arc<Mode>,
        audition: Arc<Audition>,
        worker: Worker,
        player: Player,
    }

    impl Instance {
        fn new(offline: bool) -> Self {
            let params = Arc::<TranseptParams>::default();
            set(&params, "size", 0.0);
            let format = Arc::new(Mutex::new(Some(FORMAT)));
            // However slow the machine, a sample counts until the next one.
            let request = Request::with_patience(params.clone(), format, Library::default, Duration::MAX);
            let (worker, kernels) = Worker::spawn(request);
            let handle = worker.handle();
            params.session.on_change(move || handle.nudge());
            let (mode, port) = (Arc::<Mode>::default(), Port::new(kernels));
            mode.announce(offline);
            let monitor = Monitor::default();
            let mut player = Player::new(params.clone(), &monitor, mode.clone(), worker.handle(), port);
            assert!(worker.handle().settle(FOR_EVER));
            player.activate(FORMAT);
            Self { params, mode, audition: monitor.audition, worker, player }
        }

        /// A live one that has its impulse, however long the build took.
        fn live() -> Self {
            let mut instance = Self::new(false);
            assert!(instance.worker.handle().settle(FOR_EVER));
            instance.player.reset();
            instance
        }

        /// A block of ones. Live, what it asks for is built before the next.
        fn play(&mut self, frames: usize) -> Vec<f32> {
            let mut block = vec![1.0; frames];
            assert!(self.player.play(&mut [&mut block], None).is_some());
            if !self.mode.is_offline() {
                assert!(self.worker.handle().settle(FOR_EVER));
            }
            block
        }
    }

    /// Numbers that move all the time, within and across points, in blocks of any size.
    fn ridden(instance: &mut Instance) -> Vec<f32> {
        let mut out = Vec::new();
        // None longer than from one point to the next: within a block live waits for nobody.
        let sizes = [64, 500, 1, 1600, 7, 333, 1200];
        for (turn, frames) in sizes.into_iter().cycle().take(40).enumerate() {
            let value = (turn * 7 % 10) as f32 / 10.0;
            set(&instance.params, ["size", "decay_high", "late", "attack"][turn % 4], value);
            out.extend(instance.play(frames));
        }
        out
    }

    #[test]
    fn live_is_what_a_bounce_is_where_the_build_was_in_time() {
        let bounce = ridden(&mut Instance::new(true));
        // Each instance has another phase.
        for run in 0..3 {
            assert!(ridden(&mut Instance::new(true)) == bounce, "every bounce is the same, {run}");
        }
        let live = ridden(&mut Instance::new(false));
        let differs = live.iter().zip(&bounce).position(|(live, bounce)| live.to_bits() != bounce.to_bits());
        assert_eq!((live.len(), differs), (bounce.len(), None));
    }

    #[test]
    fn a_value_is_heard_at_the_second_point_after_it_moved_and_a_switch_at_the_next_quantum() {
        for (id, moved_at, heard_from) in
            [("attack", 1_700, 4_800), ("attack", 1_600, 3_200), ("reverse", 1_700, 1_728)]
        {
            let mut found = Vec::new();
            for moves in [false, true] {
                let mut instance = Instance::new(true);
                let mut out = instance.play(moved_at);
                set(&instance.params, id, if moves { 1.0 } else { 0.0 });
                out.extend(instance.play(20_000));
                found.push(out);
            }
            let differs = found[0].iter().zip(&found[1]).position(|(still, moved)| still != moved);
            let differs = differs.expect("it is heard");
            // It catches up on what was heard, and then the outputs are cross-faded in 25 ms: both within 80 ms, which
            // a test of the engine holds.
            assert!((heard_from..heard_from + 55 * 48).contains(&differs), "{id} at {moved_at}: {differs}");
        }
    }

    #[test]
    fn a_bounce_has_what_is_saved_and_not_a_choice_that_cannot_be_built() {
        let expected = Instance::new(true).play(5_000);
        for is_known in [false, true] {
            let mut instance = Instance::new(true);
            instance.params.session.choose(crate::impulse::recipe::Recipe::file("/nowhere.wav"));
            if is_known {
                assert!(instance.worker.handle().settle(FOR_EVER));
            }
            assert!(instance.play(5_000) == expected, "refused before: {is_known}");
        }
    }

    /// A setting of the chain asks for no impulse, and a number that has moved asks once.
    #[test]
    fn nothing_is_built_where_nothing_moves() {
        let mut instance = Instance::new(true);
        instance.play(4_800);
        let built = instance.worker.handle().status().generation;
        set(&instance.params, "wet", 0.3);
        instance.play(48_000);
        assert_eq!(instance.worker.handle().status().generation, built);
        set(&instance.params, "attack", 0.3);
        instance.play(48_000);
        assert_eq!(instance.worker.handle().status().generation, built + 1, "once, however many points there are");
    }

    /// An input in blocks of one size.
    fn played(instance: &mut Instance, size: usize, input: &[f32]) -> Vec<f32> {
        let mut samples = input.to_vec();
        for block in samples.chunks_mut(size) {
            assert!(instance.player.play(&mut [block], None).is_some());
        }
        samples
    }

    /// The signal, as if a track played it.
    fn click(frames: usize) -> Vec<f32> {
        let mut samples = vec![0.0; frames];
        Voice::new(Signal::Click, FORMAT.sample_rate).add(&mut samples);
        samples
    }

    fn bits(samples: &[f32]) -> Vec<u32> {
        samples.iter().map(|sample| sample.to_bits()).collect()
    }

    #[test]
    fn what_is_auditioned_is_heard_as_if_it_were_played_in_blocks_of_any_size() {
        const FRAMES: usize = 9_600;
        let expected = bits(&played(&mut Instance::live(), 500, &click(FRAMES)));
        let silence = bits(&played(&mut Instance::live(), 500, &[0.0; FRAMES]));
        assert!(expected != silence);
        for size in [1, 64, 500, FRAMES] {
            let mut instance = Instance::live();
            instance.audition.start(Signal::Click);
            let heard = bits(&played(&mut instance, size, &[0.0; FRAMES]));
            assert!(heard == expected, "blocks of {size}");
            assert_eq!(instance.audition.sounding(), None, "it has ended");
        }
    }

    #[test]
    fn nothing_is_auditioned_in_a_bounce_or_after_a_reset() {
        let zeros = [0.0; 4_800];
        let silence = bits(&played(&mut Instance::live(), 64, &zeros));
        let mut instance = Instance::new(true);
        instance.audition.start(Signal::Pink);
        assert!(bits(&played(&mut instance, 64, &zeros)) == silence, "a bounce");
        assert_eq!(instance.audition.sounding(), None);
        for begun in [0, 640] {
            let mut instance = Instance::live();
            instance.audition.start(Signal::Pink);
            played(&mut instance, 64, &zeros[..begun]);
            instance.player.reset();
            assert_eq!(instance.audition.sounding(), None);
            assert!(bits(&played(&mut instance, 64, &zeros)) == silence, "a reset after {begun} frames");
        }
        let mut instance = Instance::live();
        instance.audition.start(Signal::Pink);
        played(&mut instance, 64, &zeros[..640]);
        instance.mode.announce(true);
        played(&mut instance, 64, &zeros[..640]);
        assert_eq!(instance.audition.sounding(), None, "a bounce that begins");
        instance.mode.announce(false);
        instance.player.reset();
        assert!(bits(&played(&mut instance, 64, &zeros)) == silence, "nor does it go on afterwards");
    }

    #[test]
    fn with_bypass_what_is_auditioned_is_heard_dry() {
        let mut instance = Instance::live();
        set(&instance.params, "bypass", 1.0);
        instance.player.reset();
        instance.audition.start(Signal::Click);
        assert!(played(&mut instance, 64, &[0.0; 4_800]) == click(4_800));
    }

    #[test]
    fn the_host_is_told_to_go_on_while_something_is_auditioned() {
        let mut instance = Instance::live();
        let before = instance.player.play(&mut [&mut [0.0; 480]], None).expect("active");
        assert_eq!(before.whole(), before.of_input);
        instance.audition.start(Signal::Pink);
        let during = instance.player.play(&mut [&mut [0.0; 480]], None).expect("active");
        assert_eq!((during.of_input, during.whole()), (before.of_input, before.of_input + 48_000 - 480));
    }
}

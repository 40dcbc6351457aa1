//! Many instances on one core, at live pace: how many it carries without a missed deadline.
//!
//! A deadline is also missed when the system wakes the thread too late, however short the callback; such are told
//! apart. A host's audio thread has real-time priority, and so have these under `chrt --fifo 50`.

use crate::RATE;
use crate::cell::Layout;
use crate::measure::{Engine, Metronome, Stage, quantile};
use crate::signal::room;
use std::sync::Arc;
use std::time::Instant;
use transept::engine::{Convolver, Instructions, Kernel};

/// Length of the impulses, in seconds.
const SECONDS: usize = 6;
/// Frames per callback.
const BLOCK: usize = 64;
/// Most instances that are tried.
const MOST: usize = 1024;

/// Stereo instances that all start together, as when a host starts to play.
pub struct Instances {
    stage: Stage,
    count: usize,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub struct Carried {
    /// Instances.
    pub count: usize,
    /// Callbacks played.
    pub callbacks: usize,
    /// Callbacks that ended after their deadline.
    pub missed: usize,
    /// Those among them that had been woken too late, and were themselves shorter than their deadline.
    pub woken_late: usize,
    /// Time of the worst, in microseconds.
    pub worst: f64,
    /// 99.9th percentile.
    pub p999: f64,
    /// The time that there is.
    pub deadline: f64,
}

impl Instances {
    /// So many instances, each with a kernel of its own, on which the whole impulse has sounded.
    ///
    /// # Panics
    /// If a kernel cannot be built, or the processor does not have the instructions.
    #[must_use]
    pub fn new(count: usize, instructions: Instructions) -> Self {
        let taps = [1, 2].map(|seed| room(SECONDS * RATE as usize, seed));
        let engine = |phase| -> Box<dyn Engine> {
            let builder = Kernel::builder(2, 2, RATE).instructions(instructions);
            let kernel = builder.path(0, 0, &taps[0]).path(1, 1, &taps[1]).build().expect("two equal paths");
            Box::new(Convolver::new(Arc::new(kernel)).with_phase(phase))
        };
        let mut stage = Stage::new((0..count as u32).map(engine).collect(), Layout::Stereo.channels());
        // A whole number of quanta: afterwards the callbacks begin together with them.
        stage.resize(BLOCK);
        stage.play((SECONDS * RATE as usize).next_multiple_of(BLOCK));
        Self { stage, count }
    }

    /// The first `count` instances for so many seconds.
    pub fn play(&mut self, count: usize, seconds: usize) -> Carried {
        let mut times = Vec::with_capacity(seconds * RATE as usize / BLOCK);
        let deadline = BLOCK as f64 / f64::from(RATE) * 1e6;
        let (mut missed, mut woken_late) = (0, 0);
        let mut metronome = Metronome::new(BLOCK);
        for _ in 0..times.capacity() {
            metronome.wait();
            let start = Instant::now();
            self.stage.callback(count);
            let time = start.elapsed().as_secs_f64() * 1e6;
            let is_missed = metronome.is_missed();
            missed += usize::from(is_missed);
            woken_late += usize::from(is_missed && time < deadline);
            times.push(time);
        }
        times.sort_by(f64::total_cmp);
        let (worst, p999) = (quantile(&times, 1.0), quantile(&times, 0.999));
        Carried { count, callbacks: times.len(), missed, woken_late, worst, p999, deadline }
    }
}

/// Twice as many as long as none is missed but by waking late, then halves between the last two, until within a
/// twentieth. Says each try; returns the largest number that was carried for so many seconds, if one was.
pub fn search(seconds: usize, instructions: Instructions, mut tried: impl FnMut(Carried)) -> Option<Carried> {
    let (mut carried, mut failed) = (None, MOST + 1);
    let mut instances = Instances::new(8, instructions);
    let mut count = 8;
    while count < failed && count <= MOST {
        if instances.count < count {
            instances = Instances::new(count, instructions);
        }
        let result = instances.play(count, seconds);
        tried(result);
        let most = |carried: &Option<Carried>| carried.map_or(0, |carried: Carried| carried.count);
        if result.missed == result.woken_late {
            carried = Some(result);
            count = if failed > MOST { 2 * count } else { usize::midpoint(count, failed) };
        } else {
            failed = count;
            count = usize::midpoint(most(&carried), failed);
        }
        if failed - most(&carried) <= failed / 20 || count == most(&carried) {
            break;
        }
    }
    carried
}

impl std::fmt::Display for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Self { count, callbacks, missed, woken_late, worst, p999, deadline } = self;
        write!(
            f,
            "{count} instances: {missed} of {callbacks} deadlines missed, {woken_late} of them by waking late; "
        )?;
        write!(f, "worst callback {worst:.0} µs, p99.9 {p999:.0} µs, deadline {deadline:.0} µs")
    }
}

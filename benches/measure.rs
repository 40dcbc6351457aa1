//! How callbacks are measured.
//!
//! Hot: every callback of a cycle many times, and the least of each kept, since whatever else the machine does can only
//! add to it. Live: the callbacks as they came, nothing left out; only the cost is taken from each callback's median.
//! Reading the clock costs each callback some 20 to 40 ns, which are not taken off.

use crate::RATE;
use crate::cell::{Pace, Situation};
use crate::extent::Effort;
use crate::signal::Noise;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Frames after which every schedule is where it began: four blocks of the largest partition of any plan.
const HOT_CYCLE: usize = 4 << 16;
/// The same at live pace, where time is dear, for impulses of up to 10 s.
const LIVE_CYCLE: usize = 4 << 14;

/// Time of whole callbacks, in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Callbacks {
    /// Processor time of all threads, mean.
    pub cost: f64,
    /// Mean, as a clock on the wall has it.
    pub mean: f64,
    /// 99th percentile.
    pub p99: f64,
    /// 99.9th percentile.
    pub p999: f64,
    /// Worst.
    pub max: f64,
}

/// What is measured.
pub trait Engine {
    /// Overwrites `outputs` with the convolution of `inputs`.
    fn process(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]);
}

/// Engines that one callback plays in turn, each with buffers of its own as in a host.
pub struct Stage {
    seats: Vec<Seat>,
    noise: Noise,
    block: usize,
}

struct Seat {
    engine: Box<dyn Engine>,
    inputs: Vec<Vec<f32>>,
    outputs: Vec<Vec<f32>>,
}

impl Stage {
    /// A stage for engines of so many inputs, and as many outputs.
    #[must_use]
    pub fn new(engines: Vec<Box<dyn Engine>>, channels: usize) -> Self {
        let silent = || vec![Vec::new(); channels];
        let seat = |engine| Seat { engine, inputs: silent(), outputs: silent() };
        Self { seats: engines.into_iter().map(seat).collect(), noise: Noise::new(1), block: 0 }
    }

    /// Sets the frames per callback.
    pub fn resize(&mut self, block: usize) {
        self.block = block;
        let buffers = self.seats.iter_mut().flat_map(|seat| seat.inputs.iter_mut().chain(&mut seat.outputs));
        buffers.for_each(|buffer| buffer.resize(block, 0.0));
    }

    /// Lets so many frames pass, unmeasured.
    pub fn play(&mut self, frames: usize) {
        for _ in 0..frames.div_ceil(self.block) {
            self.feed(self.seats.len());
            self.callback(self.seats.len());
        }
    }

    /// New noise for the first `count` engines.
    pub fn feed(&mut self, count: usize) {
        for input in self.seats[..count].iter_mut().flat_map(|seat| &mut seat.inputs) {
            input.fill_with(|| self.noise.sample());
        }
    }

    /// One callback of the first `count` engines.
    pub fn callback(&mut self, count: usize) {
        for Seat { engine, inputs, outputs } in &mut self.seats[..count] {
            match (&inputs[..], &mut outputs[..]) {
                ([input], [output]) => engine.process(&[input], &mut [black_box(output)]),
                ([a, b], [c, d]) => engine.process(&[a, b], &mut [black_box(c), black_box(d)]),
                _ => unreachable!("a layout has one or two channels"),
            }
        }
    }

    /// Measures a situation. The impulse must have sounded already.
    pub fn measure(&mut self, situation: &Situation, effort: Effort) -> Callbacks {
        self.resize(situation.block);
        match situation.pace {
            Pace::Hot => self.hot(effort),
            Pace::Live => self.live(if situation.seconds > 10.0 { HOT_CYCLE } else { LIVE_CYCLE }, effort),
        }
    }

    fn hot(&mut self, effort: Effort) -> Callbacks {
        let count = self.seats.len();
        let mut least = vec![f64::INFINITY; HOT_CYCLE / self.block];
        let began = Instant::now();
        let mut passes = 0;
        while passes < effort.least || began.elapsed() < effort.time {
            for least in &mut least {
                self.feed(count);
                let start = Instant::now();
                self.callback(count);
                *least = least.min(start.elapsed().as_secs_f64() * 1e6);
            }
            passes += 1;
        }
        let cost = mean(&least);
        summary(cost, least)
    }

    fn live(&mut self, cycle: usize, effort: Effort) -> Callbacks {
        let count = self.seats.len();
        let mut metronome = Metronome::new(self.block);
        let mut passes = vec![Vec::with_capacity(effort.live); cycle / self.block];
        for _ in 0..effort.live {
            for times in &mut passes {
                metronome.wait();
                self.feed(count);
                let start = Instant::now();
                self.callback(count);
                times.push(start.elapsed().as_secs_f64() * 1e6);
            }
        }
        let medians: Vec<f64> = passes.iter_mut().map(|times| median(times)).collect();
        summary(mean(&medians), passes.concat())
    }
}

/// Says when callbacks are due.
#[derive(Debug)]
pub struct Metronome {
    due: Instant,
    period: Duration,
}

impl Metronome {
    /// The first callback is due one block from now.
    #[must_use]
    pub fn new(block: usize) -> Self {
        let period = Duration::from_secs_f64(block as f64 / f64::from(RATE));
        Self { due: Instant::now(), period }
    }

    /// Sleeps until the next callback is due. One that is late already begins at once.
    #[expect(clippy::disallowed_methods, reason = "time itself is what a live pace waits for")]
    pub fn wait(&mut self) {
        self.due += self.period;
        std::thread::sleep(self.due.saturating_duration_since(Instant::now()));
    }

    /// True if the callback that began last has missed its deadline, the beginning of the next. The next is then due
    /// one block from now, as after a dropout in a sound server.
    pub fn is_missed(&mut self) -> bool {
        let now = Instant::now();
        let missed = now > self.due + self.period;
        if missed {
            self.due = now;
        }
        missed
    }
}

fn mean(times: &[f64]) -> f64 {
    times.iter().sum::<f64>() / times.len() as f64
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn summary(cost: f64, mut times: Vec<f64>) -> Callbacks {
    let mean = mean(&times);
    times.sort_by(f64::total_cmp);
    let of = |share| quantile(&times, share);
    Callbacks { cost, mean, p99: of(0.99), p999: of(0.999), max: of(1.0) }
}

/// A quantile of sorted times.
#[must_use]
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}

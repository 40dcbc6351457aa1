//! How callbacks are measured.
//!
//! Hot: every callback of a cycle many times, and the least of each kept, since whatever else the machine does can only
//! add to it. Live: the callbacks as they came, nothing left out; only the cost is taken from each callback's median.
//! Reading the clock costs each callback some 20 to 40 ns, which are not taken off.

use crate::RATE;
use crate::cell::{Pace, Situation};
use crate::extent::Effort;
use crate::processor::thread_time;
use crate::signal::{INPUT_SEED, NOISE, noise};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Frames after which every schedule is where it began: four blocks of the largest partition of any plan.
pub const HOT_CYCLE: usize = 4 << 16;
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
    /// Noise for all of them, which is played again and again.
    inputs: Vec<Vec<f32>>,
    block: usize,
    /// The next frame of the noise.
    position: usize,
}

struct Seat {
    engine: Box<dyn Engine>,
    outputs: Vec<Vec<f32>>,
}

impl Stage {
    /// A stage for engines of so many inputs, and as many outputs.
    #[must_use]
    pub fn new(engines: Vec<Box<dyn Engine>>, channels: usize) -> Self {
        let inputs = (INPUT_SEED..).take(channels).map(|seed| noise(NOISE, seed)).collect();
        let seat = |engine| Seat { engine, outputs: vec![Vec::new(); channels] };
        Self { seats: engines.into_iter().map(seat).collect(), inputs, block: 0, position: 0 }
    }

    /// Sets the frames per callback: a power of 2. The noise begins again.
    pub fn resize(&mut self, block: usize) {
        (self.block, self.position) = (block, 0);
        self.seats.iter_mut().flat_map(|seat| &mut seat.outputs).for_each(|output| output.resize(block, 0.0));
    }

    /// Lets so many frames pass, unmeasured.
    pub fn play(&mut self, frames: usize) {
        (0..frames.div_ceil(self.block)).for_each(|_| self.callback(self.seats.len()));
    }

    /// Lets so many frames pass, and gives what the first engine makes of them.
    #[must_use]
    pub fn record(&mut self, frames: usize) -> Vec<Vec<f32>> {
        let mut sound = vec![Vec::with_capacity(frames + self.block); self.seats[0].outputs.len()];
        while sound[0].len() < frames {
            self.callback(1);
            sound.iter_mut().zip(&self.seats[0].outputs).for_each(|(sound, output)| sound.extend(output));
        }
        sound.iter_mut().for_each(|sound| sound.truncate(frames));
        sound
    }

    /// One callback of the first `count` engines.
    pub fn callback(&mut self, count: usize) {
        let now = self.position..self.position + self.block;
        self.position = now.end % NOISE;
        for Seat { engine, outputs } in &mut self.seats[..count] {
            match (&self.inputs[..], &mut outputs[..]) {
                ([input], [output]) => engine.process(&[&input[now.clone()]], &mut [black_box(output)]),
                ([a, b], [c, d]) => {
                    let inputs = [&a[now.clone()], &b[now.clone()]];
                    engine.process(&inputs, &mut [black_box(c), black_box(d)]);
                }
                _ => unreachable!("a layout has one or two channels"),
            }
        }
    }

    /// Processor time of a callback in microseconds: the mean over so many frames, the least of as many passes as there
    /// is time for, but at least `passes`.
    pub fn cost(&mut self, frames: usize, passes: usize, time: Duration) -> f64 {
        let (count, callbacks) = (self.seats.len(), frames / self.block);
        let (mut least, mut passed, began) = (f64::INFINITY, 0, Instant::now());
        while passed < passes || began.elapsed() < time {
            let before = thread_time();
            for _ in 0..callbacks {
                self.callback(count);
                // As every peer is measured, with the clock read once for each callback.
                black_box(Instant::now());
            }
            least = least.min((thread_time() - before).as_secs_f64() * 1e6 / callbacks as f64);
            passed += 1;
        }
        least
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

/// The middle one; sorts them.
#[must_use]
pub fn median(times: &mut [f64]) -> f64 {
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

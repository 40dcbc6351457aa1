//! A knob that is turned while sound passes: what its callbacks cost.

use crate::RATE;
use crate::cell::Layout;
use crate::measure::quantile;
use crate::signal::{Noise, room};
use std::sync::Arc;
use std::time::Instant;
use transept::engine::{Convolver, Delivery, Engine, Kernel, Relation};

/// Frames per callback: a quantum.
const BLOCK: usize = 64;
/// Shapes of one room that take turns.
const SHAPES: usize = 4;

/// What came of it; callbacks in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Swapped {
    /// Changes that were heard.
    pub changes: usize,
    /// Mean and worst callback before the knob was turned.
    pub steady: (f64, f64),
    /// Mean, 99.9th percentile and worst while it was.
    pub swapping: (f64, f64, f64),
}

/// Turns a knob so often a second for some seconds of sound, callback after callback; each change is another kernel of
/// the same room, of `length` seconds.
///
/// # Panics
/// If a kernel cannot be built.
#[must_use]
pub fn turn(layout: Layout, length: f64, rate: usize, seconds: usize) -> Swapped {
    let channels = layout.channels();
    let kernels: Vec<Arc<Kernel>> = (0..SHAPES as u64).map(|seed| kernel(layout, length, seed)).collect();
    let mut engine = Engine::new(channels, channels, RATE);
    let mut noise = Noise::new(1);
    let mut inputs = vec![vec![0.0; BLOCK]; channels];
    let mut outputs = inputs.clone();
    let mut callback = |incoming: Option<Box<Delivery>>| {
        inputs.iter_mut().for_each(|input| input.fill_with(|| noise.sample()));
        let inputs: Vec<&[f32]> = inputs.iter().map(|input| &input[..]).collect();
        let mut outputs: Vec<&mut [f32]> = outputs.iter_mut().map(|output| &mut output[..]).collect();
        let start = Instant::now();
        let returned = engine.process(&inputs, &mut outputs, incoming);
        let time = start.elapsed().as_secs_f64() * 1e6;
        (time, returned.is_some())
    };
    let taps = kernels[0].len();
    let delivery = |generation: u64| {
        let relation = Relation { correlation: 0.5, is_reshaped: true };
        let new =
            Delivery::new(Convolver::with_capacity(kernels[generation as usize % SHAPES].clone(), taps), generation);
        Box::new(new.with_relation(generation - 1, relation).with_relation(generation.saturating_sub(2), relation))
    };
    callback(Some(delivery(1)));
    (0..(length * f64::from(RATE)) as usize / BLOCK).for_each(|_| {
        callback(None);
    });
    // A whole number of blocks of the largest partition.
    let mut steady: Vec<f64> = (0..4 * (65_536 / BLOCK)).map(|_| callback(None).0).collect();
    let (mut swapping, mut changes) = (Vec::new(), 0);
    let callbacks = seconds * RATE as usize / BLOCK;
    for index in 0..callbacks {
        let due = |index: usize| index * BLOCK * rate / RATE as usize;
        let generation = due(index + 1) as u64 + 1;
        let incoming = (due(index + 1) > due(index)).then(|| delivery(generation));
        let (time, came_back) = callback(incoming);
        changes += usize::from(came_back);
        swapping.push(time);
    }
    let mean = |times: &[f64]| times.iter().sum::<f64>() / times.len() as f64;
    steady.sort_by(f64::total_cmp);
    swapping.sort_by(f64::total_cmp);
    Swapped {
        changes,
        steady: (mean(&steady), quantile(&steady, 1.0)),
        swapping: (mean(&swapping), quantile(&swapping, 0.999), quantile(&swapping, 1.0)),
    }
}

fn kernel(layout: Layout, seconds: f64, seed: u64) -> Arc<Kernel> {
    let channels = layout.channels();
    let taps: Vec<_> = (0..4).map(|path| room((seconds * f64::from(RATE)) as usize, 4 * seed + path + 1)).collect();
    let mut builder = Kernel::builder(channels, channels, RATE);
    for ((input, output), taps) in layout.paths().iter().zip(&taps) {
        builder = builder.path(*input, *output, taps);
    }
    Arc::new(builder.build().expect("equal paths"))
}

impl std::fmt::Display for Swapped {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Self { changes, steady, swapping } = self;
        let share = |microseconds: f64| 100.0 * microseconds * f64::from(RATE) / (BLOCK as f64 * 1e6);
        write!(
            f,
            "{changes} changes; a callback of {BLOCK} frames: steady {:.2} µs, worst {:.1} µs; ",
            steady.0, steady.1
        )?;
        write!(f, "swapping {:.2} µs, p99.9 {:.1} µs, worst {:.1} µs, ", swapping.0, swapping.1, swapping.2)?;
        write!(f, "{:.1} % of its deadline", share(swapping.2))
    }
}

//! Transept's convolver as it is measured.

use crate::RATE;
use crate::cell::{Cell, EngineName, Situation};
use crate::extent::Effort;
use crate::measure::{Engine, Stage};
use crate::peer::{Peer, Run};
use crate::signal::room;
use std::sync::Arc;
use std::time::Instant;
use transept::engine::{Convolver, Instructions, Kernel};

/// Builds of a kernel of which the fastest counts.
const BUILDS: usize = 3;

impl Engine for Convolver {
    fn process(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        Self::process(self, inputs, outputs);
    }
}

/// Measures the first situation for each of these blocks; says each cell as it is done.
pub fn measure(
    first: Situation,
    blocks: &[usize],
    instructions: Instructions,
    effort: Effort,
    mut done: impl FnMut(Cell),
) {
    let (mut convolvers, build) = build(&first, instructions);
    let bytes = convolvers[0].kernel().bytes() + convolvers[0].bytes();
    let engines = convolvers.drain(..).map(|convolver| Box::new(convolver) as Box<dyn Engine>).collect();
    let mut stage = Stage::new(engines, first.layout.channels());
    stage.resize(256);
    // The whole impulse sounds before anything is measured.
    stage.play(first.taps());
    for &block in blocks {
        let situation = Situation { block, ..first };
        let callbacks = stage.measure(&situation, effort);
        let (path, setting) = (instructions.to_string(), String::new());
        done(Cell { engine: EngineName::Transept, path, setting, situation, callbacks, build, bytes: Some(bytes) });
    }
}

/// A convolver to be run beside peers.
#[must_use]
pub fn beside(situation: Situation, instructions: Instructions) -> Peer {
    let (convolvers, build) = build(&situation, instructions);
    let bytes = Some(convolvers[0].kernel().bytes() + convolvers[0].bytes());
    let engines = convolvers.into_iter().map(|convolver| Box::new(convolver) as Box<dyn Engine>).collect();
    let mut stage = Stage::new(engines, situation.layout.channels());
    stage.resize(situation.block);
    let (path, setting, run) = (instructions.to_string(), String::new(), Run::Here(stage, Peer::CYCLE));
    Peer { engine: EngineName::Transept, path, setting, situation, build, bytes, run }
}

/// The set of instructions that most users' machines have: AVX2 where there is more.
#[must_use]
pub fn common() -> Instructions {
    let is_there = Instructions::available().contains(&Instructions::Avx2);
    if is_there { Instructions::Avx2 } else { Instructions::best() }
}

/// As many convolvers as there are instances, each with a kernel of its own, and the milliseconds that one kernel took.
fn build(situation: &Situation, instructions: Instructions) -> (Vec<Convolver>, f64) {
    let layout = situation.layout;
    let taps: Vec<_> = (1..).take(layout.paths().len()).map(|seed| room(situation.taps(), seed)).collect();
    let mut least = f64::INFINITY;
    let mut kernel = || {
        let start = Instant::now();
        let builder = Kernel::builder(layout.channels(), layout.channels(), RATE).instructions(instructions);
        let paths = layout.paths().iter().zip(&taps);
        let kernel = paths.fold(builder, |builder, (&(input, output), taps)| builder.path(input, output, taps)).build();
        least = least.min(start.elapsed().as_secs_f64() * 1e3);
        kernel.expect("equal paths, and instructions that are there")
    };
    let mut kernels: Vec<_> = (0..situation.instances.max(BUILDS)).map(|_| kernel()).collect();
    kernels.truncate(situation.instances);
    let convolvers = (0..).zip(kernels).map(|(phase, kernel)| Convolver::new(Arc::new(kernel)).with_phase(phase));
    (convolvers.collect(), least)
}

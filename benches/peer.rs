//! The crate `fft-convolver` beside us: two stages, the best of several tail sizes.

use crate::cell::{Cell, EngineName, Pace, Situation};
use crate::extent::Effort;
use crate::measure::{Engine, Stage};
use crate::signal::room;
use fft_convolver::TwoStageFFTConvolver;
use std::time::{Duration, Instant};

/// Sizes of the second stage that are tried: around the one at which both stages have as many partitions, since there
/// the cost is least.
fn tails(situation: &Situation) -> impl Iterator<Item = usize> {
    let middle = 1usize << (situation.taps() * situation.block).ilog2().div_ceil(2);
    [middle / 2, middle, middle * 2].into_iter().filter(|tail| *tail >= situation.block)
}

/// One convolver per path; a layout's paths are summed.
struct Peer {
    paths: Vec<(usize, usize, TwoStageFFTConvolver<f32>)>,
    product: Vec<f32>,
}

impl Engine for Peer {
    fn process(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let mut begun = [false; 2];
        for (input, output, convolver) in &mut self.paths {
            let (input, sum) = (inputs[*input], &mut *outputs[*output]);
            if !std::mem::replace(&mut begun[*output], true) {
                convolver.process(input, sum).expect("equal lengths");
                continue;
            }
            convolver.process(input, &mut self.product).expect("equal lengths");
            sum.iter_mut().zip(&self.product).for_each(|(sum, product)| *sum += product);
        }
    }
}

/// Measures one situation at the best tail.
///
/// # Panics
/// If more than one instance is asked for.
#[must_use]
pub fn measure(situation: Situation, effort: Effort) -> Cell {
    assert_eq!(situation.instances, 1, "a peer is measured alone");
    let taps: Vec<_> = (1..).take(situation.layout.paths().len()).map(|seed| room(situation.taps(), seed)).collect();
    let attempt = Effort { least: effort.least.min(2), time: Duration::ZERO, live: 0 };
    let cost = |tail: &usize| {
        let hot = Situation { pace: Pace::Hot, ..situation };
        build(&situation, &taps, *tail).0.measure(&hot, attempt).cost
    };
    let (tail, _) = tails(&situation)
        .map(|tail| (tail, cost(&tail)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .expect("no block is above every tail");
    let (mut stage, build) = build(&situation, &taps, tail);
    let callbacks = stage.measure(&situation, effort);
    let (path, setting) = (String::new(), format!("tail {tail}"));
    Cell { engine: EngineName::FftConvolver, path, setting, situation, callbacks, build, bytes: None }
}

/// A stage on which the whole impulse has sounded, and the milliseconds that building took.
fn build(situation: &Situation, taps: &[Vec<f32>], tail: usize) -> (Stage, f64) {
    let start = Instant::now();
    let paths = situation.layout.paths().iter().zip(taps).map(|(&(input, output), taps)| {
        let mut convolver = TwoStageFFTConvolver::default();
        convolver.init(situation.block, tail, taps).expect("valid sizes");
        (input, output, convolver)
    });
    let peer = Peer { paths: paths.collect(), product: vec![0.0; situation.block] };
    let build = start.elapsed().as_secs_f64() * 1e3;
    let mut stage = Stage::new(vec![Box::new(peer)], situation.layout.channels());
    stage.resize(situation.block);
    stage.play(situation.taps());
    (stage, build)
}

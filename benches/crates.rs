//! Convolvers from the registry beside us.

use crate::cell::{EngineName, Situation};
use crate::measure::Engine;
use crate::peer::{Peer, Setting};
use crate::signal::room;
use fft_convolver::TwoStageFFTConvolver;
use rt_fft_convolver::{HybridConvolver, UniformPartitionEngine};
use std::rc::Rc;

/// Input and output of a path, and its convolver.
struct Path<Convolver>(usize, usize, Convolver);

/// A convolver of one path, as a crate has it.
trait Convolve {
    /// Adds the convolution of one block to `sum`; `first` overwrites it. `product` is scratch.
    fn add(&mut self, input: &[f32], sum: &mut [f32], product: &mut [f32], first: bool);
}

/// One convolver per path; a layout's paths are summed.
struct Matrix<Convolver> {
    paths: Vec<Path<Convolver>>,
    product: Vec<f32>,
}

impl<Convolver: Convolve> Engine for Matrix<Convolver> {
    fn process(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let mut begun = [false; 2];
        for Path(input, output, convolver) in &mut self.paths {
            let first = !std::mem::replace(&mut begun[*output], true);
            convolver.add(inputs[*input], outputs[*output], &mut self.product, first);
        }
    }
}

impl Convolve for TwoStageFFTConvolver<f32> {
    fn add(&mut self, input: &[f32], sum: &mut [f32], product: &mut [f32], first: bool) {
        if first {
            return self.process(input, sum).expect("equal lengths");
        }
        self.process(input, product).expect("equal lengths");
        sum.iter_mut().zip(product).for_each(|(sum, product)| *sum += *product);
    }
}

impl Convolve for HybridConvolver {
    fn add(&mut self, input: &[f32], sum: &mut [f32], product: &mut [f32], first: bool) {
        if first {
            return self.process(input, sum);
        }
        self.process(input, product);
        sum.iter_mut().zip(product).for_each(|(sum, product)| *sum += *product);
    }
}

impl Convolve for UniformPartitionEngine {
    fn add(&mut self, input: &[f32], sum: &mut [f32], _: &mut [f32], first: bool) {
        if first {
            sum.fill(0.0);
        }
        self.process(input, sum);
    }
}

/// Taps of all paths.
type Taps = Rc<Vec<Vec<f32>>>;

fn taps(situation: &Situation) -> Taps {
    Rc::new((1..).take(situation.layout.paths().len()).map(|seed| room(situation.taps(), seed)).collect())
}

fn setting<Convolver: Convolve + 'static>(
    situation: &Situation,
    taps: &Taps,
    name: String,
    convolver: impl Fn(&[f32]) -> Convolver + 'static,
) -> Setting<'static> {
    let (taps, paths, block) = (taps.clone(), situation.layout.paths(), situation.block);
    let build = move || -> Box<dyn Engine> {
        let paths = paths.iter().zip(&*taps).map(|((input, output), taps)| Path(*input, *output, convolver(taps)));
        Box::new(Matrix { paths: paths.collect(), product: vec![0.0; block] })
    };
    (name, Box::new(build))
}

/// `fft-convolver`: two stages, the best of several tail sizes around the one at which both stages have as many
/// partitions, since there the cost is least.
#[must_use]
pub fn fft_convolver(situation: Situation) -> Peer {
    let (block, taps) = (situation.block, taps(&situation));
    let middle = 1usize << (situation.taps() * block).ilog2().div_ceil(2);
    let tails = [middle / 2, middle, middle * 2].into_iter().filter(|tail| *tail >= block);
    let settings = tails.map(|tail| {
        setting(&situation, &taps, format!("tail {tail}"), move |taps| {
            let mut convolver = TwoStageFFTConvolver::default();
            convolver.init(block, tail, taps).expect("valid sizes");
            convolver
        })
    });
    Peer::best(EngineName::FftConvolver, situation, &settings.collect::<Vec<_>>(), Peer::CYCLE)
}

/// `rt-fft-convolver`: partitions of one size, the block, with or without a head in the time domain. Both its engines
/// do as much in every callback. `None` where there are so many partitions that it takes minutes to hear them all.
#[must_use]
pub fn rt_fft_convolver(situation: Situation) -> Option<Peer> {
    const MOST: usize = 10_000;
    /// A pass: few, since they are all alike, and some of them long.
    const FRAMES: usize = 1 << 13;
    if situation.taps() / situation.block > MOST {
        return None;
    }
    let (block, taps) = (situation.block, taps(&situation));
    let settings = [
        setting(&situation, &taps, "uniform".into(), move |taps| UniformPartitionEngine::new(taps, block)),
        setting(&situation, &taps, "hybrid".into(), move |taps| HybridConvolver::new(taps, block)),
    ];
    Some(Peer::best(EngineName::RtFftConvolver, situation, &settings, FRAMES))
}

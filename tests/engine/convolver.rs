//! What the convolver promises.

mod bits;
mod changes;
mod exactness;
mod growth;
mod matrices;
mod positions;
mod robustness;

use assert_no_alloc::assert_no_alloc;
use std::sync::Arc;
use transept::engine::{Convolver, Kernel};
use transept_support::signal::cut;

type Path<'a> = (usize, usize, &'a [f32]);

fn convolver(inputs: usize, outputs: usize, rate: u32, paths: &[Path]) -> Convolver {
    let builder = Kernel::builder(inputs, outputs, rate);
    let builder = paths.iter().fold(builder, |builder, (i, o, taps)| builder.path(*i, *o, taps));
    Convolver::new(Arc::new(builder.build().unwrap()))
}

/// Runs planar signals through a convolver in blocks. The blocks themselves run under the allocation guard.
fn run(convolver: &mut Convolver, signals: &[Vec<f32>], block: usize, seed: u64) -> Vec<Vec<f32>> {
    let len = signals[0].len();
    let mut outputs = vec![vec![f32::NAN; len]; convolver.kernel().outputs()];
    for now in cut(len, block, seed) {
        let inputs: Vec<&[f32]> = signals.iter().map(|s| &s[now.clone()]).collect();
        let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(|o| &mut o[now.clone()]).collect();
        assert_no_alloc(|| convolver.process(&inputs, &mut slices));
    }
    outputs
}

fn mono(taps: &[f32], rate: u32, signal: &[f32], block: usize) -> Vec<f32> {
    run(&mut convolver(1, 1, rate, &[(0, 0, taps)]), &[signal.to_vec()], block, 1).remove(0)
}

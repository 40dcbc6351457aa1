//! Up to 16 inputs and outputs, and any of the paths between them.

use super::{Path, convolver, run};
use assert_no_alloc::assert_no_alloc;
use std::sync::Arc;
use transept::convolution::oracle;
use transept::engine::{Convolver, Delivery, Engine, Kernel, MAX_CHANNELS, Relation};
use transept_support::compare::{assert_same_bits, error_db};
use transept_support::signal::{BLOCKS, decaying_noise, noise};

fn signals(count: usize, len: usize) -> Vec<Vec<f32>> {
    (0..count).map(|channel| noise(len, 100 + channel as u64)).collect()
}

/// Responses from every input to every output, without those that `there` leaves out.
fn responses(
    inputs: usize,
    outputs: usize,
    len: usize,
    there: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize, Vec<f32>)> {
    let pairs = (0..inputs).flat_map(|input| (0..outputs).map(move |output| (input, output)));
    let pairs = pairs.filter(|(input, output)| there(*input, *output));
    pairs.map(|(i, o)| (i, o, decaying_noise(len, (MAX_CHANNELS * i + o) as u64))).collect()
}

fn paths(responses: &[(usize, usize, Vec<f32>)]) -> Vec<Path<'_>> {
    responses.iter().map(|(input, output, taps)| (*input, *output, &taps[..])).collect()
}

/// Asserts that each output is the exact sum of its paths, within the error of one convolution: the errors of paths add
/// up as their sounds do.
fn assert_exact(got: &[Vec<f32>], signals: &[Vec<f32>], paths: &[Path], what: &str) {
    for (output, got) in got.iter().enumerate() {
        let mut expected = vec![0.0; got.len()];
        for (input, _, taps) in paths.iter().filter(|path| path.1 == output) {
            let path = oracle(&signals[*input], taps, got.len());
            expected.iter_mut().zip(path).for_each(|(sum, y)| *sum += y);
        }
        if expected.iter().all(|y| *y == 0.0) {
            assert!(got.iter().all(|y| *y == 0.0), "{what}, output {output}");
        } else {
            let error = error_db(got, &expected);
            assert!(error <= -125.0, "{what}, output {output}: {error:.1} dB");
        }
    }
}

#[test]
fn a_matrix_is_the_sum_of_all_its_paths() {
    for (inputs, outputs, len) in [(3, 5, 9_000), (4, 4, 20_000), (1, 16, 3_000), (16, 1, 3_000), (16, 16, 2_000)] {
        let responses = responses(inputs, outputs, len, |_, _| true);
        let (paths, signals) = (paths(&responses), signals(inputs, 2 * len));
        let got = run(&mut convolver(inputs, outputs, 48_000, &paths), &signals, 0, 1);
        assert_exact(&got, &signals, &paths, &format!("{inputs} to {outputs}"));
    }
}

#[test]
fn a_matrix_with_holes_is_the_sum_of_the_paths_that_are_there() {
    for round in 0..6 {
        let there = |input: usize, output: usize| (7 * input + 5 * output + round).is_multiple_of(6) && output != 2;
        let responses = responses(7, 9, 6_000, there);
        let (paths, signals) = (paths(&responses), signals(7, 12_000));
        let got = run(&mut convolver(7, 9, 48_000, &paths), &signals, 0, round as u64);
        assert_exact(&got, &signals, &paths, &format!("round {round}"));
    }
}

#[test]
fn a_matrix_has_the_same_bits_at_every_block_size() {
    let responses = responses(3, 5, 9_000, |input, output| input + output != 3);
    let (paths, signals) = (paths(&responses), signals(3, 15_000));
    let whole = run(&mut convolver(3, 5, 48_000, &paths), &signals, 15_000, 0);
    for block in BLOCKS {
        let cut = run(&mut convolver(3, 5, 48_000, &paths), &signals, block, 1);
        assert_same_bits(&whole, &cut, &format!("blocks of {block}"));
    }
}

/// One kernel after another for so many channels, each channel through a response of its own: a reshaped room, another
/// room, silence. Everything runs under the allocation guard.
fn changes(channels: &[usize], signals: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let len = signals[0].len();
    let delivery = |generation: u64| {
        let taps: Vec<_> = channels.iter().map(|c| decaying_noise(5_000, 20 * generation + *c as u64)).collect();
        let builder = Kernel::builder(channels.len(), channels.len(), 48_000).partitions(&[64, 256, 1024]);
        let builder = taps.iter().enumerate().fold(builder, |builder, (c, taps)| builder.path(c, c, taps));
        let convolver = Convolver::new(Arc::new(builder.build().unwrap()));
        let relation = Relation { correlation: 0.5, is_reshaped: generation == 2 };
        Box::new(Delivery::new(convolver, generation).with_relation(generation - 1, relation))
    };
    let mut engine = Engine::new(channels.len(), channels.len(), 48_000);
    let mut outputs = vec![vec![f32::NAN; len]; channels.len()];
    let mut incoming = [Some(delivery(1)), Some(delivery(2)), Some(delivery(3)), None];
    for (step, start) in (0..len).step_by(len / 4).enumerate() {
        if step == 3 {
            engine.silence();
        }
        for (block, at) in (start..start + len / 4).step_by(100).enumerate() {
            let now = at..(at + 100).min(start + len / 4);
            let inputs: Vec<&[f32]> = channels.iter().map(|c| &signals[*c][now.clone()]).collect();
            let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(|output| &mut output[now.clone()]).collect();
            let new = if block == 0 { incoming[step].take() } else { None };
            drop(assert_no_alloc(|| engine.process(&inputs, &mut slices, new)));
        }
    }
    outputs
}

#[test]
fn every_channel_of_many_changes_as_one_alone() {
    let signals = signals(MAX_CHANNELS, 40_000);
    let together = changes(&(0..MAX_CHANNELS).collect::<Vec<_>>(), &signals);
    for (channel, together) in together.iter().enumerate() {
        let alone = changes(&[channel], &signals);
        assert_same_bits(std::slice::from_ref(together), &alone, &format!("channel {channel}"));
    }
}

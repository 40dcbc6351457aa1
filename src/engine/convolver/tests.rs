//! Promises of the convolver that can only be seen from inside: work that is counted, and denormals.

use super::*;
use crate::engine::history::StageHistory;
use crate::engine::plan::BATCH;
use crate::engine::spectrum::CHUNK;
use crate::engine::{Instructions, noise};
use std::f64::consts::PI;

/// Quanta of one signal for all inputs; the outputs, one after another.
fn play(convolver: &mut Convolver, signal: &[f32]) -> Vec<f32> {
    let mut heard = Vec::new();
    for block in signal.chunks(64) {
        let mut outputs = vec![vec![0.0; block.len()]; convolver.kernel.outputs()];
        let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(|output| &mut output[..]).collect();
        convolver.process(&vec![block; convolver.kernel.inputs()], &mut slices);
        heard.extend(outputs.concat());
    }
    heard
}

#[test]
fn no_denormal_arises_inside() {
    for instructions in Instructions::available() {
        for exponent in [-8, -12, -14, -16, -19, -30, -42] {
            let scale = 10f64.powi(exponent);
            let sound = noise(12_000, scale, 2);
            assert_no_denormal_arises(instructions, &noise(20_000, scale, 1), &sound);
            // Most bins of a smooth block are what rounding left, far below the samples.
            let smooth = |n: usize| (scale * (n as f64 * PI / 2048.0).sin().powi(8)) as f32;
            let [taps, sound] =
                [2048 - LAST % 2048, 0].map(|from| (from..from + 20_000).map(smooth).collect::<Vec<_>>());
            assert_no_denormal_arises(instructions, &taps, &sound);
        }
    }
}

/// Where the last stage begins of the kernels that are searched for denormals.
const LAST: usize = 5_184;

fn assert_no_denormal_arises(instructions: Instructions, taps: &[f32], sound: &[f32]) {
    let what = format!("{instructions}, ±{:e}", taps.iter().copied().fold(0.0, f32::max));
    // With partitions that are multiplied in batches, and a transform in pieces.
    let builder = Kernel::builder(1, 1, 48_000).path(0, 0, taps).partitions(&[64, 256, 2048]);
    let kernel = builder.instructions(instructions).build().unwrap();
    assert_eq!(kernel.stages[2].plan.offset, LAST);
    let spectra = |stage: &Arc<crate::engine::kernel::KernelStage>| -> usize {
        stage.outputs.iter().map(|output| output.spectra.denormals()).sum()
    };
    assert_eq!(kernel.stages.iter().map(spectra).sum::<usize>(), 0, "in the kernel, {what}");
    let mut convolver = Convolver::new(Arc::new(kernel));
    // The sound, then silence while it rings out.
    for block in sound.chunks(64).chain([&[0.0f32; 64][..]; 400]) {
        let output = play(&mut convolver, block);
        let history: usize = convolver.history.stages.iter().map(StageHistory::denormals).sum();
        let inside = history + convolver.state.denormals();
        assert_eq!(inside, 0, "{what}");
        assert!(!output.iter().any(|y| y.is_subnormal()), "{what}");
    }
}

/// Taps for every pair of input and output, of which `sounds` says whether they are zeros.
fn matrix(inputs: usize, outputs: usize, sounds: impl Fn(usize, usize) -> bool) -> Vec<(usize, usize, Vec<f32>)> {
    let pairs = (0..inputs).flat_map(|input| (0..outputs).map(move |output| (input, output)));
    let taps = |(input, output): (usize, usize)| {
        let scale = if sounds(input, output) { 1.0 } else { 0.0 };
        (input, output, noise(10_000, scale, (16 * input + output) as u64))
    };
    pairs.map(taps).collect()
}

fn convolver_of(inputs: usize, outputs: usize, paths: &[(usize, usize, Vec<f32>)]) -> Convolver {
    let builder = Kernel::builder(inputs, outputs, 48_000);
    let builder = paths.iter().fold(builder, |builder, (from, to, taps)| builder.path(*from, *to, taps));
    Convolver::new(Arc::new(builder.build().unwrap()))
}

#[test]
fn a_matrix_transforms_each_input_and_each_output_once() {
    for (inputs, outputs) in [(3, 5), (4, 4), (16, 16)] {
        let mut convolver = convolver_of(inputs, outputs, &matrix(inputs, outputs, |_, _| true));
        let largest = convolver.kernel.plan.largest();
        play(&mut convolver, &noise(8 * largest, 1.0, 9));
        let before = convolver.done().0;
        play(&mut convolver, &noise(4 * largest, 1.0, 9));
        let blocks: usize = convolver.kernel.plan.stages.iter().map(|stage| 4 * largest / stage.partition).sum();
        assert_eq!(convolver.done().0 - before, (inputs + outputs) * blocks, "{inputs} to {outputs}");
    }
}

#[test]
fn paths_of_zeros_cost_nothing_in_a_matrix() {
    let all = matrix(16, 16, |input, output| input == output && input % 3 == 0);
    let sounding: Vec<_> = all.iter().filter(|path| path.2.iter().any(|tap| *tap != 0.0)).cloned().collect();
    assert_eq!((all.len(), sounding.len()), (256, 6));
    let [mut whole, mut sparse] = [&all, &sounding].map(|paths| convolver_of(16, 16, paths));
    assert_eq!(whole.kernel.plan, sparse.kernel.plan);
    assert_eq!((whole.kernel.bytes(), whole.bytes()), (sparse.kernel.bytes(), sparse.bytes()));
    let sound = noise(40_000, 1.0, 9);
    let heard = [&mut whole, &mut sparse].map(|convolver| play(convolver, &sound));
    assert!(heard[0].iter().zip(&heard[1]).all(|(a, b)| a.to_bits() == b.to_bits()));
    assert_eq!(whole.done(), sparse.done());
}

#[test]
fn true_stereo_shares_two_transforms_each_way() {
    let taps: Vec<_> = (0..4).map(|seed| noise(20_000, 1.0, seed)).collect();
    let builder = Kernel::builder(2, 2, 48_000).partitions(&[64, 512, 2048]);
    let paths = [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().zip(&taps);
    let kernel = paths.fold(builder, |builder, ((from, to), taps)| builder.path(from, to, taps)).build().unwrap();
    let mut convolver = Convolver::new(Arc::new(kernel));
    play(&mut convolver, &noise(40_960, 1.0, 9));
    let before = convolver.done().0;
    play(&mut convolver, &noise(20_480, 1.0, 9));
    let blocks = [64, 512, 2048].map(|partition| 20_480 / partition).iter().sum::<usize>();
    assert_eq!(convolver.done().0 - before, 4 * blocks);
}

#[test]
fn after_silence_as_long_as_the_tail_the_output_is_zero_and_nothing_is_done() {
    let taps = noise(40_000, 1.0, 1);
    let kernel = Kernel::builder(2, 2, 48_000).path(0, 0, &taps).path(1, 1, &taps).build().unwrap();
    let largest = kernel.plan.largest();
    let mut convolver = Convolver::new(Arc::new(kernel));
    for round in 0..3 {
        let sound = noise(10_000 + 64 * round, 1.0, 2);
        assert!(play(&mut convolver, &sound).iter().any(|y| *y != 0.0));
        // What sounds last lies in a block, which ends somewhat later; so does the partition of the last tap.
        play(&mut convolver, &vec![0.0; (40_000 + 2 * largest).next_multiple_of(64)]);
        let before = convolver.done();
        let silence = play(&mut convolver, &vec![0.0; 50 * largest]);
        assert!(silence.iter().all(|y| y.to_bits() == 0), "round {round}");
        assert_eq!(convolver.done(), before, "round {round}");
    }
    // And then it is as if it had never heard anything.
    let sound = noise(60_032, 1.0, 3);
    let rested = play(&mut convolver, &sound);
    assert!(rested.iter().any(|y| *y != 0.0));
    let mut again = Convolver::new(convolver.kernel.clone());
    play(&mut again, &vec![0.0; (convolver.history.position - 60_032) as usize]);
    assert!(play(&mut again, &sound).iter().zip(&rested).all(|(a, b)| a.to_bits() == b.to_bits()));
}

/// Rest begins in every quantum of two batches of blocks, and sound comes back soon or late.
#[test]
fn rest_may_begin_and_end_anywhere_in_a_group_of_blocks() {
    let (taps, partition) = (noise(6_000, 1.0, 1), 256);
    let partitions = [64, partition];
    let kernel = Kernel::builder(1, 1, 48_000).path(0, 0, &taps).partitions(&partitions).build().unwrap();
    let kernel = Arc::new(kernel);
    assert!(kernel.stages[1].is_batched);
    let two_groups = 1..=2 * BATCH * partition / 64;
    for (quanta, pause) in two_groups.flat_map(|quanta| (0..6 * BATCH).map(move |pause| (quanta, pause))) {
        let what = format!("after {quanta} quanta and {pause} blocks of rest");
        let mut convolver = Convolver::new(kernel.clone()).with_phase(quanta as u32);
        play(&mut convolver, &noise(64 * quanta, 1.0, 2));
        play(&mut convolver, &vec![0.0; (6_000 + 2 * partition).next_multiple_of(64)]);
        let before = convolver.done();
        let silence = play(&mut convolver, &vec![0.0; pause * partition]);
        assert!(silence.iter().all(|y| y.to_bits() == 0), "{what}");
        assert_eq!(convolver.done(), before, "{what}");
        let mut again = Convolver::new(kernel.clone());
        play(&mut again, &vec![0.0; convolver.history.position as usize]);
        let sound = noise(6_000 + 2 * BATCH * partition, 1.0, 3);
        let [expected, found] = [&mut again, &mut convolver].map(|convolver| play(convolver, &sound));
        let differs = expected.iter().zip(&found).position(|(a, b)| a.to_bits() != b.to_bits());
        assert_eq!(differs, None, "{what}");
    }
}

#[test]
fn after_a_reset_silence_is_rest_as_soon_as_ever() {
    let taps = noise(40_000, 1.0, 1);
    let kernel = Kernel::builder(1, 1, 48_000).path(0, 0, &taps).partitions(&[64, 512, 2048]).build().unwrap();
    let mut convolver = Convolver::new(Arc::new(kernel));
    play(&mut convolver, &noise(200_000, 1.0, 2));
    convolver.reset();
    play(&mut convolver, &vec![0.0; (40_000 + 2 * 2048_usize).next_multiple_of(64)]);
    let before = convolver.done();
    play(&mut convolver, &vec![0.0; 40_960]);
    assert_eq!(convolver.done(), before);
}

#[test]
fn silence_after_a_reset_does_not_wake_the_history() {
    let (taps, partitions) = (noise(40_000, 1.0, 1), [64, 512, 2048]);
    let builder = Kernel::builder(1, 1, 48_000).path(0, 0, &taps).partitions(&partitions);
    let kernel = Arc::new(builder.build().unwrap());
    let mut reset = Convolver::new(kernel.clone());
    for quanta in [100, 1000, 3000] {
        // Silence that reaches into every stage, sound, and silence again.
        let mut signal = vec![0.0; 64 * quanta];
        signal.extend(noise(64 * 700, 1.0, 3).into_iter().chain(vec![0.0; 60_032]));
        let mut fresh = Convolver::new(kernel.clone());
        play(&mut reset, &noise(64 * 1500, 1.0, 2));
        reset.reset();
        let (expected, found) = (play(&mut fresh, &signal), play(&mut reset, &signal));
        let differs = expected.iter().zip(&found).position(|(a, b)| a.to_bits() != b.to_bits());
        assert_eq!(differs, None, "after {quanta} quanta of silence");
        reset.reset();
    }
}

#[test]
fn what_is_done_does_not_depend_on_the_signal() {
    let taps = noise(40_000, 1.0, 1);
    let kernel = Arc::new(Kernel::builder(1, 1, 48_000).path(0, 0, &taps).build().unwrap());
    let work = |signal: &[f32]| {
        let mut convolver = Convolver::new(kernel.clone());
        play(&mut convolver, signal);
        convolver.done()
    };
    let len = 64 * 1000;
    let constant = work(&vec![1.0; len]);
    assert_eq!(work(&noise(len, 1.0, 2)), constant);
    assert_eq!(work(&noise(len, 1e-10, 2)), constant);
    let clicks: Vec<f32> = (0..len).map(|i| if i % 64 == 0 { 1.0 } else { 0.0 }).collect();
    assert_eq!(work(&clicks), constant);
    let nothing = work(&vec![0.0; len]);
    assert_eq!(nothing, (0, 0), "silence is cheaper");
}

/// The quantum is 64, 128 and 256 samples. From 128 on each input has steps of its own.
#[test]
fn blocks_of_many_quanta_have_the_bits_of_single_quanta_at_every_rate() {
    for rate in [48_000, 96_000, 192_000] {
        let (left, right) = (noise(9_600, 1.0, 1), noise(9_600, 1.0, 2));
        let kernel = Arc::new(Kernel::builder(2, 2, rate).path(0, 0, &left).path(1, 1, &right).build().unwrap());
        let inputs = [noise(20_000, 1.0, 3), noise(20_000, 1.0, 4)];
        let play = |block: usize| {
            let mut convolver = Convolver::new(kernel.clone());
            let mut outputs = [vec![0.0; 20_000], vec![0.0; 20_000]];
            let [first, second] = &mut outputs;
            let ours = first.chunks_mut(block).zip(second.chunks_mut(block));
            for ((x, y), (first, second)) in inputs[0].chunks(block).zip(inputs[1].chunks(block)).zip(ours) {
                convolver.process(&[x, y], &mut [first, second]);
            }
            outputs.map(|output| output.into_iter().map(f32::to_bits).collect::<Vec<_>>())
        };
        let expected = play(64);
        for block in [512, 1_024, 5_000] {
            assert!(play(block) == expected, "{rate} Hz, blocks of {block}");
        }
    }
}

/// A stereo kernel with the partitions of a room of some seconds.
fn stereo(len: usize, seed: u64, partitions: &[usize]) -> Arc<Kernel> {
    let [left, right] = [seed, seed + 1].map(|seed| noise(len, 1.0, seed));
    let builder = Kernel::builder(2, 2, 48_000).partitions(partitions).path(0, 0, &left).path(1, 1, &right);
    Arc::new(builder.build().unwrap())
}

/// The most in any quantum, and all of it: of what is copied while a history grows, and of what both convolvers
/// multiply meanwhile.
#[test]
fn growing_costs_a_share_that_is_what_a_path_from_each_input_multiplies() {
    let room = [64, 512, 4096];
    let cases = [(48_000, 144_000), (288_000, 400_000), (2_000, 90_000), (700, 800), (10_176, 12_000), (40, 30_000)];
    for (from, to) in cases {
        let (old, new) = (stereo(from, 1, &room), stereo(to, 3, &room));
        let (mut old, mut new) = (Convolver::new(old), Convolver::new(new));
        let what = format!("from {from} to {to} taps");
        let sound = noise(64, 1.0, 9);
        let steps = from / 64 + 1_024;
        let mut steady = 0;
        for _ in 0..steps {
            play(&mut old, &sound);
        }
        for _ in 0..256 {
            let before = old.done().1;
            play(&mut old, &sound);
            steady = steady.max(old.done().1 - before);
        }
        let plan = old.kernel.plan.clone();
        let share = plan.stages.iter().map(|stage| 2 * stage.count * 64 / CHUNK).sum::<usize>();
        // All places of the last stage, and the samples where larger partitions look further back.
        let last = plan.stages.last().filter(|last| new.kernel.plan.stages[plan.stages.len() - 1].count > last.count);
        let blocks = |last: &crate::engine::plan::StagePlan| last.count + if last.partition == 64 { 8 } else { 5 };
        let spectra = last.map_or(0, |last| 2 * blocks(last) * last.partition / CHUNK);
        let is_wider = new.kernel.plan.history_len() > plan.history_len();
        // Samples are counted in chunks of the same size.
        let of_quantum = 2 * 64 / (2 * CHUNK);
        let samples = if is_wider { of_quantum * plan.history_len() / 64 } else { 0 };
        assert!(new.suits(&old), "{what}");
        let bytes = (old.bytes(), new.bytes());
        new.take_over(&mut old);
        let (mut most, mut multiplied, mut quanta) = (0, 0, 0);
        while new.history.is_growing() {
            let before = (new.history.copied, old.done().1 + new.done().1);
            let (mut ours, mut theirs) = ([[0.0; 64]; 2], [[0.0; 64]; 2]);
            let mut outputs = theirs.each_mut().map(|output| &mut output[..]);
            let beside = Beside { convolver: &mut old, outputs: &mut outputs };
            let [left, right] = &mut ours;
            new.process_beside(&[&sound, &sound], &mut [left, right], Some(beside));
            most = most.max(new.history.copied - before.0);
            multiplied = multiplied.max(old.done().1 + new.done().1 - before.1);
            quanta += 1;
        }
        println!("{what}: {} chunks in {quanta} quanta, at most {most}, share {share}", new.history.copied);
        assert_eq!((old.bytes(), new.bytes()), bytes, "{what}: the outgrown rings are the old one's");
        assert!(multiplied <= steady, "{what}: {multiplied} chunks multiplied, {steady} without growing");
        // Of a spectrum a chunk of all blocks at least, and of the samples those of a quantum.
        let least = last.map_or(0, blocks).max(of_quantum);
        assert!(most <= share.max(least), "{what}: {most} chunks in a quantum");
        // Samples of a quantum are overwritten before the first share.
        let copied = spectra + samples.saturating_sub(of_quantum);
        assert!((copied..=spectra + samples).contains(&new.history.copied), "{what}");
        // No more quanta than full shares make, where whole chunks and samples of quanta are no multiples of it.
        let most_quanta = |chunks: usize, unit: usize| chunks.div_ceil((share / unit).max(1) * unit);
        assert!(
            quanta <= most_quanta(spectra, least) + most_quanta(samples, of_quantum) + 1,
            "{what}: {quanta} quanta"
        );
    }
}

/// Bytes of a stereo convolver by its plan: history, samples, accumulators, output rings.
fn bytes_of_parts(kernel: &Kernel) -> [usize; 4] {
    let spectra = |blocks: usize, partition: usize| 2 * blocks * partition * size_of::<[f32; 2]>();
    let mut parts = [0, 2 * kernel.plan.history_len() * size_of::<f32>(), 0, 0];
    for stage in &kernel.plan.stages {
        // A block that comes, the four that a new kernel computes again, and three places of the ring twice. Where
        // blocks are quanta, three more are stored before the first of them is multiplied.
        let beyond = 1 + BATCH + (BATCH - 1) * if stage.partition == 64 { 2 } else { 1 };
        let batches = if stage.is_batched() { 2 } else { 1 };
        let ring = (stage.offset + SPAN * 64).next_multiple_of(stage.partition);
        parts[0] += spectra(stage.count + beyond, stage.partition);
        parts[2] += spectra(batches * BATCH, stage.partition);
        parts[3] += 2 * (ring + stage.partition) * size_of::<f32>();
    }
    parts
}

#[test]
fn a_convolver_of_six_seconds_holds_its_history_and_rings_and_nothing_else() {
    for partitions in [&[64, 512, 2048][..], &[64, 512, 4096], &[64, 512, 8192]] {
        let kernel = stereo(288_000, 1, partitions);
        let (parts, bytes) = (bytes_of_parts(&kernel), Convolver::new(kernel.clone()).bytes());
        println!("{partitions:?}: {bytes} bytes; history, samples, accumulators, outputs: {parts:?}");
        assert_eq!(bytes, parts.iter().sum::<usize>(), "{partitions:?}");
    }
}

//! What a quantum costs while something changes. Work is counted, not timed, so that it does not depend on the machine.

use super::transition::Transition;
use super::*;
use std::sync::Arc;

fn kernel(len: usize, seed: u64) -> Kernel {
    let taps: Vec<_> = (0..4).map(|path| noise(len, 1.0, 4 * seed + path)).collect();
    let paths = [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().zip(&taps);
    let builder = Kernel::builder(2, 2, 48_000);
    paths.fold(builder, |builder, ((from, to), taps)| builder.path(from, to, taps)).build().unwrap()
}

fn true_stereo(len: usize, seed: u64) -> Delivery {
    let kernel = kernel(len, seed);
    let relation = Relation { correlation: 0.5, is_reshaped: true };
    let new = Delivery::new(Convolver::with_capacity(Arc::new(kernel), len), seed);
    (1..seed).fold(new, |new, before| new.with_relation(before, relation))
}

/// Transforms begun and chunks multiplied, by whoever is there.
fn done(engine: &Engine) -> (usize, usize) {
    let old = engine.transition.as_ref().and_then(Transition::old);
    let all = [engine.current.as_deref(), old, engine.retired.as_deref()];
    all.into_iter().flatten().map(|c| c.done()).fold((0, 0), |sum, done| (sum.0 + done.0, sum.1 + done.1))
}

/// The most of both in any quantum of some.
fn most(engine: &mut Engine, quanta: usize) -> (usize, usize) {
    let sound = noise(64, 1.0, 9);
    let mut most = (0, 0);
    for _ in 0..quanta {
        let before = done(engine);
        let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
        engine.convolve(&[&sound, &sound], &mut [&mut left, &mut right]);
        let after = done(engine);
        most = (most.0.max(after.0 - before.0), most.1.max(after.1 - before.1));
    }
    most
}

/// Chunks that the stage with the most of them multiplies to catch up.
fn largest_to_catch_up(engine: &Engine) -> usize {
    let kernel = engine.current.as_ref().unwrap().kernel();
    let of_stage = |stage: &Arc<super::kernel::KernelStage>| {
        let partitions = stage
            .outputs
            .iter()
            .flat_map(|output| &output.paths)
            .flat_map(|path| &path.runs)
            .map(|run| run.partitions.len());
        4 * partitions.sum::<usize>() * stage.plan.partition / super::spectrum::CHUNK
    };
    kernel.stages.iter().map(of_stage).max().unwrap()
}

/// What a callback costs while a room is reshaped, and while one room follows another. Counted, so that it does not
/// depend on the machine.
#[test]
fn no_quantum_does_more_than_twice_the_steady_maximum_and_a_share_of_catching_up() {
    let mut engine = Engine::new(2, 2, 48_000);
    engine.offer(Box::new(true_stereo(288_000, 1)));
    // Until the history is full, and then every slot of the largest stage.
    most(&mut engine, 288_000 / 64 + 2_048);
    let steady = most(&mut engine, 2_048);
    let largest = largest_to_catch_up(&engine);
    let (mut transforms, mut chunks) = (0, 0);
    // At places that lie differently among the blocks of all stages.
    for seed in 2..26 {
        engine.offer(Box::new(true_stereo(288_000 - 1_000 * seed as usize, seed)));
        let now = most(&mut engine, 60 + 13 * (seed as usize % 7));
        (transforms, chunks) = (transforms.max(now.0), chunks.max(now.1));
        assert!(engine.take_retired().is_some() && engine.is_settled(), "within 80 ms it is done");
    }
    println!("steady {steady:?}, changing ({transforms}, {chunks}), the largest stage's catching up {largest} chunks");
    assert!(chunks <= 2 * steady.1 + largest, "the promise");
    // And what is made of it: the largest stage's share of a quantum, and what its schedule had meanwhile.
    assert!(chunks <= 2 * steady.1 + largest / 8, "{chunks}: {} and {largest}", steady.1);
    // Two kernels' transforms back, and four blocks of two outputs that are caught up on.
    assert!(transforms <= 2 * steady.0 + 8, "{transforms}, {}", steady.0);
}

/// A minute of automation, twenty changes a second: of shapes that lengthen and shorten the room, and land
/// at every place among the blocks of all stages.
#[test]
fn a_minute_of_automation_does_no_more_in_any_quantum() {
    let kernels: Vec<Arc<Kernel>> =
        (0..6).map(|seed| Arc::new(kernel(288_000 - 4_000 * seed as usize, seed))).collect();
    let shape = |generation: u64| {
        let relation = Relation { correlation: 0.5, is_reshaped: true };
        let kernel = kernels[generation as usize % kernels.len()].clone();
        let new = Delivery::new(Convolver::with_capacity(kernel, 288_000), generation);
        // What it meets may be the one before, or the one before that.
        (generation.saturating_sub(3)..generation).fold(new, |new, before| new.with_relation(before, relation))
    };
    let mut engine = Engine::new(2, 2, 48_000);
    engine.offer(Box::new(shape(6))); // the longest
    most(&mut engine, 288_000 / 64 + 2_048);
    let steady = most(&mut engine, 2_048);
    let largest = largest_to_catch_up(&engine);
    let (mut worst, mut done, mut heard) = ((0, 0), 0, 0);
    for change in 1..=1_200 {
        engine.offer(Box::new(shape(6 + change)));
        let end = change as usize * 48_000 / (20 * 64);
        let now = most(&mut engine, end - std::mem::replace(&mut done, end));
        worst = (worst.0.max(now.0), worst.1.max(now.1));
        heard += usize::from(engine.take_retired().is_some());
    }
    println!("steady {steady:?}, a minute of automation {worst:?}, {heard} changes heard");
    assert!(heard > 1_000, "{heard}: few gave way to a newer one");
    assert!(worst.1 <= 2 * steady.1 + largest / 8, "{worst:?}");
    assert!(worst.0 <= 2 * steady.0 + 8, "{worst:?}");
}

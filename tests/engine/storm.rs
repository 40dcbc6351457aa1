//! A hundred thousand changes, and nothing is left of them.

use assert_no_alloc::assert_no_alloc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use transept::engine::{Convolver, Delivery, Engine, Kernel, Relation};
use transept::handover::{Port, WorkerEnd, exchange};
use transept_support::signal::{Seeded, decaying_noise, noise};

/// Exchanges that come and go, and offers in each.
const ROUNDS: usize = 100;
const OFFERS: u64 = 1_000;

/// The audio thread's side, as a plugin has it.
struct Audio {
    engine: Engine,
    port: Port<Delivery>,
    /// Convolvers taken.
    taken: u64,
}

impl Audio {
    /// One block with what comes in through the port, and what is given back.
    fn block(&mut self, input: &[f32], output: &mut [f32]) {
        let Self { engine, port, taken } = self;
        port.pass(|incoming| {
            *taken += u64::from(incoming.is_some());
            engine.process(&[input], &mut [output], incoming)
        });
    }
}

/// Offers related and unrelated convolvers as fast as they are made.
fn offer_all(worker: &mut WorkerEnd<Delivery>, pool: &[Arc<Kernel>], seed: u64) {
    let mut seeded = Seeded(seed);
    for generation in 1..=OFFERS {
        let relation = Relation { correlation: 0.5, is_reshaped: seeded.below(3) > 0 };
        let new = Delivery::new(Convolver::with_capacity(pool[seeded.below(pool.len())].clone(), 3_000), generation);
        let from = generation.saturating_sub(4).max(1);
        let new = (from..generation).fold(new, |new, before| new.with_relation(before, relation));
        drop(worker.offer(Box::new(new)));
        drop(worker.collect());
        // Now and then the other side has time to hear one out.
        if seeded.below(50) == 0 {
            std::thread::yield_now();
        }
    }
}

#[test]
fn a_hundred_thousand_changes_in_any_order_of_tear_down_leave_no_kernel_behind() {
    let lengths = [1, 64, 65, 500, 1_500, 3_000];
    let kernel =
        |len: &usize| Arc::new(Kernel::builder(1, 1, 48_000).path(0, 0, &decaying_noise(*len, 1)).build().unwrap());
    let pool: Vec<Arc<Kernel>> = lengths.iter().map(kernel).collect();
    let sound = noise(4_096, 2);
    let mut seeded = Seeded(3);
    let mut taken = 0;
    for round in 0..ROUNDS {
        let (mut worker, kernels) = exchange();
        let mut audio = Audio { engine: Engine::new(1, 1, 48_000), port: Port::new(kernels), taken: 0 };
        let is_over = AtomicBool::new(false);
        let stops_early = seeded.below(2) == 0;
        std::thread::scope(|scope| {
            let (pool, is_over, sound) = (&pool, &is_over, &sound);
            scope.spawn(|| {
                let mut seeded = Seeded(round as u64);
                let mut output = vec![0.0; 512];
                let mut blocks = 0;
                while !(is_over.load(Ordering::Acquire) || stops_early && blocks > 500) {
                    let frames = seeded.below(512);
                    let (input, output) = (&sound[..frames], &mut output[..frames]);
                    assert_no_alloc(|| audio.block(input, output));
                    assert!(output.iter().all(|y| y.is_finite()));
                    if seeded.below(100) == 0 {
                        assert_no_alloc(|| audio.engine.reset());
                    }
                    blocks += 1;
                }
            });
            offer_all(&mut worker, pool, round as u64);
            is_over.store(true, Ordering::Release);
        });
        taken += audio.taken;
        // What is left goes in any order.
        let Audio { engine, port, .. } = audio;
        let mut left: Vec<Box<dyn Send>> = vec![Box::new(worker), Box::new(engine), Box::new(port)];
        while !left.is_empty() {
            drop(left.swap_remove(seeded.below(left.len())));
        }
        assert!(pool.iter().all(|kernel| Arc::strong_count(kernel) == 1), "round {round}");
    }
    assert!(taken > ROUNDS as u64, "{taken} were heard");
}

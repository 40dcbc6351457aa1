//! What changes no bit of the output: how the input is cut, a phase, and what was heard before a reset.

use super::{Path, convolver, run};
use assert_no_alloc::assert_no_alloc;
use std::sync::Arc;
use transept::engine::{Convolver, Kernel};
use transept_support::compare::assert_same_bits;
use transept_support::signal::{BLOCKS, decaying_noise, noise};

#[test]
fn output_has_the_same_bits_whatever_the_block_sizes() {
    let len = 30_000;
    let taps: Vec<_> = (0..4).map(|seed| decaying_noise(20_000, seed)).collect();
    let paths: Vec<Path> = (0..4).map(|i| (i / 2, i % 2, &taps[i][..])).collect();
    let signals = [noise(len, 11), noise(len, 12)];
    for rate in [48_000, 96_000, 192_000] {
        let whole = run(&mut convolver(2, 2, rate, &paths), &signals, len, 0);
        for block in BLOCKS {
            for seed in 0..if block == 0 { 3 } else { 1 } {
                let cut = run(&mut convolver(2, 2, rate, &paths), &signals, block, seed);
                assert_same_bits(&whole, &cut, &format!("{rate} Hz, blocks of {block}, seed {seed}"));
            }
        }
    }
}

#[test]
fn a_phase_changes_no_bit() {
    let taps: Vec<_> = (0..2).map(|seed| decaying_noise(60_000, seed)).collect();
    let builder = Kernel::builder(2, 2, 48_000).path(0, 0, &taps[0]).path(1, 1, &taps[1]);
    let kernel = Arc::new(builder.partitions(&[64, 512, 4096]).build().unwrap());
    let signals = [noise(100_000, 11), noise(100_000, 12)];
    let expected = run(&mut Convolver::new(kernel.clone()), &signals, 441, 1);
    for phase in (0..40).chain([u32::MAX]) {
        let mut convolver = Convolver::new(kernel.clone()).with_phase(phase);
        assert_same_bits(&expected, &run(&mut convolver, &signals, 441, 1), &format!("phase {phase}"));
        convolver.reset();
        assert_same_bits(&expected, &run(&mut convolver, &signals, 64, 1), &format!("phase {phase}, after a reset"));
    }
}

#[test]
fn reset_forgets_the_past_to_the_last_bit() {
    let taps = decaying_noise(20_000, 1);
    let signals = [noise(30_000, 2)];
    let mut used = convolver(1, 1, 48_000, &[(0, 0, &taps)]);
    for before in [1, 63, 64, 5_000, 29_999] {
        run(&mut used, &[noise(before, 77)], 64, 0);
        assert_no_alloc(|| used.reset());
        let again = run(&mut used, &signals, 64, 0);
        let fresh = run(&mut convolver(1, 1, 48_000, &[(0, 0, &taps)]), &signals, 64, 0);
        assert_same_bits(&fresh, &again, &format!("after {before} frames"));
    }
}

/// In the middle of a transform in pieces, and of a batch of blocks: every quantum of a block of the largest partition,
/// and every block of two of its batches, is the last before a reset.
#[test]
fn a_reset_at_any_time_forgets_the_past_to_the_last_bit() {
    let taps = [decaying_noise(75_000, 1), decaying_noise(75_000, 2)];
    let builder = Kernel::builder(2, 1, 48_000).path(0, 0, &taps[0]).path(1, 0, &taps[1]);
    let kernel = Arc::new(builder.partitions(&[64, 512, 4096]).build().unwrap());
    // Until blocks of the largest partition are heard from both groups.
    let len = 3 * 4096 + 8 * 4096;
    let mut signals = [noise(len, 11), noise(len, 12)];
    signals[1][..4 * 4096].fill(0.0);
    let expected = run(&mut Convolver::new(kernel.clone()), &signals, len, 0);
    let mut used = [0, 1, 2, 5].map(|phase| Convolver::new(kernel.clone()).with_phase(phase));
    for round in 0..2 * 64 {
        // Odd, so that all numbers of quanta in a block have their turn; and somewhere between two quanta.
        let before = 64 * (5 * round) + 20 * (round % 3);
        let convolver = &mut used[round / 2 % 4];
        run(convolver, &[noise(before, 77), noise(before, 78)], 512, 0);
        assert_no_alloc(|| convolver.reset());
        let again = run(convolver, &signals, 0, round as u64);
        assert_same_bits(&expected, &again, &format!("after {before} more frames"));
    }
}

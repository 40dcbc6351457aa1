//! What changes no bit of the output: how the input is cut, a phase, and what was heard before a reset.

use crate::common::{BLOCKS, noise, room};
use crate::{Path, assert_same_bits, convolver, run};
use assert_no_alloc::assert_no_alloc;
use std::sync::Arc;
use transept::engine::{Convolver, Kernel};

#[test]
fn output_has_the_same_bits_whatever_the_block_sizes() {
    let len = 30_000;
    let taps: Vec<_> = (0..4).map(|seed| room(20_000, seed)).collect();
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
    let taps: Vec<_> = (0..2).map(|seed| room(60_000, seed)).collect();
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
    let taps = room(20_000, 1);
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

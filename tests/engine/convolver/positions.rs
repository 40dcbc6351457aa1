//! Where each tap is heard.

use super::{convolver, mono, run};
use std::sync::Arc;
use transept::engine::{Convolver, Kernel, quantum};
use transept_support::signal::{decaying_noise, noise};

/// A unit impulse at `at` comes back as the taps from there on, to rounding of the largest tap in a transform of the
/// largest partition: a few epsilon times log2.
fn assert_comes_back(mut convolver: Convolver, taps: &[f32], at: usize) {
    let mut signal = vec![0.0; at + taps.len() + 300];
    signal[at] = 1.0;
    let got = run(&mut convolver, &[signal], 0, 1).remove(0);
    let largest = taps.iter().fold(0.0f32, |m, x| m.max(x.abs()));
    let tolerance = 4.0 * f32::EPSILON * 13.0 * largest;
    for (i, y) in got.iter().enumerate() {
        let expected = i.checked_sub(at).and_then(|i| taps.get(i)).copied().unwrap_or(0.0);
        assert!((y - expected).abs() <= tolerance, "at {at}, frame {i}: {y} is not {expected}");
    }
}

#[test]
fn an_impulse_comes_back_in_place_from_every_phase_of_the_quantum() {
    let taps = decaying_noise(2_500, 3);
    for at in 0..64 {
        assert_comes_back(convolver(1, 1, 48_000, &[(0, 0, &taps)]), &taps, at);
    }
}

/// The taps at which a stage begins, or the last one ends, by the plan that the kernel prints:
/// `64 taps, 18 × 64, 12 × 512`.
fn boundaries(kernel: &Kernel) -> Vec<usize> {
    let schedule = kernel.schedule().to_string();
    let mut end = kernel.quantum();
    let mut ends = vec![end];
    for level in schedule.lines().next().unwrap().split(", ").skip(1) {
        let (count, partition) = level.split_once(" × ").unwrap();
        end += count.parse::<usize>().unwrap() * partition.parse::<usize>().unwrap();
        ends.push(end);
    }
    ends
}

#[test]
fn impulses_end_anywhere_around_the_level_boundaries() {
    for rate in [48_000, 192_000] {
        let quantum = quantum(rate);
        let taps = decaying_noise(200 * quantum, 4);
        for partitions in [&[1, 4, 16][..], &[1, 8, 32], &[1, 16]] {
            let partitions: Vec<usize> = partitions.iter().map(|size| size * quantum).collect();
            let plan =
                |taps: &[f32]| Kernel::builder(1, 1, rate).path(0, 0, taps).partitions(&partitions).build().unwrap();
            let ends = boundaries(&plan(&taps));
            assert_eq!(ends.len(), partitions.len() + 1, "the impulse reaches every level");
            for len in ends.iter().flat_map(|end| end - 1..=end + 1).filter(|len| *len <= taps.len()) {
                let mut taps = taps[..len].to_vec();
                taps[len - 1] = 0.5;
                assert_comes_back(Convolver::new(Arc::new(plan(&taps))), &taps, 37);
            }
        }
    }
}

#[test]
fn impulses_end_anywhere_among_partitions_that_are_multiplied_for_several_blocks() {
    let partitions = [64, 128];
    // From as many partitions on as there must be for it to be worth while.
    for end in (12..=24).map(|count| 64 + 5 * 64 + count * 128) {
        for len in end - 1..=end + 1 {
            let mut taps = decaying_noise(len, 4);
            taps[len - 1] = 0.5;
            let kernel = Kernel::builder(1, 1, 48_000).path(0, 0, &taps).partitions(&partitions).build().unwrap();
            let kernel = Arc::new(kernel);
            // The impulse comes in each block of a group.
            for block in 0..8 {
                assert_comes_back(Convolver::new(kernel.clone()), &taps, 37 + 128 * block);
            }
        }
    }
}

#[test]
fn a_single_late_tap_is_a_delay() {
    for delay in [0, 63, 64, 959, 960, 4_031, 4_032, 8_127, 8_128, 30_000, 300_000, 800_000] {
        let mut taps = vec![0.0; delay + 1];
        taps[delay] = 1.0;
        let signal = noise(delay + 2_000, 9);
        let got = mono(&taps, 48_000, &signal, 441);
        assert!(got[..delay].iter().all(|y| y.abs() < 1e-6), "before {delay}");
        let error = got[delay..].iter().zip(&signal).map(|(y, x)| (y - x).abs()).fold(0.0, f32::max);
        assert!(error <= 4.0 * f32::EPSILON * 15.0, "delay {delay}: {error}");
    }
}

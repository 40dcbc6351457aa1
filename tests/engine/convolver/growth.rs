//! From a kernel to one that looks further back than the input history reaches. Its reference is an engine whose
//! history had the capacity from the beginning, and which is given the kernel later by as many quanta as the other one
//! grows: all bits are the same then.

use super::Path;
use super::changes::{first, kernel, mono, play, reshaped};
use assert_no_alloc::assert_no_alloc;
use std::sync::Arc;
use transept::convolution::oracle;
use transept::engine::{Convolver, Delivery, Engine, Kernel, Relation};
use transept_support::compare::{assert_same_bits, error_db};
use transept_support::signal::{BLOCKS, Seeded, decaying_noise, noise};

const ROOM: [usize; 3] = [64, 512, 4096];

/// A kernel with the partitions of a room of some seconds.
fn room(taps: &[f32]) -> Arc<Kernel> {
    Arc::new(Kernel::builder(1, 1, 48_000).partitions(&ROOM).path(0, 0, taps).build().unwrap())
}

/// The start of the quantum from which on two outputs differ.
fn differs(a: &[f32], b: &[f32]) -> usize {
    a.iter().zip(b).position(|(a, b)| a.to_bits() != b.to_bits()).expect("they differ") & !63
}

/// Plays a change from one kernel to another one, to which the history grows. Asserts that it has all bits of an engine
/// whose history need not grow. Tells in how many quanta it grew, and what was heard.
fn assert_grows(kernels: [&Arc<Kernel>; 2], at: usize, signals: &[Vec<f32>], what: &str) -> (usize, Vec<Vec<f32>>) {
    let [old, new] = kernels;
    let changed = |capacity: usize, at: usize| {
        play(vec![(0, first(old.clone(), capacity)), (at, reshaped(new.clone(), 2, 1.0))], signals, 64, 0).0
    };
    let alone = play(vec![(0, first(old.clone(), 0))], signals, 64, 0).0;
    let (grown, with_capacity) = (changed(0, at), changed(new.len(), at));
    let quanta = (differs(&grown[0], &alone[0]) - differs(&with_capacity[0], &alone[0])) / 64;
    assert_same_bits(&changed(new.len(), at + 64 * quanta), &grown, what);
    (quanta, grown)
}

/// A tail rings when the room is lengthened, and sounds on through the longer one.
#[test]
fn a_room_that_is_lengthened_while_it_rings_is_as_if_it_had_always_kept_as_much() {
    let (short, long) = (decaying_noise(48_000, 1), decaying_noise(144_000, 2));
    let kernels = [&room(&short), &room(&long)];
    let mut signal = noise(260_000, 3);
    signal[30_000..150_000].fill(0.0);
    for at in [40_000, 41_037, 44_000, 46_016] {
        let (quanta, heard) = assert_grows(kernels, at, std::slice::from_ref(&signal), &format!("at {at}"));
        assert!((1..=64).contains(&quanta), "{quanta} quanta: more than 85 ms");
        // And that is the new room, which has heard everything.
        let after = at.next_multiple_of(64) + 64 * quanta + 4_800;
        let error = error_db(&heard[0][after..], &oracle(&signal, &long, signal.len())[after..]);
        assert!(error <= -120.0, "at {at}: {error:.1} dB");
    }
}

/// At every phase of the largest partition, and with a history that goes round in its ring.
#[test]
fn a_history_grows_at_any_place() {
    let (short, long) = (decaying_noise(20_000, 1), decaying_noise(31_000, 2));
    for at in (0..40).map(|i| 41_000 + i * 211) {
        // Of sound that is as old as the short history just reaches there is the whole in the longer one.
        let mut signal = noise(120_000, 3);
        signal[..at - 20_000].fill(0.0);
        assert_grows([&mono(&short), &mono(&long)], at, &[signal], &format!("at {at}"));
    }
    // Before there is much history.
    for at in [64, 128, 300, 2_047, 2_049, 4_100] {
        assert_grows([&mono(&short), &mono(&long)], at, &[noise(90_000, 3)], &format!("at {at}"));
    }
}

#[test]
fn a_partition_size_that_is_reached_only_now_has_its_place() {
    for (short, long) in [(40, 900), (700, 3_000), (900, 30_000), (3_000, 30_000), (10_176, 40_000)] {
        let [old, new] = [(short, 1), (long, 2)].map(|(len, seed)| room(&decaying_noise(len, seed)));
        for at in [20_000, 50_037] {
            let mut signal = noise(140_000, 3);
            signal[..at - short.min(1_000)].fill(0.0);
            assert_grows([&old, &new], at, &[signal], &format!("from {short} to {long} taps at {at}"));
        }
    }
}

#[test]
fn the_inputs_of_a_matrix_grow_together() {
    let signals: Vec<_> = (0..3).map(|seed| noise(90_000, 30 + seed)).collect();
    let build = |len: usize, seed: u64| {
        let taps: Vec<_> = (0..9).map(|path| decaying_noise(len, seed + path)).collect();
        let paths: Vec<Path> = taps.iter().enumerate().map(|(i, taps)| (i / 3, i % 3, &taps[..])).collect();
        kernel(3, &paths)
    };
    assert_grows([&build(12_000, 1), &build(30_000, 20)], 14_001, &signals, "nine paths");
}

/// What the short history has forgotten does not come back, and nothing else is missing.
#[test]
fn a_longer_room_hears_what_the_shorter_one_remembered() {
    let (short, long) = (decaying_noise(48_000, 1), decaying_noise(100_000, 2));
    let (len, at) = (340_000, 200_000);
    let signal = noise(len, 3);
    let given = vec![(0, first(room(&short), 0)), (at, reshaped(room(&long), 2, 1.0))];
    let got = play(given, std::slice::from_ref(&signal), 64, 0).0.remove(0);
    // Where the largest partitions begin. The taps before them have their history whole.
    let offset = 64 + 18 * 64 + 18 * 512;
    let near = oracle(&signal, &long[..offset], len);
    let late: Vec<f32> = long.iter().enumerate().map(|(n, tap)| if n < offset { 0.0 } else { *tap }).collect();
    let error = |first: usize| {
        let mut remembered = signal.clone();
        remembered[..first * 4096].fill(0.0);
        let far = oracle(&remembered, &late, len);
        let expected: Vec<f64> = near.iter().zip(&far).map(|(near, far)| near + far).collect();
        error_db(&got[at + 12_000..], &expected[at + 12_000..])
    };
    let (first, error) = (30..50).map(|first| (first, error(first))).min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    assert!(error <= -120.0, "{error:.1} dB, from block {first} on");
    // As much as the taps of the short room met when the history had grown.
    assert!(first * 4096 + 48_000 <= at + 4096, "block {first}");
}

#[test]
fn neither_blocks_nor_phases_change_a_bit_of_growing() {
    let taps: Vec<_> = [9_000, 14_000, 30_000, 12_000, 41_000, 900, 42_000]
        .iter()
        .zip(1..)
        .map(|(len, seed)| decaying_noise(*len, seed))
        .collect();
    let signal = [noise(90_000, 9)];
    let changes = |phase: u32| {
        let mut given = vec![(0, first(mono(&taps[0]), 0).with_phase(phase))];
        // The second and third come while the first grows, one of them of another room.
        let places = [20_001, 20_650, 20_700, 40_000, 60_000, 70_000];
        for (index, at) in places.into_iter().enumerate() {
            let generation = index as u64 + 2;
            let relation = Relation { correlation: 0.5, is_reshaped: index != 3 };
            let new = Delivery::new(Convolver::new(mono(&taps[index + 1])), generation).with_phase(phase);
            given.push((at, (1..generation).fold(new, |new, before| new.with_relation(before, relation))));
        }
        given
    };
    let (whole, returned) = play(changes(0), &signal, 90_000, 0);
    assert!(returned > 0, "some were given back");
    for block in BLOCKS {
        assert_same_bits(&whole, &play(changes(0), &signal, block, 1).0, &format!("blocks of {block}"));
    }
    for phase in [1, 7, 40] {
        assert_same_bits(&whole, &play(changes(phase), &signal, 441, 1).0, &format!("phase {phase}"));
    }
}

/// Plays through an engine under the allocation guard, in blocks of a quantum.
fn play_on(engine: &mut Engine, signal: &[f32], incoming: Option<Delivery>) -> Vec<f32> {
    let mut incoming = incoming.map(Box::new);
    let mut output = vec![f32::NAN; signal.len()];
    for (input, output) in signal.chunks(64).zip(output.chunks_mut(64)) {
        drop(assert_no_alloc(|| engine.process(&[input], &mut [output], incoming.take())));
    }
    output
}

/// Another shape, another room, silence: each while the history grows.
#[test]
fn what_comes_while_a_history_grows_waits_until_it_has() {
    let (short, long) = (decaying_noise(9_000, 1), decaying_noise(30_000, 2));
    let signal = noise(160_000, 3);
    let followed = |by: &[f32], is_reshaped: bool, later: usize| {
        let mut engine = Engine::new(1, 1, 48_000);
        let relation = Relation { correlation: 1.0, is_reshaped };
        let next = Delivery::new(Convolver::new(mono(by)), 3).with_relation(2, relation).with_relation(1, relation);
        play_on(&mut engine, &signal[..12_800], Some(first(mono(&short), 0)));
        let (change, rest) = signal[12_800..].split_at(64 * later);
        play_on(&mut engine, change, Some(reshaped(mono(&long), 2, 1.0)));
        let heard = play_on(&mut engine, rest, Some(next));
        assert!(engine.is_settled());
        (heard, 12_800 + 64 * later)
    };
    for later in [0, 1, 3, 9] {
        for (by, is_reshaped) in [(45_000, true), (20_000, true), (700, true), (20_000, false), (45_000, false)] {
            let by = decaying_noise(by, 4);
            let (heard, from) = followed(&by, is_reshaped, later);
            let expected = oracle(&signal, &by, signal.len());
            // When all has been faded, and what one room has not heard is no part of it.
            let after = 110_000 - from;
            let error = error_db(&heard[after..], &expected[110_000..]);
            assert!(error <= -120.0, "{} taps {later} quanta later: {error:.1} dB", by.len());
            assert!(heard.iter().all(|y| y.is_finite()));
        }
    }
    let mut engine = Engine::new(1, 1, 48_000);
    play_on(&mut engine, &signal[..12_800], Some(first(mono(&short), 0)));
    play_on(&mut engine, &signal[12_800..12_992], Some(reshaped(mono(&long), 2, 1.0)));
    engine.silence();
    play_on(&mut engine, &signal[12_992..60_032], None);
    assert!(play_on(&mut engine, &signal[..6_400], None).iter().all(|y| *y == 0.0));
}

/// A reset at every quantum of growing leaves nothing behind: of the sound, of what was copied, or of the change.
#[test]
fn a_reset_while_a_history_grows_leaves_an_empty_one() {
    let (short, long) = (decaying_noise(9_000, 1), decaying_noise(30_000, 2));
    // After silence that is shorter or longer than the partitions.
    for silence in [0, 6_400, 44_800] {
        let mut after = vec![0.0; silence];
        after.extend(noise(32_000, 4));
        after.extend(vec![0.0; 64_000]);
        let expected = play(vec![(0, first(mono(&long), 0))], std::slice::from_ref(&after), 64, 0).0;
        for quanta in 1..30 {
            let mut engine = Engine::new(1, 1, 48_000);
            play_on(&mut engine, &noise(25_600, 3), Some(first(mono(&short), 0)));
            play_on(&mut engine, &noise(64 * quanta, 5), Some(reshaped(mono(&long), 2, 1.0)));
            assert_no_alloc(|| engine.reset());
            let heard = play_on(&mut engine, &after, None);
            assert_same_bits(&expected, &[heard], &format!("after {quanta} quanta, and {silence} samples of silence"));
            assert!(engine.is_settled());
        }
    }
}

#[test]
fn in_silence_a_history_grows_without_a_sound() {
    let (short, long) = (decaying_noise(9_000, 1), decaying_noise(30_000, 2));
    let mut signal = vec![0.0; 120_000];
    signal[70_000..90_000].copy_from_slice(&noise(20_000, 3));
    let given = vec![(0, first(mono(&short), 0)), (40_000, reshaped(mono(&long), 2, 1.0))];
    let (heard, _) = play(given, std::slice::from_ref(&signal), 64, 0);
    let expected = play(vec![(0, first(mono(&long), 0))], std::slice::from_ref(&signal), 64, 0).0;
    assert_same_bits(&expected, &heard, "a change in silence");
}

#[test]
fn a_storm_of_changes_with_histories_no_longer_than_the_rooms_ends_in_the_newest() {
    let mut seeded = Seeded(5);
    let signal = [noise(200_000, 1)];
    let mut given = vec![(0, (decaying_noise(10_000, 0), 1.0, true))];
    let mut at = 0;
    while at < 120_000 {
        at += 1 + seeded.below(3_000);
        let taps = decaying_noise(1 + seeded.below(15_000), given.len() as u64 + 1);
        given.push((at, (taps, seeded.below(11) as f32 / 10.0, seeded.below(4) > 0)));
    }
    let deliveries = || {
        let mut deliveries = Vec::new();
        for ((at, (taps, correlation, is_reshaped)), generation) in given.iter().zip(1..) {
            let relation = Relation { correlation: *correlation, is_reshaped: *is_reshaped };
            let new = Delivery::new(Convolver::new(mono(taps)), generation);
            let from = generation.saturating_sub(4).max(1);
            deliveries.push((*at, (from..generation).fold(new, |new, before| new.with_relation(before, relation))));
        }
        deliveries
    };
    let (got, returned) = play(deliveries(), &signal, 0, 2);
    assert!(returned > 20);
    let newest = &given.last().unwrap().1.0;
    let error = error_db(&got[0][150_000..], &oracle(&signal[0], newest, 200_000)[150_000..]);
    assert!(error <= -120.0, "{error:.1} dB");
    assert_same_bits(&got, &play(deliveries(), &signal, 441, 3).0, "blocks of 441");
}

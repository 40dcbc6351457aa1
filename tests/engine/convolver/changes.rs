//! From one kernel to another.

use super::Path;
use assert_no_alloc::assert_no_alloc;
use std::sync::Arc;
use transept::convolution::oracle;
use transept::engine::{Convolver, Delivery, Engine, Kernel, Relation};
use transept_support::compare::assert_same_bits;
use transept_support::compare::error_db;
use transept_support::recordings::recordings;
use transept_support::signal::{BLOCKS, Seeded, cut, decaying_noise, noise};

/// Samples of the fade to another shape, at 48 kHz.
const RESHAPE: usize = 1_200;
/// Partitions that are small enough for short tests, and that are batched in the second and third stage.
const PARTITIONS: [usize; 3] = [64, 256, 2048];

pub(super) fn kernel(channels: usize, paths: &[Path]) -> Arc<Kernel> {
    let builder = Kernel::builder(channels, channels, 48_000).partitions(&PARTITIONS);
    Arc::new(paths.iter().fold(builder, |builder, (i, o, taps)| builder.path(*i, *o, taps)).build().unwrap())
}

pub(super) fn mono(taps: &[f32]) -> Arc<Kernel> {
    kernel(1, &[(0, 0, taps)])
}

/// Number 1.
pub(super) fn first(kernel: Arc<Kernel>, capacity: usize) -> Delivery {
    Delivery::new(Convolver::with_capacity(kernel, capacity), 1)
}

/// The room of the one before in another shape.
pub(super) fn reshaped(kernel: Arc<Kernel>, generation: u64, correlation: f32) -> Delivery {
    let relation = Relation { correlation, is_reshaped: true };
    Delivery::new(Convolver::new(kernel), generation).with_relation(generation - 1, relation)
}

/// Plays signals through an engine that is given convolvers at some frames, all under the allocation guard. Gives the
/// outputs, and how often something was given back.
pub(super) fn play(
    given: Vec<(usize, Delivery)>,
    signals: &[Vec<f32>],
    block: usize,
    seed: u64,
) -> (Vec<Vec<f32>>, usize) {
    let mut engine = Engine::new(signals.len(), signals.len(), 48_000);
    let mut given: Vec<_> = given.into_iter().map(|(at, delivery)| (at, Box::new(delivery))).collect();
    let len = signals[0].len();
    let mut ends: Vec<usize> = cut(len, block, seed).into_iter().map(|block| block.end).collect();
    // A host cuts its blocks where something changes.
    ends.extend(given.iter().map(|(at, _)| *at));
    ends.sort_unstable();
    let mut outputs = vec![vec![f32::NAN; len]; signals.len()];
    let (mut done, mut returned) = (0, 0);
    for end in ends {
        let incoming = given.iter().position(|(at, _)| *at == done).map(|index| given.swap_remove(index).1);
        let inputs: Vec<&[f32]> = signals.iter().map(|s| &s[done..end]).collect();
        let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(|o| &mut o[done..end]).collect();
        let retired = assert_no_alloc(|| engine.process(&inputs, &mut slices, incoming));
        returned += usize::from(retired.is_some());
        done = end;
    }
    (outputs, returned)
}

/// The raised cosine of a fade that begins at a frame, for sounds of correlation 1.
fn gain(n: usize, start: usize) -> f64 {
    let x = (n as f64 - start as f64 + 0.5) / RESHAPE as f64;
    (std::f64::consts::FRAC_PI_2 * x.clamp(0.0, 1.0)).sin().powi(2)
}

/// The gains of the old and of the new sound, by the formula.
fn gains(n: usize, start: usize, correlation: f64) -> (f64, f64) {
    let new = gain(n, start);
    let old = 1.0 - new;
    let scale = (old * old + new * new + 2.0 * correlation * old * new).sqrt();
    (old / scale, new / scale)
}

/// Asserts that the output is a fade from one room to another, both of which have heard everything, and tells where it
/// begins.
pub(super) fn assert_fades(got: &[f32], signal: &[f32], rooms: [&[f32]; 2], at: usize, what: &str) -> usize {
    assert_fades_as(got, signal, rooms, at, 1.0, what)
}

fn assert_fades_as(
    got: &[f32],
    signal: &[f32],
    [old, new]: [&[f32]; 2],
    at: usize,
    correlation: f64,
    what: &str,
) -> usize {
    let (a, b) = (oracle(signal, old, signal.len()), oracle(signal, new, signal.len()));
    let error = |start: usize| {
        let mix = |n| {
            let (old, new) = gains(n, start, correlation);
            a[n] * old + b[n] * new
        };
        error_db(got, &(0..signal.len()).map(mix).collect::<Vec<_>>())
    };
    // At a quantum boundary within 50 ms.
    let starts = (at.next_multiple_of(64)..).step_by(64).take(38);
    let (start, error) = starts.map(|start| (start, error(start))).min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    assert!(error <= -120.0, "{what}: {error:.1} dB, from {start} on");
    start
}

#[test]
fn a_room_in_another_shape_sounds_as_if_it_had_heard_everything() {
    let (old, new) = (decaying_noise(20_000, 1), decaying_noise(20_000, 2));
    let signal = noise(60_000, 3);
    let mut latest = 0;
    // Soon after the beginning, when there is no history, little or some, and at every phase of a late partition.
    let places = [1, 63, 64, 65, 300, 2_047, 2_049, 4_100].into_iter().chain((0..40).map(|i| 20_000 + i * 211));
    for at in places {
        let given = vec![(0, first(mono(&old), 0)), (at, reshaped(mono(&new), 2, 1.0))];
        let (got, returned) = play(given, std::slice::from_ref(&signal), 64, 0);
        let start = assert_fades(&got[0], &signal, [&old, &new], at, &format!("at {at}"));
        latest = latest.max(start - at);
        assert_eq!(returned, 1);
    }
    // One quantum for each stage up to 512 samples, four for 2048, and the one that is under way.
    assert!(latest <= 8 * 64, "{latest} samples until the fade begins");
}

/// E8: what is heard is the fade of the two rooms by its formula and nothing else, so that no step is larger than the
/// fade's own, whatever goes on.
#[test]
fn nothing_but_the_fade_is_heard_on_a_sine_on_speech_and_on_an_impulse() {
    let len = 60_000;
    let sine = (0..len).map(|n| (std::f64::consts::TAU * 1_000.0 * n as f64 / 48_000.0).sin() as f32).collect();
    let mut impulse = vec![0.0; len];
    impulse[19_000] = 1.0;
    let mut signals = vec![("a sine", sine), ("an impulse", impulse)];
    if let Some(data) = recordings() {
        let mut reader = hound::WavReader::open(data.join("dry/speech.wav")).unwrap();
        let speech = reader.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32_768.0);
        signals.push(("speech", speech.skip(20_000).take(len).collect()));
    }
    let (old, new) = (decaying_noise(20_000, 1), decaying_noise(18_000, 2));
    for (what, signal) in &signals {
        for correlation in [0.0, 0.4, 1.0] {
            let given = vec![(0, first(mono(&old), 0)), (20_037, reshaped(mono(&new), 2, correlation as f32))];
            let got = play(given, std::slice::from_ref(signal), 64, 0).0.remove(0);
            let what = format!("{what}, correlation {correlation}");
            let start = assert_fades_as(&got, signal, [&old, &new], 20_037, correlation, &what);
            // And so in steps: those of both rooms, and of the gains between them. Of f32 sums of 20 000 products of at
            // most 1 and the rooms' largest sample, some epsilons are left.
            let (a, b) = (oracle(signal, &old, len), oracle(signal, &new, len));
            let largest = a.iter().chain(&b).fold(0.0f64, |most, y| most.max(y.abs()));
            for n in start..start + RESHAPE {
                let ((old, new), before) = (gains(n, start, correlation), gains(n - 1, start, correlation));
                let own = old * (a[n] - a[n - 1]).abs() + new * (b[n] - b[n - 1]).abs();
                let fade = (old - before.0).abs() * a[n - 1].abs() + (new - before.1).abs() * b[n - 1].abs();
                let step = f64::from(got[n] - got[n - 1]).abs();
                assert!(step <= own + fade + 1e-5 * largest, "{what}: a step of {step} at {n}, not {}", own + fade);
            }
        }
    }
}

#[test]
fn a_room_may_become_longer_or_shorter() {
    let (signal, long, short) = (noise(90_000, 3), decaying_noise(30_000, 1), decaying_noise(9_000, 2));
    let tiny = decaying_noise(50, 4);
    for (old, new) in [(&long, &short), (&short, &long), (&long, &tiny), (&tiny, &short)] {
        let old_kernel = mono(old);
        let given = vec![(0, first(old_kernel, 30_000)), (40_000, reshaped(mono(new), 2, 1.0))];
        let (got, _) = play(given, std::slice::from_ref(&signal), 64, 0);
        let what = format!("{} taps after {}", new.len(), old.len());
        // What is later than the fade is the new room alone, whatever history was kept.
        let after = 40_000 + 4_800 + 30_000;
        let expected = oracle(&signal, new, signal.len());
        let error = error_db(&got[0][after..], &expected[after..]);
        assert!(error <= -120.0, "{what}: {error:.1} dB");
    }
    // A stage that was not there before has no history, nor has one that was there, but unused. All others have.
    let given = vec![(0, first(mono(&long), 0)), (40_000, reshaped(mono(&short), 2, 1.0))];
    assert_fades(&play(given, std::slice::from_ref(&signal), 64, 0).0[0], &signal, [&long, &short], 40_000, "shorter");
    let longer: Vec<f32> = decaying_noise(24_000, 5);
    let given = vec![(0, first(mono(&long[..20_000]), 30_000)), (40_000, reshaped(mono(&longer), 2, 1.0))];
    let got = play(given, std::slice::from_ref(&signal), 64, 0).0.remove(0);
    assert_fades(&got, &signal, [&long[..20_000], &longer], 40_000, "longer, with capacity for it");
}

#[test]
fn a_room_that_became_short_and_long_again_hears_what_comes_then() {
    let (long, short) = (decaying_noise(20_000, 1), decaying_noise(500, 2));
    let signal = noise(120_000, 3);
    // With silence in between, in which the unused stage must not keep what it received before.
    let mut signal_with_rest = signal.clone();
    signal_with_rest[32_000..70_000].fill(0.0);
    for signal in [signal, signal_with_rest] {
        let given = vec![
            (0, first(mono(&long), 0)),
            (30_000, reshaped(mono(&short), 2, 1.0)),
            (60_000, reshaped(mono(&long), 3, 1.0)),
        ];
        let got = play(given, std::slice::from_ref(&signal), 64, 0).0.remove(0);
        let expected = oracle(&signal, &long, signal.len());
        let error = error_db(&got[86_000..], &expected[86_000..]);
        assert!(error <= -120.0, "{error:.1} dB");
    }
}

#[test]
fn true_stereo_and_sparse_rooms_are_reshaped_exactly() {
    let signals = [noise(60_000, 11), noise(60_000, 12)];
    let taps: Vec<_> = (0..8).map(|seed| decaying_noise(20_000, seed)).collect();
    let mut sparse = taps.clone();
    sparse[1][3_000..9_000].fill(0.0);
    sparse[4][..12_000].fill(0.0);
    sparse[6][64..5_000].fill(0.0);
    let paths = |taps: &[Vec<f32>]| -> Vec<(usize, usize, Vec<f32>)> {
        [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().zip(taps).map(|((i, o), taps)| (i, o, taps.clone())).collect()
    };
    let (old, new) = (paths(&sparse[..4]), paths(&sparse[4..]));
    let build = |paths: &[(usize, usize, Vec<f32>)]| {
        let paths: Vec<Path> = paths.iter().map(|(i, o, taps)| (*i, *o, &taps[..])).collect();
        kernel(2, &paths)
    };
    let given = vec![(0, first(build(&old), 0)), (30_001, reshaped(build(&new), 2, 1.0))];
    let (got, _) = play(given, &signals, 64, 0);
    for (output, got) in got.iter().enumerate() {
        let whole = |paths: &[(usize, usize, Vec<f32>)]| {
            let mut sum = vec![0.0; 60_000];
            for (input, _, taps) in paths.iter().filter(|path| path.1 == output) {
                sum.iter_mut().zip(oracle(&signals[*input], taps, 60_000)).for_each(|(sum, y)| *sum += y);
            }
            sum
        };
        let (a, b) = (whole(&old), whole(&new));
        let error = |start: usize| {
            let mix = (0..60_000).map(|n| a[n] + (b[n] - a[n]) * gain(n, start));
            error_db(got, &mix.collect::<Vec<_>>())
        };
        let least = (30_016..).step_by(64).take(38).map(error).fold(f64::INFINITY, f64::min);
        assert!(least <= -120.0, "output {output}: {least:.1} dB");
    }
}

#[test]
fn changes_land_at_the_same_sample_whatever_the_block_sizes_and_phases() {
    let taps: Vec<_> = (0..6).map(|seed| decaying_noise(15_000 + 900 * seed as usize, seed)).collect();
    let signal = [noise(60_000, 9)];
    let changes = |phase: u32| {
        let mut given = vec![(0, first(mono(&taps[0]), 20_000).with_phase(phase))];
        // Some of them while others are under way, and one of another room, which rings out.
        let places = [10_001, 11_000, 11_037, 20_000, 20_640];
        for (index, at) in places.into_iter().enumerate() {
            let generation = index as u64 + 2;
            let new =
                Delivery::new(Convolver::with_capacity(mono(&taps[index + 1]), 20_000), generation).with_phase(phase);
            let relation = Relation { correlation: 0.5, is_reshaped: index != 3 };
            // Which of those before it sounds depends on what has been skipped.
            let new = (1..generation).fold(new, |new, before| new.with_relation(before, relation));
            given.push((at, new));
        }
        given
    };
    let (whole, returned) = play(changes(0), &signal, 60_000, 0);
    assert!(returned > 0, "some were given back");
    for block in BLOCKS {
        assert_same_bits(&whole, &play(changes(0), &signal, block, 1).0, &format!("blocks of {block}"));
    }
    for phase in [1, 7, 40] {
        assert_same_bits(&whole, &play(changes(phase), &signal, 441, 1).0, &format!("phase {phase}"));
    }
}

#[test]
fn a_room_reshaped_into_itself_is_inaudible() {
    let (taps, signal) = (decaying_noise(20_000, 1), [noise(96_000, 2)]);
    let mut given = vec![(0, first(mono(&taps), 0))];
    given.extend((2..20).map(|generation| (4_000 * generation as usize, reshaped(mono(&taps), generation, 1.0))));
    let (got, returned) = play(given, &signal, 0, 3);
    assert_eq!(returned, 18);
    let error = error_db(&got[0], &oracle(&signal[0], &taps, 96_000));
    assert!(error <= -120.0, "{error:.1} dB");
}

#[test]
fn a_storm_of_changes_ends_in_the_newest_room() {
    let mut seeded = Seeded(5);
    let signal = [noise(200_000, 1)];
    let mut given = vec![(0, first(mono(&decaying_noise(10_000, 0)), 15_000))];
    let mut newest = decaying_noise(10_000, 0);
    let mut at = 0;
    while at < 120_000 {
        at += 1 + seeded.below(3_000);
        let generation = given.len() as u64 + 1;
        newest = decaying_noise(1 + seeded.below(15_000), generation);
        let correlation = seeded.below(11) as f32 / 10.0;
        let relation = Relation { correlation, is_reshaped: seeded.below(4) > 0 };
        let new = Delivery::new(Convolver::with_capacity(mono(&newest), 15_000), generation);
        let from = generation.saturating_sub(4).max(1);
        given.push((at, (from..generation).fold(new, |new, before| new.with_relation(before, relation))));
    }
    let (got, returned) = play(given, &signal, 0, 2);
    assert!(returned > 20);
    assert!(got[0].iter().all(|y| y.is_finite()));
    let expected = oracle(&signal[0], &newest, 200_000);
    let error = error_db(&got[0][150_000..], &expected[150_000..]);
    assert!(error <= -120.0, "{error:.1} dB");
}

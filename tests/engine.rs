//! What the convolver promises.

mod common;

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use common::{BLOCKS, Seeded, cut, error_db, noise, oracle, recordings, room};
use std::sync::Arc;
use transept::engine::{Convolver, Instructions, Kernel, quantum};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

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

fn assert_same_bits(a: &[Vec<f32>], b: &[Vec<f32>], what: &str) {
    for (channel, (a, b)) in a.iter().zip(b).enumerate() {
        let differs = a.iter().zip(b).position(|(a, b)| a.to_bits() != b.to_bits());
        assert_eq!(differs, None, "{what}: channel {channel} differs first at this frame");
    }
}

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
fn the_error_on_noise_is_below_minus_125_db_up_to_ten_seconds() {
    for (seconds, rate) in [(0.5, 48_000), (2.0, 48_000), (6.0, 48_000), (10.0, 48_000), (2.0, 96_000)] {
        let len = (seconds * f64::from(rate)) as usize;
        let (taps, signal) = (room(len, 5), noise(len + 48_000, 6));
        let got = mono(&taps, rate, &signal, 512);
        let error = error_db(&got, &oracle(&signal, &taps, signal.len()));
        println!("{seconds} s at {rate} Hz: {error:.1} dB");
        assert!(error <= -125.0, "{seconds} s at {rate} Hz: {error:.1} dB");
    }
}

#[test]
fn every_set_of_instructions_keeps_the_promises() {
    let (len, seconds) = (30_000, 96_000);
    let taps: Vec<_> = (0..4).map(|seed| room(20_000, seed)).collect();
    let signals = [noise(len, 11), noise(len, 12)];
    let (long, signal) = (room(seconds, 5), noise(seconds + 48_000, 6));
    let expected = oracle(&signal, &long, signal.len());
    let mut portable = None;
    for instructions in Instructions::available() {
        let true_stereo = || {
            let builder = Kernel::builder(2, 2, 48_000).instructions(instructions);
            let paths = [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().zip(&taps);
            let builder = paths.fold(builder, |builder, ((input, output), taps)| builder.path(input, output, taps));
            Convolver::new(Arc::new(builder.build().unwrap()))
        };
        let whole = run(&mut true_stereo(), &signals, len, 0);
        for block in BLOCKS {
            let cut = run(&mut true_stereo(), &signals, block, 1);
            assert_same_bits(&whole, &cut, &format!("{instructions}, blocks of {block}"));
        }
        let kernel = Kernel::builder(1, 1, 48_000).path(0, 0, &long).instructions(instructions).build().unwrap();
        assert_eq!(kernel.instructions(), instructions);
        let got = run(&mut Convolver::new(Arc::new(kernel)), std::slice::from_ref(&signal), 512, 0).remove(0);
        let error = error_db(&got, &expected);
        println!("{instructions}: {error:.1} dB");
        assert!(error <= -125.0, "{instructions}: {error:.1} dB");
        // Two results that are each so near to the exact one are as near to each other, but for 6 dB.
        let portable = portable.get_or_insert_with(|| got.iter().map(|y| f64::from(*y)).collect::<Vec<_>>());
        assert!(error_db(&got, portable) <= -119.0, "{instructions} differs from portable");
    }
}

#[test]
fn the_error_on_a_measured_room_is_below_minus_125_db() {
    let Some(data) = recordings() else { return };
    let read = |name: &str| {
        let mut reader = hound::WavReader::open(data.join(name)).unwrap();
        let (spec, scale) = (reader.spec(), 0.5f32.powi(i32::from(reader.spec().bits_per_sample) - 1));
        let all: Vec<f32> = reader.samples::<i32>().map(|s| s.unwrap() as f32 * scale).collect();
        let channels = usize::from(spec.channels);
        (0..channels).map(|c| all.iter().skip(c).step_by(channels).copied().collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let voice = read("dry/speech.wav").remove(0);
    for taps in read("impulses/museum-basement-clap.wav") {
        for signal in [&voice, &noise(200_000, 8)] {
            let mut signal = signal.clone();
            signal.resize(signal.len() + taps.len(), 0.0);
            let error = error_db(&mono(&taps, 48_000, &signal, 441), &oracle(&signal, &taps, signal.len()));
            println!("museum basement: {error:.1} dB");
            assert!(error <= -125.0, "{error:.1} dB");
        }
    }
}

/// Kernels of which some partitions are all zero, among them those that are worked ahead, or all but those.
#[test]
fn sparse_kernels_convolve_exactly() {
    let (len, partitions) = (40_000, [64, 512, 1024]);
    let dense: Vec<_> = (0..4).map(|seed| noise(len, seed)).collect();
    let mut random = Seeded(5);
    let holes = |random: &mut Seeded, taps: &[f32]| -> Vec<f32> {
        let share = 1 + random.below(4);
        let keep: Vec<bool> = (0..len.div_ceil(512)).map(|_| random.below(4) < share).collect();
        taps.iter().enumerate().map(|(n, tap)| if keep[n / 512] { *tap } else { 0.0 }).collect()
    };
    let only = |range: std::ops::Range<usize>, taps: &[f32]| -> Vec<f32> {
        taps.iter().enumerate().map(|(n, tap)| if range.contains(&n) { *tap } else { 0.0 }).collect()
    };
    // Bursts with silence between them that some levels notice and others do not.
    let mut signals = [noise(60_000, 11), noise(60_000, 12)];
    signals[0][5_000..9_000].fill(0.0);
    signals[0][20_000..50_000].fill(0.0);
    signals[1][..30_000].fill(0.0);
    for round in 0..24 {
        let taps: Vec<Vec<f32>> = match round {
            // The first partitions of the last level alone, the late ones alone, and those around the place between.
            0 => dense.iter().map(|taps| only(0..3_000, taps)).collect(),
            1 => dense.iter().map(|taps| only(20_000..len, taps)).collect(),
            2 => dense.iter().map(|taps| only(8_000..10_000, taps)).collect(),
            3 => dense.iter().map(|taps| only(0..2_000, taps)).collect(),
            _ => dense.iter().map(|taps| holes(&mut random, taps)).collect(),
        };
        let all = [(0, 0), (0, 1), (1, 0), (1, 1)];
        let there: Vec<usize> =
            (0..4).filter(|i| round < 8 || (round >> (i % 3)) & 1 == 1 || *i == round % 4).collect();
        let mut builder = Kernel::builder(2, 2, 48_000).partitions(&partitions);
        for &i in &there {
            builder = builder.path(all[i].0, all[i].1, &taps[i]);
        }
        let mut convolver = Convolver::new(Arc::new(builder.build().unwrap()));
        let got = run(&mut convolver, &signals, 0, round as u64);
        for (output, got) in got.iter().enumerate() {
            let mut expected = vec![0.0; signals[0].len()];
            for &i in there.iter().filter(|i| all[**i].1 == output) {
                let path = oracle(&signals[all[i].0], &taps[i], expected.len());
                expected.iter_mut().zip(path).for_each(|(sum, y)| *sum += y);
            }
            if expected.iter().any(|y| *y != 0.0) {
                let error = error_db(got, &expected);
                assert!(error <= -125.0, "round {round}, output {output}, paths {there:?}: {error:.1} dB");
            } else {
                assert!(got.iter().all(|y| *y == 0.0), "round {round}, output {output}");
            }
        }
    }
}

#[test]
#[should_panic(expected = "inputs and outputs")]
fn a_call_with_too_few_inputs_panics() {
    let mut output = [0.0; 8];
    let mut other = [0.0; 8];
    let taps = room(100, 1);
    convolver(2, 2, 48_000, &[(0, 0, &taps)]).process(&[&[0.0; 8]], &mut [&mut output, &mut other]);
}

#[test]
fn given_quanta_and_partitions_keep_the_promises() {
    let (taps, signal) = (room(30_000, 5), noise(60_000, 6));
    let expected = oracle(&signal, &taps, signal.len());
    for (quantum, partitions) in [(32, [32, 256, 2048]), (128, [128, 512, 4096]), (256, [256, 1024, 2048])] {
        let builder = Kernel::builder(1, 1, 48_000).path(0, 0, &taps).quantum(quantum).partitions(&partitions);
        let kernel = Arc::new(builder.build().unwrap());
        let convolve = |block| run(&mut Convolver::new(kernel.clone()), std::slice::from_ref(&signal), block, 1);
        let whole = convolve(signal.len());
        assert!(error_db(&whole[0], &expected) <= -125.0, "quantum {quantum}");
        for block in [1, 17, 64, 441] {
            assert_same_bits(&whole, &convolve(block), &format!("quantum {quantum}, blocks of {block}"));
        }
    }
}

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
    let taps = room(2_500, 3);
    for at in 0..64 {
        assert_comes_back(convolver(1, 1, 48_000, &[(0, 0, &taps)]), &taps, at);
    }
}

/// The taps at which a level begins, or the last one ends, by the plan that the kernel prints:
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
        let taps = room(200 * quantum, 4);
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
            let mut taps = room(len, 4);
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

#[test]
fn convolution_is_linear_and_does_not_depend_on_time() {
    let (taps, a, b) = (room(10_000, 1), noise(20_000, 2), noise(20_000, 3));
    let sum: Vec<f32> = a.iter().zip(&b).map(|(a, b)| 0.5 * a - 2.0 * b).collect();
    let [ya, yb, ysum] = [&a, &b, &sum].map(|x| mono(&taps, 48_000, x, 96));
    let expected: Vec<f64> = ya.iter().zip(&yb).map(|(a, b)| 0.5 * f64::from(*a) - 2.0 * f64::from(*b)).collect();
    assert!(error_db(&ysum, &expected) <= -122.0, "two errors of -125 dB");

    let mut later = vec![0.0; 777];
    later.extend(&a);
    let late = mono(&taps, 48_000, &later, 96);
    assert!(late[..777].iter().all(|y| *y == 0.0), "nothing before there is anything");
    let expected: Vec<f64> = ya.iter().map(|y| f64::from(*y)).collect();
    assert!(error_db(&late[777..], &expected) <= -122.0);
}

#[test]
fn true_stereo_is_the_sum_of_four_monos() {
    let taps: Vec<_> = (0..4).map(|seed| room(15_000, seed)).collect();
    let paths: Vec<Path> = (0..4).map(|i| (i / 2, i % 2, &taps[i][..])).collect();
    let signals = [noise(30_000, 11), noise(30_000, 12)];
    let got = run(&mut convolver(2, 2, 48_000, &paths), &signals, 512, 0);
    for output in 0..2 {
        let [left, right] = [0, 1].map(|input| oracle(&signals[input], &taps[2 * input + output], 30_000));
        let expected: Vec<f64> = left.iter().zip(right).map(|(l, r)| l + r).collect();
        let error = error_db(&got[output], &expected);
        assert!(error <= -125.0, "output {output}: {error:.1} dB");
    }
}

#[test]
fn mono_to_stereo_has_two_outputs_of_one_input() {
    let taps = [room(5_000, 1), room(5_000, 2)];
    let signal = noise(10_000, 3);
    let got =
        run(&mut convolver(1, 2, 44_100, &[(0, 0, &taps[0]), (0, 1, &taps[1])]), std::slice::from_ref(&signal), 17, 0);
    for (got, taps) in got.iter().zip(&taps) {
        assert!(error_db(got, &oracle(&signal, taps, 10_000)) <= -125.0);
    }
}

#[test]
fn an_empty_impulse_is_silence() {
    for taps in [&[][..], &[0.0; 5_000]] {
        let got = mono(taps, 48_000, &noise(10_000, 1), 64);
        assert!(got.iter().all(|y| *y == 0.0));
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

#[test]
fn a_sample_that_is_not_finite_counts_as_silence_and_harms_nothing_after_it() {
    let taps = room(10_000, 1);
    let mut signal = noise(20_000, 2);
    let mut silenced = signal.clone();
    for (at, bad) in [(100, f32::NAN), (101, f32::INFINITY), (4_096, f32::NEG_INFINITY), (9_999, f32::MAX)] {
        signal[at] = bad;
        silenced[at] = 0.0;
    }
    let [got, expected] = [signal, silenced].map(|signal| vec![mono(&taps, 48_000, &signal, 441)]);
    assert_same_bits(&expected, &got, "not finite");
}

#[test]
fn no_denormal_comes_out_and_none_arises_from_tiny_samples_and_taps() {
    let mut seeded = Seeded(5);
    for exponent in [-12, -16, -19, -25, -38, -44] {
        let scale = 10f64.powi(exponent);
        let tiny = |len, seed| noise(len, seed).into_iter().map(|x| (f64::from(x) * scale) as f32).collect::<Vec<_>>();
        // A sound that dies away, then tiny noise, through taps that are tiny themselves.
        let mut signal = room(8_000, 1);
        signal.extend(tiny(12_000, 2));
        let mut taps = room(4_000, 3);
        taps.extend(tiny(6_000, 4));
        for _ in 0..100 {
            let (i, j) = (seeded.below(signal.len()), seeded.below(taps.len()));
            (signal[i], taps[j]) =
                (f32::from_bits(seeded.bits() & 0x7f_ffff), f32::from_bits(seeded.bits() & 0x7f_ffff));
        }
        for taps in [&taps, &tiny(10_000, 6)] {
            let got = mono(taps, 48_000, &signal, 64);
            assert_eq!(got.iter().filter(|y| y.is_subnormal()).count(), 0, "1e{exponent}");
        }
    }
}

//! How near the output comes to the exact convolution.

use super::{Path, convolver, mono, run};
use std::sync::Arc;
use transept::convolution::oracle;
use transept::engine::{Convolver, Instructions, Kernel};
use transept_support::compare::assert_same_bits;
use transept_support::compare::error_db;
use transept_support::recordings::recordings;
use transept_support::signal::{BLOCKS, Seeded, decaying_noise, noise};

#[test]
fn the_error_on_noise_is_below_minus_125_db_up_to_ten_seconds() {
    for (seconds, rate) in [(0.5, 48_000), (2.0, 48_000), (6.0, 48_000), (10.0, 48_000), (2.0, 96_000)] {
        let len = (seconds * f64::from(rate)) as usize;
        let (taps, signal) = (decaying_noise(len, 5), noise(len + 48_000, 6));
        let got = mono(&taps, rate, &signal, 512);
        let error = error_db(&got, &oracle(&signal, &taps, signal.len()));
        println!("{seconds} s at {rate} Hz: {error:.1} dB");
        assert!(error <= -125.0, "{seconds} s at {rate} Hz: {error:.1} dB");
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

#[test]
fn every_set_of_instructions_keeps_the_promises() {
    let (len, seconds) = (30_000, 96_000);
    let taps: Vec<_> = (0..4).map(|seed| decaying_noise(20_000, seed)).collect();
    let signals = [noise(len, 11), noise(len, 12)];
    let (long, signal) = (decaying_noise(seconds, 5), noise(seconds + 48_000, 6));
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
fn given_quanta_and_partitions_keep_the_promises() {
    let (taps, signal) = (decaying_noise(30_000, 5), noise(60_000, 6));
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

/// Kernels of which some partitions are all zero, among them the batched ones, or all but those.
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
    // Bursts with silence between them that some stages notice and others do not.
    let mut signals = [noise(60_000, 11), noise(60_000, 12)];
    signals[0][5_000..9_000].fill(0.0);
    signals[0][20_000..50_000].fill(0.0);
    signals[1][..30_000].fill(0.0);
    for round in 0..24 {
        let taps: Vec<Vec<f32>> = match round {
            // The first partitions of the last stage alone, the late ones alone, and those around the place between.
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
fn convolution_is_linear_and_does_not_depend_on_time() {
    let (taps, a, b) = (decaying_noise(10_000, 1), noise(20_000, 2), noise(20_000, 3));
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
    let taps: Vec<_> = (0..4).map(|seed| decaying_noise(15_000, seed)).collect();
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
    let taps = [decaying_noise(5_000, 1), decaying_noise(5_000, 2)];
    let signal = noise(10_000, 3);
    let got =
        run(&mut convolver(1, 2, 44_100, &[(0, 0, &taps[0]), (0, 1, &taps[1])]), std::slice::from_ref(&signal), 17, 0);
    for (got, taps) in got.iter().zip(&taps) {
        assert!(error_db(got, &oracle(&signal, taps, 10_000)) <= -125.0);
    }
}

#[test]
fn paths_that_have_little_in_common_convolve_exactly() {
    // The late taps are partitions that are multiplied for several blocks at once.
    let (len, late, partitions) = (36_000, 22_000, [64, 256, 2048]);
    let signals = [noise(50_000, 11), noise(50_000, 12)];
    let dense: Vec<_> = (0..4).map(|seed| decaying_noise(len, seed)).collect();
    let only = |range: std::ops::Range<usize>, taps: &[f32]| -> Vec<f32> {
        taps.iter().enumerate().map(|(n, tap)| if range.contains(&n) { *tap } else { 0.0 }).collect()
    };
    let taps = [vec![0.0; len], only(0..50, &dense[1]), only(late..len, &dense[2]), dense[3].clone()];
    // Every two of them once share an output, and once an input.
    for order in [[0, 1, 2, 3], [0, 2, 3, 1], [0, 3, 1, 2]] {
        let paths: Vec<Path> = (0..4).map(|i| (i / 2, i % 2, &taps[order[i]][..])).collect();
        let expected: Vec<Vec<f64>> = (0..2)
            .map(|output| {
                let [left, right] = [0, 1].map(|input| oracle(&signals[input], paths[2 * input + output].2, 50_000));
                left.iter().zip(right).map(|(l, r)| l + r).collect()
            })
            .collect();
        for instructions in Instructions::available() {
            let builder = Kernel::builder(2, 2, 48_000).partitions(&partitions).instructions(instructions);
            let builder = paths.iter().fold(builder, |builder, (i, o, taps)| builder.path(*i, *o, taps));
            let kernel = Arc::new(builder.build().unwrap());
            let whole = run(&mut Convolver::new(kernel.clone()), &signals, 50_000, 0);
            for (output, (got, expected)) in whole.iter().zip(&expected).enumerate() {
                let error = error_db(got, expected);
                assert!(error <= -125.0, "{instructions}, paths {order:?}, output {output}: {error:.1} dB");
            }
            for block in BLOCKS {
                let cut = run(&mut Convolver::new(kernel.clone()), &signals, block, 1);
                assert_same_bits(&whole, &cut, &format!("{instructions}, paths {order:?}, blocks of {block}"));
            }
        }
    }
}

//! What must not do harm: samples, impulses and calls that make no sense.

use super::{convolver, mono, run};
use assert_no_alloc::assert_no_alloc;
use std::sync::Arc;
use transept::convolution::oracle;
use transept::engine::{BuildError, Convolver, Instructions, Kernel, ProcessError};
use transept_support::compare::assert_same_bits;
use transept_support::compare::error_db;
use transept_support::signal::{Seeded, decaying_noise, noise};

#[test]
#[should_panic(expected = "inputs and outputs")]
fn a_call_with_too_few_inputs_panics() {
    let mut output = [0.0; 8];
    let mut other = [0.0; 8];
    let taps = decaying_noise(100, 1);
    convolver(2, 2, 48_000, &[(0, 0, &taps)]).process(&[&[0.0; 8]], &mut [&mut output, &mut other]);
}

#[test]
fn a_call_that_does_not_fit_is_reported_without_a_panic_and_changes_nothing() {
    let mut convolver = convolver(2, 2, 48_000, &[(0, 0, &decaying_noise(100, 1))]);
    let (sound, short) = ([1.0; 8], [1.0; 7]);
    let (mut left, mut right) = ([9.0; 8], [9.0; 8]);
    let mut call = |inputs: &[&[f32]], outputs: &mut [&mut [f32]]| {
        assert_no_alloc(|| convolver.try_process(inputs, outputs).is_ok());
        convolver.try_process(inputs, outputs)
    };
    let channels = call(&[&sound], &mut [&mut left, &mut right]);
    assert_eq!(channels, Err(ProcessError::Channels { expected: (2, 2), found: (1, 2) }));
    let channels = call(&[&sound, &sound], &mut [&mut left]);
    assert_eq!(channels, Err(ProcessError::Channels { expected: (2, 2), found: (2, 1) }));
    let length = call(&[&sound, &short], &mut [&mut left, &mut right]);
    assert_eq!(length, Err(ProcessError::InputLength { input: 1, expected: 8, found: 7 }));
    let length = call(&[&sound, &sound], &mut [&mut left, &mut right[..5]]);
    assert_eq!(length, Err(ProcessError::OutputLength { output: 1, expected: 8, found: 5 }));
    assert_eq!((left, right), ([9.0; 8], [9.0; 8]));
    // The input of those calls was not heard.
    let mut fresh = [[0.0; 8]; 2];
    let [l, r] = &mut fresh;
    super::convolver(2, 2, 48_000, &[(0, 0, &decaying_noise(100, 1))]).process(&[&sound, &sound], &mut [l, r]);
    assert_eq!(convolver.try_process(&[&sound, &sound], &mut [&mut left, &mut right]), Ok(()));
    assert_eq!([left, right], fresh);
}

#[test]
fn an_empty_impulse_is_silence() {
    for taps in [&[][..], &[0.0; 5_000]] {
        let got = mono(taps, 48_000, &noise(10_000, 1), 64);
        assert!(got.iter().all(|y| *y == 0.0));
    }
}

#[test]
fn a_sample_that_is_not_finite_counts_as_silence_and_harms_nothing_after_it() {
    let taps = decaying_noise(10_000, 1);
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
        let mut signal = decaying_noise(8_000, 1);
        signal.extend(tiny(12_000, 2));
        let mut taps = decaying_noise(4_000, 3);
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

/// In sound and damage, in silence, in sound that comes back, and in a reset.
#[test]
fn nothing_allocates_whatever_the_instructions() {
    let taps: Vec<_> = (0..4).map(|seed| decaying_noise(40_000, seed)).collect();
    let mut signals = [noise(150_000, 11), noise(150_000, 12)];
    for signal in &mut signals {
        signal[1_000] = f32::NAN;
        signal[30_000..130_000].fill(0.0);
    }
    for instructions in Instructions::available() {
        let builder = Kernel::builder(2, 2, 48_000).partitions(&[64, 512, 2048]).instructions(instructions);
        let paths = [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().zip(&taps);
        let builder = paths.fold(builder, |builder, ((input, output), taps)| builder.path(input, output, taps));
        let mut convolver = Convolver::new(Arc::new(builder.build().unwrap())).with_phase(1);
        for block in [0, 441] {
            run(&mut convolver, &signals, block, 1);
            assert_no_alloc(|| convolver.reset());
        }
    }
}

#[test]
fn partitions_that_make_no_sense_are_refused_or_never_reached() {
    let (taps, signal) = (decaying_noise(3_000, 1), noise(5_000, 2));
    let largest = 1 << (usize::BITS - 1);
    let build = |sizes: &[usize]| Kernel::builder(1, 1, 48_000).path(0, 0, &taps).partitions(sizes).build();
    for sizes in [&[64, largest][..], &[64, 512, largest], &[64, largest / 2, largest]] {
        let kernel = Arc::new(build(sizes).unwrap());
        let got = run(&mut Convolver::new(kernel), std::slice::from_ref(&signal), 441, 1).remove(0);
        assert!(error_db(&got, &oracle(&signal, &taps, 5_000)) <= -125.0, "{sizes:?}");
    }
    let refused = |sizes: &[usize]| build(sizes).map(|_| ()).unwrap_err();
    for (sizes, before) in [(&[64, usize::MAX][..], 64), (&[64, 0], 64), (&[64, largest, 64], largest), (&[0], 64)] {
        let partition = sizes[sizes.len() - 1];
        assert_eq!(refused(sizes), BuildError::Partition { partition, before }, "{sizes:?}");
    }
    for sizes in [&[][..], &[128], &[largest], &[largest / 2, largest]] {
        assert!(matches!(refused(sizes), BuildError::Slack { .. }), "{sizes:?}");
    }
}

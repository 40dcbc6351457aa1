//! What is computed: the same convolution as everywhere.

use super::{RATE, busy, done, file, wet};
use std::path::Path;
use transept::convolution::oracle;
use transept::impulse::findings::Finding;
use transept::impulse::recipe::{LevelRule, Recipe, Source};
use transept::render::{Bits, Job};
use transept_support::compare::error_db;
use transept_support::folder::Folder;
use transept_support::recordings::recordings;
use transept_support::signal::{decaying_noise, noise};
use transept_support::wave;

#[test]
fn a_unit_impulse_gives_the_dry_file_back_bit_for_bit() {
    let folder = Folder::new();
    let unit = folder.wave("unit.wav", RATE, &[vec![1.0]]);
    for dry in [vec![noise(10_000, 1)], vec![noise(10_000, 2), noise(10_000, 3)]] {
        let path = folder.wave("dry.wav", RATE, &dry);
        done(&wet(&folder, &path, file(unit.clone())));
        let out = wave::read(&folder.path("out.wav"));
        assert_eq!(out.sample_rate, RATE);
        assert_eq!(out.channels.len(), dry.len());
        for (out, dry) in out.channels.iter().zip(&dry) {
            assert!(out == dry, "and no sample more");
        }
    }
}

#[test]
fn integers_come_through_a_unit_impulse_as_they_are() {
    let folder = Folder::new();
    let unit = folder.wave("unit.wav", RATE, &[vec![1.0]]);
    for (number, (bits, stored)) in [(16, Bits::Int16), (24, Bits::Int24)].into_iter().enumerate() {
        let top = (1 << (bits - 1)) - 1;
        let mut dry: Vec<i32> = noise(5000, 4).iter().map(|x| (x * 2.0 * top as f32) as i32).collect();
        dry.extend([top, -top - 1, 0, 1, -1]);
        let path = folder.path(&format!("dry{number}.wav"));
        wave::write_integers(&path, bits, &[dry.clone()]);
        let report = done(&Job { bits: Some(stored), tail: false, ..wet(&folder, &path, file(unit.clone())) });
        assert_eq!(report.clipped, 0);
        assert!(wave::read_integers(&folder.path("out.wav")) == (bits, vec![dry]));
    }
}

#[test]
fn valid_bits_in_larger_containers_come_through_a_unit_impulse_as_they_are() {
    use transept_support::encode::wav::Wav;
    let folder = Folder::new();
    let unit = folder.wave("unit.wav", RATE, &[vec![1.0]]);
    let values = [0.5, -0.25, 1.0 / 65_536.0, -1.0];
    for (container, valid) in [(4_u16, 24), (3, 20), (2, 12)] {
        let stored = |value: &f64| {
            let full = (value * f64::from(1_u32 << (8 * container - 1))) as i64;
            full.to_le_bytes()[..container.into()].to_vec()
        };
        let data = values.iter().flat_map(stored).collect();
        let wav = Wav { sample_bytes: container, extensible: true, ..Wav::new(1, 1, valid, data) };
        let dry = folder.file("dry.wav", &wav.bytes());
        done(&Job { tail: false, ..wet(&folder, &dry, file(unit.clone())) });
        let mut expected: Vec<f32> = values.iter().map(|value| *value as f32).collect();
        if container == 2 {
            expected[2] = 0.0; // less than a step
        }
        assert_eq!(wave::read(&folder.path("out.wav")).channels, [expected], "{valid} in {container} bytes");
    }
}

#[test]
fn an_impulse_in_gives_the_impulse_response_out_every_sample_at_its_place() {
    let folder = Folder::new();
    let taps = [decaying_noise(30_000, 5), decaying_noise(30_000, 6)];
    let impulse = folder.wave("room.wav", RATE, &taps);
    let dry = folder.wave("dry.wav", RATE, &[vec![1.0, 0.0, 0.0]]);
    let report = done(&wet(&folder, &dry, file(impulse)));
    assert_eq!((report.frames, report.channels, report.impulse.channels), (30_002, 2, 2));
    let out = wave::read(&folder.path("out.wav"));
    for (out, taps) in out.channels.iter().zip(&taps) {
        let mut expected: Vec<f64> = taps.iter().map(|x| f64::from(*x)).collect();
        expected.resize(out.len(), 0.0);
        let error = error_db(out, &expected);
        println!("impulse response out: {error:.1} dB");
        assert!(error < -125.0);
        // Nothing has moved: the head is summed directly, so its samples are the very numbers.
        assert_eq!(out[..64], taps[..64]);
    }
}

#[test]
fn noise_through_a_room_is_the_direct_sum() {
    let folder = Folder::new();
    let taps = decaying_noise(20_000, 7);
    let dry = noise(48_000, 8);
    let impulse = folder.wave("room.wav", RATE, std::slice::from_ref(&taps));
    let path = folder.wave("dry.wav", RATE, std::slice::from_ref(&dry));
    done(&wet(&folder, &path, file(impulse)));
    let out = wave::read(&folder.path("out.wav"));
    assert_eq!(out.channels.len(), 1);
    let error = error_db(&out.channels[0], &oracle(&dry, &taps, dry.len() + taps.len() - 1));
    println!("noise through a room: {error:.1} dB");
    assert!(error < -125.0);
}

#[test]
fn every_layout_sends_each_source_to_its_sides() {
    let folder = Folder::new();
    let [left, right] = [noise(2000, 9), noise(2000, 10)];
    let mono = folder.wave("mono.wav", RATE, std::slice::from_ref(&left));
    let stereo = folder.wave("stereo.wav", RATE, &[left.clone(), right.clone()]);
    let [ll, lr, rl, rr] = [11, 12, 13, 14].map(|seed| decaying_noise(1000, seed));
    let one = file(folder.wave("1.wav", RATE, std::slice::from_ref(&ll)));
    let two = file(folder.wave("2.wav", RATE, &[ll.clone(), rr.clone()]));
    let four = file(folder.wave("4.wav", RATE, &[ll.clone(), lr.clone(), rl.clone(), rr.clone()]));
    let pair = Source::Pair {
        left: folder.wave("left.wav", RATE, &[ll.clone(), lr.clone()]),
        right: folder.wave("right.wav", RATE, &[rl.clone(), rr.clone()]),
    };
    let sum = |paths: &[(f64, &[f32], &[f32])]| {
        let mut sum = vec![0.0; 2999];
        for (gain, signal, taps) in paths {
            for (sum, sample) in sum.iter_mut().zip(oracle(signal, taps, 2999)) {
                *sum += gain * sample;
            }
        }
        sum
    };
    let true_stereo =
        vec![sum(&[(1.0, &left, &ll), (1.0, &right, &rl)]), sum(&[(1.0, &left, &lr), (1.0, &right, &rr)])];
    let cases: [(&Path, &Source, Vec<Vec<f64>>); 7] = [
        (&mono, &one, vec![sum(&[(1.0, &left, &ll)])]),
        (&mono, &two, vec![sum(&[(1.0, &left, &ll)]), sum(&[(1.0, &left, &rr)])]),
        (
            &mono,
            &four,
            vec![sum(&[(0.5, &left, &ll), (0.5, &left, &rl)]), sum(&[(0.5, &left, &lr), (0.5, &left, &rr)])],
        ),
        (&stereo, &one, vec![sum(&[(1.0, &left, &ll)]), sum(&[(1.0, &right, &ll)])]),
        (&stereo, &two, vec![sum(&[(1.0, &left, &ll)]), sum(&[(1.0, &right, &rr)])]),
        (&stereo, &four, true_stereo.clone()),
        (&stereo, &pair, true_stereo),
    ];
    for (number, (dry, source, expected)) in cases.into_iter().enumerate() {
        let report = done(&wet(&folder, dry, source.clone()));
        let out = wave::read(&folder.path("out.wav"));
        assert_eq!((out.channels.len(), report.channels), (expected.len(), expected.len()), "case {number}");
        for (out, expected) in out.channels.iter().zip(&expected) {
            assert!(error_db(out, expected) < -125.0, "case {number}");
        }
    }
}

#[test]
fn a_fresh_job_has_the_levels_of_a_fresh_instance() {
    let folder = Folder::new();
    let (dry, taps) = (noise(3000, 15), vec![0.0, 0.5]);
    let source = file(folder.wave("room.wav", RATE, &[taps]));
    let path = folder.wave("dry.wav", RATE, std::slice::from_ref(&dry));
    let recipe = Recipe { level: LevelRule::Off, ..Recipe::of(source) };
    done(&Job::new(&path, recipe, folder.path("out.wav")));
    let out = wave::read(&folder.path("out.wav"));
    let wet = 10_f64.powf(-12.0 / 20.0);
    let expected: Vec<f64> = (0..dry.len() + 1)
        .map(|i| {
            let at = |i: usize| dry.get(i).map_or(0.0, |x| f64::from(*x));
            at(i) + if i > 0 { wet * 0.5 * at(i - 1) } else { 0.0 }
        })
        .collect();
    assert!(error_db(&out.channels[0], &expected) < -140.0);
}

#[test]
fn samples_that_are_not_finite_are_silence_and_harm_nothing_else() {
    let folder = Folder::new();
    let mut dry = noise(5000, 20);
    for (at, bad) in [(100, f32::NAN), (101, f32::INFINITY), (2500, f32::NEG_INFINITY), (2600, 1e16), (2700, -1e16)] {
        dry[at] = bad;
    }
    let clean: Vec<f32> = dry.iter().map(|x| if x.abs() <= 1e15 { *x } else { 0.0 }).collect();
    let [dry, clean] =
        [("damaged.wav", dry), ("clean.wav", clean)].map(|(name, signal)| folder.wave(name, RATE, &[signal]));
    let job = busy(&folder);
    for sample_rate in [None, Some(96_000)] {
        let out = [&dry, &clean].map(|dry| {
            done(&Job { dry: dry.clone(), sample_rate, ..job.clone() });
            wave::read(&job.output)
        });
        let said = [&dry, &clean].map(|dry| done(&Job { dry: dry.clone(), sample_rate, ..job.clone() }).findings);
        assert_eq!(said, [vec![Finding::NotFinite { count: 5 }], vec![]]);
        assert!(out[0].channels.iter().flatten().all(|x| x.is_finite()));
        assert!(out[0] == out[1]);
    }
}

#[test]
fn a_voice_in_a_museum_is_the_direct_sum() {
    let Some(data) = recordings() else { return };
    let folder = Folder::new();
    let museum = data.join("impulses/museum-basement-clap.wav");
    let (bits, taps) = wave::read_integers(&museum);
    let taps = taps.iter().map(|channel| channel.iter().map(|x| *x as f32 / (1 << (bits - 1)) as f32).collect());
    let taps: Vec<Vec<f32>> = taps.collect();
    // At the museum's own rate, so that only the convolution is measured.
    let (_, speech) = wave::read_integers(&data.join("dry/speech.wav"));
    let speech: Vec<f32> = speech[0].iter().map(|x| *x as f32 / 32768.0).collect();
    let dry = folder.wave("speech.wav", RATE, std::slice::from_ref(&speech));
    let report = done(&wet(&folder, &dry, file(museum)));
    assert_eq!(report.channels, 2);
    let out = wave::read(&folder.path("out.wav"));
    for (out, taps) in out.channels.iter().zip(&taps) {
        let error = error_db(out, &oracle(&speech, taps, out.len()));
        println!("speech in the museum's basement: {error:.1} dB");
        assert!(error < -125.0);
    }
}

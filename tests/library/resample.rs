//! A resampled impulse sounds where it did, as loud as it did, and like nothing else.
//!
//! Spectra are summed as defined, frequency by frequency, so that nothing here shares code with the resampler.

use std::f64::consts::{PI, TAU};
use transept::cancel::Token;
use transept::impulse::{Impulse, resample};
use transept_support::signal::noise;

/// Rates of converters, of old files, and odd ones: pairs of (from, to) in Hz.
const RATES: [(u32, u32); 16] = [
    (44_100, 48_000),
    (48_000, 44_100),
    (44_100, 96_000),
    (96_000, 44_100),
    (44_100, 192_000),
    (192_000, 44_100),
    (48_000, 96_000),
    (96_000, 48_000),
    (48_000, 192_000),
    (11_025, 48_000),
    (48_000, 11_025),
    (47_952, 48_000),
    (48_000, 47_952),
    (8_000, 384_000),
    (384_000, 8_000),
    (44_101, 48_000),
];

/// As many source samples as there are in 3000 of the lower rate, where the filter spans some 600 of those; and eight
/// times as many as it spans where the rates have no common divisor.
fn length(from: u32, to: u32) -> usize {
    ((3000 * u64::from(from) / u64::from(from.min(to))) as usize).max(8 * whole_blocks(from, to, 1).0)
}

/// The least source and target samples that are equally long, at least so many of each.
fn whole_blocks(from: u32, to: u32, least: usize) -> (usize, usize) {
    let divisor =
        (1..=from.min(to)).rev().find(|d| from.is_multiple_of(*d) && to.is_multiple_of(*d)).expect("1 divides");
    let (input, output) = ((from / divisor) as usize, (to / divisor) as usize);
    let blocks = least.div_ceil(input.min(output));
    (blocks * input, blocks * output)
}

fn single(length: usize, place: usize) -> Vec<f32> {
    let mut samples = vec![0.0; length];
    samples[place] = 1.0;
    samples
}

/// Some noise that begins and ends softly, well inside of its span; seeded.
fn soft_noise(length: usize) -> Vec<f32> {
    let window = |index: usize| {
        let time = (index as f64 / length as f64 - 0.3) / 0.4;
        if (0.0..1.0).contains(&time) { (PI * time).sin().powi(2) } else { 0.0 }
    };
    noise(length, 7)
        .iter()
        .enumerate()
        .map(|(index, sample)| (window(index) * 2.0 * f64::from(*sample)) as f32)
        .collect()
}

/// The spectrum at a frequency in Hz, with time counted from `origin` in samples: real and imaginary part.
fn spectrum(samples: &[f32], frequency: f64, rate: u32, origin: f64) -> (f64, f64) {
    samples.iter().enumerate().fold((0.0, 0.0), |(real, imaginary), (index, sample)| {
        let (sine, cosine) = (TAU * frequency / f64::from(rate) * (index as f64 - origin)).sin_cos();
        (real + f64::from(*sample) * cosine, imaginary - f64::from(*sample) * sine)
    })
}

fn magnitude(samples: &[f32], frequency: f64, rate: u32) -> f64 {
    let (real, imaginary) = spectrum(samples, frequency, rate, 0.0);
    real.hypot(imaginary)
}

fn decibels(ratio: f64) -> f64 {
    20.0 * ratio.log10()
}

fn impulse(samples: Vec<f32>, from: u32, to: u32) -> Vec<f32> {
    let impulse = Impulse::new(vec![samples], from).expect("valid");
    resample::impulse(&impulse, to, 0, &Token::never()).expect("rates").into_channels().remove(0)
}

#[test]
fn a_single_impulse_lands_where_it_belongs() {
    for (from, to) in RATES {
        let length = length(from, to);
        for place in [length / 2, length / 2 + 1, length / 2 + 97, length / 3] {
            let resampled = impulse(single(length, place), from, to);
            let expected = place as f64 * f64::from(to) / f64::from(from);
            // The phase that is left when time is counted from there is what it is off by.
            let frequency = 0.3 * f64::from(from.min(to)) / 2.0;
            let (real, imaginary) = spectrum(&resampled, frequency, to, expected);
            let off = -imaginary.atan2(real) / (TAU * frequency / f64::from(to));
            // What is left of the filter's ends, in `f32`.
            assert!(off.abs() < 1e-3, "{from} to {to} Hz, sample {place}: {off} samples late");
            let peak = (0..resampled.len()).max_by(|a, b| resampled[*a].total_cmp(&resampled[*b])).expect("samples");
            assert!((peak as f64 - expected).abs() <= 0.5001, "{from} to {to} Hz: {peak} instead of {expected}");
        }
    }
}

#[test]
fn the_first_and_the_last_sample_land_like_any_other() {
    for (from, to) in RATES {
        // One that falls on a sample of both rates, in the middle of enough, shows what each should become.
        let (place, centre) = whole_blocks(from, to, 1500);
        let model = impulse(single(3 * place, place), from, to);
        let first = impulse(single(place + 1, 0), from, to);
        let last = impulse(single(place + 1, place), from, to);
        let length = centre + (f64::from(to) / f64::from(from)).ceil() as usize;
        assert_eq!((first.len(), last.len()), (length, length), "{from} to {to} Hz");

        // They differ from the model by which transform they fell into, that is by the rounding of `f64` and `f32`, and
        // in one sample by what rings beyond, whose sum is that of some thousand such roundings.
        let tolerance = 1e-6 * (f64::from(from) / f64::from(to)).min(1.0);
        let sum = |samples: &[f32]| samples.iter().copied().map(f64::from).sum::<f64>();
        let furthest = |found: &[f32], expected: &[f32]| {
            found.iter().zip(expected).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max)
        };
        assert!((f64::from(first[0]) - sum(&model[..=centre])).abs() < 20.0 * tolerance, "{from} to {to} Hz, first");
        assert!(
            furthest(&first[1..length - 1], &model[centre + 1..]) < tolerance,
            "{from} to {to} Hz, after the first"
        );
        let end = length - 1;
        assert!((f64::from(last[end]) - sum(&model[end..])).abs() < 20.0 * tolerance, "{from} to {to} Hz, last");
        assert!(furthest(&last[1..end], &model[1..]) < tolerance, "{from} to {to} Hz, before the last");

        // The first stays the loudest, and up to 0.8 of the half rate as loud as it was.
        assert!(first.iter().all(|sample| sample.abs() <= first[0]), "{from} to {to} Hz");
        for percent in [1, 10, 40, 60, 80] {
            let frequency = f64::from(percent) / 100.0 * f64::from(from.min(to)) / 2.0;
            let change = decibels(magnitude(&first, frequency, to));
            // Real part 1, imaginary part at most ½ · 1/π · ln((1 + 0.8) / (1 - 0.8)) = 0.35, that is 0.5 dB.
            assert!((-0.01..0.6).contains(&change), "{from} to {to} Hz: {change} dB at {frequency} Hz");
        }
    }
}

#[test]
fn the_sum_of_an_impulse_stays_wherever_its_samples_are() {
    for (from, to) in RATES {
        for (length, place) in [(1, 0), (2, 1), (5, 0), (500, 499), (500, 3), (500, 250)] {
            let resampled = impulse(single(length, place), from, to);
            let sum: f64 = resampled.iter().copied().map(f64::from).sum();
            assert!((sum - 1.0).abs() < 1e-5, "{from} to {to} Hz, sample {place} of {length}: {sum}");
        }
    }
}

#[test]
fn an_impulse_keeps_its_level_at_every_frequency_of_both_rates() {
    for (from, to) in RATES {
        let length = length(from, to);
        for samples in [single(length, length / 2), soft_noise(length)] {
            let resampled = impulse(samples.clone(), from, to);
            for percent in [1, 10, 35, 60, 80, 90, 93] {
                let frequency = f64::from(percent) / 100.0 * f64::from(from.min(to)) / 2.0;
                let change = magnitude(&resampled, frequency, to) / magnitude(&samples, frequency, from);
                assert!(decibels(change).abs() < 0.01, "{from} to {to} Hz: {} dB at {frequency} Hz", decibels(change));
            }
        }
    }
}

#[test]
fn a_signal_keeps_its_amplitude() {
    for (from, to) in RATES {
        let frequency = 0.25 * f64::from(from.min(to)) / 2.0;
        let tone = |rate: u32, length: usize| -> Vec<f32> {
            (0..length).map(|n| (0.7 * (TAU * frequency / f64::from(rate) * n as f64).sin()) as f32).collect()
        };
        let length = length(from, to);
        let resampled = resample::signal(&[tone(from, length)], from, to, &Token::never()).expect("rates").remove(0);
        // Far from the ends, where the tone begins and stops.
        let (start, end) = (resampled.len() * 2 / 5, resampled.len() * 3 / 5);
        let expected = tone(to, resampled.len());
        let furthest = (start..end).map(|n| (resampled[n] - expected[n]).abs()).fold(0.0, f32::max);
        // A few roundings of `f32`: -120 dB.
        assert!(furthest < 1e-6, "{from} to {to} Hz: off by {furthest}");
    }
}

#[test]
fn nothing_is_heard_at_frequencies_that_were_not_there() {
    for (from, to) in RATES {
        let (low, length) = (from.min(to), length(from, to));
        let window = |n: usize| (PI * n as f64 / length as f64).sin().powi(4);
        if from > to {
            // What the lower rate cannot hold must go, and not come back mirrored.
            for above in [1.01, 1.2, 1.6].map(|factor| factor * f64::from(low) / 2.0) {
                if above > f64::from(from) / 2.0 {
                    continue;
                }
                let tone = |n: usize| (window(n) * (TAU * above / f64::from(from) * n as f64).sin()) as f32;
                let resampled = resample::signal(&[(0..length).map(tone).collect()], from, to, &Token::never())
                    .expect("rates")
                    .remove(0);
                let peak = resampled.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
                assert!(decibels(f64::from(peak)) < -120.0, "{from} to {to} Hz: {peak} of a tone at {above} Hz");
            }
        } else {
            let resampled = impulse(single(length, length / 2), from, to);
            let (floor, span) = (f64::from(from) / 2.0, f64::from(to - from) / 2.0);
            for step in 1..=20 {
                let frequency = floor + span * f64::from(step) / 20.0;
                let image = magnitude(&resampled, frequency, to);
                // The rounding of some hundred samples to `f32` alone is near -140 dB.
                assert!(decibels(image) < -120.0, "{from} to {to} Hz: {} dB at {frequency} Hz", decibels(image));
            }
        }
    }
}

#[test]
fn there_and_back_is_the_same() {
    for (from, to) in RATES {
        if from > to {
            continue; // What lies above the lower rate's half is gone for good.
        }
        let length = length(from, to);
        // Five tones to 0.9 of the half rate, windowed so softly that they have nothing above.
        let tone = |n: usize| {
            let tones = [0.05, 0.3, 0.55, 0.8, 0.9].map(|share| (PI * share * n as f64).sin());
            (0.2 * tones.iter().sum::<f64>() * (PI * n as f64 / length as f64).sin().powi(6)) as f32
        };
        let samples: Vec<f32> = (0..length).map(tone).collect();
        let there = resample::signal(std::slice::from_ref(&samples), from, to, &Token::never()).expect("rates");
        let back = resample::signal(&there, to, from, &Token::never()).expect("rates").remove(0);
        assert!(back.len() >= length && back.len() <= length + 1);
        let error: f64 = back.iter().zip(&samples).map(|(a, b)| f64::from(a - b).powi(2)).sum();
        let energy: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        // Two roundings to `f32`, each some -150 dB, and the ends that are cut.
        assert!(10.0 * (error / energy).log10() < -120.0, "{from} to {to} Hz: {} dB", 10.0 * (error / energy).log10());
    }
}

#[test]
fn the_length_is_the_next_whole_sample() {
    for (from, to) in RATES {
        for length in [1, 2, 3, 147, 1000, 4801] {
            let expected = (length as u64 * u64::from(to)).div_ceil(u64::from(from)) as usize;
            let resampled =
                resample::signal(&[vec![0.5; length], vec![0.25; length]], from, to, &Token::never()).expect("rates");
            assert_eq!(resampled.iter().map(Vec::len).collect::<Vec<_>>(), [expected; 2], "{from} to {to} Hz");
        }
    }
}

#[test]
fn a_signal_that_comes_in_pieces_gives_the_bits_of_the_whole() {
    use transept_support::signal::noise;
    let signals = [noise(5003, 1), noise(5003, 2)];
    for (from, to) in RATES {
        let whole = resample::signal(&signals, from, to, &Token::never()).expect("rates");
        for piece in [1, 37, 588, 5003] {
            let mut stream = resample::Stream::new(2, from, to).expect("rates");
            let mut pieces = vec![Vec::new(); 2];
            for at in (0..5003).step_by(piece) {
                let end = 5003.min(at + piece);
                stream.push(signals.iter().map(|signal| &signal[at..end]), &mut pieces).expect("resampled");
            }
            while stream.finish(&mut pieces).expect("resampled") {}
            assert_eq!(pieces, whole, "{from} to {to} Hz in pieces of {piece}");
            // Each channel is treated as if it were alone.
            let alone = resample::signal(&signals[1..], from, to, &Token::never()).expect("rates");
            assert_eq!(alone[0], whole[1]);
        }
    }
}

#[test]
fn at_its_own_rate_every_bit_stays() {
    let samples = vec![vec![0.1, f32::MIN_POSITIVE / 2.0, -0.0, 1e30], vec![f32::NAN, 1.0, -1.0, 0.0]];
    let same = resample::signal(&samples, 44_100, 44_100, &Token::never()).expect("rates");
    let bits = |channels: &[Vec<f32>]| channels.iter().flatten().map(|sample| sample.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&same), bits(&samples));
    let impulse = Impulse::new(vec![samples[0].clone()], 44_100).expect("valid");
    assert_eq!(resample::impulse(&impulse, 44_100, 0, &Token::never()).expect("rates"), impulse);
}

#[test]
fn the_last_sample_keeps_its_level_where_silence_followed_it() {
    // Loudest at its end: what is folded into the last sample belongs behind it.
    let mut samples = vec![0.0; 3000];
    samples[2999] = 1.0;
    let impulse = Impulse::new(vec![samples], 44_100).expect("valid");
    let with_room =
        resample::impulse(&impulse, 48_000, 1000, &Token::never()).expect("rates").into_channels().remove(0);
    let place = 2999.0 * 48_000.0 / 44_100.0;
    for frequency in [100.0, 1000.0, 5000.0, 15_000.0] {
        let (real, imaginary) = spectrum(&with_room, frequency, 48_000, place);
        // As flat as the module promises, to 1e-8 dB, and in `f32`: 1088 + 3265 roundings of values below 1.
        let tolerance = 4400.0 * f64::from(f32::EPSILON);
        assert!((real - 1.0).abs() < tolerance && imaginary.abs() < tolerance, "{frequency} Hz: {real}, {imaginary}");
    }
}

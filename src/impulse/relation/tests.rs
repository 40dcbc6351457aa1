use super::*;
use crate::channels::ChannelLayout;
use crate::impulse::Impulse;
use crate::impulse::layout::routes;
use crate::impulse::random::Random;
use rustfft::num_complex::Complex64;
use std::f64::consts::TAU;

const RATE: u32 = 48_000;

/// Noise that decays by 60 dB over its length.
fn room(seed: u64, length: usize) -> Vec<f32> {
    let mut random = Random::new(seed);
    (0..length).map(|n| random.bell() * 10_f32.powf(-3.0 * n as f32 / length as f32)).collect()
}

fn paths(channels: Vec<Vec<f32>>) -> Vec<Route> {
    routes(&Impulse::new(channels, RATE).expect("valid"), ChannelLayout::Stereo, &Token::never()).expect("a layout")
}

fn correlation(a: &[Route], b: &[Route]) -> f32 {
    super::correlation(a, b, RATE, &Token::never()).expect("not cancelled")
}

fn scaled(taps: &[f32], factor: f32) -> Vec<f32> {
    taps.iter().map(|tap| factor * tap).collect()
}

#[test]
fn what_differs_in_its_level_alone_is_fully_correlated() {
    for length in [1, 100, 8192, 30_000] {
        for channels in [1, 2, 4] {
            let taps: Vec<Vec<f32>> = (0..channels).map(|seed| room(seed, length)).collect();
            let other = |factor: f32| paths(taps.iter().map(|taps| scaled(taps, factor)).collect());
            let taps = paths(taps.clone());
            // A power of two rounds nothing, another factor each tap by half of the last digit.
            assert!((correlation(&taps, &taps) - 1.0).abs() <= f32::EPSILON, "{length}");
            assert!((correlation(&taps, &other(0.25)) - 1.0).abs() <= f32::EPSILON, "{length}");
            assert!((correlation(&taps, &other(0.3)) - 1.0).abs() <= 2.0 * f32::EPSILON, "{length}");
            assert!((correlation(&taps, &other(-1.0)) + 1.0).abs() <= f32::EPSILON, "{length}: the opposite");
        }
    }
}

#[test]
fn silence_has_nothing_in_common_with_anything() {
    let (room, silence) = (paths(vec![room(1, 9000); 2]), paths(vec![vec![0.0; 9000]; 2]));
    for (a, b) in [(&room, &silence), (&silence, &room), (&silence, &silence)] {
        assert_eq!(correlation(a, b), 0.0);
    }
    assert_eq!(correlation(&[], &room), 0.0);
}

#[test]
fn unrelated_noises_are_hardly_correlated() {
    let noise = |seed: u64| {
        let mut random = Random::new(seed);
        (0..48_000).map(|_| random.bell()).collect::<Vec<f32>>()
    };
    // Each of N products c(l) has variance N, so the sum over w(l) deviates by √(Σ w²/N) / w(0) from 0. By Parseval's
    // theorem that of all lags is ½·48000·∫ df/f² = 1199, and w(0) = ln 1000: 0.023 for a second. Four of these.
    for seed in 0..8 {
        let (a, b) = (noise(2 * seed), noise(2 * seed + 1));
        let (a, b) = (&paths(vec![a])[..1], &paths(vec![b])[..1]);
        let found = correlation(a, b);
        assert!(found != 0.0 && found.abs() < 0.092, "{seed}: {found}");
    }
}

#[test]
fn paths_are_compared_with_their_like() {
    let [one, two] = [room(1, 5000), room(2, 5000)];
    let silent = vec![0.0; 5000];
    // The same on the diagonal, and a path more that the other has not: of as much power as each, two thirds of all.
    let diagonal = paths(vec![one.clone(), silent.clone(), silent.clone(), one.clone()]);
    let three = paths(vec![one.clone(), one.clone(), silent.clone(), one.clone()]);
    assert!((correlation(&diagonal, &three) - (2.0_f32 / 3.0).sqrt()).abs() < 1e-6);
    assert!((correlation(&three, &diagonal) - (2.0_f32 / 3.0).sqrt()).abs() < 1e-6);
    // Paths that lie elsewhere have nothing in common, whatever their taps.
    let crossed = paths(vec![silent.clone(), one.clone(), one.clone(), silent]);
    assert_eq!(correlation(&diagonal, &crossed), 0.0);
    // The mean over paths of like power, and in either order.
    let (a, b) = (paths(vec![one.clone(), two.clone()]), paths(vec![one, scaled(&two, -0.5)]));
    let powers = |paths: &[Route]| exact(&paths[0].taps, &paths[0].taps) / exact(&paths[1].taps, &paths[1].taps);
    let (ratio, half) = (powers(&a), 0.5);
    let expected = (ratio - half) / ((ratio + 1.0) * (ratio + half * half)).sqrt();
    assert!((f64::from(correlation(&a, &b)) - expected).abs() < 1e-3, "{expected}");
    assert_eq!(correlation(&a, &b), correlation(&b, &a));
}

/// `∫ Re(A·B*) / f df` over a finer grid, whose points are as dense at low frequencies as matters there.
fn exact(a: &[f32], b: &[f32]) -> f64 {
    let spectrum = |taps: &[f32], frequency: f64| -> Complex64 {
        let step = Complex64::from_polar(1.0, -TAU * frequency / f64::from(RATE));
        taps.iter().rev().fold(Complex64::ZERO, |sum, tap| sum * step + f64::from(*tap))
    };
    // Equal steps of 2 Hz, a quarter of what 5000 taps resolve, by the middle of each.
    let middles = (0..9990).map(|step| 21.0 + 2.0 * f64::from(step));
    middles.map(|f| (spectrum(a, f) * spectrum(b, f).conj()).re / f).sum()
}

#[test]
fn a_filtered_room_is_correlated_as_its_spectra_say() {
    let taps = room(3, 4000);
    let low_passed: Vec<f32> = taps
        .iter()
        .scan(0.0, |low, tap| {
            *low += 0.05 * (tap - *low);
            Some(*low)
        })
        .collect();
    let later = [vec![0.0; 20], taps.clone()].concat();
    let together = |other: &[f32]| -> Vec<f32> { taps.iter().zip(other).map(|(a, b)| a + b).collect() };
    for (what, other) in [
        ("low-passed", low_passed.clone()),
        ("later", later),
        ("with another", together(&room(4, 4000))),
        ("shorter", taps[..500].to_vec()),
    ] {
        let expected = exact(&taps, &other) / (exact(&taps, &taps) * exact(&other, &other)).sqrt();
        let [a, b] = [taps.clone(), other].map(|taps| [Route { input: 0, output: 0, taps }]);
        let found = f64::from(correlation(&a, &b));
        // Bins of 2.9 Hz: the middle of 1/f differs from its mean by (2.9/20)²/12, 0.2 % in the lowest and less above.
        assert!((found - expected).abs() < 0.002, "{what}: {found} instead of {expected}");
        assert!((0.05..0.99).contains(&expected), "{what}: {expected} says something");
        assert_eq!(correlation(&a, &b), correlation(&b, &a), "{what}");
    }
}

#[test]
fn long_responses_are_compared_over_their_whole_length() {
    // The same at the beginning, and something else behind it: shares of power, as above.
    let [one, two, three] = [1, 2, 3].map(|seed| room(seed, 5000));
    let gap = vec![0.0; 60_000];
    let with = |end: Vec<f32>| [Route { input: 0, output: 0, taps: [one.clone(), gap.clone(), end].concat() }];
    let (a, b) = (with(two.clone()), with(three.clone()));
    let [p1, p2, p3] = [&one, &two, &three].map(|taps| exact(taps, taps));
    let expected = (p1 + exact(&two, &three)) / ((p1 + p2) * (p1 + p3)).sqrt();
    let found = f64::from(correlation(&a, &b));
    // The bins' share, as above.
    assert!((found - expected).abs() < 0.002, "{found} instead of {expected}");
}

#[test]
fn giving_up_takes_no_more_than_one_block() {
    let (a, asked) = (paths(vec![vec![1.0; 1 << 18]; 2]), std::cell::Cell::new(0));
    let cancelled = || {
        asked.set(asked.get() + 1);
        asked.get() > 5
    };
    let given_up = super::correlation(&a, &a, RATE, &Token::new(&cancelled));
    assert_eq!((given_up, asked.get()), (Err(Cancelled), 6));
}

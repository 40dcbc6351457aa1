use super::*;
use crate::impulse::random::Random;

const RATE: u32 = 48_000;

/// A room of 3 s that dies away by 60 dB, with noise so far below its beginning as a factor.
fn room(seed: u64, noise: f32) -> Vec<f32> {
    let mut random = Random::new(seed);
    let decay = |n: usize| 0.5 * 10_f32.powf(-3.0 * n as f32 / (3.0 * RATE as f32));
    let mut taps: Vec<f32> = (0..3 * RATE as usize).map(|n| random.bell() * decay(n) + noise * random.bell()).collect();
    taps[0] = 1.0;
    taps
}

fn impulse(channels: Vec<Vec<f32>>) -> Impulse {
    Impulse::new(channels, RATE).expect("valid")
}

fn offset(impulse: &Impulse) -> Option<Offset> {
    Offset::of(impulse, &Token::never()).expect("not cancelled")
}

fn raised(taps: Vec<f32>, by: f32) -> Vec<f32> {
    taps.into_iter().map(|tap| tap + by).collect()
}

#[test]
fn a_constant_of_one_per_cent_is_found_and_taken_out() {
    for by in [0.01, -0.01, 0.002] {
        let clean = room(1, 0.0);
        let mut biased = impulse(vec![raised(clean.clone(), by), clean.clone()]);
        let found = offset(&biased).expect("an offset");
        // Behind the knee noise as strong as the offset is left, of which there are 50 000 samples or more.
        let size = found.share() * f64::from(biased.peak());
        assert!((size - f64::from(by.abs())).abs() < 0.03 * f64::from(by.abs()), "{by}: {size}");
        let right: Vec<u32> = biased.channels()[1].iter().map(|tap| tap.to_bits()).collect();
        found.remove(&mut biased, &Token::never()).expect("not cancelled");
        assert!(right.iter().zip(&biased.channels()[1]).all(|(bits, tap)| *bits == tap.to_bits()), "not a bit changes");
        let rest = biased.channels()[0].iter().zip(&clean).map(|(tap, clean)| (tap - clean).abs()).fold(0.0, f32::max);
        assert!(rest < 0.03 * by.abs(), "{by}: {rest} is left");
        assert_eq!(offset(&biased), None, "{by}");
    }
}

#[test]
fn an_offset_that_covers_the_decay_is_found_as_well() {
    let clean: Vec<f32> =
        room(7, 0.0).into_iter().enumerate().map(|(n, tap)| tap * (-0.001 * n as f32).exp()).collect();
    let biased = impulse(vec![raised(clean, 0.05)]);
    let size = offset(&biased).expect("an offset").share() * f64::from(biased.peak());
    assert!((size - 0.05).abs() < 1e-4, "{size}");
}

#[test]
fn a_clean_room_has_none_whatever_its_noise_is_like() {
    for seed in 0..40 {
        assert_eq!(offset(&impulse(vec![room(seed, 0.01)])), None, "white, seed {seed}");
        // Rumble: noise below some 10 Hz, as loud as the offsets that are looked for.
        let mut low = 0.0;
        let mut random = Random::new(seed + 1000);
        let rumble = |tap: f32| {
            low += 0.001_3 * (random.bell() - low);
            tap + 0.1 * low
        };
        assert_eq!(offset(&impulse(vec![room(seed, 0.0).into_iter().map(rumble).collect()])), None, "rumble, {seed}");
    }
}

#[test]
fn what_is_short_or_small_or_changes_or_has_no_knee_is_no_offset() {
    let short: Vec<f32> = raised(room(2, 0.0), 0.01).into_iter().take(RATE as usize / 2 - 1).collect();
    assert_eq!(offset(&impulse(vec![short])), None, "a cabinet keeps its mean");
    assert_eq!(offset(&impulse(vec![raised(room(3, 0.0), 0.000_9)])), None, "below 0.1 %");
    let faded = |n: usize, tap: f32| tap + 0.01 * (1.0 - n as f32 / (3 * RATE) as f32);
    assert_eq!(offset(&impulse(vec![room(4, 0.0).into_iter().enumerate().map(|(n, t)| faded(n, t)).collect()])), None);
    let low = (0..RATE as usize).map(|n| (-0.000_2 * n as f32).exp()).collect();
    assert_eq!(offset(&impulse(vec![low])), None, "a low-pass of first order has a mean and no noise");
    assert_eq!(offset(&impulse(vec![vec![0.25; RATE as usize]])), None, "a moving average");
    let mut unit = vec![0.0; RATE as usize];
    unit[100] = 1.0;
    assert_eq!(offset(&impulse(vec![unit])), None, "a single sample");
    assert_eq!(offset(&impulse(vec![vec![0.0; RATE as usize]])), None, "silence");
}

#[test]
fn digital_silence_around_the_recording_stays_silence() {
    let silence = [0.0; 4800];
    let taps = [&silence[..], &raised(room(5, 0.0), 0.01), &silence].concat();
    let mut padded = impulse(vec![taps]);
    let found = offset(&padded).expect("an offset");
    found.remove(&mut padded, &Token::never()).expect("not cancelled");
    let taps = &padded.channels()[0];
    assert!(taps[..4800].iter().chain(&taps[taps.len() - 4800..]).all(|tap| *tap == 0.0));
}

#[test]
fn giving_up_is_noticed() {
    let room = impulse(vec![raised(room(6, 0.0), 0.01)]);
    assert_eq!(Offset::of(&room, &Token::new(&|| true)), Err(Cancelled));
}

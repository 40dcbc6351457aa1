use super::*;
use crate::impulse::random::Random;

const RATE: u32 = 48_000;

const AUTO: Trim = Trim { start: Cut::Auto, end: Cut::Auto };

/// 50 ms of nothing, a room of 0.5 s, and noise under all of it at some dB below the room's start.
fn recording(noise: f64) -> Impulse {
    let (mut random, level) = (Random::new(17), 10_f64.powf(noise / 20.0));
    let mut sample = |n: usize| {
        let room = if n < 2400 { 0.0 } else { 10_f64.powf(-3.0 * (n - 2400) as f64 / 24_000.0) };
        (f64::from(random.bell()) * room + f64::from(random.bell()) * level) as f32
    };
    let mut left: Vec<f32> = (0..2 * RATE as usize).map(&mut sample).collect();
    left[2400] = 1.0;
    Impulse::new(vec![left, (0..2 * RATE as usize).map(&mut sample).collect()], RATE).expect("valid")
}

fn kept(mut impulse: Impulse, wanted: Trim) -> (usize, usize) {
    let length = impulse.len();
    let ((start, end), _) = trim(&mut impulse, wanted, &Token::never()).expect("not cancelled");
    assert!(impulse.channels().iter().all(|channel| channel.len() == length - start - end), "cut alike");
    (start, length - end)
}

#[test]
fn the_room_is_found_between_silence_and_noise() {
    // One that is out of every noise begins at its first sample, and is 105 dB below its peak, which is two to four
    // times its deviation, after some 1.75 times 0.5 s.
    let (start, end) = kept(recording(-400.0), AUTO);
    assert_eq!(start, 2400 - 48);
    assert!((42_000..46_000).contains(&end), "{end}");
    // Decay and noise are equal after as many dB as the noise lies below the start.
    for noise in [-70.0, -50.0] {
        let (start, end) = kept(recording(noise), AUTO);
        let expected = 2400.0 - noise / 60.0 * 24_000.0;
        // The first sample that is clear of the noise is one of the first few.
        assert!((2400 - 48..2400 - 38).contains(&start), "{start}");
        // Both levels are right to 1 dB, or 400 samples, where Lundeby's estimate is.
        assert!((end as f64 - expected).abs() < 800.0, "{end} instead of {expected}");
    }
}

/// A room of 0.5 s behind `before` of steady noise at some dB below the peak, with a spike 7 ms before the direct
/// sound. Nothing follows the room, as in files whose ends were faded out.
fn faded(before: usize, noise: f64, spike: f64) -> Impulse {
    let (mut random, level) = (Random::new(29), |decibels: f64| 10_f64.powf(decibels / 20.0));
    let mut taps: Vec<f32> = (0..before).map(|_| (f64::from(random.bell()) * level(noise)) as f32).collect();
    taps[before - 336] = level(spike) as f32;
    taps.push(1.0);
    let room = |n: usize| 0.3 * 10_f64.powf(-3.0 * n as f64 / 24_000.0);
    taps.extend((0..48_000).map(|n| (f64::from(random.bell()) * room(n)) as f32));
    Impulse::new(vec![taps], RATE).expect("valid")
}

#[test]
fn what_does_not_stand_out_of_the_noise_before_the_direct_sound_is_no_room() {
    for before in [480, 4800] {
        for noise in [-70.0, -65.0, -60.0, -55.0] {
            let (start, _) = kept(faded(before, noise, -59.0), AUTO);
            assert_eq!(start, before - 48, "{before} samples at {noise} dB");
        }
        // What does stand out is.
        let (start, _) = kept(faded(before, -70.0, -40.0), AUTO);
        assert_eq!(start, before - 336 - 48, "{before} samples");
    }
    // Before silence everything stands out that is less than 60 dB below the peak.
    assert_eq!(kept(faded(480, -400.0, -59.0), AUTO).0, 480 - 336 - 48);
}

#[test]
fn a_room_that_swells_is_no_noise() {
    // From -70 dB to the peak in 1 s.
    let mut random = Random::new(31);
    let taps = (0..48_000).map(|n| random.bell() * 10_f32.powf((n as f32 / 48_000.0 - 1.0) * 3.5)).collect();
    let (start, _) = kept(Impulse::new(vec![taps], RATE).expect("valid"), AUTO);
    // At 60 dB below the peak, which is two to four times the deviation of the samples: there the largest are.
    assert!((5_000..9_000).contains(&start), "{start}");
}

#[test]
fn a_floor_that_is_faded_out_is_trimmed_at_the_knee() {
    for (noise, fade) in [(-50.0, 0.5), (-40.0, 0.5), (-50.0, 0.3), (-50.0, 0.9)] {
        let (mut random, level) = (Random::new(19), 10_f64.powf(noise / 20.0));
        let (length, faded) = (3 * RATE as usize, (fade * f64::from(RATE)) as usize);
        let room = (0..length).map(|n| {
            let decay = 10_f64.powf(-3.0 * n as f64 / f64::from(RATE));
            let place = (n + faded).saturating_sub(length) as f64 / faded as f64;
            let sample = f64::from(random.bell()) * decay + f64::from(random.bell()) * level;
            (sample * (0.5 + 0.5 * (std::f64::consts::PI * place).cos())) as f32
        });
        let (_, end) = kept(Impulse::new(vec![room.collect()], RATE).expect("valid"), AUTO);
        // Both levels are right to 1 dB, or 800 samples, and the noise to another one where its fade is not seen.
        let expected = -noise / 60.0 * f64::from(RATE);
        assert!((end as f64 - expected).abs() < 2400.0, "{noise} dB, {fade} s: {end} instead of {expected}");
    }
}

#[test]
fn a_quiet_impulse_is_trimmed_like_a_loud_one() {
    for noise in [-400.0, -60.0] {
        let loud = recording(noise);
        let scaled = |factor: f32| {
            let channels = loud.channels().iter().map(|channel| channel.iter().map(|s| s * factor).collect());
            kept(Impulse::new(channels.collect(), RATE).expect("valid"), AUTO)
        };
        let wanted = kept(loud.clone(), AUTO);
        assert!(wanted.0 > 0 && wanted.1 < loud.len(), "{wanted:?}");
        assert_eq!(scaled(2_f32.powi(-13)), wanted);
        // No power of two: every sample is rounded anew.
        let (start, end) = scaled(1e-4);
        assert!(start.abs_diff(wanted.0) <= 1 && end.abs_diff(wanted.1) <= 2, "{start}, {end}, not {wanted:?}");
    }
}

#[test]
fn what_is_told_is_done() {
    let impulse = || Impulse::new(vec![(0..100).map(|n| n as f32).collect()], 1000).expect("valid");
    let at = |seconds| Cut::At(Time::from_seconds(seconds));
    for (wanted, expected) in [
        (Trim::default(), (0, 100)),
        (Trim { start: at(0.02), end: Cut::Off }, (20, 100)),
        (Trim { start: Cut::Off, end: at(0.07) }, (0, 70)),
        (Trim { start: at(0.02), end: at(0.07) }, (20, 70)),
        (Trim { start: at(0.07), end: at(0.02) }, (70, 71)),
        (Trim { start: at(9.0), end: Cut::Off }, (99, 100)),
        (Trim { start: Cut::Off, end: at(9.0) }, (0, 100)),
        (Trim { start: Cut::Off, end: at(0.0) }, (0, 1)),
    ] {
        let mut trimmed = impulse();
        let (dropped, in_doubt) = trim(&mut trimmed, wanted, &Token::never()).expect("not cancelled");
        assert!(!in_doubt, "{wanted:?}");
        assert_eq!((dropped.0, 100 - dropped.1), expected, "{wanted:?}");
        assert_eq!(trimmed.channels()[0][..], impulse().channels()[0][expected.0..expected.1], "{wanted:?}");
    }
}

#[test]
fn silence_and_steady_noise_have_no_end_to_find() {
    assert_eq!(kept(Impulse::new(vec![vec![0.0; 1000]], RATE).expect("valid"), AUTO), (0, 1000));
    let mut random = Random::new(23);
    let noise: Vec<f32> = (0..RATE).map(|_| random.bell()).collect();
    let (start, end) = kept(Impulse::new(vec![noise], RATE).expect("valid"), AUTO);
    assert!(start < 100 && end > RATE as usize - 100, "{start}, {end}");
}

fn trimmed(channels: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
    let mut impulse = Impulse::new(channels, 48_000).expect("valid");
    impulse.drop_trailing_zeros();
    impulse.into_channels()
}

#[test]
fn only_exact_zeros_at_the_end_of_every_channel_go() {
    assert_eq!(trimmed(vec![vec![0.0, 0.5, 0.0, 0.0]]), [vec![0.0, 0.5]]);
    assert_eq!(trimmed(vec![vec![0.5, 0.0, 0.0], vec![0.0, 0.25, -0.0]]), [vec![0.5, 0.0], vec![0.0, 0.25]]);
    let quiet = vec![1.0, 0.0, f32::from_bits(1)];
    assert_eq!(trimmed(vec![quiet.clone()]), [quiet]);
}

#[test]
fn it_tells_how_many_went() {
    let mut impulse = Impulse::new(vec![vec![0.5, 0.0, 0.0], vec![0.0, 0.25, 0.0]], 48_000).expect("valid");
    assert_eq!(impulse.drop_trailing_zeros(), 1);
    assert_eq!(impulse.drop_trailing_zeros(), 0);
}

#[test]
fn of_silence_one_sample_is_left() {
    assert_eq!(trimmed(vec![vec![0.0; 100], vec![0.0; 100]]), [vec![0.0], vec![0.0]]);
}

/// A room of 0.4 s beside one of `late` s, whose sound is at the start so many dB weaker, as long as is said, above
/// noise at some dB.
fn coupled(late: f64, weaker: f64, seconds: f64, noise: f64) -> Impulse {
    let (mut random, level) = (Random::new(41), |decibels: f64| 10_f64.powf(decibels / 20.0));
    let decay = |n: usize, seconds: f64| -60.0 * n as f64 / (seconds * f64::from(RATE));
    let sample = |n: usize| {
        let room = level(decay(n, 0.4)).hypot(level(decay(n, late) - weaker)).hypot(level(noise));
        (f64::from(random.bell()) * room) as f32
    };
    Impulse::new(vec![(0..(seconds * f64::from(RATE)) as usize).map(sample).collect()], RATE).expect("valid")
}

#[test]
fn what_may_be_a_late_decay_is_not_cut_and_that_is_said() {
    let end = Trim { start: Cut::Off, end: Cut::Auto };
    let trimmed = |impulse: &Impulse| trim(&mut impulse.clone(), end, &Token::never()).expect("not cancelled");
    // A recording that ends while the second room falls by 4.5 dB after the first one is gone.
    let ((_, cut), in_doubt) = trimmed(&coupled(4.0, 30.0, 0.5, -200.0));
    assert_eq!((cut, in_doubt), (0, true));
    // Behind it is noise beyond doubt: it is found, not the bend.
    let (late, weaker, noise) = (4.0, 30.0, -60.0);
    let impulse = coupled(late, weaker, 5.0, noise);
    let ((_, cut), in_doubt) = trimmed(&impulse);
    let expected = (-noise - weaker) / 60.0 * late;
    let found = (impulse.len() - cut) as f64 / f64::from(RATE);
    // 1 dB of the noise and 1 dB of the decay.
    assert!((found - expected).abs() < 2.0 / 60.0 * late, "{found} s, not {expected} s");
    assert!(!in_doubt);
}

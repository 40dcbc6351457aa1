use super::super::{Resized, size};
use super::*;
use crate::impulse::units::Ratio;
use crate::impulse::{acoustics, resample};
use realfft::RealFftPlanner;

const RATE: u32 = 48_000;

fn resized(impulse: Impulse, ratio: f64) -> Resized {
    let highs = Source::new(|| Ok(impulse.clone()), &Cleaning::Off, &Token::never()).expect("not cancelled");
    size(impulse, &highs, Ratio::from_f64(ratio), &Token::never()).expect("not cancelled")
}

fn sized(impulse: Impulse, ratio: f64) -> Impulse {
    resized(impulse, ratio).impulse
}

/// Noise in two channels that falls by 60 dB in 1 s, behind 10 ms of silence.
fn room(rate: u32) -> Impulse {
    let mut random = Random::new(3);
    let fall = -3.0 * std::f32::consts::LN_10 / rate as f32;
    let mut channel = || {
        let taps = (0..5 * rate as usize / 2).map(|n| random.bell() * (fall * n as f32).exp());
        std::iter::repeat_n(0.0, rate as usize / 100).chain(taps).collect()
    };
    Impulse::new(vec![channel(), channel()], rate).expect("valid")
}

/// Energy per Hz between two frequencies in Hz, of all channels, in dB.
fn density(impulse: &Impulse, from: f64, to: f64) -> f64 {
    let mut planner = RealFftPlanner::<f64>::new();
    let mut sum = 0.0;
    for channel in impulse.channels() {
        let transform = planner.plan_fft_forward(channel.len());
        let (mut samples, mut bins) = (transform.make_input_vec(), transform.make_output_vec());
        samples.iter_mut().zip(channel).for_each(|(sample, tap)| *sample = f64::from(*tap));
        transform.process(&mut samples, &mut bins).expect("lengths match");
        let width = f64::from(impulse.sample_rate()) / channel.len() as f64;
        let bins = &bins[(from / width) as usize..(to / width) as usize];
        sum += bins.iter().map(|bin| bin.norm_sqr()).sum::<f64>() / bins.len() as f64;
    }
    10.0 * sum.log10()
}

#[test]
fn tone_and_decay_go_on_above_the_stretched_band() {
    for (ratio, end) in [(1.1, 21_800.0), (1.5, 16_000.0), (2.0, 12_000.0)] {
        let larger = sized(room(RATE), ratio);
        let below = density(&larger, 0.5 * end, 0.9 * end);
        let above = density(&larger, end, 23_000.0);
        // The scatter of a density over so many bins is below 0.2 dB; grains that still resemble each other may add
        // as much.
        assert!((above - below).abs() < 1.0, "{ratio}: {above} dB above {end} Hz, {below} dB below");
        // The decay's own scatter in an octave of 11 kHz is far below the 5 % to which its measure is right.
        let time = acoustics::rt60_in_octave(&larger, 16_000.0, &Token::never()).expect("not cancelled");
        let time = time.expect("it is measurable");
        assert!((time / ratio - 1.0).abs() < 0.05, "{ratio}: {time} s at 16 kHz");
    }
}

#[test]
fn a_recording_of_a_lower_rate_goes_on_where_its_own_band_ends() {
    let recorded = resample::impulse(&room(32_000), RATE, 0, &Token::never()).expect("not cancelled");
    let larger = sized(recorded, 2.0);
    let (below, above) = (density(&larger, 4000.0, 7200.0), density(&larger, 8200.0, 14_500.0));
    assert!((above - below).abs() < 1.0, "{above} dB above 8 kHz, {below} dB below");
    // And not beyond it.
    assert!(density(&larger, 17_000.0, 23_000.0) < below - 60.0);
}

#[test]
fn a_direct_sound_is_there_once() {
    for (at, ratio) in [(0, 2.0), (1000, 1.5), (1000, 2.0)] {
        let mut taps = vec![0.0; 4000];
        taps[at] = 1.0;
        let larger = sized(Impulse::new(vec![taps], RATE).expect("valid"), ratio);
        let place = (at as f64 * ratio) as usize;
        let channel = &larger.channels()[0];
        let energy = |taps: &[f32]| taps.iter().map(|tap| f64::from(*tap).powi(2)).sum::<f64>();
        let around = energy(&channel[place.saturating_sub(24)..place + 25]);
        assert!(around > 0.95 * energy(channel), "{ratio}: {around} of {}", energy(channel));
        let sum: f64 = channel.iter().map(|tap| f64::from(*tap)).sum();
        assert!((sum - 1.0).abs() < 1e-5, "{ratio}: {sum}");
        if at > 0 {
            let (below, above) = (density(&larger, 1000.0, 10_000.0), density(&larger, 17_000.0, 23_000.0));
            assert!((above - below).abs() < 1.0, "{ratio}: {above} dB above, {below} dB below");
        }
    }
}

#[test]
fn a_dark_recording_goes_on_up_to_where_its_own_band_ends() {
    for rate in [8000, 16_000, 22_050] {
        let own = 0.5 * f64::from(rate);
        let dark = resample::impulse(&room(rate), RATE, 0, &Token::never()).expect("not cancelled");
        let Resized { impulse: larger, top, .. } = resized(dark, 2.0);
        let (below, above) = (density(&larger, 0.2 * own, 0.45 * own), density(&larger, 0.51 * own, 0.9 * own));
        assert!((above - below).abs() < 1.0, "{rate}: {above} dB above {} Hz, {below} dB below", 0.5 * own);
        let beyond = density(&larger, 1.1 * own, 23_000.0);
        // What rings before the first sample lies in it, 53 dB down.
        assert!(beyond < below - 50.0, "{rate}: {beyond} dB beyond, {below} dB below");
        assert_eq!(top, Top::Whole, "{rate}");
    }
}

#[test]
fn a_band_too_low_to_be_continued_is_told() {
    let lows = resample::impulse(&room(3000), RATE, 0, &Token::never()).expect("not cancelled");
    let Resized { impulse: larger, top, .. } = resized(lows, 2.0);
    // To one bin of a grain, and the filter of the lower rate.
    let Top::Narrow { above } = top else { panic!("{top:?}") };
    assert!((675.0..815.0).contains(&above), "{above} Hz");
    assert!(density(&larger, 1000.0, 1500.0) < density(&larger, 100.0, 600.0) - 50.0);
}

/// A room with a floor of noise that rises with frequency, as dither that is shaped does: in dB, relative to the room's
/// beginning.
fn hissing_room(decibels: f32) -> Impulse {
    let mut random = Random::new(77);
    let mut room = room(RATE);
    for channel in &mut room.channels {
        let mut before = 0.0;
        for sample in channel {
            let noise = random.bell();
            // Its energy is 3 dB above that of `noise`, at 24 kHz 6 dB.
            *sample += 10_f32.powf(0.05 * decibels) * (noise - before);
            before = noise;
        }
    }
    room
}

#[test]
fn noise_of_a_recording_never_swells_above_the_stretched_band() {
    for (ratio, decibels) in [(1.5, -50.0), (2.0, -30.0), (2.0, -60.0)] {
        let larger = sized(hissing_room(decibels), ratio);
        let stretch = |n: usize| {
            let part = larger.channels().iter().map(|channel| {
                let samples = channel[n * 9600..(n + 1) * 9600].iter().enumerate();
                samples.map(|(n, sample)| sample * (std::f32::consts::PI * n as f32 / 9600.0).sin().powi(2)).collect()
            });
            density(&Impulse::new(part.collect(), RATE).expect("valid"), 24_400.0 / ratio, 23_000.0)
        };
        let levels: Vec<f64> = (0..larger.len() / 9600).map(stretch).collect();
        for (n, level) in levels.iter().enumerate() {
            // 60 dB in as many seconds as the ratio; a tail that is continued is off by 5 % of its decay and 3 dB.
            let decay = 60.0 * 0.2 * n as f64 / ratio;
            let most = levels[0] - 0.95 * decay + 3.0;
            assert!(*level < most.max(levels[0] - 150.0), "{ratio}, {decibels} dB: {level} dB in {n}; {levels:.1?}");
        }
    }
}

#[test]
fn highs_that_are_noise_alone_are_left_out_and_told() {
    // Highs that begin 12 dB below the noise, which is 50 dB below the lows.
    let lows = resample::impulse(&room(16_000), RATE, 0, &Token::never()).expect("not cancelled");
    let mut noisy = lows;
    let mut random = Random::new(78);
    for sample in noisy.channels.iter_mut().flatten() {
        *sample += 10_f32.powf(-50.0 / 20.0) * random.bell();
    }
    let Resized { impulse: larger, top, .. } = resized(noisy, 2.0);
    let Top::Noise { above } = top else { panic!("{top:?}") };
    assert!((11_500.0..=12_000.0).contains(&above), "{above} Hz");
    assert!(density(&larger, 12_100.0, 23_000.0) < density(&larger, 9000.0, 11_000.0) - 20.0);
}

#[test]
fn silence_stays_silent_also_beside_what_sounds() {
    let room = room(RATE).into_channels().remove(0);
    let beside = sized(Impulse::new(vec![vec![0.0; room.len()], room], RATE).expect("valid"), 2.0);
    assert!(beside.channels()[0].iter().all(|tap| *tap == 0.0));
    let silence = sized(Impulse::new(vec![vec![0.0; 100]], RATE).expect("valid"), 2.0);
    assert!(silence.channels()[0].iter().all(|tap| *tap == 0.0));
    for length in [1, 2, 100] {
        let short = sized(Impulse::new(vec![vec![0.5; length]], RATE).expect("valid"), 1.5);
        assert!(short.channels()[0].iter().all(|tap| tap.is_finite()));
    }
}

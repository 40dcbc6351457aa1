use super::*;
use crate::channels::ChannelLayout::{Mono, MonoToStereo, Stereo};
use crate::impulse::Impulse;
use crate::impulse::layout::routes;
use crate::impulse::random::Random;

fn gain_in(layout: ChannelLayout, channels: Vec<Vec<f32>>, rate: u32) -> f64 {
    let impulse = Impulse::new(channels, rate).expect("valid");
    let routes = routes(&impulse, layout, &Token::never()).expect("a layout");
    loudness_gain(&routes, layout, rate, &Token::never()).expect("not cancelled")
}

fn decibels(factor: f64) -> f64 {
    20.0 * factor.log10()
}

fn noise(seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    (0..30_000).map(|n| random.bell() * (-0.0005 * n as f32).exp()).collect()
}

#[test]
fn a_unit_impulse_is_0_db_at_every_rate_and_place() {
    for rate in [8000, 22_050, 44_100, 48_000, 96_000, 192_000, 384_000] {
        for place in [0, 1, 100, 4999] {
            let mut taps = vec![0.0; 5000];
            taps[place] = 1.0;
            for layout in ChannelLayout::ALL {
                // The transform is in `f32`.
                assert!(decibels(gain_in(layout, vec![taps.clone()], rate)).abs() < 1e-4, "{rate} Hz, sample {place}");
            }
        }
    }
}

#[test]
fn twice_as_much_gets_half_the_gain() {
    let taps =
        |scale: f32| vec![(0..3000).map(|n| scale * (0.3 * n as f32).sin() * (-0.002 * n as f32).exp()).collect()];
    let (one, two) = (gain_in(Mono, taps(1.0), 48_000), gain_in(Mono, taps(2.0), 48_000));
    assert!((decibels(two / one) + 6.0206).abs() < 1e-4, "{} dB", decibels(two / one));
}

/// What is played is measured: where two channels become one path, and where two paths lead to one output.
#[test]
fn the_level_is_that_of_the_paths_in_their_layout() {
    let taps = noise(1);
    let mono = decibels(gain_in(Mono, vec![taps.clone()], 48_000));
    let relative = |layout, channels: Vec<Vec<f32>>| decibels(gain_in(layout, channels, 48_000)) - mono;
    let silent = || vec![0.0; taps.len()];
    let alike = |count| vec![taps.clone(); count];
    for (layout, channels, expected) in [
        (MonoToStereo, alike(1), 0.0),
        (Stereo, alike(1), 0.0),
        (Stereo, alike(2), 0.0),
        (Mono, alike(2), 0.0),
        (Mono, alike(4), 0.0),
        (MonoToStereo, alike(4), 0.0),
        (Stereo, vec![taps.clone(), silent(), silent(), taps.clone()], 0.0),
        // A voice in the middle comes twice to each side, and its two ways add as one sound.
        (Stereo, alike(4), -6.0206),
        // One side alone, as the mean of both.
        (Stereo, vec![taps.clone(), silent()], 3.0103),
        (Mono, vec![taps.clone(), silent()], 6.0206),
        // Where the ways of a voice in the middle cancel on one side and add on the other, it is as loud as two apart.
        (Stereo, vec![taps.clone(), taps.clone(), taps.iter().map(|x| -x).collect(), taps.clone()], -3.0103),
    ] {
        let (found, count) = (relative(layout, channels.clone()), channels.len());
        // Powers in `f32`, summed over blocks.
        assert!((found - expected).abs() < 1e-3, "{count} channels in {layout:?}: {found} instead of {expected} dB");
    }
}

#[test]
fn silence_is_left_alone() {
    assert_eq!(gain_in(Stereo, vec![vec![0.0; 100]; 2], 48_000), 1.0);
    let silent = RoomLevel { recorded: 0.0, trimmed: 0.0, shaped: 0.0 };
    assert_eq!((silent.gain(), silent.compensation()), (1.0, 1.0));
}

#[test]
fn a_shape_is_made_up_for_within_its_limit() {
    let compensated = |decibels: f64| {
        let shaped = 2.0 * 10_f64.powf(decibels / 10.0);
        20.0 * RoomLevel { recorded: 4.0, trimmed: 2.0, shaped }.compensation().log10()
    };
    for (change, expected) in [(0.0, 0.0), (6.0, -6.0), (-11.0, 11.0), (-30.0, 12.0), (40.0, -12.0)] {
        let found = compensated(change);
        assert!((found - expected).abs() < 1e-9, "{found} dB for {change} dB");
    }
    assert_eq!(RoomLevel { recorded: 4.0, trimmed: 2.0, shaped: 2.0 }.gain(), 0.5, "the recording's own");
}

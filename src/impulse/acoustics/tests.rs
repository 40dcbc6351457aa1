//! What all measures have in common.

use super::*;
use std::cell::Cell;
use transept_support::signal::noise;

/// A room of noise that dies away in 0.6 of its length, with silence or noise behind it.
fn room(len: usize, channels: u64, floor: f32) -> Impulse {
    let decay = |n: usize| 10_f32.powf(-3.0 * n as f32 / (0.6 * len as f32)) + floor;
    let channel = |seed| noise(len, seed).into_iter().enumerate().map(|(n, sample)| sample * decay(n)).collect();
    Impulse::new((1..=channels).map(channel).collect(), 48_000).expect("valid")
}

#[test]
fn decays_are_what_the_measures_of_each_give() {
    let never = &Token::never();
    for impulse in [room(96_000, 2, 1e-4), room(48_000, 1, 0.0), room(24_000, 4, 1e-3), room(100, 2, 0.0)] {
        let Decays { all, channels, octaves } = decays(&impulse, never, |curve| curve.cloned()).expect("not cancelled");
        let curve = |channels: &[Vec<f32>]| DecayCurve::new(channels, 48_000, never).expect("not cancelled");
        assert_eq!(all, curve(impulse.channels()));
        let alone: Vec<_> = impulse.channels().chunks(1).map(curve).collect();
        assert_eq!(channels, alone);
        assert_eq!(all.and_then(|all| all.reverberation_time().ok()), rt60(&impulse, never).expect("not cancelled"));
        let measured = measure(&impulse, never).expect("not cancelled").octaves.into_iter();
        let times: Vec<_> = measured.map(|(hz, figures)| (hz, figures.reverberation_time().ok())).collect();
        assert_eq!(octaves, times);
        assert!(impulse.len() < 1000 || octaves.iter().any(|(_, time)| time.is_some()));
    }
    let silence = Impulse::new(vec![vec![0.0; 100]; 2], 48_000).expect("valid");
    let found = decays(&silence, never, |curve| curve.is_some()).expect("not cancelled");
    assert_eq!(found, Decays { all: None, channels: vec![false; 2], octaves: Vec::new() });
}

#[test]
fn a_long_impulse_is_not_filtered_without_asking() {
    // With what rings behind it, 60 s are as many points of a transform.
    let impulse = room(1 << 21, 2, 1e-4);
    let points = 2 * (1 << 22);
    let asked = Cell::new(0);
    let count = || {
        asked.set(asked.get() + 1);
        false
    };
    let token = Token::new(&count);
    let check = |what: &str, transforms: usize| {
        // A transform of n points is one of n / 2 complex ones, which asks three times for as many as it works on.
        let least = transforms * points / 2 / (1 << 16);
        assert!(asked.get() > least, "{what}: asked {} times, for {least} pieces", asked.get());
        asked.set(0);
    };
    rt60(&impulse, &token).expect("not cancelled");
    check("reverberation time", 2);
    decays(&impulse, &token, |_| ()).expect("not cancelled");
    check("decays", 4 + 1 + OCTAVES.len());
}

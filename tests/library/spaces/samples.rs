//! A space as samples: its level, its end, and that the same text gives the same.

use super::measures::{decibels, energy, t30};
use super::{centred, impulses, recipe, spaces};
use transept::cancel::Token;
use transept::impulse::Impulse;
use transept::space;

#[test]
fn the_level_is_sensible_and_there_is_no_direct_current() {
    for (space, impulse) in impulses() {
        // Of independent sounds in both inputs the powers add at each of two receivers.
        let mean: f64 = impulse.channels().iter().map(|c| energy(c)).sum::<f64>() / 2.0;
        assert!((mean - 1.0).abs() < 1e-3, "{}: energy {mean}", space.id);
        for channel in impulse.channels() {
            let peak = channel.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
            println!("{}: peak {peak:.3}", space.id);
            assert!(peak < 0.5, "{}: peak {peak}", space.id);
            let sum: f64 = channel.iter().map(|s| f64::from(*s)).sum();
            // A constant of 1 comes out 80 dB weaker; the sum's own rounding is 2^-24 of each sample.
            assert!(sum.abs() < 1e-4, "{}: sum {sum}", space.id);
        }
    }
}

#[test]
fn the_end_is_silence_without_a_step() {
    for (space, impulse) in impulses() {
        for channel in impulse.channels() {
            assert_eq!(channel.last(), Some(&0.0), "{}", space.id);
            let peak = channel.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
            let end = channel[channel.len() - 480..].iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
            println!("{}: last 10 ms at {:.0} dB", space.id, 2.0 * decibels(f64::from(end / peak)));
            assert!(end < 1e-5 * peak, "{}: the last 10 ms are above -100 dB", space.id);
        }
    }
}

#[test]
fn the_same_text_gives_the_same_bytes() {
    for (space, impulse) in impulses() {
        let again = space::synthesise(space.text, &Token::never()).expect(space.id);
        let bits = |i: &Impulse| i.channels().iter().flatten().map(|s| s.to_bits()).collect::<Vec<_>>();
        assert!(bits(impulse) == bits(&again), "{}", space.id);
        assert_eq!((impulse.sample_rate(), impulse.channels().len()), (48_000, 4));
    }
}

#[test]
fn another_seed_is_another_room_with_the_same_figures() {
    for (space, impulse) in spaces() {
        let seed = recipe(space.id)["seed"].as_integer().expect("a number");
        let text = space.text.replace(&format!("seed = {seed}"), &format!("seed = {}", seed + 1));
        let other = centred(&space::synthesise(&text, &Token::never()).expect(space.id));
        let late = |i: &Impulse| i.channels()[0][9600..24_000].to_vec();
        let (a, b) = (late(impulse), late(&other));
        let product: f64 = a.iter().zip(&b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
        let related = product / (energy(&a) * energy(&b)).sqrt();
        assert!(related.abs() < 0.25, "{}: correlation {related}", space.id);
        let times = [impulse, &other].map(|i| t30(i, 1000.0));
        assert!((times[0] / times[1] - 1.0).abs() < 0.05, "{}: {times:?}", space.id);
    }
}

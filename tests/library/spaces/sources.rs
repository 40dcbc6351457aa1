//! A source that is in one input alone is heard on both sides, and one in the middle is no comb.

use super::measures::{
    correlation, crest, decibels, energy, first_arrival, longest_gap, loudest_millisecond, power_spectrum, samples,
    t30, third_of_octave,
};
use super::{PLATES, ROOMS, impulse, impulses, space};
use transept::impulse::Impulse;

/// What the near and the far side hear of a source in the left input alone, and of one in the right one.
pub fn near_and_far(impulse: &Impulse) -> [[&[f32]; 2]; 2] {
    let [ll, lr, rl, rr] = impulse.channels() else { panic!("{} channels", impulse.channels().len()) };
    [[ll, lr], [rr, rl]]
}

/// By how many dB the near side is louder than the far one between two times in milliseconds.
pub fn lean([near, far]: [&[f32]; 2], from: f64, to: f64) -> f64 {
    let energy = |channel: &[f32]| energy(&channel[samples(from)..samples(to)]);
    decibels(energy(near) / energy(far))
}

/// When the early sound is over and the late one begins, in milliseconds, and when that is over.
const STRETCHES: [(&str, f64, f64, f64); 4] = [
    ("hall", 50.0, 200.0, 2000.0),
    ("plate", 20.0, 200.0, 1500.0),
    ("room", 20.0, 50.0, 300.0),
    ("bright-plate", 20.0, 200.0, 1500.0),
];

#[test]
fn a_hard_source_is_heard_on_both_sides_and_in_rooms_its_early_sound_leans_to_its_own() {
    for (id, early, from, to) in STRETCHES {
        for hard in near_and_far(impulse(id)) {
            let [start, late] = [lean(hard, 0.0, early), lean(hard, from, to)];
            println!("{id}: near side {start:+.2} dB until {early} ms, {late:+.2} dB from {from} ms");
            assert!(late.abs() <= 0.5, "{id}: near side {late:+.2} dB from {from} ms");
            if ROOMS.contains(&id) {
                assert!((0.5..=6.0).contains(&start), "{id}: near side {start:+.2} dB until {early} ms");
                let [near, far] = hard.map(first_arrival);
                assert!(near <= far, "{id}: near side after {near} samples, far one after {far}");
            }
        }
    }
}

#[test]
fn panning_changes_no_level() {
    for (built_in, impulse) in impulses() {
        let loudness = |channels: &[Vec<f32>]| channels.iter().map(|channel| energy(channel)).sum::<f64>();
        let difference = decibels(loudness(&impulse.channels()[..2]) / loudness(&impulse.channels()[2..]));
        assert!(difference.abs() <= 0.25, "{}: left source {difference:+.2} dB", built_in.id);
        // Two unrelated sounds add up by their powers, and what both inputs send to one driver by its amplitudes.
        let middle = decibels(loudness(space(built_in.id).1.channels()) / loudness(impulse.channels()));
        let expected = if ROOMS.contains(&built_in.id) { 0.0 } else { decibels(2.0) };
        assert!((middle - expected).abs() <= 0.25, "{}: middle {middle:+.2} dB", built_in.id);
    }
}

#[test]
fn a_source_in_the_middle_is_no_comb() {
    for id in ROOMS {
        let (whole, middle) = (impulse(id).channels(), space(id).1.channels());
        for side in 0..2 {
            // The first 20 ms, when the two sources are most alike, and all.
            for length in [samples(20.0), middle[side].len()] {
                let [left, right, both] =
                    [&whole[side], &whole[2 + side], &middle[side]].map(|channel| power_spectrum(&channel[..length]));
                for third in -9..=12 {
                    let centre = 1000.0 * 2_f64.powf(f64::from(third) / 3.0);
                    let difference = decibels(
                        third_of_octave(&both, centre)
                            / (third_of_octave(&left, centre) + third_of_octave(&right, centre)),
                    );
                    // Noise that dies away in T has 2·B·T/13.8 independent values in a bandwidth B, and noise that
                    // lasts t has B·t: what two unrelated ones have in common scatters by one over the root of that.
                    let decay = t30(&space(id).1, 1000.0).min(13.8 / 2.0 * length as f64 / 48_000.0);
                    let count = 0.23 * centre * 2.0 * decay / 13.8;
                    let unrelated = 3.0 * 4.34 / count.sqrt();
                    if count > 4.0 {
                        assert!(
                            difference.abs() <= unrelated,
                            "{id}, side {side}, {length} samples, {centre:.0} Hz: {difference:+.1} dB of {unrelated:.1}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn two_sources_are_strangers_in_the_late_field() {
    for (id, _, from, to) in STRETCHES.into_iter().filter(|(id, ..)| ROOMS.contains(id)) {
        let [ll, _, rl, _] = impulse(id).channels() else { panic!("four channels") };
        let both = Impulse::new(vec![ll.clone(), rl.clone()], 48_000).expect("two channels");
        for centre in [250.0, 500.0, 1000.0, 2000.0, 4000.0] {
            let (from, to) = (0.001 * from, 0.001 * to);
            let found = correlation(&both, centre, from, to);
            // Unrelated noise of bandwidth B correlates by 1/√(2·B·T): three of these.
            let unrelated = 3.0 / (2.0 * 0.7 * centre * (to - from)).sqrt();
            assert!(found.abs() < unrelated, "{id} {centre} Hz: {found:.3}, at most {unrelated:.3}");
        }
    }
}

#[test]
fn no_reflection_of_a_hard_source_is_heard_alone() {
    // Of one source there are half as many reflections as of two.
    for (id, most) in [("hall", 16.0), ("room", 18.0)] {
        for channel in impulse(id).channels() {
            let [crest, loudest] = [crest(channel), loudest_millisecond(channel)];
            let gap = longest_gap(channel);
            println!("{id}: crest {crest:.1} dB, loudest millisecond {loudest:.1} dB, gap {gap} ms");
            assert!(crest <= most && loudest <= 6.0 && gap <= 10, "{id}: {crest:.1} dB, {loudest:.1} dB, {gap} ms");
        }
    }
}

#[test]
fn both_inputs_of_a_plate_feed_its_one_driver() {
    for id in PLATES {
        let [ll, lr, rl, rr] = impulse(id).channels() else { panic!("four channels") };
        assert!(ll == rl && lr == rr, "{id}");
    }
}

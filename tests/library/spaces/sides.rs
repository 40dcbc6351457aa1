//! Both sides of a space: how alike they are, how loud, and when a source in the middle is heard on each.

use super::measures::{correlation, decibels, energy, first_arrival, of_diffuse_field, samples};
use super::{PLATES, ROOMS, SPEED_AT_TWENTY_DEGREES, numbers, recipe, space, spaces};

/// Distance of a room's receivers in metres.
fn spacing(id: &str) -> f64 {
    let recipe = recipe(id);
    let [left, right] = ["left", "right"].map(|name| numbers(&recipe["shoebox"][name]));
    left.iter().zip(&right).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn left_and_right_are_as_alike_as_their_spacing_says_and_the_bass_stays_together() {
    for (id, from, to) in [("hall", 0.25, 2.0), ("room", 0.06, 0.4)] {
        for centre in [125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0] {
            let found = correlation(&space(id).1, centre, from, to);
            let expected = of_diffuse_field(spacing(id), centre, SPEED_AT_TWENTY_DEGREES);
            println!("{id} {centre} Hz: {found:.2}, expected {expected:.2}");
            assert!((found - expected).abs() <= 0.1, "{id} {centre} Hz: {found}, expected {expected}");
        }
    }
    assert!(correlation(&space("hall").1, 125.0, 0.25, 2.0) > 0.8, "the bass of the hall is in the middle");
}

#[test]
fn left_and_right_of_plates_are_strangers_in_the_late_field() {
    for id in PLATES {
        for centre in [500.0, 1000.0, 2000.0, 4000.0, 8000.0] {
            let found = correlation(&space(id).1, centre, 0.05, 1.2);
            // Unrelated noise of bandwidth B correlates by 1/√(2·B·T): three of these.
            let unrelated = 3.0 / (2.0 * 0.7 * centre * (1.2 - 0.05)).sqrt();
            println!("{id} {centre} Hz: {found:.3}, at most {unrelated:.3}");
            assert!(found.abs() < unrelated, "{id} {centre} Hz: {found}");
        }
    }
}

#[test]
fn the_early_bass_of_plates_loses_nothing_in_a_sum_to_mono() {
    for id in PLATES {
        // 80 ms hold 60 modes of the octave around 63 Hz, and the way of each pickup from the driver decides.
        let found = correlation(&space(id).1, 62.5, 0.0, 0.08);
        println!("{id}: {found:.2}");
        assert!(found >= 0.0, "{id}: {found}");
    }
}

#[test]
fn both_sides_are_equally_loud() {
    for (space, impulse) in spaces() {
        let balance = decibels(energy(&impulse.channels()[0]) / energy(&impulse.channels()[1]));
        println!("{}: left {balance:+.2} dB", space.id);
        assert!(balance.abs() <= 0.25, "{}: {balance} dB", space.id);
    }
}

#[test]
fn a_centred_source_arrives_on_both_sides_at_once_and_equally_loud() {
    for id in ROOMS {
        let arrival = |channel: &Vec<f32>| {
            let first = first_arrival(channel);
            (first as isize, decibels(energy(&channel[first..first + samples(1.0)])))
        };
        let channels = space(id).1.channels();
        let (left, right) = (arrival(&channels[0]), arrival(&channels[1]));
        println!("{id}: {left:?}, {right:?}");
        assert!((left.0 - right.0).abs() <= 1 && (left.1 - right.1).abs() <= 0.5, "{id}: {left:?}, {right:?}");
    }
}

//! Spaces die away as their texts say.

use super::measures::t30;
use super::{PLATES, SPEED_AT_TWENTY_DEGREES, numbers, recipe, space, spaces};

/// Mean absorption of a room's walls at each of the six octaves from 125 Hz, its volume and its surface.
pub fn walls(id: &str) -> (Vec<f64>, f64, f64) {
    let recipe = recipe(id);
    let size = numbers(&recipe["shoebox"]["size"]);
    let (volume, ends, sides, floor) =
        (size[0] * size[1] * size[2], size[1] * size[2], size[0] * size[2], size[0] * size[1]);
    let areas =
        [("front", ends), ("back", ends), ("left", sides), ("right", sides), ("floor", floor), ("ceiling", floor)];
    let surface: f64 = areas.iter().map(|(_, area)| area).sum();
    let mut mean = vec![0.0; 6];
    for (wall, area) in areas {
        let material = recipe["shoebox"]["walls"][wall].as_str().expect("a name");
        for (mean, absorption) in mean.iter_mut().zip(numbers(&recipe["materials"][material])) {
            *mean += absorption * area / surface;
        }
    }
    (mean, volume, surface)
}

/// The decays that the recipe says for an octave: of its edges and its centre, from the shortest to the longest. For
/// plates up to 8 kHz; for rooms from 125 Hz to 4 kHz by Eyring's formula with the air's attenuation at 20 °C and 50 %
/// (ISO 9613-1, table 1, in dB/km).
fn expected_decays(id: &str) -> Vec<(f64, f64, f64)> {
    let (lowest, decays) = if PLATES.contains(&id) {
        (62.5, numbers(&recipe(id)["plate"]["decay"])[..8].to_vec())
    } else {
        let (mean, volume, surface) = walls(id);
        let air = [0.445, 1.32, 2.73, 4.66, 9.86, 29.4];
        let decay = |(mean, air): (&f64, f64)| {
            let in_air = 4.0 * volume * air / 1000.0 / 4.343;
            let at_walls = -surface * (1.0 - mean).ln();
            55.26 * volume / (SPEED_AT_TWENTY_DEGREES * (in_air + at_walls))
        };
        (125.0, mean.iter().zip(air).map(decay).collect::<Vec<f64>>())
    };
    let octave = |n: usize| {
        // Half way to the neighbours, over the logarithm of frequency.
        let edge = |other: usize| 0.5 * (decays[n] + decays[other.min(decays.len() - 1)]);
        let all = [edge(n.saturating_sub(1)), decays[n], edge(n + 1)];
        let [shortest, longest] =
            [all.iter().copied().fold(f64::MAX, f64::min), all.iter().copied().fold(0.0, f64::max)];
        (lowest * 2_f64.powi(n as i32), shortest, longest)
    };
    (0..decays.len()).map(octave).collect()
}

#[test]
fn decay_per_octave_is_what_the_recipe_says() {
    for (space, impulse) in spaces() {
        for (centre, shortest, longest) in expected_decays(space.id) {
            let found = t30(impulse, centre);
            println!("{} {centre} Hz: {found:.2} s, expected {shortest:.2} to {longest:.2} s", space.id);
            // T30 of noise scatters: both ends of 30 dB by 4.34·√(2/N) dB, N = 2·(T/13.8)·(0.7·centre) of two channels.
            // Below 100 Hz that is 10 %. The slope over an octave bends the decay by some 5 %, and a room's first
            // reflections, which do not fall as statistics say, by as much again.
            let count = 2.0 * shortest / 13.8 * 0.7 * centre;
            let tolerance = 0.10 + 2.0 * 4.34 * (2.0 / count).sqrt() * 2_f64.sqrt() / 30.0;
            let range = shortest * (1.0 - tolerance)..longest * (1.0 + tolerance);
            assert!(range.contains(&found), "{} {centre} Hz: {found}, expected {range:?}", space.id);
        }
    }
}

#[test]
fn reverberation_times_are_those_of_their_names() {
    for (id, from, to) in [("hall", 2.2, 2.6), ("room", 0.4, 0.6), ("plate", 1.5, 1.8), ("bright-plate", 1.9, 2.2)] {
        let impulse = &space(id).1;
        let middle = 0.5 * (t30(impulse, 500.0) + t30(impulse, 1000.0));
        println!("{id}: {middle:.2} s at mid frequencies");
        assert!((from..=to).contains(&middle), "{id}: {middle} s");
        assert!(t30(impulse, 1000.0) > t30(impulse, 8000.0), "{id}: highs die away first");
    }
}

#[test]
fn no_bass_outlasts_the_rest() {
    for (id, most) in [("hall", 1.1), ("room", 1.1)] {
        for centre in [62.5, 125.0] {
            let ratio = t30(&space(id).1, centre) / t30(&space(id).1, 1000.0);
            assert!(ratio <= most, "{id}: at {centre} Hz {ratio:.2} times as long as at 1 kHz");
        }
    }
    for id in PLATES {
        let ratio = t30(&space(id).1, 62.5) / t30(&space(id).1, 1000.0);
        assert!(ratio <= 0.7, "{id}: at 63 Hz {ratio:.2} times as long as at 1 kHz");
    }
}

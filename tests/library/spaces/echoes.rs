//! Echoes of a space: in a room with even walls each comes when geometry says; in those in the box none stands out, and
//! soon they are as dense as noise.

use super::decay::walls;
use super::measures::{crest, decibels, echo_density, energy, longest_gap, loudest_millisecond, samples};
use super::{ROOMS, SPEED_AT_TWENTY_DEGREES, impulse, numbers, recipe, space};
use transept::cancel::Token;

/// Of each channel, arrivals after the first direct sound, in samples, of the images in one wall each, and the
/// distances: the source is mirrored at each wall as with pencil and paper. An image that comes within 16 samples of
/// one in two or three walls is left out: a delay by part of a sample rings for as long.
fn first_reflections(id: &str) -> Vec<Vec<(f64, f64)>> {
    let recipe = recipe(id);
    let place = |name: &str| numbers(&recipe["shoebox"][name]);
    let size = place("size");
    let sources: Vec<_> = recipe["shoebox"]["sources"].as_array().expect("two sources").iter().map(numbers).collect();
    let receivers = [place("left"), place("right")];
    let far = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
    let paths: Vec<_> =
        sources.iter().flat_map(|source| receivers.iter().map(move |receiver| (source, receiver))).collect();
    let direct = paths.iter().map(|(source, receiver)| far(source, receiver)).fold(f64::INFINITY, f64::min);
    let arrivals = |(source, receiver): &(&Vec<f64>, &Vec<f64>)| {
        // Along each axis the source itself and its images in both walls.
        let mut found: Vec<(usize, f64, f64)> = Vec::new();
        for choice in 0..27 {
            let (mut image, mut walls) = ((*source).clone(), 0);
            for axis in 0..3 {
                let mirrored = [source[axis], -source[axis], 2.0 * size[axis] - source[axis]];
                let chosen = choice / 3_usize.pow(axis as u32) % 3;
                image[axis] = mirrored[chosen];
                walls += usize::from(chosen > 0);
            }
            let distance = far(&image, receiver);
            found.push((walls, (distance - direct) / SPEED_AT_TWENTY_DEGREES * 48_000.0, distance));
        }
        let is_alone = |time: f64| !found.iter().any(|(walls, other, _)| *walls > 1 && (other - time).abs() < 16.0);
        let alone = found.iter().filter(|(walls, time, _)| *walls == 1 && is_alone(*time));
        alone.map(|(_, time, distance)| (*time, *distance)).collect()
    };
    paths.iter().map(arrivals).collect()
}

#[test]
fn first_reflections_come_when_geometry_says() {
    for id in ROOMS {
        let (_, volume, surface) = walls(id);
        // From here on reflections give way to noise (Lindau and others 2012).
        let mixing = (20.0 * volume / surface + 12.0) * 48.0;
        // Walls that are even: in those of the box no reflection stands out.
        let mut even = recipe(id);
        let room = even["shoebox"].as_table_mut().expect("a table");
        room.insert("relief".to_owned(), 0.0.into());
        // Receivers that hear what comes from the other side, too.
        room.remove("pattern");
        room.insert("scattering".to_owned(), 0.25.into());
        let even = space::synthesise(&even.to_string(), &Token::never()).expect("a room");
        for (channel, reflections) in even.channels().iter().zip(first_reflections(id)) {
            let early: Vec<_> = reflections.into_iter().filter(|(time, _)| *time < mixing).collect();
            assert!(early.len() >= 3, "{id}: {early:?}");
            for (time, distance) in early {
                let middle = time.round() as usize;
                let near = middle - 3..middle + 4;
                let peak = near.max_by(|a, b| channel[*a].abs().total_cmp(&channel[*b].abs())).expect("seven samples");
                // Half a sample of rounding, and as much of delay in the wall's filter.
                assert!((peak as f64 - time).abs() <= 1.5, "{id}: {distance} m at {peak} instead of {time}");
                let around = &channel[middle.saturating_sub(240)..middle + 240];
                let level = (energy(around) / around.len() as f64).sqrt();
                assert!(f64::from(channel[peak].abs()) > 2.0 * level, "{id}: {distance} m does not stand out");
            }
        }
    }
}

#[test]
fn nothing_comes_before_the_first_reflection() {
    for id in ROOMS {
        let first = first_reflections(id).iter().flatten().map(|(time, _)| *time).fold(f64::INFINITY, f64::min);
        assert!(first < 0.02 * 48_000.0, "{id}: leading silence of {first} samples");
        for channel in impulse(id).channels() {
            // A delay by part of a sample rings before its arrival, but at most for 16 samples.
            let before = &channel[..first as usize - 16];
            assert!(energy(before) < 1e-9 * energy(channel), "{id}: {} dB", decibels(energy(before) / energy(channel)));
        }
    }
}

#[test]
fn the_direct_sound_is_there_when_the_text_says_so() {
    let text = space("room").0.text.replace("direct = false", "direct = true");
    let with = space::synthesise(&text, &Token::never()).expect("a room");
    let first: Vec<_> =
        with.channels().iter().map(|c| c.iter().position(|s| s.abs() > 0.1).expect("a direct sound")).collect();
    // Time zero is its arrival from each source at the nearer receiver. The other is 30 cm, so 42 samples, farther away
    // at most: less, because the sources are rather in front than beside.
    let [ll, lr, rl, rr] = first[..] else { panic!("{first:?}") };
    assert!(ll.max(rr) <= 1 && (10..42).contains(&lr) && (10..42).contains(&rl), "{first:?}");
}

#[test]
fn no_reflection_is_heard_alone() {
    for (id, most) in [("hall", 15.0), ("room", 18.0), ("plate", 15.0), ("bright-plate", 15.0)] {
        for channel in space(id).1.channels() {
            let [crest, loudest] = [crest(channel), loudest_millisecond(channel)];
            let gap = longest_gap(channel);
            println!("{id}: crest {crest:.1} dB, loudest millisecond {loudest:.1} dB, gap {gap} ms");
            assert!(crest <= most, "{id}: crest {crest:.1} dB");
            assert!(loudest <= 6.0, "{id}: a millisecond is {loudest:.1} dB above those around");
            assert!(gap <= 10, "{id}: {gap} ms of silence");
        }
    }
}

#[test]
fn the_late_field_is_dense() {
    for (id, from, to) in [("hall", 0.25, 1.5), ("room", 0.07, 0.3), ("plate", 0.02, 1.0), ("bright-plate", 0.02, 1.0)]
    {
        for channel in space(id).1.channels() {
            let places: Vec<usize> = ((from * 100.0) as usize..(to * 100.0) as usize).map(|n| n * 480).collect();
            let mean = places.iter().map(|n| echo_density(channel, *n)).sum::<f64>() / places.len() as f64;
            // Fourth moment of stretches of 20 ms, each brought to the same level: 3 for Gaussian noise.
            let kurtosis = |n: &usize| {
                let window = &channel[n - 480..n + 480];
                let square = energy(window) / 960.0;
                window.iter().map(|s| f64::from(*s).powi(4)).sum::<f64>() / 960.0 / (square * square)
            };
            let peaked = places.iter().map(kurtosis).sum::<f64>() / places.len() as f64;
            println!("{id}: echo density {mean:.3}, kurtosis {peaked:.2}, at 20 ms {:.2}", echo_density(channel, 960));
            // One window's share scatters by 5 % (304 of 960 samples), their mean by less than 2 %; the decay within a
            // window raises the kurtosis by the variance of its energy, 0.1 for the room.
            assert!((mean - 1.0).abs() < 0.06, "{id}: echo density {mean}");
            assert!((peaked - 3.0).abs() < 0.35, "{id}: kurtosis {peaked}");
        }
    }
}

/// Echo densities of a channel every millisecond.
fn densities(channel: &[f32], from: f64, to: f64) -> impl Iterator<Item = f64> {
    (samples(from)..samples(to)).step_by(samples(1.0)).map(|n| echo_density(channel, n))
}

#[test]
fn a_hall_is_dense_from_50_ms_on() {
    for channel in space("hall").1.channels() {
        let least = densities(channel, 50.0, 300.0).fold(f64::MAX, f64::min);
        assert!(least >= 0.9, "echo density {least:.2}");
    }
}

#[test]
fn a_plate_is_dense_from_5_ms_and_a_room_from_20_ms() {
    for (id, from) in [("plate", 5.0), ("bright-plate", 5.0), ("room", 20.0)] {
        for channel in space(id).1.channels() {
            for start in (0..4).map(|n| from + 20.0 * f64::from(n)) {
                // The windows of 20 ms overlap: their mean scatters by less than the 5 % of one.
                let mean = densities(channel, start, start + 20.0).sum::<f64>() / 20.0;
                println!("{id} {start} ms: {mean:.2}");
                assert!(mean >= 0.9, "{id}: echo density {mean:.2} in the 20 ms from {start} ms");
            }
        }
    }
}

//! The built-in spaces sound like what their names say: every figure follows from their texts. Unless said otherwise
//! the figures are of a source in the middle, which is the same in both inputs: what each receiver hears is then the
//! sum of what it hears of the left and of the right source.

mod figures;
mod measures;
mod sources;

use measures::{
    correlation, decibels, echo_density, energy, first_arrival, of_diffuse_field, power_spectrum, samples, t30,
    third_of_octave, tone,
};
use std::sync::OnceLock;
use toml::{Table, Value};
use transept::cancel::Token;
use transept::impulse::Impulse;
use transept::space::{self, BuiltIn};

/// The impulse of each space with its four channels, synthesised once for all tests.
fn impulses() -> &'static [(&'static BuiltIn, Impulse)] {
    static IMPULSES: OnceLock<Vec<(&'static BuiltIn, Impulse)>> = OnceLock::new();
    IMPULSES.get_or_init(|| {
        let synthesised =
            |space: &'static BuiltIn| (space, space::synthesise(space.text, &Token::never()).expect(space.id));
        space::built_in().iter().map(synthesised).collect()
    })
}

/// Each space, as both sides hear a source in the middle.
fn spaces() -> &'static [(&'static BuiltIn, Impulse)] {
    static SPACES: OnceLock<Vec<(&'static BuiltIn, Impulse)>> = OnceLock::new();
    SPACES.get_or_init(|| impulses().iter().map(|(space, impulse)| (*space, centred(impulse))).collect())
}

/// What both sides hear of the same sound in both inputs.
fn centred(impulse: &Impulse) -> Impulse {
    let [ll, lr, rl, rr] = impulse.channels() else { panic!("{} channels", impulse.channels().len()) };
    let sum = |one: &[f32], other: &[f32]| one.iter().zip(other).map(|(one, other)| one + other).collect();
    Impulse::new(vec![sum(ll, rl), sum(lr, rr)], impulse.sample_rate()).expect("two channels")
}

fn space(id: &str) -> &'static (&'static BuiltIn, Impulse) {
    spaces().iter().find(|(space, _)| space.id == id).expect("a built-in space")
}

/// The four channels of a space.
fn impulse(id: &str) -> &'static Impulse {
    &impulses().iter().find(|(space, _)| space.id == id).expect("a built-in space").1
}

fn recipe(id: &str) -> Table {
    space(id).0.text.parse().expect("TOML")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|v| v.as_float().expect("a number")).collect()
}

const ROOMS: [&str; 2] = ["hall", "room"];
const PLATES: [&str; 2] = ["plate", "bright-plate"];
const SPEED_AT_TWENTY_DEGREES: f64 = 343.21;

/// Mean absorption of a room's walls at each of the six octaves from 125 Hz, its volume and its surface.
fn walls(id: &str) -> (Vec<f64>, f64, f64) {
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

#[test]
fn the_plate_has_the_tone_of_a_real_one_and_the_other_is_brighter() {
    for (centre, expected) in [(62.5, -15.0), (1000.0, 0.0), (4000.0, -11.0), (8000.0, -23.0)] {
        let found = tone(&space("plate").1, centre);
        assert!((found - expected).abs() <= 3.0, "{centre} Hz: {found:.1} dB");
    }
    for centre in [4000.0, 8000.0] {
        let [dark, bright] = PLATES.map(|id| tone(&space(id).1, centre));
        assert!(bright > dark + 6.0, "{centre} Hz: {dark:.1} and {bright:.1} dB");
    }
}

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
fn both_sides_are_equally_loud() {
    for (space, impulse) in spaces() {
        let balance = decibels(energy(&impulse.channels()[0]) / energy(&impulse.channels()[1]));
        println!("{}: left {balance:+.2} dB", space.id);
        assert!(balance.abs() <= 0.25, "{}: {balance} dB", space.id);
    }
}

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

#[test]
fn no_reflection_is_heard_alone() {
    for (id, most) in [("hall", 15.0), ("room", 18.0)] {
        for channel in space(id).1.channels() {
            let [crest, loudest] = [measures::crest(channel), measures::loudest_millisecond(channel)];
            let gap = measures::longest_gap(channel);
            println!("{id}: crest {crest:.1} dB, loudest millisecond {loudest:.1} dB, gap {gap} ms");
            assert!(crest <= most, "{id}: crest {crest:.1} dB");
            assert!(loudest <= 6.0, "{id}: a millisecond is {loudest:.1} dB above those around");
            assert!(gap <= 10, "{id}: {gap} ms of silence");
        }
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

#[test]
fn the_spectrum_has_no_strong_colour() {
    for (space, impulse) in spaces() {
        // Energy in thirds of an octave from 100 Hz to 10 kHz, per hertz, both channels together.
        let spectra: Vec<_> = impulse.channels().iter().map(|channel| power_spectrum(channel)).collect();
        let level = |third: i32| {
            let centre = 1000.0 * 2_f64.powf(f64::from(third) / 3.0);
            decibels(spectra.iter().map(|power| third_of_octave(power, centre)).sum())
        };
        let levels: Vec<f64> = (-10..=10).map(level).collect();
        println!("{}: {levels:.1?} dB", space.id);
        // A plate's recipe has a tone, which is taken out.
        let wanted = recipe(space.id).get("plate").map_or(vec![0.0; 9], |plate| numbers(&plate["tone"]));
        let wanted = |third: i32| {
            let place = f64::from(third) / 3.0 + 4.0;
            let below = (place as usize).min(7);
            wanted[below] + (wanted[below + 1] - wanted[below]) * (place - below as f64)
        };
        let levels: Vec<f64> = levels.iter().zip(-10..).map(|(level, third)| level - wanted(third)).collect();
        // Noise of 23·T independent values in the lowest band scatters by 4.34/√(23·T) dB, 1.3 dB for 0.5 s. What is
        // left is the slope that longer lows and the air give.
        for pair in levels.windows(2) {
            assert!((pair[1] - pair[0]).abs() < 5.0, "{}: {pair:?} dB in neighbouring bands", space.id);
        }
        let (least, most) = levels.iter().fold((f64::MAX, f64::MIN), |(a, b), l| (a.min(*l), b.max(*l)));
        assert!(most - least < 14.0, "{}: {least} to {most} dB", space.id);
    }
}

//! The built-in spaces sound like what their names say: every figure follows from their texts.

use std::sync::OnceLock;
use toml::{Table, Value};
use transept::cancel::Token;
use transept::impulse::Impulse;
use transept::impulse::acoustics::{self, DecayCurve, octave_band};
use transept::space::{self, BuiltIn};

fn rt60(impulse: &Impulse) -> Option<f64> {
    acoustics::rt60(impulse, &Token::never()).expect("not cancelled")
}

fn rt60_in_octave(impulse: &Impulse, centre: f64) -> Option<f64> {
    acoustics::rt60_in_octave(impulse, centre, &Token::never()).expect("not cancelled")
}

/// Each space, synthesised once for all tests.
fn spaces() -> &'static [(&'static BuiltIn, Impulse)] {
    static SPACES: OnceLock<Vec<(&'static BuiltIn, Impulse)>> = OnceLock::new();
    SPACES.get_or_init(|| {
        let synthesised =
            |space: &'static BuiltIn| (space, space::synthesise(space.text, &Token::never()).expect(space.id));
        space::built_in().iter().map(synthesised).collect()
    })
}

fn space(id: &str) -> &'static (&'static BuiltIn, Impulse) {
    spaces().iter().find(|(space, _)| space.id == id).expect("a built-in space")
}

fn recipe(id: &str) -> Table {
    space(id).0.text.parse().expect("TOML")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|v| v.as_float().expect("a number")).collect()
}

fn energy(samples: &[f32]) -> f64 {
    samples.iter().map(|s| f64::from(*s).powi(2)).sum()
}

fn decibels(ratio: f64) -> f64 {
    10.0 * ratio.log10()
}

const ROOMS: [&str; 2] = ["hall", "room"];
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

/// What the recipe says: for the plate up to 8 kHz; for rooms from 125 Hz to 4 kHz Eyring's formula with the air's
/// attenuation at 20 °C and 50 % (ISO 9613-1, table 1, in dB/km). Above 4 kHz the air's share grows fourfold in an
/// octave, and above 8 kHz the plate's modes get weaker: there an octave's decay is not that of its centre.
fn expected_decays(id: &str) -> Vec<(f64, f64)> {
    if id == "plate" {
        let decay = numbers(&recipe(id)["plate"]["decay"]);
        return (0..8).map(|octave| (62.5 * 2_f64.powi(octave), decay[octave as usize])).collect();
    }
    let (mean, volume, surface) = walls(id);
    let air = [0.445, 1.32, 2.73, 4.66, 9.86, 29.4];
    let decay = |(octave, (mean, air)): (usize, (&f64, f64))| {
        let in_air = 4.0 * volume * air / 1000.0 / 4.343;
        let at_walls = -surface * (1.0 - mean).ln();
        (125.0 * 2_f64.powi(octave as i32), 55.26 * volume / (SPEED_AT_TWENTY_DEGREES * (in_air + at_walls)))
    };
    mean.iter().zip(air).enumerate().map(decay).collect()
}

#[test]
fn decay_per_octave_is_what_the_recipe_says() {
    for (space, impulse) in spaces() {
        for (centre, expected) in expected_decays(space.id) {
            let found = rt60_in_octave(impulse, centre).expect("a wide range");
            println!("{} {centre} Hz: {found:.2} s, expected {expected:.2} s", space.id);
            // T30 of noise scatters: both ends of 30 dB by 4.34·√(2/N) dB, N = 2·(T/13.8)·(0.7·centre) of two channels.
            // Below 100 Hz that is 10 %. The slope over an octave bends the decay by some 5 %, and a room's first
            // reflections, which do not fall as statistics say, by as much again.
            let count = 2.0 * expected / 13.8 * 0.7 * centre;
            let tolerance = 0.10 + 2.0 * 4.34 * (2.0 / count).sqrt() * 2_f64.sqrt() / 30.0;
            assert!((found / expected - 1.0).abs() < tolerance, "{} {centre} Hz: {found}, {expected}", space.id);
        }
    }
}

#[test]
fn reverberation_times_are_those_of_their_names() {
    for (id, from, to) in [("hall", 2.2, 2.6), ("room", 0.4, 0.6), ("plate", 1.8, 2.3)] {
        let impulse = &space(id).1;
        let at = |centre| rt60_in_octave(impulse, centre).expect("a wide range");
        let middle = 0.5 * (at(500.0) + at(1000.0));
        println!("{id}: {middle:.2} s at mid frequencies, {:?} over all", rt60(impulse));
        assert!((from..=to).contains(&middle), "{id}: {middle} s");
        assert!(at(125.0) > at(1000.0) && at(1000.0) > at(8000.0), "{id}: lows last longer than highs");
        assert!(rt60(impulse).is_some());
    }
}

/// Correlation of left and right in one octave, between two times in seconds. The levels are evened out, so that the
/// start of the stretch does not outweigh the rest.
fn correlation(impulse: &Impulse, centre: f64, from: f64, to: f64) -> f64 {
    let rate = f64::from(impulse.sample_rate());
    let band: Vec<Vec<f32>> =
        impulse.channels().iter().map(|c| octave_band(c, impulse.sample_rate(), centre)).collect();
    let (left, right) = (
        &band[0][(from * rate) as usize..(to * rate) as usize],
        &band[1][(from * rate) as usize..(to * rate) as usize],
    );
    let decay = rt60_in_octave(impulse, centre).expect("a wide range");
    let (mut both, mut one, mut other) = (0.0, 0.0, 0.0);
    for (n, (left, right)) in left.iter().zip(right).enumerate() {
        let even = 10_f64.powf(6.0 * n as f64 / (decay * rate));
        let (left, right) = (f64::from(*left), f64::from(*right));
        both += even * left * right;
        one += even * left * left;
        other += even * right * right;
    }
    both / (one * other).sqrt()
}

#[test]
fn left_and_right_are_strangers_in_the_late_field() {
    for (id, from, to) in [("hall", 0.25, 2.0), ("room", 0.06, 0.4), ("plate", 0.05, 1.5)] {
        for centre in [500.0, 1000.0, 2000.0, 4000.0, 8000.0] {
            let found = correlation(&space(id).1, centre, from, to);
            println!("{id} {centre} Hz: {found:.3}");
            // Unrelated noise of bandwidth B correlates by 1/√(2·B·T): three of these. Receivers that are d metres
            // apart keep sin(kd)/(kd) of their relation, at most 1/(kd).
            let unrelated = 3.0 / (2.0 * 0.7 * centre * (to - from)).sqrt();
            let apart =
                if id == "plate" { 0.0 } else { SPEED_AT_TWENTY_DEGREES / (std::f64::consts::TAU * centre * 0.9) };
            assert!(found.abs() < unrelated + apart, "{id} {centre} Hz: {found}");
        }
    }
}

/// Arrivals after the direct sound at the nearer receiver, in samples, of the images in one wall each, and the
/// distances: the source is mirrored at each wall as with pencil and paper.
fn first_reflections(id: &str) -> [Vec<(f64, f64)>; 2] {
    let recipe = recipe(id);
    let place = |name: &str| numbers(&recipe["shoebox"][name]);
    let (size, source) = (place("size"), place("source"));
    let far = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
    let direct = far(&source, &place("left")).min(far(&source, &place("right")));
    ["left", "right"].map(|receiver| {
        let receiver = place(receiver);
        let mut found = Vec::new();
        for axis in 0..3 {
            for wall in [0.0, size[axis]] {
                let mut image = source.clone();
                image[axis] = 2.0 * wall - source[axis];
                let distance = far(&image, &receiver);
                found.push(((distance - direct) / SPEED_AT_TWENTY_DEGREES * 48_000.0, distance));
            }
        }
        found
    })
}

#[test]
fn first_reflections_come_when_geometry_says() {
    for id in ROOMS {
        let (_, volume, surface) = walls(id);
        // From here on reflections give way to noise (Lindau and others 2012).
        let mixing = (20.0 * volume / surface + 12.0) * 48.0;
        for (channel, reflections) in space(id).1.channels().iter().zip(first_reflections(id)) {
            let early: Vec<_> = reflections.into_iter().filter(|(time, _)| *time < mixing).collect();
            assert!(early.len() >= 5, "{id}: {early:?}");
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
        for channel in space(id).1.channels() {
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
    let loudest = (0..with.len()).max_by(|a, b| with.channels()[1][*a].abs().total_cmp(&with.channels()[1][*b].abs()));
    let (left, right) = (&with.channels()[0], &with.channels()[1]);
    let first = [left, right].map(|c| c.iter().position(|s| s.abs() > 0.2).expect("a direct sound"));
    // Time zero is its arrival at the nearer receiver; the other is 4 cm, so 6 samples, farther away at most.
    assert!(first[0].min(first[1]) <= 1 && first[0].max(first[1]) <= 8, "{first:?}, loudest {loudest:?}");
}

#[test]
fn both_sides_are_equally_loud() {
    for (space, impulse) in spaces() {
        let balance = decibels(energy(&impulse.channels()[0]) / energy(&impulse.channels()[1]));
        println!("{}: left {balance:+.2} dB", space.id);
        assert!(balance.abs() < 1.0, "{}: {balance} dB", space.id);
    }
}

#[test]
fn the_level_is_sensible_and_there_is_no_direct_current() {
    for (space, impulse) in spaces() {
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
    for (space, impulse) in spaces() {
        for channel in impulse.channels() {
            assert_eq!(channel.last(), Some(&0.0), "{}", space.id);
            let peak = channel.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
            let end = channel[channel.len() - 480..].iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
            println!("{}: last 10 ms at {:.0} dB", space.id, 2.0 * decibels(f64::from(end / peak)));
            assert!(end < 1e-5 * peak, "{}: the last 10 ms are above -100 dB", space.id);
        }
        let curve = DecayCurve::new(impulse.channels(), impulse.sample_rate(), &Token::never());
        let curve = curve.expect("not cancelled").expect("it decays");
        assert!(curve.range() > 80.0, "{}: cut too early, range {}", space.id, curve.range());
    }
}

#[test]
fn the_same_text_gives_the_same_bytes() {
    for (space, impulse) in spaces() {
        let again = space::synthesise(space.text, &Token::never()).expect(space.id);
        let bits = |i: &Impulse| i.channels().iter().flatten().map(|s| s.to_bits()).collect::<Vec<_>>();
        assert!(bits(impulse) == bits(&again), "{}", space.id);
        assert_eq!((impulse.sample_rate(), impulse.channels().len()), (48_000, 2));
    }
}

#[test]
fn another_seed_is_another_room_with_the_same_figures() {
    for (space, impulse) in spaces() {
        let seed = recipe(space.id)["seed"].as_integer().expect("a number");
        let text = space.text.replace(&format!("seed = {seed}"), &format!("seed = {}", seed + 1));
        let other = space::synthesise(&text, &Token::never()).expect(space.id);
        let late = |i: &Impulse| i.channels()[0][9600..24_000].to_vec();
        let (a, b) = (late(impulse), late(&other));
        let product: f64 = a.iter().zip(&b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
        let related = product / (energy(&a) * energy(&b)).sqrt();
        assert!(related.abs() < 0.25, "{}: correlation {related}", space.id);
        let times = [impulse, &other].map(|i| rt60(i).expect("a wide range"));
        assert!((times[0] / times[1] - 1.0).abs() < 0.05, "{}: {times:?}", space.id);
    }
}

/// Normalised echo density: the share of samples beyond one standard deviation, over what it is for Gaussian noise
/// (Abel, Huang: *A simple, robust measure of reverberation echo density*, 121st AES Convention, 2006), in 20 ms.
fn echo_density(samples: &[f32], centre: usize) -> f64 {
    let window = &samples[centre - 480..centre + 480];
    let deviation = (energy(window) / window.len() as f64).sqrt();
    let beyond = window.iter().filter(|s| f64::from(s.abs()) > deviation).count();
    beyond as f64 / window.len() as f64 / 0.317_310_5
}

#[test]
fn the_late_field_is_dense() {
    for (id, from, to) in [("hall", 0.25, 1.5), ("room", 0.07, 0.3), ("plate", 0.02, 1.0)] {
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

#[test]
fn a_hall_thickens_slower_than_a_room_and_a_plate_is_dense_at_once() {
    // The mean over both channels and the first 80 ms; where it is 1, nothing but noise is heard from the start.
    let early = |id: &str| {
        let channels = space(id).1.channels();
        let windows = channels.iter().flat_map(|channel| (480..3840).step_by(48).map(|n| echo_density(channel, n)));
        windows.sum::<f64>() / (2 * 70) as f64
    };
    let [plate, room, hall] = ["plate", "room", "hall"].map(early);
    println!("echo density of the first 80 ms: plate {plate:.2}, room {room:.2}, hall {hall:.2}");
    assert!(plate > 0.95 && plate > room && room > hall + 0.1, "plate {plate}, room {room}, hall {hall}");
}

#[test]
fn the_spectrum_has_no_strong_colour() {
    for (space, impulse) in spaces() {
        // Energy in thirds of an octave from 100 Hz to 10 kHz, per hertz, both channels together.
        let size = impulse.len().next_power_of_two();
        let forward = realfft::RealFftPlanner::<f32>::new().plan_fft_forward(size);
        let mut power = vec![0.0; size / 2 + 1];
        for channel in impulse.channels() {
            let mut padded = channel.clone();
            padded.resize(size, 0.0);
            let mut spectrum = forward.make_output_vec();
            forward.process(&mut padded, &mut spectrum).expect("lengths match");
            power.iter_mut().zip(&spectrum).for_each(|(power, bin)| *power += f64::from(bin.norm_sqr()));
        }
        let level = |third: i32| {
            let centre = 1000.0 * 2_f64.powf(f64::from(third) / 3.0);
            let bin = |frequency: f64| (frequency * size as f64 / 48_000.0) as usize;
            let band = &power[bin(centre * 2_f64.powf(-1.0 / 6.0))..bin(centre * 2_f64.powf(1.0 / 6.0))];
            decibels(band.iter().sum::<f64>() / band.len() as f64)
        };
        let levels: Vec<f64> = (-10..=10).map(level).collect();
        println!("{}: {levels:.1?} dB", space.id);
        // Noise of 23·T independent values in the lowest band scatters by 4.34/√(23·T) dB, 1.3 dB for 0.5 s. What is
        // left is the slope that longer lows and the air give.
        for pair in levels.windows(2) {
            assert!((pair[1] - pair[0]).abs() < 5.0, "{}: {pair:?} dB in neighbouring bands", space.id);
        }
        let (least, most) = levels.iter().fold((f64::MAX, f64::MIN), |(a, b), l| (a.min(*l), b.max(*l)));
        assert!(most - least < 14.0, "{}: {least} to {most} dB", space.id);
    }
}

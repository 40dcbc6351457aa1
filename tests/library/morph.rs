//! A morph is a way between two rooms: what dies away lies between both at every frequency.

use transept::cancel::Token;
use transept::chain::Format;
use transept::channels::ChannelLayout;
use transept::engine::Delivery;
use transept::impulse::Impulse;
use transept::impulse::acoustics::{self, Figures, Measured};
use transept::impulse::recipe::{Combination, Recipe, Second, Source};
use transept::impulse::units::Ratio;
use transept::prepare::{self, Order, Preparer};
use transept_support::folder::Folder;
use transept_support::signal::gaussian_noise;

const RATE: u32 = 48_000;
const STEREO: Format = Format { sample_rate: RATE, layout: ChannelLayout::Stereo };
/// In thousandths.
const POSITIONS: [u16; 11] = [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000];

/// The way that is measured here; the sum of both, [`Combination::Blend`], fails.
fn morph(position: u16) -> Combination {
    Combination::Morph(Ratio::from_thousandths(position))
}

fn both(first: &Source, second: &Source, how: Combination) -> Recipe {
    let second = Some(Second { source: second.clone(), how });
    Recipe { second, ..Recipe::of(first.clone()) }
}

/// What comes out of both sides for a single one into both.
fn response(delivery: &mut Delivery) -> Vec<Vec<f32>> {
    let mut one = vec![0.0; delivery.kernel().len()];
    let mut outs = vec![one.clone(); 2];
    one[0] = 1.0;
    let mut views: Vec<&mut [f32]> = outs.iter_mut().map(Vec::as_mut_slice).collect();
    delivery.convolver_mut().process(&[&one, &one], &mut views);
    outs
}

/// The responses on the way, from a preparer that remembers.
fn responses(first: &Source, second: &Source, positions: &[u16]) -> Vec<Vec<Vec<f32>>> {
    let mut preparer = Preparer::default();
    let mut at = |(generation, position): (u64, &u16)| {
        let recipe = both(first, second, morph(*position));
        let order = Order { recipe: &recipe, format: STEREO, editions: [0; 2], generation };
        response(&mut preparer.build(&order, &prepare::decoded, &Token::never()).expect("built").delivery)
    };
    (1..).zip(positions).map(&mut at).collect()
}

fn measured(taps: &[Vec<f32>]) -> Measured {
    acoustics::measure(&Impulse::new(taps.to_vec(), RATE).expect("valid"), &Token::never()).expect("not cancelled")
}

/// A figure of the octaves from 125 Hz to 8 kHz, over the positions.
fn of_octaves(measured: &[Measured], figure: fn(&Figures) -> f64) -> Vec<(f64, Vec<f64>)> {
    let centres = [125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0];
    let of = |measured: &Measured, centre| {
        let octave = measured.octaves.iter().find(|octave| octave.0 == centre).expect("an octave");
        figure(&octave.1)
    };
    centres.map(|centre| (centre, measured.iter().map(|measured| of(measured, centre)).collect())).to_vec()
}

/// Noise that dies away, on two sides.
fn decaying(folder: &Folder, name: &str, seconds: f64, length: f64, seed: u64) -> Source {
    let side = |seed| {
        let noise = gaussian_noise((length * f64::from(RATE)) as usize, seed);
        let decay = |n: usize| 0.1 * 10_f64.powf(-3.0 * n as f64 / (seconds * f64::from(RATE)));
        noise.iter().enumerate().map(|(n, sample)| (sample * decay(n)) as f32).collect::<Vec<_>>()
    };
    Source::File { path: folder.wave(name, RATE, &[side(seed), side(seed + 100)]) }
}

/// By how much a time of a band is off by chance, as a share of it. Between two sounds of which one is as likely as the
/// other, what they have in common by chance is `1/√n` of their energy, with `n` twice the width times the time over
/// which the curve averages, T/13.8, on two sides; that is 4.3 dB of it, and over 30 dB of T30 such a share of T.
fn chance(centre: f64, seconds: f64) -> f64 {
    let width = centre * std::f64::consts::FRAC_1_SQRT_2;
    4.34 / (4.0 * width * seconds / 13.8).sqrt() / 30.0
}

fn assert_between(name: &str, first: &Source, second: &Source) {
    let measured: Vec<Measured> = responses(first, second, &POSITIONS).iter().map(|taps| measured(taps)).collect();
    for (centre, times) in of_octaves(&measured, |figures| figures.t30.expect("measurable")) {
        println!("{name}, {centre} Hz, T30: {times:.3?} s");
        let [from, to] = [times[0], times[POSITIONS.len() - 1]];
        for (position, time) in POSITIONS.iter().zip(&times) {
            // A straight line over 1/T, as far as decays are straight: an octave in which they are not alike, as in
            // halls whose highs die away sooner, has another mean. A just noticeable difference (ISO 3382-1:2009, table
            // A.1) and three times what chance does.
            let share = f64::from(*position) / 1000.0;
            let expected = ((1.0 - share) / from + share / to).recip();
            let off = (time / expected - 1.0).abs();
            let most = 0.05 + 3.0 * chance(centre, expected);
            assert!(off < most, "{name}, {centre} Hz at {position}: {time} s, not {expected} s");
        }
        let falls = |pair: &[f64]| (pair[1] - pair[0]).signum() == (to - from).signum();
        assert!(times.windows(2).all(falls), "{name}, {centre} Hz: {times:.3?}");
    }
    for (centre, times) in of_octaves(&measured, |figures| figures.early_decay_time.expect("measurable")) {
        println!("{name}, {centre} Hz, EDT: {times:.3?} s");
        // It includes the direct sound, whose level goes its own way: no step back that could be noticed.
        let turns =
            |pair: &[f64]| (pair[1] - pair[0]) * (times[POSITIONS.len() - 1] - times[0]).signum() > -0.05 * pair[0];
        assert!(times.windows(2).all(turns), "{name}, {centre} Hz: {times:.3?}");
        let (least, most) = (times[0].min(times[10]), times[0].max(times[10]));
        assert!(
            times.iter().all(|time| (0.95 * least..1.05 * most).contains(time)),
            "{name}, {centre} Hz: {times:.3?}"
        );
    }
}

#[test]
fn from_the_hall_to_other_spaces_each_octave_dies_away_at_a_rate_between() {
    let [hall, room, plate] = ["hall", "room", "plate"].map(|id| Recipe::space(id).source);
    assert_between("hall to room", &hall, &room);
    assert_between("hall to plate", &hall, &plate);
}

#[test]
fn from_a_long_decay_to_a_short_one_each_octave_dies_away_at_a_rate_between() {
    let folder = Folder::new();
    let (long, short) = (decaying(&folder, "long.wav", 3.0, 6.0, 1), decaying(&folder, "short.wav", 0.5, 1.0, 2));
    assert_between("3 s to 0.5 s", &long, &short);
}

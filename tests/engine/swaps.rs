//! What is heard while one room goes over into another: the level, on pink noise.

use realfft::RealFftPlanner;
use std::f64::consts::FRAC_PI_2;
use std::sync::Arc;
use transept::cancel::Token;
use transept::channels::ChannelLayout;
use transept::engine::{Convolver, Delivery, Engine, Kernel, Moments, REPLACE, Relation};
use transept::impulse::buildup::{self, BuildUp};
use transept::impulse::layout::Route;
use transept::impulse::{decode, level, relation};
use transept::space;
use transept_support::recordings::recordings;
use transept_support::signal::noise;

const RATE: u32 = 48_000;
/// From one change to the next: a quantum's multiple, longer than any impulse here and its fade.
const PERIOD: usize = 64 * 900;
/// Changes over which the power is averaged, there and back.
const CHANGES: usize = 120;
/// Length of what is averaged: 10 ms.
const BIN: usize = 480;

/// Noise of equal power in every octave from 20 Hz to 20 kHz, by its spectrum.
fn pink(len: usize, seed: u64) -> Vec<f32> {
    let mut planner = RealFftPlanner::<f64>::new();
    let mut samples: Vec<f64> = noise(len, seed).into_iter().map(f64::from).collect();
    let forward = planner.plan_fft_forward(len);
    let mut bins = forward.make_output_vec();
    forward.process(&mut samples, &mut bins).unwrap();
    for (index, bin) in bins.iter_mut().enumerate() {
        let hertz = index as f64 * f64::from(RATE) / len as f64;
        *bin *= if (20.0..=20_000.0).contains(&hertz) { 1.0 / hertz.sqrt() / len as f64 } else { 0.0 };
    }
    planner.plan_fft_inverse(len).process(&mut bins, &mut samples).unwrap();
    samples.into_iter().map(|x| x as f32).collect()
}

fn kernel(taps: &[f32]) -> Arc<Kernel> {
    Arc::new(Kernel::builder(1, 1, RATE).path(0, 0, taps).build().unwrap())
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let routes = |taps: &[f32]| vec![Route { input: 0, output: 0, taps: taps.to_vec() }];
    relation::correlation(&routes(a), &routes(b), RATE, &Token::never()).expect("not cancelled").max(0.0)
}

fn play(engine: &mut Engine, signal: &[f32], incoming: Option<Box<Delivery>>) -> Vec<f32> {
    let mut output = vec![0.0; signal.len()];
    drop(engine.process(&[signal], &mut [&mut output], incoming));
    output
}

/// By how many dB the level lies above both rooms' own, and below both, in any 10 ms after a change; averaged over
/// many.
fn bulge_and_dip(a: &[f32], b: &[f32], is_reshaped: bool) -> (f64, f64) {
    let relation = Relation { correlation: correlation(a, b), is_reshaped };
    let signal = pink(PERIOD * CHANGES, 5);
    let mut changing = Engine::new(1, 1, RATE);
    let mut steady = [a, b].map(|taps| {
        let mut engine = Engine::new(1, 1, RATE);
        play(&mut engine, &[], Some(Box::new(Delivery::new(Convolver::new(kernel(taps)), 0))));
        engine
    });
    let kernels = [kernel(a), kernel(b)];
    let mut power = vec![[0.0f64; 3]; PERIOD / BIN];
    for (change, signal) in signal.chunks(PERIOD).enumerate() {
        let generation = change as u64 + 1;
        let reach = a.len().max(b.len());
        let new = Delivery::new(Convolver::with_capacity(kernels[change % 2].clone(), reach), generation);
        let new = new.with_relation(generation - 1, relation);
        let sounds = [
            play(&mut changing, signal, Some(Box::new(new))),
            play(&mut steady[0], signal, None),
            play(&mut steady[1], signal, None),
        ];
        // The first has nothing before it, the second goes over from a room that has only begun.
        for (sums, bin) in power.iter_mut().zip(0..).skip(usize::from(change < 2) * PERIOD) {
            for (sum, sound) in sums.iter_mut().zip(&sounds) {
                *sum += sound[bin * BIN..(bin + 1) * BIN].iter().map(|y| f64::from(*y).powi(2)).sum::<f64>();
            }
        }
    }
    power.iter().fold((0.0, 0.0), |(bulge, dip), [found, a, b]| {
        let above = 10.0 * (found / a.max(*b)).log10();
        let below = 10.0 * (found / a.min(*b)).log10();
        (above.max(bulge), below.min(dip))
    })
}

/// Noise that dies away by 60 dB in some seconds.
fn tail(seconds: f64, rt60: f64, seed: u64) -> Vec<f32> {
    let fall = -3.0 * std::f64::consts::LN_10 / (rt60 * f64::from(RATE));
    let samples = noise((seconds * f64::from(RATE)) as usize, seed).into_iter().enumerate();
    samples.map(|(n, x)| (f64::from(x) * (fall * n as f64).exp()) as f32).collect()
}

/// Of the same loudness on pink noise, so that the level has a level to keep.
fn matched(taps: Vec<f32>) -> Vec<f32> {
    let routes = [Route { input: 0, output: 0, taps }];
    let gain = level::loudness_gain(&routes, ChannelLayout::Mono, RATE, &Token::never()).expect("not cancelled") as f32;
    routes[0].taps.iter().map(|tap| tap * gain).collect()
}

/// A response through Kellet's refined filter: white noise through the result is pink noise through the response, within
/// 0.1 dB from 10 Hz on.
fn pinkened(taps: &[f32]) -> Vec<f32> {
    let poles = [
        (0.99886, 0.0555179),
        (0.99332, 0.0750759),
        (0.96900, 0.1538520),
        (0.86650, 0.3104856),
        (0.55000, 0.5329522),
        (-0.7616, -0.0168980),
    ];
    let (mut states, mut last) = ([0.0; 6], 0.0);
    let filtered = taps.iter().map(|tap| {
        let tap = f64::from(*tap);
        for (state, (pole, gain)) in states.iter_mut().zip(poles) {
            *state = pole * *state + gain * tap;
        }
        let sum = states.iter().sum::<f64>() + last + 0.5362 * tap;
        last = 0.115926 * tap;
        sum as f32
    });
    filtered.collect()
}

/// At their whole length, of one energy.
fn whole_rooms() -> Vec<(String, Vec<f32>)> {
    let mut rooms: Vec<_> = space::built_in()
        .iter()
        .map(|space| {
            (space.id.to_owned(), space::synthesise(space.text, &Token::never()).unwrap().into_channels().remove(0))
        })
        .collect();
    if let Some(data) = recordings() {
        let name = "museum-basement-clap";
        let impulse = decode::file(&data.join(format!("impulses/{name}.wav")), &Token::never()).unwrap();
        rooms.push((name.to_owned(), impulse.into_channels().remove(0)));
    }
    for (_, taps) in &mut rooms {
        *taps = of_one_energy(taps);
    }
    rooms
}

#[test]
fn a_room_in_another_shape_keeps_the_level() {
    let room = tail(0.6, 0.5, 1);
    let darker: Vec<f32> = room
        .iter()
        .scan(0.0, |low, x| {
            *low += 0.2 * (x - *low);
            Some(*low)
        })
        .collect();
    let shorter: Vec<f32> = room.iter().enumerate().map(|(n, x)| x * (-1e-4 * n as f32).exp()).collect();
    for (what, other) in [("darker", darker), ("shorter", shorter), ("another", tail(0.6, 0.5, 2))] {
        let (room, other) = (matched(room.clone()), matched(other));
        let (bulge, dip) = bulge_and_dip(&room, &other, true);
        println!("reshaped, {what}, correlation {:.2}: +{bulge:.2} dB, {dip:.2} dB", correlation(&room, &other));
        assert!(bulge <= 0.5 && dip >= -0.5, "{what}: +{bulge:.2} dB, {dip:.2} dB");
    }
}

/// Energy of a response in each quantum, relative to all of it.
fn energies(taps: &[f32]) -> Vec<f64> {
    let energies = taps.chunks(64).map(|quantum| quantum.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>());
    let energies: Vec<f64> = energies.collect();
    let all: f64 = energies.iter().sum();
    energies.into_iter().map(|energy| energy / all).collect()
}

/// What has built up of a response in each quantum after its input began, if that is faded in within 50 ms from a
/// moment in seconds on.
fn built_up(taps: &[f32], from: f32, quanta: usize) -> Vec<f64> {
    let fade = REPLACE * f64::from(RATE) / 64.0;
    let at = |quantum: usize| (quantum as f64 + 0.5 - f64::from(from * RATE as f32) / 64.0) / fade;
    let input: Vec<f64> = (0..quanta).map(|quantum| (FRAC_PI_2 * at(quantum).clamp(0.0, 1.0)).sin().powi(2)).collect();
    let energies = energies(taps);
    let heard = |now: usize| energies.iter().take(now + 1).enumerate().map(|(past, x)| x * input[now - past]).sum();
    (0..quanta).map(heard).collect()
}

/// What still rings of the old room and what has built up of the new one, in each 20 ms from a change on, as the two
/// energy curves and the moments of the fades say; both rooms are of one energy.
fn sum_of_both(old: &[f32], new: &[f32], [fade_out, fade_in]: [f64; 2], quanta: usize) -> Vec<f64> {
    let (gone, come) = (built_up(old, fade_out as f32, quanta), built_up(new, fade_in as f32, quanta));
    let sums: Vec<f64> = gone.iter().zip(&come).map(|(gone, come)| 1.0 - gone + come).collect();
    sums.chunks_exact(QUANTA).map(|bin| bin.iter().sum::<f64>() / QUANTA as f64).collect()
}

/// Quanta of what is averaged: 20 ms.
const QUANTA: usize = 15;

/// Of one energy, so that white noise has one power in all.
fn of_one_energy(taps: &[f32]) -> Vec<f32> {
    let energy: f64 = taps.iter().map(|x| f64::from(*x).powi(2)).sum();
    taps.iter().map(|x| (f64::from(*x) / energy.sqrt()) as f32).collect()
}

/// The level in dB on white noise in each 20 ms after a change from one room to another, from the old room's level;
/// averaged over many changes there, between which there are as many back.
fn levels(rooms: [&[f32]; 2], moments: [Moments; 2], changes: usize, quanta: usize) -> [Vec<f64>; 2] {
    let kernels = rooms.map(kernel);
    let mut engine = Engine::new(1, 1, RATE);
    let mut powers = [vec![0.0; quanta / QUANTA], vec![0.0; quanta / QUANTA]];
    for change in 0..=2 * changes {
        let generation = change as u64 + 1;
        let relation = Relation { correlation: 0.0, is_reshaped: false };
        let new = Delivery::new(Convolver::new(kernels[change % 2].clone()), generation);
        let new = new.with_relation(generation - 1, relation).with_moments(generation - 1, moments[change % 2]);
        let sound = play(&mut engine, &noise(64 * quanta, generation), Some(Box::new(new)));
        // The first has nothing before it.
        if change > 0 {
            for (power, bin) in powers[change % 2].iter_mut().zip(sound.chunks_exact(64 * QUANTA)) {
                *power += bin.iter().map(|y| f64::from(*y).powi(2)).sum::<f64>();
            }
        }
    }
    // Uniform noise in ±½ has a power of 1/12.
    let all = changes as f64 * (64 * QUANTA) as f64 / 12.0;
    powers.map(|powers| powers.into_iter().map(|power| 10.0 * (power / all).log10()).collect())
}

fn build_up(taps: &[f32]) -> BuildUp {
    let routes = [Route { input: 0, output: 0, taps: taps.to_vec() }];
    BuildUp::of(&routes, RATE, REPLACE, &Token::never()).expect("not cancelled")
}

/// Each way on its own and over the whole length: to the quicker room it bulges, to the slower one it dips, and the
/// mean of both would show neither.
#[test]
fn another_room_is_as_loud_as_what_rings_and_what_builds_up() {
    let rooms: Vec<_> = whole_rooms();
    for (index, (a, first)) in rooms.iter().enumerate() {
        for (b, second) in &rooms[index + 1..] {
            let (built_first, built_second) = (build_up(first), build_up(second));
            // To the first room, and to the second.
            let found = [
                buildup::moments(&built_second, &built_first, 0.0),
                buildup::moments(&built_first, &built_second, 0.0),
            ];
            let moments = found.map(|[out, new]| Moments { fade_out: out as f32, fade_in: new as f32 });
            // Until all has rung out: 0.4 s for both fades, and whole bins.
            let quanta = (first.len().max(second.len()) / 64 + 300).next_multiple_of(QUANTA);
            let measured = levels([first, second], moments, 32, quanta);
            let expected = [sum_of_both(second, first, found[0], quanta), sum_of_both(first, second, found[1], quanta)];
            for (way, what) in [format!("{b} to {a}"), format!("{a} to {b}")].iter().enumerate() {
                let expected: Vec<f64> = expected[way].iter().map(|power| 10.0 * power.log10()).collect();
                let range = |levels: &[f64]| levels.iter().fold((0.0_f64, 0.0_f64), |(l, h), x| (l.min(*x), h.max(*x)));
                let off: Vec<f64> = measured[way].iter().zip(&expected).map(|(x, y)| x - y).collect();
                let ((low, high), (below, above)) = (range(&expected), range(&off));
                let [out, new] = found[way].map(|seconds| 1000.0 * seconds);
                println!(
                    "{what}: out at {out:.0} ms, in at {new:.0} ms; the sum {low:+.2} to {high:+.2} dB, \
                     heard {below:+.2} to {above:+.2} dB from it"
                );
                // 32 times 20 ms of white noise have 31 000 samples, in a room that rings in narrow bands as 4 000
                // independent ones: 2.2 %, or 0.1 dB; five times that is 0.5 dB.
                assert!(below > -0.5 && above < 0.5, "{what}: {below:+.2} to {above:+.2} dB");
            }
        }
    }
}

/// By how many dB at most the sum of both rooms bulges or dips on pink noise.
fn excursion(old: &[f32], new: &[f32], moments: [f64; 2], quanta: usize) -> f64 {
    sum_of_both(old, new, moments, quanta).iter().map(|sum| 10.0 * sum.log10().abs()).fold(0.0, f64::max)
}

/// Every pair of moments within the longest that are allowed is tried, with another filter for pink noise and the fades
/// as they are.
#[test]
fn no_other_moments_let_the_level_move_less() {
    let rooms: Vec<_> = whole_rooms();
    let pink: Vec<_> = rooms.iter().map(|(_, taps)| of_one_energy(&pinkened(taps))).collect();
    for (from, (old, old_taps)) in rooms.iter().enumerate() {
        for (to, (new, new_taps)) in rooms.iter().enumerate().filter(|(to, _)| *to != from) {
            let quanta = (old_taps.len().max(new_taps.len()) / 64 + 300).next_multiple_of(QUANTA);
            let of = |moments| excursion(&pink[from], &pink[to], moments, quanta);
            let moments = buildup::moments(&build_up(old_taps), &build_up(new_taps), 0.0);
            let others =
                (-10..=25).map(|step| 0.01 * f64::from(step)).map(|shift| of([shift.max(0.0), (-shift).max(0.0)]));
            let (found, least, at_once) = (of(moments), others.fold(f64::INFINITY, f64::min), of([0.0; 2]));
            let [out, come] = moments.map(|seconds| 1000.0 * seconds);
            println!(
                "{old} to {new}: out at {out:.0} ms, in at {come:.0} ms; off by {found:.2} dB at most, at best by \
                 {least:.2} dB, at one moment by {at_once:.2} dB"
            );
            // The builder's filter is within 2 dB of pink in each octave, which moves a sum of many octaves by some
            // tenths; what is as good to 0.05 dB counts as equal.
            assert!(found < least + 0.3, "{old} to {new}: {found:.2} dB, and {least:.2} dB would do");
            assert!(found < at_once + 0.05, "{old} to {new}: {found:.2} dB, and {at_once:.2} dB at one moment");
        }
    }
}

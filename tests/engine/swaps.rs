//! What is heard while one room goes over into another: the level, on pink noise.

use realfft::RealFftPlanner;
use std::sync::Arc;
use transept::cancel::Token;
use transept::engine::{Convolver, Delivery, Engine, Kernel, Relation};
use transept::impulse::layout::Route;
use transept::impulse::{decode, relation};
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
    let impulse = transept::impulse::Impulse::new(vec![taps], RATE).unwrap();
    let gain = transept::impulse::level::loudness_gain(&impulse, &Token::never()).expect("not cancelled") as f32;
    impulse.into_channels().remove(0).into_iter().map(|tap| tap * gain).collect()
}

fn rooms() -> Vec<(String, Vec<f32>)> {
    let mut rooms: Vec<_> = space::built_in()
        .iter()
        .map(|space| {
            (space.id.to_owned(), space::synthesise(space.text, &Token::never()).unwrap().into_channels().remove(0))
        })
        .collect();
    if let Some(data) = recordings() {
        for name in ["seminar-room-clap", "museum-basement-clap"] {
            let impulse = decode::file(&data.join(format!("impulses/{name}.wav")), &Token::never()).unwrap();
            rooms.push((name.to_owned(), impulse.into_channels().remove(0)));
        }
    }
    for (_, taps) in &mut rooms {
        // Long enough to be a room, short enough for many changes.
        taps.truncate(30_000);
        *taps = matched(std::mem::take(taps));
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

#[test]
fn another_room_keeps_the_level() {
    let rooms = rooms();
    for (index, (a, first)) in rooms.iter().enumerate() {
        for (b, second) in &rooms[index + 1..] {
            let (bulge, dip) = bulge_and_dip(first, second, false);
            println!("{a} and {b}, correlation {:.2}: +{bulge:.2} dB, {dip:.2} dB", correlation(first, second));
            assert!(bulge <= 0.5 && dip >= -0.5, "{a} and {b}: +{bulge:.2} dB, {dip:.2} dB");
        }
    }
}

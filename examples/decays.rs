//! How far decays that are scaled are from what was asked for.
//!
//! `cargo run --release --example decays` prints the table of `docs/decay.md`: T30 after over T30 before per octave, by
//! bands that are 80 dB down a third of an octave beyond their edges, for the built-in spaces and for decaying noise.

use realfft::RealFftPlanner;
use transept::cancel::Token;
use transept::impulse::Impulse;
use transept::impulse::decay::BandRatios;
use transept::impulse::shape::{self, Shape};
use transept::impulse::units::Ratio;
use transept::space;

const RATE: u32 = 48_000;
const OCTAVES: [f64; 8] = [63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0];

/// One of the ratios.
type Knob = fn(&mut BandRatios) -> &mut Ratio;

/// A name, what is recorded, and the same without its noise.
type Recording = (String, Impulse, Impulse);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut recordings: Vec<Recording> = Vec::new();
    for id in ["hall", "room", "plate"] {
        let space = space::synthesise(space::find(id)?.text, &Token::never())?;
        recordings.push((id.to_owned(), space.clone(), space));
    }
    for (seconds, floor) in [(1.0, -60.0), (3.0, -50.0)] {
        let [recorded, clean] = [floor, -400.0].map(|floor| noise(seconds, floor));
        recordings.push((format!("{seconds} s, noise at {floor} dB"), recorded?, clean?));
    }
    println!("| impulse | scaled | {} |", OCTAVES.map(|centre| format!("{centre:.0} Hz")).join(" | "));
    println!("|---|---|{}", "---|".repeat(OCTAVES.len()));
    for (name, recorded, clean) in &recordings {
        let before = OCTAVES.map(|centre| t30(clean, centre));
        for percent in [25, 50, 200, 400] {
            let ratio = Ratio::from_f64(f64::from(percent) / 100.0);
            let knobs: [(&str, Knob); 4] = [
                ("lows", |wanted| &mut wanted.low),
                ("middle", |wanted| &mut wanted.middle),
                ("highs", |wanted| &mut wanted.high),
                ("all", |wanted| &mut wanted.all),
            ];
            for (knob, field) in knobs {
                let mut decay = BandRatios::default();
                *field(&mut decay) = ratio;
                let shaped = shape::apply(recorded.clone(), &Shape { decay, ..Shape::default() }, &Token::never())?;
                let cells = OCTAVES.iter().zip(before).map(|(centre, before)| {
                    let after = t30(&shaped.impulse, *centre);
                    before.zip(after).map_or_else(|| "–".to_owned(), |(before, after)| format!("{:.2}", after / before))
                });
                println!("| {name} | {knob} {percent} % | {} |", cells.collect::<Vec<_>>().join(" | "));
            }
        }
    }
    Ok(())
}

/// Noise that dies away over other noise, which lies so many dB below its beginning.
fn noise(seconds: f64, floor: f64) -> Result<Impulse, transept::impulse::ImpulseError> {
    let mut state = 1_u64;
    let mut random = || {
        let mut sum = -6.0;
        for _ in 0..12 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            sum += (state >> 11) as f64 / (1_u64 << 53) as f64;
        }
        sum
    };
    let decaying = (0..(2.0 * seconds * f64::from(RATE)) as usize).map(|n| {
        let level = 10_f64.powf(-3.0 * n as f64 / (seconds * f64::from(RATE)));
        let [sound, noise] = [random(), random()];
        (sound * level + noise * 10_f64.powf(floor / 20.0)) as f32
    });
    Impulse::new(vec![decaying.collect()], RATE)
}

/// T30 of an octave by backward integration.
fn t30(impulse: &Impulse, centre: f64) -> Option<f64> {
    let (rate, length) = (f64::from(impulse.sample_rate()), impulse.len());
    let size = (length + impulse.sample_rate() as usize).next_power_of_two();
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let mut curve = vec![0.0; length];
    for channel in impulse.channels() {
        let (mut signal, mut bins) = (forward.make_input_vec(), forward.make_output_vec());
        signal.iter_mut().zip(channel).for_each(|(signal, sample)| *signal = f64::from(*sample));
        forward.process(&mut signal, &mut bins).expect("lengths match");
        for (index, bin) in bins.iter_mut().enumerate() {
            let beyond = ((index as f64 * rate / size as f64 / centre).log2().abs() - 0.5).max(0.0);
            *bin *= 10_f64.powf(-12.0 * beyond.min(1.0)) / size as f64;
        }
        inverse.process(&mut bins, &mut signal).ok()?;
        curve.iter_mut().zip(&signal).for_each(|(energy, sample)| *energy += sample * sample);
    }
    let mut rest = 0.0;
    for energy in curve.iter_mut().rev() {
        rest += *energy;
        *energy = 10.0 * rest.max(1e-300).log10();
    }
    let reaches = |level: f64| curve.iter().position(|value| *value <= curve[0] - level);
    let (from, to) = (reaches(5.0)?, reaches(35.0)?);
    let middle = 0.5 * (to - 1 + from) as f64;
    let (xx, xy) = curve[from..to].iter().enumerate().fold((0.0, 0.0), |(xx, xy), (index, level)| {
        let x = (from + index) as f64 - middle;
        (xx + x * x, xy + x * level)
    });
    Some(-60.0 * xx / xy / rate)
}

//! A thin steel sheet: all modes of its bending waves, which are dispersive, so that high notes arrive first.

use super::diffuse::fall_per_frame;
use super::frames::{Frames, bin_frequency};
use super::tail_samples;
use super::text::{Plate, Text};
use super::{Heard, RECEIVERS, SAMPLE_RATE};
use crate::cancel::{Cancelled, Token};
use crate::impulse::random::Random;
use realfft::RealFftPlanner;
use realfft::num_complex::Complex32;

/// Speed of longitudinal waves in a steel sheet, in m/s.
const STEEL: f64 = 5_400.0;
/// Above this frequency in Hz modes get weaker, and at 22 kHz there are none.
const SOFT_FROM: f64 = 15_000.0;
const HIGHEST: f64 = 22_000.0;
/// No sheet is perfect: each mode is off by up to this share of its frequency. In a perfect one the squares of whole
/// numbers, which the frequencies follow, come into step again and again, and each time there is a click.
const IMPERFECTION: f64 = 3e-3;

/// The velocity at both pickups after a blow of each driver.
pub(super) fn plate(text: &Text, plate: &Plate, cancel: &Token) -> Result<Vec<Heard>, Cancelled> {
    let decay = plate.decay();
    let length = tail_samples(&decay);
    let ringing = undamped(text.seed, plate, length);
    let falls = fall_per_frame(&decay);
    let tone = plate.tone();
    // What rings for longer has more energy in all: the tone is that of the whole impulse. Frame 1 is the one at time
    // zero.
    let first = |(bin, fall): (usize, &f32)| {
        let frequency = bin_frequency(bin);
        let energy = 10_f64.powf(0.1 * tone.at(frequency)) / decay.at(frequency);
        energy.sqrt() as f32 / fall
    };
    let at_first: Vec<f32> = falls.iter().enumerate().map(first).collect();
    let damped = |ringing: &Heard| {
        let mut gains = at_first.clone();
        Frames::new().render(length, cancel, |frames, frame, spectra| {
            if frame > 0 {
                gains.iter_mut().zip(&falls).for_each(|(gain, fall)| *gain *= fall);
            }
            for (signal, spectrum) in ringing.iter().zip(spectra) {
                frames.analyse(signal, frame, spectrum);
                spectrum.iter_mut().zip(&gains).for_each(|(bin, gain)| *bin *= gain);
            }
        })
    };
    ringing.iter().map(damped).collect()
}

/// The sheet without losses: the sum of all modes, each rounded to the grid of one long transform, in which it is then
/// a single number. A simply supported plate of a × b metres has the modes sin(mπx/a)·sin(nπy/b) at the angular
/// frequencies κπ²(m²/a² + n²/b²) with κ = h·c/√12 (Fletcher, Rossing: *The Physics of Musical Instruments*, 3.6).
fn undamped(seed: u64, plate: &Plate, length: usize) -> Vec<Heard> {
    let [width, height] = plate.size;
    let stiffness = 1e-3 * plate.thickness * STEEL / 12_f64.sqrt();
    // In Hz for m = 1 and for n = 1.
    let across = 0.5 * std::f64::consts::PI * stiffness / (width * width);
    let upward = 0.5 * std::f64::consts::PI * stiffness / (height * height);
    let drivers = plate.drivers();
    let points = [&[plate.left, plate.right], drivers.as_slice()].concat();

    let size = length.next_power_of_two();
    let mut spectra: Vec<[Vec<Complex32>; RECEIVERS]> =
        drivers.iter().map(|_| std::array::from_fn(|_| vec![Complex32::ZERO; size / 2 + 1])).collect();
    let mut random = Random::new(seed);
    // Along one axis each mode has an amplitude at each pickup and each driver, and its share of the frequency.
    let columns = axis(&points.iter().map(|[x, _]| x / width).collect::<Vec<_>>(), across);
    let rows = axis(&points.iter().map(|[_, y]| y / height).collect::<Vec<_>>(), upward);
    for (wide, by_width) in &columns {
        for (high, by_height) in &rows {
            let frequency = by_width + by_height;
            if frequency > HIGHEST {
                break;
            }
            let off = 1.0 + IMPERFECTION * random.uniform();
            let bin = (frequency * off * size as f64 / SAMPLE_RATE).round() as usize;
            let softness = ((HIGHEST - frequency) / (HIGHEST - SOFT_FROM)).clamp(0.0, 1.0);
            let moved = |point: usize| wide[point] * high[point];
            for (driver, spectra) in spectra.iter_mut().enumerate() {
                let driven = moved(RECEIVERS + driver) * softness;
                for (pickup, spectrum) in spectra.iter_mut().enumerate() {
                    spectrum[bin].re += (driven * moved(pickup)) as f32;
                }
            }
        }
    }
    let inverse = RealFftPlanner::new().plan_fft_inverse(size);
    let signal = |mut spectrum: Vec<Complex32>| {
        let mut signal = vec![0.0; size];
        inverse.process(&mut spectrum, &mut signal).expect("lengths match, all of it is real");
        signal.truncate(length);
        signal
    };
    spectra.into_iter().map(|heard| heard.map(signal)).collect()
}

/// All modes along one axis up to [`HIGHEST`]: how far each of some `places`, in shares of the length, moves in it,
/// and what it adds to a mode's frequency, when the first adds `lowest` Hz.
fn axis(places: &[f64], lowest: f64) -> Vec<(Vec<f64>, f64)> {
    let count = (HIGHEST / lowest).sqrt() as usize;
    let mode = |m: usize| {
        let half_waves = m as f64;
        let moved = places.iter().map(|place| (std::f64::consts::PI * half_waves * place).sin());
        (moved.collect(), lowest * half_waves * half_waves)
    };
    (1..=count).map(mode).collect()
}

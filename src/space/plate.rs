//! A thin steel sheet: all modes of its bending waves, which are dispersive, so that high notes arrive first.

use super::SAMPLE_RATE;
use super::diffuse::fall_per_frame;
use super::frames::Frames;
use super::random::Random;
use super::tail_samples;
use super::text::{Plate, Text};
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

/// The velocity at both pickups after a blow of the driver.
pub(super) fn plate(text: &Text, plate: &Plate) -> [Vec<f32>; 2] {
    let decay = plate.decay();
    let length = tail_samples(&decay);
    let ringing = undamped(text.seed, plate, length);
    let falls = fall_per_frame(&decay);
    // Frame 1 is the one at time zero.
    let mut gains: Vec<f32> = falls.iter().map(|fall| 1.0 / fall).collect();
    Frames::new().render(length, |frames, frame, spectra| {
        if frame > 0 {
            gains.iter_mut().zip(&falls).for_each(|(gain, fall)| *gain *= fall);
        }
        for (signal, spectrum) in ringing.iter().zip(spectra) {
            frames.analyse(signal, frame, spectrum);
            spectrum.iter_mut().zip(&gains).for_each(|(bin, gain)| *bin *= gain);
        }
    })
}

/// The sheet without losses: the sum of all modes, each rounded to the grid of one long transform, in which it is then
/// a single number. A simply supported plate of a × b metres has the modes sin(mπx/a)·sin(nπy/b) at the angular
/// frequencies κπ²(m²/a² + n²/b²) with κ = h·c/√12 (Fletcher, Rossing: *The Physics of Musical Instruments*, 3.6).
fn undamped(seed: u64, plate: &Plate, length: usize) -> [Vec<f32>; 2] {
    let [width, height] = plate.size;
    let stiffness = 1e-3 * plate.thickness * STEEL / 12_f64.sqrt();
    // In Hz for m = 1 and for n = 1.
    let across = 0.5 * std::f64::consts::PI * stiffness / (width * width);
    let upward = 0.5 * std::f64::consts::PI * stiffness / (height * height);
    let columns = (HIGHEST / across).sqrt() as usize;
    let rows = (HIGHEST / upward).sqrt() as usize;
    let shape = |count: usize, place: f64| -> Vec<f64> {
        (0..=count).map(|m| (std::f64::consts::PI * m as f64 * place).sin()).collect()
    };
    let points = [plate.driver, plate.left, plate.right];
    let horizontal = points.map(|[x, _]| shape(columns, x / width));
    let vertical = points.map(|[_, y]| shape(rows, y / height));

    let size = length.next_power_of_two();
    let mut spectra: [Vec<Complex32>; 2] = std::array::from_fn(|_| vec![Complex32::ZERO; size / 2 + 1]);
    let mut random = Random::new(seed);
    for m in 1..=columns {
        for n in 1..=rows {
            let frequency = across * (m * m) as f64 + upward * (n * n) as f64;
            if frequency > HIGHEST {
                break;
            }
            let bin =
                (frequency * (1.0 + IMPERFECTION * random.uniform()) * size as f64 / SAMPLE_RATE).round() as usize;
            let softness = ((HIGHEST - frequency) / (HIGHEST - SOFT_FROM)).clamp(0.0, 1.0);
            let driven = horizontal[0][m] * vertical[0][n] * softness;
            for (pickup, spectrum) in spectra.iter_mut().enumerate() {
                spectrum[bin].re += (driven * horizontal[pickup + 1][m] * vertical[pickup + 1][n]) as f32;
            }
        }
    }
    let inverse = RealFftPlanner::new().plan_fft_inverse(size);
    spectra.map(|mut spectrum| {
        let mut signal = vec![0.0; size];
        inverse.process(&mut spectrum, &mut signal).expect("lengths match, all of it is real");
        signal.truncate(length);
        signal
    })
}

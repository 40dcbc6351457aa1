//! What is measured of a space. Octaves are cut out of the spectrum of the whole impulse, with edges a sixth of an
//! octave wide, so that no octave hears its neighbours.

use realfft::RealFftPlanner;
use std::f64::consts::{FRAC_PI_2, SQRT_2, TAU};
use transept::impulse::Impulse;

/// Centres of the octaves from 63 Hz to 16 kHz.
pub const OCTAVES: [f64; 9] = [62.5, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0];
const RATE: f64 = 48_000.0;
/// Samples of a millisecond.
const MILLISECOND: usize = 48;

pub fn energy(samples: &[f32]) -> f64 {
    samples.iter().map(|s| f64::from(*s).powi(2)).sum()
}

pub fn decibels(ratio: f64) -> f64 {
    10.0 * ratio.log10()
}

/// Samples in milliseconds.
pub fn samples(milliseconds: f64) -> usize {
    (milliseconds * MILLISECOND as f64) as usize
}

/// One octave of a signal, by its centre in Hz.
pub fn octave(signal: &[f32], centre: f64) -> Vec<f32> {
    let size = (2 * signal.len()).next_power_of_two();
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let mut padded = signal.to_vec();
    padded.resize(size, 0.0);
    let mut spectrum = forward.make_output_vec();
    forward.process(&mut padded, &mut spectrum).expect("lengths match");
    for (bin, value) in spectrum.iter_mut().enumerate() {
        let away = (bin as f64 * RATE / size as f64 / centre).log2().abs() - 0.5;
        let kept = if away <= 0.0 { 1.0 } else { (FRAC_PI_2 * (6.0 * away).min(1.0)).cos().powi(2) };
        *value *= (kept / size as f64) as f32;
    }
    (spectrum[0].im, spectrum[size / 2].im) = (0.0, 0.0);
    inverse.process(&mut spectrum, &mut padded).expect("lengths match, both ends are real");
    padded.truncate(signal.len());
    padded
}

/// Power in each bin of a signal's transform, whose length is a power of two.
pub fn power_spectrum(signal: &[f32]) -> Vec<f64> {
    let size = signal.len().next_power_of_two();
    let forward = RealFftPlanner::<f32>::new().plan_fft_forward(size);
    let mut padded = signal.to_vec();
    padded.resize(size, 0.0);
    let mut spectrum = forward.make_output_vec();
    forward.process(&mut padded, &mut spectrum).expect("lengths match");
    spectrum.iter().map(|bin| f64::from(bin.norm_sqr())).collect()
}

/// Mean power per bin of a [`power_spectrum`] in the third of an octave around a centre in Hz.
pub fn third_of_octave(power: &[f64], centre: f64) -> f64 {
    let bin = |frequency: f64| (frequency * 2.0 * (power.len() - 1) as f64 / RATE) as usize;
    let [from, to] = [-1.0, 1.0].map(|sixth| bin(centre * 2_f64.powf(sixth / 6.0)));
    let band = &power[from..to.max(from + 1)];
    band.iter().sum::<f64>() / band.len() as f64
}

/// T30 of one octave, both channels together: the line through the energy still to come, from -5 to -35 dB.
pub fn t30(impulse: &Impulse, centre: f64) -> f64 {
    let bands: Vec<Vec<f32>> = impulse.channels().iter().map(|channel| octave(channel, centre)).collect();
    let mut curve: Vec<f64> =
        (0..impulse.len()).map(|n| bands.iter().map(|band| f64::from(band[n]).powi(2)).sum()).collect();
    let mut still = 0.0;
    for value in curve.iter_mut().rev() {
        still += *value;
        *value = still;
    }
    let falls = |fall: f64| curve.iter().position(|e| decibels(e / curve[0]) < fall).expect("it dies away");
    let (from, to) = (falls(-5.0), falls(-35.0));
    let middle = 0.5 * (from + to - 1) as f64;
    let (mut slope, mut spread) = (0.0, 0.0);
    for (n, energy) in curve.iter().enumerate().take(to).skip(from) {
        let place = n as f64 - middle;
        slope += place * decibels(energy / curve[0]);
        spread += place * place;
    }
    -60.0 * spread / slope / RATE
}

/// Energy per hertz in an octave, in dB, over that in the octave around 1 kHz; both channels together.
pub fn tone(impulse: &Impulse, centre: f64) -> f64 {
    let density = |centre| {
        let band: f64 = impulse.channels().iter().map(|channel| energy(&octave(channel, centre))).sum();
        band / centre
    };
    decibels(density(centre) / density(1000.0))
}

/// Normalised echo density: the share of samples beyond one standard deviation, over what it is for Gaussian noise
/// (Abel, Huang: *A simple, robust measure of reverberation echo density*, 121st AES Convention, 2006), in the 20 ms
/// around a sample, as far as the signal reaches.
pub fn echo_density(signal: &[f32], centre: usize) -> f64 {
    let window = &signal[centre.saturating_sub(480)..centre + 480];
    let deviation = (energy(window) / window.len() as f64).sqrt();
    let beyond = window.iter().filter(|s| f64::from(s.abs()) > deviation).count();
    beyond as f64 / window.len() as f64 / 0.317_310_5
}

/// The first sample that is within 20 dB of the loudest.
pub fn first_arrival(signal: &[f32]) -> usize {
    let peak = signal.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
    signal.iter().position(|s| s.abs() >= 0.1 * peak).expect("the loudest itself")
}

/// The largest sample of the first 100 ms over their root mean square, in dB.
pub fn crest(signal: &[f32]) -> f64 {
    let start = &signal[..samples(100.0)];
    let peak = start.iter().fold(0.0_f64, |peak, s| peak.max(f64::from(s.abs())));
    decibels(peak * peak * start.len() as f64 / energy(start))
}

/// Energy of each millisecond from `from` on.
fn milliseconds(signal: &[f32], from: usize, count: usize) -> Vec<f64> {
    signal[from..].chunks(MILLISECOND).take(count).map(energy).collect()
}

/// The longest silence in the 100 ms after the first arrival, in milliseconds: what is 10 dB below their mean.
pub fn longest_gap(signal: &[f32]) -> usize {
    let energies = milliseconds(signal, first_arrival(signal), 100);
    let limit = 0.1 * energies.iter().sum::<f64>() / energies.len() as f64;
    energies.split(|energy| *energy > limit).map(<[f64]>::len).max().unwrap_or(0)
}

/// By how many dB the loudest millisecond of the first 100 after the first arrival, itself among them, is above the
/// median of the 20 ms around it.
pub fn loudest_millisecond(signal: &[f32]) -> f64 {
    let energies = milliseconds(signal, first_arrival(signal), 110);
    let above = |at: usize| {
        let mut around = energies[at.saturating_sub(10)..at + 10].to_vec();
        around.sort_by(f64::total_cmp);
        let middle = around.len() / 2;
        let median =
            if around.len().is_multiple_of(2) { 0.5 * (around[middle - 1] + around[middle]) } else { around[middle] };
        decibels(energies[at] / median)
    };
    (0..100).map(above).fold(f64::NEG_INFINITY, f64::max)
}

/// Correlation of left and right in one octave, between two times in seconds. The levels are evened out, so that the
/// start of the stretch does not outweigh the rest.
pub fn correlation(impulse: &Impulse, centre: f64, from: f64, to: f64) -> f64 {
    let stretch = (from * RATE) as usize..(to * RATE) as usize;
    let [left, right] = [0, 1].map(|side| octave(&impulse.channels()[side], centre)[stretch.clone()].to_vec());
    let decay = t30(impulse, centre);
    let (mut both, mut one, mut other) = (0.0, 0.0, 0.0);
    for (n, (left, right)) in left.iter().zip(&right).enumerate() {
        let even = 10_f64.powf(6.0 * n as f64 / (decay * RATE));
        let (left, right) = (f64::from(*left), f64::from(*right));
        both += even * left * right;
        one += even * left * left;
        other += even * right * right;
    }
    both / (one * other).sqrt()
}

/// What [`correlation`] is in a diffuse field at two places `spacing` metres apart: sin(kd)/(kd), over the octave.
pub fn of_diffuse_field(spacing: f64, centre: f64, speed: f64) -> f64 {
    const STEPS: usize = 200;
    let at = |step: usize| {
        let frequency = centre / SQRT_2 * (1.0 + (step as f64 + 0.5) / STEPS as f64);
        let angle = TAU * frequency * spacing / speed;
        angle.sin() / angle
    };
    (0..STEPS).map(at).sum::<f64>() / STEPS as f64
}

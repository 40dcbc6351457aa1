//! Matched impulses are equally loud: measured in the time domain, as a loudness meter does it.

mod playing;
mod table;

use realfft::RealFftPlanner;
use rustfft::num_complex::Complex;
use std::f64::consts::PI;
use transept::cancel::Token;
use transept::channels::ChannelLayout;
use transept::convolution;
use transept::impulse::layout::routes;
use transept::impulse::level;
use transept::impulse::{Impulse, resample};
use transept_support::signal::Seeded;

const RATE: u32 = 48_000;

fn loudness_gain(impulse: &Impulse) -> f64 {
    let routes = routes(impulse, ChannelLayout::Mono, &Token::never()).expect("a layout");
    level::loudness_gain(&routes, ChannelLayout::Mono, impulse.sample_rate(), &Token::never()).expect("not cancelled")
}

/// One period of pink noise from 20 Hz to 20 kHz: as much power in every octave, exactly, at random phases. Chance has
/// no part in how loud it is.
pub(super) fn pink(length: usize) -> Vec<f64> {
    let mut seeded = Seeded(11);
    let transform = RealFftPlanner::new().plan_fft_inverse(length);
    let (mut spectrum, mut samples) = (transform.make_input_vec(), transform.make_output_vec());
    for (index, bin) in spectrum.iter_mut().enumerate() {
        let frequency = index as f64 * f64::from(RATE) / length as f64;
        if (20.0..=20_000.0).contains(&frequency) {
            *bin = Complex::from_polar(frequency.sqrt().recip(), PI * (2.0 * seeded.uniform() - 1.0));
        }
    }
    transform.process(&mut spectrum, &mut samples).expect("buffers of its own making");
    samples
}

fn decibels(factor: f64) -> f64 {
    20.0 * factor.log10()
}

/// The mean power of periodic noise behind the two filters of ITU-R BS.1770-4, with its coefficients for 48 kHz.
pub(super) fn power(period: &[f64]) -> f64 {
    let shelf = filtered(
        &[period, period].concat(),
        [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
        [-1.690_659_293_182_41, 0.732_480_774_215_85],
    );
    let weighted = filtered(&shelf, [1.0, -2.0, 1.0], [-1.990_047_454_833_98, 0.990_072_250_366_21]);
    // The filters have settled in the first period.
    weighted[period.len()..].iter().map(|sample| sample * sample).sum::<f64>() / period.len() as f64
}

fn filtered(samples: &[f64], b: [f64; 3], a: [f64; 2]) -> Vec<f64> {
    let (mut first, mut second) = (0.0, 0.0);
    let step = |sample: &f64| {
        let out = b[0] * sample + first;
        first = b[1] * sample - a[0] * out + second;
        second = b[2] * sample - a[1] * out;
        out
    };
    samples.iter().map(step).collect()
}

/// Noise that decays by 60 dB in `seconds`, low-passed by a one-pole filter.
fn dull_noise(seconds: f64, dullness: f64, seed: u64) -> Vec<f32> {
    let (mut seeded, mut low) = (Seeded(seed), 0.0);
    let length = (seconds * f64::from(RATE)) as usize;
    (0..length)
        .map(|index| {
            low = dullness * low + (1.0 - dullness) * (2.0 * seeded.uniform() - 1.0);
            (low * 10_f64.powf(-3.0 * index as f64 / length as f64)) as f32
        })
        .collect()
}

fn impulses() -> Vec<(&'static str, Vec<f32>)> {
    let mut echoes = vec![0.0; 9000];
    for (index, tap) in [(0, 1.0), (700, -0.8), (2100, 0.6), (8999, 0.5)] {
        echoes[index] = tap;
    }
    let boom = (0..9600).map(|n| (0.01 * n as f32).sin() * (-0.001 * n as f32).exp()).collect();
    vec![
        ("bright room", dull_noise(0.1, 0.0, 1)),
        ("dull room", dull_noise(0.15, 0.9, 2)),
        ("echoes", echoes),
        ("boom at 76 Hz", boom),
    ]
}

#[test]
fn matched_impulses_are_equally_loud_on_pink_noise() {
    let noise = pink(1 << 17);
    let reference = power(&noise);
    for (name, taps) in impulses() {
        let long: Vec<f64> = taps.iter().copied().map(f64::from).collect();
        let heard = convolution::circular_fft(&noise, &long, noise.len());
        let gain = loudness_gain(&Impulse::new(vec![taps], RATE).expect("valid"));
        let measured = 10.0 * (gain * gain * power(&heard) / reference).log10();
        // What the transform's bins at the ends of the band take more or less than their share.
        println!("{name}: gain {:.2} dB, measured {measured:+.3} dB", 20.0 * gain.log10());
        assert!(measured.abs() < 0.05, "{name}: {measured} dB");
    }
}

#[test]
fn an_impulse_is_matched_alike_at_every_rate() {
    for (name, taps) in impulses() {
        let impulse = Impulse::new(vec![taps], RATE).expect("valid");
        let own = loudness_gain(&impulse);
        for rate in [44_100, 88_200, 96_000, 192_000] {
            let other = loudness_gain(&resample::impulse(&impulse, rate, 0, &Token::never()).expect("rates"));
            let difference = 20.0 * (other / own).log10();
            // The filters' bilinear warping near 20 kHz, and the sound of an impulse that begins at its first sample.
            assert!(difference.abs() < 0.05, "{name} at {rate} Hz: {difference} dB");
            println!("{name} at {rate} Hz: {difference:+.3} dB");
        }
    }
}

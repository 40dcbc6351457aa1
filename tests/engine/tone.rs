//! Cuts and shelves sound alike at every sample rate, and like their analogue prototypes.

use std::f64::consts::TAU;
use std::sync::Arc;
use transept::chain::{Chain, Controls, Format, Meters, Shelving};
use transept::channels::ChannelLayout;
use transept::engine::{Convolver, Delivery, Kernel};

const RATES: [u32; 6] = [44_100, 48_000, 88_200, 96_000, 176_400, 192_000];

/// Frequencies in Hz at which gains are measured.
const PROBES: [f64; 14] =
    [20.0, 50.0, 125.0, 315.0, 800.0, 1600.0, 3150.0, 5000.0, 8000.0, 10e3, 12.5e3, 16e3, 18e3, 20e3];

/// A chain of which nothing but its filters does anything.
fn flat() -> Controls {
    Controls { dry: 0.0, wet: 1.0, ..Controls::default() }
}

/// What the chain makes of one sample of 1 in so many seconds.
fn response(controls: &Controls, sample_rate: u32, seconds: f64) -> Vec<f32> {
    let format = Format { sample_rate, layout: ChannelLayout::Mono };
    let mut chain = Chain::new(format, Arc::new(Meters::default()));
    let kernel = Kernel::builder(1, 1, sample_rate).path(0, 0, &[1.0]).build().expect("a valid kernel");
    let delivery = Box::new(Delivery::new(Convolver::new(Arc::new(kernel)), 1));
    assert!(chain.process(&mut [&mut []], controls, Some(delivery)).is_none());
    let mut samples = vec![0.0; (seconds * f64::from(sample_rate)) as usize];
    samples[0] = 1.0;
    assert!(chain.process(&mut [&mut samples], controls, None).is_none());
    samples
}

/// Gain of a response in dB at a frequency in Hz.
fn gain(response: &[f32], sample_rate: u32, hertz: f64) -> f64 {
    let (sin, cos) = (TAU * hertz / f64::from(sample_rate)).sin_cos();
    let (mut re, mut im) = (0.0, 0.0);
    // Horner's scheme, from the end.
    for sample in response.iter().rev() {
        (re, im) = (re * cos + im * sin + f64::from(*sample), im * cos - re * sin);
    }
    10.0 * (re * re + im * im).log10()
}

/// Butterworth's low-pass of second order at `ratio` times its corner, in dB.
fn low_pass(ratio: f64) -> f64 {
    -10.0 * (1.0 + ratio.powi(4)).log10()
}

/// The high shelf of second order without a bump at `ratio` times its corner: `A (A s² + √(2A) s + 1) / (s² + √(2A) s
/// + A)`, with `A` the square root of the gain. The low shelf is its mirror image.
fn high_shelf(decibels: f64, ratio: f64) -> f64 {
    let a = 10_f64.powf(decibels / 40.0);
    let square = ratio * ratio;
    let power = |x: f64, y: f64| (y - x * square).powi(2) + 2.0 * a * square;
    20.0 * a.log10() + 10.0 * (power(a, 1.0) / power(1.0, a)).log10()
}

/// Measures a setting at all rates against its prototype, which is a function of the frequency.
fn compare(what: &str, controls: &Controls, seconds: f64, prototype: impl Fn(f64) -> f64) {
    let mut found = [(); PROBES.len()].map(|()| [f64::INFINITY, f64::NEG_INFINITY]);
    for rate in RATES {
        let response = response(controls, rate, seconds);
        for (hertz, [least, most]) in PROBES.into_iter().zip(&mut found) {
            let (right, found) = (prototype(hertz), gain(&response, rate, hertz));
            // What is deeper down than 110 dB is a low cut's far end, where the f32 samples of the response matter.
            if right < -110.0 {
                continue;
            }
            // The bound that `chain::matched` promises.
            assert!((found - right).abs() < 0.25, "{what}, {rate} Hz: {found:.2} dB at {hertz} Hz, not {right:.2}");
            (*least, *most) = (least.min(found), most.max(found));
        }
    }
    for (hertz, [least, most]) in PROBES.into_iter().zip(found) {
        assert!(most - least < 0.5, "{what}: from {least:.2} to {most:.2} dB at {hertz} Hz");
    }
}

#[test]
fn cuts_are_those_of_the_analogue_prototype_at_every_rate() {
    // A response is measured until it is 140 dB down: 3.6 periods of the corner over the half power of its decay.
    let seconds = |corner: f64| 4.0 / corner;
    for corner in [21.0, 100.0, 500.0, 2000.0] {
        let controls = Controls { low_cut: Some(corner as f32), ..flat() };
        compare(&format!("low cut {corner}"), &controls, seconds(corner), |hertz| low_pass(corner / hertz));
    }
    for corner in [500.0, 1200.0, 3000.0, 6000.0, 10e3, 14e3, 17e3, 19.99e3] {
        let controls = Controls { high_cut: Some(corner as f32), ..flat() };
        compare(&format!("high cut {corner}"), &controls, seconds(corner), |hertz| low_pass(hertz / corner));
    }
}

#[test]
fn shelves_are_those_of_the_analogue_prototype_at_every_rate() {
    for gain in [-18.0, -9.0, -2.0, 2.0, 9.0, 18.0] {
        for corner in [30.0, 150.0, 1000.0] {
            let low_shelf = Shelving { gain: gain as f32, corner: corner as f32 };
            let controls = Controls { low_shelf, ..flat() };
            // Half an octave and more below the corner it rings the longest.
            let prototype = |hertz| high_shelf(gain, corner / hertz);
            compare(&format!("low shelf {gain} dB at {corner}"), &controls, 8.0 / corner, prototype);
        }
        for corner in [1000.0, 2500.0, 5000.0, 10e3, 16e3] {
            let high_shelf_is = Shelving { gain: gain as f32, corner: corner as f32 };
            let controls = Controls { high_shelf: high_shelf_is, ..flat() };
            let prototype = |hertz| high_shelf(gain, hertz / corner);
            compare(&format!("high shelf {gain} dB at {corner}"), &controls, 8.0 / corner, prototype);
        }
    }
}

#[test]
fn at_rates_below_44_100_hz_the_tone_is_right_up_to_nine_tenths_of_the_band() {
    // Corners above the band too: what they would do within it is done.
    for rate in [8000, 16_000, 22_050, 32_000] {
        let probes = || PROBES.into_iter().filter(move |hertz| *hertz < 0.45 * f64::from(rate));
        for corner in [500.0_f64, 3000.0, 12e3, 19.99e3] {
            let cut = response(&Controls { high_cut: Some(corner as f32), ..flat() }, rate, 0.05);
            let shelving = Shelving { gain: 12.0, corner: corner.clamp(1000.0, 16e3) as f32 };
            let shelf = response(&Controls { high_shelf: shelving, ..flat() }, rate, 0.05);
            for hertz in probes() {
                let (found, right) = (gain(&cut, rate, hertz), low_pass(hertz / corner));
                assert!((found - right).abs() < 0.25, "{rate} Hz: cut {corner} has {found} at {hertz}, not {right}");
                let right = high_shelf(12.0, hertz / f64::from(shelving.corner));
                let found = gain(&shelf, rate, hertz);
                assert!((found - right).abs() < 0.25, "{rate} Hz: shelf {corner} has {found} at {hertz}, not {right}");
            }
        }
    }
}

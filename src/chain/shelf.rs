//! Low shelf and high shelf: second order, as steep as they can be without a bump.
//!
//! A shelf is a mix of the input and the outputs of a state-variable filter (Simper, *Linear Trapezoidal State Variable
//! Filter*, 2013).

use super::cut::Side;
use super::state_variable::{Coefficients, State, warp};
use super::{Controls, Shelving, ramp::Ramp, stage::Stage};
use crate::engine::MAX_CHANNELS;
use std::f64::consts::SQRT_2;

/// A shelf that can be moved without a click.
#[derive(Debug)]
pub(super) struct Shelf {
    side: Side,
    sample_rate: f64,
    /// In dB.
    gain: Ramp,
    /// log2 of the corner in Hz.
    corner: Ramp,
    tuning: Tuning,
    states: [State; MAX_CHANNELS],
}

/// A filter, and the gains by which the input and its outputs are summed to a shelf.
#[derive(Debug, Clone, Copy)]
struct Tuning {
    coefficients: Coefficients,
    input: f64,
    band: f64,
    low: f64,
}

impl Shelf {
    /// A flat shelf, at a sample rate in Hz.
    pub fn new(side: Side, sample_rate: u32) -> Self {
        let (gain, corner) = (0.0, 10.0); // log2 of about 1 kHz; replaced before it is heard
        Self {
            side,
            sample_rate: f64::from(sample_rate),
            gain: Ramp::new(gain, sample_rate),
            corner: Ramp::new(corner, sample_rate),
            tuning: Tuning::new(side, gain, corner, f64::from(sample_rate)),
            states: Default::default(),
        }
    }

    /// Gain in dB, and log2 of the corner.
    fn targets(&self, controls: &Controls) -> (f32, f32) {
        let Shelving { gain, corner } = match self.side {
            Side::Low => controls.low_shelf,
            Side::High => controls.high_shelf,
        };
        (gain, corner.max(1.0).log2())
    }

    fn tune(&mut self) {
        self.tuning = Tuning::new(self.side, self.gain.value(), self.corner.value(), self.sample_rate);
    }
}

impl Stage for Shelf {
    fn set(&mut self, controls: &Controls) {
        let (gain, corner) = self.targets(controls);
        if self.gain.rests_at(0.0) {
            self.corner.jump(corner);
        } else {
            self.corner.set(corner);
        }
        self.gain.set(gain);
    }

    fn jump(&mut self, controls: &Controls) {
        let (gain, corner) = self.targets(controls);
        self.corner.jump(corner);
        self.gain.jump(gain);
        self.tune();
    }

    /// At a gain of 0 dB the shelf leaves every bit as it is.
    fn process(&mut self, channels: &mut [&mut [f32]], _dry: &[&[f32]]) {
        if self.gain.rests_at(0.0) {
            self.reset();
            return;
        }
        for i in 0..channels[0].len() {
            if self.gain.left().max(self.corner.left()) > 0 {
                self.gain.next();
                self.corner.next();
                // Every sample: the gains are heard at once, not through the filter's own time as the corner of a cut
                // is.
                self.tune();
            }
            let Tuning { coefficients, input, band, low } = self.tuning;
            for (channel, state) in channels.iter_mut().zip(&mut self.states) {
                let sample = f64::from(channel[i]);
                let (through_band, through_low) = state.next(sample, coefficients);
                channel[i] = (input * sample + band * through_band + low * through_low) as f32;
            }
        }
    }

    fn reset(&mut self) {
        self.states = Default::default();
    }
}

impl Tuning {
    /// The tuning for a gain in dB and a corner, given as log2 of its frequency in Hz.
    fn new(side: Side, gain: f32, corner: f32, sample_rate: f64) -> Self {
        // The square root of the gain as a factor.
        let root = 10_f64.powf(f64::from(gain) / 40.0);
        let g = warp(corner, sample_rate);
        match side {
            Side::Low => Self {
                coefficients: Coefficients::warped(g / root.sqrt()),
                input: 1.0,
                band: SQRT_2 * (root - 1.0),
                low: root * root - 1.0,
            },
            Side::High => Self {
                coefficients: Coefficients::warped(g * root.sqrt()),
                input: root * root,
                band: SQRT_2 * (1.0 - root) * root,
                low: 1.0 - root * root,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// Controls of which a shelf on either side reads these values.
    fn at(shelving: Shelving) -> Controls {
        Controls { low_shelf: shelving, high_shelf: shelving, ..Controls::default() }
    }

    /// Gain in dB of a settled sine.
    fn gain(side: Side, shelving: Shelving, frequency: f64) -> f64 {
        let mut shelf = Shelf::new(side, 48_000);
        shelf.jump(&at(shelving));
        let sine = |i: usize| (2.0 * PI * frequency * i as f64 / 48_000.0).sin() as f32;
        let mut signal: Vec<f32> = (0..96_000).map(sine).collect();
        for block in signal.chunks_mut(100) {
            shelf.process(&mut [block], &[]);
        }
        let power: f64 = signal[48_000..].iter().map(|y| f64::from(*y).powi(2)).sum();
        10.0 * (power / 24_000.0).log10()
    }

    /// The analogue shelf of second order without a bump: with `s` relative to the corner and `A` the square root of
    /// the gain, `H = A (s² + √(2A) s + A) / (A s² + √(2A) s + 1)` for lows, and mirrored for highs.
    fn analogue(decibels: f64, ratio: f64) -> f64 {
        let a = 10_f64.powf(decibels / 40.0);
        let power = |x: f64, y: f64| (y - x * ratio * ratio).powi(2) + 2.0 * a * ratio * ratio;
        20.0 * a.log10() + 10.0 * (power(1.0, a) / power(a, 1.0)).log10()
    }

    #[test]
    fn shelves_are_those_of_the_analogue_prototype() {
        for decibels in [-18.0, -6.0, 6.0, 12.0] {
            for ratio in [0.1, 0.5, 1.0, 2.0, 8.0] {
                let shelving = Shelving { gain: decibels as f32, corner: 400.0 };
                let low = gain(Side::Low, shelving, 400.0 * ratio);
                let high = gain(Side::High, shelving, 400.0 / ratio);
                let expected = analogue(decibels, ratio);
                // Below 3.2 kHz at 48 kHz the bilinear transform bends the axis by less than 1.5 %, on a slope of at
                // most 12 dB per octave: 0.26 dB.
                assert!((low - expected).abs() < 0.26, "low, {decibels} dB at {ratio}: {low}, not {expected}");
                assert!((high - expected).abs() < 0.26, "high, {decibels} dB at {ratio}: {high}, not {expected}");
            }
        }
    }

    #[test]
    fn flat_it_leaves_every_bit_as_it_is() {
        let mut shelf = Shelf::new(Side::High, 48_000);
        let mut block = [0.1f32, -0.7, 1e-30];
        shelf.process(&mut [&mut block], &[]);
        assert_eq!(block, [0.1, -0.7, 1e-30]);
    }

    #[test]
    fn moving_makes_no_step() {
        let mut shelf = Shelf::new(Side::Low, 48_000);
        let mut before = 1.0;
        for i in 0..400 {
            let gain = [0.0, 12.0, -12.0, 0.0][i / 100];
            shelf.set(&at(Shelving { gain, corner: [100.0, 2_000.0][i / 50 % 2] }));
            let mut block = [1.0f32; 64];
            shelf.process(&mut [&mut block], &[]);
            for y in block {
                // A constant goes from 12 dB to -12 dB in even steps of 24/960 dB, 0.3 % of at most 4; the moving
                // corner may add as much.
                assert!((y - before).abs() < 2.0 * 0.003 * 4.0, "{y} after {before}");
                before = y;
            }
        }
        assert_eq!(before, 1.0);
    }
}

//! White noise, and pink noise made of it.

use super::filters::{HIGHEST, OnePole};
use crate::impulse::random::Random;
use std::f64::consts::TAU;

/// Sample rate in Hz at which the white noise has a variance of 1/3.
const REFERENCE: f64 = 48_000.0;

/// White noise of the same power for each Hz at every sample rate, so that a band of it is as loud at all of them.
#[derive(Debug, Clone)]
pub(super) struct White {
    random: Random,
    scale: f64,
}

impl White {
    /// At a sample rate in Hz; the same noise for the same seed.
    pub fn new(seed: u64, rate: f64) -> Self {
        Self { random: Random::new(seed), scale: (rate / REFERENCE).sqrt() }
    }

    pub fn next(&mut self) -> f64 {
        self.scale * self.random.uniform()
    }
}

/// Frequency in Hz of the first pole; the others lie two octaves apart, and between two poles is a zero: so a fall of
/// 6 dB per octave takes turns with a plain, which is one of 3 dB per octave, within 0.1 dB. In the highest octave of a
/// sample rate it falls less, by up to 2 dB.
const FIRST: f64 = 10.0;
const APART: f64 = 4.0;
const SECTIONS: usize = 7;
/// Corner in Hz below which no room answers.
const LOWEST: f64 = 25.0;
/// Seconds of the rise.
const RISE: f64 = 0.01;
/// -20 dBFS RMS at 48 kHz.
const GAIN: f64 = 3.82;

/// A burst of pink noise: the same power for each octave.
#[derive(Debug, Clone)]
pub(super) struct Pink {
    white: White,
    low_cut: OnePole,
    sections: [Option<Section>; SECTIONS],
    at: f64,
    /// Part of the rise that a sample takes.
    step: f64,
}

/// A pole and a zero.
#[derive(Debug, Clone, Default)]
struct Section {
    gain: f64,
    pole: f64,
    zero: f64,
    input: f64,
    output: f64,
}

impl Pink {
    /// At a sample rate in Hz.
    pub fn new(rate: f64) -> Self {
        let section = |index: usize| {
            let pole = FIRST * APART.powi(index as i32);
            // Beyond what the rate has there is nothing to fall.
            (pole <= HIGHEST * rate).then(|| Section::new(pole, pole * APART.sqrt(), rate))
        };
        Self {
            white: White::new(4, rate),
            low_cut: OnePole::new(LOWEST, rate),
            sections: std::array::from_fn(section),
            at: 0.0,
            step: 1.0 / (RISE * rate),
        }
    }

    pub fn next(&mut self) -> f64 {
        let white = self.white.next();
        let pink = self.sections.iter_mut().flatten().fold(white, |sample, section| section.next(sample));
        let rise = (self.at.min(1.0) * 0.25 * TAU).sin();
        self.at += self.step;
        GAIN * rise * rise * self.low_cut.next_high(pink)
    }
}

impl Section {
    /// Of gain 1 at 0 Hz.
    fn new(pole: f64, zero: f64, rate: f64) -> Self {
        let [pole, zero] = [pole, zero].map(|frequency| (-TAU * frequency / rate).exp());
        Self { gain: (1.0 - pole) / (1.0 - zero), pole, zero, ..Self::default() }
    }

    fn next(&mut self, input: f64) -> f64 {
        self.output = self.gain * (input - self.zero * self.input) + self.pole * self.output;
        self.input = input;
        self.output
    }
}

//! Short signals that show where the echoes of a room are: the click and the snare.

use super::filters::{Mode, OnePole};
use super::noise::White;

/// Frequencies in Hz, amplitudes and decays in seconds of a click, like that of two pieces of wood.
const CLICK: [(f64, f64, f64); 3] = [(1_100.0, 0.21, 0.006), (2_700.0, 0.21, 0.0035), (5_600.0, 0.21, 0.0018)];

/// A click.
#[derive(Debug, Clone)]
pub(super) struct Click {
    modes: [Mode; 3],
}

impl Click {
    /// At a sample rate in Hz.
    pub fn new(rate: f64) -> Self {
        Self { modes: CLICK.map(|(frequency, amplitude, time)| Mode::new(frequency, amplitude, time, rate)) }
    }

    pub fn next(&mut self) -> f64 {
        self.modes.iter_mut().map(Mode::next).sum()
    }
}

/// The drum head, likewise.
const HEAD: [(f64, f64, f64); 2] = [(182.0, 0.18, 0.06), (331.0, 0.12, 0.035)];
/// The band of the wires in Hz.
const WIRES: [f64; 2] = [1_500.0, 9_000.0];
/// Amplitudes and decays in seconds of the wires: they are hit, and then they buzz.
const HIT: (f64, f64) = (0.24, 0.012);
const BUZZ: (f64, f64) = (0.21, 0.07);
/// Seconds in which the wires begin.
const RISE: f64 = 0.0005;

/// A hit of a snare drum.
#[derive(Debug, Clone)]
pub(super) struct Snare {
    head: [Mode; 2],
    white: White,
    low_cut: OnePole,
    high_cut: OnePole,
    /// Levels of hit, buzz and rise, and their factors from a sample to the next.
    levels: [f64; 3],
    decays: [f64; 3],
}

impl Snare {
    /// At a sample rate in Hz.
    pub fn new(rate: f64) -> Self {
        Self {
            head: HEAD.map(|(frequency, amplitude, time)| Mode::new(frequency, amplitude, time, rate)),
            white: White::new(2, rate),
            low_cut: OnePole::new(WIRES[0], rate),
            high_cut: OnePole::new(WIRES[1], rate),
            levels: [HIT.0, BUZZ.0, 1.0],
            decays: [HIT.1, BUZZ.1, RISE].map(|time| (-1.0 / (time * rate)).exp()),
        }
    }

    pub fn next(&mut self) -> f64 {
        let [hit, buzz, below] = self.levels;
        let wires = self.high_cut.next(self.low_cut.next_high(self.white.next()));
        for (level, decay) in self.levels.iter_mut().zip(self.decays) {
            *level *= decay;
        }
        self.head.iter_mut().map(Mode::next).sum::<f64>() + wires * (hit + buzz) * (1.0 - below)
    }
}

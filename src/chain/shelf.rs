//! Low shelf and high shelf: second order, as steep as they can be without a bump.

use super::cut::Side;
use super::filter::{Filter, GRID};
use super::matched::Designer;
use super::state_variable::Tuning;
use super::{Controls, Shelving, ramp::Ramp, stage::Stage};

/// A shelf that can be moved without a click.
#[derive(Debug)]
pub(super) struct Shelf {
    side: Side,
    designer: Designer,
    /// In dB.
    gain: Ramp,
    /// log2 of the corner in Hz.
    corner: Ramp,
    filter: Filter,
}

impl Shelf {
    /// A flat shelf, for so many channels, at a sample rate in Hz. Allocates.
    pub fn new(side: Side, channels: usize, sample_rate: u32) -> Self {
        let (gain, corner) = (0.0, 10.0); // log2 of about 1 kHz; replaced before it is heard
        let designer = Designer::new(sample_rate);
        Self {
            side,
            designer,
            gain: Ramp::new(gain, sample_rate),
            corner: Ramp::new(corner, sample_rate),
            filter: Filter::new(designed(designer, side, gain, corner), channels),
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

    fn designed(&self) -> Tuning {
        designed(self.designer, self.side, self.gain.value(), self.corner.value())
    }

    /// True if it rests at 0 dB.
    fn is_flat(&self) -> bool {
        self.gain.rests_at(0.0) && self.filter.rests()
    }
}

/// The shelf with a gain in dB and a corner, given as log2 of its frequency in Hz.
fn designed(designer: Designer, side: Side, gain: f32, corner: f32) -> Tuning {
    match side {
        Side::Low => designer.low_shelf(gain, corner),
        Side::High => designer.high_shelf(gain, corner),
    }
}

impl Stage for Shelf {
    fn set(&mut self, controls: &Controls) {
        let (gain, corner) = self.targets(controls);
        if self.is_flat() {
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
        self.filter.jump(self.designed());
    }

    /// At a gain of 0 dB the shelf leaves every bit as it is.
    fn process(&mut self, channels: &mut [&mut [f32]], _dry: &[&[f32]]) {
        if self.is_flat() {
            self.reset();
            return;
        }
        for i in 0..channels[0].len() {
            let left = self.gain.left().max(self.corner.left());
            if left > 0 {
                self.gain.next();
                self.corner.next();
                if left.is_multiple_of(GRID) || left == 1 {
                    self.filter.set(self.designed());
                }
            }
            self.filter.advance();
            for (index, channel) in channels.iter_mut().enumerate() {
                channel[i] = self.filter.next(index, f64::from(channel[i])) as f32;
            }
        }
    }

    fn reset(&mut self) {
        self.filter.reset();
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
        let mut shelf = Shelf::new(side, 1, 48_000);
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
                // Both are right to 0.1 dB by design.
                assert!((low - expected).abs() < 0.1, "low, {decibels} dB at {ratio}: {low}, not {expected}");
                assert!((high - expected).abs() < 0.1, "high, {decibels} dB at {ratio}: {high}, not {expected}");
            }
        }
    }

    #[test]
    fn flat_it_leaves_every_bit_as_it_is() {
        let mut shelf = Shelf::new(Side::High, 1, 48_000);
        let mut block = [0.1f32, -0.7, 1e-30];
        shelf.process(&mut [&mut block], &[]);
        assert_eq!(block, [0.1, -0.7, 1e-30]);
    }

    #[test]
    fn moving_makes_no_step() {
        let mut shelf = Shelf::new(Side::Low, 1, 48_000);
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

//! Low cut and high cut: Butterworth filters of second order, 12 dB per octave.

use super::filter::{Filter, GRID};
use super::matched::Designer;
use super::state_variable::Tuning;
use super::{Controls, ramp::Ramp, stage::Stage};

/// The side of a corner on which a filter works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Below the corner.
    Low,
    /// Above the corner.
    High,
}

/// A cut that can be switched and moved without a click.
#[derive(Debug)]
pub(super) struct Cut {
    side: Side,
    designer: Designer,
    /// 0 is off, 1 is on.
    amount: Ramp,
    /// log2 of the corner in Hz.
    corner: Ramp,
    filter: Filter,
}

impl Cut {
    /// A cut that is off, for so many channels, at a sample rate in Hz. Allocates.
    pub fn new(side: Side, channels: usize, sample_rate: u32) -> Self {
        let corner = 10.0; // log2 of about 1 kHz; replaced before it is heard
        let designer = Designer::new(sample_rate);
        Self {
            side,
            designer,
            amount: Ramp::new(0.0, sample_rate),
            corner: Ramp::new(corner, sample_rate),
            filter: Filter::new(designed(designer, side, corner), channels),
        }
    }

    /// Amount, and log2 of the corner unless the cut is to be off: then the corner stays where it is.
    fn targets(&self, controls: &Controls) -> (f32, Option<f32>) {
        let corner = match self.side {
            Side::Low => controls.low_cut,
            Side::High => controls.high_cut,
        };
        (if corner.is_some() { 1.0 } else { 0.0 }, corner.map(|corner| corner.max(1.0).log2()))
    }

    fn jump_corner(&mut self, corner: f32) {
        self.corner.jump(corner);
        self.filter.jump(designed(self.designer, self.side, corner));
    }
}

/// The filter with a corner, given as log2 of its frequency in Hz.
fn designed(designer: Designer, side: Side, corner: f32) -> Tuning {
    match side {
        Side::Low => designer.high_pass(corner),
        Side::High => designer.low_pass(corner),
    }
}

impl Stage for Cut {
    fn set(&mut self, controls: &Controls) {
        let (amount, corner) = self.targets(controls);
        if let Some(corner) = corner {
            if self.amount.rests_at(0.0) { self.jump_corner(corner) } else { self.corner.set(corner) }
        }
        self.amount.set(amount);
    }

    fn jump(&mut self, controls: &Controls) {
        let (amount, corner) = self.targets(controls);
        if let Some(corner) = corner {
            self.jump_corner(corner);
        }
        self.amount.jump(amount);
    }

    /// Switched off, the cut leaves every bit as it is.
    fn process(&mut self, channels: &mut [&mut [f32]], _dry: &[&[f32]]) {
        if self.amount.rests_at(0.0) {
            self.reset();
            return;
        }
        for i in 0..channels[0].len() {
            let left = self.corner.left();
            if left > 0 {
                let corner = self.corner.next();
                if left.is_multiple_of(GRID) || left == 1 {
                    self.filter.set(designed(self.designer, self.side, corner));
                }
            }
            self.filter.advance();
            let amount = self.amount.next();
            for (index, channel) in channels.iter_mut().enumerate() {
                let sample = &mut channel[i];
                let passed = self.filter.next(index, f64::from(*sample)) as f32;
                *sample = if amount == 1.0 { passed } else { *sample + amount * (passed - *sample) };
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

    /// Controls of which a cut on either side reads this corner.
    fn at(corner: Option<f32>) -> Controls {
        Controls { low_cut: corner, high_cut: corner, ..Controls::default() }
    }

    /// Gain in dB of a settled sine.
    fn gain(side: Side, corner: f32, frequency: f64) -> f64 {
        let mut cut = Cut::new(side, 1, 48_000);
        cut.jump(&at(Some(corner)));
        let sine = |i: usize| (2.0 * PI * frequency * i as f64 / 48_000.0).sin() as f32;
        let mut signal: Vec<f32> = (0..96_000).map(sine).collect();
        for block in signal.chunks_mut(100) {
            cut.process(&mut [block], &[]);
        }
        let power: f64 = signal[48_000..].iter().map(|y| f64::from(*y).powi(2)).sum();
        10.0 * (power / 24_000.0).log10()
    }

    #[test]
    fn corners_are_3_db_down_and_slopes_12_db_per_octave() {
        // Butterworth: |H|² = 1 / (1 + r⁴), r the octaves' ratio beyond the corner; the design is right to 0.1 dB.
        for (beyond, expected) in [(1.0f64, -3.0103), (2.0, -12.3045), (4.0, -24.0993), (0.25, -0.0169)] {
            let low = gain(Side::Low, 400.0, 400.0 / beyond);
            assert!((low - expected).abs() < 0.1, "low cut {beyond} beyond the corner: {low}");
            let high = gain(Side::High, 400.0, 400.0 * beyond);
            assert!((high - expected).abs() < 0.1, "high cut {beyond} beyond the corner: {high}");
        }
    }

    #[test]
    fn off_it_leaves_every_bit_as_it_is() {
        let mut cut = Cut::new(Side::Low, 1, 48_000);
        let mut block = [0.1f32, -0.7, 1e-30];
        cut.process(&mut [&mut block], &[]);
        assert_eq!(block, [0.1, -0.7, 1e-30]);
    }

    #[test]
    fn switching_and_moving_make_no_step() {
        let mut cut = Cut::new(Side::Low, 1, 48_000);
        let mut before = 1.0;
        for i in 0..400 {
            cut.set(&at([None, Some(20.0), Some(2_000.0), None][i / 100]));
            let mut block = [1.0f32; 64];
            cut.process(&mut [&mut block], &[]);
            for y in block {
                // A constant passes or not within the ramp of 960 samples, and a 2 kHz filter answers a step within
                // 1/(2π · 2 kHz), 4 samples: what moves by 1/960 per sample stays far below 1/100.
                assert!((y - before).abs() < 0.01, "{y} after {before}");
                before = y;
            }
        }
        assert_eq!(before, 1.0);
    }

    #[test]
    fn it_falls_silent_and_forgets_what_is_not_finite() {
        let mut cut = Cut::new(Side::High, 1, 48_000);
        cut.jump(&at(Some(100.0)));
        cut.process(&mut [&mut [1.0, f32::INFINITY][..]], &[]);
        let mut silence = vec![0.0f32; 96_000];
        for block in silence.chunks_mut(64) {
            cut.process(&mut [block], &[]);
        }
        assert!(silence.iter().all(|y| y.is_finite() && !y.is_subnormal()));
        assert_eq!(silence.last(), Some(&0.0));
    }
}

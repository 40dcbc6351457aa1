//! The stereo width of the wet signal.

use super::{Controls, ramp::Ramp, stage::Stage};

/// Scales the difference of left and right, in each pair of channels that are that to each other. Others pass
/// untouched.
#[derive(Debug)]
pub(super) struct Width {
    pairs: &'static [(usize, usize)],
    factor: Ramp,
}

impl Width {
    /// A width of 1, at a sample rate in Hz.
    pub fn new(pairs: &'static [(usize, usize)], sample_rate: u32) -> Self {
        Self { pairs, factor: Ramp::new(1.0, sample_rate) }
    }
}

impl Stage for Width {
    fn set(&mut self, controls: &Controls) {
        self.factor.set(controls.width);
    }

    fn jump(&mut self, controls: &Controls) {
        self.factor.jump(controls.width);
    }

    /// At a width of 1 every bit stays as it is.
    fn process(&mut self, channels: &mut [&mut [f32]], _dry: &[&[f32]]) {
        if self.pairs.is_empty() || self.factor.rests_at(1.0) {
            return;
        }
        for i in 0..channels[0].len() {
            let factor = self.factor.next();
            for &(left, right) in self.pairs {
                let (l, r) = (channels[left][i], channels[right][i]);
                let (middle, side) = (0.5 * (l + r), 0.5 * (l - r) * factor);
                (channels[left][i], channels[right][i]) = (middle + side, middle - side);
            }
        }
    }
}

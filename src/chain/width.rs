//! The stereo width of the wet signal.

use super::{Controls, ramp::Ramp, stage::Stage};

/// Scales the difference of left and right. Anything but two channels passes untouched.
#[derive(Debug)]
pub(super) struct Width {
    factor: Ramp,
}

impl Width {
    /// A width of 1, at a sample rate in Hz.
    pub fn new(sample_rate: u32) -> Self {
        Self { factor: Ramp::new(1.0, sample_rate) }
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
        let [left, right] = channels else { return };
        if self.factor.rests_at(1.0) {
            return;
        }
        for (left, right) in left.iter_mut().zip(right.iter_mut()) {
            let (middle, side) = (0.5 * (*left + *right), 0.5 * (*left - *right) * self.factor.next());
            (*left, *right) = (middle + side, middle - side);
        }
    }
}

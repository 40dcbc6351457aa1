//! A number that moves to its target in a straight line, counted in samples.

/// Seconds that every control takes to a new value.
const SECONDS: f32 = 0.02;

/// A control on its way to its target. The way is counted in samples, so that the result does not depend on block
/// sizes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ramp {
    value: f32,
    target: f32,
    /// Samples until the target is reached.
    left: usize,
    /// Samples of a whole way.
    len: usize,
}

impl Ramp {
    /// A ramp at rest at `value`, at a sample rate in Hz.
    pub fn new(value: f32, sample_rate: u32) -> Self {
        Self { value, target: value, left: 0, len: (SECONDS * sample_rate as f32).max(1.0) as usize }
    }

    /// Moves towards `target` from the present value.
    pub fn set(&mut self, target: f32) {
        if target != self.target {
            self.target = target;
            self.left = self.len;
        }
    }

    /// Rests at `target` at once.
    pub fn jump(&mut self, target: f32) {
        (self.value, self.target, self.left) = (target, target, 0);
    }

    /// The value for the next sample.
    #[inline]
    pub fn next(&mut self) -> f32 {
        if self.left > 0 {
            self.value += (self.target - self.value) / self.left as f32;
            self.left -= 1;
            if self.left == 0 {
                self.value = self.target; // what rounding has left
            }
        }
        self.value
    }

    /// The present value.
    pub fn value(&self) -> f32 {
        self.value
    }

    /// Samples until the target is reached; 0 at rest.
    pub fn left(&self) -> usize {
        self.left
    }

    /// True if the ramp rests at `value`.
    pub fn rests_at(&self, value: f32) -> bool {
        self.left == 0 && self.value == value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reaches_its_target_exactly_and_in_even_steps() {
        let mut ramp = Ramp::new(0.3, 48_000);
        ramp.set(1.7);
        let mut before = 0.3;
        for _ in 0..960 {
            let value = ramp.next();
            // 1.4 / 960, and the rounding of a value below 2.
            assert!((value - before - 1.4 / 960.0).abs() < 1e-5, "{value} after {before}");
            before = value;
        }
        assert!(ramp.rests_at(1.7));
        assert_eq!(ramp.next(), 1.7);
        // From a large value to a small one the last step alone would leave a rounding behind.
        for (from, to) in [(4.0, 0.001), (3.98, 0.3), (0.1, 2e-7)] {
            let mut ramp = Ramp::new(from, 48_000);
            ramp.set(to);
            for _ in 0..960 {
                ramp.next();
            }
            assert!(ramp.rests_at(to), "{from} to {to}");
        }
    }
}

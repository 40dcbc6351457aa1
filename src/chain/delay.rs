//! The pre-delay.

use super::ramp::Ramp;

/// A delay of whole samples. A change of length cross-fades from the old tap to the new one.
#[derive(Debug)]
pub(super) struct Delay {
    rings: Vec<Vec<f32>>,
    /// Samples since the last reset: what is older is silence, and need not be cleared.
    written: usize,
    from: usize,
    to: usize,
    /// The length to go to next, once the fade that is running has ended.
    wanted: usize,
    /// 0 at the old tap, 1 at the new one.
    fade: Ramp,
}

impl Delay {
    /// For up to `longest` samples. Allocates.
    pub fn new(inputs: usize, longest: usize, sample_rate: u32) -> Self {
        let rings = vec![vec![0.0; (longest + 1).next_power_of_two()]; inputs];
        Self { rings, written: 0, from: 0, to: 0, wanted: 0, fade: Ramp::new(1.0, sample_rate) }
    }

    /// Goes to a new length; while a fade is running the change waits for its end.
    pub fn set(&mut self, samples: usize) {
        self.wanted = samples.min(self.rings[0].len() - 1);
    }

    /// Has a length at once.
    pub fn jump(&mut self, samples: usize) {
        self.set(samples);
        self.to = self.wanted;
        self.fade.jump(1.0);
    }

    /// The longer of the taps that sound.
    pub fn longest(&self) -> usize {
        if self.fade.left() == 0 { self.to } else { self.from.max(self.to) }
    }

    /// Delays every channel in place.
    pub fn process(&mut self, channels: &mut [&mut [f32]]) {
        for i in 0..channels[0].len() {
            if self.fade.left() == 0 && self.wanted != self.to {
                (self.from, self.to) = (self.to, self.wanted);
                self.fade.jump(0.0);
                self.fade.set(1.0);
            }
            let new = if self.fade.left() == 0 { 1.0 } else { self.fade.next() };
            let now = self.written;
            for (channel, ring) in channels.iter_mut().zip(&mut self.rings) {
                let mask = ring.len() - 1;
                ring[now & mask] = channel[i];
                let tap = |delay| if delay > now { 0.0 } else { ring[(now - delay) & mask] };
                let to = tap(self.to);
                channel[i] = if new == 1.0 { to } else { tap(self.from) + (to - tap(self.from)) * new };
            }
            self.written += 1;
        }
    }

    /// Silences the past. Real-time safe.
    pub fn reset(&mut self) {
        self.written = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_exact_and_a_reset_silences_it() {
        let mut delay = Delay::new(1, 1_000, 48_000);
        delay.jump(100);
        for _ in 0..2 {
            let mut signal: Vec<f32> = (1..=3_000).map(|i| i as f32).collect();
            for block in signal.chunks_mut(17) {
                delay.process(&mut [block]);
            }
            assert!(signal[..100].iter().all(|y| *y == 0.0));
            assert!(signal[100..].iter().enumerate().all(|(i, y)| *y == (i + 1) as f32));
            delay.reset();
        }
    }

    #[test]
    fn a_change_of_length_steps_no_more_than_the_fade() {
        let mut delay = Delay::new(1, 24_000, 48_000);
        delay.jump(0);
        let mut before = None;
        for i in 0..200 {
            delay.set([0, 24_000, 480][i / 70]);
            let mut block = [1.0f32; 64];
            delay.process(&mut [&mut block]);
            for y in block {
                // A constant signal moves between 0 and 1 in 960 samples.
                assert!((y - before.unwrap_or(1.0)).abs() < 1.1 / 960.0, "{y} after {before:?}");
                before = Some(y);
            }
        }
    }
}

//! The pre-delay.

use super::{Controls, MAX_PREDELAY, ramp::Ramp, stage::Stage};

/// A delay of whole samples. A change of its length cross-fades from the old tap to the new one.
#[derive(Debug)]
pub(super) struct Delay {
    sample_rate: f32,
    /// The last samples of each channel.
    rings: Vec<Vec<f32>>,
    /// Samples since the last reset. A tap that lies before the reset is silent, so that no ring has to be cleared.
    written: usize,
    /// Length of the old tap in samples.
    from: usize,
    /// Length of the new tap in samples.
    to: usize,
    /// Length to go to once the fade that is running has ended.
    wanted: usize,
    /// 0 at the old tap, 1 at the new one.
    fade: Ramp,
}

impl Delay {
    /// A delay of up to [`MAX_PREDELAY`] for so many channels, at a sample rate in Hz. Allocates.
    pub fn new(channels: usize, sample_rate: u32) -> Self {
        let longest = (MAX_PREDELAY * sample_rate as f32).ceil() as usize;
        let rings = vec![vec![0.0; (longest + 1).next_power_of_two()]; channels];
        let fade = Ramp::new(1.0, sample_rate);
        Self { sample_rate: sample_rate as f32, rings, written: 0, from: 0, to: 0, wanted: 0, fade }
    }

    /// Does what [`Stage::process`] does sample by sample, while the length does not change.
    fn copy(&mut self, channels: &mut [&mut [f32]]) {
        let (now, frames) = (self.written, channels[0].len());
        for (channel, ring) in channels.iter_mut().zip(&mut self.rings) {
            let at = now & (ring.len() - 1);
            let (first, rest) = channel.split_at(frames.min(ring.len() - at));
            ring[at..at + first.len()].copy_from_slice(first);
            ring[..rest.len()].copy_from_slice(rest);
            if self.to > 0 {
                let (silent, heard) = channel.split_at_mut(self.to.saturating_sub(now).min(frames));
                silent.fill(0.0);
                let at = (now + silent.len()).wrapping_sub(self.to) & (ring.len() - 1);
                let (first, rest) = heard.split_at_mut(heard.len().min(ring.len() - at));
                first.copy_from_slice(&ring[at..at + first.len()]);
                rest.copy_from_slice(&ring[..rest.len()]);
            }
        }
        self.written += frames;
    }

    /// Length in samples that the controls ask for.
    fn target(&self, controls: &Controls) -> usize {
        (controls.predelay.clamp(0.0, MAX_PREDELAY) * self.sample_rate).round() as usize
    }
}

impl Stage for Delay {
    /// While a fade is running, the change waits for its end.
    fn set(&mut self, controls: &Controls) {
        self.wanted = self.target(controls);
    }

    fn jump(&mut self, controls: &Controls) {
        self.set(controls);
        self.to = self.wanted;
        self.fade.jump(1.0);
    }

    fn process(&mut self, channels: &mut [&mut [f32]], _dry: &[&[f32]]) {
        let is_resting = self.fade.left() == 0 && self.wanted == self.to;
        // The tap must not meet samples that this block has overwritten.
        if is_resting && self.to + channels[0].len() <= self.rings[0].len() {
            return self.copy(channels);
        }
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

    fn reset(&mut self) {
        self.written = 0;
    }

    /// The longest of the length asked for and of the taps that sound.
    fn tail(&self, controls: &Controls) -> usize {
        let sounding = if self.fade.left() == 0 { self.to } else { self.from.max(self.to) };
        self.target(controls).max(sounding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Controls with a pre-delay of so many samples at 48 kHz.
    fn at(samples: usize) -> Controls {
        Controls { predelay: samples as f32 / 48_000.0, ..Controls::default() }
    }

    #[test]
    fn a_delay_is_exact_and_a_reset_silences_it() {
        let mut delay = Delay::new(1, 48_000);
        delay.jump(&at(100));
        for _ in 0..2 {
            let mut signal: Vec<f32> = (1..=3_000).map(|i| i as f32).collect();
            for block in signal.chunks_mut(17) {
                delay.process(&mut [block], &[]);
            }
            assert!(signal[..100].iter().all(|y| *y == 0.0));
            assert!(signal[100..].iter().enumerate().all(|(i, y)| *y == (i + 1) as f32));
            delay.reset();
        }
    }

    #[test]
    fn blocks_and_single_samples_are_delayed_alike_around_the_rings_end() {
        let longest = (MAX_PREDELAY * 48_000.0) as usize;
        for samples in [0, 1, 255, 4_097, longest - 1, longest] {
            let signal: Vec<f32> = (1..=3 * longest).map(|i| i as f32).collect();
            for block in [1, 63, 256] {
                let mut delay = Delay::new(1, 48_000);
                delay.jump(&at(samples));
                let mut delayed = signal.clone();
                delayed.chunks_mut(block).for_each(|block| delay.process(&mut [block], &[]));
                assert!(delayed[..samples].iter().all(|y| *y == 0.0), "{samples} samples");
                assert!(delayed[samples..] == signal[..signal.len() - samples], "{samples} samples");
            }
        }
    }

    #[test]
    fn a_change_of_length_steps_no_more_than_the_fade() {
        let mut delay = Delay::new(1, 48_000);
        delay.jump(&at(0));
        let mut before = None;
        for i in 0..200 {
            delay.set(&at([0, 24_000, 480][i / 70]));
            let mut block = [1.0f32; 64];
            delay.process(&mut [&mut block], &[]);
            for y in block {
                // A constant signal moves between 0 and 1 in 960 samples.
                assert!((y - before.unwrap_or(1.0)).abs() < 1.1 / 960.0, "{y} after {before:?}");
                before = Some(y);
            }
        }
    }
}

//! The pre-delay.
//!
//! A small change of its length moves the tap: it glides, between two samples it is interpolated, and the sound keeps
//! its power whatever its spectrum. A cross-fade of two taps so close to each other would comb, and what is faded
//! linearly loses up to 3 dB of noise. A tap that would move faster than [`FASTEST`] changes the pitch too much. Then
//! the old tap and the new one are cross-faded by sine and cosine, because at that distance they have nothing in
//! common.
//!
//! A point goes to the new length in a straight line over the time of a ramp, and the tap is where that point was in
//! the mean over as long a time. So the tap sets out and arrives without a jerk, is never faster than the point, and
//! never beyond where that has been, however often the length changes on the way.

use super::{Controls, MAX_PREDELAY, ramp::Ramp, stage::Stage};
use std::f32::consts::FRAC_PI_2;

/// Samples that a tap moves at most in one sample: two semitones.
const FASTEST: f64 = 0.125;

/// Samples between which a tap is interpolated.
const POINTS: usize = 8;

/// A delay of whole samples, and of parts of a sample while its length changes.
#[derive(Debug)]
pub(super) struct Delay {
    sample_rate: f32,
    /// The last samples of each channel.
    rings: Vec<Vec<f32>>,
    /// Samples since the last reset. A tap that lies before the reset is silent, so that no ring has to be cleared.
    written: usize,
    /// Length of the tap that fades out, in samples.
    from: f64,
    /// Present length in samples.
    at: f64,
    /// Length in samples to which it glides.
    to: usize,
    /// The point that goes there in a straight line, and where it was in the last samples: as many as its way has. The
    /// present length is their mean.
    point: f64,
    points: Vec<f64>,
    /// Index of the oldest of these, and their sum.
    oldest: usize,
    sum: f64,
    /// Samples until the tap is there. The point is, when half of the whole way is left.
    left: usize,
    /// Length that the controls ask for, in samples. A change of it waits for the end of a fade.
    wanted: usize,
    /// 0 at the old tap, 1 at the present one.
    fade: Ramp,
}

/// Weights of so many samples for a place between them, counted from the first: Lagrange's polynomial. At a sample's
/// own place it is that sample alone.
fn weights(place: f64) -> [f32; POINTS] {
    let distances: [f64; POINTS] = std::array::from_fn(|point| place - point as f64);
    // Products of the distances before each one and of those behind it.
    let (mut before, mut behind) = ([1.0; POINTS], [1.0; POINTS]);
    for one in 1..POINTS {
        before[one] = before[one - 1] * distances[one - 1];
        behind[POINTS - 1 - one] = behind[POINTS - one] * distances[POINTS - one];
    }
    std::array::from_fn(|one| (before[one] * behind[one] * SCALES[one]) as f32)
}

/// One over the product of the distances of a sample from all others: `(-1)^(7-n) n! (7-n)!` of the `n`-th.
const SCALES: [f64; POINTS] =
    [-1.0 / 5040.0, 1.0 / 720.0, -1.0 / 240.0, 1.0 / 144.0, -1.0 / 144.0, 1.0 / 240.0, -1.0 / 720.0, 1.0 / 5040.0];

/// A tap of some length in samples: the delay of its latest sample, and the weights from there backwards.
struct Tap {
    latest: usize,
    weights: [f32; POINTS],
}

impl Tap {
    /// In the middle between its samples; at the very beginning, where what is to come is not known, beside it.
    fn new(length: f64) -> Self {
        let latest = (length as usize).saturating_sub(POINTS / 2 - 1);
        Self { latest, weights: weights(length - latest as f64) }
    }

    /// The sample that the tap hears at a time in samples since the reset.
    fn read(&self, ring: &[f32], now: usize) -> f32 {
        let sample = |delay: usize| if delay > now { 0.0 } else { ring[(now - delay) & (ring.len() - 1)] };
        self.weights.iter().enumerate().map(|(point, weight)| weight * sample(self.latest + point)).sum()
    }
}

impl Delay {
    /// A delay of up to [`MAX_PREDELAY`] for so many channels, at a sample rate in Hz. Allocates.
    pub fn new(channels: usize, sample_rate: u32) -> Self {
        let longest = (MAX_PREDELAY * sample_rate as f32).ceil() as usize;
        let rings = vec![vec![0.0; (longest + POINTS).next_power_of_two()]; channels];
        let mut fade = Ramp::new(0.0, sample_rate);
        fade.set(1.0);
        let points = vec![0.0; fade.left()];
        fade.jump(1.0);
        let sample_rate = sample_rate as f32;
        Self {
            sample_rate,
            rings,
            written: 0,
            from: 0.0,
            at: 0.0,
            to: 0,
            point: 0.0,
            points,
            oldest: 0,
            sum: 0.0,
            left: 0,
            wanted: 0,
            fade,
        }
    }

    /// Sets out for the length that is wanted.
    fn depart(&mut self) {
        self.to = self.wanted;
        let way = self.points.len();
        if (self.to as f64 - self.point).abs() <= FASTEST * way as f64 {
            self.left = 2 * way;
        } else {
            self.from = self.at;
            self.rest();
            self.fade.jump(0.0);
            self.fade.set(1.0);
        }
    }

    /// Is where it goes.
    fn rest(&mut self) {
        (self.point, self.at, self.left) = (self.to as f64, self.to as f64, 0);
        self.points.fill(self.point);
        self.sum = self.point * self.points.len() as f64;
    }

    /// Moves on by a sample.
    fn glide(&mut self) {
        if self.left == 0 {
            return;
        }
        let way = self.points.len();
        if self.left > way {
            self.point += (self.to as f64 - self.point) / (self.left - way) as f64;
        } else {
            self.point = self.to as f64; // what rounding has left
        }
        self.sum += self.point - self.points[self.oldest];
        self.points[self.oldest] = self.point;
        self.oldest = (self.oldest + 1) % way;
        self.left -= 1;
        self.at = self.sum / way as f64;
        if self.left == 0 {
            self.rest();
        }
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
        self.rest();
        self.fade.jump(1.0);
    }

    fn process(&mut self, channels: &mut [&mut [f32]], _dry: &[&[f32]]) {
        let is_resting = self.fade.left() == 0 && self.left == 0 && self.wanted == self.to;
        // The tap must not meet samples that this block has overwritten.
        if is_resting && self.to + channels[0].len() <= self.rings[0].len() {
            return self.copy(channels);
        }
        for i in 0..channels[0].len() {
            if self.fade.left() == 0 && self.wanted != self.to {
                self.depart();
            }
            self.glide();
            let (new, old) = if self.fade.left() == 0 {
                (1.0, None)
            } else {
                let angle = FRAC_PI_2 * self.fade.next();
                (angle.sin(), Some((angle.cos(), Tap::new(self.from))))
            };
            let (now, present) = (self.written, Tap::new(self.at));
            for (channel, ring) in channels.iter_mut().zip(&mut self.rings) {
                let mask = ring.len() - 1;
                ring[now & mask] = channel[i];
                let faded = old.as_ref().map_or(0.0, |(gain, old)| gain * old.read(ring, now));
                channel[i] = new * present.read(ring, now) + faded;
            }
            self.written += 1;
        }
    }

    fn reset(&mut self) {
        self.written = 0;
    }

    /// The longest of the length asked for and of the taps that sound.
    fn tail(&self, controls: &Controls) -> usize {
        let sounding = if self.fade.left() == 0 { self.at } else { self.from.max(self.at) };
        // The last sample of the input is heard until no tap that is interpolated reaches it.
        let reach = if sounding.fract() == 0.0 { sounding as usize } else { sounding as usize + POINTS / 2 };
        self.target(controls).max(reach)
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

    /// A length that is moved in every block, on seeded pink noise: power after it relative to that before it, in dB,
    /// in each of some stretches of time. `at` gives the length in samples at a time in seconds.
    fn levels(at: impl Fn(f64) -> f64, stretches: usize) -> Vec<f64> {
        let (block, seconds, seeds) = (64, 2.0, 24);
        let frames = (seconds * 48_000.0) as usize / block * block;
        let mut powers = vec![[0.0, 0.0]; stretches];
        for seed in 0..seeds {
            let mut state = 0x9e37_79b9_u64 * (seed + 1);
            let mut poles = [0.0_f64; 4];
            // White noise behind four poles a factor of 6 apart: nearly pink from 30 Hz on.
            let mut pink = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let white = (state >> 40) as f64 / f64::from(1 << 24) - 0.5;
                let corners = [0.004, 0.025, 0.15, 0.8];
                poles
                    .iter_mut()
                    .zip(corners)
                    .map(|(pole, corner)| {
                        *pole += corner * (white - *pole);
                        *pole / f64::sqrt(corner)
                    })
                    .sum::<f64>() as f32
            };
            let mut delay = Delay::new(1, 48_000);
            delay.jump(&Controls { predelay: at(0.0) as f32 / 48_000.0, ..Controls::default() });
            // Heard from the beginning, at any length.
            let mut warm: Vec<f32> = (0..24_064).map(|_| pink()).collect();
            delay.process(&mut [&mut warm], &[]);
            for start in (0..frames).step_by(block) {
                delay.set(&Controls { predelay: at(start as f64 / 48_000.0) as f32 / 48_000.0, ..Controls::default() });
                let mut signal: Vec<f32> = (0..block).map(|_| pink()).collect();
                let power = |signal: &[f32]| signal.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
                let sums = &mut powers[start * stretches / frames];
                sums[0] += power(&signal);
                delay.process(&mut [&mut signal], &[]);
                sums[1] += power(&signal);
            }
        }
        powers.into_iter().map(|[before, after]| 10.0 * (after / before).log10()).collect()
    }

    #[test]
    fn a_length_that_moves_keeps_the_level() {
        type Motion = (&'static str, fn(f64) -> f64);
        let motions: [Motion; 4] = [
            ("0 to 100 ms in 2 s", |t| 2_400.0 * t),
            ("100 ms to 0 in 2 s", |t| 4_800.0 - 2_400.0 * t),
            ("0 to 500 ms in 2 s, faster than it glides", |t| 12_000.0 * t),
            ("5 ms to 6 ms and back, five times a second", |t| 264.0 + 24.0 * (10.0 * std::f64::consts::PI * t).sin()),
        ];
        for (what, at) in motions {
            let levels = levels(at, 8);
            let (least, most) =
                levels.iter().fold((0.0_f64, 0.0_f64), |(least, most), x| (least.min(*x), most.max(*x)));
            println!("{what}: {least:+.2} to {most:+.2} dB");
            // Noise in a quarter of a second, 24 times, has its own power to within 0.1 dB; with another part of it
            // before than after the delay.
            assert!(least > -0.5 && most < 0.5, "{what}: {levels:.2?}");
        }
    }

    #[test]
    fn a_glide_is_the_sound_at_another_pitch_and_nothing_else() {
        // 1 kHz while the length grows by 1 ms in 40 ms: the mean of a straight line of 20 ms over 20 ms. After that it
        // is the delayed sound again.
        let tone = |at: f64| (std::f64::consts::TAU * at / 48.0).sin();
        let mut delay = Delay::new(1, 48_000);
        delay.jump(&at(100));
        let mut signal: Vec<f32> = (0..4_000).map(|n| tone(f64::from(n)) as f32).collect();
        let (before, after) = signal.split_at_mut(1_000);
        delay.process(&mut [before], &[]);
        delay.set(&at(148));
        after.chunks_mut(64).for_each(|block| delay.process(&mut [block], &[]));
        let line = |n: i32| 100.0 + 0.05 * f64::from(n + 1).clamp(0.0, 960.0);
        for (n, found) in (0..).zip(after) {
            let length = (n - 959..=n).map(line).sum::<f64>() / 960.0;
            let expected = tone(1_000.0 + f64::from(n) - length);
            // Lagrange's remainder at 8 points: the product of the distances, at most (½·1½·2½·3½)², over 8!, of
            // the eighth derivative (2π/48)⁸: 1e-10; what is left are roundings to `f32`.
            assert!((f64::from(*found) - expected).abs() < 1e-6, "{n}: {found} instead of {expected}");
        }
    }

    #[test]
    fn the_longest_glide_leaves_a_sine_without_corners() {
        // 440 Hz, and a length that grows by the most that is no fade, 2.5 ms: what of it comes above 2 kHz.
        let mut delay = Delay::new(1, 48_000);
        delay.jump(&at(300));
        let sine = |n: i32| (std::f64::consts::TAU * 440.0 * f64::from(n) / 48_000.0).sin() as f32;
        let mut signal: Vec<f32> = (0..6_144).map(sine).collect();
        let (before, after) = signal.split_at_mut(3_100);
        delay.process(&mut [before], &[]);
        delay.set(&at(420));
        delay.process(&mut [after], &[]);
        // A Hann window, whose own skirts are 134 dB down from 1.5 kHz beside a sine on.
        let heard: Vec<f64> = (0..4_096)
            .map(|n| {
                let window = 1.0 - (std::f64::consts::TAU * f64::from(n) / 4_096.0).cos();
                window * f64::from(signal[2_048 + n as usize])
            })
            .collect();
        let power = |bins: std::ops::Range<usize>| -> f64 {
            let bin = |bin: usize| {
                let step = -std::f64::consts::TAU * bin as f64 / 4_096.0;
                let (turn, mut at) = (step.sin_cos(), (0.0, 1.0));
                let mut sum = (0.0, 0.0);
                for sample in &heard {
                    sum = (sum.0 + sample * at.1, sum.1 + sample * at.0);
                    at = (at.0 * turn.1 + at.1 * turn.0, at.1 * turn.1 - at.0 * turn.0);
                }
                sum.0 * sum.0 + sum.1 * sum.1
            };
            bins.map(bin).sum()
        };
        let decibels = 10.0 * (power(171..2_048) / power(1..171)).log10();
        // The velocity has three corners, at which it changes by J = 2π·440/48000·120/960² = 7.5e-6 in each sample,
        // twice that at the middle one. Above Ω = 2π·1560/48000 that is 6 J²/(5π Ω⁵) = 6e-8 of the 4096·½ of the sine's
        // energy, or -105 dB; the window counts its middle by up to 8/3, +4.3 dB. As much again for the sidebands of
        // the glide itself.
        assert!(decibels < -98.0, "{decibels} dB");
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
                // A constant signal, or one that begins, times a sine and a cosine: π/2 in 960 samples at most.
                assert!((y - before.unwrap_or(1.0)).abs() < 1.6 / 960.0, "{y} after {before:?}");
                before = Some(y);
            }
        }
    }
}

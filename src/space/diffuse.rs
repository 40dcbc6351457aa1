//! Diffuse sound: noise that dies away at each frequency in its own time, alike in two places only where these are near
//! each other for its wavelength.

use super::SAMPLE_RATE;
use super::frames::{BINS, Frames, HOP, SIZE, bin_frequency};
use super::octaves::Octaves;
use super::{tail_samples, text};
use crate::cancel::{Cancelled, Token};
use crate::impulse::random::Random;
use realfft::num_complex::Complex32;

/// What it is to be.
pub(super) struct Diffuse<'a> {
    /// Seconds to fall by 60 dB.
    pub(super) decay: &'a Octaves,
    /// Energy per second at time zero, over frequency in Hz.
    pub(super) level: &'a dyn Fn(f64) -> f64,
    /// The share of that energy that is diffuse and heard in each of the two places, over seconds.
    pub(super) share: &'a dyn Fn(usize, f64) -> f64,
    /// Seconds that sound takes from one place to the other.
    pub(super) spacing: f64,
    /// Of the noise.
    pub(super) seed: u64,
}

/// Diffuse sound in two places.
pub(super) fn diffuse(wanted: &Diffuse, cancel: &Token) -> Result<[Vec<f32>; 2], Cancelled> {
    // In a diffuse field the coherence of two pressures is sin(kd)/(kd) (Cook et al., J. Acoust. Soc. Am. 27, 1955).
    let alike: Vec<(f32, f32)> = (0..BINS)
        .map(|bin| {
            let angle = std::f64::consts::TAU * bin_frequency(bin) * wanted.spacing;
            let alike = if angle < 1e-6 { 1.0 } else { angle.sin() / angle };
            (alike as f32, (1.0 - alike * alike).max(0.0).sqrt() as f32)
        })
        .collect();
    // Energy per second is spread over the samples of a second; the real and the imaginary part have half of it each.
    let scale = 1.0 / (SAMPLE_RATE * SIZE as f64 * 2.0);
    let falls = fall_per_frame(wanted.decay);
    // Frame 1 is the one at time zero.
    let first = |bin: usize| ((wanted.level)(bin_frequency(bin)) * scale).sqrt() as f32 / falls[bin];
    let mut gains: Vec<f32> = (0..BINS).map(first).collect();
    let mut random = Random::new(wanted.seed);
    let mut channels = Frames::new().render(tail_samples(wanted.decay), cancel, |_, frame, [left, right]| {
        for (bin, gain) in gains.iter_mut().enumerate() {
            if frame > 0 {
                *gain *= falls[bin];
            }
            let common = Complex32::new(random.bell(), random.bell()) * *gain;
            let own = Complex32::new(random.bell(), random.bell()) * *gain;
            let (alike, apart) = alike[bin];
            left[bin] = common;
            right[bin] = common * alike + own * apart;
        }
    })?;
    for (place, channel) in channels.iter_mut().enumerate() {
        for (n, sample) in channel.iter_mut().enumerate() {
            let share = (wanted.share)(place, n as f64 / SAMPLE_RATE);
            *sample *= share.max(0.0).sqrt() as f32;
        }
    }
    Ok(channels)
}

/// By which factor each bin falls from one frame to the next.
pub(super) fn fall_per_frame(decay: &Octaves) -> Vec<f32> {
    let seconds = HOP as f64 / SAMPLE_RATE;
    let fall = |bin: usize| {
        let frequency = bin_frequency(bin).max(text::LOWEST_DECAY);
        (-3.0 * std::f64::consts::LN_10 * seconds / decay.at(frequency)).exp() as f32
    };
    (0..BINS).map(fall).collect()
}

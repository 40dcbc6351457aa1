//! What is convolved, and with what.

use std::path::Path;

/// Seeded white noise in ±0.5.
#[derive(Debug)]
pub struct Noise(u64);

impl Noise {
    /// The noise of one seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next sample.
    pub fn sample(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f32 / (1u32 << 31) as f32 - 0.5
    }
}

/// Frames of the noise that is played again and again: few, so that a host's buffers stay in the cache.
pub const NOISE: usize = 1 << 12;
/// Seed of the noise of the first input; the next has the next.
pub const INPUT_SEED: u64 = 101;

/// So many samples of the noise of one seed.
#[must_use]
pub fn noise(len: usize, seed: u64) -> Vec<f32> {
    let mut noise = Noise::new(seed);
    (0..len).map(|_| noise.sample()).collect()
}

/// Seeded noise that decays by 60 dB over its length: an impulse response without a silent partition.
#[must_use]
pub fn room(len: usize, seed: u64) -> Vec<f32> {
    let mut noise = Noise::new(seed);
    (0..len).map(|i| 0.1 * noise.sample() * 10f32.powf(-3.0 * i as f32 / len as f32)).collect()
}

/// Writes planar samples as a WAV file of 32-bit float.
///
/// # Panics
/// If the file cannot be written.
pub fn write(path: &Path, sample_rate: u32, channels: &[Vec<f32>]) {
    let spec = hound::WavSpec {
        channels: channels.len() as u16,
        sample_rate,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(path, spec).expect("a file");
    for frame in 0..channels[0].len() {
        channels.iter().for_each(|channel| writer.write_sample(channel[frame]).expect("written"));
    }
    writer.finalize().expect("written");
}

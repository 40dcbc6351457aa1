//! Impulse responses in the time domain.

pub mod acoustics;
pub mod decode;
pub mod layout;
pub mod level;
pub mod recipe;
pub mod resample;
pub mod shape;

/// Longest impulse in seconds.
pub const MAX_SECONDS: u32 = 60;

/// An impulse response: planar samples, a sample rate, and by its channel count a layout (1 mono, 2 stereo, 4 true
/// stereo in the order `LL LR RL RR`, where LR is *left in, right out*).
#[derive(Debug, Clone, PartialEq)]
pub struct Impulse {
    /// One vector per channel, all of the same length.
    pub channels: Vec<Vec<f32>>,
    /// In Hz.
    pub sample_rate: u32,
}

impl Impulse {
    /// Length in samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }
    /// Whether it has no samples.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Length in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.len() as f64 / f64::from(self.sample_rate)
    }
}

//! Peak meters of input and output.

use crate::engine::MAX_CHANNELS;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};

/// Peaks of input and output. The audio thread writes them only while metering is on.
///
/// Every access is relaxed, because a peak is a number by itself and publishes nothing else. A peak may be lost if it
/// is taken at the moment in which it is raised; the next block raises the next one.
#[derive(Debug, Default)]
pub struct Meters {
    watched: AtomicBool,
    /// Numbers of input and output channels; 0 before there is a chain.
    channels: [AtomicUsize; 2],
    input: Peaks,
    output: Peaks,
}

/// Peak of each channel, as the bits of a positive `f32`.
#[derive(Debug, Default)]
struct Peaks([AtomicU32; MAX_CHANNELS]);

impl Meters {
    /// Switches metering on or off. \[editor\]
    pub fn watch(&self, on: bool) {
        self.watched.store(on, Relaxed);
    }

    /// True while metering is on. \[any\]
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.watched.load(Relaxed)
    }

    /// Numbers of input and output channels; 0 before there is a chain. \[any\]
    #[must_use]
    pub fn channels(&self) -> [usize; 2] {
        self.channels.each_ref().map(|count| count.load(Relaxed))
    }

    /// A chain begins that has so many inputs and outputs. \[main\]
    pub(super) fn count(&self, inputs: usize, outputs: usize) {
        self.channels[0].store(inputs, Relaxed);
        self.channels[1].store(outputs, Relaxed);
    }

    /// Largest absolute input sample per channel since the last call. \[editor\]
    #[must_use]
    pub fn take_input(&self) -> [f32; MAX_CHANNELS] {
        self.input.take()
    }

    /// Largest absolute output sample per channel since the last call. \[editor\]
    #[must_use]
    pub fn take_output(&self) -> [f32; MAX_CHANNELS] {
        self.output.take()
    }

    pub(super) fn raise_input(&self, channel: usize, samples: &[f32]) {
        self.input.raise(channel, samples);
    }

    pub(super) fn raise_output(&self, channel: usize, samples: &[f32]) {
        self.output.raise(channel, samples);
    }
}

impl Peaks {
    fn take(&self) -> [f32; MAX_CHANNELS] {
        self.0.each_ref().map(|peak| f32::from_bits(peak.swap(0, Relaxed)))
    }

    fn raise(&self, channel: usize, samples: &[f32]) {
        let before = f32::from_bits(self.0[channel].load(Relaxed));
        let peak = samples.iter().fold(before, |peak, sample| peak.max(sample.abs()));
        if peak > before {
            self.0[channel].store(peak.to_bits(), Relaxed);
        }
    }
}

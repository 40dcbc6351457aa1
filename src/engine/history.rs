//! Past input: samples for the transforms, and their spectra, one frequency-domain delay line per input and level.

use super::spectrum::{Spectra, Transform, floor};
use rustfft::num_complex::Complex32;

/// The last samples of every input, in rings whose length is a multiple of every partition.
#[derive(Debug)]
pub(super) struct History {
    rings: Vec<Vec<f32>>,
}

impl History {
    /// Rings of `len` samples for `inputs` channels. Allocates.
    pub fn new(inputs: usize, len: usize) -> Self {
        Self { rings: vec![vec![0.0; len]; inputs] }
    }

    /// Writes samples of one input at a time. They do not cross a quantum, so they do not cross the ring's end.
    pub fn write(&mut self, input: usize, position: u64, samples: &[f32]) {
        let ring = &mut self.rings[input];
        let at = (position % ring.len() as u64) as usize;
        ring[at..at + samples.len()].copy_from_slice(samples);
    }

    /// The block of one input that starts at a time.
    pub fn block(&self, input: usize, start: u64, len: usize) -> &[f32] {
        let ring = &self.rings[input];
        let at = (start % ring.len() as u64) as usize;
        &ring[at..at + len]
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.rings.iter().map(|ring| ring.len() * size_of::<f32>()).sum()
    }
}

/// Above this, +300 dB, a sample is damage, not sound, and its products could overflow.
pub const CEILING: f32 = 1e15;

/// A sample as it enters the engine: what is not finite is silence, and so is what is too large, or too small to matter.
#[inline]
#[must_use]
pub fn clean(x: f32) -> f32 {
    if x.abs() <= CEILING { floor(x) } else { 0.0 }
}

/// The spectra of one input's last blocks.
#[derive(Debug)]
pub(super) struct DelayLine {
    spectra: Spectra,
    count: usize,
}

impl DelayLine {
    /// For `count` blocks of `bins` samples. Allocates.
    pub fn new(count: usize, bins: usize) -> Self {
        Self { spectra: Spectra::new(count, bins), count }
    }

    /// Transforms the block with running number `frame` into its place.
    pub fn push(
        &mut self,
        frame: u64,
        samples: &[f32],
        transform: &Transform,
        values: &mut [Complex32],
        scratch: &mut [Complex32],
    ) {
        transform.forward(samples, values, scratch);
        self.spectra.store((frame % self.count as u64) as usize, values);
    }

    /// The spectrum of the block `age` blocks before `frame`, 0 to `count - 1`; it must have been pushed.
    pub fn past(&self, frame: u64, age: usize) -> (&Spectra, usize) {
        (&self.spectra, ((frame - age as u64) % self.count as u64) as usize)
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.spectra.bytes()
    }

    /// Values that are denormal.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        self.spectra.denormals()
    }
}

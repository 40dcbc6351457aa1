//! Ring buffers with the latest input samples, from which blocks are transformed.

/// The latest samples of every input, in rings whose length is a multiple of every partition size.
#[derive(Debug)]
pub(super) struct SampleRings {
    rings: Vec<Vec<f32>>,
    /// Per input, the position behind the last sample that was not zero.
    sounded: Vec<u64>,
}

impl SampleRings {
    /// Rings of `len` zeros for `inputs` channels. Allocates.
    pub fn new(inputs: usize, len: usize) -> Self {
        Self { rings: (0..inputs).map(|_| zeros(len)).collect(), sounded: vec![0; inputs] }
    }

    /// Writes samples of one input. They do not cross a quantum, and so not the ring's end.
    pub fn write(&mut self, input: usize, position: u64, samples: &[f32]) {
        let ring = &mut self.rings[input];
        let at = (position % ring.len() as u64) as usize;
        ring[at..at + samples.len()].copy_from_slice(samples);
        if samples.iter().any(|sample| *sample != 0.0) {
            self.sounded[input] = position + samples.len() as u64;
        }
    }

    /// True when an input has been silent from a position on.
    pub fn is_silent_from(&self, input: usize, position: u64) -> bool {
        self.sounded[input] <= position
    }

    /// The `len` samples of one input from position `start` on.
    pub fn block(&self, input: usize, start: u64, len: usize) -> &[f32] {
        let ring = &self.rings[input];
        let at = (start % ring.len() as u64) as usize;
        &ring[at..at + len]
    }

    /// Marks all inputs as silent; positions start again from 0. The samples are not cleared.
    pub fn reset(&mut self) {
        self.sounded.fill(0);
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.rings.iter().map(|ring| size_of_val(&ring[..])).sum()
    }
}

/// `len` zeros that have been written: memory that was only reserved would be mapped on the audio thread.
pub(super) fn zeros(len: usize) -> Vec<f32> {
    let mut samples = vec![0.0; len];
    samples.fill(std::hint::black_box(0.0));
    samples
}

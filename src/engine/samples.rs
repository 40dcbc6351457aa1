//! Ring buffers with the latest input samples, from which blocks are transformed.

/// The latest samples of every input, in rings whose length is a multiple of every partition size.
#[derive(Debug)]
pub(super) struct SampleRings {
    rings: Vec<Vec<f32>>,
    /// Longer rings that are to take the place of these, if any. Whatever is written meanwhile is written to both.
    longer: Vec<Vec<f32>>,
    /// Per input, the position behind the last sample that was not zero.
    sounded: Vec<u64>,
}

impl SampleRings {
    /// Rings of `len` zeros for `inputs` channels. Allocates.
    pub fn new(inputs: usize, len: usize) -> Self {
        Self { rings: (0..inputs).map(|_| zeros(len)).collect(), longer: Vec::new(), sounded: vec![0; inputs] }
    }

    /// Writes samples of one input. They do not cross a quantum, and so not the ring's end.
    pub fn write(&mut self, input: usize, position: u64, samples: &[f32]) {
        store(&mut self.rings[input], position, samples);
        if let Some(longer) = self.longer.get_mut(input) {
            store(longer, position, samples);
        }
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

    /// Samples of each ring.
    pub fn ring_len(&self) -> usize {
        self.rings.first().map_or(0, Vec::len)
    }

    /// Begins to grow into longer rings of zeros, which leave theirs. Real-time safe.
    pub fn begin_to_grow(&mut self, into: &mut Self) {
        std::mem::swap(&mut self.longer, &mut into.rings);
    }

    /// Copies `len` samples of every input from position `start` on to the longer rings. They do not cross the end of a
    /// ring.
    pub fn copy(&mut self, start: u64, len: usize) {
        for (ring, longer) in self.rings.iter().zip(&mut self.longer) {
            let at = (start % ring.len() as u64) as usize;
            store(longer, start, &ring[at..at + len]);
        }
    }

    /// Goes on with the longer rings, if any. The outgrown ones are left to where those came from. Real-time safe.
    pub fn finish_growing(&mut self, from: &mut Self) {
        if self.is_growing() {
            std::mem::swap(&mut self.rings, &mut self.longer);
            std::mem::swap(&mut self.longer, &mut from.rings);
        }
    }

    /// True while longer rings are to take the place of these.
    pub fn is_growing(&self) -> bool {
        !self.longer.is_empty()
    }

    /// Marks all inputs as silent; positions start again from 0. The samples are not cleared.
    pub fn reset(&mut self) {
        self.sounded.fill(0);
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.rings.iter().chain(&self.longer).map(|ring| size_of_val(&ring[..])).sum()
    }
}

/// Stores samples at their position in a ring, whose end they do not cross.
fn store(ring: &mut [f32], position: u64, samples: &[f32]) {
    let at = (position % ring.len() as u64) as usize;
    ring[at..at + samples.len()].copy_from_slice(samples);
}

/// `len` zeros that have been written: memory that was only reserved would be mapped on the audio thread.
pub(super) fn zeros(len: usize) -> Vec<f32> {
    let mut samples = vec![0.0; len];
    samples.fill(std::hint::black_box(0.0));
    samples
}

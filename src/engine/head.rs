//! The first taps, summed directly: what makes latency zero.

use super::kernel::HeadPath;
use super::spectrum::direct_sum;

/// The last quantum and the present one, of every input.
#[derive(Debug)]
pub(super) struct Head {
    quantum: usize,
    /// Two quanta each: the past, and as much of the present as has come.
    recent: Vec<Vec<f32>>,
}

impl Head {
    /// Silence. Allocates.
    pub fn new(inputs: usize, quantum: usize) -> Self {
        Self { quantum, recent: vec![vec![0.0; 2 * quantum]; inputs] }
    }

    /// Where `len` samples of one input belong that come `phase` samples into the quantum.
    pub fn present(&mut self, input: usize, phase: usize, len: usize) -> &mut [f32] {
        &mut self.recent[input][self.quantum + phase..][..len]
    }

    /// Adds the sum of the taps to the output of one path.
    pub fn add(&self, path: &HeadPath, phase: usize, output: &mut [f32]) {
        direct_sum(output, &self.recent[path.input], self.quantum + phase, &path.taps);
    }

    /// The present becomes the past.
    pub fn turn(&mut self) {
        for recent in &mut self.recent {
            recent.copy_within(self.quantum.., 0);
        }
    }

    /// Silences both.
    pub fn reset(&mut self) {
        for recent in &mut self.recent {
            recent.fill(0.0);
        }
    }
}

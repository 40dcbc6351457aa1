//! Head + levels + schedule, for any block size.
use super::Kernel;
use std::sync::Arc;

/// A kernel with its running state.
#[derive(Debug)]
pub struct Convolver {
    kernel: Arc<Kernel>,
    generation: u64,
    past: Vec<Vec<f32>>,
    at: usize,
}

impl Convolver {
    /// Silent history. Allocates.
    #[must_use]
    pub fn new(kernel: Arc<Kernel>) -> Self {
        let past = vec![vec![0.0; kernel.len().max(1)]; kernel.inputs()];
        Self { kernel, generation: 0, past, at: 0 }
    }
    /// The same with the number of the request that it answers; newer requests have larger numbers.
    #[must_use]
    pub fn with_generation(mut self, generation: u64) -> Self {
        self.generation = generation;
        self
    }
    /// The number given by [`Self::with_generation`], else 0.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }
    /// The kernel.
    #[must_use]
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }
    /// Overwrites `outputs` with the convolution of `inputs`. All slices have the same length, any from 0 on.
    /// Real-time safe.
    pub fn process(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let frames = outputs.first().map_or(0, |o| o.len());
        let n = self.past[0].len();
        for i in 0..frames {
            for (past, input) in self.past.iter_mut().zip(inputs) {
                past[self.at] = input[i];
            }
            for o in outputs.iter_mut() {
                o[i] = 0.0;
            }
            for (input, output, taps) in &self.kernel.paths {
                let mut sum = 0.0;
                for (k, tap) in taps.iter().enumerate() {
                    sum += tap * self.past[*input][(self.at + n - k) % n];
                }
                outputs[*output][i] += sum;
            }
            self.at = (self.at + 1) % n;
        }
    }
    /// Forgets all input. Real-time safe.
    pub fn reset(&mut self) {
        for p in &mut self.past {
            p.fill(0.0);
        }
    }
}

//! One partition size: forward transform, multiply-accumulate, inverse transform, overlap-add.

use super::history::{DelayLine, History};
use super::kernel::{Kernel, KernelLevel};
use super::plan::Step;
use super::spectrum::{Spectra, floor};
use rustfft::num_complex::Complex32;

/// The running state of one partition size.
#[derive(Debug)]
pub(super) struct Level {
    /// Per input; those that no path uses have none.
    past: Vec<Option<DelayLine>>,
    /// Accumulated products, one spectrum per output.
    sums: Spectra,
    rings: Vec<OutputRing>,
    values: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

/// What one output will play, and the second half of the last frame that overlaps the next.
#[derive(Debug)]
struct OutputRing {
    samples: Vec<f32>,
    overlap: Vec<f32>,
}

impl Level {
    /// Silence. Allocates.
    pub fn new(kernel: &Kernel, level: &KernelLevel) -> Self {
        let plan = level.plan;
        // A frame is written while the one before it is read; where a level starts later than it must, frames wait.
        let waiting = (plan.offset + kernel.quantum()).saturating_sub(2 * plan.partition).div_ceil(plan.partition);
        let ring =
            OutputRing { samples: vec![0.0; (2 + waiting) * plan.partition], overlap: vec![0.0; plan.partition] };
        let line = |input| {
            let used = level.paths.iter().any(|path| path.input == input);
            used.then(|| DelayLine::new(plan.count, plan.partition))
        };
        let outputs =
            (0..kernel.outputs()).map(|_| OutputRing { samples: ring.samples.clone(), overlap: ring.overlap.clone() });
        Self {
            past: (0..kernel.inputs()).map(line).collect(),
            sums: Spectra::new(kernel.outputs(), plan.partition),
            rings: outputs.collect(),
            values: vec![Complex32::default(); plan.partition],
            scratch: vec![Complex32::default(); level.transform.scratch_len()],
        }
    }

    /// Does what the schedule has for this quantum. `position` is a multiple of the quantum: samples since the last
    /// reset, all of them in `history`.
    pub fn run(&mut self, level: &KernelLevel, quantum: usize, position: u64, history: &History) {
        let partition = level.plan.partition as u64;
        // The last block that is complete.
        let Some(frame) = (position / partition).checked_sub(1) else { return };
        let slot = (position % partition) as usize / quantum;
        for step in &level.schedule.slots[slot] {
            match step {
                Step::Forward { input } => self.forward(level, frame, *input, history),
                Step::Multiply { bins } => self.multiply(level, frame, bins),
                Step::Inverse { output } => self.inverse(level, frame, *output),
            }
        }
    }

    fn forward(&mut self, level: &KernelLevel, frame: u64, input: usize, history: &History) {
        let partition = level.plan.partition;
        if let Some(line) = &mut self.past[input] {
            let block = history.block(input, frame * partition as u64, partition);
            line.push(frame, block, &level.transform, &mut self.values, &mut self.scratch);
        }
    }

    fn multiply(&mut self, level: &KernelLevel, frame: u64, bins: &std::ops::Range<usize>) {
        for output in 0..self.rings.len() {
            self.sums.clear(output, bins);
        }
        for path in &level.paths {
            let Some(line) = &self.past[path.input] else { continue };
            // Blocks from before the last reset are not heard: they are left out, not cleared.
            let heard = path.partitions.iter().take_while(|partition| **partition as u64 <= frame);
            for (index, partition) in heard.enumerate() {
                let past = line.past(frame, *partition);
                self.sums.multiply_add(path.output, past, (&path.spectra, index), bins);
            }
        }
    }

    fn inverse(&mut self, level: &KernelLevel, frame: u64, output: usize) {
        self.sums.load(output, &mut self.values);
        level.transform.inverse(&mut self.values, &mut self.scratch);
        let OutputRing { samples, overlap } = &mut self.rings[output];
        let at = (frame * level.plan.partition as u64 % samples.len() as u64) as usize;
        for ((sample, overlap), value) in samples[at..].iter_mut().zip(overlap).zip(&self.values) {
            let before = if frame == 0 { 0.0 } else { *overlap };
            *sample = floor(value.re + before);
            *overlap = floor(value.im);
        }
    }

    /// Adds what was computed for a time to one output. The samples do not cross a quantum.
    pub fn add(&self, level: &KernelLevel, position: u64, output: usize, samples: &mut [f32]) {
        let Some(since) = position.checked_sub(level.plan.offset as u64) else { return };
        if !level.paths.iter().any(|path| path.output == output) {
            return;
        }
        let ring = &self.rings[output].samples;
        let at = (since % ring.len() as u64) as usize;
        for (sample, computed) in samples.iter_mut().zip(&ring[at..]) {
            *sample += computed;
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let lines: usize = self.past.iter().flatten().map(DelayLine::bytes).sum();
        let rings: usize = self.rings.iter().map(|r| (r.samples.len() + r.overlap.len()) * size_of::<f32>()).sum();
        lines + rings + self.sums.bytes()
    }

    /// Values that are denormal: in the delay lines, the sums, the frame last transformed, and the output.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        let lines: usize = self.past.iter().flatten().map(DelayLine::denormals).sum();
        let samples = self.rings.iter().flat_map(|ring| ring.samples.iter().chain(&ring.overlap));
        let values = self.values.iter().flat_map(|value| [&value.re, &value.im]);
        lines + self.sums.denormals() + samples.chain(values).filter(|x| x.is_subnormal()).count()
    }
}

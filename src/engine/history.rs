//! Input history: the samples that a convolver has received, and their spectra for every partition size.
//!
//! It holds nothing of the impulse. So a kernel with the same partitions can take the whole history over, and answers
//! at once as if it had been there from the beginning.

use super::Kernel;
use super::delay_line::DelayLine;
use super::dispatch::Dispatch;
use super::head::Head;
use super::kernel::{HeadPath, KernelStage};
use super::plan::{BATCH, StagePlan};
use super::samples::SampleRings;
use super::sanitize::sanitize;
use super::spectrum::CHUNK;
use super::transform::{Piece, Transform};
use rustfft::{FftPlanner, num_complex::Complex32};
use std::ops::Range;
use std::sync::Arc;

/// Blocks that a delay line keeps beyond those that the partitions meet: a new kernel catches up on the last [`BATCH`]
/// blocks, while another one is completed.
const MARGIN: usize = BATCH + 1;

/// All input since the last reset, as far back as a kernel can look.
#[derive(Debug)]
pub(super) struct InputHistory {
    quantum: usize,
    head: Head,
    samples: SampleRings,
    pub stages: Vec<StageHistory>,
    /// Samples since the last reset.
    pub position: u64,
}

/// Spectra of the input in one partition size.
#[derive(Debug)]
pub(super) struct StageHistory {
    /// With as many partitions as the delay lines have capacity for.
    plan: StagePlan,
    /// Samples by which the work on a block begins later than it could.
    delay: u64,
    /// One per input; `None` where no path begins.
    lines: Vec<Option<DelayLine>>,
    values: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// The first block that is stored.
    first: u64,
    /// The last piece of a transform that was computed.
    last: Option<ForwardPiece>,
    /// Position at which a kernel last worked on this stage.
    used: Option<u64>,
    /// Transforms begun since the start.
    #[cfg(test)]
    pub done: usize,
}

/// One piece of the forward transform of one input's block. Pieces are computed in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ForwardPiece {
    pub block: u64,
    pub input: usize,
    pub piece: usize,
}

impl InputHistory {
    /// Silence, with capacity for kernels of the same partition sizes and up to `taps` taps. Allocates.
    pub fn new(kernel: &Kernel, taps: usize) -> Self {
        let (plan, inputs) = (kernel.plan.of_length(taps.max(kernel.len())), kernel.inputs());
        Self {
            quantum: plan.quantum,
            head: Head::new(inputs, plan.quantum),
            samples: SampleRings::new(inputs, plan.history_len()),
            stages: plan.stages.iter().map(|plan| StageHistory::new(*plan, kernel)).collect(),
            position: 0,
        }
    }

    /// Delays the work on blocks from now on by what the plan has for this phase.
    pub fn set_phase(&mut self, phase: u32) {
        for stage in &mut self.stages {
            stage.delay = (stage.plan.delay(phase, self.quantum) * self.quantum) as u64;
        }
    }

    /// True when kernel `new` can take the history over from kernel `old`: the partitions are the same and do not reach
    /// beyond the capacity, and both kernels use the same inputs.
    pub fn suits(&self, old: &Kernel, new: &Kernel) -> bool {
        let same_inputs = |(old, new): (&Arc<KernelStage>, &Arc<KernelStage>)| {
            old.paths.is_empty() || new.paths.is_empty() || old.inputs == new.inputs
        };
        let has_capacity = |(history, stage): (&StageHistory, &Arc<KernelStage>)| {
            (history.plan.partition, history.plan.offset) == (stage.plan.partition, stage.plan.offset)
                && stage.plan.count <= history.plan.count
                && stage.inputs.iter().all(|input| history.lines[*input].is_some())
        };
        (self.quantum, self.head.inputs()) == (new.quantum(), new.inputs())
            && new.stages.len() <= self.stages.len()
            && self.stages.iter().zip(&new.stages).all(has_capacity)
            && old.stages.iter().zip(&new.stages).all(same_inputs)
    }

    /// How many of some samples can be written at once: whole quanta from a quantum's start on, at most `most`, or what
    /// is left of a quantum.
    pub fn at_once(&self, samples: usize, most: usize) -> usize {
        match self.phase() {
            0 if samples >= self.quantum => (samples / self.quantum).min(most) * self.quantum,
            phase => samples.min(self.quantum - phase),
        }
    }

    fn phase(&self) -> usize {
        (self.position % self.quantum as u64) as usize
    }

    /// Writes samples of one input: as many as can be written [at once](Self::at_once).
    pub fn write(&mut self, input: usize, samples: &[f32]) {
        let phase = self.phase();
        let present = self.head.present(input, phase, samples.len());
        for (sanitized, sample) in present.iter_mut().zip(samples) {
            *sanitized = sanitize(*sample);
        }
        for (position, quantum) in (self.position..).step_by(self.quantum).zip(present.chunks(self.quantum)) {
            self.samples.write(input, position, quantum);
        }
    }

    /// Adds the direct convolution of the samples just written with the first taps of one path.
    pub fn add_head(&self, dispatch: Dispatch, path: &HeadPath, output: &mut [f32]) {
        let recent = self.position.saturating_sub(self.quantum as u64);
        if !self.samples.is_silent_from(path.input, recent) {
            self.head.add(dispatch, path, self.phase(), output);
        }
    }

    /// The lengths of the parts into which quantum boundaries cut what was just written, and the position at the end
    /// of each.
    pub fn parts(&self, samples: usize) -> impl Iterator<Item = (Range<usize>, u64)> + use<> {
        let (quantum, position) = (self.quantum, self.position);
        (0..samples).step_by(quantum).map(move |start| {
            let end = samples.min(start + quantum);
            (start..end, position + end as u64)
        })
    }

    /// True where a quantum begins.
    pub fn is_boundary(&self, position: u64) -> bool {
        position.is_multiple_of(self.quantum as u64)
    }

    /// Moves on by the samples that every input has written.
    pub fn advance(&mut self, samples: usize) {
        self.position += samples as u64;
        if self.is_boundary(self.position) {
            self.head.advance(samples.div_ceil(self.quantum));
        }
    }

    /// The block on which a stage works in the quantum that begins at a position, and the slot of its schedule. `None`
    /// before the first block is complete.
    pub fn scheduled(&self, stage: usize, position: u64) -> Option<(u64, usize)> {
        let history = &self.stages[stage];
        let position = position.checked_sub(history.delay)?;
        // The last block that is complete, or was when the delay began.
        let partition = history.plan.partition as u64;
        let block = (position / partition).checked_sub(1)?;
        Some((block, (position % partition) as usize / self.quantum))
    }

    /// Notes that a kernel works on a stage in the quantum that begins at a position.
    pub fn mark_used(&mut self, stage: usize, position: u64) {
        self.stages[stage].used = Some(position);
    }

    /// True when a kernel has already worked on a stage in that quantum.
    pub fn is_used(&self, stage: usize, position: u64) -> bool {
        self.stages[stage].used == Some(position)
    }

    /// Drops the blocks before `first` of a stage: no kernel has worked on it for a while, so they have gaps.
    pub fn discard_before(&mut self, stage: usize, first: u64) {
        let stage = &mut self.stages[stage];
        (stage.first, stage.last) = (first, None);
        stage.lines.iter_mut().flatten().for_each(|line| line.skip_to(first));
    }

    /// Computes one piece of a forward transform, unless another kernel's schedule has computed it already.
    pub fn transform(&mut self, kernel: &Kernel, stage: usize, piece: ForwardPiece) {
        self.stages[stage].transform(&kernel.stages[stage], kernel.dispatch, piece, &self.samples);
    }

    /// Forgets all input without clearing it.
    pub fn reset(&mut self) {
        self.head.reset();
        self.samples.reset();
        self.position = 0;
        for stage in &mut self.stages {
            stage.lines.iter_mut().flatten().for_each(DelayLine::reset);
            (stage.first, stage.last, stage.used) = (0, None, None);
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let lines = self.stages.iter().flat_map(|stage| &stage.lines).flatten();
        self.samples.bytes() + lines.map(DelayLine::bytes).sum::<usize>()
    }
}

impl StageHistory {
    fn new(plan: StagePlan, kernel: &Kernel) -> Self {
        let transform = Transform::new(&mut FftPlanner::new(), plan.partition);
        let line = |input: usize| kernel.uses(input).then(|| DelayLine::new(plan.count + MARGIN, plan.partition));
        Self {
            plan,
            delay: 0,
            lines: (0..kernel.inputs()).map(line).collect(),
            values: vec![Complex32::ZERO; transform.values_len()],
            scratch: vec![Complex32::ZERO; transform.scratch_len()],
            first: 0,
            last: None,
            used: None,
            #[cfg(test)]
            done: 0,
        }
    }

    fn transform(&mut self, stage: &KernelStage, dispatch: Dispatch, now: ForwardPiece, samples: &SampleRings) {
        if self.last.is_some_and(|last| now <= last) {
            return;
        }
        let ForwardPiece { block, input, piece } = now;
        debug_assert!(self.last.map_or(self.first, |last| last.block + 1) >= block, "a block was left out");
        self.last = Some(now);
        let Some(line) = &mut self.lines[input] else { return };
        let (partition, transform) = (self.plan.partition, &stage.transform);
        let start = block * partition as u64;
        if piece == 0 {
            line.begin(block, samples.is_silent_from(input, start));
        }
        if !line.sounds_at(block) {
            return line.store_silence(block, stage.share(piece, partition / CHUNK));
        }
        #[cfg(test)]
        {
            self.done += usize::from(piece == 0);
        }
        let piece = &stage.pieces[piece];
        let samples = samples.block(input, start, partition);
        transform.forward(dispatch, piece, samples, &mut self.values, &mut self.scratch);
        if let Piece::Row(row) = piece {
            line.store(dispatch, block, row * transform.row() / CHUNK, &self.values[transform.row_range(*row)]);
        }
    }

    /// The first block that is stored.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The newest block whose spectra are complete, under the schedule of this stage.
    pub fn newest(&self, stage: &KernelStage) -> Option<u64> {
        let ForwardPiece { block, input, piece } = self.last?;
        let is_complete = (Some(&input), piece + 1) == (stage.inputs.last(), stage.pieces.len());
        if is_complete { Some(block) } else { block.checked_sub(1).filter(|block| *block >= self.first) }
    }

    /// Number of partitions, from the first on, that meet a stored block when `block` is computed.
    pub fn reach(&self, block: u64) -> usize {
        usize::try_from((block + 1).saturating_sub(self.first)).unwrap_or(usize::MAX)
    }

    /// The delay line of one input, if any path begins there.
    pub fn line(&self, input: usize) -> Option<&DelayLine> {
        self.lines[input].as_ref()
    }

    /// Number of values that are denormal, in the delay lines and the block last transformed.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        let values = self.values.iter().flat_map(|value| [&value.re, &value.im]);
        let lines: usize = self.lines.iter().flatten().map(DelayLine::denormals).sum();
        lines + values.filter(|x| x.is_subnormal()).count()
    }
}

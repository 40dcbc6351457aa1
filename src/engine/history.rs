//! Input history: the samples that a convolver has received, and their spectra for every partition size.
//!
//! It holds nothing of the impulse. So a kernel with the same partitions can take the whole history over, and answers
//! at once as if it had been there from the beginning.

mod growth;

use super::Kernel;
use super::delay_line::DelayLines;
use super::dispatch::Dispatch;
use super::head::Head;
use super::kernel::KernelStage;
use super::plan::{BATCH, StagePlan};
use super::samples::SampleRings;
use super::spectrum::{CHUNK, Chunk};
use super::transform::{BESIDE, Piece, Transform};
use growth::Growth;
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
    /// True until the first sample is received, for ever.
    is_new: bool,
    /// Progress of becoming longer.
    growth: Option<Growth>,
    /// Chunks copied since the start.
    #[cfg(test)]
    pub copied: usize,
}

/// Spectra of the input in one partition size.
#[derive(Debug)]
pub(super) struct StageHistory {
    /// With as many partitions as the delay lines have capacity for.
    plan: StagePlan,
    /// Samples by which the work on a block begins later than it could.
    delay: u64,
    /// By input, the place among the delay lines; `None` where no path begins.
    places: Vec<Option<usize>>,
    lines: DelayLines,
    values: Vec<Chunk>,
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

/// One piece of the forward transform of a block. Pieces are computed in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ForwardPiece {
    block: u64,
    /// The last of the inputs, by index among the stage's, that are transformed together.
    input: usize,
    piece: usize,
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
            is_new: true,
            growth: None,
            #[cfg(test)]
            copied: 0,
        }
    }

    /// Delays the work on blocks from now on by what the plan has for this phase.
    pub fn set_phase(&mut self, phase: u32) {
        for stage in &mut self.stages {
            stage.delay = (stage.plan.delay(phase, self.quantum) * self.quantum) as u64;
        }
    }

    /// True when kernel `new` can take the history over from kernel `old`, if it reaches as far back as the new one
    /// looks: the partitions are the same, and both kernels use the same inputs.
    pub fn suits(&self, old: &Kernel, new: &Kernel) -> bool {
        let same_inputs = |(old, new): (&Arc<KernelStage>, &Arc<KernelStage>)| {
            old.inputs.is_empty() || new.inputs.is_empty() || old.inputs == new.inputs
        };
        let same_partitions = |(history, stage): (&StageHistory, &Arc<KernelStage>)| {
            (history.plan.partition, history.plan.offset) == (stage.plan.partition, stage.plan.offset)
                && stage.inputs.iter().all(|input| history.places[*input].is_some())
        };
        (self.quantum, self.head.inputs()) == (new.quantum(), new.inputs())
            && self.stages.iter().zip(&new.stages).all(same_partitions)
            && old.stages.iter().zip(&new.stages).all(same_inputs)
    }

    /// True when a kernel looks no further back than this history reaches.
    pub fn reaches(&self, kernel: &Kernel) -> bool {
        kernel.stages.len() <= self.stages.len()
            && self.stages.iter().zip(&kernel.stages).all(|(history, stage)| stage.plan.count <= history.plan.count)
    }

    /// How many of some samples can be written at once: whole quanta from a quantum's start on, at most `most`, or what
    /// is left of a quantum.
    pub fn at_once(&self, samples: usize, most: usize) -> usize {
        match self.phase() {
            0 if samples >= self.quantum => samples.min(most * self.quantum) & !(self.quantum - 1),
            phase => samples.min(self.quantum - phase),
        }
    }

    fn phase(&self) -> usize {
        // A quantum, as a partition, is a power of two: a division would take as long as eight products.
        self.position as usize & (self.quantum - 1)
    }

    /// Writes samples of one input: as many as can be written [at once](Self::at_once).
    pub fn write(&mut self, dispatch: Dispatch, input: usize, samples: &[f32]) {
        let phase = self.phase();
        let present = self.head.write(dispatch, input, phase, samples);
        for (index, quantum) in present.chunks(self.quantum).enumerate() {
            self.samples.write(input, self.position + (index * self.quantum) as u64, quantum);
        }
        let recent = self.position.saturating_sub(self.quantum as u64);
        self.head.set_sounding(input, !self.samples.is_silent_from(input, recent));
    }

    /// The direct convolution with the first taps, `after` samples behind the first that was just written.
    pub fn head(&self, after: usize) -> (&Head, usize) {
        (&self.head, self.phase() + after)
    }

    /// The parts into which quantum boundaries cut what was just written.
    pub fn parts(&self, samples: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let quantum = self.quantum;
        let part = move |start| (start < samples).then_some(start..samples.min(start + quantum));
        std::iter::successors(part(0), move |last| part(last.end))
    }

    /// The first position behind what was just written at which a quantum begins, and the number of them.
    pub fn boundaries(&self, samples: usize) -> Option<(u64, usize)> {
        let end = self.position + samples as u64;
        if samples == 0 || end as usize & (self.quantum - 1) != 0 {
            return None;
        }
        let quanta = self.quanta(samples);
        Some((end - ((quanta - 1) * self.quantum) as u64, quanta))
    }

    /// Moves on by the samples that every input has written.
    pub fn advance(&mut self, samples: usize) {
        self.is_new = false;
        self.position += samples as u64;
        if self.phase() == 0 {
            self.head.advance(self.quanta(samples));
        }
    }

    /// Quanta that some samples end, of which the last ends a quantum.
    fn quanta(&self, samples: usize) -> usize {
        (samples + self.quantum - 1) >> self.quantum.trailing_zeros()
    }

    /// The block on which a stage works in the quantum that begins at a position, and the slot of its schedule. `None`
    /// before the first block is complete.
    pub fn scheduled(&self, stage: usize, position: u64) -> Option<(u64, usize)> {
        let history = &self.stages[stage];
        let position = position.checked_sub(history.delay)?;
        // The last block that is complete, or was when the delay began.
        let partition = history.plan.partition;
        let block = (position >> partition.trailing_zeros()).checked_sub(1)?;
        Some((block, (position as usize & (partition - 1)) >> self.quantum.trailing_zeros()))
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
        stage.lines.skip_to(first);
    }

    /// Computes one piece of the forward transform of some of a stage's inputs, unless another kernel's schedule has
    /// computed it already.
    pub fn transform(&mut self, kernel: &Kernel, stage: usize, block: u64, inputs: &Range<usize>, piece: usize) {
        let now = ForwardPiece { block, input: inputs.end, piece };
        let history = &mut self.stages[stage];
        if history.last.is_none_or(|last| now > last) {
            debug_assert!(history.last.map_or(history.first, |last| last.block + 1) >= block, "a block was left out");
            history.last = Some(now);
            let stage = &kernel.stages[stage];
            for inputs in stage.inputs[inputs.clone()].chunks(BESIDE) {
                history.transform(stage, kernel.dispatch, block, inputs, piece, &self.samples);
            }
        }
    }

    /// Forgets all input without clearing it. A history does not grow meanwhile.
    pub fn reset(&mut self) {
        debug_assert!(self.growth.is_none(), "a reset while the history grows");
        self.head.reset();
        self.samples.reset();
        self.position = 0;
        for stage in &mut self.stages {
            stage.lines.reset();
            (stage.first, stage.last, stage.used) = (0, None, None);
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.samples.bytes() + self.stages.iter().map(|stage| stage.lines.bytes()).sum::<usize>()
    }
}

impl StageHistory {
    fn new(plan: StagePlan, kernel: &Kernel) -> Self {
        let mut count = 0;
        let mut place = |input: usize| {
            let place = kernel.uses(input).then_some(count);
            count += usize::from(place.is_some());
            place
        };
        let places = (0..kernel.inputs()).map(&mut place).collect();
        // Of blocks that are a quantum long, several are stored before the first of them is multiplied.
        let ahead = if plan.partition == kernel.quantum() { BATCH - 1 } else { 0 };
        Self {
            plan,
            delay: 0,
            places,
            lines: DelayLines::new(count, plan.count + MARGIN + ahead, plan.partition),
            values: vec![Chunk::SILENCE; Transform::new(plan.partition).values_len()],
            first: 0,
            last: None,
            used: None,
            #[cfg(test)]
            done: 0,
        }
    }

    /// One piece of the transform of up to [`BESIDE`] inputs.
    fn transform(
        &mut self,
        stage: &KernelStage,
        dispatch: Dispatch,
        block: u64,
        inputs: &[usize],
        piece: usize,
        samples: &SampleRings,
    ) {
        let (partition, chunks) = (self.plan.partition, self.plan.partition / CHUNK);
        let start = block * partition as u64;
        let (mut blocks, mut lines, mut count) = ([&[][..]; BESIDE], [0; BESIDE], 0);
        for &input in inputs {
            let Some(line) = self.places[input] else { continue };
            if piece == 0 {
                self.lines.begin(line, block, samples.is_silent_from(input, start));
            }
            if self.lines.sounds_at(line, block) {
                (blocks[count], lines[count]) = (samples.block(input, start, partition), line);
                count += 1;
            } else {
                self.lines.store_silence(line, block, stage.share(piece, chunks));
            }
        }
        if count == 0 {
            return;
        }
        #[cfg(test)]
        {
            self.done += if piece == 0 { count } else { 0 };
        }
        let (spectrum, which) = (self.lines.spectrum(block), &stage.pieces[piece]);
        let (blocks, lines) = (&blocks[..count], &lines[..count]);
        stage.transform.forward(dispatch, which, blocks, &mut self.values, lines, spectrum);
        if let Piece::Row(row) = which {
            let row = stage.transform.row_chunks(*row);
            lines.iter().for_each(|line| self.lines.repeat(*line, block, row.clone()));
        }
    }

    /// The first block that is stored.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The newest block whose spectra are complete, under the schedule of this stage.
    pub fn newest(&self, stage: &KernelStage) -> Option<u64> {
        let ForwardPiece { block, input, piece } = self.last?;
        let is_complete = (input, piece + 1) == (stage.inputs.len(), stage.pieces.len());
        if is_complete { Some(block) } else { block.checked_sub(1).filter(|block| *block >= self.first) }
    }

    /// Number of partitions, from the first on, that meet a stored block when `block` is computed.
    pub fn reach(&self, block: u64) -> usize {
        usize::try_from((block + 1).saturating_sub(self.first)).unwrap_or(usize::MAX)
    }

    /// The delay lines.
    pub fn lines(&self) -> &DelayLines {
        &self.lines
    }

    /// The place of an input among the delay lines, if any path begins there.
    pub fn place(&self, input: usize) -> Option<usize> {
        self.places[input]
    }

    /// Number of values that are denormal, in the delay lines and the block last transformed.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        self.lines.denormals() + self.values.iter().map(Chunk::denormals).sum::<usize>()
    }
}

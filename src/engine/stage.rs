//! Running state of one partition size under one kernel: multiply-accumulate, inverse transform, overlap-add.
//!
//! All partitions of one size form a stage. The spectra of its input are in the history
//! ([`StageHistory`](super::history::StageHistory)), which no kernel owns.
//!
//! **Immediate and batched partitions.** Late partitions are multiplied for a batch of [`BATCH`] blocks at once, so
//! that the kernel's spectra are read once and not [`BATCH`] times. The work for blocks `k` to `k + BATCH - 1` runs
//! with the steps of blocks `k - BATCH` to `k - 1`, a part of the bins with each. What a block's own steps then add are
//! the immediate partitions.
//!
//! **Catching up.** A stage whose kernel has just taken a history over computes the last [`BATCH`] blocks again
//! ([`StageState::catch_up`]). The block after them is the first that runs by the schedule. Until the first batch is
//! complete, a block's own steps multiply all partitions; so it is after a reset, too.

mod block;
mod segments;

use super::history::InputHistory;
use super::kernel::{KernelStage, StageOutput};
use super::plan::BATCH;
use super::samples::zeros;
use super::schedule::{CatchUp, Step};
use super::spectrum::{Accumulate, CHUNK, Chunk};
use super::transform::{BESIDE, Target};
use super::{Kernel, SPAN};
use block::Block;
use segments::Segments;
use std::ops::Range;

/// The running state of one partition size.
#[derive(Debug)]
pub(super) struct StageState {
    /// Index among the kernel's stages.
    index: usize,
    /// The first block that runs by the schedule.
    first: u64,
    /// The first block whose late partitions are multiplied in a batch.
    first_batched: u64,
    /// Accumulated products of the present batch of blocks and, where there are batched partitions, of the next: of all
    /// outputs, one after another. Their number is a power of two.
    sums: Vec<Vec<Chunk>>,
    /// One per output of the stage.
    outputs: Vec<Output>,
    values: Vec<Chunk>,
    segments: Segments,
    /// Transforms begun and chunks of products since the start.
    #[cfg(test)]
    pub done: (usize, usize),
}

/// The running state of one output.
#[derive(Debug)]
struct Output {
    /// Samples to be played.
    ring: Vec<f32>,
    /// The second half of the last inverse transform, which overlaps the next block.
    overlap: Vec<f32>,
}

impl StageState {
    /// The state for an empty history. Allocates.
    pub fn new(index: usize, kernel: &Kernel) -> Self {
        let stage = &kernel.stages[index];
        let plan = stage.plan;
        // From the first sample that is read while several quanta are worked on to the last that is written.
        let ring = (plan.offset + SPAN * kernel.quantum()).next_multiple_of(plan.partition);
        let blocks = if stage.is_batched { 2 * BATCH } else { BATCH };
        let output = |_: &StageOutput| Output { ring: zeros(ring), overlap: zeros(plan.partition) };
        Self {
            index,
            first: 0,
            first_batched: BATCH as u64,
            sums: vec![vec![Chunk::SILENCE; stage.outputs.len() * plan.partition / CHUNK]; blocks],
            outputs: stage.outputs.iter().map(output).collect(),
            values: vec![Chunk::SILENCE; stage.transform.values_len()],
            segments: Segments::new(stage),
            #[cfg(test)]
            done: (0, 0),
        }
    }

    /// The context of one block's steps.
    fn block<'a>(&self, kernel: &'a Kernel, history: &'a InputHistory, index: u64) -> Block<'a> {
        let (stage, history) = (&kernel.stages[self.index], &history.stages[self.index]);
        Block { stage, dispatch: kernel.dispatch, history, index }
    }

    /// Runs what the schedule has for some consecutive quanta, of which the first begins at a position: the same steps
    /// with the same bits as one quantum at a time, but what can be done as one is.
    pub fn run(&mut self, kernel: &Kernel, history: &mut InputHistory, position: u64, quanta: usize) {
        let stage = &kernel.stages[self.index];
        if stage.outputs.is_empty() {
            return;
        }
        history.mark_used(self.index, position + ((quanta - 1) * kernel.quantum()) as u64);
        let (mut run, mut waiting): (usize, Option<(u64, Step)>) = (0, None);
        while run < quanta {
            let scheduled = history.scheduled(self.index, position + (run * kernel.quantum()) as u64);
            run += 1;
            // An earlier block was caught up on, or its input was not transformed.
            let Some((block, slot)) = scheduled.filter(|(block, _)| *block >= self.first) else { continue };
            if stage.schedule.slots.len() == 1 && !stage.is_batched && run - 1 + BATCH <= quanta {
                self.run_batch(kernel, history, block);
                run += BATCH - 1;
                continue;
            }
            let steps = &stage.schedule.slots[slot];
            if quanta == 1 {
                return steps.iter().for_each(|step| self.step(kernel, history, block, step));
            }
            for step in steps {
                if let Some((of, waiting)) = &mut waiting
                    && *of == block
                    && waiting.join(step)
                {
                    continue;
                }
                if let Some((block, step)) = waiting.replace((block, step.clone())) {
                    self.step(kernel, history, block, &step);
                }
            }
        }
        if let Some((block, step)) = waiting {
            self.step(kernel, history, block, &step);
        }
    }

    /// Runs what the schedule has for [`BATCH`] blocks, of which each has one slot, from block `first` on: the same
    /// steps, and the same bits.
    fn run_batch(&mut self, kernel: &Kernel, history: &mut InputHistory, first: u64) {
        let stage = &kernel.stages[self.index];
        let (blocks, steps) = (first..first + BATCH as u64, &stage.schedule.slots[0]);
        // All inputs of a block before the next block: the history knows by their order what is transformed.
        for block in blocks.clone() {
            for step in steps {
                if let Step::Forward { inputs, piece } = step {
                    history.transform(kernel, self.index, block, inputs, *piece);
                }
            }
        }
        for step in steps {
            match step {
                Step::Forward { .. } | Step::Batched { .. } => {}
                Step::Immediate { chunks } => {
                    self.multiply_together(self.block(kernel, history, first), blocks.end, chunks);
                }
                Step::Inverse { outputs, piece } => {
                    for block in blocks.clone() {
                        self.inverse(self.block(kernel, history, block), outputs, *piece);
                    }
                }
            }
        }
    }

    /// Runs one step on a block.
    fn step(&mut self, kernel: &Kernel, history: &mut InputHistory, block: u64, step: &Step) {
        match step {
            Step::Forward { inputs, piece } => history.transform(kernel, self.index, block, inputs, *piece),
            Step::Batched { chunks } => self.multiply_batched(self.block(kernel, history, block), chunks),
            Step::Immediate { chunks } => self.multiply_immediate(self.block(kernel, history, block), chunks),
            Step::Inverse { outputs, piece } => self.inverse(self.block(kernel, history, block), outputs, *piece),
        }
    }

    /// Starts to catch up in the quantum that begins at a position. Gives the newest block that is computed again, if
    /// any.
    ///
    /// That block may depend on the convolver's phase, because it depends on how far the transforms are. How a block is
    /// computed must not, so that a phase changes no bit: `first_batched` goes by the blocks that are complete.
    pub fn start_catching_up(&mut self, kernel: &Kernel, history: &mut InputHistory, position: u64) -> Option<u64> {
        let stage = &kernel.stages[self.index];
        let complete = position / stage.plan.partition as u64;
        self.first_batched = complete.next_multiple_of(BATCH as u64) + BATCH as u64;
        if history.is_used(self.index, position) {
            let newest = history.stages[self.index].newest(stage);
            self.first = newest.map_or(history.stages[self.index].first(), |newest| newest + 1);
            newest
        } else {
            self.first = complete.saturating_sub(1);
            history.discard_before(self.index, self.first);
            None
        }
    }

    /// One quantum's share of computing the last blocks up to `newest` again, under this kernel.
    pub fn catch_up(&mut self, kernel: &Kernel, history: &InputHistory, newest: u64, steps: &[CatchUp]) {
        let newest = self.block(kernel, history, newest);
        for step in steps {
            match step {
                CatchUp::Sum { chunks } => self.multiply_last(newest, chunks),
                CatchUp::Inverse { before, outputs, piece } => {
                    if let Some(index) = newest.index.checked_sub(*before) {
                        self.inverse(newest.at(index), outputs, *piece);
                    }
                }
            }
        }
    }

    /// Runs at once what the schedule has had since block `first`, up to the quantum that begins at a position.
    pub fn run_missed(&mut self, kernel: &Kernel, history: &mut InputHistory, position: u64) {
        let Some((block, slot)) = history.scheduled(self.index, position) else { return };
        let slots = &kernel.stages[self.index].schedule.slots;
        for missed in self.first..=block {
            let missed_slots = if missed < block { &slots[..] } else { &slots[..=slot] };
            missed_slots.iter().flatten().for_each(|step| self.step(kernel, history, missed, step));
        }
    }

    /// Multiplies all partitions for the last [`BATCH`] blocks up to `newest`.
    fn multiply_last(&mut self, newest: Block, chunks: &Range<usize>) {
        let oldest = newest.index.saturating_sub(BATCH as u64 - 1);
        self.multiply_together(newest.at(oldest), newest.index + 1, chunks);
    }

    /// Multiplies all partitions for up to [`BATCH`] blocks: in one pass if all of them sound and have the whole
    /// history, which soon after the beginning they have not.
    fn multiply_together(&mut self, first: Block, end: u64, chunks: &Range<usize>) {
        let (stage, blocks) = (first.stage, first.index..end);
        for output in 0..self.outputs.len() {
            let sounds = blocks.clone().all(|block| !first.at(block).silence(output).is_total(stage));
            if sounds && first.reach() >= stage.plan.count && end - first.index == BATCH as u64 {
                self.multiply(first, output, &(0..stage.plan.count), chunks, false);
            } else {
                blocks.clone().for_each(|block| self.multiply_alone(first.at(block), output, chunks));
            }
        }
    }

    /// Multiplies the immediate partitions of a block for all outputs.
    fn multiply_immediate(&mut self, block: Block, chunks: &Range<usize>) {
        (0..self.outputs.len()).for_each(|output| self.multiply_alone(block, output, chunks));
    }

    /// Multiplies the immediate partitions of a block for one output and adds them to the block's batch. Where it has no
    /// batch, multiplies all partitions.
    fn multiply_alone(&mut self, block: Block, output: usize, chunks: &Range<usize>) {
        let stage = block.stage;
        if block.silence(output).is_total(stage) {
            return; // The batch's sum is zero already, and without a batch the next sum replaces this one.
        }
        let onto = stage.is_batched && block.index >= self.first_batched;
        let partitions = if onto { stage.immediate() } else { stage.plan.count };
        self.multiply_one(block, output, &(0..block.reach().min(partitions)), chunks, onto);
    }

    /// Multiplies the batched partitions for the next batch: of the part of the bins that falls to this block, some
    /// chunks.
    fn multiply_batched(&mut self, block: Block, chunks: &Range<usize>) {
        let (stage, plan) = (block.stage, block.stage.plan);
        let batch = BATCH as u64;
        let first = block.at((block.index / batch + 1) * batch);
        if first.index < self.first_batched {
            return;
        }
        let part = (block.index % batch) as usize * (plan.partition / CHUNK / BATCH);
        let chunks = part + chunks.start..part + chunks.end;
        for output in 0..self.outputs.len() {
            let silence = block.silence(output);
            if silence.is_total(stage) {
                if !silence.is_settled(stage, self.outputs[output].ring.len() / plan.partition) {
                    let chunks = of_output(plan.partition, output, &chunks);
                    let sums = in_order(&mut self.sums, first.index);
                    sums.into_iter().for_each(|sums| sums[chunks.clone()].fill(Chunk::SILENCE));
                }
                continue;
            }
            let common = stage.immediate()..first.reach().min(plan.count);
            self.multiply(first, output, &common, &chunks, false);
            // Soon after a reset the last blocks of a batch have a longer history than the first.
            for index in first.index + 1..first.index + batch {
                let later = block.at(index);
                let own = common.end.max(common.start)..later.reach().min(plan.count);
                if !own.is_empty() {
                    self.multiply_one(later, output, &own, &chunks, true);
                }
            }
        }
    }

    /// Sums the products of some partitions for [`BATCH`] blocks from `first` on.
    fn multiply(&mut self, first: Block, output: usize, partitions: &Range<usize>, chunks: &Range<usize>, onto: bool) {
        self.segments.collect(first, BATCH, output, partitions);
        #[cfg(test)]
        {
            self.done.1 += chunks.len() * BATCH * self.segments.products();
        }
        let all = of_output(first.stage.plan.partition, output, &(0..first.stage.plan.partition / CHUNK));
        let sums = in_order(&mut self.sums, first.index).map(|sums| &mut sums[all.clone()]);
        let (factors, segments, chunks) = (first.factors(output), &self.segments[..], chunks.clone());
        first.dispatch.run(Accumulate { factors, segments, chunks, sums, onto });
    }

    /// Sums the products of some partitions for one block.
    fn multiply_one(
        &mut self,
        block: Block,
        output: usize,
        partitions: &Range<usize>,
        chunks: &Range<usize>,
        onto: bool,
    ) {
        self.segments.collect(block, 1, output, partitions);
        #[cfg(test)]
        {
            self.done.1 += chunks.len() * self.segments.products();
        }
        let all = of_output(block.stage.plan.partition, output, &(0..block.stage.plan.partition / CHUNK));
        let index = block.index as usize & (self.sums.len() - 1);
        let sums = [&mut self.sums[index][all]];
        let (factors, segments, chunks) = (block.factors(output), &self.segments[..], chunks.clone());
        block.dispatch.run(Accumulate { factors, segments, chunks, sums, onto });
    }

    /// One piece of the inverse transform of some outputs' block, and its overlap-add.
    fn inverse(&mut self, block: Block, outputs: &Range<usize>, piece: usize) {
        for first in outputs.clone().step_by(BESIDE) {
            self.inverse_beside(block, first..outputs.end.min(first + BESIDE), piece);
        }
    }

    /// One piece of the inverse transform of up to [`BESIDE`] outputs.
    fn inverse_beside(&mut self, block: Block, outputs: Range<usize>, piece: usize) {
        let Block { stage, dispatch, index, .. } = block;
        let (partition, fresh) = (stage.plan.partition, index == 0);
        let mut targets: [Target; BESIDE] = Default::default();
        let (mut channels, mut count) = ([0; BESIDE], 0);
        for (output, state) in outputs.clone().zip(&mut self.outputs[outputs.clone()]) {
            let Output { ring, overlap } = state;
            let at = (index * partition as u64 % ring.len() as u64) as usize;
            let (silence, blocks) = (block.silence(output), ring.len() / partition);
            let samples = &mut ring[at..at + partition];
            if !silence.is_total(stage) {
                (targets[count], channels[count]) = (Target { samples, overlap, fresh }, output);
                count += 1;
            } else if !silence.is_settled(stage, blocks) {
                // What still overlaps is played.
                let share = stage.share(piece, partition);
                for (sample, overlap) in samples[share.clone()].iter_mut().zip(&mut overlap[share]) {
                    *sample = if fresh { 0.0 } else { *overlap };
                    *overlap = 0.0;
                }
            }
        }
        if count == 0 {
            return;
        }
        #[cfg(test)]
        {
            self.done.0 += if piece + 1 == stage.pieces.len() { count } else { 0 };
        }
        let sums = &self.sums[index as usize & (self.sums.len() - 1)];
        let (channels, targets) = (&channels[..count], &mut targets[..count]);
        stage.transform.inverse(dispatch, &stage.pieces[piece], sums, channels, &mut self.values, targets);
    }

    /// Where in the rings the samples from a position on are. `None` where nothing has been computed for it yet.
    pub fn place(&self, stage: &KernelStage, position: u64) -> Option<usize> {
        let since = position.checked_sub(stage.plan.offset as u64)?;
        Some((since % self.outputs.first()?.ring.len() as u64) as usize)
    }

    /// What was computed for an output from a [place](Self::place) on, up to at least the end of the quantum. `None`
    /// where no path ends.
    pub fn samples(&self, stage: &KernelStage, place: usize, channel: usize) -> Option<&[f32]> {
        let output = stage.outputs.iter().position(|output| output.channel == channel)?;
        Some(&self.outputs[output].ring[place..])
    }

    /// Starts again with an empty history.
    pub fn reset(&mut self) {
        (self.first, self.first_batched) = (0, BATCH as u64);
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let sums: usize = self.sums.iter().map(|sums| size_of_val(&sums[..])).sum();
        let of_output = |output: &Output| size_of_val(&output.ring[..]) + size_of_val(&output.overlap[..]);
        sums + self.outputs.iter().map(of_output).sum::<usize>()
    }

    /// Number of values that are denormal: in the accumulators, the block last transformed, and the output.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        let sums: usize = self.sums.iter().flatten().map(Chunk::denormals).sum();
        let values: usize = self.values.iter().map(Chunk::denormals).sum();
        let samples = self.outputs.iter().flat_map(|output| output.ring.iter().chain(&output.overlap));
        sums + values + samples.filter(|x| x.is_subnormal()).count()
    }
}

/// Some chunks of an output among those of all outputs.
fn of_output(partition: usize, output: usize, chunks: &Range<usize>) -> Range<usize> {
    let first = output * partition / CHUNK;
    first + chunks.start..first + chunks.end
}

/// The accumulators of [`BATCH`] blocks from `oldest` on, in the order of the blocks.
fn in_order(sums: &mut [Vec<Chunk>], oldest: u64) -> [&mut [Chunk]; BATCH] {
    let (last, first) = (sums.len() - 1, oldest as usize);
    let mut ordered: [&mut [Chunk]; BATCH] = Default::default();
    for (index, sums) in sums.iter_mut().enumerate() {
        if let Some(place) = ordered.get_mut(index.wrapping_sub(first) & last) {
            *place = sums;
        }
    }
    ordered
}

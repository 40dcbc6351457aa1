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

use super::Kernel;
use super::history::{ForwardPiece, InputHistory};
use super::kernel::KernelStage;
use super::plan::BATCH;
use super::samples::zeros;
use super::schedule::{CatchUp, Step};
use super::spectrum::{Accumulate, CHUNK, Chunk, load};
use super::transform::{Piece, Target};
use block::Block;
use rustfft::num_complex::Complex32;
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
    /// One per output; `None` where no path ends.
    outputs: Vec<Option<Output>>,
    values: Vec<Complex32>,
    scratch: Vec<Complex32>,
    segments: Segments,
    /// Transforms begun and chunks of products since the start.
    #[cfg(test)]
    pub done: (usize, usize),
}

/// The running state of one output.
#[derive(Debug)]
struct Output {
    /// Accumulated products of the present batch of blocks and, where there are batched partitions, of the next.
    sums: Vec<Vec<Chunk>>,
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
        // A block is written while the one before it is read; where a stage starts later than it must, blocks wait.
        let waiting = (plan.offset + kernel.quantum()).saturating_sub(2 * plan.partition).div_ceil(plan.partition);
        let blocks = if stage.is_batched { 2 * BATCH } else { BATCH };
        let output = |output: usize| {
            stage.outputs.contains(&output).then(|| Output {
                sums: vec![vec![Chunk::SILENCE; plan.partition / CHUNK]; blocks],
                ring: zeros((2 + waiting) * plan.partition),
                overlap: zeros(plan.partition),
            })
        };
        Self {
            index,
            first: 0,
            first_batched: BATCH as u64,
            outputs: (0..kernel.outputs()).map(output).collect(),
            values: vec![Complex32::ZERO; stage.transform.values_len()],
            scratch: vec![Complex32::ZERO; stage.transform.scratch_len()],
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

    /// Runs what the schedule has for the quantum that begins at a position.
    pub fn run(&mut self, kernel: &Kernel, history: &mut InputHistory, position: u64) {
        if kernel.stages[self.index].paths.is_empty() {
            return;
        }
        history.mark_used(self.index, position);
        if let Some((block, slot)) = history.scheduled(self.index, position) {
            self.run_slot(kernel, history, block, slot);
        }
    }

    fn run_slot(&mut self, kernel: &Kernel, history: &mut InputHistory, block: u64, slot: usize) {
        if block < self.first {
            return; // It was caught up on, or its input was not transformed.
        }
        for step in &kernel.stages[self.index].schedule.slots[slot] {
            match step {
                Step::Forward { input, piece } => {
                    history.transform(kernel, self.index, ForwardPiece { block, input: *input, piece: *piece });
                }
                Step::Batched { chunks } => self.multiply_batched(self.block(kernel, history, block), chunks),
                Step::Immediate { chunks } => self.multiply_immediate(self.block(kernel, history, block), chunks),
                Step::Inverse { output, piece } => self.inverse(self.block(kernel, history, block), *output, *piece),
            }
        }
    }

    /// Starts to catch up in the quantum that begins at a position. Gives the newest block that is computed again, if any.
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
                CatchUp::Inverse { before, output, piece } => {
                    if let Some(index) = newest.index.checked_sub(*before) {
                        self.inverse(newest.at(index), *output, *piece);
                    }
                }
            }
        }
    }

    /// Runs at once what the schedule has had since block `first`, up to the quantum that begins at a position.
    pub fn run_missed(&mut self, kernel: &Kernel, history: &mut InputHistory, position: u64) {
        let Some((block, slot)) = history.scheduled(self.index, position) else { return };
        let all = kernel.stages[self.index].schedule.slots.len();
        for missed in self.first..=block {
            let slots = if missed < block { all } else { slot + 1 };
            (0..slots).for_each(|slot| self.run_slot(kernel, history, missed, slot));
        }
    }

    /// Multiplies all partitions for the last [`BATCH`] blocks up to `newest`.
    fn multiply_last(&mut self, newest: Block, chunks: &Range<usize>) {
        let (stage, all) = (newest.stage, newest.stage.plan.count);
        let oldest = newest.index.checked_sub(BATCH as u64 - 1).map(|oldest| newest.at(oldest));
        let Some(oldest) = oldest.filter(|oldest| oldest.reach() >= all && stage.is_batched) else {
            // Few partitions, or soon after the beginning, when each block has a history of another length.
            for index in newest.index.saturating_sub(BATCH as u64 - 1)..=newest.index {
                self.multiply_immediate(newest.at(index), chunks);
            }
            return;
        };
        for output in 0..self.outputs.len() {
            let Some(Output { sums, .. }) = &mut self.outputs[output] else { continue };
            self.segments.collect(oldest, BATCH, output, &(0..all));
            #[cfg(test)]
            {
                self.done.1 += chunks.len() * BATCH * self.segments.products();
            }
            let (factors, segments) = (oldest.factors(output), &self.segments[..]);
            let sums = in_order(sums, oldest.index);
            oldest.dispatch.run(Accumulate { factors, segments, chunks: chunks.clone(), sums, onto: false });
        }
    }

    /// Multiplies the immediate partitions of a block and adds them to its batch; all partitions where it has no batch.
    fn multiply_immediate(&mut self, block: Block, chunks: &Range<usize>) {
        let stage = block.stage;
        let onto = stage.is_batched && block.index >= self.first_batched;
        let partitions = if onto { stage.immediate() } else { stage.plan.count };
        for output in 0..self.outputs.len() {
            let silence = block.silence(output);
            let Some(Output { sums, .. }) = &mut self.outputs[output] else { continue };
            if silence.is_total(stage) {
                continue; // The batch's sum is zero already, and without a batch the next sum replaces this one.
            }
            let index = (block.index % sums.len() as u64) as usize;
            let sums = &mut sums[index];
            self.segments.collect(block, 1, output, &(0..block.reach().min(partitions)));
            let (segments, factors) = (&self.segments[..], block.factors(output));
            #[cfg(test)]
            {
                self.done.1 += chunks.len() * self.segments.products();
            }
            let chunks = chunks.clone();
            block.dispatch.run(Accumulate { factors, segments, chunks, sums: [sums], onto });
        }
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
            let Some(Output { sums, .. }) = &mut self.outputs[output] else { continue };
            let index = (first.index % sums.len() as u64) as usize;
            let sums = &mut sums[index..index + BATCH];
            if silence.is_total(stage) {
                if !silence.is_settled(stage) {
                    sums.iter_mut().for_each(|sum| sum[chunks.clone()].fill(Chunk::SILENCE));
                }
                continue;
            }
            let common = stage.immediate()..first.reach().min(plan.count);
            self.segments.collect(first, BATCH, output, &common);
            #[cfg(test)]
            {
                self.done.1 += chunks.len() * BATCH * self.segments.products();
            }
            let factors = block.factors(output);
            let mut all = sums.iter_mut().map(|sum| &mut sum[..]);
            let together: [_; BATCH] = std::array::from_fn(|_| all.next().unwrap_or_default());
            let (segments, chunks) = (&self.segments[..], &chunks);
            block.dispatch.run(Accumulate { factors, segments, chunks: chunks.clone(), sums: together, onto: false });
            // Soon after a reset the last blocks of a batch have a longer history than the first.
            for (index, sums) in (first.index + 1..).zip(&mut sums[1..]) {
                let later = block.at(index);
                let own = common.end.max(common.start)..later.reach().min(plan.count);
                self.segments.collect(later, 1, output, &own);
                if !self.segments.is_empty() {
                    let segments = &self.segments[..];
                    let sums = [&mut sums[..]];
                    block.dispatch.run(Accumulate { factors, segments, chunks: chunks.clone(), sums, onto: true });
                }
            }
        }
    }

    /// One piece of a block's inverse transform, and its overlap-add.
    fn inverse(&mut self, block: Block, output: usize, piece: usize) {
        let stage = block.stage;
        let silence = block.silence(output);
        let Some(Output { sums, ring, overlap }) = &mut self.outputs[output] else { return };
        let (transform, partition, fresh) = (&stage.transform, stage.plan.partition, block.index == 0);
        let at = (block.index * partition as u64 % ring.len() as u64) as usize;
        let samples = &mut ring[at..at + partition];
        if silence.is_total(stage) {
            // What still overlaps is played.
            if !silence.is_settled(stage) {
                let share = stage.share(piece, partition);
                for (sample, overlap) in samples[share.clone()].iter_mut().zip(&mut overlap[share]) {
                    *sample = if fresh { 0.0 } else { *overlap };
                    *overlap = 0.0;
                }
            }
            return;
        }
        let piece = &stage.pieces[piece];
        if let Piece::Row(row) = piece {
            let chunks = row * transform.row() / CHUNK..(row + 1) * transform.row() / CHUNK;
            let sums = &sums[(block.index % sums.len() as u64) as usize];
            load(block.dispatch, &sums[chunks], &mut self.values[transform.row_range(*row)]);
        }
        #[cfg(test)]
        {
            self.done.0 += usize::from(*piece == stage.pieces[0]);
        }
        let target = Target { samples, overlap, fresh };
        transform.inverse(block.dispatch, piece, &mut self.values, &mut self.scratch, target);
    }

    /// Adds what was computed for a position to one output. The samples do not cross a quantum.
    pub fn add(&self, stage: &KernelStage, position: u64, output: usize, samples: &mut [f32]) {
        let Some(since) = position.checked_sub(stage.plan.offset as u64) else { return };
        let Some(Output { ring, .. }) = &self.outputs[output] else { return };
        let at = (since % ring.len() as u64) as usize;
        for (sample, computed) in samples.iter_mut().zip(&ring[at..]) {
            *sample += computed;
        }
    }

    /// Starts again with an empty history.
    pub fn reset(&mut self) {
        (self.first, self.first_batched) = (0, BATCH as u64);
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let of_output = |output: &Output| {
            let sums: usize = output.sums.iter().map(|sums| size_of_val(&sums[..])).sum();
            sums + size_of_val(&output.ring[..]) + size_of_val(&output.overlap[..])
        };
        self.outputs.iter().flatten().map(of_output).sum()
    }

    /// Number of values that are denormal: in the accumulators, the block last transformed, and the output.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        let outputs = || self.outputs.iter().flatten();
        let sums: usize = outputs().flat_map(|output| output.sums.iter().flatten()).map(Chunk::denormals).sum();
        let samples = outputs().flat_map(|output| output.ring.iter().chain(&output.overlap));
        let values = self.values.iter().flat_map(|value| [&value.re, &value.im]);
        sums + samples.chain(values).filter(|x| x.is_subnormal()).count()
    }
}

/// The accumulators of [`BATCH`] blocks from `oldest` on, in the order of the blocks.
fn in_order(sums: &mut [Vec<Chunk>], oldest: u64) -> [&mut [Chunk]; BATCH] {
    let (count, first) = (sums.len(), (oldest % sums.len() as u64) as usize);
    let mut ordered: [&mut [Chunk]; BATCH] = Default::default();
    for (index, sums) in sums.iter_mut().enumerate() {
        if let Some(place) = ordered.get_mut((index + count - first) % count) {
            *place = sums;
        }
    }
    ordered
}

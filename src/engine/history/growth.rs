//! Growth: how a history becomes longer while sound passes.
//!
//! A kernel that looks further back than the history reaches comes with an empty, longer history of its own. The longer
//! one takes over at once whatever the shorter one holds, but for the rings that are too short. Those stay in use, and
//! what is written to them is written to the longer ones, too. What was there before is copied meanwhile, a share in
//! each quantum. Then the longer rings take the place of the short ones, between two quanta.
//!
//! **The share.** In a quantum as many chunks are copied as one path from each input multiplies in it: of a stage with
//! `n` partitions of `P` samples a path multiplies `n · P` bins for a block, which has the time of `P / Q` quanta. So
//! the share is `n · Q` bins for each stage and input.
//!
//! **Order.** Chunks are copied in the order of memory, each for all blocks. Meanwhile new blocks overwrite the oldest
//! ones in the short ring. What counts at the end is what that ring would still hold, by the position alone: so neither
//! a phase nor the caller's blocks change a bit.

use super::super::spectrum::CHUNK;
use super::{InputHistory, StageHistory};
use std::ops::Range;

/// Progress of growing.
#[derive(Debug, Clone)]
pub(super) struct Growth {
    /// Chunks that are copied in a quantum.
    share: usize,
    /// Positions of the samples that are still to be copied.
    samples: Range<u64>,
    /// The stage whose blocks are copied after that.
    stage: usize,
    /// Chunks of its spectra that are copied.
    chunks: usize,
}

impl InputHistory {
    /// True when this history is empty, and what another one holds has a place in it.
    pub fn outgrows(&self, other: &Self) -> bool {
        let has_place = |(stage, other): (&StageHistory, &StageHistory)| {
            stage.plan.count <= other.plan.count || stage.places == other.places
        };
        self.is_new && other.stages.len() <= self.stages.len() && self.stages.iter().zip(&other.stages).all(has_place)
    }

    /// Takes over what a history holds that this one [outgrows](Self::outgrows), and begins to grow. Real-time safe.
    pub fn begin_to_grow(&mut self, from: &mut Self) {
        std::mem::swap(&mut self.head, &mut from.head);
        std::mem::swap(&mut self.position, &mut from.position);
        self.is_new = false;
        let mut share = 0;
        for (stage, longer) in self.stages.iter_mut().zip(&mut from.stages) {
            std::mem::swap(stage, longer);
            share += stage.lines.count() * stage.plan.count * self.quantum / CHUNK;
            if stage.plan.count < longer.plan.count {
                stage.lines.begin_to_grow(&mut longer.lines);
            }
        }
        std::mem::swap(&mut self.samples, &mut from.samples);
        let (len, now) = (self.samples.ring_len(), self.position);
        let mut samples = now..now;
        if len < from.samples.ring_len() {
            samples.start = now.saturating_sub(len as u64);
            self.samples.begin_to_grow(&mut from.samples);
        }
        self.growth = Some(Growth { share, samples, stage: 0, chunks: 0 });
    }

    /// True while this history grows.
    pub fn is_growing(&self) -> bool {
        self.growth.is_some()
    }

    /// One quantum's share of growing, if a quantum has just ended. `from` is the history that was taken over; the
    /// outgrown rings are left to it. Real-time safe.
    pub fn grow(&mut self, from: &mut Self) {
        if self.phase() != 0 {
            return;
        }
        let Some(mut growth) = self.growth.take() else { return };
        if growth.samples.is_empty() {
            self.copy_chunks(&mut growth);
        } else {
            self.copy_samples(&mut growth);
        }
        let is_copied = growth.samples.is_empty() && self.next_to_copy(growth.stage).is_none();
        self.growth = Some(growth);
        if is_copied {
            self.finish_growing(from);
        }
    }

    /// The first stage from `stage` on whose lines grow.
    fn next_to_copy(&self, stage: usize) -> Option<usize> {
        (stage..self.stages.len()).find(|stage| self.stages[*stage].lines.is_growing())
    }

    /// Copies a share of the samples, the oldest that are still there first.
    fn copy_samples(&mut self, growth: &mut Growth) {
        let oldest = self.position.saturating_sub(self.samples.ring_len() as u64);
        growth.samples.start = growth.samples.start.max(oldest);
        // So many samples have the size of a chunk.
        let quanta = growth.share * 2 * CHUNK / (self.head.inputs() * self.quantum);
        for _ in 0..quanta.max(1) {
            if !growth.samples.is_empty() {
                self.samples.copy(growth.samples.start, self.quantum);
                growth.samples.start += self.quantum as u64;
                #[cfg(test)]
                {
                    self.copied += (self.head.inputs() * self.quantum).div_ceil(2 * CHUNK);
                }
            }
        }
    }

    /// Copies a share of a stage's blocks: some chunks of all of them.
    fn copy_chunks(&mut self, growth: &mut Growth) {
        let Some(index) = self.next_to_copy(growth.stage) else { return };
        let StageHistory { lines, first, last, .. } = &mut self.stages[index];
        let done = if growth.stage == index { growth.chunks } else { 0 };
        let end = (done + (growth.share / lines.blocks()).max(1)).min(lines.chunks());
        if let Some(last) = last {
            lines.copy(done..end, *first, last.block);
        }
        #[cfg(test)]
        {
            self.copied += (end - done) * lines.blocks();
        }
        (growth.stage, growth.chunks) = if end < lines.chunks() { (index, end) } else { (index + 1, 0) };
    }

    /// Goes on with the longer rings, whatever they hold. The outgrown ones are left to `from`. Real-time safe.
    pub fn finish_growing(&mut self, from: &mut Self) {
        if self.growth.take().is_none() {
            return;
        }
        self.samples.finish_growing(&mut from.samples);
        for (stage, longer) in self.stages.iter_mut().zip(&mut from.stages) {
            if stage.lines.is_growing() {
                // The block that is being transformed, or will be next, may have overwritten the one before these.
                let complete = self.position / stage.plan.partition as u64;
                stage.first = stage.first.max(complete.saturating_sub(stage.lines.blocks() as u64));
                stage.lines.finish_growing(&mut longer.lines);
                std::mem::swap(&mut stage.plan, &mut longer.plan);
            }
        }
    }
}

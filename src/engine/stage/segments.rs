//! Ranges of history blocks and kernel partitions that are multiplied for one output.

use super::super::kernel::{KernelStage, StageOutput};
use super::super::spectrum::Segment;
use super::block::Block;
use std::ops::{Deref, Range};

/// The segments of one step. Its memory is reused from step to step.
#[derive(Debug)]
pub(super) struct Segments(Vec<Segment>);

impl Segments {
    /// An empty list with capacity for every step of a stage. Allocates.
    pub fn new(stage: &KernelStage) -> Self {
        // The ring of a delay line cuts a run at most once.
        let runs = |output: &StageOutput| output.paths.iter().map(|path| path.runs.len()).sum::<usize>();
        Self(Vec::with_capacity(2 * stage.outputs.iter().map(runs).max().unwrap_or(0)))
    }

    /// Collects the segments of some partitions of the paths of an output, which is counted among the stage's. For a
    /// batch of `width` blocks, `block` is the first of them, and the history of each segment begins at what the last
    /// of them meets.
    pub fn collect(&mut self, block: Block, width: usize, output: usize, partitions: &Range<usize>) {
        let Block { stage, history, index, .. } = block;
        self.0.clear();
        let lines = history.lines();
        for path in &stage.outputs[output].paths {
            let Some(line) = history.place(path.input) else { continue };
            let first_chunk = lines.first_chunk(line);
            for run in &path.runs {
                let first = run.partitions.start.max(partitions.start);
                let len = run.partitions.end.min(partitions.end).saturating_sub(first);
                if len == 0 {
                    continue;
                }
                let with = run.place + (first - run.partitions.start);
                let (from, until_wrap) = lines.place(index, first, width);
                let before = len.min(until_wrap);
                self.0.push(Segment { first_chunk, from, with, len: before });
                if before < len {
                    self.0.push(Segment { first_chunk, from: 0, with: with + before, len: len - before });
                }
            }
        }
    }

    /// Products of spectra for one block.
    #[cfg(test)]
    pub fn products(&self) -> usize {
        self.0.iter().map(|segment| segment.len).sum()
    }
}

impl Deref for Segments {
    type Target = [Segment];

    fn deref(&self) -> &[Segment] {
        &self.0
    }
}

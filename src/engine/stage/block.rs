//! Context of a step: one block of one stage, under one kernel.

use super::super::dispatch::Dispatch;
use super::super::history::StageHistory;
use super::super::kernel::{KernelStage, StagePath};
use super::super::plan::BATCH;
use super::super::spectrum::Factors;

/// What every step on a block reads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'a> {
    pub stage: &'a KernelStage,
    pub dispatch: Dispatch,
    pub history: &'a StageHistory,
    /// Number of the block, from 0 at the last reset.
    pub index: u64,
}

/// Number of consecutive silent blocks on all inputs that feed an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Silence(u64);

impl<'a> Block<'a> {
    /// Another block of the same stage.
    pub fn at(self, index: u64) -> Self {
        Self { index, ..self }
    }

    /// Silent blocks up to this one on the inputs of an output, which is counted among the stage's.
    pub fn silence(&self, output: usize) -> Silence {
        let lines = self.history.lines();
        let silence = |path: &StagePath| Some(lines.silence(self.history.place(path.input)?, self.index));
        Silence(self.stage.outputs[output].paths.iter().filter_map(silence).min().unwrap_or(u64::MAX))
    }

    /// Number of partitions that meet a block since the last reset. Older blocks are left out, not cleared.
    pub fn reach(&self) -> usize {
        self.history.reach(self.index)
    }

    /// The spectra that are multiplied for an output: the history's and the kernel's.
    pub fn factors(&self, output: usize) -> Factors<'a> {
        Factors { history: self.history.lines().bank(), kernel: &self.stage.outputs[output].spectra }
    }
}

impl Silence {
    /// True when no partition meets a block with sound in it.
    pub fn is_total(self, stage: &KernelStage) -> bool {
        self.0 >= stage.plan.count as u64
    }

    /// True when the silence has lasted so long that accumulators, overlap and ring hold only zeros, and a step need
    /// not write them. Beyond the partitions it counts four batches, one that is under way, the two whose accumulators
    /// are still read, and one for the overlap, and the `blocks` of the ring.
    pub fn is_settled(self, stage: &KernelStage, blocks: usize) -> bool {
        self.0 >= (stage.plan.count + 4 * BATCH + blocks) as u64
    }
}

//! Running state of one kernel on an input history: accumulators and an output ring per partition size.

use super::Kernel;
use super::history::InputHistory;
use super::sanitize::flush_small;
use super::stage::StageState;
use std::ops::Range;

/// Most stages that are summed in one pass; plans that the model makes have fewer.
const SUMMED: usize = 6;

/// What changes while a kernel runs, besides the input history.
#[derive(Debug)]
pub(super) struct KernelState {
    stages: Vec<StageState>,
    /// Progress of catching up on a history that another kernel has run on; `None` when that is complete.
    catching_up: Option<CatchingUp>,
}

/// Progress of catching up: stage by stage, each in several quanta.
#[derive(Debug, Clone, Copy, Default)]
struct CatchingUp {
    /// The stage that catches up now. Those before it run by their schedules.
    stage: usize,
    /// Quanta that it has had.
    slot: usize,
    /// The newest of the blocks that it computes again; `None` when it has none to compute.
    newest: Option<u64>,
}

impl KernelState {
    /// The state for an empty history. Allocates.
    pub fn new(kernel: &Kernel) -> Self {
        Self {
            stages: (0..kernel.stages.len()).map(|index| StageState::new(index, kernel)).collect(),
            catching_up: None,
        }
    }

    /// Starts to catch up on a history that another kernel has run on.
    pub fn start_catching_up(&mut self) {
        self.catching_up = Some(CatchingUp::default());
    }

    /// True when the output is complete, as if this kernel had run on all of the history.
    pub fn has_caught_up(&self) -> bool {
        self.catching_up.is_none()
    }

    /// Overwrites the outputs for the samples that were written last. Before, at every quantum boundary behind them, it
    /// runs what the schedules have for the quantum that begins there, and one quantum's share of catching up, unless
    /// the history grows. While it catches up, there is one boundary at most.
    pub fn process(&mut self, kernel: &Kernel, history: &mut InputHistory, outputs: &mut [&mut [f32]]) {
        let samples = outputs.first().map_or(0, |output| output.len());
        if let Some((first, quanta)) = history.boundaries(samples) {
            let running = self.catching_up.map_or(self.stages.len(), |catching_up| catching_up.stage);
            // Stage by stage, so that what a stage reads is in the cache while several quanta need it.
            for state in &mut self.stages[..running] {
                state.run(kernel, history, first, quanta);
            }
            if let Some(now) = self.catching_up
                && !history.is_growing()
            {
                self.catching_up = self.catch_up(kernel, history, now, first);
            }
        }
        for part in history.parts(samples) {
            self.sum(kernel, history, &part, outputs);
        }
    }

    /// Overwrites the outputs with the head and what all stages have computed, always in the same order: for samples of
    /// one quantum, counted from the first that was written last.
    fn sum(&self, kernel: &Kernel, history: &InputHistory, part: &Range<usize>, outputs: &mut [&mut [f32]]) {
        let position = history.position + part.start as u64;
        let (first, others) = self.stages.split_at(SUMMED.min(self.stages.len()));
        let mut places = [None; SUMMED];
        for ((place, state), stage) in places.iter_mut().zip(first).zip(&kernel.stages) {
            *place = state.place(stage, position);
        }
        let (head, phase) = history.head(part.start);
        for (channel, output) in outputs.iter_mut().enumerate() {
            let output = &mut output[part.clone()];
            let (mut stages, mut count) = ([&[][..]; SUMMED], 0);
            for ((place, state), stage) in places.iter().zip(first).zip(&kernel.stages) {
                if let Some(samples) = place.and_then(|place| state.samples(stage, place, channel)) {
                    stages[count] = samples;
                    count += 1;
                }
            }
            head.sum(kernel.dispatch, &kernel.heads[channel], phase, &stages[..count], output);
            for (state, stage) in others.iter().zip(&kernel.stages[first.len()..]) {
                let place = state.place(stage, position);
                let samples = place.and_then(|place| state.samples(stage, place, channel)).unwrap_or_default();
                output.iter_mut().zip(samples).for_each(|(sum, sample)| *sum = flush_small(*sum + sample));
            }
        }
    }

    /// One quantum's share of catching up. Gives the progress, or `None` at the end.
    fn catch_up(
        &mut self,
        kernel: &Kernel,
        history: &mut InputHistory,
        mut now: CatchingUp,
        position: u64,
    ) -> Option<CatchingUp> {
        let (state, slots) = (self.stages.get_mut(now.stage)?, &kernel.stages[now.stage].catching_up);
        if let Some(steps) = slots.get(now.slot) {
            if now.slot == 0 {
                now.newest = state.start_catching_up(kernel, history, position);
            }
            if let Some(newest) = now.newest {
                state.catch_up(kernel, history, newest, steps);
            }
            now.slot += 1;
            if now.slot < slots.len() {
                return Some(now);
            }
            state.run_missed(kernel, history, position);
        }
        let next = CatchingUp { stage: now.stage + 1, ..CatchingUp::default() };
        (next.stage < self.stages.len()).then_some(next)
    }

    /// Starts again with an empty history.
    pub fn reset(&mut self) {
        self.catching_up = None;
        self.stages.iter_mut().for_each(StageState::reset);
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.stages.iter().map(StageState::bytes).sum()
    }

    /// Transforms begun and chunks of products so far.
    #[cfg(test)]
    pub fn done(&self) -> (usize, usize) {
        self.stages.iter().fold((0, 0), |sum, state| (sum.0 + state.done.0, sum.1 + state.done.1))
    }

    /// Number of values that are denormal.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        self.stages.iter().map(StageState::denormals).sum()
    }
}

//! Running state of one kernel on an input history: accumulators and an output ring per partition size.

use super::Kernel;
use super::history::InputHistory;
use super::sanitize::flush_small;
use super::stage::StageState;

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

    /// Overwrites one output for the samples that were written last: the head's taps, then what the stages have
    /// computed, always in the same order.
    pub fn sum(&self, kernel: &Kernel, history: &InputHistory, channel: usize, output: &mut [f32]) {
        output.fill(0.0);
        for path in kernel.heads.iter().filter(|path| path.output == channel) {
            history.add_head(kernel.dispatch, path, output);
        }
        for (state, stage) in self.stages.iter().zip(&kernel.stages) {
            state.add(stage, history.position, channel, output);
        }
        for sample in output {
            *sample = flush_small(*sample);
        }
    }

    /// Runs what the schedules have for the quantum that begins now, and one quantum's share of catching up.
    pub fn run(&mut self, kernel: &Kernel, history: &mut InputHistory) {
        let running = self.catching_up.map_or(self.stages.len(), |catching_up| catching_up.stage);
        for state in self.stages.iter_mut().take(running) {
            state.run(kernel, history);
        }
        if let Some(catching_up) = self.catching_up.take() {
            self.catching_up = self.catch_up(kernel, history, catching_up);
        }
    }

    /// One quantum's share of catching up. Gives the progress, or `None` at the end.
    fn catch_up(&mut self, kernel: &Kernel, history: &mut InputHistory, mut now: CatchingUp) -> Option<CatchingUp> {
        let (state, slots) = (self.stages.get_mut(now.stage)?, &kernel.stages[now.stage].catching_up);
        if let Some(steps) = slots.get(now.slot) {
            if now.slot == 0 {
                now.newest = state.start_catching_up(kernel, history);
            }
            if let Some(newest) = now.newest {
                state.catch_up(kernel, history, newest, steps);
            }
            now.slot += 1;
            if now.slot < slots.len() {
                return Some(now);
            }
            state.run_missed(kernel, history);
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

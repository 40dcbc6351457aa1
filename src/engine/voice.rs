//! What becomes of a past under one kernel.

use super::Kernel;
use super::kernel::KernelLevel;
use super::level::Level;
use super::past::Past;
use std::sync::Arc;

/// The running state of a kernel: of each level the sums and what will be played.
#[derive(Debug)]
pub(super) struct Voice {
    levels: Vec<Level>,
    /// While it catches up on a past that it did not hear.
    catching_up: Option<CatchingUp>,
}

/// How far a voice is with catching up.
#[derive(Debug, Clone, Copy, Default)]
struct CatchingUp {
    /// The level whose turn it is; those before it run by their schedules.
    level: usize,
    /// How many quanta it has had.
    slot: usize,
    /// The newest of the blocks that it computes anew.
    newest: Option<u64>,
}

impl Voice {
    /// A voice for a past that begins with it. Allocates.
    pub fn new(kernel: &Kernel) -> Self {
        let levels = kernel.levels.iter().enumerate();
        let level =
            |(index, level): (usize, &Arc<KernelLevel>)| Level::new(index, level, kernel.outputs(), kernel.quantum());
        Self { levels: levels.map(level).collect(), catching_up: None }
    }

    /// From now on it is a voice of a past that others have heard: it catches up, one level after the other.
    pub fn join(&mut self) {
        self.catching_up = Some(CatchingUp::default());
    }

    /// Whether it sounds as if it had heard all of the past.
    pub fn has_caught_up(&self) -> bool {
        self.catching_up.is_none()
    }

    /// One output for samples that the past has heard last: the head's taps, then what the levels have computed, always
    /// in the same order.
    pub fn sum(&self, kernel: &Kernel, past: &Past, channel: usize, output: &mut [f32]) {
        output.fill(0.0);
        for path in kernel.heads.iter().filter(|path| path.output == channel) {
            past.add_head(kernel.dispatch, path, output);
        }
        for (level, kernel) in self.levels.iter().zip(&kernel.levels) {
            level.add(kernel, past.position, channel, output);
        }
        for sample in output {
            *sample = super::floor(*sample);
        }
    }

    /// The end of a quantum: every level does its share of the schedule, and one that catches up does its share of that.
    pub fn run(&mut self, kernel: &Kernel, past: &mut Past) {
        let running = self.catching_up.map_or(self.levels.len(), |catching_up| catching_up.level);
        for (level, kernel_level) in self.levels.iter_mut().zip(&kernel.levels).take(running) {
            level.run(kernel_level, kernel.dispatch, past);
        }
        if let Some(catching_up) = self.catching_up.take() {
            self.catching_up = self.catch_up(kernel, past, catching_up);
        }
    }

    fn catch_up(&mut self, kernel: &Kernel, past: &mut Past, mut now: CatchingUp) -> Option<CatchingUp> {
        let (level, of_kernel) = (self.levels.get_mut(now.level)?, &kernel.levels[now.level]);
        if let Some(steps) = of_kernel.catching_up.get(now.slot) {
            if now.slot == 0 {
                now.newest = level.begin_catching_up(of_kernel, past);
            }
            if let Some(newest) = now.newest {
                level.catch_up(of_kernel, kernel.dispatch, past, newest, steps);
            }
            now.slot += 1;
            if now.slot < of_kernel.catching_up.len() {
                return Some(now);
            }
            level.run_missed(of_kernel, kernel.dispatch, past);
        }
        let next = CatchingUp { level: now.level + 1, ..CatchingUp::default() };
        (next.level < self.levels.len()).then_some(next)
    }

    /// Begins anew with the past.
    pub fn reset(&mut self) {
        self.catching_up = None;
        self.levels.iter_mut().for_each(Level::reset);
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.levels.iter().map(Level::bytes).sum()
    }

    /// Transforms and chunks of products so far.
    #[cfg(test)]
    pub fn done(&self) -> (usize, usize) {
        self.levels.iter().fold((0, 0), |sum, level| (sum.0 + level.done.0, sum.1 + level.done.1))
    }

    /// Values that are denormal.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        self.levels.iter().map(Level::denormals).sum()
    }
}

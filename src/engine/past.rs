//! What a convolver has heard: samples, and their spectra for every partition size. It knows nothing of the impulse, so
//! a kernel with the same partitions can take it over whole.

use super::Kernel;
use super::dispatch::Dispatch;
use super::head::Head;
use super::history::{DelayLine, History, clean};
use super::kernel::{HeadPath, KernelLevel};
use super::plan::{AHEAD, LevelPlan};
use super::spectrum::CHUNK;
use super::transform::{Piece, Transform};
use rustfft::{FftPlanner, num_complex::Complex32};
use std::sync::Arc;

/// Blocks that a delay line keeps beyond those that the partitions meet: a new kernel catches up on the last [`AHEAD`]
/// blocks, while another one comes.
const MARGIN: usize = AHEAD + 1;

/// All input since the last reset, as far as it can still be heard.
#[derive(Debug)]
pub(super) struct Past {
    quantum: usize,
    head: Head,
    samples: History,
    pub levels: Vec<LevelPast>,
    /// Samples since the last reset.
    pub position: u64,
}

/// What one partition size has heard.
#[derive(Debug)]
pub(super) struct LevelPast {
    /// With as many partitions as there is a past for.
    plan: LevelPlan,
    /// Samples by which the work on a block begins later than it could.
    delay: u64,
    /// Per input; those that no path uses have none.
    lines: Vec<Option<DelayLine>>,
    values: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// The first block that is here.
    first: u64,
    /// The last step of a transform that was done: of which block, which input, which piece.
    last: Option<(u64, usize, usize)>,
    /// When a kernel last worked on it.
    wanted: Option<u64>,
    /// Transforms begun since the start.
    #[cfg(test)]
    pub done: usize,
}

impl Past {
    /// Silence, with room for kernels of the same partitions and up to `taps` taps. Allocates.
    pub fn new(kernel: &Kernel, taps: usize) -> Self {
        let (plan, inputs) = (kernel.plan.of_length(taps.max(kernel.len())), kernel.inputs());
        Self {
            quantum: plan.quantum,
            head: Head::new(inputs, plan.quantum),
            samples: History::new(inputs, plan.history()),
            levels: plan.levels.iter().map(|plan| LevelPast::new(*plan, kernel)).collect(),
            position: 0,
        }
    }

    /// From now on, the work on blocks begins later than it could, by what the plan has for this phase.
    pub fn set_phase(&mut self, phase: u32) {
        for past in &mut self.levels {
            past.delay = (past.plan.delay(phase, self.quantum) * self.quantum) as u64;
        }
    }

    /// Whether a kernel can take it over from another one: its partitions are the same and do not reach further back than
    /// there is room for, and both use the same inputs.
    pub fn suits(&self, old: &Kernel, new: &Kernel) -> bool {
        let same_inputs = |(old, new): (&Arc<KernelLevel>, &Arc<KernelLevel>)| {
            old.paths.is_empty() || new.paths.is_empty() || old.inputs == new.inputs
        };
        let has_room = |(past, level): (&LevelPast, &Arc<KernelLevel>)| {
            (past.plan.partition, past.plan.offset) == (level.plan.partition, level.plan.offset)
                && level.plan.count <= past.plan.count
                && level.inputs.iter().all(|input| past.lines[*input].is_some())
        };
        (self.quantum, self.head.inputs()) == (new.quantum(), new.inputs())
            && new.levels.len() <= self.levels.len()
            && self.levels.iter().zip(&new.levels).all(has_room)
            && old.levels.iter().zip(&new.levels).all(same_inputs)
    }

    /// Samples that are left of the present quantum.
    pub fn left(&self) -> usize {
        self.quantum - self.phase()
    }

    fn phase(&self) -> usize {
        (self.position % self.quantum as u64) as usize
    }

    /// Takes samples of one input, at most as many as are left of the quantum.
    pub fn hear(&mut self, input: usize, samples: &[f32]) {
        let phase = self.phase();
        let present = self.head.present(input, phase, samples.len());
        for (clean_sample, sample) in present.iter_mut().zip(samples) {
            *clean_sample = clean(*sample);
        }
        self.samples.write(input, self.position, present);
    }

    /// Adds what the first taps of one path make of the samples that have just been heard.
    pub fn add_head(&self, dispatch: Dispatch, path: &HeadPath, output: &mut [f32]) {
        let recent = self.position.saturating_sub(self.quantum as u64);
        if !self.samples.is_silent_from(path.input, recent) {
            self.head.add(dispatch, path, self.phase(), output);
        }
    }

    /// So many samples have been heard by every input. Whether a quantum is complete.
    pub fn advance(&mut self, samples: usize) -> bool {
        self.position += samples as u64;
        let is_complete = self.phase() == 0;
        if is_complete {
            self.head.turn();
        }
        is_complete
    }

    /// The block on which a level works in the quantum that begins now, and the slot of its schedule.
    pub fn now(&self, level: usize) -> Option<(u64, usize)> {
        let past = &self.levels[level];
        let position = self.position.checked_sub(past.delay)?;
        // The last block that is complete, or was when the delay began.
        let partition = past.plan.partition as u64;
        let frame = (position / partition).checked_sub(1)?;
        Some((frame, (position % partition) as usize / self.quantum))
    }

    /// A kernel works on a level in this quantum.
    pub fn want(&mut self, level: usize) {
        self.levels[level].wanted = Some(self.position);
    }

    /// Whether one did in this quantum already.
    pub fn is_wanted(&self, level: usize) -> bool {
        self.levels[level].wanted == Some(self.position)
    }

    /// Nobody has worked on a level for a while: what came before block `first` has gaps, and is not heard any more.
    pub fn forget(&mut self, level: usize, first: u64) {
        let level = &mut self.levels[level];
        (level.first, level.last) = (first, None);
        level.lines.iter_mut().flatten().for_each(|line| line.skip_to(first));
    }

    /// Does one piece of the transform of one input's block, unless another kernel's schedule has done it already.
    pub fn forward(&mut self, index: usize, level: &KernelLevel, dispatch: Dispatch, frame: u64, step: (usize, usize)) {
        self.levels[index].forward(level, dispatch, frame, step, &self.samples);
    }

    /// Forgets that anything was heard, without clearing it.
    pub fn reset(&mut self) {
        self.head.reset();
        self.samples.reset();
        self.position = 0;
        for level in &mut self.levels {
            level.lines.iter_mut().flatten().for_each(DelayLine::reset);
            (level.first, level.last, level.wanted) = (0, None, None);
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let lines = self.levels.iter().flat_map(|level| &level.lines).flatten();
        self.samples.bytes() + lines.map(DelayLine::bytes).sum::<usize>()
    }
}

impl LevelPast {
    fn new(plan: LevelPlan, kernel: &Kernel) -> Self {
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
            wanted: None,
            #[cfg(test)]
            done: 0,
        }
    }

    fn forward(
        &mut self,
        level: &KernelLevel,
        dispatch: Dispatch,
        frame: u64,
        (input, piece): (usize, usize),
        samples: &History,
    ) {
        if self.last.is_some_and(|last| (frame, input, piece) <= last) {
            return;
        }
        debug_assert!(self.last.map_or(self.first, |(last, ..)| last + 1) >= frame, "a block was left out");
        self.last = Some((frame, input, piece));
        let Some(line) = &mut self.lines[input] else { return };
        let (partition, transform) = (self.plan.partition, &level.transform);
        let start = frame * partition as u64;
        if piece == 0 {
            line.begin(frame, samples.is_silent_from(input, start));
        }
        if !line.sounds_at(frame) {
            return line.store_silence(frame, level.share(piece, partition / CHUNK));
        }
        #[cfg(test)]
        {
            self.done += usize::from(piece == 0);
        }
        let piece = &level.pieces[piece];
        let block = samples.block(input, start, partition);
        transform.forward(dispatch, piece, block, &mut self.values, &mut self.scratch);
        if let Piece::Row(row) = piece {
            line.store(dispatch, frame, row * transform.row() / CHUNK, &self.values[transform.row_range(*row)]);
        }
    }

    /// The first block that is here.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The newest block whose spectra are all here, under the schedule of this level.
    pub fn newest(&self, level: &KernelLevel) -> Option<u64> {
        let (frame, input, piece) = self.last?;
        let is_whole = (Some(&input), piece + 1) == (level.inputs.last(), level.pieces.len());
        if is_whole { Some(frame) } else { frame.checked_sub(1).filter(|frame| *frame >= self.first) }
    }

    /// Of the partitions from the first on, so many meet a block that was heard, when block `frame` is worked on.
    pub fn heard(&self, frame: u64) -> usize {
        usize::try_from((frame + 1).saturating_sub(self.first)).unwrap_or(usize::MAX)
    }

    /// What one input has heard, if any path uses it.
    pub fn line(&self, input: usize) -> Option<&DelayLine> {
        self.lines[input].as_ref()
    }

    /// Values that are denormal in the delay lines and the block last transformed.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        let values = self.values.iter().flat_map(|value| [&value.re, &value.im]);
        let lines: usize = self.lines.iter().flatten().map(DelayLine::denormals).sum();
        lines + values.filter(|x| x.is_subnormal()).count()
    }
}

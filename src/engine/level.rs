//! One partition size under one kernel: multiply-accumulate, inverse transform, overlap-add. The spectra of the input lie
//! in the past ([`LevelPast`]), which knows no kernel.
//!
//! Late partitions are multiplied for [`AHEAD`] blocks at once, with the steps of the blocks before them: those of blocks
//! `k` to `k + AHEAD - 1` with the steps of blocks `k - AHEAD` to `k - 1`, a part of the bins with each. What a block's own
//! steps then add is the near partitions.
//!
//! A level whose kernel has just come computes the last [`AHEAD`] blocks anew ([`Level::catch_up`]). The block after them
//! is the first that it works on by its schedule, and until a group of blocks has been multiplied ahead, each block's own
//! steps have all partitions. So it is in the beginning, too.

use super::dispatch::Dispatch;
use super::history::silence;
use super::kernel::{KernelLevel, LevelPath};
use super::past::{LevelPast, Past};
use super::plan::AHEAD;
use super::schedule::{CatchUp, Step};
use super::spectrum::{Accumulate, AccumulateTogether, CHUNK, Chunk, Factors, Segment, load};
use super::transform::{Piece, Target};
use rustfft::num_complex::Complex32;
use std::ops::Range;

/// The running state of one partition size.
#[derive(Debug)]
pub(super) struct Level {
    /// Which of the convolver's.
    index: usize,
    /// The first block that it works on by its schedule.
    first: u64,
    /// The first block whose late partitions it multiplies ahead.
    first_ahead: u64,
    /// Per output; those that no path reaches have none.
    outputs: Vec<Option<Output>>,
    values: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// Filled anew for every step; there is room for all that a step can have.
    segments: Vec<Segment>,
    /// What has been done since the start: transforms begun, and chunks of products.
    #[cfg(test)]
    pub done: (usize, usize),
}

/// What becomes one output.
#[derive(Debug)]
struct Output {
    /// Accumulated products of the present blocks and, where late ones come first, of the next group of blocks.
    sums: Vec<Vec<Chunk>>,
    /// What will be played.
    ring: Vec<f32>,
    /// The second half of the last frame, which overlaps the next.
    overlap: Vec<f32>,
}

/// For how many blocks all inputs have been silent that an output hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Silence(u64);

impl Level {
    /// Silence. Allocates.
    pub fn new(index: usize, level: &KernelLevel, outputs: usize, quantum: usize) -> Self {
        let plan = level.plan;
        // A frame is written while the one before it is read; where a level starts later than it must, frames wait.
        let waiting = (plan.offset + quantum).saturating_sub(2 * plan.partition).div_ceil(plan.partition);
        let groups = if level.is_ahead { 2 * AHEAD } else { AHEAD };
        let output = |output: usize| {
            level.outputs.contains(&output).then(|| Output {
                sums: vec![vec![Chunk::SILENCE; plan.partition / CHUNK]; groups],
                ring: silence((2 + waiting) * plan.partition),
                overlap: silence(plan.partition),
            })
        };
        Self {
            index,
            first: 0,
            first_ahead: AHEAD as u64,
            outputs: (0..outputs).map(output).collect(),
            values: vec![Complex32::ZERO; level.transform.values_len()],
            scratch: vec![Complex32::ZERO; level.transform.scratch_len()],
            segments: Vec::with_capacity(2 * level.paths.iter().map(|path| path.runs.len()).sum::<usize>()),
            #[cfg(test)]
            done: (0, 0),
        }
    }

    /// Does what the schedule has for this quantum.
    pub fn run(&mut self, level: &KernelLevel, dispatch: Dispatch, past: &mut Past) {
        if level.paths.is_empty() {
            return;
        }
        past.want(self.index);
        if let Some((frame, slot)) = past.now(self.index) {
            self.slot(level, dispatch, past, frame, slot);
        }
    }

    fn slot(&mut self, level: &KernelLevel, dispatch: Dispatch, past: &mut Past, frame: u64, slot: usize) {
        if frame < self.first {
            return; // It was caught up on, or nobody had wanted it.
        }
        for step in &level.schedule.slots[slot] {
            match step {
                Step::Forward { input, piece } => {
                    past.forward(self.index, level, dispatch, frame, (*input, *piece));
                }
                Step::Ahead { chunks } => self.ahead(level, dispatch, &past.levels[self.index], frame, chunks),
                Step::Near { chunks } => self.near(level, dispatch, &past.levels[self.index], frame, chunks),
                Step::Inverse { output, piece } => {
                    self.inverse(level, dispatch, &past.levels[self.index], frame, *output, *piece);
                }
            }
        }
    }

    /// Looks what can be caught up on in the quantum that begins now: up to which block, if any.
    ///
    /// That may depend on the convolver's phase, as it tells how far the transforms are. What is computed in which way must
    /// not, so that a phase changes no bit: hence it goes by the blocks that are complete.
    pub fn begin_catching_up(&mut self, level: &KernelLevel, past: &mut Past) -> Option<u64> {
        let complete = past.position / level.plan.partition as u64;
        self.first_ahead = complete.next_multiple_of(AHEAD as u64) + AHEAD as u64;
        if past.is_wanted(self.index) {
            let newest = past.levels[self.index].newest(level);
            self.first = newest.map_or(past.levels[self.index].first(), |newest| newest + 1);
            newest
        } else {
            self.first = complete.saturating_sub(1);
            past.forget(self.index, self.first);
            None
        }
    }

    /// One quantum's share of computing blocks up to `newest` anew, under this kernel.
    pub fn catch_up(&mut self, level: &KernelLevel, dispatch: Dispatch, past: &Past, newest: u64, steps: &[CatchUp]) {
        let past = &past.levels[self.index];
        for step in steps {
            match step {
                CatchUp::Sum { chunks } => self.sum_last(level, dispatch, past, newest, chunks),
                CatchUp::Inverse { before, output, piece } => {
                    if let Some(frame) = newest.checked_sub(*before) {
                        self.inverse(level, dispatch, past, frame, *output, *piece);
                    }
                }
            }
        }
    }

    /// Does at once what the schedule has had since `first`, up to this quantum.
    pub fn run_missed(&mut self, level: &KernelLevel, dispatch: Dispatch, past: &mut Past) {
        let Some((frame, slot)) = past.now(self.index) else { return };
        for missed in self.first..=frame {
            let slots = if missed < frame { level.schedule.slots.len() } else { slot + 1 };
            (0..slots).for_each(|slot| self.slot(level, dispatch, past, missed, slot));
        }
    }

    /// All partitions for the last blocks up to `newest`.
    fn sum_last(
        &mut self,
        level: &KernelLevel,
        dispatch: Dispatch,
        past: &LevelPast,
        newest: u64,
        chunks: &Range<usize>,
    ) {
        let all = level.plan.count;
        let oldest = newest.checked_sub(AHEAD as u64 - 1).filter(|oldest| past.heard(*oldest) >= all);
        let Some(oldest) = oldest.filter(|_| level.is_ahead) else {
            // Of few partitions, or soon after the beginning, when every block meets another past.
            for frame in newest.saturating_sub(AHEAD as u64 - 1)..=newest {
                self.near(level, dispatch, past, frame, chunks);
            }
            return;
        };
        for output in 0..self.outputs.len() {
            let Some(Output { sums, .. }) = &mut self.outputs[output] else { continue };
            list_segments(&mut self.segments, past, &level.paths, output, (oldest, AHEAD), &(0..all));
            #[cfg(test)]
            {
                self.done.1 += chunks.len() * AHEAD * self.segments.iter().map(|segment| segment.len).sum::<usize>();
            }
            let factors = factors(past, &level.paths, output);
            let (segments, sums) = (&self.segments, in_order(sums, oldest));
            dispatch.run(AccumulateTogether { factors, segments, chunks: chunks.clone(), sums });
        }
    }

    /// For how many blocks up to `frame` the inputs of an output have been silent.
    fn silence(&self, level: &KernelLevel, past: &LevelPast, frame: u64, output: usize) -> Silence {
        let heard = level.paths.iter().filter(|path| path.output == output);
        let lines = heard.filter_map(|path| past.line(path.input));
        Silence(lines.map(|line| line.silence(frame)).min().unwrap_or(u64::MAX))
    }

    fn near(&mut self, level: &KernelLevel, dispatch: Dispatch, past: &LevelPast, frame: u64, chunks: &Range<usize>) {
        let onto = level.is_ahead && frame >= self.first_ahead;
        let partitions = if onto { level.near() } else { level.plan.count };
        for output in 0..self.outputs.len() {
            let silence = self.silence(level, past, frame, output);
            let Some(Output { sums, .. }) = &mut self.outputs[output] else { continue };
            if silence.is_total(level) {
                continue; // What was added ahead is zero already, and without that the next sum replaces this one.
            }
            let index = (frame % sums.len() as u64) as usize;
            let sums = &mut sums[index];
            // Blocks from before the last reset are not heard: they are left out, not cleared.
            let heard = 0..past.heard(frame).min(partitions);
            list_segments(&mut self.segments, past, &level.paths, output, (frame, 1), &heard);
            let (segments, factors) = (&self.segments, factors(past, &level.paths, output));
            #[cfg(test)]
            {
                self.done.1 += chunks.len() * segments.iter().map(|segment| segment.len).sum::<usize>();
            }
            let chunks = chunks.clone();
            if level.is_ahead && !onto {
                // Block by block what several blocks together give.
                dispatch.run(AccumulateTogether { factors, segments, chunks, sums: [sums] });
            } else {
                dispatch.run(Accumulate { factors, segments, chunks, sums, onto });
            }
        }
    }

    fn ahead(&mut self, level: &KernelLevel, dispatch: Dispatch, past: &LevelPast, frame: u64, chunks: &Range<usize>) {
        let (blocks, plan) = (AHEAD as u64, level.plan);
        // The first block of the next group, and the part of the bins whose turn is now.
        let first = (frame / blocks + 1) * blocks;
        if first < self.first_ahead {
            return;
        }
        let part = (frame % blocks) as usize * (plan.partition / CHUNK / AHEAD);
        let chunks = part + chunks.start..part + chunks.end;
        for output in 0..self.outputs.len() {
            let silence = self.silence(level, past, frame, output);
            let Some(Output { sums, .. }) = &mut self.outputs[output] else { continue };
            let index = (first % sums.len() as u64) as usize;
            let sums = &mut sums[index..index + AHEAD];
            if silence.is_total(level) {
                if !silence.is_settled(level) {
                    sums.iter_mut().for_each(|sum| sum[chunks.clone()].fill(Chunk::SILENCE));
                }
                continue;
            }
            // Soon after a reset the last of the group hear more of the past than the first.
            let common = level.near()..past.heard(first).min(plan.count);
            list_segments(&mut self.segments, past, &level.paths, output, (first, AHEAD), &common);
            #[cfg(test)]
            {
                let products = self.segments.iter().map(|segment| segment.len).sum::<usize>();
                self.done.1 += chunks.len() * AHEAD * products;
            }
            let factors = factors(past, &level.paths, output);
            let mut all = sums.iter_mut().map(|sum| &mut sum[..]);
            let group: [_; AHEAD] = std::array::from_fn(|_| all.next().unwrap_or_default());
            let (segments, chunks) = (&self.segments, &chunks);
            dispatch.run(AccumulateTogether { factors, segments, chunks: chunks.clone(), sums: group });
            for (block, sums) in (first + 1..).zip(&mut sums[1..]) {
                let own = common.end.max(common.start)..past.heard(block).min(plan.count);
                list_segments(&mut self.segments, past, &level.paths, output, (block, 1), &own);
                if !self.segments.is_empty() {
                    let segments = &self.segments;
                    dispatch.run(Accumulate { factors, segments, chunks: chunks.clone(), sums, onto: true });
                }
            }
        }
    }

    fn inverse(
        &mut self,
        level: &KernelLevel,
        dispatch: Dispatch,
        past: &LevelPast,
        frame: u64,
        output: usize,
        piece: usize,
    ) {
        let silence = self.silence(level, past, frame, output);
        let Some(Output { sums, ring, overlap }) = &mut self.outputs[output] else { return };
        let (transform, partition) = (&level.transform, level.plan.partition);
        let at = (frame * partition as u64 % ring.len() as u64) as usize;
        let samples = &mut ring[at..at + partition];
        if silence.is_total(level) {
            // What still overlaps is played.
            if !silence.is_settled(level) {
                let share = level.share(piece, partition);
                let fresh = frame == 0;
                for (sample, overlap) in samples[share.clone()].iter_mut().zip(&mut overlap[share]) {
                    *sample = if fresh { 0.0 } else { *overlap };
                    *overlap = 0.0;
                }
            }
            return;
        }
        let piece = &level.pieces[piece];
        if let Piece::Row(row) = piece {
            let chunks = row * transform.row() / CHUNK..(row + 1) * transform.row() / CHUNK;
            let sums = &sums[(frame % sums.len() as u64) as usize];
            load(dispatch, &sums[chunks], &mut self.values[transform.row_range(*row)]);
        }
        #[cfg(test)]
        {
            self.done.0 += usize::from(*piece == level.pieces[0]);
        }
        let target = Target { samples, overlap, fresh: frame == 0 };
        transform.inverse(dispatch, piece, &mut self.values, &mut self.scratch, target);
    }

    /// Adds what was computed for a time to one output. The samples do not cross a quantum.
    pub fn add(&self, level: &KernelLevel, position: u64, output: usize, samples: &mut [f32]) {
        let Some(since) = position.checked_sub(level.plan.offset as u64) else { return };
        let Some(Output { ring, .. }) = &self.outputs[output] else { return };
        let at = (since % ring.len() as u64) as usize;
        for (sample, computed) in samples.iter_mut().zip(&ring[at..]) {
            *sample += computed;
        }
    }

    /// Begins anew with the past.
    pub fn reset(&mut self) {
        (self.first, self.first_ahead) = (0, AHEAD as u64);
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let of_output = |output: &Output| {
            let sums: usize = output.sums.iter().map(|sums| size_of_val(&sums[..])).sum();
            sums + size_of_val(&output.ring[..]) + size_of_val(&output.overlap[..])
        };
        self.outputs.iter().flatten().map(of_output).sum()
    }

    /// Values that are denormal: in the sums, the frame last transformed, and the output.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        let outputs = || self.outputs.iter().flatten();
        let sums: usize = outputs().flat_map(|output| output.sums.iter().flatten()).map(Chunk::denormals).sum();
        let samples = outputs().flat_map(|output| output.ring.iter().chain(&output.overlap));
        let values = self.values.iter().flat_map(|value| [&value.re, &value.im]);
        sums + samples.chain(values).filter(|x| x.is_subnormal()).count()
    }
}

impl Silence {
    /// Whether no partition meets a block with sound in it.
    fn is_total(self, level: &KernelLevel) -> bool {
        self.0 >= level.plan.count as u64
    }

    /// Whether everything that will be read again has become zero since, so that nothing needs to be written any more: a
    /// group may be under way, then the sums of two groups have their turn, and last the overlap and the ring, which is
    /// at most as long as three blocks.
    fn is_settled(self, level: &KernelLevel) -> bool {
        self.0 >= (level.plan.count + 4 * AHEAD) as u64
    }
}

/// The sums of [`AHEAD`] blocks from `oldest` on, in the order of the blocks.
fn in_order(sums: &mut [Vec<Chunk>], oldest: u64) -> [&mut [Chunk]; AHEAD] {
    let (count, first) = (sums.len(), (oldest % sums.len() as u64) as usize);
    let mut ordered: [&mut [Chunk]; AHEAD] = Default::default();
    for (index, sums) in sums.iter_mut().enumerate() {
        if let Some(place) = ordered.get_mut((index + count - first) % count) {
            *place = sums;
        }
    }
    ordered
}

/// Lists where the blocks that a block meets in some partitions of an output's paths lie together with the kernel's
/// spectra. For a `width` of several blocks it is about the first of them, and the past begins at what the last meets.
fn list_segments(
    segments: &mut Vec<Segment>,
    past: &LevelPast,
    paths: &[LevelPath],
    output: usize,
    (frame, width): (u64, usize),
    heard: &Range<usize>,
) {
    segments.clear();
    for path in paths.iter().filter(|path| path.output == output) {
        let Some(line) = past.line(path.input) else { continue };
        for run in &path.runs {
            let first = run.partitions.start.max(heard.start);
            let len = run.partitions.end.min(heard.end).saturating_sub(first);
            if len == 0 {
                continue;
            }
            let with = run.place + (first - run.partitions.start);
            let (from, until_wrap) = line.place(frame, first, width);
            let before = len.min(until_wrap);
            segments.push(Segment { input: path.input, from, with, len: before });
            if before < len {
                segments.push(Segment { input: path.input, from: 0, with: with + before, len: len - before });
            }
        }
    }
}

/// What is multiplied for an output.
fn factors<'a>(past: &'a LevelPast, paths: &'a [LevelPath], output: usize) -> Factors<'a> {
    let mut factors = Factors::default();
    for path in paths.iter().filter(|path| path.output == output) {
        factors.banks[path.input] = past.line(path.input).map(|line| (line.bank(), &path.spectra));
    }
    factors
}

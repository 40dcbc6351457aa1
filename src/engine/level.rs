//! One partition size: forward transform, multiply-accumulate, inverse transform, overlap-add.
//!
//! Late partitions are multiplied for [`AHEAD`] blocks at once, with the steps of the blocks before them: those of blocks
//! `k` to `k + AHEAD - 1` with the steps of blocks `k - AHEAD` to `k - 1`, a part of the bins with each. What a block's own
//! steps then add is the near partitions.

use super::dispatch::Dispatch;
use super::history::{DelayLine, History, silence};
use super::kernel::{Kernel, KernelLevel, LevelPath};
use super::plan::AHEAD;
use super::schedule::Step;
use super::spectrum::{Accumulate, AccumulateAhead, CHUNK, Chunk, Factors, Segment, load};
use super::transform::{Piece, Target};
use rustfft::num_complex::Complex32;
use std::ops::Range;

/// The running state of one partition size.
#[derive(Debug)]
pub(super) struct Level {
    /// Samples by which the work on a block begins later than it could.
    delay: u64,
    /// Per input; those that no path uses have none.
    past: Vec<Option<DelayLine>>,
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
    /// Accumulated products of a block, or where late ones come first of the present and the next group of blocks.
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
    pub fn new(kernel: &Kernel, level: &KernelLevel) -> Self {
        let plan = level.plan;
        // A frame is written while the one before it is read; where a level starts later than it must, frames wait.
        let waiting = (plan.offset + kernel.quantum()).saturating_sub(2 * plan.partition).div_ceil(plan.partition);
        let (width, groups) = if level.is_ahead { (AHEAD, 2 * AHEAD) } else { (1, 1) };
        let line =
            |input: usize| level.inputs.contains(&input).then(|| DelayLine::new(plan.count, plan.partition, width));
        let output = |output: usize| {
            level.outputs.contains(&output).then(|| Output {
                sums: vec![vec![Chunk::SILENCE; plan.partition / CHUNK]; groups],
                ring: silence((2 + waiting) * plan.partition),
                overlap: silence(plan.partition),
            })
        };
        Self {
            delay: 0,
            past: (0..kernel.inputs()).map(line).collect(),
            outputs: (0..kernel.outputs()).map(output).collect(),
            values: vec![Complex32::ZERO; level.transform.values_len()],
            scratch: vec![Complex32::ZERO; level.transform.scratch_len()],
            segments: Vec::with_capacity(2 * level.paths.iter().map(|path| path.runs.len()).sum::<usize>()),
            #[cfg(test)]
            done: (0, 0),
        }
    }

    /// From now on, the work on a block begins so many samples later than it could. The plan has room for as many.
    pub fn delay(&mut self, samples: usize) {
        self.delay = samples as u64;
    }

    /// Does what the schedule has for this quantum. `position` is a multiple of the quantum: samples since the last
    /// reset, all of them in `history`.
    pub fn run(&mut self, level: &KernelLevel, kernel: &Kernel, position: u64, history: &History) {
        let partition = level.plan.partition as u64;
        let Some(position) = position.checked_sub(self.delay) else { return };
        // The last block that is complete, or was when the delay began.
        let Some(frame) = (position / partition).checked_sub(1) else { return };
        let slot = (position % partition) as usize / kernel.quantum();
        for step in &level.schedule.slots[slot] {
            match step {
                Step::Forward { input, piece } => self.forward(level, kernel.dispatch, frame, *input, *piece, history),
                Step::Ahead { chunks } => self.ahead(level, kernel.dispatch, frame, chunks),
                Step::Near { chunks } => self.near(level, kernel.dispatch, frame, chunks),
                Step::Inverse { output, piece } => self.inverse(level, kernel.dispatch, frame, *output, *piece),
            }
        }
    }

    fn forward(
        &mut self,
        level: &KernelLevel,
        dispatch: Dispatch,
        frame: u64,
        input: usize,
        piece: usize,
        history: &History,
    ) {
        let Some(line) = &mut self.past[input] else { return };
        let (partition, transform) = (level.plan.partition, &level.transform);
        let start = frame * partition as u64;
        if piece == 0 {
            line.begin(frame, history.is_silent_from(input, start));
        }
        if !line.sounds_at(frame) {
            return line.store_silence(frame, level.share(piece, partition / CHUNK));
        }
        #[cfg(test)]
        {
            self.done.0 += usize::from(piece == 0);
        }
        let piece = &level.pieces[piece];
        let block = history.block(input, start, partition);
        transform.forward(dispatch, piece, block, &mut self.values, &mut self.scratch);
        if let Piece::Row(row) = piece {
            line.store(dispatch, frame, row * transform.row() / CHUNK, &self.values[transform.row_range(*row)]);
        }
    }

    /// For how many blocks up to `frame` the inputs of an output have been silent.
    fn silence(&self, level: &KernelLevel, frame: u64, output: usize) -> Silence {
        let heard = level.paths.iter().filter(|path| path.output == output);
        let lines = heard.filter_map(|path| self.past[path.input].as_ref());
        Silence(lines.map(|line| line.silence(frame)).min().unwrap_or(u64::MAX))
    }

    fn near(&mut self, level: &KernelLevel, dispatch: Dispatch, frame: u64, chunks: &Range<usize>) {
        for output in 0..self.outputs.len() {
            let silence = self.silence(level, frame, output);
            let Some(Output { sums, .. }) = &mut self.outputs[output] else { continue };
            if silence.is_total(level) {
                continue; // What was added ahead is zero already, and without that the next sum replaces this one.
            }
            let index = (frame % sums.len() as u64) as usize;
            // Nothing was added ahead for the first group.
            let onto = sums.len() > 1 && frame >= AHEAD as u64;
            let sums = &mut sums[index];
            // Blocks from before the last reset are not heard: they are left out, not cleared.
            let heard = 0..(frame + 1).min(level.near() as u64) as usize;
            list_segments(&mut self.segments, &self.past, &level.paths, output, (frame, 1), &heard);
            let (segments, factors) = (&self.segments, factors(&self.past, &level.paths, output));
            #[cfg(test)]
            {
                self.done.1 += chunks.len() * segments.iter().map(|segment| segment.len).sum::<usize>();
            }
            dispatch.run(Accumulate { factors, segments, chunks: chunks.clone(), sums, onto });
        }
    }

    fn ahead(&mut self, level: &KernelLevel, dispatch: Dispatch, frame: u64, chunks: &Range<usize>) {
        let (blocks, plan) = (AHEAD as u64, level.plan);
        // The first block of the next group, and the part of the bins whose turn is now.
        let first = (frame / blocks + 1) * blocks;
        let part = (frame % blocks) as usize * (plan.partition / CHUNK / AHEAD);
        let chunks = part + chunks.start..part + chunks.end;
        for output in 0..self.outputs.len() {
            let silence = self.silence(level, frame, output);
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
            let common = level.near()..(first + 1).min(plan.count as u64) as usize;
            list_segments(&mut self.segments, &self.past, &level.paths, output, (first, AHEAD), &common);
            #[cfg(test)]
            {
                let products = self.segments.iter().map(|segment| segment.len).sum::<usize>();
                self.done.1 += chunks.len() * AHEAD * products;
            }
            let factors = factors(&self.past, &level.paths, output);
            let mut all = sums.iter_mut().map(|sum| &mut sum[..]);
            let group = std::array::from_fn(|_| all.next().unwrap_or_default());
            let (segments, chunks) = (&self.segments, &chunks);
            dispatch.run(AccumulateAhead { factors, segments, chunks: chunks.clone(), sums: group });
            for (block, sums) in (first + 1..).zip(&mut sums[1..]) {
                let own = common.end.max(common.start)..(block + 1).min(plan.count as u64) as usize;
                list_segments(&mut self.segments, &self.past, &level.paths, output, (block, 1), &own);
                if !self.segments.is_empty() {
                    let segments = &self.segments;
                    dispatch.run(Accumulate { factors, segments, chunks: chunks.clone(), sums, onto: true });
                }
            }
        }
    }

    fn inverse(&mut self, level: &KernelLevel, dispatch: Dispatch, frame: u64, output: usize, piece: usize) {
        let silence = self.silence(level, frame, output);
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

    /// Forgets what was heard, without clearing it.
    pub fn reset(&mut self) {
        self.past.iter_mut().flatten().for_each(DelayLine::reset);
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let lines: usize = self.past.iter().flatten().map(DelayLine::bytes).sum();
        let of_output = |output: &Output| {
            let sums: usize = output.sums.iter().map(|sums| size_of_val(&sums[..])).sum();
            sums + size_of_val(&output.ring[..]) + size_of_val(&output.overlap[..])
        };
        lines + self.outputs.iter().flatten().map(of_output).sum::<usize>()
    }

    /// Values that are denormal: in the delay lines, the sums, the frame last transformed, and the output.
    #[cfg(test)]
    pub fn denormals(&self) -> usize {
        let lines: usize = self.past.iter().flatten().map(DelayLine::denormals).sum();
        let outputs = || self.outputs.iter().flatten();
        let sums: usize = outputs().flat_map(|output| output.sums.iter().flatten()).map(Chunk::denormals).sum();
        let samples = outputs().flat_map(|output| output.ring.iter().chain(&output.overlap));
        let values = self.values.iter().flat_map(|value| [&value.re, &value.im]);
        lines + sums + samples.chain(values).filter(|x| x.is_subnormal()).count()
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

/// Lists where the blocks that a block meets in some partitions of an output's paths lie together with the kernel's
/// spectra. For a `width` of several blocks it is about the first of them, and the past begins at what the last meets.
fn list_segments(
    segments: &mut Vec<Segment>,
    past: &[Option<DelayLine>],
    paths: &[LevelPath],
    output: usize,
    (frame, width): (u64, usize),
    heard: &Range<usize>,
) {
    segments.clear();
    for path in paths.iter().filter(|path| path.output == output) {
        let Some(line) = &past[path.input] else { continue };
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
fn factors<'a>(past: &'a [Option<DelayLine>], paths: &'a [LevelPath], output: usize) -> Factors<'a> {
    let mut factors = Factors::default();
    for path in paths.iter().filter(|path| path.output == output) {
        factors.banks[path.input] = past[path.input].as_ref().map(|line| (line.bank(), &path.spectra));
    }
    factors
}

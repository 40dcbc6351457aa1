//! Schedule of a stage: the quantum in which each piece of a block's work runs. A pure value: nothing here touches a
//! sample.
//!
//! A block's work has a whole block's time (see `plan`). It is cut into small pieces, a transform among them, and
//! spread evenly over the quanta of that time, so that no callback carries a whole long transform. An even demand on
//! the processor is what Gardner (1995) asks of a schedule and what Wefers (2015) compares; both are cited in full in
//! `plan`.

use super::plan::{BATCH, Multiply, StagePlan};
use super::spectrum::CHUNK;
use std::fmt;
use std::ops::Range;

/// Time of a transform per point and octave, in hundredths of a nanosecond, measured with AVX2. The work is spread by
/// this and [`products`]. They change no bit, unlike the numbers by which the plan is chosen.
const TRANSFORM: usize = 12;

/// Times of a product of two bins in the unit of [`TRANSFORM`]: in a stage whose factors stay in a core's own cache,
/// and in one whose factors do not.
fn products(stage: StagePlan, work: &Work) -> Multiply {
    if stage.stays_in_cache(work.immediate + work.batched, work.inputs) {
        Multiply { immediate: 14, batched: 10 }
    } else {
        Multiply { immediate: 22, batched: 14 }
    }
}

/// One piece of a stage's work on one block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A piece of the transform of some inputs' block.
    Forward {
        /// Indices among the stage's inputs.
        inputs: Range<usize>,
        /// Index of the piece.
        piece: usize,
    },
    /// Products of the batched partitions for the next batch: some chunks of the part that falls to this block.
    Batched {
        /// Chunks, counted from the first of the part.
        chunks: Range<usize>,
    },
    /// Products of the immediate partitions: some chunks.
    Immediate {
        /// Chunks of the spectrum.
        chunks: Range<usize>,
    },
    /// A piece of the transform back, and its overlap-add, of some outputs.
    Inverse {
        /// Indices among the stage's outputs.
        outputs: Range<usize>,
        /// Index of the piece.
        piece: usize,
    },
}

impl Step {
    /// Extends this step by one that comes right after it, if both can be done as one.
    pub fn join(&mut self, next: &Self) -> bool {
        match (self, next) {
            (Self::Immediate { chunks }, Self::Immediate { chunks: next })
            | (Self::Batched { chunks }, Self::Batched { chunks: next })
                if chunks.end == next.start =>
            {
                chunks.end = next.end;
                true
            }
            _ => false,
        }
    }
}

/// One piece of catching up: a stage whose kernel has just taken a history over computes the last [`BATCH`] blocks
/// again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CatchUp {
    /// Some chunks of all partitions, for all of these blocks.
    Sum {
        /// Chunks of the spectrum.
        chunks: Range<usize>,
    },
    /// A piece of the transform back, and its overlap-add, of some outputs' block.
    Inverse {
        /// Number of blocks before the last.
        before: u64,
        /// Indices among the stage's outputs.
        outputs: Range<usize>,
        /// Index of the piece.
        piece: usize,
    },
}

/// Quanta in which a stage catches up: so many that this is not the largest part of a callback's work.
fn slots_to_catch_up(stage: StagePlan, quantum: usize) -> usize {
    (stage.partition / (8 * quantum)).clamp(1, 32)
}

/// The work of catching up, by quantum.
pub(super) fn catching_up(stage: StagePlan, quantum: usize, work: &Work) -> Vec<Vec<CatchUp>> {
    if work.immediate + work.batched == 0 {
        return Vec::new();
    }
    let cost = products(stage, work).batched * (work.immediate + work.batched) * CHUNK * BATCH;
    let sum = |chunk| (CatchUp::Sum { chunks: chunk..chunk + 1 }, cost);
    let mut pieces: Vec<_> = (0..stage.partition / CHUNK).map(sum).collect();
    for before in (0..BATCH as u64).rev() {
        for outputs in work.together(work.outputs) {
            let costs = work.pieces.iter().enumerate().rev();
            let step = |(piece, cost)| {
                let cost = TRANSFORM * cost * outputs.len();
                (CatchUp::Inverse { before, outputs: outputs.clone(), piece }, cost)
            };
            pieces.extend(costs.map(step));
        }
    }
    spread(pieces, slots_to_catch_up(stage, quantum), |last, step| match (last, step) {
        (CatchUp::Sum { chunks: last }, CatchUp::Sum { chunks }) => {
            last.end = chunks.end;
            true
        }
        _ => false,
    })
}

/// Lays pieces of work end to end and cuts them into slots of equal cost: each runs in the slot in which its middle
/// lies. `join` merges a piece into the one before it where both can be done as one.
fn spread<S>(pieces: Vec<(S, usize)>, slots: usize, join: impl Fn(&mut S, &S) -> bool) -> Vec<Vec<S>> {
    let mut spread: Vec<Vec<S>> = (0..slots).map(|_| Vec::new()).collect();
    let total: u64 = pieces.iter().map(|piece| piece.1 as u64).sum();
    let mut done = 0;
    for (step, cost) in pieces {
        let middle = 2 * done + cost as u64;
        let slot = &mut spread[(middle * slots as u64 / (2 * total)).min(slots as u64 - 1) as usize];
        done += cost as u64;
        if !slot.last_mut().is_some_and(|last| join(last, &step)) {
            slot.push(step);
        }
    }
    spread
}

/// The work of a stage on every block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work<'a> {
    /// Number of inputs to transform.
    pub inputs: usize,
    /// Number of outputs to transform back.
    pub outputs: usize,
    /// True when the blocks of all of them are transformed in one step.
    pub is_together: bool,
    /// Cost of each piece of a forward transform.
    pub pieces: &'a [usize],
    /// Products of spectra in immediate partitions.
    pub immediate: usize,
    /// Products of spectra in batched partitions.
    pub batched: usize,
}

impl Work<'_> {
    /// Indices of channels that are transformed in one step.
    fn together(&self, channels: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let step = if self.is_together { channels.max(1) } else { 1 };
        (0..channels).step_by(step).map(move |first| first..first + step)
    }
}

/// The work of a stage on one block, by the quantum in which it runs. It repeats for every block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Schedule {
    /// P/Q slots. Slot `j` runs `j` quanta after its block was complete.
    pub slots: Vec<Vec<Step>>,
}

/// The pieces of a block's work in the order in which they need each other, with their costs.
fn pieces(stage: StagePlan, work: &Work) -> Vec<(Step, usize)> {
    let chunks = stage.partition / CHUNK;
    let mut pieces = Vec::new();
    for inputs in work.together(work.inputs) {
        let costs = work.pieces.iter().enumerate();
        let step = |(piece, cost)| (Step::Forward { inputs: inputs.clone(), piece }, TRANSFORM * cost * inputs.len());
        pieces.extend(costs.map(step));
    }
    if work.batched > 0 {
        // A part of the chunks, but for BATCH blocks.
        let cost = products(stage, work).batched * work.batched * CHUNK * BATCH;
        pieces.extend((0..chunks / BATCH).map(|chunk| (Step::Batched { chunks: chunk..chunk + 1 }, cost)));
    }
    let cost = products(stage, work).immediate * work.immediate * CHUNK;
    pieces.extend((0..chunks).map(|chunk| (Step::Immediate { chunks: chunk..chunk + 1 }, cost)));
    for outputs in work.together(work.outputs) {
        let costs = work.pieces.iter().enumerate().rev();
        let step =
            |(piece, cost)| (Step::Inverse { outputs: outputs.clone(), piece }, TRANSFORM * cost * outputs.len());
        pieces.extend(costs.map(step));
    }
    pieces
}

impl Schedule {
    /// Spreads the work of one block evenly.
    pub fn new(stage: StagePlan, quantum: usize, work: &Work) -> Self {
        let slots = stage.partition / quantum;
        if work.immediate + work.batched == 0 {
            return Self { slots: vec![Vec::new(); slots] };
        }
        Self { slots: spread(pieces(stage, work), slots, Step::join) }
    }

    /// True when every piece comes exactly once, after what it needs, and in time for the stage's first output sample,
    /// even in a convolver that uses all of the plan's slack.
    pub fn verify(&self, stage: StagePlan, quantum: usize, work: &Work) -> bool {
        let chunks = stage.partition / CHUNK;
        let count = work.pieces.len();
        let of_all = |channels: Range<usize>, piece: usize| channels.map(move |channel| (channel, piece));
        let forward = || (0..work.inputs).flat_map(|input| (0..count).map(move |piece| (input, piece)));
        let inverse = || (0..work.outputs).flat_map(|output| (0..count).rev().map(move |piece| (output, piece)));
        let (mut forwarded, mut inverted) = (Vec::new(), Vec::new());
        let (mut immediate, mut batched) = (0, 0);
        for step in self.slots.iter().flatten() {
            match step {
                Step::Forward { inputs, piece } if immediate + batched == 0 => {
                    forwarded.extend(of_all(inputs.clone(), *piece));
                }
                Step::Batched { chunks }
                    if forwarded.len() == forward().count() && (chunks.start, immediate) == (batched, 0) =>
                {
                    batched = chunks.end;
                }
                Step::Immediate { chunks: some }
                    if forwarded.len() == forward().count() && some.start == immediate && some.end <= chunks =>
                {
                    immediate = some.end;
                }
                Step::Inverse { outputs, piece } if immediate == chunks => {
                    inverted.extend(of_all(outputs.clone(), *piece));
                }
                _ => return false,
            }
        }
        let last = self.slots.iter().rposition(|steps| !steps.is_empty());
        let in_time = last.is_none_or(|slot| stage.partition + (slot + stage.slack(quantum)) * quantum <= stage.offset);
        let whole = batched == if work.batched > 0 { chunks / BATCH } else { 0 };
        self.slots.len() == stage.partition / quantum
            && in_time
            && whole
            && forwarded.into_iter().eq(forward())
            && inverted.into_iter().eq(inverse())
    }
}

impl fmt::Display for Schedule {
    /// A line for each slot that has work.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (slot, steps) in self.slots.iter().enumerate().filter(|(_, steps)| !steps.is_empty()) {
            write!(f, "{slot:>6}:")?;
            for step in steps {
                match step {
                    Step::Forward { inputs, piece } => write!(f, " forward {inputs:?}.{piece}")?,
                    Step::Batched { chunks } => write!(f, " batched {chunks:?}")?,
                    Step::Immediate { chunks } => write!(f, " immediate {chunks:?}")?,
                    Step::Inverse { outputs, piece } => write!(f, " inverse {outputs:?}.{piece}")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::LENGTHS;
    use super::super::plan::{Load, Plan};
    use super::super::transform::Transform;
    use super::*;

    /// Inputs, outputs and paths of the layouts.
    const LAYOUTS: [(usize, usize, usize); 3] = [(1, 1, 1), (1, 2, 2), (2, 2, 4)];

    fn costs(partition: usize) -> Vec<usize> {
        Transform::new(partition).pieces().into_iter().map(|piece| piece.1).collect()
    }

    fn for_every_stage(mut check: impl FnMut(StagePlan, &Work)) {
        for len in LENGTHS {
            for (inputs, outputs, paths) in LAYOUTS {
                let load = Load { inputs, outputs, paths };
                for stage in Plan::cheapest(len, 64, load).stages {
                    let pieces = &costs(stage.partition);
                    let (immediate, batched) = (paths * stage.immediate(), paths * (stage.count - stage.immediate()));
                    let is_together = stage.partition <= 64;
                    check(stage, &Work { inputs, outputs, is_together, pieces, immediate, batched });
                }
            }
        }
    }

    fn cost(stage: StagePlan, work: &Work, step: &Step) -> usize {
        match step {
            Step::Forward { inputs: channels, piece } | Step::Inverse { outputs: channels, piece } => {
                TRANSFORM * work.pieces[*piece] * channels.len()
            }
            Step::Batched { chunks } => products(stage, work).batched * work.batched * CHUNK * BATCH * chunks.len(),
            Step::Immediate { chunks } => products(stage, work).immediate * work.immediate * CHUNK * chunks.len(),
        }
    }

    #[test]
    fn schedules_are_in_order_and_in_time() {
        for_every_stage(|stage, work| {
            let schedule = Schedule::new(stage, 64, work);
            assert!(schedule.verify(stage, 64, work), "{stage:?}\n{schedule}");
        });
    }

    #[test]
    fn a_schedule_out_of_order_or_too_late_is_found() {
        let stage = StagePlan { partition: 4096, offset: 10_176, count: 69 };
        let pieces = &costs(4096);
        let work = Work { inputs: 1, outputs: 1, is_together: false, pieces, immediate: 7, batched: 62 };
        let good = Schedule::new(stage, 64, &work);
        assert!(good.verify(stage, 64, &work));
        let busy: Vec<usize> = (0..64).filter(|slot| !good.slots[*slot].is_empty()).collect();
        for (&slot, &next) in busy.iter().zip(&busy[1..]) {
            let mut swapped = good.clone();
            swapped.slots.swap(slot, next);
            assert!(!swapped.verify(stage, 64, &work), "slot {slot}");
            let mut missing = good.clone();
            missing.slots[slot].clear();
            assert!(!missing.verify(stage, 64, &work), "slot {slot}");
        }
        let mut longer = good.clone();
        longer.slots.push(Vec::new());
        assert!(!longer.verify(stage, 64, &work), "a slot that never comes");
        let mut more = good.clone();
        more.slots[63].push(Step::Immediate { chunks: 128..129 });
        assert!(!more.verify(stage, 64, &work), "a chunk that is not there");
        assert!(!good.verify(StagePlan { offset: 4096, ..stage }, 64, &work));
        assert!(!good.verify(stage, 64, &Work { outputs: 2, ..work }));
    }

    /// What users know as peaks of the processor's load at small blocks with long impulses.
    #[test]
    fn no_slot_holds_more_than_its_share_and_one_piece() {
        for_every_stage(|stage, work| {
            let schedule = Schedule::new(stage, 64, work);
            let of_slot = |steps: &Vec<Step>| steps.iter().map(|step| cost(stage, work, step)).sum::<usize>();
            let most = schedule.slots.iter().map(of_slot).max();
            let pieces = pieces(stage, work);
            let share = pieces.iter().map(|piece| piece.1).sum::<usize>() / schedule.slots.len();
            let largest = pieces.iter().map(|piece| piece.1).max();
            assert!(most <= largest.map(|largest| share + 1 + largest), "{stage:?} {most:?} {share}");
        });
    }

    /// Fifty of them in a callback, started together, as when a session is opened.
    #[test]
    fn convolvers_with_phases_of_their_own_are_heavy_at_different_times() {
        for_every_stage(|stage, work| {
            let schedule = Schedule::new(stage, 64, work);
            let alone: Vec<usize> =
                schedule.slots.iter().map(|steps| steps.iter().map(|step| cost(stage, work, step)).sum()).collect();
            let slots = alone.len();
            let mut together = vec![0; slots];
            for phase in 0..50 {
                for (slot, sum) in together.iter_mut().enumerate() {
                    *sum += alone[(slot + slots - stage.delay(phase, 64)) % slots];
                }
            }
            let share = together.iter().sum::<usize>() / slots;
            let above =
                |load: &[usize], times: usize| load.iter().max().map_or(0, |most| (times * most).saturating_sub(share));
            let (with, without) = (above(&together, 1), above(&alone, 50));
            // A short stage has few places to go to; where there are many, little of what piles up above the mean is
            // left.
            let is_spread = stage.slack(64) < 8 || with <= without / 3;
            assert!(is_spread, "{stage:?}: {with} above the mean of {share}, {without} without phases");
        });
    }

    #[test]
    fn the_work_of_a_block_is_spread_over_its_whole_time() {
        for_every_stage(|stage, work| {
            let schedule = Schedule::new(stage, 64, work);
            let largest = pieces(stage, work).iter().map(|piece| piece.1).max().unwrap_or(0);
            let total: usize = pieces(stage, work).iter().map(|piece| piece.1).sum();
            // No gap is longer than the longest piece takes.
            let gap = (largest * schedule.slots.len()).div_ceil(total);
            let longest = schedule.slots.split(|steps| !steps.is_empty()).map(<[_]>::len).max();
            assert!(longest <= Some(gap), "{stage:?}: {longest:?} of {gap}\n{schedule}");
        });
    }
}

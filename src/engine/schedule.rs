//! When each piece of a level's work runs. A pure value: nothing here touches a sample.

use super::plan::{AHEAD, LevelPlan, TRANSFORM};
use super::spectrum::CHUNK;
use std::fmt;
use std::ops::Range;

/// One piece of a level's work on one block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A piece of the transform of one input's block.
    Forward {
        /// Which input.
        input: usize,
        /// Which piece of the transform.
        piece: usize,
    },
    /// Late partitions for the blocks to come: some chunks of the part that falls to this block.
    Ahead {
        /// Which chunks, counted from the part's first.
        chunks: Range<usize>,
    },
    /// Some chunks of the other partitions.
    Near {
        /// Which chunks.
        chunks: Range<usize>,
    },
    /// A piece of the transform back, and its overlap-add, of one output.
    Inverse {
        /// Which output.
        output: usize,
        /// Which piece of the transform.
        piece: usize,
    },
}

/// One piece of what a level does once, when its kernel has just come: it computes the last [`AHEAD`] blocks anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CatchUp {
    /// Some chunks of all partitions, for all of these blocks.
    Sum {
        /// Which chunks.
        chunks: Range<usize>,
    },
    /// A piece of the transform back, and its overlap-add, of one output's block.
    Inverse {
        /// So many blocks before the last.
        before: u64,
        /// Which output.
        output: usize,
        /// Which piece of the transform.
        piece: usize,
    },
}

/// Quanta in which a level catches up: as many as keep it from being the most of what a callback does.
fn slots_to_catch_up(level: LevelPlan, quantum: usize) -> usize {
    (level.partition / (8 * quantum)).clamp(1, 32)
}

/// The quanta in which a level whose kernel has just come catches up, each with its share.
pub(super) fn catching_up(level: LevelPlan, quantum: usize, work: &Work) -> Vec<Vec<CatchUp>> {
    let products = work.near + work.ahead;
    if products == 0 {
        return Vec::new();
    }
    let cost = level.multiply(products, work.inputs.len()).ahead * products * CHUNK * AHEAD;
    let sum = |chunk| (CatchUp::Sum { chunks: chunk..chunk + 1 }, cost);
    let mut pieces: Vec<_> = (0..level.partition / CHUNK).map(sum).collect();
    for before in (0..AHEAD as u64).rev() {
        for &output in work.outputs {
            let costs = work.pieces.iter().enumerate().rev();
            pieces.extend(costs.map(|(piece, cost)| (CatchUp::Inverse { before, output, piece }, TRANSFORM * cost)));
        }
    }
    spread(pieces, slots_to_catch_up(level, quantum), |last, step| match (last, step) {
        (CatchUp::Sum { chunks: last }, CatchUp::Sum { chunks }) => {
            last.end = chunks.end;
            true
        }
        _ => false,
    })
}

/// Lays pieces of work end to end and cuts them into slots of equal cost: each runs in the slot in which its middle lies.
/// What follows without a gap is joined where `join` can do it.
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

/// What a level has to do for every block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work<'a> {
    /// Inputs to transform.
    pub inputs: &'a [usize],
    /// Outputs to transform back.
    pub outputs: &'a [usize],
    /// Cost of the pieces of a transform forward.
    pub pieces: &'a [usize],
    /// Products of spectra, block by block.
    pub near: usize,
    /// Products of spectra where several blocks share the reading.
    pub ahead: usize,
}

/// A level's work on one block, by the quantum in which it runs. It repeats for every block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Schedule {
    /// P/Q slots. Slot `j` runs `j` quanta after its block was complete.
    pub slots: Vec<Vec<Step>>,
}

/// The pieces of a block's work in the order in which they need each other, with their costs.
fn pieces(level: LevelPlan, work: &Work) -> Vec<(Step, usize)> {
    let chunks = level.partition / CHUNK;
    let multiply = level.multiply(work.near + work.ahead, work.inputs.len());
    let mut pieces = Vec::new();
    for &input in work.inputs {
        let costs = work.pieces.iter().enumerate();
        pieces.extend(costs.map(|(piece, cost)| (Step::Forward { input, piece }, TRANSFORM * cost)));
    }
    if work.ahead > 0 {
        // A part of the chunks, but for AHEAD blocks.
        let cost = multiply.ahead * work.ahead * CHUNK * AHEAD;
        pieces.extend((0..chunks / AHEAD).map(|chunk| (Step::Ahead { chunks: chunk..chunk + 1 }, cost)));
    }
    let cost = multiply.near * work.near * CHUNK;
    pieces.extend((0..chunks).map(|chunk| (Step::Near { chunks: chunk..chunk + 1 }, cost)));
    for &output in work.outputs {
        let costs = work.pieces.iter().enumerate().rev();
        pieces.extend(costs.map(|(piece, cost)| (Step::Inverse { output, piece }, TRANSFORM * cost)));
    }
    pieces
}

impl Schedule {
    /// Spreads the work of one block evenly.
    pub fn new(level: LevelPlan, quantum: usize, work: &Work) -> Self {
        let slots = level.partition / quantum;
        if work.near + work.ahead == 0 {
            return Self { slots: vec![Vec::new(); slots] };
        }
        let join = |last: &mut Step, step: &Step| match (last, step) {
            (Step::Near { chunks: last }, Step::Near { chunks })
            | (Step::Ahead { chunks: last }, Step::Ahead { chunks }) => {
                last.end = chunks.end;
                true
            }
            _ => false,
        };
        Self { slots: spread(pieces(level, work), slots, join) }
    }

    /// Whether every piece comes after what it needs, each exactly once, in time for the level's first output sample even in
    /// a convolver that begins as late as the plan lets it.
    pub fn verify(&self, level: LevelPlan, quantum: usize, work: &Work) -> bool {
        let chunks = level.partition / CHUNK;
        let count = work.pieces.len();
        let forward = || work.inputs.iter().flat_map(|input| (0..count).map(move |piece| (*input, piece)));
        let inverse = || work.outputs.iter().flat_map(|output| (0..count).rev().map(move |piece| (*output, piece)));
        let (mut forwarded, mut inverted) = (Vec::new(), Vec::new());
        let (mut near, mut ahead) = (0, 0);
        for step in self.slots.iter().flatten() {
            match step {
                Step::Forward { input, piece } if near + ahead == 0 => forwarded.push((*input, *piece)),
                Step::Ahead { chunks }
                    if forwarded.len() == forward().count() && (chunks.start, near) == (ahead, 0) =>
                {
                    ahead = chunks.end;
                }
                Step::Near { chunks: some }
                    if forwarded.len() == forward().count() && some.start == near && some.end <= chunks =>
                {
                    near = some.end;
                }
                Step::Inverse { output, piece } if near == chunks => inverted.push((*output, *piece)),
                _ => return false,
            }
        }
        let last = self.slots.iter().rposition(|steps| !steps.is_empty());
        let in_time = last.is_none_or(|slot| level.partition + (slot + level.room(quantum)) * quantum <= level.offset);
        let whole = ahead == if work.ahead > 0 { chunks / AHEAD } else { 0 };
        self.slots.len() == level.partition / quantum
            && in_time
            && whole
            && forwarded.into_iter().eq(forward())
            && inverted.into_iter().eq(inverse())
    }
}

impl fmt::Display for Schedule {
    /// A line for each slot that has something to do.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (slot, steps) in self.slots.iter().enumerate().filter(|(_, steps)| !steps.is_empty()) {
            write!(f, "{slot:>6}:")?;
            for step in steps {
                match step {
                    Step::Forward { input, piece } => write!(f, " forward {input}.{piece}")?,
                    Step::Ahead { chunks } => write!(f, " ahead {chunks:?}")?,
                    Step::Near { chunks } => write!(f, " near {chunks:?}")?,
                    Step::Inverse { output, piece } => write!(f, " inverse {output}.{piece}")?,
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
    use rustfft::FftPlanner;

    /// Inputs, outputs and paths of the layouts.
    const LAYOUTS: [(&[usize], &[usize], usize); 3] = [(&[0], &[0], 1), (&[0], &[0, 1], 2), (&[0, 1], &[0, 1], 4)];

    fn costs(partition: usize) -> Vec<usize> {
        Transform::new(&mut FftPlanner::new(), partition).pieces().into_iter().map(|piece| piece.1).collect()
    }

    fn for_every_level(mut check: impl FnMut(LevelPlan, &Work)) {
        for len in LENGTHS {
            for (inputs, outputs, paths) in LAYOUTS {
                let load = Load { inputs: inputs.len(), outputs: outputs.len(), paths };
                for level in Plan::cheapest(len, 64, load).levels {
                    let pieces = &costs(level.partition);
                    let (near, ahead) = (paths * level.near(), paths * (level.count - level.near()));
                    check(level, &Work { inputs, outputs, pieces, near, ahead });
                }
            }
        }
    }

    fn cost(level: LevelPlan, work: &Work, step: &Step) -> usize {
        let multiply = level.multiply(work.near + work.ahead, work.inputs.len());
        match step {
            Step::Forward { piece, .. } | Step::Inverse { piece, .. } => TRANSFORM * work.pieces[*piece],
            Step::Ahead { chunks } => multiply.ahead * work.ahead * CHUNK * AHEAD * chunks.len(),
            Step::Near { chunks } => multiply.near * work.near * CHUNK * chunks.len(),
        }
    }

    #[test]
    fn schedules_are_in_order_and_in_time() {
        for_every_level(|level, work| {
            let schedule = Schedule::new(level, 64, work);
            assert!(schedule.verify(level, 64, work), "{level:?}\n{schedule}");
        });
    }

    #[test]
    fn a_schedule_out_of_order_or_too_late_is_found() {
        let level = LevelPlan { partition: 4096, offset: 10_176, count: 69 };
        let pieces = &costs(4096);
        let work = Work { inputs: &[0], outputs: &[0], pieces, near: 7, ahead: 62 };
        let good = Schedule::new(level, 64, &work);
        assert!(good.verify(level, 64, &work));
        let busy: Vec<usize> = (0..64).filter(|slot| !good.slots[*slot].is_empty()).collect();
        for (&slot, &next) in busy.iter().zip(&busy[1..]) {
            let mut swapped = good.clone();
            swapped.slots.swap(slot, next);
            assert!(!swapped.verify(level, 64, &work), "slot {slot}");
            let mut missing = good.clone();
            missing.slots[slot].clear();
            assert!(!missing.verify(level, 64, &work), "slot {slot}");
        }
        let mut longer = good.clone();
        longer.slots.push(Vec::new());
        assert!(!longer.verify(level, 64, &work), "a slot that never comes");
        let mut more = good.clone();
        more.slots[63].push(Step::Near { chunks: 128..129 });
        assert!(!more.verify(level, 64, &work), "a chunk that is not there");
        assert!(!good.verify(LevelPlan { offset: 4096, ..level }, 64, &work));
        assert!(!good.verify(level, 64, &Work { outputs: &[0, 1], ..work }));
    }

    /// What users know as peaks of the processor's load at small blocks with long impulses.
    #[test]
    fn no_slot_holds_more_than_its_share_and_one_piece() {
        for_every_level(|level, work| {
            let schedule = Schedule::new(level, 64, work);
            let of_slot = |steps: &Vec<Step>| steps.iter().map(|step| cost(level, work, step)).sum::<usize>();
            let most = schedule.slots.iter().map(of_slot).max();
            let pieces = pieces(level, work);
            let share = pieces.iter().map(|piece| piece.1).sum::<usize>() / schedule.slots.len();
            let largest = pieces.iter().map(|piece| piece.1).max();
            assert!(most <= largest.map(|largest| share + 1 + largest), "{level:?} {most:?} {share}");
        });
    }

    /// Fifty of them in a callback, started together, as when a session is opened.
    #[test]
    fn convolvers_with_phases_of_their_own_are_heavy_at_different_times() {
        for_every_level(|level, work| {
            let schedule = Schedule::new(level, 64, work);
            let alone: Vec<usize> =
                schedule.slots.iter().map(|steps| steps.iter().map(|step| cost(level, work, step)).sum()).collect();
            let slots = alone.len();
            let mut together = vec![0; slots];
            for phase in 0..50 {
                for (slot, sum) in together.iter_mut().enumerate() {
                    *sum += alone[(slot + slots - level.delay(phase, 64)) % slots];
                }
            }
            let share = together.iter().sum::<usize>() / slots;
            let above =
                |load: &[usize], times: usize| load.iter().max().map_or(0, |most| (times * most).saturating_sub(share));
            let (with, without) = (above(&together, 1), above(&alone, 50));
            // A short level has few places to go to; where there are many, little of what piles up above the mean is left.
            let is_spread = level.room(64) < 8 || with <= without / 3;
            assert!(is_spread, "{level:?}: {with} above the mean of {share}, {without} without phases");
        });
    }

    #[test]
    fn the_work_of_a_block_is_spread_over_its_whole_time() {
        for_every_level(|level, work| {
            let schedule = Schedule::new(level, 64, work);
            let largest = pieces(level, work).iter().map(|piece| piece.1).max().unwrap_or(0);
            let total: usize = pieces(level, work).iter().map(|piece| piece.1).sum();
            // No gap is longer than the longest piece takes.
            let gap = (largest * schedule.slots.len()).div_ceil(total);
            let longest = schedule.slots.split(|steps| !steps.is_empty()).map(<[_]>::len).max();
            assert!(longest <= Some(gap), "{level:?}: {longest:?} of {gap}\n{schedule}");
        });
    }
}

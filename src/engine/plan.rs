//! How an impulse length is cut into partitions, and when each piece of work runs. Pure arithmetic.
//!
//! The first quantum of taps is summed directly. Every later partition is a product of spectra; partitions of one size
//! form a level. Block `k` of a level with partition size P is complete at time (k + 1) P, and a partition at offset `o`
//! is first heard `o - P` samples later. With `o ≥ 2P - Q` there is a whole block's time, P/Q quanta, to do the block's
//! work in, so it is spread evenly over them.

use std::ops::Range;

/// One partition size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LevelPlan {
    /// P: samples per partition, a power of two times the quantum.
    pub partition: usize,
    /// o: index of the level's first tap.
    pub offset: usize,
    /// Partitions in the level.
    pub count: usize,
}

/// The levels of one impulse length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// Q: taps of the head, and samples between two runs of the schedule.
    pub quantum: usize,
    /// In order of offset. Empty when the head holds the whole impulse.
    pub levels: Vec<LevelPlan>,
}

/// Partition sizes in quanta, for impulses up to a length in quanta: the cheapest of a sweep over growths that leave a
/// whole block's time to every level.
const GROWTHS: [(usize, &[usize]); 4] =
    [(375, &[1, 8, 32]), (4_500, &[1, 8, 64]), (11_250, &[1, 8, 128]), (usize::MAX, &[1, 8, 64, 512])];

impl Plan {
    /// The plan for `len` taps with a head of `quantum` taps.
    pub fn new(len: usize, quantum: usize) -> Self {
        let quanta = len.div_ceil(quantum);
        let sizes = GROWTHS.iter().find(|(longest, _)| quanta <= *longest).map_or(&[][..], |(_, sizes)| sizes);
        let mut levels = Vec::new();
        let mut offset = quantum;
        for (i, size) in sizes.iter().enumerate() {
            if offset >= len {
                break;
            }
            let partition = size * quantum;
            // A level ends where the next one has its slack, or with the impulse.
            let end = sizes.get(i + 1).map_or(len, |next| (2 * next * quantum - quantum).min(len));
            let count = (end - offset).div_ceil(partition);
            levels.push(LevelPlan { partition, offset, count });
            offset += count * partition;
        }
        Self { quantum, levels }
    }

    /// Samples of input that the levels look back on while they work.
    pub fn history(&self) -> usize {
        2 * self.levels.last().map_or(self.quantum, |level| level.partition)
    }
}

/// One piece of a level's work on one block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Transform the block of one input.
    Forward {
        /// Which.
        input: usize,
    },
    /// Multiply and accumulate some bins of all partitions and paths.
    Multiply {
        /// Which.
        bins: Range<usize>,
    },
    /// Transform the accumulated bins of one output back and overlap-add them.
    Inverse {
        /// Which.
        output: usize,
    },
}

/// A level's work on one block, by the quantum in which it runs. It repeats for every block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Schedule {
    /// P/Q slots. Slot `j` runs `j` quanta after its block was complete.
    pub slots: Vec<Vec<Step>>,
}

/// Bins per tile at least, so that a slot's loop is worth its start, and a multiple of every vector width.
const TILE: usize = 16;

/// Time of a complex transform of P points per P·log2(P), and of a complex multiply-add: measured once, in 0.01 ns.
/// Only their ratio matters.
const TRANSFORM: usize = 25;
const MULTIPLY: usize = 35;

impl Schedule {
    /// Spreads the work of one block evenly: all pieces are laid end to end in the order in which they need each other,
    /// and each runs in the slot in which it starts.
    ///
    /// `products` is the number of pairs of spectra, over all paths and partitions.
    pub fn new(level: LevelPlan, quantum: usize, inputs: &[usize], outputs: &[usize], products: usize) -> Self {
        let bins = level.partition;
        let mut slots = vec![Vec::new(); level.partition / quantum];
        let transform = TRANSFORM * bins * bins.ilog2() as usize;
        let multiply = MULTIPLY * products * bins;
        let total = (inputs.len() + outputs.len()) * transform + multiply;
        if total == 0 {
            return Self { slots };
        }
        let slot_count = slots.len();
        let slot_at = |cost: usize| (cost * slot_count / total).min(slot_count - 1);
        let mut cost = 0;
        for &input in inputs {
            slots[slot_at(cost)].push(Step::Forward { input });
            cost += transform;
        }
        // The bins whose turn comes before the end of each slot.
        let mut done = 0;
        let first = slot_at(cost);
        for (slot, steps) in slots.iter_mut().enumerate().skip(first) {
            let until = (slot + 1) * total / slot_count;
            let share = (bins * until.saturating_sub(cost)).checked_div(multiply).unwrap_or(bins);
            let end = if slot == slot_count - 1 { bins } else { (share / TILE * TILE).min(bins) };
            if end > done {
                steps.push(Step::Multiply { bins: done..end });
                done = end;
            }
        }
        cost += multiply;
        let last_multiply =
            slots.iter().rposition(|steps| steps.iter().any(|s| matches!(s, Step::Multiply { .. }))).unwrap_or(0);
        for &output in outputs {
            slots[slot_at(cost).max(last_multiply)].push(Step::Inverse { output });
            cost += transform;
        }
        Self { slots }
    }

    /// Whether every step comes after what it needs, each exactly once, in time for the level's first output sample.
    pub fn verify(&self, level: LevelPlan, quantum: usize, inputs: &[usize], outputs: &[usize]) -> bool {
        let mut forwarded = Vec::new();
        let mut multiplied = 0;
        let mut inverted = Vec::new();
        for step in self.slots.iter().flatten() {
            match step {
                Step::Forward { input } if multiplied == 0 => forwarded.push(*input),
                Step::Multiply { bins } if forwarded == inputs && bins.start == multiplied => multiplied = bins.end,
                Step::Inverse { output } if multiplied == level.partition => inverted.push(*output),
                _ => return false,
            }
        }
        let last = self.slots.iter().rposition(|steps| !steps.is_empty());
        let in_time = last.is_none_or(|slot| level.partition + slot * quantum <= level.offset);
        in_time && inverted == outputs && (forwarded == inputs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTHS: [usize; 16] =
        [0, 1, 63, 64, 65, 128, 959, 960, 961, 4_095, 24_000, 24_001, 288_000, 288_001, 720_000, 2_880_000];

    #[test]
    fn partitions_follow_each_other_and_hold_the_whole_impulse() {
        for quantum in [64, 128, 256] {
            for len in LENGTHS {
                let plan = Plan::new(len, quantum);
                let mut end = quantum;
                for level in &plan.levels {
                    assert_eq!(level.offset, end);
                    assert!(level.count > 0);
                    end += level.count * level.partition;
                }
                assert!(end >= len);
                let last = plan.levels.last().map_or(0, |level| level.partition);
                assert!(end < len + last.max(quantum + 1), "{len}: no partition is empty");
            }
        }
    }

    #[test]
    fn every_level_has_a_whole_block_of_slack() {
        for len in LENGTHS {
            for level in Plan::new(len, 64).levels {
                assert!(level.offset + 64 >= 2 * level.partition, "{len}: {level:?}");
            }
        }
    }

    #[test]
    fn schedules_are_in_order_and_in_time() {
        for len in LENGTHS {
            for level in Plan::new(len, 64).levels {
                for (inputs, outputs, paths) in [(&[0][..], &[0][..], 1), (&[0], &[0, 1], 2), (&[0, 1], &[0, 1], 4)] {
                    let schedule = Schedule::new(level, 64, inputs, outputs, paths * level.count);
                    assert!(schedule.verify(level, 64, inputs, outputs), "{level:?} {schedule:?}");
                }
            }
        }
    }

    #[test]
    fn a_schedule_out_of_order_or_too_late_is_found() {
        let level = LevelPlan { partition: 512, offset: 960, count: 14 };
        let good = Schedule::new(level, 64, &[0], &[0], 14);
        assert!(good.verify(level, 64, &[0], &[0]));
        let mut swapped = good.clone();
        swapped.slots.swap(0, 7);
        assert!(!swapped.verify(level, 64, &[0], &[0]));
        let early = LevelPlan { offset: 512, ..level };
        assert!(!good.verify(early, 64, &[0], &[0]));
        assert!(!good.verify(level, 64, &[0], &[0, 1]));
    }

    #[test]
    fn no_slot_holds_more_than_its_share_and_one_transform() {
        for len in LENGTHS {
            for level in Plan::new(len, 64).levels {
                let products = 2 * level.count;
                let schedule = Schedule::new(level, 64, &[0, 1], &[0, 1], products);
                let transform = TRANSFORM * level.partition * level.partition.ilog2() as usize;
                let total = 4 * transform + MULTIPLY * products * level.partition;
                let cost = |step: &Step| match step {
                    Step::Multiply { bins } => MULTIPLY * products * bins.len(),
                    _ => transform,
                };
                let most = schedule.slots.iter().map(|steps| steps.iter().map(cost).sum::<usize>()).max();
                let share = total / schedule.slots.len();
                let tile = MULTIPLY * products * TILE;
                assert!(most.is_some_and(|most| most <= share + transform + tile), "{level:?} {most:?} {share}");
            }
        }
    }
}

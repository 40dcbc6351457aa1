//! How an impulse length is cut into partitions. Pure arithmetic.
//!
//! The first quantum of taps is summed directly. Every later partition is a product of spectra; partitions of one size
//! form a level. Block `k` of a level with partition size P is complete at time (k + 1) P, and a partition at offset `o`
//! is first heard `o - P` samples later. With `o ≥ 2P - Q` there is a whole block's time, P/Q quanta, to do the block's
//! work in, so that it can be spread evenly over them. That is the slack rule. Every level but the last ends where the next
//! one has its slack and half a block more: by so much its work may begin later, so that many convolvers that run in one
//! callback need not all do the same at the same time.
//!
//! Of all plans that keep the rule the one with the least cost is taken, by a model of two numbers: what a transform costs
//! per point and octave, and what a complex product costs; the second has four values, because it depends on where the
//! factors are and on how many blocks share them.

use super::BuildError;
use rustfft::num_complex::Complex32;
use std::fmt;

/// Blocks that are multiplied at once in the late partitions of a level: each partition of the kernel is then read once for
/// so many blocks, and reading it is what takes the time.
pub(super) const AHEAD: usize = 4;

/// Partitions of a level that start too early for that. Block `k + AHEAD - 1` of a group of blocks from `k` on is met in
/// this partition by block `k - AHEAD`, the last that is complete when the group's work begins.
pub(super) const NEAR: usize = 2 * AHEAD - 1;

/// Time per point and octave of a transform, in hundredths of a nanosecond, estimated by trying plans on one processor with
/// AVX-512. Only the ratios of these numbers matter.
pub(super) const TRANSFORM: usize = 22;

/// Time per product of two bins, in the same unit: block by block, and where [`AHEAD`] blocks share the reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Multiply {
    pub near: usize,
    pub ahead: usize,
}

/// While kernel and past stay in a core's own cache.
const FROM_CACHE: Multiply = Multiply { near: 12, ahead: 8 };
/// When they come from farther away every time.
const FROM_MEMORY: Multiply = Multiply { near: 60, ahead: 20 };
/// Bytes of a level that stay in a core's own cache: most have 1 MB, and other things are in it too.
const CACHE: usize = 3 << 18;

/// Largest partition of a plan in quanta.
const LARGEST: usize = 1024;

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

impl LevelPlan {
    /// Whether late partitions, if any of them sounds, are multiplied for several blocks at once.
    pub fn is_ahead(&self) -> bool {
        // Fewer would not pay for the larger sums; and each block of a group does its share of the bins.
        self.count >= 2 * NEAR && self.partition >= super::spectrum::CHUNK * AHEAD
    }

    /// What a product costs in a level that reads so many spectra of the kernel, and the past of so many inputs.
    pub fn multiply(&self, kernel: usize, inputs: usize) -> Multiply {
        let bytes = (kernel + inputs * self.count) * self.partition * size_of::<Complex32>();
        if bytes <= CACHE { FROM_CACHE } else { FROM_MEMORY }
    }

    /// Partitions that are multiplied block by block, from the first on.
    pub fn near(&self) -> usize {
        if self.is_ahead() { NEAR } else { self.count }
    }

    /// The quanta by which a block's work can begin after the block is complete and still end in time.
    pub fn room(&self, quantum: usize) -> usize {
        let room = (self.offset + quantum).saturating_sub(2 * self.partition);
        // The past of more than half a block more is not kept.
        room.min(self.partition / 2) / quantum
    }

    /// By how many of them it does in a convolver with this phase. The fractional parts of the multiples of the golden
    /// ratio lie evenly, however many there are.
    pub fn delay(&self, phase: u32, quantum: usize) -> usize {
        const GOLDEN: u32 = 0x9E37_79B9;
        ((u64::from(phase.wrapping_mul(GOLDEN)) * (self.room(quantum) as u64 + 1)) >> u32::BITS) as usize
    }
}

/// The levels of one impulse length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// Q: taps of the head, and samples between two runs of the schedule.
    pub quantum: usize,
    /// In order of offset. Empty when the head holds the whole impulse.
    pub levels: Vec<LevelPlan>,
    /// The partition sizes, those too that a longer impulse would reach.
    pub sizes: Vec<usize>,
}

/// What a plan is for: how many of each there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    pub inputs: usize,
    pub outputs: usize,
    pub paths: usize,
}

impl Plan {
    /// The cheapest plan for `len` taps with a head of `quantum` taps.
    pub fn cheapest(len: usize, quantum: usize, load: Load) -> Self {
        let octaves = LARGEST.ilog2();
        let plans = (0..1usize << octaves).map(|choice| {
            let larger = (0..octaves).filter(|octave| choice >> octave & 1 == 1).map(|octave| 2 << octave);
            let sizes: Vec<usize> = std::iter::once(1).chain(larger).map(|size| size * quantum).collect();
            Self::cut(len, quantum, &sizes)
        });
        plans.min_by_key(|plan| plan.cost(load)).unwrap_or(Self { quantum, levels: Vec::new(), sizes: Vec::new() })
    }

    /// The plan with these partition sizes, the smallest first.
    ///
    /// # Errors
    /// When a size is no power of two, not above the one before, or too large for its place by the slack rule.
    pub fn with_partitions(len: usize, quantum: usize, sizes: &[usize]) -> Result<Self, BuildError> {
        let mut before = 0;
        for &partition in sizes {
            if !partition.is_power_of_two() || partition < quantum || partition <= before {
                return Err(BuildError::Partition { partition, before: before.max(quantum) });
            }
            before = partition;
        }
        let first = sizes.first().copied().unwrap_or(0);
        if len > quantum && first != quantum {
            let least = first.saturating_mul(2) - quantum.min(first);
            return Err(BuildError::Slack { partition: first, offset: quantum, least });
        }
        Ok(Self::cut(len, quantum, sizes))
    }

    /// Levels of these sizes, each as long as the next needs to have its slack.
    fn cut(len: usize, quantum: usize, sizes: &[usize]) -> Self {
        let mut levels = Vec::new();
        let mut offset = quantum;
        for (i, &partition) in sizes.iter().enumerate() {
            if offset >= len {
                break;
            }
            let end = sizes.get(i + 1).map_or(len, |next| (next.saturating_mul(5) / 2 - quantum).min(len));
            let count = (end - offset).div_ceil(partition);
            levels.push(LevelPlan { partition, offset, count });
            offset += count * partition;
        }
        Self { quantum, levels, sizes: sizes.to_vec() }
    }

    /// The plan with the same partition sizes for so many taps.
    pub fn of_length(&self, len: usize) -> Self {
        Self::cut(len, self.quantum, &self.sizes)
    }

    /// Time per sample by the model. Its unit is a hundredth of a nanosecond.
    pub fn cost(&self, load: Load) -> usize {
        let of_level = |level: &LevelPlan| {
            let transforms = TRANSFORM * (load.inputs + load.outputs) * level.partition.ilog2() as usize;
            let (near, ahead) = (level.near(), level.count - level.near());
            let multiply = level.multiply(load.paths * level.count, load.inputs);
            transforms + load.paths * (multiply.near * near + multiply.ahead * ahead)
        };
        self.levels.iter().map(of_level).sum()
    }

    /// Samples of input that the levels look back on while they work: a multiple of every partition.
    pub fn history(&self) -> usize {
        // A block, the time in which the next one comes, and the half block by which the work may be late.
        3 * self.largest()
    }

    /// Samples of the largest partition.
    pub fn largest(&self) -> usize {
        self.levels.last().map_or(self.quantum, |level| level.partition)
    }
}

impl fmt::Display for Plan {
    /// `64 taps, 14 × 64, 14 × 512, 69 × 4096`
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} taps", self.quantum)?;
        self.levels.iter().try_for_each(|level| write!(f, ", {} × {}", level.count, level.partition))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub const LENGTHS: [usize; 16] =
        [0, 1, 63, 64, 65, 128, 959, 960, 961, 4_095, 24_000, 24_001, 288_000, 288_001, 720_000, 2_880_000];
    pub const STEREO: Load = Load { inputs: 2, outputs: 2, paths: 2 };

    #[test]
    fn partitions_follow_each_other_and_hold_the_whole_impulse() {
        for quantum in [64, 128, 256] {
            for len in LENGTHS {
                let plan = Plan::cheapest(len, quantum, STEREO);
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
            for level in Plan::cheapest(len, 64, STEREO).levels {
                assert!(level.offset + 64 >= 2 * level.partition, "{len}: {level:?}");
            }
        }
    }

    #[test]
    fn phases_use_the_room_that_every_level_has() {
        for len in LENGTHS {
            for level in Plan::cheapest(len, 64, STEREO).levels {
                let room = level.room(64);
                assert!(room + 1 >= level.partition / 128, "{len}: {level:?}");
                assert!(2 * level.partition + room * 64 <= level.offset + 64, "{len}: {level:?}");
                // As many phases as there are delays take none of them more than twice.
                let mut taken = vec![0; room + 1];
                (0..=room as u32).for_each(|phase| taken[level.delay(phase, 64)] += 1);
                assert!(taken.iter().all(|taken| *taken <= 2), "{len}: {level:?} {taken:?}");
            }
        }
    }

    #[test]
    fn no_plan_that_is_given_is_cheaper_than_the_cheapest() {
        for len in LENGTHS {
            let cheapest = Plan::cheapest(len, 64, STEREO).cost(STEREO);
            for sizes in [&[64][..], &[64, 512], &[64, 512, 4096], &[64, 256, 2048], &[64, 512, 4096, 32_768]] {
                let given = Plan::with_partitions(len, 64, sizes).unwrap();
                assert!(cheapest <= given.cost(STEREO), "{len}: {given}");
            }
        }
    }

    /// The plans at 48 kHz, so that a change of the model shows what it changes.
    const PLANS: [(f64, &str, &str); 15] = [
        (0.5, "mono", "64 taps, 18 × 64, 45 × 512"),
        (0.5, "stereo", "64 taps, 18 × 64, 45 × 512"),
        (0.5, "true stereo", "64 taps, 18 × 64, 18 × 512, 4 × 4096"),
        (2.0, "mono", "64 taps, 8 × 64, 38 × 256, 21 × 4096"),
        (2.0, "stereo", "64 taps, 8 × 64, 38 × 256, 21 × 4096"),
        (2.0, "true stereo", "64 taps, 18 × 64, 18 × 512, 21 × 4096"),
        (6.0, "mono", "64 taps, 38 × 64, 38 × 1024, 16 × 16384"),
        (6.0, "stereo", "64 taps, 18 × 64, 38 × 512, 33 × 8192"),
        (6.0, "true stereo", "64 taps, 8 × 64, 18 × 256, 8 × 2048, 33 × 8192"),
        (10.0, "mono", "64 taps, 38 × 64, 38 × 1024, 27 × 16384"),
        (10.0, "stereo", "64 taps, 18 × 64, 38 × 512, 57 × 8192"),
        (10.0, "true stereo", "64 taps, 8 × 64, 18 × 256, 8 × 2048, 18 × 8192, 5 × 65536"),
        (30.0, "mono", "64 taps, 18 × 64, 38 × 512, 18 × 8192, 20 × 65536"),
        (30.0, "stereo", "64 taps, 18 × 64, 38 × 512, 18 × 8192, 20 × 65536"),
        (30.0, "true stereo", "64 taps, 8 × 64, 18 × 256, 8 × 2048, 18 × 8192, 20 × 65536"),
    ];

    #[test]
    fn the_plans_are_those_of_the_table() {
        let found = PLANS.map(|(seconds, layout, _)| {
            let (channels, paths) = match layout {
                "mono" => (1, 1),
                "stereo" => (2, 2),
                _ => (2, 4),
            };
            let load = Load { inputs: channels, outputs: channels, paths };
            (seconds, layout, Plan::cheapest((48_000.0 * seconds) as usize, 64, load).to_string())
        });
        if PLANS.iter().zip(&found).any(|(expected, found)| expected.2 != found.2) {
            let table: String = found.iter().map(|row| format!("        {row:?},\n")).collect();
            panic!("other plans than in the table; where they are meant to be, it becomes\n{table}");
        }
    }

    #[test]
    fn partitions_that_cannot_be_are_refused() {
        let refused = |sizes: &[usize]| Plan::with_partitions(10_000, 64, sizes).unwrap_err();
        assert_eq!(refused(&[96]), BuildError::Partition { partition: 96, before: 64 });
        assert_eq!(refused(&[64, 64]), BuildError::Partition { partition: 64, before: 64 });
        assert_eq!(refused(&[32]), BuildError::Partition { partition: 32, before: 64 });
        assert_eq!(refused(&[512]), BuildError::Slack { partition: 512, offset: 64, least: 960 });
        assert_eq!(refused(&[]), BuildError::Slack { partition: 0, offset: 64, least: 0 });
        assert_eq!(refused(&[64, usize::MAX]), BuildError::Partition { partition: usize::MAX, before: 64 });
        let largest = 1 << (usize::BITS - 1);
        assert_eq!(refused(&[64, largest, 0]), BuildError::Partition { partition: 0, before: largest });
        assert_eq!(refused(&[largest]), BuildError::Slack { partition: largest, offset: 64, least: usize::MAX - 64 });
    }

    /// Sizes up to the largest power of two there is, of impulses up to the longest that fits into memory.
    #[test]
    fn partitions_that_the_impulse_does_not_reach_are_left_out() {
        for len in [65, 10_000, isize::MAX as usize / size_of::<f32>()] {
            let only = Plan::with_partitions(len, 64, &[64]).unwrap();
            assert_eq!(only.levels, [LevelPlan { partition: 64, offset: 64, count: (len - 64).div_ceil(64) }]);
            for octave in usize::BITS - 3..usize::BITS {
                let sizes: Vec<usize> = [6].into_iter().chain(octave..usize::BITS).map(|octave| 1 << octave).collect();
                let plan = Plan::with_partitions(len, 64, &sizes).unwrap();
                assert_eq!((&plan.levels, plan.sizes), (&only.levels, sizes), "from 2^{octave} on");
            }
        }
    }
}

//! Plan of a kernel: how an impulse is cut into partitions. Pure arithmetic.
//!
//! The first quantum of taps is summed directly, which is why there is no latency. Later partitions are products of
//! spectra and grow with time (Gardner, "Efficient convolution without input-output delay", J. Audio Eng. Soc. 43,
//! 1995). Partitions of one size form a stage.
//!
//! **Slack.** Block `k` of a stage with partition size P is complete at time (k + 1) P, and a partition at offset `o`
//! is first heard `o - P` samples later. With `o ≥ 2P - Q`, Q being the quantum, there is a whole block's time, P/Q
//! quanta, for the block's work, so that it can be spread evenly over them. Every stage but the last ends where the
//! next one has this time and half a block more. By so much its work may begin later: so many convolvers in one
//! callback need not all do the same at the same time.
//!
//! **Cost.** Of all plans that keep the rule the cheapest is taken, as García proposes ("Optimal filter partition for
//! efficient convolution with short input/output delay", 113th AES Convention, 2002). The model has two numbers: the
//! cost of a transform per point and octave, and that of a complex product. The second has four values, because it
//! depends on where the factors are in memory and on how many blocks share them. Wefers compares such searches, and the
//! schedules that follow from them ("Partitioned convolution algorithms for real-time auralization", RWTH Aachen,
//! 2015).

use super::{BuildError, MIN_QUANTUM, SPAN};
use std::fmt;

/// Blocks of a batch: in the late partitions of a stage so many blocks are multiplied at once. Each partition of the
/// kernel is then read once for all of them, and reading takes most of the time.
pub(super) const BATCH: usize = 4;

/// Immediate partitions of a stage: those that start too early for batches. In the first batched partition, block `k +
/// BATCH - 1`, the last of a batch from `k` on, meets block `k - BATCH`, which is complete when the batch's work
/// begins.
pub(super) const IMMEDIATE: usize = 2 * BATCH - 1;

/// Time per point and octave of a transform, in hundredths of a nanosecond, estimated by trying plans on one processor
/// with AVX-512. Only the ratios of these numbers matter.
const TRANSFORM: usize = 22;

/// Time per product of two bins, in the unit of [`TRANSFORM`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Multiply {
    /// Block by block.
    pub immediate: usize,
    /// For [`BATCH`] blocks that share the reading, per block.
    pub batched: usize,
}

/// While kernel and history stay in a core's own cache.
const FROM_CACHE: Multiply = Multiply { immediate: 12, batched: 8 };
/// When they come from farther away every time.
const FROM_MEMORY: Multiply = Multiply { immediate: 60, batched: 20 };
/// Bytes of a stage that stay in a core's own cache: most have 1 MB, and other things are in it too.
const CACHE: usize = 3 << 18;

/// Largest partition of a plan in quanta.
const LARGEST: usize = 1024;

/// One partition size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StagePlan {
    /// P: samples per partition, a power of two times the quantum.
    pub partition: usize,
    /// o: index of the stage's first tap.
    pub offset: usize,
    /// Partitions in the stage.
    pub count: usize,
}

impl StagePlan {
    /// True when late partitions are multiplied in batches, if any of them is not zero.
    pub fn is_batched(&self) -> bool {
        // Fewer partitions, or shorter ones, would not pay for the larger accumulators.
        self.count >= 2 * IMMEDIATE && self.partition >= MIN_QUANTUM * BATCH
    }

    /// True when `kernel` spectra of the kernel and the history of `inputs` inputs stay in a core's own cache.
    pub fn stays_in_cache(&self, kernel: usize, inputs: usize) -> bool {
        (kernel + inputs * self.count) * self.partition * 2 * size_of::<f32>() <= CACHE
    }

    /// Cost of a product in a stage that reads so much of kernel and history.
    fn multiply(&self, kernel: usize, inputs: usize) -> Multiply {
        if self.stays_in_cache(kernel, inputs) { FROM_CACHE } else { FROM_MEMORY }
    }

    /// Partitions that are multiplied block by block, from the first on.
    pub fn immediate(&self) -> usize {
        if self.is_batched() { IMMEDIATE } else { self.count }
    }

    /// Slack: quanta by which a block's work can begin later than it could and still end in time.
    pub fn slack(&self, quantum: usize) -> usize {
        let slack = (self.offset + quantum).saturating_sub(2 * self.partition);
        // Input history is kept for half a block more.
        slack.min(self.partition / 2) / quantum
    }

    /// Quanta of that slack by which the work begins later in a convolver with this phase. The fractional parts of the
    /// multiples of the golden ratio are evenly distributed, however many there are.
    pub fn delay(&self, phase: u32, quantum: usize) -> usize {
        const GOLDEN: u32 = 0x9E37_79B9;
        ((u64::from(phase.wrapping_mul(GOLDEN)) * (self.slack(quantum) as u64 + 1)) >> u32::BITS) as usize
    }
}

/// The stages of one impulse length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// Q: taps of the head, and samples between two runs of the schedule.
    pub quantum: usize,
    /// In order of offset. Empty when the head holds the whole impulse.
    pub stages: Vec<StagePlan>,
    /// All partition sizes, with those that only a longer impulse would reach.
    pub sizes: Vec<usize>,
}

/// Numbers of channels and paths that a plan is made for.
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
        plans.min_by_key(|plan| plan.cost(load)).unwrap_or(Self { quantum, stages: Vec::new(), sizes: Vec::new() })
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

    /// Stages of these sizes, each so long that the next one has its slack.
    fn cut(len: usize, quantum: usize, sizes: &[usize]) -> Self {
        let mut stages = Vec::new();
        let mut offset = quantum;
        for (i, &partition) in sizes.iter().enumerate() {
            if offset >= len {
                break;
            }
            let end = sizes.get(i + 1).map_or(len, |next| (next.saturating_mul(5) / 2 - quantum).min(len));
            let count = (end - offset).div_ceil(partition);
            stages.push(StagePlan { partition, offset, count });
            offset += count * partition;
        }
        Self { quantum, stages, sizes: sizes.to_vec() }
    }

    /// The plan with the same partition sizes for `len` taps.
    pub fn of_length(&self, len: usize) -> Self {
        Self::cut(len, self.quantum, &self.sizes)
    }

    /// Time per sample by the model. Its unit is a hundredth of a nanosecond.
    pub fn cost(&self, load: Load) -> usize {
        let of_stage = |stage: &StagePlan| {
            let transforms = TRANSFORM * (load.inputs + load.outputs) * stage.partition.ilog2() as usize;
            let (immediate, batched) = (stage.immediate(), stage.count - stage.immediate());
            let multiply = stage.multiply(load.paths * stage.count, load.inputs);
            transforms + load.paths * (multiply.immediate * immediate + multiply.batched * batched)
        };
        self.stages.iter().map(of_stage).sum()
    }

    /// Samples of input that the stages look back on while they work: a multiple of every partition.
    pub fn history_len(&self) -> usize {
        // A block, the time in which the next one comes, the half block by which the work may be late, and what is
        // written at once.
        let largest = self.largest();
        (5 * largest / 2 + SPAN * self.quantum).next_multiple_of(largest)
    }

    /// Samples of the largest partition.
    pub fn largest(&self) -> usize {
        self.stages.last().map_or(self.quantum, |stage| stage.partition)
    }
}

impl fmt::Display for Plan {
    /// `64 taps, 14 × 64, 14 × 512, 69 × 4096`
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} taps", self.quantum)?;
        self.stages.iter().try_for_each(|stage| write!(f, ", {} × {}", stage.count, stage.partition))
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
                for stage in &plan.stages {
                    assert_eq!(stage.offset, end);
                    assert!(stage.count > 0);
                    end += stage.count * stage.partition;
                }
                assert!(end >= len);
                let last = plan.stages.last().map_or(0, |stage| stage.partition);
                assert!(end < len + last.max(quantum + 1), "{len}: no partition is empty");
            }
        }
    }

    #[test]
    fn every_stage_has_a_whole_block_of_slack() {
        for len in LENGTHS {
            for stage in Plan::cheapest(len, 64, STEREO).stages {
                assert!(stage.offset + 64 >= 2 * stage.partition, "{len}: {stage:?}");
            }
        }
    }

    #[test]
    fn phases_use_the_slack_that_every_stage_has() {
        for len in LENGTHS {
            for stage in Plan::cheapest(len, 64, STEREO).stages {
                let slack = stage.slack(64);
                assert!(slack + 1 >= stage.partition / 128, "{len}: {stage:?}");
                assert!(2 * stage.partition + slack * 64 <= stage.offset + 64, "{len}: {stage:?}");
                // As many phases as there are delays take none of them more than twice.
                let mut taken = vec![0; slack + 1];
                (0..=slack as u32).for_each(|phase| taken[stage.delay(phase, 64)] += 1);
                assert!(taken.iter().all(|taken| *taken <= 2), "{len}: {stage:?} {taken:?}");
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
            assert_eq!(only.stages, [StagePlan { partition: 64, offset: 64, count: (len - 64).div_ceil(64) }]);
            for octave in usize::BITS - 3..usize::BITS {
                let sizes: Vec<usize> = [6].into_iter().chain(octave..usize::BITS).map(|octave| 1 << octave).collect();
                let plan = Plan::with_partitions(len, 64, &sizes).unwrap();
                assert_eq!((&plan.stages, plan.sizes), (&only.stages, sizes), "from 2^{octave} on");
            }
        }
    }
}

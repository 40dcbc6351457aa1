//! Kernel: the spectra of an impulse response under a plan. Immutable.

mod analysis;
mod builder;

use super::dispatch::{Dispatch, Instructions};
use super::head::HeadPath;
use super::plan::{Load, Plan, StagePlan};
use super::schedule::{CatchUp, Schedule};
use super::spectrum::Bank;
use super::transform::{Piece, Transform};
pub use builder::{KernelBuilder, Path};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// The spectra of one impulse response for one sample rate and channel layout. Immutable; share it in an `Arc`.
pub struct Kernel {
    inputs: usize,
    outputs: usize,
    sample_rate: u32,
    len: usize,
    /// The channels and paths that are heard.
    #[cfg_attr(not(feature = "impulse"), expect(dead_code, reason = "only who reshapes rooms asks"))]
    load: Load,
    pub(super) dispatch: Dispatch,
    pub(super) plan: Plan,
    /// By output.
    pub(super) heads: Vec<Vec<HeadPath>>,
    pub(super) stages: Vec<Arc<KernelStage>>,
}

/// All partitions of one size, with the plan, schedule and transform that they share.
#[derive(Debug)]
pub(super) struct KernelStage {
    pub plan: StagePlan,
    pub schedule: Schedule,
    /// The work of a convolver that takes a history over, by quantum. It comes before that of the schedule.
    pub catching_up: Vec<Vec<CatchUp>>,
    pub transform: Transform,
    pub pieces: Vec<Piece>,
    /// True when late partitions are multiplied in batches.
    pub is_batched: bool,
    /// Inputs at which paths begin.
    pub inputs: Vec<usize>,
    /// Outputs at which paths end.
    pub outputs: Vec<StageOutput>,
}

impl KernelStage {
    /// Number of immediate partitions: the first ones, which are multiplied block by block.
    pub fn immediate(&self) -> usize {
        if self.is_batched { self.plan.immediate() } else { self.plan.count }
    }

    /// The share of `whole` that falls to a piece of a transform when there is nothing to transform.
    pub fn share(&self, piece: usize, whole: usize) -> Range<usize> {
        let count = self.pieces.len();
        piece * whole / count..(piece + 1) * whole / count
    }
}

/// The partitions of one size of all paths that end at one output.
#[derive(Debug)]
pub(super) struct StageOutput {
    pub channel: usize,
    pub paths: Vec<StagePath>,
    /// Spectra of the partitions of these paths, scaled by 1/P, in the order of their runs.
    pub spectra: Bank,
}

/// The partitions of one size of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StagePath {
    pub input: usize,
    /// Partitions that are not all zero. The others cost nothing.
    pub runs: Vec<Run>,
}

/// Consecutive partitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// Indices of the partitions.
    pub partitions: Range<usize>,
    /// Index of the first one's spectrum among the output's spectra.
    pub place: usize,
}

impl Kernel {
    /// Starts a kernel for `inputs` × `outputs` channels at `sample_rate` Hz.
    #[must_use]
    pub fn builder<'a>(inputs: usize, outputs: usize, sample_rate: u32) -> KernelBuilder<'a> {
        KernelBuilder::new(inputs, outputs, sample_rate)
    }

    /// Input channels.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Output channels.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Sample rate in Hz that the kernel was made for.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Taps of each path.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when the impulse has no taps: the output is silence.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// True when any path begins at this input.
    pub(super) fn uses(&self, input: usize) -> bool {
        self.heads.iter().flatten().any(|head| head.input == input)
            || self.stages.iter().any(|stage| stage.inputs.contains(&input))
    }

    /// True when an impulse of `taps` taps costs, with the partitions of this kernel, at most three times what it costs
    /// with the cheapest. Twice its own length always does.
    #[cfg(feature = "impulse")]
    pub(crate) fn suits_length(&self, taps: usize) -> bool {
        suits_length(&self.plan, self.load, taps)
    }

    /// Quantum in samples: the number of taps summed directly, and the samples between two runs of the schedule.
    #[must_use]
    pub fn quantum(&self) -> usize {
        self.plan.quantum
    }

    /// The vector instructions of the loops over this kernel.
    #[must_use]
    pub fn instructions(&self) -> Instructions {
        self.dispatch.instructions()
    }

    /// The plan and the schedule of each stage, to be printed: when each piece of work runs.
    pub fn schedule(&self) -> impl fmt::Display {
        fmt::from_fn(|f| {
            writeln!(f, "{}", self.plan)?;
            self.stages.iter().try_for_each(|stage| writeln!(f, "{}:\n{}", stage.plan.partition, stage.schedule))
        })
    }

    /// Bytes of spectra, without the tables of the transforms.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.stages.iter().flat_map(|stage| &stage.outputs).map(|output| output.spectra.bytes()).sum()
    }
}

/// What [`Kernel::suits_length`] says of a plan.
#[cfg(feature = "impulse")]
fn suits_length(plan: &Plan, load: Load, taps: usize) -> bool {
    plan.of_length(taps).cost(load) <= 3 * Plan::cheapest(taps, plan.quantum, load).cost(load)
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Kernel {}→{} of {} taps: {}", self.inputs, self.outputs, self.len, self.plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_of_six_seconds_stereo_holds_its_taps_once_as_complex_bins() {
        let taps = vec![0.5f32; 288_000];
        let kernel = Kernel::builder(2, 2, 48_000).path(0, 0, &taps).path(1, 1, &taps).build().unwrap();
        // The last partition may reach beyond the last tap.
        let most = 2 * (288_000 + kernel.plan.largest()) * 8;
        assert!(kernel.bytes() <= most, "{} bytes, at most {most}", kernel.bytes());
    }

    #[cfg(feature = "impulse")]
    #[test]
    fn partitions_suit_impulses_of_twice_the_length_and_some_much_longer_ones() {
        for channels in [1, 2] {
            for paths in [channels, channels * channels] {
                let load = Load { inputs: channels, outputs: channels, paths };
                let lengths =
                    std::iter::successors(Some(65), |len| Some(len * 5 / 4)).take_while(|len| *len < 2_000_000);
                for len in lengths {
                    let plan = Plan::cheapest(len, 64, load);
                    let longest = (0..12).take_while(|octave| suits_length(&plan, load, len << octave)).count();
                    println!("{paths} paths of {len}: {plan} up to {} taps", len << longest.max(1) >> 1);
                    assert!(longest >= 2, "{paths} paths, {len} taps");
                }
                let short = Plan::cheapest(2_000, 64, load);
                assert!(!suits_length(&short, load, 300_000), "it would cost more than three times as much");
            }
        }
    }

    #[test]
    fn a_kernel_like_another_shares_the_stages_whose_taps_are_the_same() {
        let taps: Vec<f32> = super::super::noise(40_000, 1.0, 1);
        let build = |taps: &[f32], like: Option<(&Kernel, &[f32])>| {
            let builder = Kernel::builder(1, 1, 48_000).path(0, 0, taps);
            match like {
                Some((kernel, of)) => builder.like(kernel, &[(0, 0, of)]).build().unwrap(),
                None => builder.partitions(&[64, 512, 2048]).build().unwrap(),
            }
        };
        let first = build(&taps, None);
        let shared = |a: &Kernel, b: &Kernel| -> Vec<bool> {
            a.stages.iter().zip(&b.stages).map(|(a, b)| Arc::ptr_eq(a, b)).collect()
        };
        let mut changed = taps.clone();
        changed[700] += 1.0;
        assert_eq!(shared(&first, &build(&changed, Some((&first, &taps)))), [false, true, true]);
        changed = taps.clone();
        changed[39_000] += 1.0;
        assert_eq!(shared(&first, &build(&changed, Some((&first, &taps)))), [true, true, false]);
        // A shorter one has fewer partitions in its last stage; a very short one does not forget the sizes.
        let short = build(&taps[..2_000], Some((&first, &taps)));
        assert_eq!((shared(&first, &short), short.stages.len()), (vec![true, false], 2));
        let long = build(&changed, Some((&short, &taps[..2_000])));
        assert_eq!((long.plan.clone(), shared(&short, &long)), (first.plan.clone(), vec![true, false]));
        // The spectra are the same to the bit.
        assert!(long.stages.iter().zip(&build(&changed, None).stages).all(|(a, b)| {
            a.outputs.iter().zip(&b.outputs).all(|(a, b)| a.spectra == b.spectra && a.paths == b.paths)
        }));
    }

    #[test]
    fn zero_partitions_and_paths_have_no_spectra_and_no_work() {
        let mut taps = vec![0.0f32; 48_000];
        taps[0] = 1.0;
        taps[10_000] = 1.0;
        let silent = vec![0.0f32; 48_000];
        let kernel =
            Kernel::builder(2, 2, 48_000).path(0, 0, &taps).path(1, 1, &silent).path(0, 1, &silent).build().unwrap();
        assert_eq!(kernel.heads.iter().flatten().count(), 1);
        let held: usize = kernel
            .stages
            .iter()
            .flat_map(|stage| &stage.outputs)
            .flat_map(|output| &output.paths)
            .flat_map(|path| &path.runs)
            .map(|run| run.partitions.len())
            .sum();
        assert_eq!(held, 1, "only the partition of tap 10 000");
        let steps: usize = kernel
            .stages
            .iter()
            .filter(|l| l.outputs.is_empty())
            .map(|l| l.schedule.slots.iter().flatten().count())
            .sum();
        assert_eq!(steps, 0, "stages without spectra have nothing to do");
    }
}

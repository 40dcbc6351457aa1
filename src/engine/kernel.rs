//! Spectra of an impulse under a plan: immutable.

use super::BuildError;
use super::analysis::Analysis;
use super::dispatch::{Dispatch, Instructions};
use super::history::CEILING;
use super::plan::{LevelPlan, Load, Plan};
use super::schedule::{CatchUp, Schedule, Work, catching_up};
use super::spectrum::{Bank, CHUNK, floor};
use super::transform::{Piece, Transform};
use super::{MAX_CHANNELS, MAX_QUANTUM, quantum};
use pulp::bytemuck::cast_slice;
use rustfft::FftPlanner;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// The spectra of one impulse response for one sample rate and channel layout. Immutable; share it in an `Arc`.
pub struct Kernel {
    inputs: usize,
    outputs: usize,
    sample_rate: u32,
    len: usize,
    pub(super) dispatch: Dispatch,
    pub(super) plan: Plan,
    pub(super) heads: Vec<HeadPath>,
    pub(super) levels: Vec<Arc<KernelLevel>>,
}

/// The first taps of one path.
#[derive(Debug)]
pub(super) struct HeadPath {
    pub input: usize,
    pub output: usize,
    /// At most a quantum, none at the end zero.
    pub taps: Vec<f32>,
}

/// All partitions of one size.
#[derive(Debug)]
pub(super) struct KernelLevel {
    pub plan: LevelPlan,
    pub schedule: Schedule,
    /// What a convolver that takes over another one's past does first, quantum by quantum.
    pub catching_up: Vec<Vec<CatchUp>>,
    pub transform: Transform,
    pub pieces: Vec<Piece>,
    /// Whether late partitions are multiplied for several blocks at once.
    pub is_ahead: bool,
    /// Inputs and outputs that its paths join.
    pub inputs: Vec<usize>,
    pub outputs: Vec<usize>,
    pub paths: Vec<LevelPath>,
}

impl KernelLevel {
    /// Partitions that are multiplied block by block, from the first on.
    pub fn near(&self) -> usize {
        if self.is_ahead { self.plan.near() } else { self.plan.count }
    }

    /// The share of `whole` that falls to a piece of a transform when there is nothing to transform.
    pub fn share(&self, piece: usize, whole: usize) -> Range<usize> {
        let count = self.pieces.len();
        piece * whole / count..(piece + 1) * whole / count
    }
}

/// The partitions of one size of one path.
#[derive(Debug)]
pub(super) struct LevelPath {
    pub input: usize,
    pub output: usize,
    /// The partitions that are not all zero: the others cost nothing.
    pub runs: Vec<Run>,
    /// Their spectra, scaled by 1/P, in the same order.
    pub spectra: Bank,
}

/// Partitions one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// Which.
    pub partitions: Range<usize>,
    /// Place of the first among the path's spectra.
    pub place: usize,
}

/// Input, output, and the taps from one to the other.
pub type Path<'a> = (usize, usize, &'a [f32]);

/// Collects the paths of a [`Kernel`].
#[derive(Debug, Clone)]
pub struct KernelBuilder<'a> {
    inputs: usize,
    outputs: usize,
    sample_rate: u32,
    paths: Vec<Path<'a>>,
    instructions: Option<Instructions>,
    quantum: Option<usize>,
    partitions: Option<&'a [usize]>,
    like: Option<(&'a Kernel, &'a [Path<'a>])>,
}

impl Kernel {
    /// Starts a kernel for `inputs` × `outputs` channels at `sample_rate` Hz.
    #[must_use]
    pub fn builder<'a>(inputs: usize, outputs: usize, sample_rate: u32) -> KernelBuilder<'a> {
        let (instructions, quantum, partitions, like) = (None, None, None, None);
        KernelBuilder { inputs, outputs, sample_rate, paths: Vec::new(), instructions, quantum, partitions, like }
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

    /// Whether there is nothing to convolve with: the output is silence.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether any of its paths begins at this input.
    pub(super) fn uses(&self, input: usize) -> bool {
        self.heads.iter().any(|head| head.input == input)
            || self.levels.iter().any(|level| level.inputs.contains(&input))
    }

    /// Q, the samples between two runs of the schedule.
    #[must_use]
    pub fn quantum(&self) -> usize {
        self.plan.quantum
    }

    /// The instructions that the loops over it use.
    #[must_use]
    pub fn instructions(&self) -> Instructions {
        self.dispatch.instructions()
    }

    /// The plan, and the schedule of each level, to be printed: when each piece of work runs.
    pub fn schedule(&self) -> impl fmt::Display {
        fmt::from_fn(|f| {
            writeln!(f, "{}", self.plan)?;
            self.levels.iter().try_for_each(|level| writeln!(f, "{}:\n{}", level.plan.partition, level.schedule))
        })
    }

    /// Bytes of spectra held; what the transforms need is not counted.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.levels.iter().flat_map(|level| &level.paths).map(|path| path.spectra.bytes()).sum()
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Kernel {}→{} of {} taps: {}", self.inputs, self.outputs, self.len, self.plan)
    }
}

impl<'a> KernelBuilder<'a> {
    /// Adds the impulse response from `input` to `output`. All paths have the same length.
    #[must_use]
    pub fn path(mut self, input: usize, output: usize, taps: &'a [f32]) -> Self {
        self.paths.push((input, output, taps));
        self
    }

    /// Uses these instructions instead of the best that the processor has: for comparisons.
    #[must_use]
    pub fn instructions(mut self, instructions: Instructions) -> Self {
        self.instructions = Some(instructions);
        self
    }

    /// Sets the samples that are summed directly, and between two runs of the schedule: a power of two from 32 to 256;
    /// otherwise [`quantum`] says how many.
    #[must_use]
    pub fn quantum(mut self, samples: usize) -> Self {
        self.quantum = Some(samples);
        self
    }

    /// Sets the partition sizes in samples instead of looking for the cheapest: powers of two, the first the quantum, each
    /// used until there is time for the next, and half a block of it more for the phases of many convolvers.
    #[must_use]
    pub fn partitions(mut self, sizes: &'a [usize]) -> Self {
        self.partitions = Some(sizes);
        self
    }

    /// Takes over the quantum, the partition sizes and the instructions of a kernel that was built before, so that this one
    /// can follow it as [the same room in another shape](super::Relation); and shares its spectra wherever the taps are the
    /// same. `paths` are those that it was built of.
    #[must_use]
    pub fn like(mut self, kernel: &'a Kernel, paths: &'a [Path<'a>]) -> Self {
        self.like = Some((kernel, paths));
        self.instructions = Some(kernel.instructions());
        self.quantum = Some(kernel.quantum());
        self.partitions = Some(&kernel.plan.sizes);
        self
    }

    /// Computes the spectra. Allocates; takes some milliseconds per second of impulse.
    ///
    /// An empty impulse is silence, not an error.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub fn build(self) -> Result<Kernel, BuildError> {
        self.build_unless(&|| false)
    }

    /// The same, for long impulses that somebody may lose interest in: `cancelled` is asked every partition, and must
    /// not take back what it said.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub fn build_unless(self, cancelled: &dyn Fn() -> bool) -> Result<Kernel, BuildError> {
        self.check()?;
        let len = self.paths.first().map_or(0, |path| path.2.len());
        let instructions = self.instructions.unwrap_or_else(Instructions::best);
        let dispatch = Dispatch::new(instructions).ok_or(BuildError::Instructions(instructions))?;
        let plan = self.plan(len)?;
        let mut heads = Vec::new();
        for &(input, output, taps) in &self.paths {
            let head: Vec<f32> = taps[..taps.len().min(plan.quantum)].iter().map(|tap| floor(*tap)).collect();
            let used = head.iter().rposition(|tap| *tap != 0.0).map_or(0, |last| last + 1);
            if used > 0 {
                heads.push(HeadPath { input, output, taps: head[..used].to_vec() });
            }
        }
        let mut planner = FftPlanner::new();
        let of_size = |(index, level): (usize, &LevelPlan)| {
            let shared = self.shared(index, level);
            shared.unwrap_or_else(|| Arc::new(self.level(*level, &plan, dispatch, &mut planner, cancelled)))
        };
        let levels = plan.levels.iter().enumerate().map(of_size).collect();
        if cancelled() {
            return Err(BuildError::Cancelled);
        }
        Ok(Kernel {
            inputs: self.inputs,
            outputs: self.outputs,
            sample_rate: self.sample_rate,
            len,
            dispatch,
            plan,
            heads,
            levels,
        })
    }

    fn check(&self) -> Result<(), BuildError> {
        let (inputs, outputs) = (self.inputs, self.outputs);
        if !(1..=MAX_CHANNELS).contains(&inputs) || !(1..=MAX_CHANNELS).contains(&outputs) {
            return Err(BuildError::Layout { inputs, outputs });
        }
        let expected = self.paths.first().ok_or(BuildError::NoPath)?.2.len();
        for (i, &(input, output, taps)) in self.paths.iter().enumerate() {
            if input >= inputs || output >= outputs {
                return Err(BuildError::Channel { input, output, inputs, outputs });
            }
            if self.paths[..i].iter().any(|path| (path.0, path.1) == (input, output)) {
                return Err(BuildError::Twice { input, output });
            }
            if taps.len() != expected {
                return Err(BuildError::Length { input, output, found: taps.len(), expected });
            }
            if let Some(tap) = taps.iter().position(|tap| !tap.is_finite() || tap.abs() > CEILING) {
                return Err(BuildError::NotFinite { input, output, tap });
            }
        }
        Ok(())
    }

    fn plan(&self, len: usize) -> Result<Plan, BuildError> {
        let quantum = self.quantum.unwrap_or_else(|| quantum(self.sample_rate));
        if !quantum.is_power_of_two() || !(CHUNK..=MAX_QUANTUM).contains(&quantum) {
            return Err(BuildError::Quantum { found: quantum });
        }
        match self.partitions {
            Some(sizes) => Plan::with_partitions(len, quantum, sizes),
            None => {
                let load = Load { inputs: self.inputs, outputs: self.outputs, paths: self.paths.len() };
                Ok(Plan::cheapest(len, quantum, load))
            }
        }
    }

    /// The level of the kernel that this one is like, if it has the same taps.
    fn shared(&self, index: usize, plan: &LevelPlan) -> Option<Arc<KernelLevel>> {
        let (kernel, paths) = self.like?;
        let level = kernel.levels.get(index).filter(|level| level.plan == *plan)?;
        let end = plan.offset + plan.count * plan.partition;
        let range = |taps: &'a [f32]| &taps[plan.offset.min(taps.len())..end.min(taps.len())];
        // Bits, because a comparison of numbers finds 0 and -0 alike.
        let same = |one: &[f32], other: &[f32]| cast_slice::<f32, u32>(one) == cast_slice::<f32, u32>(other);
        let is_same = |(one, other): (&Path<'a>, &Path<'a>)| {
            (one.0, one.1) == (other.0, other.1) && same(range(one.2), range(other.2))
        };
        (paths.len() == self.paths.len() && paths.iter().zip(&self.paths).all(is_same)).then(|| level.clone())
    }

    fn level(
        &self,
        plan: LevelPlan,
        whole: &Plan,
        dispatch: Dispatch,
        planner: &mut FftPlanner<f32>,
        cancelled: &dyn Fn() -> bool,
    ) -> KernelLevel {
        let transform = Transform::new(planner, plan.partition);
        let (pieces, costs): (Vec<_>, Vec<_>) = transform.pieces().into_iter().unzip();
        let analysis = Analysis { plan, transform: &transform, pieces: &pieces, dispatch };
        let paths: Vec<_> = self.paths.iter().filter_map(|path| analysis.path(*path, cancelled)).collect();
        let channels = |used: &dyn Fn(&LevelPath, usize) -> bool, count| -> Vec<usize> {
            (0..count).filter(|channel| paths.iter().any(|path| used(path, *channel))).collect()
        };
        let inputs = channels(&|path, channel| path.input == channel, self.inputs);
        let outputs = channels(&|path, channel| path.output == channel, self.outputs);
        let products = |range: Range<usize>| -> usize {
            let shared =
                |run: &Run| run.partitions.end.min(range.end).saturating_sub(run.partitions.start.max(range.start));
            paths.iter().flat_map(|path| &path.runs).map(shared).sum()
        };
        let (near, ahead) = (products(0..plan.near()), products(plan.near()..plan.count));
        let is_ahead = ahead > 0;
        let work = Work { inputs: &inputs, outputs: &outputs, pieces: &costs, near, ahead };
        let schedule = Schedule::new(plan, whole.quantum, &work);
        assert!(
            near + ahead == 0 || schedule.verify(plan, whole.quantum, &work),
            "a schedule that is out of order or too late: {plan:?}\n{schedule}"
        );
        let catching_up = catching_up(plan, whole.quantum, &work);
        KernelLevel { plan, schedule, catching_up, transform, pieces, is_ahead, inputs, outputs, paths }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builder_says_what_is_wrong() {
        let taps = [1.0f32; 100];
        let built = |builder: KernelBuilder| builder.build().map(|_| ());
        assert_eq!(built(Kernel::builder(1, 1, 48_000)), Err(BuildError::NoPath));
        assert_eq!(
            built(Kernel::builder(3, 1, 48_000).path(0, 0, &taps)),
            Err(BuildError::Layout { inputs: 3, outputs: 1 })
        );
        assert_eq!(
            built(Kernel::builder(1, 1, 48_000).path(1, 0, &taps)),
            Err(BuildError::Channel { input: 1, output: 0, inputs: 1, outputs: 1 })
        );
        assert_eq!(
            built(Kernel::builder(1, 1, 48_000).path(0, 0, &taps).path(0, 0, &taps)),
            Err(BuildError::Twice { input: 0, output: 0 })
        );
        assert_eq!(
            built(Kernel::builder(2, 2, 48_000).path(0, 0, &taps).path(1, 1, &taps[..99])),
            Err(BuildError::Length { input: 1, output: 1, found: 99, expected: 100 })
        );
        assert_eq!(
            built(Kernel::builder(1, 1, 48_000).path(0, 0, &[0.0, f32::NAN])),
            Err(BuildError::NotFinite { input: 0, output: 0, tap: 1 })
        );
        assert_eq!(
            built(Kernel::builder(1, 1, 48_000).path(0, 0, &[0.0, 1.0, -1e16])),
            Err(BuildError::NotFinite { input: 0, output: 0, tap: 2 })
        );
        let plain = || Kernel::builder(1, 1, 48_000).path(0, 0, &taps);
        assert_eq!(built(plain().quantum(96)), Err(BuildError::Quantum { found: 96 }));
        assert_eq!(built(plain().quantum(512)), Err(BuildError::Quantum { found: 512 }));
        assert_eq!(built(plain().partitions(&[64, 96])), Err(BuildError::Partition { partition: 96, before: 64 }));
        assert_eq!(
            built(plain().partitions(&[128])),
            Err(BuildError::Slack { partition: 128, offset: 64, least: 192 })
        );
        let foreign = if cfg!(target_arch = "x86_64") { Instructions::Neon } else { Instructions::Avx2 };
        assert_eq!(built(plain().instructions(foreign)), Err(BuildError::Instructions(foreign)));
        let cancelled = Kernel::builder(1, 1, 48_000).path(0, 0, &taps).build_unless(&|| true);
        assert_eq!(cancelled.map(|_| ()), Err(BuildError::Cancelled));
    }

    #[test]
    fn a_kernel_of_six_seconds_stereo_holds_its_taps_once_as_complex_bins() {
        let taps = vec![0.5f32; 288_000];
        let kernel = Kernel::builder(2, 2, 48_000).path(0, 0, &taps).path(1, 1, &taps).build().unwrap();
        // The last partition may reach beyond the last tap.
        let most = 2 * (288_000 + kernel.plan.largest()) * 8;
        assert!(kernel.bytes() <= most, "{} bytes, at most {most}", kernel.bytes());
    }

    #[test]
    fn a_kernel_like_another_shares_the_levels_whose_taps_are_the_same() {
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
            a.levels.iter().zip(&b.levels).map(|(a, b)| Arc::ptr_eq(a, b)).collect()
        };
        let mut changed = taps.clone();
        changed[700] += 1.0;
        assert_eq!(shared(&first, &build(&changed, Some((&first, &taps)))), [false, true, true]);
        changed = taps.clone();
        changed[39_000] += 1.0;
        assert_eq!(shared(&first, &build(&changed, Some((&first, &taps)))), [true, true, false]);
        // A shorter one has fewer partitions in its last level; a very short one does not forget the sizes.
        let short = build(&taps[..2_000], Some((&first, &taps)));
        assert_eq!((shared(&first, &short), short.levels.len()), (vec![true, false], 2));
        let long = build(&changed, Some((&short, &taps[..2_000])));
        assert_eq!((long.plan.clone(), shared(&short, &long)), (first.plan.clone(), vec![true, false]));
        // And what it gives is the same to the bit.
        assert!(
            long.levels.iter().zip(&build(&changed, None).levels).all(|(a, b)| {
                a.paths.iter().zip(&b.paths).all(|(a, b)| a.spectra == b.spectra && a.runs == b.runs)
            })
        );
    }

    #[test]
    fn zero_partitions_and_paths_have_no_spectra_and_no_work() {
        let mut taps = vec![0.0f32; 48_000];
        taps[0] = 1.0;
        taps[10_000] = 1.0;
        let silent = vec![0.0f32; 48_000];
        let kernel =
            Kernel::builder(2, 2, 48_000).path(0, 0, &taps).path(1, 1, &silent).path(0, 1, &silent).build().unwrap();
        assert_eq!(kernel.heads.len(), 1);
        let held: usize = kernel
            .levels
            .iter()
            .flat_map(|level| &level.paths)
            .flat_map(|path| &path.runs)
            .map(|run| run.partitions.len())
            .sum();
        assert_eq!(held, 1, "only the partition of tap 10 000");
        let steps: usize = kernel
            .levels
            .iter()
            .filter(|l| l.paths.is_empty())
            .map(|l| l.schedule.slots.iter().flatten().count())
            .sum();
        assert_eq!(steps, 0, "levels without spectra have nothing to do");
    }
}

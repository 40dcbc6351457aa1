//! Spectra of an impulse under a plan: immutable.

use super::plan::{LevelPlan, Plan, Schedule};
use super::spectrum::{Spectra, Transform, floor};
use super::{MAX_CHANNELS, quantum};
use rustfft::{FftPlanner, num_complex::Complex32};
use std::fmt;

/// The spectra of one impulse response for one sample rate and channel layout. Immutable; share it in an `Arc`.
pub struct Kernel {
    inputs: usize,
    outputs: usize,
    sample_rate: u32,
    len: usize,
    pub(super) plan: Plan,
    pub(super) heads: Vec<HeadPath>,
    pub(super) levels: Vec<KernelLevel>,
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
    pub transform: Transform,
    pub paths: Vec<LevelPath>,
}

/// The partitions of one size of one path.
#[derive(Debug)]
pub(super) struct LevelPath {
    pub input: usize,
    pub output: usize,
    /// Indices of the partitions that are not all zero: the others cost nothing.
    pub partitions: Vec<usize>,
    /// Their spectra, scaled by 1/P, in the same order.
    pub spectra: Spectra,
}

/// Why a kernel cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The layout has no channel, or more than [`MAX_CHANNELS`].
    #[error("{inputs} inputs and {outputs} outputs: a kernel connects 1 to {MAX_CHANNELS} of each")]
    Layout {
        /// Asked inputs.
        inputs: usize,
        /// Asked outputs.
        outputs: usize,
    },
    /// No path was given.
    #[error("a kernel needs at least one path")]
    NoPath,
    /// A path names a channel outside the layout.
    #[error("path {input} to {output} does not fit {inputs} inputs and {outputs} outputs")]
    Channel {
        /// Asked input channel.
        input: usize,
        /// Asked output channel.
        output: usize,
        /// Inputs of the kernel.
        inputs: usize,
        /// Outputs of the kernel.
        outputs: usize,
    },
    /// Two paths join the same channels.
    #[error("path {input} to {output} is given twice")]
    Twice {
        /// Input channel.
        input: usize,
        /// Output channel.
        output: usize,
    },
    /// A path differs in length from the first.
    #[error("path {input} to {output} has {found} taps, the first path has {expected}")]
    Length {
        /// Input channel.
        input: usize,
        /// Output channel.
        output: usize,
        /// Its length.
        found: usize,
        /// The first path's length.
        expected: usize,
    },
    /// The taps of a path hold a value that is not finite.
    #[error("path {input} to {output} is not finite at tap {tap}")]
    NotFinite {
        /// Input channel.
        input: usize,
        /// Output channel.
        output: usize,
        /// Index of the first such tap.
        tap: usize,
    },
    /// Nobody wants it any more, said the caller.
    #[error("cancelled")]
    Cancelled,
}

/// Collects the paths of a [`Kernel`].
#[derive(Debug, Clone)]
pub struct KernelBuilder<'a> {
    inputs: usize,
    outputs: usize,
    sample_rate: u32,
    paths: Vec<(usize, usize, &'a [f32])>,
}

impl Kernel {
    /// Starts a kernel for `inputs` × `outputs` channels at `sample_rate` Hz.
    #[must_use]
    pub fn builder<'a>(inputs: usize, outputs: usize, sample_rate: u32) -> KernelBuilder<'a> {
        KernelBuilder { inputs, outputs, sample_rate, paths: Vec::new() }
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

    /// Q, the samples between two runs of the schedule.
    #[must_use]
    pub fn quantum(&self) -> usize {
        self.plan.quantum
    }

    /// Bytes of spectra held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.levels.iter().flat_map(|level| &level.paths).map(|path| path.spectra.bytes()).sum()
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let levels: Vec<_> = self.plan.levels.iter().map(|l| (l.partition, l.count)).collect();
        write!(f, "Kernel {}→{} of {} taps {levels:?}", self.inputs, self.outputs, self.len)
    }
}

impl<'a> KernelBuilder<'a> {
    /// Adds the impulse response from `input` to `output`. All paths have the same length.
    #[must_use]
    pub fn path(mut self, input: usize, output: usize, taps: &'a [f32]) -> Self {
        self.paths.push((input, output, taps));
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
        let plan = Plan::new(len, quantum(self.sample_rate));
        let mut heads = Vec::new();
        for &(input, output, taps) in &self.paths {
            let head: Vec<f32> = taps[..taps.len().min(plan.quantum)].iter().map(|tap| floor(*tap)).collect();
            let used = head.iter().rposition(|tap| *tap != 0.0).map_or(0, |last| last + 1);
            if used > 0 {
                heads.push(HeadPath { input, output, taps: head[..used].to_vec() });
            }
        }
        let mut planner = FftPlanner::new();
        let levels = plan.levels.iter().map(|level| self.level(*level, &plan, &mut planner, cancelled)).collect();
        if cancelled() {
            return Err(BuildError::Cancelled);
        }
        Ok(Kernel {
            inputs: self.inputs,
            outputs: self.outputs,
            sample_rate: self.sample_rate,
            len,
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
            if let Some(tap) = taps.iter().position(|tap| !tap.is_finite()) {
                return Err(BuildError::NotFinite { input, output, tap });
            }
        }
        Ok(())
    }

    fn level(
        &self,
        plan: LevelPlan,
        whole: &Plan,
        planner: &mut FftPlanner<f32>,
        cancelled: &dyn Fn() -> bool,
    ) -> KernelLevel {
        let transform = Transform::new(planner, plan.partition);
        let paths: Vec<_> =
            self.paths.iter().filter_map(|path| level_path(*path, plan, &transform, cancelled)).collect();
        let channels = |used: &dyn Fn(&LevelPath, usize) -> bool, count| -> Vec<usize> {
            (0..count).filter(|channel| paths.iter().any(|path| used(path, *channel))).collect()
        };
        let inputs = channels(&|path, channel| path.input == channel, self.inputs);
        let outputs = channels(&|path, channel| path.output == channel, self.outputs);
        let products = paths.iter().map(|path| path.partitions.len()).sum();
        let schedule = Schedule::new(plan, whole.quantum, &inputs, &outputs, products);
        assert!(
            products == 0 || schedule.verify(plan, whole.quantum, &inputs, &outputs),
            "a schedule that is out of order or too late: {plan:?} {schedule:?}"
        );
        KernelLevel { plan, schedule, transform, paths }
    }
}

/// The spectra of one path's partitions of one size, unfinished if cancelled; `None` when they are all zero.
fn level_path(
    path: (usize, usize, &[f32]),
    plan: LevelPlan,
    transform: &Transform,
    cancelled: &dyn Fn() -> bool,
) -> Option<LevelPath> {
    let (input, output, taps) = path;
    let partition = |index: usize| -> &[f32] {
        let start = plan.offset + index * plan.partition;
        &taps[start.min(taps.len())..(start + plan.partition).min(taps.len())]
    };
    let partitions: Vec<_> = (0..plan.count).filter(|i| partition(*i).iter().any(|tap| floor(*tap) != 0.0)).collect();
    if partitions.is_empty() {
        return None;
    }
    let mut spectra = Spectra::new(partitions.len(), plan.partition);
    let mut samples = vec![0.0; plan.partition];
    let mut values = vec![Complex32::default(); plan.partition];
    let mut scratch = vec![Complex32::default(); transform.scratch_len()];
    let scale = 1.0 / plan.partition as f32;
    for (index, which) in partitions.iter().enumerate().take_while(|_| !cancelled()) {
        samples.fill(0.0);
        for (sample, tap) in samples.iter_mut().zip(partition(*which)) {
            *sample = floor(*tap) * scale;
        }
        transform.forward(&samples, &mut values, &mut scratch);
        spectra.store(index, &values);
    }
    Some(LevelPath { input, output, partitions, spectra })
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
        let cancelled = Kernel::builder(1, 1, 48_000).path(0, 0, &taps).build_unless(&|| true);
        assert_eq!(cancelled.map(|_| ()), Err(BuildError::Cancelled));
    }

    #[test]
    fn a_kernel_of_six_seconds_stereo_holds_its_taps_once_as_complex_bins() {
        let taps = vec![0.5f32; 288_000];
        let kernel = Kernel::builder(2, 2, 48_000).path(0, 0, &taps).path(1, 1, &taps).build().unwrap();
        let most = 2 * (288_000 + 4_096) * 8;
        assert!(kernel.bytes() <= most, "{} bytes, at most {most}", kernel.bytes());
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
        let held: usize = kernel.levels.iter().flat_map(|level| &level.paths).map(|path| path.partitions.len()).sum();
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

//! Builder: from the paths of an impulse response to a kernel.

use super::super::dispatch::{Dispatch, Instructions};
use super::super::plan::{Load, Plan, StagePlan};
use super::super::sanitize::{CEILING, flush_small};
use super::super::schedule::{Schedule, Work, catching_up};
use super::super::transform::Transform;
use super::super::{BuildError, MAX_CHANNELS, MAX_QUANTUM, MIN_QUANTUM, quantum};
use super::analysis::Analysis;
use super::{HeadPath, Kernel, KernelStage, Run};
use crate::cancel::{Cancelled, Token};
use pulp::bytemuck::cast_slice;
use std::ops::Range;
use std::sync::Arc;

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
    cancel: Option<&'a Token<'a>>,
}

impl<'a> KernelBuilder<'a> {
    pub(super) fn new(inputs: usize, outputs: usize, sample_rate: u32) -> Self {
        let (instructions, quantum, partitions, like, cancel) = (None, None, None, None, None);
        Self { inputs, outputs, sample_rate, paths: Vec::new(), instructions, quantum, partitions, like, cancel }
    }

    /// Adds the impulse response from `input` to `output`. All paths have the same length.
    #[must_use]
    pub fn path(mut self, input: usize, output: usize, taps: &'a [f32]) -> Self {
        self.paths.push((input, output, taps));
        self
    }

    /// Sets the vector instructions; otherwise the best that the processor has are used. For comparisons.
    #[must_use]
    pub fn instructions(mut self, instructions: Instructions) -> Self {
        self.instructions = Some(instructions);
        self
    }

    /// Sets the quantum: the number of taps summed directly, and the samples between two runs of the schedule. A power
    /// of two from 32 to 256. Otherwise [`quantum`] gives it.
    #[must_use]
    pub fn quantum(mut self, samples: usize) -> Self {
        self.quantum = Some(samples);
        self
    }

    /// Sets the partition sizes in samples: powers of two in ascending order, the first of them the quantum. Each is
    /// used until there is time for the next one. Otherwise the cheapest plan is searched.
    #[must_use]
    pub fn partitions(mut self, sizes: &'a [usize]) -> Self {
        self.partitions = Some(sizes);
        self
    }

    /// Takes quantum, partition sizes and instructions from an earlier kernel, so that the new kernel can follow it as
    /// the [same room in another shape](crate::engine::Relation::is_reshaped), and shares its spectra where the taps
    /// are the same. `paths` are those that the earlier kernel was built from.
    #[must_use]
    pub fn like(mut self, kernel: &'a Kernel, paths: &'a [Path<'a>]) -> Self {
        self.like = Some((kernel, paths));
        self.instructions = Some(kernel.instructions());
        self.quantum = Some(kernel.quantum());
        self.partitions = Some(&kernel.plan.sizes);
        self
    }

    /// Checks this token at every partition, so that building a long kernel can be cancelled. Without a token it is
    /// built to its end.
    #[must_use]
    pub fn cancelled_by(mut self, cancel: &'a Token<'a>) -> Self {
        self.cancel = Some(cancel);
        self
    }

    /// The partition sizes that the kernel will have. Of the same paths, kernels with the same sizes are equal.
    ///
    /// # Errors
    /// See [`BuildError`].
    #[cfg(feature = "worker")]
    pub(crate) fn partition_sizes(&self) -> Result<Vec<usize>, BuildError> {
        Ok(self.plan(self.paths.first().map_or(0, |path| path.2.len()))?.sizes)
    }

    /// Builds the kernel. Allocates; takes some milliseconds per second of impulse.
    ///
    /// An impulse without taps is silence, not an error.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub fn build(self) -> Result<Kernel, BuildError> {
        let never = Token::never();
        let cancel = self.cancel.unwrap_or(&never);
        self.check()?;
        let len = self.paths.first().map_or(0, |path| path.2.len());
        let instructions = self.instructions.unwrap_or_else(Instructions::best);
        let dispatch = Dispatch::new(instructions).ok_or(BuildError::Instructions(instructions))?;
        let plan = self.plan(len)?;
        let mut heads: Vec<Vec<HeadPath>> = (0..self.outputs).map(|_| Vec::new()).collect();
        for &(input, output, taps) in &self.paths {
            let taps: Vec<f32> = taps[..taps.len().min(plan.quantum)].iter().map(|tap| flush_small(*tap)).collect();
            heads[output].extend(HeadPath::new(input, taps));
        }
        let of_size = |(index, stage): (usize, &StagePlan)| match self.shared(index, stage) {
            Some(shared) => Ok(shared),
            None => self.stage(*stage, &plan, dispatch, cancel).map(Arc::new),
        };
        let stages = plan.stages.iter().enumerate().map(of_size).collect::<Result<_, Cancelled>>()?;
        cancel.check()?;
        Ok(Kernel {
            inputs: self.inputs,
            outputs: self.outputs,
            sample_rate: self.sample_rate,
            len,
            load: self.load(),
            dispatch,
            plan,
            heads,
            stages,
        })
    }

    fn check(&self) -> Result<(), BuildError> {
        let (inputs, outputs) = (self.inputs, self.outputs);
        if !(1..=MAX_CHANNELS).contains(&inputs) || !(1..=MAX_CHANNELS).contains(&outputs) {
            return Err(BuildError::Layout { inputs, outputs });
        }
        if self.sample_rate == 0 {
            return Err(BuildError::SampleRate);
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
        if !quantum.is_power_of_two() || !(MIN_QUANTUM..=MAX_QUANTUM).contains(&quantum) {
            return Err(BuildError::Quantum { found: quantum });
        }
        match self.partitions {
            Some(sizes) => Plan::with_partitions(len, quantum, sizes),
            None => Ok(Plan::cheapest(len, quantum, self.load())),
        }
    }

    /// The channels and paths that are heard: those of zeros alone cost nothing.
    fn load(&self) -> Load {
        let sounds = |path: &&Path| path.2.iter().any(|tap| flush_small(*tap) != 0.0);
        let heard: Vec<_> = self.paths.iter().filter(sounds).collect();
        let inputs = (0..self.inputs).filter(|input| heard.iter().any(|path| path.0 == *input)).count();
        let outputs = (0..self.outputs).filter(|output| heard.iter().any(|path| path.1 == *output)).count();
        Load { inputs, outputs, paths: heard.len() }
    }

    /// The stage of the earlier kernel ([`Self::like`]), if plan and taps are the same.
    fn shared(&self, index: usize, plan: &StagePlan) -> Option<Arc<KernelStage>> {
        let (kernel, paths) = self.like?;
        let stage = kernel.stages.get(index).filter(|stage| stage.plan == *plan)?;
        let end = plan.offset + plan.count * plan.partition;
        let range = |taps: &'a [f32]| &taps[plan.offset.min(taps.len())..end.min(taps.len())];
        // Bits, because a comparison of numbers finds 0 and -0 alike.
        let same = |one: &[f32], other: &[f32]| cast_slice::<f32, u32>(one) == cast_slice::<f32, u32>(other);
        let is_same = |(one, other): (&Path<'a>, &Path<'a>)| {
            (one.0, one.1) == (other.0, other.1) && same(range(one.2), range(other.2))
        };
        (paths.len() == self.paths.len() && paths.iter().zip(&self.paths).all(is_same)).then(|| stage.clone())
    }

    fn stage(
        &self,
        plan: StagePlan,
        whole: &Plan,
        dispatch: Dispatch,
        cancel: &Token,
    ) -> Result<KernelStage, Cancelled> {
        let transform = Transform::new(plan.partition);
        let (pieces, costs): (Vec<_>, Vec<_>) = transform.pieces().into_iter().unzip();
        let analysis = Analysis { plan, transform: &transform, pieces: &pieces, dispatch };
        let outputs = (0..self.outputs).filter_map(|channel| analysis.output(channel, &self.paths, cancel).transpose());
        let outputs = outputs.collect::<Result<Vec<_>, _>>()?;
        let paths = || outputs.iter().flat_map(|output| &output.paths);
        let inputs: Vec<_> = (0..self.inputs).filter(|channel| paths().any(|path| path.input == *channel)).collect();
        let products = |range: Range<usize>| -> usize {
            let shared =
                |run: &Run| run.partitions.end.min(range.end).saturating_sub(run.partitions.start.max(range.start));
            paths().flat_map(|path| &path.runs).map(shared).sum()
        };
        let (immediate, batched) = (products(0..plan.immediate()), products(plan.immediate()..plan.count));
        let is_batched = batched > 0;
        let work = Work {
            inputs: inputs.len(),
            outputs: outputs.len(),
            is_together: transform.is_innermost(),
            pieces: &costs,
            immediate,
            batched,
        };
        let schedule = Schedule::new(plan, whole.quantum, &work);
        assert!(
            immediate + batched == 0 || schedule.verify(plan, whole.quantum, &work),
            "a schedule that is out of order or too late: {plan:?}\n{schedule}"
        );
        let catching_up = catching_up(plan, whole.quantum, &work);
        Ok(KernelStage { plan, schedule, catching_up, transform, pieces, is_batched, inputs, outputs })
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
            built(Kernel::builder(17, 1, 48_000).path(0, 0, &taps)),
            Err(BuildError::Layout { inputs: 17, outputs: 1 })
        );
        assert_eq!(built(Kernel::builder(1, 1, 0).path(0, 0, &taps)), Err(BuildError::SampleRate));
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
        let cancel = Token::new(&|| true);
        assert_eq!(built(plain().cancelled_by(&cancel)), Err(BuildError::Cancelled(Cancelled)));
    }
}

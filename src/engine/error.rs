//! Why a kernel cannot be built, and why a call to process is refused.

use super::dispatch::Instructions;
use super::sanitize::CEILING;
use super::{MAX_CHANNELS, MAX_QUANTUM, MIN_QUANTUM};
use crate::cancel::Cancelled;

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
    /// The sample rate is 0 Hz.
    #[error("a sample rate of 0 Hz")]
    SampleRate,
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
    /// The taps of a path hold a value that is not finite, or larger than [`CEILING`].
    #[error("path {input} to {output} is not finite, or above {CEILING:e}, at tap {tap}")]
    NotFinite {
        /// Input channel.
        input: usize,
        /// Output channel.
        output: usize,
        /// Index of the first such tap.
        tap: usize,
    },
    /// The quantum that was asked for cannot be.
    #[error("a quantum of {found} samples: it is a power of two from {MIN_QUANTUM} to {MAX_QUANTUM}")]
    Quantum {
        /// Asked samples.
        found: usize,
    },
    /// A partition that was asked for cannot be.
    #[error(
        "a partition of {partition} samples after {before}: each is a power of two, and larger than the one before"
    )]
    Partition {
        /// Asked samples.
        partition: usize,
        /// The one before it, or the quantum.
        before: usize,
    },
    /// A partition that was asked for is too large for its place: its products could not be ready in time.
    #[error("a partition of {partition} samples at tap {offset} has no time: it may begin at tap {least} or later")]
    Slack {
        /// Asked samples.
        partition: usize,
        /// Where it would begin, in taps.
        offset: usize,
        /// Where it may begin, in taps.
        least: usize,
    },
    /// The processor does not have the instructions that were asked for.
    #[error("this processor has no {0} instructions")]
    Instructions(Instructions),
    /// Cancelled by the caller.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Why a call to process is refused: its slices do not fit. It owns no memory, so it can be made and dropped on the
/// audio thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProcessError {
    /// The number of slices is not the number of channels.
    #[error("{found:?} inputs and outputs where there are {expected:?} channels")]
    Channels {
        /// Inputs and outputs of the kernel.
        expected: (usize, usize),
        /// Slices given as inputs and as outputs.
        found: (usize, usize),
    },
    /// An input differs in length from the first output.
    #[error("input {input} has {found} samples, output 0 has {expected}: slices of different lengths")]
    InputLength {
        /// Index of the input.
        input: usize,
        /// Samples of the first output.
        expected: usize,
        /// Samples of the input.
        found: usize,
    },
    /// An output differs in length from the first.
    #[error("output {output} has {found} samples, output 0 has {expected}: slices of different lengths")]
    OutputLength {
        /// Index of the output.
        output: usize,
        /// Samples of the first output.
        expected: usize,
        /// Samples of this output.
        found: usize,
    },
}

impl ProcessError {
    /// Checks the slices of a call for a number of inputs and outputs; there is at least one output.
    pub(super) fn check(inputs: &[&[f32]], outputs: &[&mut [f32]], expected: (usize, usize)) -> Result<(), Self> {
        let found = (inputs.len(), outputs.len());
        if found != expected {
            return Err(Self::Channels { expected, found });
        }
        let expected = outputs[0].len();
        if let Some(input) = inputs.iter().position(|input| input.len() != expected) {
            return Err(Self::InputLength { input, expected, found: inputs[input].len() });
        }
        if let Some(output) = outputs.iter().position(|output| output.len() != expected) {
            return Err(Self::OutputLength { output, expected, found: outputs[output].len() });
        }
        Ok(())
    }
}

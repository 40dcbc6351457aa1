//! Transition from one convolver to the next, without a click or a hole in the tail.
//!
//! There are two kinds, chosen by the [`Relation`](super::Relation) of the two impulses:
//!
//! - **Reshape**, to the same room in another shape. The new kernel takes over the input history, which grows if the
//!   new kernel looks further back, and catches up on it. Then the outputs are cross-faded. What rings, rings on in the
//!   new shape.
//! - **Replace**, by another room or by silence. The input is cross-faded from the old convolver to the new one; then
//!   the old one rings out on what it has received. Where the builder of the new one says so, the fade-out of the old
//!   one's input and the fade-in of the new one's come at [moments](super::Moments) of their own.

mod fade;

use super::convolver::{Beside, Convolver};
use super::delivery::{Delivery, Relation};
use super::samples::zeros;
use super::sanitize::sanitize;
use super::{part, part_mut};
use fade::Crossfade;

/// Seconds in which the input is cross-faded to another room; of two fades, seconds of each.
pub const REPLACE: f64 = 0.05;

/// Seconds in which the output is cross-faded to another shape.
const RESHAPE: f64 = 0.025;

/// Seconds in which a ringing tail fades to nothing because another transition waits.
const RELEASE: f64 = 0.02;

/// The transition under way, with the convolver that is replaced.
#[derive(Debug)]
pub(super) enum Transition {
    /// The old kernel goes on with the history that is now its successor's, and fades out once that has caught up.
    Reshape { old: Box<Delivery>, fade: Crossfade },
    /// The old convolver's input fades out, then it rings out: `tail` samples are left, unless it is released. Without
    /// an old one, the new convolver fades in from silence.
    Replace { old: Option<Box<Delivery>>, fade: Crossfade, tail: usize, release: Option<Crossfade> },
}

/// Working space of transitions: a quantum of samples of each channel.
#[derive(Debug)]
pub(super) struct Scratch {
    /// What the new convolver receives of the inputs.
    arriving: Vec<Vec<f32>>,
    /// What the old convolver receives of them.
    remaining: Vec<Vec<f32>>,
    /// The outputs of the old convolver.
    sounds: Vec<Vec<f32>>,
}

impl Scratch {
    /// Working space for so many channels. Allocates.
    pub fn new(inputs: usize, outputs: usize, quantum: usize) -> Self {
        let space = |channels| vec![zeros(quantum); channels];
        Self { arriving: space(inputs), remaining: space(inputs), sounds: space(outputs) }
    }
}

impl Transition {
    /// Starts a transition from `old`, or from silence, to `new`, or to silence. Real-time safe.
    pub fn start(old: Option<Box<Delivery>>, new: Option<&mut Delivery>, sample_rate: u32) -> Self {
        let relation = old.as_ref().zip(new.as_ref()).map(|(old, new)| new.relation(old));
        let moments = old.as_ref().zip(new.as_ref()).map(|(old, new)| new.moments(old)).unwrap_or_default();
        match (old, new, relation) {
            (Some(mut old), Some(new), Some(Relation { correlation, is_reshaped: true }))
                if new.convolver().suits(old.convolver()) =>
            {
                new.convolver_mut().take_over(old.convolver_mut());
                Self::Reshape { old, fade: Crossfade::new(RESHAPE, sample_rate, correlation) }
            }
            (old, _, relation) => {
                let tail = old.as_ref().map_or(0, |old| old.kernel().len());
                // What fades in or out alone has no power to keep.
                let correlation = relation.map_or(1.0, |relation| relation.correlation);
                let fade = Crossfade::new(REPLACE, sample_rate, correlation).at(moments, sample_rate);
                Self::Replace { old, fade, tail, release: None }
            }
        }
    }

    /// True when only the new convolver is left to be heard.
    pub fn is_over(&self) -> bool {
        match self {
            Self::Reshape { fade, .. } => fade.is_over(),
            Self::Replace { fade, tail, release, .. } => {
                fade.is_over() && (*tail == 0 || release.is_some_and(|release| release.is_over()))
            }
        }
    }

    /// Fades a ringing tail out, because another transition waits.
    pub fn release(&mut self, sample_rate: u32) {
        if let Self::Replace { fade, release, .. } = self
            && fade.is_over()
        {
            release.get_or_insert(Crossfade::new(RELEASE, sample_rate, 1.0));
        }
    }

    /// Samples that the old convolver may still sound after the input's end.
    pub fn tail(&self) -> usize {
        match self {
            Self::Replace { fade, tail, .. } if fade.is_over() => *tail,
            _ => self.old().map_or(0, |old| old.kernel().len()),
        }
    }

    /// The delivery that is replaced.
    pub fn old(&self) -> Option<&Delivery> {
        match self {
            Self::Reshape { old, .. } => Some(old),
            Self::Replace { old, .. } => old.as_deref(),
        }
    }

    /// Prepares for its end, because all input is about to be forgotten. Real-time safe.
    pub fn cut_short(&mut self, new: Option<&mut Convolver>) {
        if let (Self::Reshape { old, .. }, Some(new)) = (self, new) {
            new.stop_growing(old.convolver_mut());
        }
    }

    /// Ends the transition and gives the delivery that was replaced.
    pub fn into_old(self) -> Option<Box<Delivery>> {
        match self {
            Self::Reshape { old, .. } => Some(old),
            Self::Replace { old, .. } => old,
        }
    }

    /// Convolves at most a quantum, with no quantum boundary inside. Slices fit the kernels. `new` is the convolver
    /// that the transition leads to; none if it leads to silence.
    pub fn process(
        &mut self,
        new: Option<&mut Convolver>,
        scratch: &mut Scratch,
        inputs: &[&[f32]],
        outputs: &mut [&mut [f32]],
    ) {
        match self {
            Self::Reshape { old, fade } => {
                // There is a new one as long as this lasts.
                if let Some(new) = new {
                    reshape(new, old.convolver_mut(), fade, scratch, inputs, outputs);
                }
            }
            Self::Replace { old, fade, tail, release } => {
                let is_ringing = fade.is_over();
                let old = old.as_deref_mut().map(Delivery::convolver_mut);
                replace(new, old.map(|old| (old, release.as_mut())), fade, scratch, inputs, outputs);
                if is_ringing {
                    *tail = tail.saturating_sub(outputs[0].len());
                }
            }
        }
    }
}

/// Both kernels on one history: the old one alone until the new one has caught up, then a cross-fade of the outputs.
fn reshape(
    new: &mut Convolver,
    old: &mut Convolver,
    fade: &mut Crossfade,
    Scratch { sounds, .. }: &mut Scratch,
    inputs: &[&[f32]],
    outputs: &mut [&mut [f32]],
) {
    let frames = outputs[0].len();
    let mut slices = part_mut(sounds, 0..frames);
    // Both are in step, so this does not change within a quantum.
    let fades = new.has_caught_up();
    let beside = Beside { convolver: old, outputs: &mut slices[..outputs.len()] };
    new.process_beside(inputs, outputs, Some(beside));
    for i in 0..frames {
        let (old_gain, new_gain) = if fades { fade.next() } else { (1.0, 0.0) };
        for (output, sound) in outputs.iter_mut().zip(&*sounds) {
            output[i] = sound[i] * old_gain + output[i] * new_gain;
        }
    }
}

/// A cross-fade of the input, and the sum of both outputs. The old convolver comes with the fade that releases its
/// tail.
fn replace(
    new: Option<&mut Convolver>,
    old: Option<(&mut Convolver, Option<&mut Crossfade>)>,
    fade: &mut Crossfade,
    Scratch { arriving, remaining, sounds }: &mut Scratch,
    inputs: &[&[f32]],
    outputs: &mut [&mut [f32]],
) {
    let frames = outputs[0].len();
    for i in 0..frames {
        let (old_gain, new_gain) = fade.next();
        for (channel, input) in inputs.iter().enumerate() {
            // The convolver replaces what is not finite, but 0 · ∞ would make it again.
            let sample = sanitize(input[i]);
            arriving[channel][i] = sample * new_gain;
            remaining[channel][i] = sample * old_gain;
        }
    }
    match new {
        Some(new) => new.process(&part(arriving, 0..frames)[..inputs.len()], outputs),
        None => outputs.iter_mut().for_each(|output| output.fill(0.0)),
    }
    let Some((old, mut release)) = old else { return };
    old.process(&part(remaining, 0..frames)[..inputs.len()], &mut part_mut(sounds, 0..frames)[..outputs.len()]);
    for i in 0..frames {
        let gain = release.as_mut().map_or(1.0, |release| release.next().0);
        for (output, sound) in outputs.iter_mut().zip(&*sounds) {
            output[i] += sound[i] * gain;
        }
    }
}

//! The verbs that every stage of the chain has.

use super::Controls;
use std::fmt::Debug;

/// A stage of the chain: an effect on a chunk of planar samples, in place.
///
/// A stage picks its own values from the [`Controls`]. No method allocates, frees, locks or waits.
pub(super) trait Stage: Debug + Send {
    /// Moves to the controls without a click, over the samples that follow.
    fn set(&mut self, controls: &Controls);

    /// Takes the controls over at once, for the first sample after a reset.
    fn jump(&mut self, controls: &Controls);

    /// Processes a chunk in place: one slice per channel, all of one length. `dry` has the input of the chain, one
    /// slice of that length per input channel.
    fn process(&mut self, channels: &mut [&mut [f32]], dry: &[&[f32]]);

    /// Forgets the earlier signal. A stage without state has nothing to do.
    fn reset(&mut self) {}

    /// Samples that sound after the end of the input, at these controls.
    fn tail(&self, _controls: &Controls) -> usize {
        0
    }
}

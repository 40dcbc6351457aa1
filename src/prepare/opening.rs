//! The first convolver of many chains, built once.

use super::{Order, PrepareError, Prepared, Preparer, Summary, decoded};
use crate::cancel::Token;
use crate::chain::Format;
use crate::engine::{Convolver, Delivery, Kernel};
use crate::impulse::recipe::Recipe;
use std::sync::Arc;

/// Generation of the first convolver of a chain.
const GENERATION: u64 = 1;

/// What chains with the same beginning share: the kernel, and what later convolvers are built from. Immutable; share it
/// in an [`Arc`].
pub struct Opening {
    kernel: Arc<Kernel>,
    /// Taps for which the input history of a convolver has capacity.
    capacity: usize,
    summary: Summary,
    /// `None` if no other convolver follows.
    preparer: Option<Preparer>,
}

impl Opening {
    /// Builds the kernel of a recipe. `goes_on` says whether other convolvers will follow the first one in a chain:
    /// then the impulse is held as well, and input histories are as long as a morph may become. Otherwise as
    /// [`build`](super::build).
    ///
    /// # Errors
    /// See [`PrepareError`].
    ///
    /// # Panics
    /// Never: a build that succeeds leaves a kernel.
    pub fn build(recipe: &Recipe, format: Format, goes_on: bool, cancel: &Token) -> Result<Self, PrepareError> {
        let mut preparer = Preparer::default();
        let order = Order { recipe, format, editions: [0; 2], generation: GENERATION };
        let Prepared { delivery, summary } = preparer.build(&order, &decoded, cancel)?.measured(cancel)?;
        drop(delivery);
        let (kernel, capacity) = preparer.newest().expect("a kernel was built");
        let capacity = if goes_on { capacity } else { kernel.len() };
        // What was remembered for the next shape of this impulse is large, and is soon done again by who needs it.
        let preparer = goes_on.then(|| preparer.shared());
        Ok(Self { kernel, capacity, summary, preparer })
    }

    /// A convolver of the kernel that has received nothing yet, for one more chain. Allocates.
    #[must_use]
    pub fn delivery(&self) -> Box<Delivery> {
        Box::new(Delivery::new(Convolver::with_capacity(self.kernel.clone(), self.capacity), GENERATION))
    }

    /// A preparer that goes on from the first convolver, for one chain; the generations that it is asked for are larger
    /// than that of [`Self::delivery`].
    ///
    /// # Panics
    /// If it was said that no other convolver follows.
    #[must_use]
    pub fn preparer(&self) -> Preparer {
        self.preparer.as_ref().expect("built to go on").shared()
    }

    /// Generation of the first convolver.
    #[must_use]
    pub fn generation(&self) -> u64 {
        GENERATION
    }

    /// What there is to say about the impulse.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Bytes that one more convolver needs besides the kernel, about: the spectra of its inputs, and its outputs.
    #[must_use]
    pub fn bytes_of_delivery(&self) -> usize {
        (self.kernel.inputs() * self.capacity + self.kernel.outputs() * self.kernel.len()) * size_of::<[f32; 3]>()
    }

    /// Bytes of the kernel's spectra.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.kernel.bytes()
    }
}

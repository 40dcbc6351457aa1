//! One convolver after another for one chain, each built from what the one before has left.

use super::error::origin_of;
use super::pair;
use super::part::Part;
use super::predecessors::{Next, Predecessors};
use super::{Find, PrepareError, Prepared, Summary, memory};
use crate::cancel::Token;
use crate::chain::Format;
use crate::engine::Kernel;
use crate::impulse::recipe::Recipe;
use std::sync::Arc;

/// Bytes of spectra and of running state for each tap of a path, about.
const BYTES_PER_TAP: usize = 24;

/// Builds convolvers for one chain and remembers what it did: a knob that is turned costs what it changes, and each
/// convolver knows how it is related to those that may sound when it arrives.
///
/// The result is a function of the orders since [`Self::begin_anew`]: in the same order they give the same bits, in
/// a plugin's worker as in a program. It holds of each impulse what a [`Shaper`](crate::impulse::shape::Shaper) does,
/// once more at its own rate, and of each convolver that it was not told to [forget](Self::forget) the kernel and its
/// taps.
#[derive(Default)]
pub struct Preparer {
    first: Part,
    /// Kept when an order has no second impulse, because a later order may have it again.
    second: Part,
    predecessors: Predecessors,
}

/// What is to be built.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// Which impulse, and how it is shaped.
    pub recipe: &'a Recipe,
    /// Sample rate and layout to build for.
    pub format: Format,
    /// Edition of the first and of the second impulse. Another number means that the same source may give another one.
    pub editions: [u64; 2],
    /// Number of the convolver: larger than that of any before.
    pub generation: u64,
}

impl Preparer {
    /// Builds what an order asks for; otherwise as [`build`](super::build).
    ///
    /// # Errors
    /// See [`PrepareError`].
    pub fn build(&mut self, order: &Order, find: &Find, cancel: &Token) -> Result<Prepared, PrepareError> {
        let Order { recipe, format, generation, editions: [edition, edition_of_second] } = *order;
        let layout = format.layout;
        let [is_first_inverted, is_second_inverted] = recipe.inverted;

        let source = (&recipe.source, edition);
        let first = self.first.lay_out(source, is_first_inverted, layout, order, find, cancel)?;
        let mut longest = first.shaped.impulse.len();
        let (routes, summary) = match &recipe.second {
            None => {
                let summary = Summary::of(&first, recipe, cancel)?;
                (first.routes, summary)
            }
            Some(second) => {
                let layout = pair::takes(second.how, layout);
                let source = (&second.source, edition_of_second);
                let other = self.second.lay_out(source, is_second_inverted, layout, order, find, cancel)?;
                longest = longest.max(other.shaped.impulse.len());
                pair::combine(first, other, second.how, order, cancel)?
            }
        };
        let bytes = routes.iter().map(|route| route.taps.len() * BYTES_PER_TAP).sum();
        if !memory::is_there(bytes) {
            return Err(PrepareError::Memory { origin: origin_of(recipe), bytes });
        }
        let next = Next { generation, room: &recipe.room(), format, longest };
        let delivery = self.predecessors.build(next, routes, cancel);
        let delivery = delivery.map_err(|error| PrepareError::kernel(origin_of(recipe), error))?;
        cancel.check()?;
        Ok(Prepared { delivery: Box::new(delivery), summary })
    }

    /// A preparer for another chain that has received the same convolvers as this one's. It shares impulses, kernels and
    /// taps with this one, and gives the same bits.
    #[must_use]
    pub fn shared(&self) -> Self {
        let Self { first, second, predecessors } = self;
        Self { first: first.shared(), second: second.shared(), predecessors: predecessors.shared() }
    }

    /// The kernel that was built last, and the taps for which its convolver's input history has capacity.
    pub(super) fn newest(&self) -> Option<(Arc<Kernel>, usize)> {
        self.predecessors.newest()
    }

    /// Forgets a convolver that does not sound any more and will not sound again.
    pub fn forget(&mut self, generation: u64) {
        self.predecessors.forget(generation);
    }

    /// Forgets everything: the next convolver is built as the first one was. For when nothing sounds any more, or what
    /// lies on the disk may have changed.
    pub fn begin_anew(&mut self) {
        *self = Self::default();
    }
}

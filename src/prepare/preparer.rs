//! One convolver after another for one chain, each built from what the one before has left.

use super::error::origin_of;
use super::predecessors::{KernelOrder, Next, Predecessors};
use super::response::{Response, Steps};
use super::summary::Unmeasured;
use super::{Find, PrepareError, Prepared, Summary, memory};
use crate::cancel::{Cancelled, Token};
use crate::chain::Format;
use crate::engine::{BuildError, Delivery, Kernel};
use crate::impulse::MAX_SECONDS;
use crate::impulse::recipe::Recipe;
use std::sync::Arc;

/// Bytes of spectra and of running state for each tap of a path, about.
const BYTES_PER_TAP: usize = 24;

/// Builds convolvers for one chain and remembers what it did: a knob that is turned costs what it changes, and each
/// convolver knows how it is related to those that may sound when it arrives.
///
/// The result is a function of the orders since [`Self::begin_anew`]: in the same order they give the same bits, in
/// a plugin's worker as in a program. It holds of each impulse what a [`Shaper`](crate::impulse::shape::Shaper) does,
/// once more at its own rate; of two what a [`Morph`](crate::impulse::morph::Morph) does, if that is at most 128 MB;
/// and of each convolver that it was not told to [forget](Self::forget) the kernel, its taps and what a
/// [`Meter`](crate::impulse::meter::Meter) keeps of these.
#[derive(Default)]
pub struct Preparer {
    steps: Steps,
    predecessors: Predecessors,
}

/// What was built.
#[derive(Debug)]
pub struct Built {
    /// For the audio thread.
    pub delivery: Box<Delivery>,
    /// For people.
    pub unmeasured: Arc<Unmeasured>,
}

impl Built {
    /// Measures it. `cancel` is checked every few milliseconds.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn measured(self, cancel: &Token) -> Result<Prepared, Cancelled> {
        let summary = self.unmeasured.measure(cancel)?;
        Ok(Prepared { summary: Summary::clone(&summary), delivery: self.delivery })
    }
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

impl Order<'_> {
    /// What the engine says of a kernel that was ordered.
    pub(super) fn kernel_error(&self, error: BuildError) -> PrepareError {
        PrepareError::kernel(origin_of(self.recipe), error)
    }

    /// Samples of the longest impulse.
    pub(super) fn most(&self) -> usize {
        MAX_SECONDS as usize * self.format.sample_rate as usize
    }
}

impl Preparer {
    /// Builds what an order asks for, without the summary; otherwise as [`build`](super::build).
    ///
    /// # Errors
    /// See [`PrepareError`].
    pub fn build(&mut self, order: &Order, find: &Find, cancel: &Token) -> Result<Built, PrepareError> {
        let response = Arc::new(self.steps.response(order, find, cancel)?);
        let kernel =
            |kernel: KernelOrder| kernel.build(cancel).map(Arc::new).map_err(|error| order.kernel_error(error));
        finish(&mut self.predecessors, order, &response, kernel, cancel)
    }

    /// A preparer for another chain that has received the same convolvers as this one's. It shares impulses, kernels
    /// and taps with this one, and gives the same bits.
    #[must_use]
    pub fn shared(&self) -> Self {
        Self { steps: self.steps.shared(), predecessors: self.predecessors.shared() }
    }

    /// The kernel that was built last, and the taps for which its convolver's input history has capacity.
    pub(super) fn newest(&self) -> Option<(Arc<Kernel>, usize)> {
        self.predecessors.newest()
    }

    /// Forgets a convolver that does not sound any more and will not sound again.
    pub fn forget(&mut self, generation: u64) {
        self.predecessors.forget(generation);
    }

    /// Forgets every convolver, and what was read from the disk, which may have changed: the next convolver has the
    /// bits of the first one. For when nothing sounds any more.
    pub fn begin_anew(&mut self) {
        self.predecessors = Predecessors::default();
        self.steps.begin_anew();
    }
}

/// The convolver of a response, with its relation to its predecessors.
pub(super) fn finish(
    predecessors: &mut Predecessors,
    order: &Order,
    response: &Arc<Response>,
    kernel: impl FnOnce(KernelOrder) -> Result<Arc<Kernel>, PrepareError>,
    cancel: &Token,
) -> Result<Built, PrepareError> {
    let Order { recipe, format, generation, .. } = *order;
    let bytes = response.routes.iter().map(|route| route.taps.len() * BYTES_PER_TAP).sum();
    if !memory::is_there(bytes) {
        return Err(PrepareError::Memory { origin: origin_of(recipe), bytes });
    }
    let next = Next { generation, room: &recipe.room(), format, response };
    let delivery = predecessors.build(next, kernel, cancel)?;
    cancel.check()?;
    Ok(Built { delivery: Box::new(delivery), unmeasured: response.unmeasured.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::ChannelLayout;
    use crate::impulse::Impulse;
    use crate::impulse::recipe::Source;
    use crate::prepare::decoded;
    use std::cell::Cell;

    const FORMAT: Format = Format { sample_rate: 44_100, layout: ChannelLayout::Stereo };

    /// What some work gives, and how many questions it asks its token.
    fn counted<R>(work: impl FnOnce(&Token) -> R) -> (R, usize) {
        let questions = Cell::new(0);
        let count = || {
            questions.set(questions.get() + 1);
            false
        };
        (work(&Token::new(&count)), questions.get())
    }

    /// The start of a room's response, and the questions of its build.
    fn built(preparer: &mut Preparer, recipe: &Recipe, find: &Find) -> (Vec<Vec<f32>>, usize) {
        let order = Order { recipe, format: FORMAT, editions: [0; 2], generation: 1 };
        let (built, questions) = counted(|cancel| preparer.build(&order, find, cancel).expect("it can be built"));
        let (mut click, mut out) = (vec![0.0; 20_000], vec![vec![0.0; 20_000]; 2]);
        click[0] = 1.0;
        let mut outputs: Vec<&mut [f32]> = out.iter_mut().map(Vec::as_mut_slice).collect();
        let mut delivery = built.delivery;
        delivery.convolver_mut().process(&[&click, &click], &mut outputs);
        (out, questions)
    }

    #[test]
    fn anew_a_space_is_not_synthesised_again_and_has_the_same_bits() {
        let (mut preparer, recipe) = (Preparer::default(), Recipe::space("room"));
        let find = |_: &Source, _: &Token| unreachable!("no file is asked for");
        let (first, questions) = built(&mut preparer, &recipe, &find);
        preparer.begin_anew();
        assert!(preparer.newest().is_none(), "nothing is its predecessor");
        let (again, fewer) = built(&mut preparer, &recipe, &find);
        let (_, of_synthesis) = counted(|cancel| decoded(&recipe.source, cancel).expect("a space"));
        assert!(first == again && of_synthesis > 0);
        assert!(questions - fewer >= of_synthesis, "{questions}, then {fewer}; {of_synthesis} of them to synthesise");
    }

    #[test]
    fn anew_a_file_is_read_again() {
        let (mut preparer, recipe, read) = (Preparer::default(), Recipe::file("room.wav"), Cell::new(0));
        let find = |_: &Source, _: &Token| {
            read.set(read.get() + 1);
            let taps = vec![vec![0.5_f32.powi(read.get()), 0.25]];
            Ok(Impulse::new(taps, FORMAT.sample_rate).expect("valid"))
        };
        let (first, _) = built(&mut preparer, &recipe, &find);
        built(&mut preparer, &recipe, &find);
        assert_eq!(read.get(), 1, "it is remembered");
        preparer.begin_anew();
        let (changed, _) = built(&mut preparer, &recipe, &find);
        assert!(read.get() == 2 && changed != first);
    }
}

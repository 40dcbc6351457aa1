//! What travels between the thread that builds kernels and the audio thread: a convolver with what a transition to it
//! depends on.

use super::{Convolver, Kernel};

/// Number of other deliveries whose relation to one is kept: those that may sound when it arrives.
const RELATIONS: usize = 4;

/// A convolver on its way to the audio thread and back.
///
/// On the way there it says how new it is, and how its impulse is related to those that may sound when it arrives. On
/// the way back it may hold [other retired deliveries](Self::append), so that one box carries all of them.
#[derive(Debug)]
pub struct Delivery {
    convolver: Convolver,
    generation: u64,
    editions: [u64; 2],
    relations: [Option<(u64, Relation, Moments)>; RELATIONS],
    /// The rest of a list of retired deliveries.
    next: Option<Box<Delivery>>,
}

/// How the impulses of two deliveries are related: the transition from one to the other depends on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Relation {
    /// Normalised inner product of the two impulses' sound: 0 for unrelated ones, 1 for the same one up to its level.
    pub correlation: f32,
    /// True when both are the same room in another shape. Then the new one takes over the input history of the old one,
    /// if their partitions allow it. Otherwise the old one rings out, and the new one begins with the input that
    /// follows.
    pub is_reshaped: bool,
}

/// When the input fades in a change to another room, in seconds from its beginning. By default both fades are one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    /// The input of the old room begins to fade out.
    pub fade_out: f32,
    /// The input of the new room begins to fade in.
    pub fade_in: f32,
}

impl Delivery {
    /// A delivery that answers request number `generation`; newer requests have larger numbers. Its relation to all
    /// others is unknown, which counts as unrelated.
    #[must_use]
    pub fn new(convolver: Convolver, generation: u64) -> Self {
        Self { convolver, generation, editions: [0; 2], relations: [None; RELATIONS], next: None }
    }

    /// Adds the relation to the delivery of another generation. The last four added are kept.
    #[must_use]
    pub fn with_relation(mut self, generation: u64, relation: Relation) -> Self {
        self.relations.rotate_right(1);
        self.relations[0] = Some((generation, relation, Moments::default()));
        self
    }

    /// Sets the moments of a change to this delivery from that of another generation, of which the relation was added.
    #[must_use]
    pub fn with_moments(mut self, generation: u64, moments: Moments) -> Self {
        if let Some(known) = self.relations.iter_mut().flatten().find(|known| known.0 == generation) {
            known.2 = moments;
        }
        self
    }

    /// Sets the editions of the first and of the second impulse that it was built from.
    #[must_use]
    pub fn of_editions(mut self, editions: [u64; 2]) -> Self {
        self.editions = editions;
        self
    }

    /// Sets the phase of the convolver, as [`Convolver::with_phase`] does.
    ///
    /// # Panics
    /// If the convolver has received input since its last reset.
    #[must_use]
    pub fn with_phase(mut self, phase: u32) -> Self {
        self.convolver = self.convolver.with_phase(phase);
        self
    }

    /// Number of the request that it answers.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Editions of the first and of the second impulse that it was built from: a newer impulse has a larger one.
    #[must_use]
    pub fn editions(&self) -> [u64; 2] {
        self.editions
    }

    /// The relation to another delivery.
    #[must_use]
    pub fn relation(&self, other: &Self) -> Relation {
        let unknown = Relation { correlation: 0.0, is_reshaped: false };
        self.known(other).map_or(unknown, |(_, relation, _)| *relation)
    }

    /// The moments of a change from another delivery to this one.
    #[must_use]
    pub fn moments(&self, other: &Self) -> Moments {
        self.known(other).map_or_else(Moments::default, |(.., moments)| *moments)
    }

    fn known(&self, other: &Self) -> Option<&(u64, Relation, Moments)> {
        self.relations.iter().flatten().find(|(generation, ..)| *generation == other.generation)
    }

    /// The convolver.
    #[must_use]
    pub fn convolver(&self) -> &Convolver {
        &self.convolver
    }

    /// The convolver, to process with.
    pub fn convolver_mut(&mut self) -> &mut Convolver {
        &mut self.convolver
    }

    /// The convolver's kernel.
    #[must_use]
    pub fn kernel(&self) -> &Kernel {
        self.convolver.kernel()
    }

    /// Appends a list of deliveries to this list, so that all of them are given back and dropped in one box. Real-time
    /// safe.
    #[must_use = "dropping it would free it on this thread"]
    pub fn append(mut self: Box<Self>, others: Option<Box<Self>>) -> Box<Self> {
        let mut last = &mut self.next;
        while let Some(delivery) = last {
            last = &mut delivery.next;
        }
        *last = others;
        self
    }

    /// Numbers of this delivery and of those [appended](Self::append) to it.
    pub fn generations(&self) -> impl Iterator<Item = u64> {
        std::iter::successors(Some(self), |delivery| delivery.next.as_deref()).map(Self::generation)
    }

    /// Transforms and chunks of products so far.
    #[cfg(test)]
    pub(super) fn done(&self) -> (usize, usize) {
        self.convolver.done()
    }
}

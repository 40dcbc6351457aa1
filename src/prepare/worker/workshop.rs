//! How a worker builds: as a [`Preparer`](crate::prepare::Preparer) does, with what other instances have built.
//!
//! Instances that want the same recipe in the same format share the response, the impulses that it is made of and the
//! kernel, and build them once. What an instance builds for itself is a convolver: input history, rings, generation,
//! and its relations to those that it may replace. A response is a function of its key, and a kernel of the response
//! and the partition sizes, so sharing changes no bit.

use super::pool::{Failure, Made, Pool};
use super::thread::{Build, Locate};
use crate::cancel::{Cancelled, Token};
use crate::chain::Format;
use crate::engine::{BuildError, Kernel};
use crate::impulse::recipe::{Recipe, Source};
use crate::prepare::part::{Loaded, Origin};
use crate::prepare::predecessors::{KernelOrder, Predecessors};
use crate::prepare::preparer::{Built, Order, finish};
use crate::prepare::response::{Response, Steps};
use crate::prepare::{Content, Identity, Located, PrepareError};
use parking_lot::Mutex;
use std::cell::Cell;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

/// What the instances of a process share.
#[derive(Default)]
pub(super) struct Shared {
    pub responses: Arc<Pool<Key, Response, Trouble>>,
    pub kernels: Arc<Pool<(u64, Vec<usize>), Kernel, BuildError>>,
    /// Responses and kernels that were begun.
    #[cfg(test)]
    pub begun: [std::sync::atomic::AtomicUsize; 2],
}

/// All that a response depends on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    recipe: Recipe,
    format: Format,
    /// Identities of the files of the first source and of the second.
    of_files: [Option<Identity>; 2],
    /// A number of its own for what is shared with nobody.
    alone: Option<u64>,
}

/// Why there is no response.
#[derive(Debug, Clone)]
pub(super) enum Trouble {
    Error(Arc<PrepareError>),
    /// What was located for the first or the second source cannot be read.
    Nothing(usize),
}

/// Builds for one instance.
pub(super) struct Workshop {
    shared: Arc<Shared>,
    /// Behind a lock because a build that was given up here may go on for others, and with it what it remembers.
    steps: Arc<Mutex<Steps>>,
    /// What the last response was made of: other shapes begin with it.
    loaded: [Option<(u64, Arc<Loaded>)>; 2],
    predecessors: Predecessors,
    /// What was located last for both sources. A space is not located: its place is `None`.
    located: [Option<Look>; 2],
}

/// A file or a pair that was located.
#[derive(Clone)]
struct Look {
    source: Source,
    /// Of the choice.
    edition: u64,
    located: Located,
    /// Of this look alone.
    number: u64,
}

/// Numbers of looks, which stand for editions in the steps: after another look, a source may give another impulse. A
/// space is always the same.
fn numbers(located: &[Option<Look>; 2]) -> [u64; 2] {
    located.each_ref().map(|look| look.as_ref().map_or(0, |look| look.number))
}

/// A number that is given once. Relaxed, because that is all that it says.
fn unique() -> u64 {
    static NUMBERS: AtomicU64 = AtomicU64::new(1);
    NUMBERS.fetch_add(1, Ordering::Relaxed)
}

impl Default for Workshop {
    fn default() -> Self {
        static OF_PROCESS: LazyLock<Arc<Shared>> = LazyLock::new(Arc::default);
        Self::sharing(OF_PROCESS.clone())
    }
}

impl Workshop {
    /// With what some instances share.
    pub fn sharing(shared: Arc<Shared>) -> Self {
        let (steps, predecessors) = Default::default();
        Self { shared, steps, loaded: [None, None], predecessors, located: [None, None] }
    }

    /// Locates the files of an order, unless that was done for its editions before. That of `again` is to be elsewhere.
    fn look(
        &mut self,
        order: &Order,
        locate: &Locate,
        again: Option<usize>,
        cancel: &Token,
    ) -> Result<(), PrepareError> {
        for (index, source) in order.recipe.sources().enumerate() {
            let (located, edition, again) = (&mut self.located[index], order.editions[index], again == Some(index));
            let is_there = located.as_ref().is_some_and(|look| (&look.source, look.edition) == (source, edition));
            if matches!(source, Source::Space { .. }) {
                *located = None;
            } else if !is_there || again {
                *located = None;
                let (source, is_located) = (source.clone(), locate(source, again, cancel)?);
                *located = Some(Look { source, edition, located: is_located, number: unique() });
            }
        }
        Ok(())
    }

    fn key(&self, order: &Order) -> Key {
        let Order { recipe, format, .. } = *order;
        let (mut of_files, mut alone) = ([None, None], None);
        for (located, identity) in self.located.iter().zip(&mut of_files).take(recipe.sources().count()) {
            let Some(look) = located else { continue };
            *identity = look.located.identity().cloned();
            if identity.is_none() {
                alone = Some(look.number);
            }
        }
        Key { recipe: recipe.clone(), format, of_files, alone }
    }

    /// Leaves the steps to a build that others go on with, though this one has given it up. A build holds them from the
    /// moment at which it was ordered, and locks them only when its thread runs.
    fn take_own_steps(&mut self) {
        if Arc::strong_count(&self.steps) > 1 {
            self.steps = Arc::default();
        }
    }

    /// The response of an order whose files were located.
    fn response(&mut self, order: &Order, cancel: &Token) -> Result<Arc<Response>, Failure<Trouble>> {
        let key = self.key(order);
        self.take_own_steps();
        let work = Work {
            steps: self.steps.clone(),
            loaded: self.loaded.clone(),
            recipe: order.recipe.clone(),
            format: order.format,
            located: self.located.clone(),
        };
        #[cfg(test)]
        let shared = self.shared.clone();
        let make = move |cancel: &Token| {
            #[cfg(test)]
            shared.begun[0].fetch_add(1, Ordering::SeqCst);
            work.response(cancel)
        };
        self.shared.responses.get(&key, make, cancel)
    }

    /// The kernel that is ordered.
    fn kernel(
        shared: &Arc<Shared>,
        kernel: KernelOrder,
        order: &Order,
        cancel: &Token,
    ) -> Result<Arc<Kernel>, PrepareError> {
        let key = kernel.key().map_err(|error| order.kernel_error(error))?;
        #[cfg(test)]
        let of_test = shared.clone();
        let make = move |cancel: &Token| {
            #[cfg(test)]
            of_test.begun[1].fetch_add(1, Ordering::SeqCst);
            match kernel.build(cancel) {
                Ok(value) => Ok(Made { value, is_lasting: true }),
                Err(BuildError::Cancelled(_)) => Err(Failure::Cancelled),
                Err(error) => Err(Failure::Failed(error)),
            }
        };
        shared.kernels.get(&key, make, cancel).map_err(|failure| match failure {
            Failure::Cancelled => Cancelled.into(),
            Failure::Failed(error) => order.kernel_error(error),
            Failure::Panicked(reason) => resume_unwind(Box::new(reason)),
        })
    }
}

impl Build for Workshop {
    fn build(&mut self, order: &Order, locate: &Locate, cancel: &Token) -> Result<Built, PrepareError> {
        cancel.check()?;
        let mut again = None;
        let response = loop {
            self.look(order, locate, again, cancel)?;
            match self.response(order, cancel) {
                Ok(response) => break response,
                Err(Failure::Cancelled) => return Err(Cancelled.into()),
                Err(Failure::Failed(Trouble::Nothing(index))) => again = Some(index),
                Err(Failure::Failed(Trouble::Error(error))) => return Err(PrepareError::of_shared(&error)),
                // The panic hook has reported it, where it was.
                Err(Failure::Panicked(reason)) => resume_unwind(Box::new(reason)),
            }
        };
        if response.is_sure {
            let numbers = numbers(&self.located);
            for ((own, loaded), number) in self.loaded.iter_mut().zip(&response.loaded).zip(numbers) {
                *own = loaded.clone().map(|loaded| (number, loaded)).or(own.take());
            }
        } else {
            // Other shapes of it begin with what the files are then.
            (self.loaded, self.located) = Default::default();
        }
        let Self { shared, predecessors, .. } = self;
        let kernel = |kernel: KernelOrder| Self::kernel(shared, kernel, order, cancel);
        finish(predecessors, order, &response, kernel, cancel)
    }

    fn forget(&mut self, generation: u64) {
        self.predecessors.forget(generation);
    }

    fn begin_anew(&mut self) {
        self.predecessors = Predecessors::default();
        self.located = [None, None];
        for loaded in &mut self.loaded {
            *loaded = loaded.take().filter(|(_, loaded)| loaded.is_lasting());
        }
        self.take_own_steps();
        self.steps.lock().begin_anew();
    }

    fn give_up(&mut self) {
        *self = Self::sharing(self.shared.clone());
    }
}

/// All that a response is made from, for another thread.
struct Work {
    steps: Arc<Mutex<Steps>>,
    loaded: [Option<(u64, Arc<Loaded>)>; 2],
    recipe: Recipe,
    format: Format,
    located: [Option<Look>; 2],
}

impl Work {
    fn response(self, cancel: &Token) -> Result<Made<Response>, Failure<Trouble>> {
        let Self { steps, loaded, recipe, format, located } = self;
        let editions = numbers(&located);
        let order = Order { recipe: &recipe, format, editions, generation: 0 };
        let mut steps = steps.lock();
        for (index, (source, loaded)) in recipe.sources().zip(&loaded).enumerate() {
            if let Some(loaded) = loaded {
                let (edition, is_by_ear) = (editions[index], recipe.by_ear[index]);
                steps.parts[index].take_over(Origin { source, edition, is_by_ear }, loaded, &order);
            }
        }
        let (nothing, is_sure) = (Cell::new(None), Cell::new(true));
        let find = |source: &Source, cancel: &Token| {
            // Of two equal sources the first is read.
            let index = usize::from(*source != recipe.source);
            let Some(look) = &located[index] else { return crate::prepare::decoded(source, cancel) };
            match look.located.read(cancel)? {
                Content::Sure(impulse) => Ok(impulse),
                Content::Unsure(impulse) => {
                    is_sure.set(false);
                    Ok(impulse)
                }
                Content::Nothing => {
                    nothing.set(Some(index));
                    Err(Cancelled.into())
                }
            }
        };
        let response = steps.response(&order, &find, cancel);
        let is_sure = is_sure.get();
        if !is_sure {
            *steps = Steps::default();
        }
        match response {
            Ok(mut value) => {
                value.is_sure = is_sure;
                Ok(Made { value, is_lasting: is_sure })
            }
            Err(error) => Err(match (nothing.get(), error) {
                (Some(index), _) => Failure::Failed(Trouble::Nothing(index)),
                (None, PrepareError::Cancelled(_)) => Failure::Cancelled,
                (None, error) => Failure::Failed(Trouble::Error(Arc::new(error))),
            }),
        }
    }
}

#[cfg(test)]
mod tests;

//! Predecessors of the next convolver: those that may still sound when it arrives.
//!
//! A convolver replaces an earlier one. Which one is not known when it is built, because the audio thread takes the
//! newest that it finds. So its relation to each predecessor is computed. The newest predecessor from the same source
//! also gives it its partitions, if its input history is long enough: then the new convolver can take the history over.

use crate::cancel::{Cancelled, Token};
use crate::chain::Format;
use crate::engine::{BuildError, Convolver, Delivery, Kernel, Moments, Path, REPLACE, Relation};
use crate::impulse::MAX_SECONDS;
use crate::impulse::buildup::{self, BuildUp};
use crate::impulse::layout::Route;
use crate::impulse::level;
use crate::impulse::meter::{Compared, Measured, Meter};
use crate::impulse::recipe::Room;
use std::borrow::Cow;
use std::sync::Arc;

/// Factor by which an impulse may become longer than it was when its room began to sound, and still take the input
/// history over. A longer one starts with an empty history, as another room does. Each unit costs the memory of one
/// more history.
const GROWTH: f64 = 1.5;

/// Everything that is known of the convolvers that may still sound.
#[derive(Default)]
pub(super) struct Predecessors {
    alive: Vec<Predecessor>,
}

/// A convolver that was built before.
#[derive(Debug, Clone)]
struct Predecessor {
    generation: u64,
    room: Room,
    format: Format,
    kernel: Arc<Kernel>,
    routes: Arc<[Route]>,
    /// The routes, as the meter has measured them.
    measured: Measured,
    /// Taps for which its input history has capacity.
    capacity: usize,
}

/// The convolver to be built.
#[derive(Debug, Clone, Copy)]
pub(super) struct Next<'a> {
    /// Number of the request that it answers.
    pub generation: u64,
    /// Source of the impulse; equal for all shapes of one room.
    pub room: &'a Room,
    /// Sample rate and channel layout.
    pub format: Format,
    /// Most taps that any shape of the room is known to have.
    pub longest: usize,
}

impl Predecessors {
    /// Measures an impulse's routes, and compares them with those of each predecessor.
    pub fn compare(
        &self,
        format: Format,
        routes: &[Route],
        meter: &mut Meter,
        cancel: &Token,
    ) -> Result<Compared, Cancelled> {
        let of_format = self.alive.iter().filter(|predecessor| predecessor.format == format);
        let others: Vec<_> = of_format.map(|other| (&other.routes[..], &other.measured)).collect();
        let compared = meter.compare(routes, level::judged_outputs(format.layout), &others, cancel)?;
        match level::judged(routes, format.layout) {
            Cow::Borrowed(_) => Ok(compared),
            Cow::Owned(_) => {
                Ok(Compared { loudness: level::loudness(routes, format.layout, meter, cancel)?, ..compared })
            }
        }
    }

    /// Builds the convolver of an impulse's routes, with its relation to each predecessor: what the routes were
    /// [compared](Self::compare) to be. `cancel` is checked as in [`super::build`].
    ///
    /// # Errors
    /// Those of the engine.
    pub fn build(
        &mut self,
        next: Next,
        routes: Vec<Route>,
        compared: Compared,
        cancel: &Token,
    ) -> Result<Delivery, BuildError> {
        let Next { generation, room, format, longest } = next;
        let taps = routes.first().map_or(0, |route| route.taps.len());
        let alive = &self.alive;
        let of_format = || alive.iter().filter(|predecessor| predecessor.format == format);
        let same_source = of_format().rfind(|predecessor| predecessor.room == *room && taps <= predecessor.capacity);
        let same_paths = same_source.map(|same_source| paths(&same_source.routes));
        let mut builder = Kernel::builder(format.inputs(), format.outputs(), format.sample_rate).cancelled_by(cancel);
        for (input, output, taps) in paths(&routes) {
            builder = builder.path(input, output, taps);
        }
        if let Some((same_source, paths)) = same_source.zip(same_paths.as_deref()) {
            builder = builder.like(&same_source.kernel, paths);
        }
        let kernel = Arc::new(builder.build()?);
        let most = MAX_SECONDS as usize * format.sample_rate as usize;
        let grown = (taps.max(longest) as f64 * GROWTH) as usize;
        let capacity = same_source.map_or_else(|| grown.min(most).max(taps), |same_source| same_source.capacity);
        let mut delivery = Delivery::new(Convolver::with_capacity(kernel.clone(), capacity), generation);
        let Compared { measured, correlations, .. } = compared;
        let mut built_up = None;
        for (predecessor, correlation) in of_format().zip(correlations) {
            // A fade between opposites is not made louder: it goes through silence.
            let correlation = correlation.max(0.0);
            let relation = Relation { correlation, is_reshaped: predecessor.room == *room };
            delivery = delivery.with_relation(predecessor.generation, relation);
            if !relation.is_reshaped {
                // Only a change to another room needs to know.
                let old = BuildUp::of(&predecessor.routes, format.sample_rate, REPLACE, cancel)?;
                let new = match &built_up {
                    Some(new) => new,
                    None => built_up.insert(BuildUp::of(&routes, format.sample_rate, REPLACE, cancel)?),
                };
                let [fade_out, fade_in] = buildup::moments(&old, new, correlation).map(|seconds| seconds as f32);
                delivery = delivery.with_moments(predecessor.generation, Moments { fade_out, fade_in });
            }
        }
        let (room, routes) = (room.clone(), routes.into());
        self.alive.push(Predecessor { generation, room, format, kernel, routes, measured, capacity });
        Ok(delivery)
    }

    /// The kernel that was built last, and the taps for which its convolver's input history has capacity.
    pub fn newest(&self) -> Option<(Arc<Kernel>, usize)> {
        self.alive.last().map(|newest| (newest.kernel.clone(), newest.capacity))
    }

    /// The same predecessors for another chain, which shares kernels and taps.
    pub fn shared(&self) -> Self {
        Self { alive: self.alive.clone() }
    }

    /// Removes a convolver that no longer sounds.
    pub fn forget(&mut self, generation: u64) {
        self.alive.retain(|predecessor| predecessor.generation != generation);
    }
}

fn paths(routes: &[Route]) -> Vec<Path<'_>> {
    routes.iter().map(|route| (route.input, route.output, &route.taps[..])).collect()
}

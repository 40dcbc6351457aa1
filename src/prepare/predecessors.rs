//! Predecessors of the next convolver: those that may still sound when it arrives.
//!
//! A convolver replaces an earlier one. Which one is not known when it is built, because the audio thread takes the
//! newest that it finds. So its relation to each predecessor is computed. The newest predecessor from the same source
//! also gives it its partitions, unless they cost too much for its length: then the new convolver can take the input
//! history over.
//!
//! An input history is as long as the first impulse of a room, and of two impulses as the longer one, to which a morph
//! may come. It grows when the room becomes longer.

use super::response::Response;
use crate::cancel::{Cancelled, Token};
use crate::chain::Format;
use crate::engine::{BuildError, Convolver, Delivery, Kernel, KernelBuilder, Moments, Path, REPLACE, Relation};
use crate::impulse::MAX_SECONDS;
use crate::impulse::buildup::{self, BuildUp};
use crate::impulse::layout::Route;
use crate::impulse::meter::Meter;
use crate::impulse::recipe::Room;
use std::sync::Arc;

/// Factor by which the input history of a room that has become longer exceeds the impulse. A knob that lengthened a
/// room is likely to go on: so not every step of it has the history copied, which takes as long as two steps. A room
/// that nobody lengthens has none of this memory.
const SLACK: f64 = 1.5;

/// Everything that is known of the convolvers that may still sound.
#[derive(Default)]
pub(super) struct Predecessors {
    alive: Vec<Predecessor>,
}

/// A convolver that was built before.
#[derive(Clone)]
struct Predecessor {
    generation: u64,
    room: Room,
    format: Format,
    kernel: Arc<Kernel>,
    response: Arc<Response>,
    /// Taps for which its input history has capacity.
    capacity: usize,
}

/// The convolver to be built.
#[derive(Clone, Copy)]
pub(super) struct Next<'a> {
    /// Number of the request that it answers.
    pub generation: u64,
    /// Source of the impulse; equal for all shapes of one room.
    pub room: &'a Room,
    /// Sample rate and channel layout.
    pub format: Format,
    /// What is to sound.
    pub response: &'a Arc<Response>,
}

/// A kernel to be built. It holds all that it is built from, so that any thread can do it.
pub(super) struct KernelOrder {
    response: Arc<Response>,
    format: Format,
    /// The kernel whose partitions it takes over, and what that was built from.
    same_source: Option<(Arc<Kernel>, Arc<Response>)>,
}

impl KernelOrder {
    /// Builds it. `cancel` is checked as in [`super::build`].
    ///
    /// # Errors
    /// Those of the engine.
    pub fn build(&self, cancel: &Token) -> Result<Kernel, BuildError> {
        self.with_builder(|builder| builder.cancelled_by(cancel).build())
    }

    /// Number of the response, and the partition sizes: of two orders that agree in both, the kernels are equal to the
    /// bit.
    #[cfg(feature = "worker")]
    pub fn key(&self) -> Result<(u64, Vec<usize>), BuildError> {
        Ok((self.response.number(), self.with_builder(|builder| builder.partition_sizes())?))
    }

    fn with_builder<R>(&self, work: impl FnOnce(KernelBuilder) -> R) -> R {
        let Self { response, format, same_source } = self;
        let mut builder = Kernel::builder(format.inputs(), format.outputs(), format.sample_rate);
        for (input, output, taps) in paths(&response.routes) {
            builder = builder.path(input, output, taps);
        }
        match same_source {
            Some((kernel, of)) => work(builder.like(kernel, &paths(&of.routes))),
            None => work(builder),
        }
    }
}

impl Predecessors {
    /// Makes the convolver of a response, with its relation to each predecessor. `kernel` gives the kernel; `cancel` is
    /// checked as in [`super::build`].
    ///
    /// # Errors
    /// Those of `kernel`, and [`Cancelled`].
    pub fn build<E: From<Cancelled>>(
        &mut self,
        next: Next,
        kernel: impl FnOnce(KernelOrder) -> Result<Arc<Kernel>, E>,
        cancel: &Token,
    ) -> Result<Delivery, E> {
        let Next { generation, room, format, response } = next;
        let taps = response.taps();
        let alive = &self.alive;
        let of_format = || alive.iter().filter(|predecessor| predecessor.format == format);
        let suits = |other: &&Predecessor| taps <= other.capacity || other.kernel.suits_length(taps);
        let same_source = of_format().rfind(|predecessor| predecessor.room == *room).filter(suits);
        let correlations = correlations(response, format, of_format(), cancel)?;
        let followed = same_source.map(|other| (other.kernel.clone(), other.response.clone()));
        let kernel = kernel(KernelOrder { response: response.clone(), format, same_source: followed })?;
        let most = MAX_SECONDS as usize * format.sample_rate as usize;
        let capacity = match same_source {
            None => taps.max(response.longest),
            Some(other) if taps <= other.capacity => other.capacity,
            Some(_) => ((taps as f64 * SLACK) as usize).min(most).max(taps),
        };
        let mut delivery = Delivery::new(Convolver::with_capacity(kernel.clone(), capacity), generation);
        let mut built_up = None;
        for (predecessor, correlation) in of_format().zip(correlations) {
            // A fade between opposites is not made louder: it goes through silence.
            let correlation = correlation.max(0.0);
            let relation = Relation { correlation, is_reshaped: predecessor.room == *room };
            delivery = delivery.with_relation(predecessor.generation, relation);
            if !relation.is_reshaped {
                // Only a change to another room needs to know.
                let old = BuildUp::of(&predecessor.response.routes, format.sample_rate, REPLACE, cancel)?;
                let new = match &built_up {
                    Some(new) => new,
                    None => built_up.insert(BuildUp::of(&response.routes, format.sample_rate, REPLACE, cancel)?),
                };
                let [fade_out, fade_in] = buildup::moments(&old, new, correlation).map(|seconds| seconds as f32);
                delivery = delivery.with_moments(predecessor.generation, Moments { fade_out, fade_in });
            }
        }
        let (room, response) = (room.clone(), response.clone());
        self.alive.push(Predecessor { generation, room, format, kernel, response, capacity });
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

/// How alike a response and each of some predecessors sound.
fn correlations<'a>(
    response: &Response,
    format: Format,
    others: impl Iterator<Item = &'a Predecessor>,
    cancel: &Token,
) -> Result<Vec<f32>, Cancelled> {
    let others: Vec<_> = others.map(|other| (&other.response.routes[..], &other.response.measured)).collect();
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let mut meter = Meter::new(format.sample_rate);
    meter.correlations((&response.routes, &response.measured), &others, cancel)
}

fn paths(routes: &[Route]) -> Vec<Path<'_>> {
    routes.iter().map(|route| (route.input, route.output, &route.taps[..])).collect()
}

#[cfg(test)]
mod tests {
    use crate::cancel::Token;
    use crate::channels::ChannelLayout;
    use crate::engine::{Convolver, Kernel};
    use crate::impulse::Impulse;
    use crate::impulse::recipe::{LevelRule, Recipe, Source};
    use crate::impulse::shape::{Cut, Shape, Trim};
    use crate::impulse::units::Time;
    use crate::prepare::{Format, Order, Preparer};
    use std::sync::Arc;

    const FORMAT: Format = Format { sample_rate: 48_000, layout: ChannelLayout::Stereo };

    /// Builds one room, trimmed to some lengths in milliseconds one after another. Gives the kernel of each, and the
    /// bytes of its convolver.
    fn built(lengths: &[u32]) -> Vec<(Arc<Kernel>, usize)> {
        let mut preparer = Preparer::default();
        let find = |_: &Source, _: &Token| {
            let mut random = crate::impulse::random::Random::new(1);
            let mut channel = || (0..480_000).map(|_| random.bell()).collect();
            Ok(Impulse::new(vec![channel(), channel()], FORMAT.sample_rate).expect("valid"))
        };
        let mut build = |(length, generation): (&u32, u64)| {
            let trim = Trim { end: Cut::At(Time::from_micros(1_000 * *length)), ..Trim::default() };
            let shape = Shape { trim, ..Shape::default() };
            let recipe = Recipe { level: LevelRule::Off, shape, ..Recipe::file("room.wav") };
            let order = Order { recipe: &recipe, format: FORMAT, editions: [0; 2], generation };
            let built = preparer.build(&order, &find, &Token::never()).expect("it can be built");
            let (kernel, _) = preparer.newest().expect("it was built");
            assert_eq!(kernel.len(), 48 * *length as usize);
            (kernel, built.delivery.convolver().bytes())
        };
        lengths.iter().zip(1..).map(&mut build).collect()
    }

    fn bytes(kernel: &Arc<Kernel>, taps: usize) -> usize {
        Convolver::with_capacity(kernel.clone(), taps).bytes()
    }

    #[test]
    fn the_history_of_a_room_is_exact_until_the_room_becomes_longer() {
        let built = built(&[1_000, 500, 1_000, 1_200, 1_300, 1_700, 1_900, 1_000]);
        // From 1.2 s on there is half as much again, which is enough until 1.8 s.
        let capacities = [48_000, 48_000, 48_000, 86_400, 86_400, 86_400, 136_800, 136_800];
        for ((kernel, found), capacity) in built.iter().zip(capacities) {
            assert_eq!(*found, bytes(kernel, capacity), "{} taps", kernel.len());
        }
    }

    /// Partition sizes of the stages that a kernel has.
    fn sizes(kernel: &Kernel) -> Vec<String> {
        let schedule = kernel.schedule().to_string();
        let stages = schedule.lines().next().into_iter().flat_map(|plan| plan.split(", ").skip(1));
        stages.filter_map(|stage| Some(stage.split_once(" × ")?.1.to_owned())).collect()
    }

    #[test]
    fn partitions_are_kept_as_long_as_they_serve() {
        let alone = |length: u32| sizes(&built(&[length])[0].0);
        // A room that becomes twice as long, or as short as one likes.
        for lengths in [[1_000, 2_000], [4_000, 100], [100, 200], [2_000, 3_500]] {
            let [one, two] = [0, 1].map(|index| sizes(&built(&lengths)[index].0));
            let common = one.len().min(two.len());
            assert!(common > 1 && one[..common] == two[..common], "{lengths:?}: {one:?}, {two:?}");
        }
        assert_ne!(alone(100)[1], alone(4_000)[1], "they would not all have the same ones");
        // One that becomes a hundred times as long is another room, with partitions of its own and an exact history.
        let two = built(&[50, 5_000]);
        assert_eq!(sizes(&two[1].0), alone(5_000));
        assert_eq!(two[1].1, bytes(&two[1].0, 240_000));
    }
}

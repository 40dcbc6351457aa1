//! What was built before, and how the next convolver is related to it.
//!
//! A convolver that arrives meets one that was built earlier: which one is not known when it is built, because the audio
//! thread takes what it finds. So it is told how it is related to each that may still sound. Of those the newest of the same
//! room also gives it its partitions, as long as there is a past for its length: then it can take over all that was heard.

use crate::cancel::Token;
use crate::chain::Format;
use crate::engine::{BuildError, Convolver, Kernel, Path, Relation};
use crate::impulse::layout::Route;
use crate::impulse::recipe::Room;
use crate::impulse::{MAX_SECONDS, relation};
use std::sync::Arc;

/// By how much an impulse may grow, relative to what it was when its room began to sound, and still take over the past.
/// Beyond, the room begins anew, as another room does. Each unit costs the memory of one more past.
const GROWTH: f64 = 1.5;

/// Convolvers that may sound when the next one arrives.
#[derive(Debug, Default)]
pub(super) struct Lineage {
    alive: Vec<Ancestor>,
}

/// A convolver that was built.
#[derive(Debug)]
struct Ancestor {
    generation: u64,
    room: Room,
    format: Format,
    kernel: Arc<Kernel>,
    routes: Vec<Route>,
    /// Taps that its past has room for.
    reach: usize,
}

/// What is to be built.
#[derive(Debug, Clone, Copy)]
pub(super) struct Next<'a> {
    /// Its number.
    pub generation: u64,
    /// Which room it is.
    pub room: &'a Room,
    /// For which rate and layout.
    pub format: Format,
    /// Taps that the room has at most in any of its shapes, so far as that is known.
    pub longest: usize,
}

impl Lineage {
    /// Builds a convolver of an impulse's routes. `cancel` is checked as in [`super::build`].
    ///
    /// # Errors
    /// Those of the engine.
    pub fn build(&mut self, next: Next, routes: Vec<Route>, cancel: &Token) -> Result<Convolver, BuildError> {
        let Next { generation, room, format, longest } = next;
        let taps = routes.first().map_or(0, |route| route.taps.len());
        let of_format = || self.alive.iter().filter(|ancestor| ancestor.format == format);
        let kin = of_format().rfind(|ancestor| ancestor.room == *room && taps <= ancestor.reach);
        let of_kin = kin.map(|kin| paths(&kin.routes));
        let mut builder = Kernel::builder(format.inputs(), format.outputs(), format.sample_rate).cancelled_by(cancel);
        for (input, output, taps) in paths(&routes) {
            builder = builder.path(input, output, taps);
        }
        if let Some((kin, paths)) = kin.zip(of_kin.as_deref()) {
            builder = builder.like(&kin.kernel, paths);
        }
        let kernel = Arc::new(builder.build()?);
        let most = MAX_SECONDS as usize * format.sample_rate as usize;
        let grown = (taps.max(longest) as f64 * GROWTH) as usize;
        let reach = kin.map_or_else(|| grown.min(most).max(taps), |kin| kin.reach);
        let mut convolver = Convolver::with_room(kernel.clone(), reach).with_generation(generation);
        for ancestor in of_format() {
            let correlation = relation::correlation(&ancestor.routes, &routes, format.sample_rate, cancel)?;
            let relation = Relation { correlation, is_reshaped: ancestor.room == *room };
            convolver = convolver.with_relation(ancestor.generation, relation);
        }
        self.alive.push(Ancestor { generation, room: room.clone(), format, kernel, routes, reach });
        Ok(convolver)
    }

    /// A convolver does not sound any more.
    pub fn forget(&mut self, generation: u64) {
        self.alive.retain(|ancestor| ancestor.generation != generation);
    }
}

fn paths(routes: &[Route]) -> Vec<Path<'_>> {
    routes.iter().map(|route| (route.input, route.output, &route.taps[..])).collect()
}

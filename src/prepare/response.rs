//! From a recipe to its response: the taps of every path, shaped and at their level. What remains is the engine's.

use super::levelled::Levelled;
use super::morphing::Morphing;
use super::pair;
use super::part::{Asked, LaidOut, Loaded, Origin, Part};
use super::summary::Unmeasured;
use super::{Find, Order, PrepareError};
use crate::cancel::Token;
use crate::impulse::layout::Route;
use crate::impulse::level;
use crate::impulse::meter::{Measured, Meter};
use crate::impulse::recipe::Second;
use std::sync::Arc;
#[cfg(feature = "worker")]
use std::sync::atomic::{AtomicU64, Ordering};

/// Response of a recipe in one format. Immutable, and a function of what was found at its sources alone: instances that
/// want the same share it.
pub(super) struct Response {
    #[cfg(feature = "worker")]
    number: u64,
    /// Taps of each path.
    pub routes: Arc<[Route]>,
    /// The routes, as the meter has measured them.
    pub measured: Measured,
    /// Most taps that any shape of the room is known to have.
    pub longest: usize,
    /// For people.
    pub unmeasured: Arc<Unmeasured>,
    /// False if it may not be what the identities of its files say.
    #[cfg(feature = "worker")]
    pub is_sure: bool,
    /// What it was made of, so that other shapes of it are soon made. Without a second impulse its place is `None`.
    #[cfg_attr(not(feature = "worker"), expect(dead_code, reason = "the worker alone goes on from it"))]
    pub loaded: [Option<Arc<Loaded>>; 2],
}

impl Response {
    /// Number of this response alone in the process.
    #[cfg(feature = "worker")]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Taps of each path.
    pub fn taps(&self) -> usize {
        self.routes.first().map_or(0, |route| route.taps.len())
    }
}

/// Steps from recipes to responses, each remembered: a knob that is turned costs what it changes. What is remembered
/// changes no bit of a response.
#[derive(Default)]
pub(super) struct Steps {
    /// The first impulse and the second one, which is kept when an order has none, because a later order may have it
    /// again.
    pub parts: [Part; 2],
    morphing: Morphing,
    /// Measures how alike impulses sound, at the sample rate of the last order.
    meter: Option<Meter>,
}

impl Steps {
    /// The response that an order asks for. `cancel` is checked as in [`super::build`].
    ///
    /// # Errors
    /// See [`PrepareError`].
    pub fn response(&mut self, order: &Order, find: &Find, cancel: &Token) -> Result<Response, PrepareError> {
        let Order { recipe, format, editions: [edition, edition_of_second], .. } = *order;
        let layout = format.layout;
        let [is_first_inverted, is_second_inverted] = recipe.inverted;
        let [is_first_by_ear, is_second_by_ear] = recipe.by_ear;

        if self.meter.as_ref().is_none_or(|meter| meter.sample_rate() != format.sample_rate) {
            self.meter = None;
        }
        let meter = self.meter.get_or_insert_with(|| Meter::new(format.sample_rate));
        let [first, second] = &mut self.parts;
        let asked = Asked {
            origin: Origin { source: &recipe.source, edition, is_by_ear: is_first_by_ear },
            is_inverted: is_first_inverted,
            layout,
            is_alone: recipe.second.is_none(),
        };
        let first = first.lay_out(asked, order, find, meter, cancel)?;
        let loaded = |part: &LaidOut| Some(part.loaded.clone());
        let (mut longest, mut made_of) = (first.shaped.impulse.len(), [loaded(&first), None]);
        let (levelled, measured) = match &recipe.second {
            None => {
                let (loudness, measured) = level::measure(&first.routes, layout, meter, cancel)?;
                (Levelled::alone(first, loudness, recipe, cancel)?, measured)
            }
            Some(Second { source, how }) => {
                let (layout, is_inverted) = (pair::takes(*how, layout), is_second_inverted);
                let origin = Origin { source, edition: edition_of_second, is_by_ear: is_second_by_ear };
                let asked = Asked { origin, is_inverted, layout, ..asked };
                let second = second.lay_out(asked, order, find, meter, cancel)?;
                longest = longest.max(second.shaped.impulse.len());
                made_of[1] = loaded(&second);
                let pair = pair::combine([first, second], *how, order, (meter, &mut self.morphing), cancel)?;
                let (loudness, measured) = level::measure(&pair.routes, format.layout, meter, cancel)?;
                (pair.level(loudness, order, cancel)?, measured)
            }
        };
        let Levelled { routes, gain, unmeasured } = levelled;
        // Relaxed: each number is given once, and that is all.
        #[cfg(feature = "worker")]
        static RESPONSES: AtomicU64 = AtomicU64::new(0);
        Ok(Response {
            #[cfg(feature = "worker")]
            number: RESPONSES.fetch_add(1, Ordering::Relaxed),
            routes: routes.into(),
            measured: measured.amplified(gain),
            longest,
            unmeasured: Arc::new(unmeasured),
            #[cfg(feature = "worker")]
            is_sure: true,
            loaded: made_of,
        })
    }

    /// Steps for another chain, which shares the impulses. Shaping begins anew there, with the same result.
    pub fn shared(&self) -> Self {
        Self { parts: self.parts.each_ref().map(Part::shared), ..Self::default() }
    }

    /// True if nothing is remembered.
    #[cfg(test)]
    #[cfg(feature = "worker")]
    pub fn is_idle(&self) -> bool {
        self.meter.is_none()
    }

    /// Forgets what was read from the disk, which may have changed.
    pub fn begin_anew(&mut self) {
        self.morphing = Morphing::default();
        self.parts.iter_mut().for_each(Part::begin_anew);
    }
}

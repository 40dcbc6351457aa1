//! One convolver after another for one chain, each built from what the one before has left.

use super::lineage::{Lineage, Next};
use super::{Find, PrepareError, Prepared, Summary, decoded, origin};
use crate::chain::Format;
use crate::impulse::layout::{self, Route};
use crate::impulse::recipe::{LevelRule, Recipe, Source};
use crate::impulse::shape::{self, ShapeError, Shaped, Shaper};
use crate::impulse::{Impulse, resample};
use crate::space;
use std::sync::Arc;

/// Builds convolvers for one chain and remembers what it did: a knob that is turned costs what it changes, and each
/// convolver knows how it is related to those that may sound when it arrives.
///
/// What it builds is a function of the orders since [`Self::begin_anew`]: in the same order they give the same bits, in a
/// plugin's worker as in a program. It holds of the impulse what a [`Shaper`] does, once more at its own rate, and of each
/// convolver that it was not told to [forget](Self::forget) the kernel and its taps.
#[derive(Default)]
pub struct Preparer {
    loaded: Option<Loaded>,
    shaper: Shaper,
    lineage: Lineage,
}

/// What is to be built.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// Which impulse, and how it is shaped.
    pub recipe: &'a Recipe,
    /// For which rate and layout.
    pub format: Format,
    /// Counts up when the same source may give another impulse.
    pub edition: u64,
    /// Number of the convolver: larger than that of any before.
    pub generation: u64,
}

/// An impulse at the host's rate.
struct Loaded {
    source: Source,
    edition: u64,
    name: String,
    /// Of the impulse as stored, in Hz.
    stored_rate: u32,
    impulse: Arc<Impulse>,
}

impl Preparer {
    /// Builds what an order asks for; otherwise as [`build`](super::build).
    ///
    /// # Errors
    /// See [`PrepareError`].
    pub fn build(
        &mut self,
        order: &Order,
        find: &Find,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Prepared, PrepareError> {
        let Order { recipe, format, generation, .. } = *order;
        let origin = || origin(&recipe.source);
        let go_on = || if cancelled() { Err(PrepareError::Cancelled) } else { Ok(()) };

        go_on()?;
        let loaded = match self.loaded.take().filter(|loaded| loaded.answers(order)) {
            Some(loaded) => loaded,
            None => load(order, find, cancelled)?,
        };
        let loaded = self.loaded.insert(loaded);
        let shaped = shape(&mut self.shaper, &loaded.impulse, recipe, cancelled);
        go_on()?; // Before the error: it may say no more than this.
        let (shaped, gain) = shaped.map_err(|source| PrepareError::Shape { origin: origin(), source })?;
        let summary = Summary::of(&shaped, loaded.stored_rate, gain, recipe, loaded.name.clone(), cancelled);
        go_on()?;
        let mut routes = layout::routes_unless(&shaped.impulse, format.inputs, format.outputs, cancelled)
            .map_err(|source| PrepareError::Layout { origin: origin(), source })?;
        // One gain for all paths: the balance of the channels is the room's own.
        for Route { taps, .. } in &mut routes {
            go_on()?;
            taps.iter_mut().for_each(|tap| *tap = (f64::from(*tap) * gain) as f32);
        }
        go_on()?;
        let convolver = self.lineage.build(Next { generation, room: &recipe.source, format }, routes, cancelled);
        go_on()?; // Likewise.
        let convolver = convolver.map_err(|source| PrepareError::Kernel { origin: origin(), source })?;
        Ok(Prepared { convolver: Box::new(convolver), summary })
    }

    /// A convolver does not sound any more, and will not: nothing needs to be known of it.
    pub fn forget(&mut self, generation: u64) {
        self.lineage.forget(generation);
    }

    /// Forgets everything: the next convolver is built as the first one was. For when nothing sounds any more, or what lies
    /// on the disk may have changed.
    pub fn begin_anew(&mut self) {
        *self = Self::default();
    }
}

impl Loaded {
    /// Whether it is the impulse that an order wants.
    fn answers(&self, order: &Order) -> bool {
        (&self.source, self.edition, self.impulse.sample_rate())
            == (&order.recipe.source, order.edition, order.format.sample_rate)
    }
}

/// The impulse as stored, or as its text says, brought to the host's rate.
fn load(order: &Order, find: &Find, cancelled: &dyn Fn() -> bool) -> Result<Loaded, PrepareError> {
    let go_on = || if cancelled() { Err(PrepareError::Cancelled) } else { Ok(()) };
    let (mut impulse, name) = read(order.recipe, find, cancelled)?;
    go_on()?;
    let silence = shape::drop_trailing_zeros(&mut impulse);
    let (stored_rate, rate) = (impulse.sample_rate(), order.format.sample_rate);
    if stored_rate != rate {
        // At its own rate it stays what it is.
        let resampled = resample::impulse_unless(&impulse, rate, silence, cancelled);
        go_on()?; // Before the error: it may say no more than this.
        let origin = origin(&order.recipe.source);
        impulse = resampled.map_err(|source| PrepareError::Resample { origin, source })?;
    }
    let source = order.recipe.source.clone();
    Ok(Loaded { source, edition: order.edition, name, stored_rate, impulse: Arc::new(impulse) })
}

/// The impulse as stored, or as its text says, and its name for people.
fn read(recipe: &Recipe, find: &Find, cancelled: &dyn Fn() -> bool) -> Result<(Impulse, String), PrepareError> {
    Ok(match &recipe.source {
        Source::Space { id } => (decoded(&recipe.source, cancelled)?, space::find(id)?.name.to_owned()),
        Source::File { .. } | Source::Pair { .. } => (find(&recipe.source, cancelled)?, recipe.display_name()),
    })
}

/// Shapes an impulse, and measures the gain for its level between trimming and the rest: what the user does to a room may
/// change how loud it is, and the silence and noise around it does not count.
fn shape(
    shaper: &mut Shaper,
    impulse: &Arc<Impulse>,
    recipe: &Recipe,
    cancelled: &dyn Fn() -> bool,
) -> Result<(Shaped, f64), ShapeError> {
    let gain = match recipe.level {
        LevelRule::Match => shaper.loudness_gain(impulse, recipe.shape.trim, cancelled)?,
        LevelRule::Cabinet => shaper.cabinet_gain(impulse, recipe.shape.trim, cancelled)?,
        LevelRule::Off => 1.0,
    };
    Ok((shaper.apply(impulse, &recipe.shape, cancelled)?, gain))
}

//! One impulse, from its source to the paths of a layout.

use super::{Find, Order, PrepareError, decoded, origin};
use crate::cancel::{Cancelled, Token};
use crate::channels::ChannelLayout;
use crate::impulse::findings::{self, Finding, Looking};
use crate::impulse::layout::{self, Route};
use crate::impulse::recipe::{LevelRule, Recipe, Source};
use crate::impulse::shape::{ShapeError, Shaped, Shaper};
use crate::impulse::{Impulse, resample};
use crate::space;
use std::sync::Arc;

/// What is remembered of an impulse, for the next order.
#[derive(Default)]
pub(super) struct Part {
    loaded: Option<Arc<Loaded>>,
    shaper: Shaper,
}

/// An impulse at the host's rate.
struct Loaded {
    source: Source,
    edition: u64,
    name: String,
    /// Of the impulse as stored, in Hz.
    stored_rate: u32,
    impulse: Arc<Impulse>,
    /// What there is to say about it.
    findings: Vec<Finding>,
    /// True if a constant offset was left in; `None` without one.
    kept_offset: Option<bool>,
}

/// An impulse shaped, levelled and laid out.
pub(super) struct LaidOut {
    /// For people.
    pub name: String,
    /// Of the impulse as stored, in Hz.
    pub stored_rate: u32,
    /// The shaped impulse, before its gain.
    pub shaped: Shaped,
    /// Gain of the level rule, as a factor.
    pub gain: f64,
    /// Taps of each path, with the gain applied.
    pub routes: Vec<Route>,
    /// What there is to say about the impulse.
    pub findings: Vec<Finding>,
}

impl Part {
    /// The same impulse for another chain, which shares it. Shaping begins anew there, with the same result.
    pub fn shared(&self) -> Self {
        Self { loaded: self.loaded.clone(), shaper: Shaper::default() }
    }

    /// Forgets an impulse whose file may have changed. One of a space stays, with its shapes: they are functions of a text
    /// that is built in, and synthesis takes longer than all that follows.
    pub fn begin_anew(&mut self) {
        if self.loaded.as_ref().is_none_or(|loaded| !matches!(loaded.source, Source::Space { .. })) {
            *self = Self::default();
        }
    }

    /// Lays out a source in this edition, shaped as the order says, and turned over if it is inverted.
    pub fn lay_out(
        &mut self,
        (source, edition): (&Source, u64),
        is_inverted: bool,
        layout: ChannelLayout,
        order: &Order,
        find: &Find,
        cancel: &Token,
    ) -> Result<LaidOut, PrepareError> {
        let origin = || origin(source);

        cancel.check()?;
        let loaded = match self.loaded.take().filter(|loaded| loaded.answers(source, edition, order)) {
            Some(loaded) => loaded,
            None => Arc::new(load(source, edition, order, find, cancel)?),
        };
        let loaded = self.loaded.insert(loaded);
        let (mut shaped, gain) = shape(&mut self.shaper, &loaded.impulse, order.recipe, cancel)
            .map_err(|error| PrepareError::shape(origin(), error))?;
        if is_inverted {
            shaped.impulse.invert(cancel)?;
        }
        let mut routes =
            layout::routes(&shaped.impulse, layout, cancel).map_err(|error| PrepareError::layout(origin(), error))?;
        // One gain for all paths: the balance of the channels is the room's own.
        amplify(&mut routes, gain, cancel)?;
        let (name, mut findings) = (loaded.name.clone(), loaded.findings.clone());
        let assumed = shaped.mixing_time.filter(|time| time.is_assumed);
        findings.extend(assumed.map(|time| Finding::AssumedMixingTime { seconds: time.seconds }));
        Ok(LaidOut { name, stored_rate: loaded.stored_rate, shaped, gain, routes, findings })
    }
}

/// Multiplies the taps of all paths by a gain.
pub(super) fn amplify(routes: &mut [Route], gain: f64, cancel: &Token) -> Result<(), Cancelled> {
    for Route { taps, .. } in routes {
        cancel.check()?;
        taps.iter_mut().for_each(|tap| *tap = (f64::from(*tap) * gain) as f32);
    }
    Ok(())
}

impl Loaded {
    /// True if this is the impulse that an order needs of a source.
    fn answers(&self, source: &Source, edition: u64, order: &Order) -> bool {
        (&self.source, self.edition, self.impulse.sample_rate()) == (source, edition, order.format.sample_rate)
            && self.kept_offset.is_none_or(|is_kept| is_kept == order.recipe.keep_offset)
    }
}

/// The impulse as stored, or as its text says, brought to the host's rate.
fn load(source: &Source, edition: u64, order: &Order, find: &Find, cancel: &Token) -> Result<Loaded, PrepareError> {
    let (mut impulse, name) = read(source, find, cancel)?;
    cancel.check()?;
    // At the rate of the recording, before a resampler makes ringing of an offset's beginning and end.
    let keep_offset = order.recipe.keep_offset;
    let looking = Looking { keep_offset, is_one_file: matches!(source, Source::File { .. }) };
    let (findings, zeros) = findings::tidy(&mut impulse, looking, cancel)?;
    let has_offset = findings.iter().any(|finding| matches!(finding, Finding::ConstantOffset { .. }));
    let (stored_rate, rate) = (impulse.sample_rate(), order.format.sample_rate);
    if stored_rate != rate {
        // At its own rate it stays what it is.
        impulse = resample::impulse(&impulse, rate, zeros, cancel)
            .map_err(|error| PrepareError::resample(origin(source), error))?;
    }
    let source = source.clone();
    let kept_offset = has_offset.then_some(keep_offset);
    Ok(Loaded { source, edition, name, stored_rate, impulse: Arc::new(impulse), findings, kept_offset })
}

/// The impulse as stored, or as its text says, and its name for people.
fn read(source: &Source, find: &Find, cancel: &Token) -> Result<(Impulse, String), PrepareError> {
    Ok(match source {
        Source::Space { id } => (decoded(source, cancel)?, space::find(id)?.name.to_owned()),
        Source::File { .. } | Source::Pair { .. } => (find(source, cancel)?, source.display_name()),
    })
}

/// Shapes an impulse, and measures the gain for its level between trimming and the rest: what the user does to a room
/// may change how loud it is, and the silence and noise around it does not count.
fn shape(
    shaper: &mut Shaper,
    impulse: &Arc<Impulse>,
    recipe: &Recipe,
    cancel: &Token,
) -> Result<(Shaped, f64), ShapeError> {
    let gain = match recipe.level {
        LevelRule::Match => shaper.loudness_gain(impulse, recipe.shape.trim, cancel)?,
        LevelRule::Cabinet => shaper.cabinet_gain(impulse, recipe.shape.trim, cancel)?,
        LevelRule::Off => 1.0,
    };
    Ok((shaper.apply(impulse, &recipe.shape, cancel)?, gain))
}

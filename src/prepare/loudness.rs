//! How loud an impulse is in a layout, before and after it is shaped, and what level matching makes of that.

use crate::cancel::{Cancelled, Token};
use crate::channels::ChannelLayout;
use crate::impulse::layout::{self, LayoutError, Route};
use crate::impulse::level::{self, RoomLevel};
use crate::impulse::meter::Meter;
use crate::impulse::shape::{Fade, Shape, Shaper, Trim};
use crate::impulse::{Impulse, MAX_SECONDS};
use std::sync::Arc;

/// Loudnesses of one impulse, for the layout and the shape that were asked for last.
#[derive(Default)]
pub(super) struct Loudnesses {
    /// Of the recording; with its trim, where it is only used trimmed.
    recorded: Option<((ChannelLayout, Option<Trim>), f64)>,
    trimmed: Option<((ChannelLayout, Trim), f64)>,
    shaped: Option<((ChannelLayout, Shape), f64)>,
    /// With its fades.
    heard: Option<((ChannelLayout, Shape), f64)>,
}

/// How an impulse is levelled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Matching {
    /// By a gain that its shape does not change.
    Fixed(f64),
    /// By loudness. What is not known of it is to be measured with its paths.
    Room { recorded: f64, trimmed: f64, shaped: Option<f64> },
}

/// Gains of a level rule, as factors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gains {
    /// For all paths, because the balance of the channels is the room's own.
    pub all: f64,
    /// The part of it that makes up for the shape.
    pub of_shape: f64,
    /// What is missing to make up for all of it; 1 if nothing is.
    pub missing: f64,
}

impl Default for Gains {
    fn default() -> Self {
        Self { all: 1.0, of_shape: 1.0, missing: 1.0 }
    }
}

impl Matching {
    /// The gains where the paths of the shape without fades have a loudness, which counts if it was not known.
    pub fn gains(self, loudness: f64) -> Gains {
        match self {
            Self::Fixed(all) => Gains { all, ..Gains::default() },
            Self::Room { recorded, trimmed, shaped } => {
                let level = RoomLevel { recorded, trimmed, shaped: shaped.unwrap_or(loudness) };
                let of_shape = level.compensation();
                let missing = level::matching(level.shaped / trimmed) / of_shape;
                Gains { all: level.gain(), of_shape, missing }
            }
        }
    }
}

/// What is measured, and in which layout.
pub(super) struct Measuring<'a> {
    pub layout: ChannelLayout,
    pub meter: &'a mut Meter,
    pub cancel: &'a Token<'a>,
}

impl Measuring<'_> {
    /// Of an impulse, laid out.
    fn of(&mut self, impulse: &Impulse) -> Result<f64, LayoutError> {
        Ok(self.of_paths(&layout::routes(impulse, self.layout, self.cancel)?)?)
    }

    /// Of paths.
    fn of_paths(&mut self, routes: &[Route]) -> Result<f64, Cancelled> {
        level::loudness(routes, self.layout, self.meter, self.cancel)
    }
}

impl Loudnesses {
    /// Level matching of an impulse in a shape, given also as it is before its fades. The shape's own loudness is left
    /// out if it may be measured with the paths.
    pub fn matching(
        &mut self,
        (impulse, shaper): (&Arc<Impulse>, &mut Shaper),
        (shape, before_fades): (&Shape, &Impulse),
        is_alone: bool,
        measuring: &mut Measuring,
    ) -> Result<Matching, LayoutError> {
        let (layout, trim) = (measuring.layout, shape.trim);
        let is_long = impulse.len() > MAX_SECONDS as usize * impulse.sample_rate() as usize;
        let recorded = remember(&mut self.recorded, (layout, is_long.then_some(trim)), || {
            if is_long {
                return measuring.of(&shaper.trimmed(impulse, trim, measuring.cancel)?);
            }
            measuring.of(impulse)
        })?;
        if !shape.is_more_than_cuts() {
            return Ok(Matching::Room { recorded, trimmed: 1.0, shaped: Some(1.0) });
        }
        let trimmed = if trim == Trim::default() {
            recorded
        } else {
            remember(&mut self.trimmed, (layout, trim), || {
                measuring.of(&shaper.trimmed(impulse, trim, measuring.cancel)?)
            })?
        };
        let shaped = if is_alone && !has_fades(shape) {
            None
        } else {
            let key = (layout, Shape { fade: Fade::default(), ..*shape });
            Some(remember(&mut self.shaped, key, || measuring.of(before_fades))?)
        };
        Ok(Matching::Room { recorded, trimmed, shaped })
    }

    /// Loudness of the paths of an impulse in a shape, fades and all, before their gain.
    pub fn heard(
        &mut self,
        matching: Matching,
        (shape, routes): (&Shape, &[Route]),
        measuring: &mut Measuring,
    ) -> Result<f64, Cancelled> {
        match matching {
            Matching::Room { shaped: Some(shaped), .. } if shape.is_more_than_cuts() && !has_fades(shape) => Ok(shaped),
            Matching::Room { recorded, .. } if shape.trim == Trim::default() && !has_fades(shape) => Ok(recorded),
            _ => remember(&mut self.heard, (measuring.layout, *shape), || measuring.of_paths(routes)),
        }
    }
}

/// What the same question was answered, or is now.
fn remember<K: PartialEq, E>(
    kept: &mut Option<(K, f64)>,
    key: K,
    measure: impl FnOnce() -> Result<f64, E>,
) -> Result<f64, E> {
    if let Some((_, value)) = kept.as_ref().filter(|(known, _)| *known == key) {
        return Ok(*value);
    }
    let value = measure()?;
    *kept = Some((key, value));
    Ok(value)
}

/// True if a shape has fades.
pub(super) fn has_fades(shape: &Shape) -> bool {
    shape.fade != Fade::default()
}

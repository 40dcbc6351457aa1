//! Two impulses as one convolver.
//!
//! Each is trimmed, levelled and shaped by itself. What both become in series is levelled once more, because two rooms
//! of one loudness are not of that loudness one behind the other.

use super::Order;
use super::part::{LaidOut, amplify};
use super::summary::Unmeasured;
use crate::cancel::{Cancelled, Token};
use crate::chain::Format;
use crate::channels::ChannelLayout;
use crate::impulse::combine::{self, Blend};
use crate::impulse::findings::Finding;
use crate::impulse::layout::Route;
use crate::impulse::recipe::{Combination, LevelRule};
use crate::impulse::relation::Meter;
use crate::impulse::{MAX_SECONDS, acoustics, level};

/// Correlation below which two impulses cancel: half-way between both the power is `1 + ρ` times that of one, and more
/// than half of it is lost.
const OPPOSITE: f32 = -0.5;

/// The layout in which the second impulse is laid out.
pub(super) fn takes(how: Combination, layout: ChannelLayout) -> ChannelLayout {
    match how {
        Combination::Between(_) => layout,
        Combination::Series => layout.behind(),
    }
}

/// Combines the paths of both impulses.
pub(super) fn combine(
    mut first: LaidOut,
    second: LaidOut,
    how: Combination,
    order: &Order,
    meter: &mut Meter,
    cancel: &Token,
) -> Result<(Vec<Route>, Unmeasured), Cancelled> {
    let Format { sample_rate, layout } = order.format;
    let channels = first.shaped.impulse.channels().len().max(second.shaped.impulse.channels().len());
    let places = layout.places(channels);
    let as_impulse = |routes: &[Route]| combine::impulse(routes, &places, sample_rate);
    let most = MAX_SECONDS as usize * sample_rate as usize;
    let mut cancels = false;
    let (mut routes, is_cut) = match how {
        Combination::Between(position) => {
            let is_reversed = order.recipe.shape.reverse;
            let (one, other) = (part_of(&first, is_reversed, cancel)?, part_of(&second, is_reversed, cancel)?);
            let Blend { mut routes, correlation } = combine::between(one, other, position.as_f64(), meter, cancel)?;
            cancels = correlation.is_some_and(|correlation| correlation < OPPOSITE);
            let is_cut = routes.iter().any(|route| route.taps.len() > most);
            routes.iter_mut().for_each(|route| route.taps.truncate(most));
            (routes, is_cut)
        }
        Combination::Series => {
            let is_cut = first.shaped.impulse.len() + second.shaped.impulse.len() - 1 > most;
            (combine::series(&first.routes, &second.routes, most, cancel)?, is_cut)
        }
    };
    if how == Combination::Series {
        let gain = match order.recipe.level {
            LevelRule::Match => level::loudness_gain(&as_impulse(&routes), cancel)?,
            LevelRule::Cabinet => level::cabinet_gain(&as_impulse(&routes), cancel)?,
            LevelRule::Off => 1.0,
        };
        amplify(&mut routes, gain, cancel)?;
        first.gain *= gain; // For people: all that the level rule applied, in two figures.
    }
    let mut unmeasured = Unmeasured::of_both([&first, &second], as_impulse(&routes), order.recipe, is_cut);
    if cancels {
        unmeasured.find(Finding::OppositePolarity);
    }
    Ok((routes, unmeasured))
}

/// The paths of an impulse, with the position of its direct sound.
fn part_of<'a>(part: &'a LaidOut, is_reversed: bool, cancel: &Token) -> Result<combine::Part<'a>, Cancelled> {
    let impulse = &part.shaped.impulse;
    let onset = if is_reversed { acoustics::onset_of_reversed } else { acoustics::onset };
    Ok(combine::Part { routes: &part.routes, onset: onset(impulse, cancel)? })
}

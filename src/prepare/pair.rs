//! Two impulses as one convolver.
//!
//! Each is trimmed, shaped and levelled by itself. What both become is levelled once more, because two rooms of one
//! loudness are not of that loudness one behind the other, nor to the last decibel between both.

use super::error::origin_of;
use super::levelled::Levelled;
use super::loudness::Gains;
use super::morphing::Morphing;
use super::part::{LaidOut, amplify, bound};
use super::summary::Unmeasured;
use super::{Order, PrepareError};
use crate::cancel::{Cancelled, Token};
use crate::chain::Format;
use crate::channels::ChannelLayout;
use crate::impulse::combine::{self, Blend};
use crate::impulse::findings::Finding;
use crate::impulse::layout::Route;
use crate::impulse::meter::Meter;
use crate::impulse::recipe::{Combination, LevelRule};
use crate::impulse::{acoustics, level};
use std::collections::HashSet;
use std::f64::consts::FRAC_PI_2;

/// Correlation below which two impulses cancel: half-way between both the power is `1 + ρ` times that of one, and more
/// than half of it is lost.
const OPPOSITE: f32 = -0.5;

/// The layout in which the second impulse is laid out.
pub(super) fn takes(how: Combination, layout: ChannelLayout) -> ChannelLayout {
    match how {
        Combination::Morph(_) | Combination::Blend(_) => layout,
        Combination::Series => layout.behind(),
    }
}

/// What two impulses became, before it is levelled once more.
pub(super) struct Pair {
    pub routes: Vec<Route>,
    parts: [LaidOut; 2],
    gains: [Gains; 2],
    /// Loudness that the paths are to have; `None` where they keep what they have.
    target: Option<f64>,
    /// Paths as an impulse have these places.
    places: Vec<(usize, usize)>,
    is_cut: bool,
    cancels: bool,
}

/// Combines the paths of both impulses.
///
/// # Errors
/// [`PrepareError::TooLarge`] before anything is made that would take more memory than an impulse may.
pub(super) fn combine(
    mut parts: [LaidOut; 2],
    how: Combination,
    order: &Order,
    (meter, morphing): (&mut Meter, &mut Morphing),
    cancel: &Token,
) -> Result<Pair, PrepareError> {
    let Format { sample_rate, layout } = order.format;
    let rule = order.recipe.level;
    // Of two with as many channels, the first.
    let [one, other] = parts.each_ref().map(|part| &part.shaped.impulse);
    let wider = if other.channels().len() > one.channels().len() { other } else { one };
    let places = layout.places(wider.channels().len(), wider.marking());
    let most = order.most();
    let (paths, taps) = extent(how, parts.each_ref().map(|part| &part.routes[..]), most);
    bound(paths, paths, taps, order, || origin_of(order.recipe))?;
    // Each by itself first: the balance of both is that of two rooms of one loudness.
    let mut gains = [Gains::default(); 2];
    for (part, gains) in parts.iter_mut().zip(&mut gains) {
        *gains = part.matching.gains(1.0);
        amplify(&mut part.routes, gains.all, cancel)?;
    }
    let [first, second] = &parts;
    let heard = [0, 1].map(|index| gains[index].all.powi(2) * parts[index].heard);
    let (routes, is_cut, correlation, target) = match how {
        Combination::Morph(position) | Combination::Blend(position) => {
            let position = position.as_f64();
            let (mut routes, correlation, target) = match how {
                // At either end it is the one impulse to the bit.
                _ if position <= 0.0 => (first.routes.clone(), None, None),
                _ if position >= 1.0 => (second.routes.clone(), None, None),
                Combination::Morph(_) => {
                    let both = [&first.routes[..], &second.routes];
                    let (routes, correlation) = morphing.at(position, both, order, meter, cancel)?;
                    let target = heard[0].powf(1.0 - position) * heard[1].powf(position);
                    (routes, Some(correlation), Some(target))
                }
                _ => {
                    let is_reversed = order.recipe.shape.reverse;
                    let (one, other) = (part_of(first, is_reversed, cancel)?, part_of(second, is_reversed, cancel)?);
                    let Blend { routes, correlation } = combine::blend(one, other, position, meter, cancel)?;
                    (routes, correlation, Some(blended(heard, position)))
                }
            };
            let is_cut = routes.iter().any(|route| route.taps.len() > most);
            routes.iter_mut().for_each(|route| route.taps.truncate(most));
            (routes, is_cut, correlation, target)
        }
        Combination::Series => {
            let is_cut = first.shaped.impulse.len() + second.shaped.impulse.len() - 1 > most;
            let mut routes = combine::series(&first.routes, &second.routes, most, cancel)?;
            if rule == LevelRule::Cabinet {
                let gain = level::cabinet_gain(&combine::impulse(&routes, &places, sample_rate), cancel)?;
                amplify(&mut routes, gain, cancel)?;
                gains[0].all *= gain; // For people: all that the level rule applied, in two figures.
            }
            (routes, is_cut, None, Some(heard[0] * heard[1]))
        }
    };
    let target = target.filter(|_| rule == LevelRule::Match);
    let cancels = correlation.is_some_and(|correlation| correlation < OPPOSITE);
    Ok(Pair { routes, parts, gains, target, places, is_cut, cancels })
}

/// Paths of both together, and the taps of each.
fn extent(how: Combination, [first, second]: [&[Route]; 2], most: usize) -> (usize, usize) {
    let taps = |routes: &[Route]| routes.first().map_or(0, |route| route.taps.len());
    let ends = |route: &Route| (route.input, route.output);
    let (paths, taps): (HashSet<_>, usize) = match how {
        Combination::Series => {
            let pairs = first.iter().flat_map(|one| second.iter().map(move |other| (one, other)));
            let through = pairs.filter(|(one, other)| one.output == other.input);
            let through = through.map(|(one, other)| (one.input, other.output));
            (through.collect(), (taps(first) + taps(second)).saturating_sub(1))
        }
        Combination::Morph(position) | Combination::Blend(position) => match position.as_f64() {
            // At either end it is the one impulse, which was judged.
            first_alone if first_alone <= 0.0 => (first.iter().map(ends).collect(), taps(first)),
            second_alone if second_alone >= 1.0 => (second.iter().map(ends).collect(), taps(second)),
            _ => (first.iter().chain(second).map(ends).collect(), taps(first).max(taps(second))),
        },
    };
    (paths.len(), taps.min(most))
}

/// What of two powers there is at a position in the sum of two unrelated sounds.
fn blended([first, second]: [f64; 2], position: f64) -> f64 {
    let b = (FRAC_PI_2 * position).sin().powi(4);
    let a = (FRAC_PI_2 * position).cos().powi(4);
    (a * first + b * second) / (a + b)
}

impl Pair {
    /// Levels the paths, which have a loudness. Gives them, and the gain that this took.
    pub fn level(mut self, loudness: f64, order: &Order, cancel: &Token) -> Result<Levelled, Cancelled> {
        let Order { recipe, format: Format { sample_rate, .. }, .. } = *order;
        let gain = self.target.map_or(1.0, |target| level::compensation(target / loudness));
        amplify(&mut self.routes, gain, cancel)?;
        self.gains[0].all *= gain;
        if recipe.second.as_ref().is_some_and(|second| second.how != Combination::Series) {
            self.gains[1].all *= gain;
        }
        let both = combine::impulse(&self.routes, &self.places, sample_rate);
        let [first, second] = &self.parts;
        let parts = [(first, self.gains[0]), (second, self.gains[1])];
        let mut unmeasured = Unmeasured::of_both(parts, both, recipe, self.is_cut);
        if self.cancels {
            unmeasured.find(Finding::OppositePolarity);
        }
        Ok(Levelled { routes: self.routes, gain, unmeasured })
    }
}

/// The paths of an impulse, with the position of its direct sound.
fn part_of<'a>(part: &'a LaidOut, is_reversed: bool, cancel: &Token) -> Result<combine::Part<'a>, Cancelled> {
    let impulse = &part.shaped.impulse;
    let onset = if is_reversed { acoustics::onset_of_reversed } else { acoustics::onset };
    Ok(combine::Part { routes: &part.routes, onset: onset(impulse, cancel)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::Bus;
    use crate::impulse::recipe::Recipe;
    use crate::impulse::units::Ratio;

    fn routes(ends: impl Iterator<Item = (usize, usize)>, taps: usize) -> Vec<Route> {
        ends.map(|(input, output)| Route { input, output, taps: vec![1.0; taps] }).collect()
    }

    fn matrix(channels: usize, taps: usize) -> Vec<Route> {
        routes((0..channels * channels).map(|index| (index / channels, index % channels)), taps)
    }

    #[test]
    fn paths_and_taps_of_two_impulses_are_known_before_they_are_combined() {
        let (full, diagonal) = (matrix(4, 10), routes((0..4).map(|channel| (channel, channel)), 20));
        let extent = |how, most| extent(how, [&full, &diagonal], most);
        assert_eq!(extent(Combination::Series, usize::MAX), (16, 29));
        assert_eq!(extent(Combination::Series, 25), (16, 25), "at most the longest");
        for way in [Combination::Morph, Combination::Blend] {
            let at = |thousandths| extent(way(Ratio::from_thousandths(thousandths)), usize::MAX);
            assert_eq!([0, 500, 1000].map(at), [(16, 10), (16, 20), (4, 20)]);
        }
        // What is made has as many.
        let made = combine::series(&full, &diagonal, 25, &Token::never()).expect("not cancelled");
        assert_eq!((made.len(), made[0].taps.len()), (16, 25));
        let none = [&routes([(0, 1)].into_iter(), 3)[..], &routes([(0, 0)].into_iter(), 3)];
        assert_eq!(super::extent(Combination::Series, none, 100), (0, 5), "nothing goes through both");
    }

    #[test]
    fn two_impulses_that_would_be_too_large_together_are_refused_with_the_size_of_both() {
        let recipe = Recipe::default();
        let format = Format { sample_rate: 48_000, layout: ChannelLayout::Through(Bus::Ambisonic3) };
        let order = Order { recipe: &recipe, format, editions: [0; 2], generation: 1 };
        let judged = |taps| bound(256, 256, taps, &order, || origin_of(&recipe));
        assert!(judged(480_000).is_ok(), "each of two");
        let error = judged(960_000 - 1).expect_err("refused").to_string();
        assert!(error.contains("256 paths of 20.0 s take 3.9 GB"), "{error}");
    }
}

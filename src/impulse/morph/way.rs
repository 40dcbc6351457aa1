//! The way from one impulse to the other, in one band.

use super::bands::Bands;
use super::curve::Curve;
use super::side::Side;
use crate::cancel::{Cancelled, Token};
use std::array;

/// Decays that differ by less than this share of their time are alike: over 60 dB the noise of one would rise by 1.2 dB.
const ALIKE: f64 = 0.02;

/// Natural logarithm of what an amplitude is raised by at most from the beginning on where its decay is not lengthened:
/// 6 dB, for decays that are bent.
const RISE: f64 = std::f64::consts::LN_2;

/// A place from an input to an output, and the channel of each impulse that leads there.
pub(super) type Place = (usize, usize, [Option<usize>; 2]);

/// How far apart both impulses are in one band.
pub(super) struct Way {
    /// Natural logarithm of the energy that is still to come of the second one over that of the first one, from frame to
    /// frame.
    values: Vec<f64>,
    /// How much it grows from frame to frame behind the last value.
    slope: f64,
    /// For each impulse, true if its decay is lengthened and goes on where its recording is left.
    goes_on: [bool; 2],
    /// For each impulse, true if its gain must not rise above that at the beginning: its noise would rise with it.
    is_held: [bool; 2],
    /// From 0 to 1.
    correlation: f64,
}

impl Way {
    /// Between both curves; without one of them there is nothing to go to, and what there is is faded.
    fn new(curves: [Option<&Curve>; 2], can_continue: [bool; 2], correlation: f64) -> Self {
        let none = [false; 2];
        let mut way = Self { values: vec![0.0], slope: 0.0, goes_on: none, is_held: none, correlation };
        if let [Some(first), Some(second)] = curves {
            way.values = (0..=first.end().max(second.end())).map(|frame| second.at(frame) - first.at(frame)).collect();
            way.slope = second.slope() - first.slope();
            let slopes = [first.slope(), second.slope()];
            let is_lengthened = [0, 1].map(|side| slopes[side] < slopes[1 - side] * (1.0 + ALIKE));
            way.goes_on = array::from_fn(|side| is_lengthened[side] && can_continue[side]);
            way.is_held = array::from_fn(|side| is_lengthened[side] && !can_continue[side]);
        }
        way
    }

    /// Between two energies that are not frames of anything.
    pub(super) fn of_energies([first, second]: [f64; 2], common: f64) -> Self {
        let value = if first > 0.0 && second > 0.0 { (second / first).ln() } else { 0.0 };
        let (none, correlation) = ([false; 2], share(common, first, second));
        Self { values: vec![value], slope: 0.0, goes_on: none, is_held: none, correlation }
    }

    /// True if this impulse dies away faster than the other one, and goes on where its recording is left.
    pub(super) fn goes_on(&self, side: usize) -> bool {
        self.goes_on[side]
    }

    /// Amplitudes of both at a position between 0 and 1, in a frame.
    pub(super) fn gains(&self, position: f64, frame: usize) -> [f32; 2] {
        let last = self.values.len() - 1;
        let value = self.values[frame.min(last)] + self.slope * frame.saturating_sub(last) as f64;
        let shares = [1.0 - position, position];
        let alike = (1.0 + 2.0 * self.correlation * (shares[0] * shares[1]).sqrt()).sqrt();
        array::from_fn(|side| {
            let logarithm = |value: f64| if side == 0 { 0.5 * position * value } else { -0.5 * shares[0] * value };
            let beginning = logarithm(self.values[0]);
            let most = match (self.goes_on[side], self.is_held[side]) {
                (true, _) => f64::INFINITY,
                (_, true) => beginning,
                // What sounds behind the end of its curve, as behind a gap, is not raised without bounds.
                _ => beginning + RISE,
            };
            (shares[side].sqrt() / alike * logarithm(value).min(most).exp()) as f32
        })
    }
}

/// The ways of all bands.
pub(super) fn ways(
    sides: &[Side; 2],
    bands: &Bands,
    places: &[Place],
    rate: f64,
    cancel: &Token,
) -> Result<Vec<Way>, Cancelled> {
    let [first, second] = [sides[0].curves(bands, rate, cancel)?, sides[1].curves(bands, rate, cancel)?];
    let mut common = vec![0.0; bands.centres.len()];
    for frame in 0..sides[0].count().min(sides[1].count()) {
        cancel.check()?;
        for (one, other) in places.iter().filter_map(|(.., channels)| channels[0].zip(channels[1])) {
            let both = sides[0].frame(one, frame).iter().zip(sides[1].frame(other, frame));
            bands.sum(both.map(|(one, other)| one.re * other.re + one.im * other.im), &mut common);
        }
    }
    let way = |(((one, other), common), centre): (((&(Option<Curve>, f64), &(Option<Curve>, f64)), f64), &f64)| {
        let can_continue = [&sides[0], &sides[1]].map(|side| side.spectra.ending(*centre, rate).is_some());
        Way::new([one.0.as_ref(), other.0.as_ref()], can_continue, share(common, one.1, other.1))
    };
    Ok(first.iter().zip(&second).zip(common).zip(&bands.centres).map(way).collect())
}

/// The way between the direct sounds.
pub(super) fn between_directs(sides: &[Side; 2], places: &[Place]) -> Way {
    let both = places.iter().filter_map(|(.., channels)| channels[0].zip(channels[1]));
    let product = |(one, other): (&f32, &f32)| f64::from(*one) * f64::from(*other);
    let common =
        both.map(|(one, other)| sides[0].direct[one].iter().zip(&sides[1].direct[other]).map(product).sum::<f64>());
    Way::of_energies([sides[0].energy, sides[1].energy], common.sum())
}

/// How alike two sounds are, from 0 to 1, by what they have in common.
fn share(common: f64, first: f64, second: f64) -> f64 {
    let most = (first * second).sqrt();
    if most > 0.0 { (common / most).clamp(0.0, 1.0) } else { 0.0 }
}

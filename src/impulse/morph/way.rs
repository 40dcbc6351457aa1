//! The way from one impulse to the other, in one band.

use super::bands::Bands;
use super::curve::Curve;
use super::side::Side;
use crate::cancel::{Cancelled, Token};
use crate::impulse::decay::products;
use std::array;

/// Decays that differ by less than this share of their time are alike: over 60 dB the noise of one would rise by 1.2
/// dB.
const ALIKE: f64 = 0.02;

/// Natural logarithm of what an amplitude is raised by at most from the beginning on where its decay is not lengthened:
/// 6 dB, for decays that are bent.
const RISE: f64 = std::f64::consts::LN_2;

/// Natural logarithm of what an amplitude is multiplied by at most: what needs more is gone.
const MOST: f64 = 60.0;

/// Course of the decay of one impulse in one band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    /// It becomes shorter.
    Shortened,
    /// It becomes longer, and goes on where its recording is left.
    GoesOn,
    /// It would become longer and cannot go on: its gain must not rise above that at the beginning, or its noise would.
    Held,
}

/// How far apart both impulses are in one band.
pub(super) struct Way {
    /// Natural logarithm of the energy that is still to come of the second one over that of the first one, from frame
    /// to frame.
    values: Vec<f64>,
    /// How much it grows from frame to frame behind the last value.
    slope: f64,
    courses: [Course; 2],
    /// From 0 to 1.
    correlation: f64,
}

impl Way {
    /// Between both curves; without one of them there is nothing to go to, and what there is is faded.
    fn new(curves: [Option<&Curve>; 2], courses: [Course; 2], correlation: f64) -> Self {
        let mut way = Self { values: vec![0.0], slope: 0.0, courses, correlation };
        if let [Some(first), Some(second)] = curves {
            way.values = (0..=first.end().max(second.end())).map(|frame| second.at(frame) - first.at(frame)).collect();
            way.slope = second.slope() - first.slope();
        }
        way
    }

    /// Between two energies that are not frames of anything.
    pub(super) fn of_energies([first, second]: [f64; 2], common: f64) -> Self {
        let value = if first > 0.0 && second > 0.0 { (second / first).ln() } else { 0.0 };
        Self {
            values: vec![value],
            slope: 0.0,
            courses: [Course::Shortened; 2],
            correlation: share(common, first, second),
        }
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
            let most = match self.courses[side] {
                Course::GoesOn => MOST,
                Course::Held => beginning,
                // What sounds behind the end of its curve, as behind a gap, is not raised without bounds.
                Course::Shortened => beginning + RISE,
            };
            (shares[side].sqrt() / alike * logarithm(value).min(most).exp()) as f32
        })
    }
}

/// The ways of all bands. What becomes longer is continued in the frames of both.
pub(super) fn ways(sides: &mut [Side; 2], bands: &Bands, rate: f64, cancel: &Token) -> Result<Vec<Way>, Cancelled> {
    let mut curves = [sides[0].curves(bands, rate, cancel)?, sides[1].curves(bands, rate, cancel)?];
    let common = common(sides, bands, cancel)?;
    let courses = courses(sides, &curves, bands, rate);
    let count = sides.iter().map(Side::count).max().unwrap_or(0);
    for (index, (side, curves)) in sides.iter_mut().zip(&mut curves).enumerate() {
        let goes_on = |band: usize| courses[band][index] == Course::GoesOn;
        side.spectra.go_on(rate, count, |hertz| goes_on(bands.nearest(hertz)), cancel)?;
        // Not each bin of a band goes on at the rate of its middle, and those at its edges not at all.
        let energies = side.energies(bands, count, cancel)?;
        for (band, (curve, _)) in curves.iter_mut().enumerate().filter(|(band, _)| goes_on(*band)) {
            if let Some((change, _)) = side.ending(bands.centres[band], rate) {
                *curve = curve.take().map(|curve| curve.continued(&energies[band], &change));
            }
        }
    }
    let way = |band: usize| {
        let [(first, one), (second, other)] = [&curves[0][band], &curves[1][band]];
        Way::new([first.as_ref(), second.as_ref()], courses[band], share(common[band], *one, *other))
    };
    Ok((0..common.len()).map(way).collect())
}

/// What the recordings of both have in common in each band.
fn common(sides: &[Side; 2], bands: &Bands, cancel: &Token) -> Result<Vec<f64>, Cancelled> {
    let mut common = vec![0.0; bands.centres.len()];
    for frame in 0..sides[0].count().min(sides[1].count()) {
        cancel.check()?;
        for pair in 0..sides[0].pairs() {
            bands.sum(products(sides[0].frame(pair, frame), sides[1].frame(pair, frame)), &mut common);
        }
    }
    Ok(common)
}

fn courses(sides: &[Side; 2], curves: &[Vec<(Option<Curve>, f64)>; 2], bands: &Bands, rate: f64) -> Vec<[Course; 2]> {
    let of_band = |(band, centre): (usize, &f64)| {
        let [Some(first), Some(second)] = [0, 1].map(|side| curves[side][band].0.as_ref()) else {
            return [Course::Shortened; 2];
        };
        let slopes = [first.slope(), second.slope()];
        array::from_fn(|side| {
            let is_lengthened = slopes[side] < slopes[1 - side] * (1.0 + ALIKE);
            let can_go_on = || sides[side].ending(*centre, rate).is_some();
            match is_lengthened {
                false => Course::Shortened,
                true if can_go_on() => Course::GoesOn,
                true => Course::Held,
            }
        })
    };
    bands.centres.iter().enumerate().map(of_band).collect()
}

/// The way between the direct sounds.
pub(super) fn between_directs(sides: &[Side; 2]) -> Way {
    let both = sides[0].direct.iter().zip(&sides[1].direct);
    let product = |(one, other): (&f32, &f32)| f64::from(*one) * f64::from(*other);
    let common = both.map(|(one, other)| one.iter().zip(other).map(product).sum::<f64>());
    Way::of_energies([sides[0].energy, sides[1].energy], common.sum())
}

/// How alike two sounds are, from 0 to 1, by what they have in common.
fn share(common: f64, first: f64, second: f64) -> f64 {
    let most = (first * second).sqrt();
    if most > 0.0 { (common / most).clamp(0.0, 1.0) } else { 0.0 }
}

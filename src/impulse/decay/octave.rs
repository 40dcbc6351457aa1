//! How an octave dies away, and how it will with another gain.

use super::bands::PARTS;
use super::late::{Ending, Late, MARGIN};
use super::purpose::Purpose;
use crate::impulse::acoustics::DecayCurve;
use crate::impulse::gain::rise;
use std::f64::consts::LN_10;
use std::ops::Range;

/// Where the decay curve is so far above the measured slope, the slope is not its own any more. In dB.
const KNEE: f64 = 10.0;
/// A range of less than this, in dB, says nothing about a decay.
const LEAST_RANGE: f64 = 15.0;
/// A time from less than 45 dB counts from so many seconds on: a fall by 60 dB within a frame is the ringing of a
/// filter, or of a click, over noise.
const SHORTEST: f64 = 0.05;
/// Stretches of energy in a reverberation time.
const RESOLUTION: f64 = 1024.0;
/// Most stretches that are looked at.
const MOST: usize = 8192;
/// Points of the curve that a line is laid through, at most.
const POINTS: usize = 256;

/// An octave's decay, its channels together. Times are in samples after the direct sound.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Octave {
    /// In Hz.
    pub(super) centre: f64,
    /// Reverberation time in seconds.
    pub(super) seconds: f64,
    /// True if that is a figure of ISO 3382-1, and not the likeliest slope of what is seen.
    pub(super) is_measured: bool,
    /// Where a recording's sound gives way to what is made in its place: above its noise, and above its end. `None`
    /// where the octave comes to its noise so soon that there is nothing that could be continued.
    pub(super) change: Option<Range<f64>>,
    /// What cleaning goes by; `None` where nothing could be continued.
    pub(super) late: Option<Late>,
    /// Mean energy that a sample has at the end of the change, without noise.
    level: f64,
    /// The most by which a gain may rise up to there, as a natural logarithm: by what the octave has fallen.
    most: f64,
    /// Mean energies of stretches, without noise, as far as the decay is seen.
    energies: Vec<f64>,
    /// Samples of a stretch.
    step: usize,
    /// Middles of the octave's parts in Hz, and the energy of each.
    pub(super) parts: [(f64, f64); PARTS],
    rate: f64,
}

impl Octave {
    /// From its curve and its energies from the direct sound on, which begins at a sample. `spare` is the reverberation
    /// time of an octave that has none itself. Where the octave of all channels is given, its times count, and only
    /// levels are those of this one. `None` where there is no time.
    pub(super) fn new(
        centre: f64,
        (energies, step): (&[f64], usize),
        parts: [(f64, f64); PARTS],
        curve: Option<&DecayCurve>,
        (onset, rate): (usize, f64),
        spare: Option<f64>,
        of_all: Option<&Self>,
    ) -> Option<Self> {
        let measured = curve.and_then(|curve| curve.reverberation_time().ok());
        let seen = curve.filter(|curve| curve.range() > LEAST_RANGE);
        let probable = || seen.and_then(DecayCurve::probable_decay_time).filter(|seconds| *seconds > SHORTEST);
        let own = of_all.map(|all| all.seconds).or(measured).or_else(probable);
        let none = Self { is_measured: measured.is_some(), ..Self::bare(centre, own.or(spare)?, parts, rate) };
        let seen = seen.filter(|_| own.is_some());
        let ratio = of_all.and_then(|all| all.late.as_ref()).map(|late| late.ratio);
        Some(seen.and_then(|curve| none.clone().seen(energies, step, curve, (onset, ratio))).unwrap_or(none))
    }

    /// An octave of which no decay is seen, between others of which it is.
    pub(super) fn unseen(parts: [(f64, f64); PARTS], ending: &Ending) -> Self {
        let Ending { centre, seconds, rate, .. } = *ending;
        Self { late: Some(Late::unseen(ending)), ..Self::bare(centre, seconds, parts, rate) }
    }

    /// An octave of which nothing is known but a time.
    fn bare(centre: f64, seconds: f64, parts: [(f64, f64); PARTS], rate: f64) -> Self {
        Self {
            centre,
            seconds,
            is_measured: false,
            change: None,
            late: None,
            level: 0.0,
            most: 0.0,
            energies: Vec::new(),
            step: 1,
            parts,
            rate,
        }
    }

    /// With what is seen of the decay; `None` where it is too little.
    fn seen(
        mut self,
        energies: &[f64],
        step: usize,
        curve: &DecayCurve,
        (onset, ratio): (usize, Option<f64>),
    ) -> Option<Self> {
        let per_decibel = self.seconds * self.rate / 60.0;
        let five_down = curve.probably_reaches(-5.0)?;
        // What follows a knee in the curve is another decay, and would be raised out of all proportion.
        let line = |n: usize| -5.0 - (n - five_down) as f64 / per_decibel;
        let knee = |n: &usize| curve.probable(*n).is_some_and(|level| level > line(*n) + KNEE);
        let end = { five_down..curve.knee() }.step_by((0.001 * self.rate) as usize + 1).find(knee);
        let knee = curve.knee().checked_sub(onset)?;
        let end = end.map_or(knee, |end| (end - onset).min(knee)) as f64;
        let change = (end - 2.0 * MARGIN * per_decibel).max(0.0)..end - MARGIN * per_decibel;
        let together = (((self.seconds / RESOLUTION).max(0.001) * self.rate) as usize / step).max(1);
        self.step = together * step;
        let stretches = energies[..(knee / step).min(energies.len())].chunks_exact(together);
        let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
        self.energies = stretches.take(MOST).map(|part| (mean(part) - curve.noise()).max(0.0)).collect();
        let fall = 2.0 * self.fall();
        // The decay's level at the end of the change, from all of the change.
        let (from, to) = (change.start / self.step as f64, change.end / self.step as f64);
        let stretch = from as usize..(to.max(0.0) as usize).min(self.energies.len());
        let count = stretch.len() as f64;
        let at_end = |index: usize| (fall * (self.middle(index) - change.end)).exp();
        self.level = stretch.map(|index| self.energies[index] * at_end(index)).sum::<f64>() / count;
        if self.level > 0.0 && self.level.is_finite() && change.end > change.start + 0.01 * self.rate {
            self.change = Some(change);
            let loudest = self.energies.iter().copied().fold(self.level, f64::max);
            self.most = 0.5 * (loudest / self.level).ln();
        }
        let (range, noise) = (curve.range(), curve.noise());
        let ending =
            Ending { centre: self.centre, seconds: self.seconds, rate: self.rate, knee: knee as f64, noise, range };
        self.late = Late::new(&self.energies, self.step, &ending, ratio);
        Some(self)
    }

    /// Reverberation time in seconds of the last that is seen.
    pub(super) fn seconds_at_end(&self) -> f64 {
        self.seconds * self.late.as_ref().map_or(1.0, |late| late.ratio)
    }

    /// Where the recording is left, when its tail is cleaned or when its decay is lengthened.
    pub(super) fn left(&self, purpose: Purpose) -> Option<&Range<f64>> {
        if purpose == Purpose::Clean { self.late.as_ref().map(|late| &late.change) } else { self.change.as_ref() }
    }

    /// The steepest gain, as a natural logarithm from sample to sample, with which no later part of the octave becomes
    /// louder than its loudest: where a time is wrong, too.
    pub(super) fn steepest(&self) -> f64 {
        self.change.as_ref().map_or(f64::INFINITY, |change| self.most / change.end.max(1.0))
    }

    /// Natural logarithm by which an amplitude falls from sample to sample; positive.
    pub(super) fn fall(&self) -> f64 {
        3.0 * LN_10 / (self.seconds * self.rate)
    }

    /// Middle of a stretch.
    fn middle(&self, index: usize) -> f64 {
        (index as f64 + 0.5) * self.step as f64
    }

    /// The sample at which what continues it has sunk to an energy under a gain of so many natural logarithms a sample.
    pub(super) fn reaches(&self, gain: f64, energy: f64) -> f64 {
        let Some(change) = &self.change else { return 0.0 };
        let logarithm = (self.level / energy).ln() + 2.0 * self.fall() * change.end;
        (0.5 * logarithm / (self.fall() - gain)).max(change.end)
    }

    /// T30 in seconds under a gain that makes the decay about `ratio` times as long. Of each part of the octave,
    /// `falls` says by how many natural logarithms its amplitude falls from sample to sample, and `gains` by how many
    /// the gain rises: the part that dies away most slowly is what is heard at last.
    pub(super) fn t30(&self, falls: [f64; PARTS], gains: [f64; PARTS], ratio: f64) -> Option<f64> {
        let change = self.change.as_ref()?;
        let horizon = (0.9 * ratio * self.seconds * self.rate).max(change.end) / self.step as f64;
        let count = (horizon as usize + 2).min(4 * MOST);
        let mut curve = Vec::with_capacity(count);
        let slowest = falls.iter().copied().fold(f64::INFINITY, f64::min);
        // Energies of the parts, all relative to the slowest: before the gain and after it.
        let step = 2.0 * self.step as f64;
        let first = 2.0 * self.middle(0);
        let weight = |part: usize| self.parts[part].1 * falls[part];
        let at = |part: usize, samples: f64| weight(part) * ((slowest - falls[part]) * samples).exp();
        let at_end: f64 = (0..PARTS).map(|part| at(part, 2.0 * change.end)).sum();
        let mut before: [f64; PARTS] = std::array::from_fn(|part| at(part, first));
        let mut after: [f64; PARTS] = std::array::from_fn(|part| before[part] * (gains[part] * first).exp());
        let before_steps: [f64; PARTS] = std::array::from_fn(|part| ((slowest - falls[part]) * step).exp());
        let after_steps: [f64; PARTS] =
            std::array::from_fn(|part| ((slowest - falls[part] + gains[part]) * step).exp());
        // What continues the decay, before the gain, relative to the sum of the parts.
        let mut made = self.level / at_end * (2.0 * slowest * change.end - slowest * first).exp();
        let made_step = (-slowest * step).exp();
        for index in 0..count {
            let share = rise((self.middle(index) - change.start) / (change.end - change.start));
            let recorded = if share < 1.0 { self.energies.get(index).copied().unwrap_or(0.0) } else { 0.0 };
            let [sum_before, sum_after] = [&before, &after].map(|parts| parts.iter().sum::<f64>());
            curve.push(((1.0 - share) * recorded / sum_before + share * made) * sum_after);
            for part in 0..PARTS {
                before[part] *= before_steps[part];
                after[part] *= after_steps[part];
            }
            made *= made_step;
        }
        // What follows is a geometric series.
        let series = (0..PARTS).map(|part| made * after[part] / (1.0 - made_step * after_steps[part]));
        let mut rest: f64 = series.sum();
        for energy in curve.iter_mut().rev() {
            rest += *energy;
            *energy = rest;
        }
        let seconds = t30_in_steps(&curve)? * self.step as f64 / self.rate;
        seconds.is_finite().then_some(seconds)
    }

    /// T30 in seconds of exponentials together, one for each part, of which each has that part's energy. The octave's
    /// own T30 is the same only if `falls` are the right ones: what falls most slowly is heard at last.
    pub(super) fn t30_of_parts(&self, falls: [f64; PARTS]) -> Option<f64> {
        let slowest = falls.iter().copied().fold(f64::INFINITY, f64::min);
        // To 60 dB below the start of the slowest.
        let step = 3.0 * LN_10 / slowest / RESOLUTION;
        let energy = |index: usize| {
            let parts = self.parts.iter().zip(falls);
            parts.map(|((_, energy), fall)| energy * (-2.0 * fall * step * index as f64).exp()).sum::<f64>()
        };
        let curve: Vec<f64> = (0..RESOLUTION as usize).map(energy).collect();
        Some(t30_in_steps(&curve)? * step / self.rate)
    }
}

/// T30 of energies that are still to come, as a number of steps from one to the next.
fn t30_in_steps(curve: &[f64]) -> Option<f64> {
    let down = |decibels: f64| {
        let level = curve.first()? * 10_f64.powf(-0.1 * decibels);
        curve.iter().position(|energy| *energy <= level)
    };
    let (from, to) = (down(5.0)?, down(35.0)?);
    let points = (from..to).step_by((to - from).div_ceil(POINTS).max(1));
    let points: Vec<(f64, f64)> = points.map(|index| (index as f64, curve[index].ln())).collect();
    Some(-6.0 * LN_10 / slope(&points)?)
}

/// Slope of the line of least squares.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let count = points.len() as f64;
    let mean = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0 / count, sum.1 + point.1 / count));
    let (xx, xy) = points.iter().fold((0.0, 0.0), |sum, point| {
        let x = point.0 - mean.0;
        (sum.0 + x * x, sum.1 + x * (point.1 - mean.1))
    });
    (points.len() > 2 && xy < 0.0).then(|| xy / xx)
}

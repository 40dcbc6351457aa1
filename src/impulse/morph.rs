//! A way between two impulses: each frequency dies away at a rate between those of both.
//!
//! With `A(t)` and `B(t)` the energy that is still to come of a band of each, at a time after its direct sound, that of
//! what lies at a position `m` between both is
//!
//! ```text
//! M = A^(1-m) · B^m                        in dB: (1-m) · A + m · B
//! -dM/dt = (1-m) · (-dA/dt) · M/A + m · (-dB/dt) · M/B
//! ```
//!
//! The second line says how it is made: the sound of each with the gain that brings its decay curve to the wanted one,
//! and of both so much that their powers have the shares `1-m` and `m`. At any level the curve of `M` comes down to it
//! at a time between those of `A` and `B`, and the later it does, the nearer it is to the slower one: reverberation
//! times lie between both, and `1/T` is a straight line over `m`.
//!
//! - The gains are applied to short overlapping frames ([`decay`](super::decay)), smooth over frequency, and are the
//!   same for all paths: their balance goes from the one's to the other's.
//! - Where both sound alike, their amplitudes add and not their powers, and both are divided by `√(1 + 2ρ√(m(1-m)))`,
//!   with `ρ` the correlation in that band, or 0 where that is negative: what cancels is not made up for.
//! - A decay that is lengthened is left before it comes to its noise, or to its end, and goes on as it died away, until
//!   the other one is over. What cannot be continued is never raised by more than at its beginning.
//! - A band that one of both does not have is faded in with the share of the other.
//! - The direct sound, 2.5 ms and a fade of as many, is none of the frames, so nothing sounds before it: both are added
//!   as their shares say, at a level between theirs in dB. It comes at a time that goes from the first one's to the
//!   second one's; what loses its beginning by that is faded in.
//! - Backwards it is what both are forwards, played backwards.
//! - At either end it is the one impulse alone, to the bit.

mod bands;
mod curve;
mod place;
mod side;
mod way;

use super::gain::finite;
use super::layout::Route;
use super::meter::Meter;
use crate::cancel::{Cancelled, Token};
use bands::Bands;
use place::{Place, places};
use realfft::num_complex::Complex32;
use side::Side;
use std::array;
use way::{Way, between_directs, ways};

/// Seconds of the fade where an impulse loses its beginning.
const FADE: f64 = 0.01;

/// Two impulses, with all that a position between them needs. It holds eight times as much as the longer one.
pub struct Morph {
    sides: [Side; 2],
    is_reversed: bool,
    bands: Bands,
    ways: Vec<Way>,
    /// Of the direct sounds.
    direct: Way,
    places: Vec<Place>,
    correlation: f32,
    rate: f64,
}

impl Morph {
    /// Of the paths of both, at the sample rate of the meter; `is_reversed` if they are played backwards.
    ///
    /// Allocates; not for the audio thread.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds.
    pub fn new(both: [&[Route]; 2], is_reversed: bool, meter: &mut Meter, cancel: &Token) -> Result<Self, Cancelled> {
        let places = places(both);
        let side = |index: usize| Side::new((index, both[index]), &places, meter.sample_rate(), is_reversed, cancel);
        let mut sides = [side(0)?, side(1)?];
        let [first, second]: [_; 2] = array::from_fn(|side| from_direct(both[side], &sides[side], is_reversed));
        let correlation = meter.correlation(&first, &second, cancel)?;
        let rate = f64::from(meter.sample_rate());
        let bands = Bands::new(sides[0].frames(), rate);
        let ways = ways(&mut sides, &bands, rate, cancel)?;
        let direct = between_directs(&sides);
        Ok(Self { sides, is_reversed, bands, ways, direct, places, correlation, rate })
    }

    /// The [`correlation`](super::relation::correlation) of both, with their direct sounds at one time.
    #[must_use]
    pub fn correlation(&self) -> f32 {
        self.correlation
    }

    /// Numbers of 4 bytes that it holds, about.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.sides.iter().map(|side| side.spectra.samples()).sum()
    }

    /// The paths at a position between 0 and 1, as long as the longer one is behind its direct sound. At either end
    /// they are what is left of the one impulse, which is the caller's.
    ///
    /// Allocates; not for the audio thread.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds.
    pub fn at(&self, position: f64, cancel: &Token) -> Result<Vec<Route>, Cancelled> {
        let gains = self.direct.gains(position, 0);
        let [first, second] = self.sides.each_ref().map(|side| side.lead(self.is_reversed) as f64);
        let lead = (first + (second - first) * position).round() as usize;
        let fade = (FADE * self.rate) as usize;
        let longest = self.sides.iter().map(Side::onset).max().unwrap_or(0);
        let mut routes = Vec::with_capacity(self.places.len());
        let after = self.frames_at(position, cancel)?;
        for (index, (place, mut after)) in self.places.iter().zip(after).enumerate() {
            cancel.check()?;
            let mut before = vec![0.0; if self.is_reversed { longest } else { lead }];
            for (side, gain) in self.sides.iter().zip(gains) {
                let direct = &side.direct[index];
                after.iter_mut().zip(direct).for_each(|(sample, direct)| *sample += direct * gain);
                let mut own = side.before[index].clone();
                if !self.is_reversed {
                    begin(&mut own, lead, fade);
                }
                let start = before.len() - own.len();
                before[start..].iter_mut().zip(own).for_each(|(sample, own)| *sample += own * gain);
            }
            if self.is_reversed {
                // The direct sound is the last sample before what was before it.
                after.reverse();
                begin(&mut after, lead + 1, fade);
                before.reverse();
                std::mem::swap(&mut before, &mut after);
            }
            let taps = before.into_iter().chain(after).map(|tap| finite(f64::from(tap))).collect();
            routes.push(Route { input: place.input, output: place.output, taps });
        }
        Ok(routes)
    }

    /// What follows the direct sound, of each place, from its first sample on.
    fn frames_at(&self, position: f64, cancel: &Token) -> Result<Vec<Vec<f32>>, Cancelled> {
        let frames = self.sides[0].frames();
        let length = self.sides.iter().map(|side| side.after).max().unwrap_or(0);
        let mut paths = vec![vec![0.0; length]; self.places.len()];
        let mut of_bands = [(); 2].map(|()| vec![0.0; self.ways.len()]);
        let mut gains = [(); 2].map(|()| vec![0.0; frames.bins()]);
        let mut desk = frames.desk();
        for frame in 0..frames.count(length) {
            for (band, way) in self.ways.iter().enumerate() {
                let of_both = way.gains(position, frame);
                of_bands.iter_mut().zip(of_both).for_each(|(of_bands, gain)| of_bands[band] = gain);
            }
            of_bands.iter().zip(&mut gains).for_each(|(bands, bins)| self.bands.spread(bands, bins));
            for (pair, paths) in paths.chunks_mut(2).enumerate() {
                cancel.check()?;
                desk.bins.fill(Complex32::default());
                for (side, gains) in self.sides.iter().zip(&gains) {
                    // A negative frequency has the gain of its opposite.
                    let mirrored = gains.iter().chain(gains[1..gains.len() - 1].iter().rev());
                    for ((bin, sound), gain) in desk.bins.iter_mut().zip(side.frame(pair, frame)).zip(mirrored) {
                        *bin += sound * gain;
                    }
                }
                frames.join(&mut desk, frame, paths);
            }
        }
        Ok(paths)
    }
}

/// Gives what precedes a direct sound a length: silence is put before it, or its beginning is cut, and what then begins
/// in the midst of a sound is faded in. It ends with the direct sound, or just before it.
fn begin(samples: &mut Vec<f32>, length: usize, fade: usize) {
    let lost = samples.len().saturating_sub(length);
    samples.drain(..lost);
    if lost == 0 {
        let silence = length - samples.len();
        samples.splice(0..0, std::iter::repeat_n(0.0, silence));
        return;
    }
    let fade = fade.min(length.saturating_sub(1));
    for (index, sample) in samples.iter_mut().take(fade).enumerate() {
        *sample *= index as f32 / fade as f32;
    }
}

/// Paths from their direct sound on.
fn from_direct(routes: &[Route], side: &Side, is_reversed: bool) -> Vec<Route> {
    let taps = |taps: &[f32]| {
        if is_reversed { taps[..side.after].iter().rev().copied().collect() } else { taps[side.onset()..].to_vec() }
    };
    routes.iter().map(|route| Route { taps: taps(&route.taps), ..*route }).collect()
}

#[cfg(test)]
mod tests;

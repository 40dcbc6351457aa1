//! How loud the highs of a larger room are.

use super::super::top::Top;
use super::grains::Grains;
use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::impulse::decay::{Cleaning, TailOfOctave};
use std::ops::Range;

/// A part of the spectrum that is weaker than the strongest by this factor of energy, -60 dB, is not the recording's
/// band, …
const LEAST: f64 = 1e-6;
/// … nor is one that is weaker by this one, -10 dB, than the part of the band below it: so far down, a filter and a window
/// leak by a bin at most.
const EDGE: f64 = 0.1;
/// The part below, relative to the end as it was found first.
const BELOW: Range<f64> = 0.70..0.85;
/// Below this frequency in Hz a grain has less than eight periods, and is no grain of its pitch any more: where the
/// stretched band ends there, nothing goes on above it.
const LOWEST: f64 = 1000.0;
/// Where the highs set in, relative to the end of the stretched band: as its filter leaves off.
pub(super) const CROSSING: Range<f64> = 0.93..0.99;
/// The end of a band that is measured, relative to the band's end.
const TOP: Range<f64> = 0.80..0.93;
/// Width of what is measured where the highs set in, relative to its lower edge.
const ABOVE: f64 = 1.15;
/// Grains on either side, of those that do not overlap, over which levels are averaged: some 20 ms.
const AROUND: usize = 2;
/// The most by which highs are raised, as a factor of power: what rises towards the end of its band does not go on so.
const MOST: f32 = 4.0;
/// Highs whose decay is not seen count where they are louder than their noise by this factor of power, 3 dB: the noise
/// of a grain's top, some twenty values a channel, scatters by less when five grains are averaged.
const CLEAR: f32 = 2.0;
/// Grains between two checks of the token.
const PIECE: usize = 512;

/// How loud highs are to be over time, so that they go on where the stretched band ends.
pub(super) struct Levels {
    /// The end of the recording's band, in bins of a grain.
    pub(super) end: f64,
    /// Gain in each grain of the recording, of those that do not overlap.
    gains: Vec<f32>,
    /// What the room's top becomes.
    pub(super) top: Top,
}

impl Levels {
    /// Of a recording, and of grains of it after its tail was cleaned as `cleaning` says, of which there are so many
    /// samples.
    pub(super) fn new(
        recorded: &Impulse,
        (grains, length): (&mut Grains, usize),
        (ratio, rate): (f64, f64),
        cleaning: &Cleaning,
        cancel: &Token,
    ) -> Result<Self, Cancelled> {
        let size = grains.size();
        let spectra = powers(grains, length, cancel)?;
        // Its band is that of all that it has: highs that are noise are not left out without a word.
        let mut all = vec![0.0_f64; size / 2 + 1];
        for powers in powers(&mut Grains::new(recorded), recorded.len(), cancel)? {
            all.iter_mut().zip(&powers).for_each(|(all, power)| *all += f64::from(*power));
        }
        let most = all.iter().copied().fold(0.0, f64::max);
        let end = |least: f64| all.iter().rposition(|power| *power > least).unwrap_or(0) as f64;
        let heard = end(LEAST * most);
        let below = &all[(BELOW.start * heard) as usize..=(BELOW.end * heard) as usize];
        let end = end(EDGE * below.iter().sum::<f64>() / below.len() as f64).min(heard);
        let hertz = |bin: f64| bin * rate / size as f64;
        let above = hertz(end) / ratio;
        if above < LOWEST {
            return Ok(Self { end, gains: Vec::new(), top: Top::Narrow { above } });
        }
        let bins = |from: f64, to: f64| from as usize..(to as usize).max(from as usize + 1);
        let top = bins(TOP.start * end, TOP.end * end);
        let crossing = CROSSING.start * end / ratio;
        let beside = bins(crossing, (ABOVE * crossing).min(TOP.end * end));
        let mean = |powers: &[f32]| powers.iter().sum::<f32>() / powers.len() as f32;
        let measured: Vec<[f32; 2]> =
            spectra.iter().map(|powers| [mean(&powers[top.clone()]), mean(&powers[beside.clone()])]).collect();
        let left = recorded_without_decay(cleaning, hertz(0.5 * (TOP.start + TOP.end) * end));
        let noise = left.map_or(0.0, |seconds| {
            let before = (seconds * rate / size as f64).ceil() as usize;
            median(measured[..before.clamp(1, measured.len())].iter().map(|[top, _]| *top).collect())
        });
        let gain = |index: usize| {
            let around = &measured[index.saturating_sub(AROUND)..(index + AROUND + 1).min(measured.len())];
            let [top, beside] = around.iter().fold([0.0; 2], |sum, level| [sum[0] + level[0], sum[1] + level[1]]);
            let top = (top - CLEAR * noise * around.len() as f32).max(0.0);
            // Stretched by the ratio, with its sum kept, a density of energy is so many times smaller at each moment.
            if beside > 0.0 { ((top / beside).min(MOST) / ratio as f32).sqrt() } else { 0.0 }
        };
        let gains = (0..measured.len()).map(gain).collect();
        Ok(Self { end, gains, top: if left.is_some() { Top::Noise { above } } else { Top::Whole } })
    }

    /// Gain at a sample of the recording.
    pub(super) fn gain(&self, sample: f64, size: usize) -> f32 {
        let last = self.gains.len() - 1;
        self.gains[((sample / size as f64).max(0.0) as usize).min(last)]
    }
}

/// Powers of the bins of grains that do not overlap, one after another, of so many samples; the channels together.
fn powers(grains: &mut Grains, length: usize, cancel: &Token) -> Result<Vec<Vec<f32>>, Cancelled> {
    let size = grains.size();
    let mut spectra = Vec::new();
    for (index, start) in (0..length).step_by(size).enumerate() {
        if index % PIECE == 0 {
            cancel.check()?;
        }
        let mut powers = vec![0.0; size / 2 + 1];
        for pair in 0..grains.pairs() {
            grains.look(pair, (start + size / 2) as isize);
            grains.add_powers(&mut powers);
        }
        spectra.push(powers);
    }
    Ok(spectra)
}

/// Seconds up to which a cleaned recording is as recorded at a frequency in Hz, in an octave that shows too little
/// decay: there it is noise for the most part. `None` where its decay is seen.
fn recorded_without_decay(cleaning: &Cleaning, frequency: f64) -> Option<f64> {
    let Cleaning::Cleaned(octaves) = cleaning else { return None };
    let distance = |hz: f64| (hz / frequency).ln().abs();
    let nearest = octaves.iter().min_by(|one, other| distance(one.hz).total_cmp(&distance(other.hz)))?;
    match nearest.tail {
        TailOfOctave::Assumed { knee } => Some(knee),
        TailOfOctave::NoNoise | TailOfOctave::Cleaned { .. } => None,
    }
}

/// The middle one of some values, one at least.
fn median(mut values: Vec<f32>) -> f32 {
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

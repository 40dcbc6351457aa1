//! Where a decay ends and noise begins: Lundeby, Vigran, Bietz, Vorländer: *Uncertainties of measurements in room
//! acoustics*, Acustica 81 (1995), 344–355.
//!
//! A fade-out is left out, and the noise is the median of its stretches and not their mean.
//!
//! A late decay and a noise look alike where the recording ends soon after. There both are told: what the decay is if
//! all that is left at the end is noise, which is the least, and if none of it is, which is the most. The truth lies
//! between.

use super::fade::fade;
use super::levels::{Levels, Line, decibels, mean, median};
use crate::cancel::{Cancelled, Token};
use std::f64::consts::LN_10;

/// Times that the estimate is refined; the authors need no more than five.
const ROUNDS: usize = 8;
/// A slope is fitted from the peak, or this many dB above its other end, …
const SPAN: f64 = 15.0;
/// … down to this many dB above the noise; and noise is measured this far behind the crossing.
const MARGIN: f64 = 7.5;
/// The decay is this far below the noise, in dB, where the noise is looked at by itself. It raises the noise by 1 dB.
const CLEAR: f64 = 5.0;
/// What falls by less than so many dB over its length, even two standard errors steeper, is noise. It is what is left
/// of a fade that was not seen.
const STEADY: f64 = 1.5;
/// So is what falls by less than this share of what the slowest late decay would, because then at most that share of it
/// is that decay, or 1 dB.
const SHARE: f64 = 0.25;
/// No room's late decay is more than so many times slower than what comes before: a cell of 0.6 s beside a church of
/// 6 s. What would be slower still is taken for noise.
const SLOWEST: f64 = 10.0;
/// What falls by more than so many dB is rather a decay.
const FALLING: f64 = 6.0;
/// Decays one after another, each slower than the one before, that are looked for.
const DECAYS: usize = 4;
/// Bands that are wider than this, in Hz, hold no more sound.
const WIDEST: f64 = 20_000.0;

/// What a response's end is like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::impulse) struct Floor {
    /// The first sample that counts no more: where the decay meets the noise, or the end.
    pub(in crate::impulse) end: usize,
    /// Mean energy of a sample of noise; 0 where the response ends before its noise.
    pub(in crate::impulse) noise: f64,
    /// Energy that the decay would have had behind `end`.
    pub(in crate::impulse) beyond: f64,
    /// From the loudest stretch down to the noise, or to the end, in dB.
    pub(in crate::impulse) range: f64,
    /// Relative change of the decay's energy from sample to sample at its end; positive.
    pub(in crate::impulse) fall: f64,
}

/// What a response's end may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ends {
    /// With all of it as noise.
    pub(super) noisy: Floor,
    /// With none of it as noise; `None` where it is noise beyond doubt.
    pub(super) clean: Option<Floor>,
    /// The likelier of both: noise or decay.
    is_cut: bool,
}

impl Ends {
    /// The likelier of both.
    pub(super) fn likely(&self) -> Floor {
        self.clean.filter(|_| self.is_cut).unwrap_or(self.noisy)
    }

    /// With so many samples before the first one.
    pub(super) fn behind(mut self, samples: usize) -> Self {
        self.noisy.end += samples;
        self.clean.iter_mut().for_each(|floor| floor.end += samples);
        self
    }
}

/// Where a response is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::impulse) enum Over {
    /// It ends before its noise.
    AtItsEnd,
    /// From this sample on it is noise.
    From(usize),
    /// At its end is noise, or a late decay: they look alike there.
    InDoubt,
}

/// What of a response is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// In Hz.
    pub(super) sample_rate: f64,
    /// Of the sound, in Hz: it says how much levels scatter.
    pub(super) bandwidth: f64,
    /// Samples that are looked at, if there are more.
    pub(super) most: usize,
}

/// The likelier of the [`ends`] of a response over all frequencies.
pub(in crate::impulse) fn floor(energy: &[f64], sample_rate: f64, cancel: &Token) -> Result<Option<Floor>, Cancelled> {
    let look = Look { sample_rate, bandwidth: 0.5 * sample_rate, most: usize::MAX };
    Ok(ends(energy, look, cancel)?.map(|ends| ends.likely()))
}

/// Where a response over all frequencies is over beyond doubt, with the likelier of its [`ends`]. Behind an end that is
/// in doubt a later one is looked for.
pub(in crate::impulse) fn over(
    energy: &[f64],
    sample_rate: f64,
    cancel: &Token,
) -> Result<(Option<Floor>, Over), Cancelled> {
    let look = Look { sample_rate, bandwidth: 0.5 * sample_rate, most: usize::MAX };
    let (mut likely, mut begin) = (None, 0);
    for _ in 0..DECAYS {
        let Some(ends) = ends(&energy[begin..], look, cancel)? else { break };
        likely = likely.or(Some(ends.likely()));
        if ends.clean.is_none() {
            return Ok((likely, Over::From(begin + ends.noisy.end)));
        }
        if likely.is_some_and(|likely| likely.noise == 0.0) {
            break;
        }
        begin += ends.noisy.end;
    }
    let is_in_doubt = likely.is_some_and(|likely| likely.noise > 0.0);
    Ok((likely, if is_in_doubt { Over::InDoubt } else { Over::AtItsEnd }))
}

/// Looks for the end of a decay in the energies of a response's samples. `None` for silence, and for what does not
/// die away.
pub(super) fn ends(energy: &[f64], look: Look, cancel: &Token) -> Result<Option<Ends>, Cancelled> {
    let rate = look.sample_rate;
    let bandwidth = look.bandwidth.min(WIDEST);
    // Digital silence at the end is no noise of the room.
    let Some(last) = energy.iter().rposition(|energy| *energy > 0.0) else { return Ok(None) };
    let energy = &energy[..(last + 1).min(look.most)];
    cancel.check()?;
    let length = fade(energy, rate, bandwidth);
    let energy = &energy[..length];
    let shortest = (2.0 * rate / bandwidth).max(1.0);
    let last_tenth = length - length / 10;
    let noise_from = |from: usize| noise(&energy[from..], rate, bandwidth);
    let mut noise = noise_from(last_tenth);
    if noise <= 0.0 {
        return Ok(None);
    }
    cancel.check()?;
    let first = ((0.01 * rate).max(2.0 * shortest) as usize).min(length / 20).max(1);
    let Some(mut line) = Levels::new(energy, first).line(f64::INFINITY, decibels(noise) + MARGIN) else {
        return Ok(None);
    };
    let mut crossing = line.reaches(decibels(noise));
    // Five stretches in every 10 dB, but none that is too short to have a level, …
    let finer = (-2.0 / line.slope).clamp(shortest, shortest.max(0.05 * rate)) as usize;
    // … nor so long that there is no line through them.
    let levels = Levels::new(energy, finer.min(length / 8).max(1));
    let peak = levels.values.get(levels.peak()).copied().unwrap_or(f64::NEG_INFINITY);
    for _ in 0..ROUNDS {
        cancel.check()?;
        let quiet = ((crossing - MARGIN / line.slope).max(0.0) as usize).min(last_tenth);
        noise = noise_from(quiet);
        let lower = decibels(noise) + MARGIN;
        let Some(refined) = levels.line((lower + SPAN).min(peak), lower) else { break };
        line = refined;
        let before = crossing;
        crossing = line.reaches(decibels(noise));
        if (crossing - before).abs() < levels.length as f64 {
            break;
        }
    }
    cancel.check()?;
    let end = crossing.clamp(1.0, length as f64);
    let noisy = Floor {
        end: end as usize,
        noise,
        beyond: beyond(line, end),
        range: peak - decibels(noise),
        fall: relative_fall(line),
    };
    let rest = Rest::new(energy, crossing, line, shortest);
    if rest.as_ref().is_some_and(|rest| rest.is_steady(line)) {
        return Ok(Some(Ends { noisy, clean: None, is_cut: false }));
    }
    let Some(line) = clean(energy, &levels, shortest as usize, rest.as_ref()) else { return Ok(None) };
    let end = length as f64;
    let clean = Floor {
        end: length,
        noise: 0.0,
        beyond: beyond(line, end),
        range: peak - line.at(end),
        fall: relative_fall(line),
    };
    let is_cut = rest.is_none_or(|rest| rest.fall > FALLING);
    Ok(Some(Ends { noisy, clean: Some(clean), is_cut }))
}

/// What follows the crossing.
struct Rest {
    /// How much it falls over its length, in dB.
    fall: f64,
    /// The slope, two standard errors steeper.
    most: f64,
    /// Samples that it is long.
    length: f64,
}

impl Rest {
    /// True if it is noise beyond doubt, behind a decay.
    fn is_steady(&self, decay: Line) -> bool {
        self.most < STEADY.max(SHARE / SLOWEST * -decay.slope * self.length)
    }

    /// `None` where hardly anything follows.
    fn new(energy: &[f64], crossing: f64, line: Line, shortest: f64) -> Option<Self> {
        let behind = energy.len() as f64 - crossing;
        if behind < -CLEAR / line.slope {
            return None;
        }
        let rest = &energy[(crossing.max(0.0) + (-CLEAR / line.slope).min(behind / 3.0)) as usize..];
        let levels = Levels::new(rest, (rest.len() / 12).max(shortest as usize));
        if levels.values.len() < 4 {
            return None;
        }
        let middles = levels.values.iter().enumerate().map(|(index, level)| (index as f64, *level));
        let (line, count) = (Line::through(middles)?, levels.values.len() as f64);
        let fall = -line.slope * count;
        Some(Self { fall, most: fall + 2.0 * line.error * count, length: rest.len() as f64 })
    }
}

/// The last decay, if there is no noise: what falls least of the last 15 dB and of what follows the crossing.
fn clean(energy: &[f64], levels: &Levels, shortest: usize, rest: Option<&Rest>) -> Option<Line> {
    let length = energy.len();
    let at_end = decibels(mean(&energy[length - (length / 32).clamp(1, length)..]));
    let finer = Levels::new(energy, levels.length.min(length / 64).max(shortest).max(1));
    let line = finer.line(at_end + SPAN, f64::NEG_INFINITY)?;
    let slope = rest.map_or(f64::NEG_INFINITY, |rest| -rest.most.max(0.1) / rest.length);
    Some(if slope > line.slope { Line { at_zero: at_end - slope * length as f64, slope, ..line } } else { line })
}

/// Mean energy of a sample of noise: the median of stretches of 10 ms or of 16 degrees of freedom, whichever is longer,
/// and an eighth of it at most. The median of a chi-square distribution is `(1 - 2/(9ν))³` of its mean (Wilson,
/// Hilferty: *The distribution of chi-square*, Proc. Natl. Acad. Sci. 17, 1931), with `ν` twice bandwidth times time.
fn noise(energy: &[f64], rate: f64, bandwidth: f64) -> f64 {
    let length = ((8.0 * rate / bandwidth).max(0.01 * rate) as usize).min(energy.len() / 8).max(1);
    let mut means: Vec<f64> = energy.chunks_exact(length).map(mean).collect();
    let freedom = 2.0 * (bandwidth * length as f64 / rate).max(1.0);
    median(&mut means) / (1.0 - 2.0 / (9.0 * freedom)).powi(3)
}

/// Relative change of an energy from sample to sample.
fn relative_fall(line: Line) -> f64 {
    -line.slope * LN_10 / 10.0
}

/// Energy behind a sample.
fn beyond(line: Line, sample: f64) -> f64 {
    10_f64.powf(0.1 * line.at(sample)) / relative_fall(line)
}

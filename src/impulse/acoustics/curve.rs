//! The energy that is still to come, over time.

use super::filter::Filters;
use super::floor::{Ends, Floor, Look, ends};
use super::heard::Heard;
use super::integral::Integral;
use super::levels::decibels;
use super::reason::NotMeasurable;
use crate::cancel::{Cancelled, Token};

/// The noise lies so far below what a figure is made of, in dB (ISO 3382-1:2009, 5.3.3).
const BELOW: f64 = 10.0;
/// A time is given where it is known to this share of it. Noise that is taken for 1 dB weaker than it is, because a
/// fade of it was not seen, makes what is still to come 10 dB above it 0.25 dB more, and T20 0.9 % longer: twice that
/// is left to 5 %, a just noticeable difference.
const TIME: f64 = 0.03;
/// A ratio of energies is given where it is known to so many dB; that leaves 0.4 dB of 1 dB to the same 0.25 dB.
const RATIO: f64 = 0.6;
/// The rounding of filters in single precision lies as far down, in dB, and farther.
const ROUNDING: f64 = 120.0;
/// The measured noise may be 1 dB too weak: by this share of it.
const NOISE: f64 = 0.26;
/// Standard errors that count as certain.
const ERRORS: f64 = 4.0;

/// Energy decay curve of a response: Schroeder's backward integration (*New method of measuring reverberation time*,
/// J. Acoust. Soc. Am. 37, 1965) of the squares, summed over the channels. The noise's mean energy is subtracted, the
/// integral starts where the decay meets the noise, and what the decay would have had behind is added: method E in
/// Guski, Vorländer, *Comparison of noise compensation methods for room acoustic impulse response evaluations*,
/// Acta Acustica united with Acustica 100 (2014).
///
/// Where what is left at the end may be noise or a late decay, the curve is that of the decay, and figures are given
/// where they are the same for both.
#[derive(Debug, Clone, PartialEq)]
pub struct DecayCurve {
    curve: Integral,
    /// With all that is left at the end as noise, if that may be.
    least: Option<Integral>,
    floor: Floor,
    /// Mean energy of a sample of what may be noise, per second and Hz: what scatters.
    density: f64,
    has_noise: bool,
    sample_rate: f64,
}

/// A figure of one integral, and its standard error by the noise: relative of a time, in dB of a ratio.
#[derive(Clone, Copy)]
struct Estimate {
    value: f64,
    error: f64,
}

impl DecayCurve {
    /// The curve of planar channels of one length over all frequencies from 88 Hz on, with a sample rate in Hz. `None`
    /// for silence and for what does not die away.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds.
    pub fn new(channels: &[Vec<f32>], sample_rate: u32, cancel: &Token) -> Result<Option<Self>, Cancelled> {
        Self::filtered(channels, &mut Filters::new(sample_rate), cancel)
    }

    /// [`Self::new`] with filters that may have been used before.
    pub(super) fn filtered(
        channels: &[Vec<f32>],
        filters: &mut Filters,
        cancel: &Token,
    ) -> Result<Option<Self>, Cancelled> {
        let Some(heard) = Heard::new(channels, filters, cancel)? else { return Ok(None) };
        Self::of(heard.energy(cancel)?, [heard.onset; 2], heard.broadband(), cancel)
    }

    /// The curve of energies from a sample on; what is before does not count. The second sample is the direct sound's
    /// first one.
    pub(super) fn of(
        energy: Vec<f64>,
        [start, direct]: [usize; 2],
        look: Look,
        cancel: &Token,
    ) -> Result<Option<Self>, Cancelled> {
        let Some(ends) = ends(&energy[start..], look, cancel)? else { return Ok(None) };
        let ends = ends.behind(start);
        let Ends { noisy, clean, .. } = ends;
        let floor = ends.likely();
        let least = clean.map(|_| Integral::new(energy.clone(), start, direct, noisy, cancel)).transpose()?;
        let curve = Integral::new(energy, start, direct, clean.unwrap_or(noisy), cancel)?;
        if curve.energies.first().is_none_or(|all| *all <= 0.0) {
            return Ok(None);
        }
        let density = noisy.noise * look.sample_rate / look.bandwidth;
        let has_noise = clean.is_none();
        Ok(Some(Self { curve, least, floor, density, has_noise, sample_rate: look.sample_rate }))
    }

    /// Samples that a time in seconds is.
    pub(super) fn samples(&self, seconds: f64) -> usize {
        (seconds * self.sample_rate) as usize
    }

    /// The curve's value at a sample in dB, 0 at the response's first one; `None` from where it is not known any more.
    #[must_use]
    pub fn decibels(&self, sample: usize) -> Option<f64> {
        // Only of samples that somebody asks for: a logarithm costs more than all else here.
        self.curve.energies.get(sample).map(|energy| self.curve.level(*energy))
    }

    /// [`Self::decibels`], with what is left at the end taken for what it probably is, noise or decay: so it is drawn.
    #[must_use]
    pub fn probable(&self, sample: usize) -> Option<f64> {
        let curve = self.probable_curve();
        curve.energies.get(sample).map(|energy| curve.level(*energy))
    }

    /// The first sample that counts no more, because noise begins there, or a fade-out, or the response is over.
    #[must_use]
    pub fn end(&self) -> usize {
        self.curve.energies.len()
    }

    /// The first sample, from one on, at which the curve has come down to a level in dB.
    #[must_use]
    pub fn reaches(&self, level: f64, from: usize) -> Option<usize> {
        self.curve.reaches(level, from)
    }

    /// [`Self::reaches`] of the curve of [`Self::probable`].
    pub(in crate::impulse) fn probably_reaches(&self, level: f64) -> Option<usize> {
        self.probable_curve().reaches(level, 0)
    }

    /// From the loudest stretch of the response down to its noise, or to its end where that comes first, in dB.
    #[must_use]
    pub fn range(&self) -> f64 {
        self.floor.range
    }

    /// Mean energy of a sample of the noise, summed over the channels; 0 where the response ends before its noise.
    #[must_use]
    pub fn noise(&self) -> f64 {
        self.floor.noise
    }

    /// The sample at which the decay meets what is probably noise; the end where none is seen.
    #[must_use]
    pub fn knee(&self) -> usize {
        self.floor.end
    }

    /// Seconds to fall by 60 dB, with what is left at the end taken for what it probably is: T30's line, as far down as
    /// is seen. It is no figure of ISO 3382-1: it may be from 10 dB alone, and scatters. `None` where less is seen.
    pub(in crate::impulse) fn probable_decay_time(&self) -> Option<f64> {
        let curve = self.probable_curve();
        let lower = (BELOW + curve.level(curve.beyond)).clamp(-35.0, -15.0);
        let line = curve.line(-5.0, lower).filter(|line| line.slope < 0.0)?;
        Some(-60.0 / (line.slope * self.sample_rate))
    }

    /// Level of the loudest stretch over the noise in dB.
    ///
    /// # Errors
    /// [`NotMeasurable::NoNoise`], also where all that is seen is the rounding of filters, more than 120 dB down.
    pub fn impulse_to_noise(&self) -> Result<f64, NotMeasurable> {
        if self.has_noise && self.floor.range < ROUNDING { Ok(self.floor.range) } else { Err(NotMeasurable::NoNoise) }
    }

    /// Seconds to fall by 60 dB, from a straight line by least squares through the curve between two levels in dB:
    /// `(-5.0, -35.0)` is T30, `(-5.0, -25.0)` T20, `(0.0, -10.0)` the early decay time. Given where the curve is seen
    /// for 10 dB more than the lower level (ISO 3382-1:2009, 5.3.3), so it is never longer than what can be seen, and
    /// where it is right within 5 % whatever the end is.
    ///
    /// # Errors
    /// [`NotMeasurable`].
    pub fn decay_time(&self, upper: f64, lower: f64) -> Result<f64, NotMeasurable> {
        let seen = -self.curve.level(self.curve.beyond);
        let needed = BELOW - lower;
        if seen < needed {
            return Err(NotMeasurable::Range { needed, seen });
        }
        let of = |curve: &Integral| {
            let line = curve.line(upper, lower).filter(|line| line.slope < 0.0).ok_or(NotMeasurable::Uncertain)?;
            let value = -60.0 / (line.slope * self.sample_rate);
            let error = curve.reaches(lower, 0).map_or(f64::INFINITY, |at| self.scatter(curve, at));
            Ok(Estimate { value, error: error / (upper - lower) })
        };
        self.both(of, |value| TIME * value)
    }

    /// The straight line of [`Self::decay_time`]: its level in dB at the first sample, and by how many dB it falls from
    /// sample to sample.
    ///
    /// # Errors
    /// [`NotMeasurable`].
    pub fn line(&self, upper: f64, lower: f64) -> Result<(f64, f64), NotMeasurable> {
        let fall = 60.0 / (self.decay_time(upper, lower)? * self.sample_rate);
        let line = self.curve.line(upper, lower).ok_or(NotMeasurable::Uncertain)?;
        let middle = 0.5 * (upper + lower);
        Ok((middle + fall * line.reaches(middle), fall))
    }

    /// T30 where 45 dB or more are seen, T20 where it is 35 dB or more; in seconds.
    ///
    /// # Errors
    /// [`NotMeasurable`]: why T20 is not given either.
    pub fn reverberation_time(&self) -> Result<f64, NotMeasurable> {
        self.decay_time(-5.0, -35.0).or_else(|_| self.decay_time(-5.0, -25.0))
    }

    /// Energy before a time after a sample, the direct sound's first one, over the energy after it, in dB: of 50 or 80
    /// ms, the clarity.
    ///
    /// # Errors
    /// [`NotMeasurable`].
    pub fn clarity(&self, onset: usize, milliseconds: f64) -> Result<f64, NotMeasurable> {
        let at = onset + self.samples(milliseconds / 1000.0);
        let late = NotMeasurable::Late { milliseconds };
        let here = self.decibels(at).ok_or(late)?;
        if here < self.curve.level(self.curve.beyond) + BELOW {
            return Err(late);
        }
        let of = |curve: &Integral| {
            let (all, late) = (curve.energies[0], *curve.energies.get(at).ok_or(NotMeasurable::Uncertain)?);
            let value = decibels((all - late) / late);
            if all > late {
                Ok(Estimate { value, error: self.scatter(curve, at) })
            } else {
                Err(NotMeasurable::NoDecay)
            }
        };
        self.both(of, |_| RATIO)
    }

    /// The centre of the energy in seconds after a sample, the direct sound's first one.
    ///
    /// # Errors
    /// [`NotMeasurable`].
    pub fn centre_time(&self, onset: usize) -> Result<f64, NotMeasurable> {
        let (seen, needed) = (-self.curve.level(self.curve.beyond), 2.0 * BELOW);
        if seen < needed {
            return Err(NotMeasurable::Range { needed, seen });
        }
        let of = |curve: &Integral| {
            // What is still to come, summed over time, counts each energy as often as its time; and so on behind the
            // end.
            let sum = curve.energies.iter().sum::<f64>() + curve.beyond / curve.fall;
            let all = curve.energies[0];
            let centre = sum / all - onset as f64;
            if centre <= 0.0 {
                return Err(NotMeasurable::NoDecay);
            }
            // Noise counts as often as its time, so it is worth the square of the time to the knee, halved.
            let noise = self.floor.noise * (self.floor.end.saturating_sub(onset) as f64).powi(2) / 2.0;
            // As in `scatter`, with what of an exponential counts as the square of its time: twice the centre's.
            let error = (2.0 * 2.0 * self.density / all).sqrt() + NOISE * noise / (all * centre) / ERRORS;
            Ok(Estimate { value: centre / self.sample_rate, error })
        };
        self.both(of, |value| TIME * value)
    }

    fn probable_curve(&self) -> &Integral {
        self.least.as_ref().filter(|_| self.floor.noise > 0.0).unwrap_or(&self.curve)
    }

    /// The mean of what a figure is for both ends, if that is certain.
    fn both(
        &self,
        of: impl Fn(&Integral) -> Result<Estimate, NotMeasurable>,
        limit: impl Fn(f64) -> f64,
    ) -> Result<f64, NotMeasurable> {
        let most = of(&self.curve)?;
        let least = match &self.least {
            Some(least) => of(least).map_err(|_| NotMeasurable::Uncertain)?,
            None => most,
        };
        let value = 0.5 * (most.value + least.value);
        let limit = limit(value);
        // A time's error is relative, a ratio's is not.
        let unit = if limit == RATIO { 1.0 } else { value };
        let error = 0.5 * (most.value - least.value).abs() + ERRORS * most.error.max(least.error) * unit;
        if error <= limit { Ok(value) } else { Err(NotMeasurable::Uncertain) }
    }

    /// Standard error in dB of what is still to come at a sample, by the noise that came with it: decay and noise are
    /// independent, so twice their product has the energy `4 E N`, in twice as many independent values as bandwidth
    /// times time.
    fn scatter(&self, curve: &Integral, at: usize) -> f64 {
        let energy = curve.energies.get(at).copied().unwrap_or(0.0);
        10.0 / std::f64::consts::LN_10 * (2.0 * self.density / energy).sqrt()
    }
}

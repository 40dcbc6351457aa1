//! What is known of a band's decay.

use crate::cancel::{Cancelled, Token};
use crate::impulse::acoustics::DecayCurve;
use std::f64::consts::LN_10;
use std::ops::Range;

/// The recording is left 10 dB above its noise, or above its end, and the change begins 10 dB earlier. In dB.
const MARGIN: f64 = 10.0;
/// A band whose sound builds up may do so for as long as it takes to fall by so many dB.
const BUILD_UP: f64 = 10.0;
/// Where the decay curve is so far above the measured slope, the slope is not its own any more. In dB.
const KNEE: f64 = 10.0;

/// An exponential decay, as measured: mean energy of a sample over time, summed over the channels.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fit {
    /// Reverberation time in seconds.
    pub(super) seconds: f64,
    /// From which sample on the gain changes: the direct sound, but in bands that sound much later.
    pub(super) origin: f64,
    /// Where a recording's sound gives way to what is made in its place: above the noise, and above the end.
    pub(super) change: Range<usize>,
    /// Energy that the exponential has at `origin`.
    pub(super) level: f64,
    /// Relative change of an amplitude from sample to sample, as a natural logarithm; negative.
    pub(super) fall: f64,
}

impl Fit {
    /// Of a band's channels, of a width in Hz, whose direct sound begins at a sample. `None` where the recording's range
    /// does not carry a reverberation time.
    pub(super) fn new(
        band: &[Vec<f32>],
        rate: u32,
        bandwidth: f64,
        onset: usize,
        cancel: &Token,
    ) -> Result<Option<Self>, Cancelled> {
        let curve = DecayCurve::of_band(band, rate, bandwidth, onset, cancel)?;
        let fit = curve.and_then(|curve| Self::of_curve(&curve, band, f64::from(rate), onset));
        cancel.check()?;
        Ok(fit)
    }

    fn of_curve(curve: &DecayCurve, band: &[Vec<f32>], rate: f64, onset: usize) -> Option<Self> {
        let seconds = curve.reverberation_time().ok()?;
        let per_decibel = seconds * rate / 60.0;
        let five_down = curve.reaches(-5.0, 0)? as f64;
        let origin = (five_down - (5.0 + BUILD_UP) * per_decibel).max(onset as f64);
        // What follows a knee in the curve is another decay, and would be raised out of all proportion.
        let line = |n: usize| -5.0 - (n as f64 - five_down) / per_decibel;
        let knee = |n: &usize| curve.decibels(*n).is_some_and(|level| level > line(*n) + KNEE);
        let every_millisecond = (five_down as usize..curve.knee()).step_by((0.001 * rate) as usize + 1);
        let end = { every_millisecond }.find(knee).unwrap_or(curve.knee()) as f64;
        let change = (end - 2.0 * MARGIN * per_decibel) as usize..(end - MARGIN * per_decibel) as usize;
        if (change.start as f64) < origin || change.is_empty() {
            return None;
        }
        let fall = -3.0 * LN_10 / (seconds * rate);
        // The recording's energy where it changes, without that of its noise, and the exponential's: a geometric
        // series.
        let recorded =
            band.iter().flat_map(|channel| &channel[change.clone()]).map(|sample| f64::from(*sample).powi(2));
        let found = recorded.sum::<f64>() - curve.noise() * change.len() as f64;
        let at = |n: usize| (2.0 * fall * (n as f64 - origin)).exp();
        let level = found * -(2.0 * fall).exp_m1() / (at(change.start) - at(change.end));
        (level > 0.0).then_some(Self { seconds, origin, change, level, fall })
    }

    /// The sample at which the longer decay has an energy.
    pub(super) fn reaches(&self, ratio: f64, energy: f64) -> f64 {
        self.origin + (energy / self.level).ln() / (2.0 * self.fall / ratio)
    }
}

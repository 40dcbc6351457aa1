//! How an impulse dies away: its energy decay curves, and what is measured of them.

use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::impulse::acoustics::{self, DecayCurve, Decays};

/// Points of a curve.
const POINTS: usize = 1024;
/// The lines whose slopes are the decay times: their names, and from which level to which, in dB.
const FITTED: [(&str, f64, f64); 3] = [("EDT", 0.0, -10.0), ("T20", -5.0, -25.0), ("T30", -5.0, -35.0)];

/// Levels in dB at equally distant times, from the impulse's beginning on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve {
    /// Seconds from one level to the next.
    pub step: f64,
    /// 0 dB at the beginning; they end where the noise begins.
    pub levels: Vec<f32>,
}

/// The straight line of a decay time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Name of the decay time.
    pub name: &'static str,
    /// Level in dB at the impulse's beginning.
    pub start: f64,
    /// Fall in dB a second.
    pub fall: f64,
}

/// The decay of an impulse.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decay {
    /// A curve for each channel; without levels where a channel does not die away.
    pub channels: Vec<Curve>,
    /// The lines of all channels together that can be told.
    pub fits: Vec<Fit>,
    /// The time in seconds at which the decay of all channels together meets what is probably noise, if it does.
    pub knee: Option<f64>,
    /// Centres of octaves in Hz, with the reverberation times in seconds that are measurable.
    pub octaves: Vec<(f64, Option<f64>)>,
    /// Reverberation time in seconds of all channels together, where measurable.
    pub reverberation_time: Option<f64>,
}

impl Fit {
    /// The decay time in seconds: that of 60 dB.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        60.0 / self.fall
    }

    /// Level in dB at a time in seconds.
    #[must_use]
    pub fn at(&self, seconds: f64) -> f64 {
        self.start - self.fall * seconds
    }
}

impl Curve {
    /// Of a response of so many samples; without levels where it does not die away.
    fn new(curve: Option<&DecayCurve>, len: usize, sample_rate: u32) -> Self {
        let Some(curve) = curve else { return Self::default() };
        // Of fewer samples than points, each is a point.
        let points = POINTS.min(len);
        let levels = (0..points).map_while(|point| curve.probable(point * len / points));
        let levels = levels.map(|level| level as f32).collect();
        Self { step: len as f64 / points as f64 / f64::from(sample_rate), levels }
    }

    /// Level in dB at a time in seconds; `None` where the curve is not known.
    #[must_use]
    pub fn at(&self, seconds: f64) -> Option<f32> {
        let place = seconds / self.step;
        (place >= 0.0).then(|| self.levels.get(place as usize).copied()).flatten()
    }
}

impl Decay {
    /// Nothing is known of it.
    pub(super) const fn unknown() -> Self {
        Self { channels: Vec::new(), fits: Vec::new(), knee: None, octaves: Vec::new(), reverberation_time: None }
    }

    /// Measures all channels.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(super) fn new(impulse: &Impulse, cancel: &Token) -> Result<Self, Cancelled> {
        let (rate, len) = (impulse.sample_rate(), impulse.len());
        let of_channel = |curve: Option<&DecayCurve>| Curve::new(curve, len, rate);
        let Decays { all, channels, octaves } = acoustics::decays(impulse, cancel, of_channel)?;
        let Some(all) = all else { return Ok(Self { channels, ..Self::unknown() }) };
        let fit = |(name, upper, lower)| {
            let (start, fall) = all.line(upper, lower).ok()?;
            Some(Fit { name, start, fall: fall * f64::from(rate) })
        };
        Ok(Self {
            channels,
            fits: FITTED.into_iter().filter_map(fit).collect(),
            knee: (all.noise() > 0.0).then(|| all.knee() as f64 / f64::from(rate)),
            octaves,
            reverberation_time: all.reverberation_time().ok(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponential_decay_is_a_straight_line_of_its_slope() {
        // 60 dB in one second: of a tone, because what lies below 88 Hz does not count.
        let tone = |i: usize| (std::f32::consts::TAU * (i % 12) as f32 / 12.0).sin();
        let channel: Vec<f32> = (0..48_000).map(|i| tone(i) * 10_f32.powf(-3.0 * i as f32 / 48_000.0)).collect();
        let impulse = Impulse::new(vec![channel.clone(), channel], 48_000).expect("valid");
        let decay = Decay::new(&impulse, &Token::never()).expect("not cancelled");
        for tenths in 1..=6 {
            let level = decay.channels[1].at(f64::from(tenths) / 10.0).expect("known");
            assert!((level + 6.0 * tenths as f32).abs() < 0.1, "{level} after {tenths} tenths");
        }
        assert_eq!(decay.fits.len(), FITTED.len());
        for fit in &decay.fits {
            assert!((fit.seconds() - 1.0).abs() < 0.01 && fit.at(0.0).abs() < 0.1, "{fit:?}");
        }
        assert_eq!(decay.channels[0].at(-0.1), None);
        assert_eq!(decay.channels[0].at(1.1), None);
    }

    #[test]
    fn silence_has_no_decay() {
        let impulse = Impulse::new(vec![vec![0.0; 100]], 48_000).expect("valid");
        let decay = Decay::new(&impulse, &Token::never()).expect("not cancelled");
        assert_eq!(decay, Decay { channels: vec![Curve::default()], ..Decay::default() });
        assert_eq!(decay.channels[0].at(0.0), None);
    }
}

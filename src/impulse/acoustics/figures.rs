//! The figures for one band: those of ISO 3382-1, and how alike both sides are.

use super::curve::DecayCurve;
use super::reason::{Figure, NotMeasurable};
use super::sides::{correlation, sides};
use crate::channels::ImpulseForm;

/// Bandwidth times reverberation time, from which on a band's filter does not bend its decay (ISO 3382-2:2008, 7.3).
const LEAST_PRODUCT: f64 = 16.0;

/// What ISO 3382-1:2009 tells of a response in one band. Each figure is right within 5 % of a time and 1 dB of a level
/// of what it would be without noise, fades and clicks in the recording, or not given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Early decay time, over the first 10 dB, in seconds.
    pub early_decay_time: Figure,
    /// Reverberation time from 20 dB, in seconds.
    pub t20: Figure,
    /// Reverberation time from 30 dB, in seconds.
    pub t30: Figure,
    /// Early energy, up to 50 ms after the direct sound, over late energy, in dB.
    pub c50: Figure,
    /// Energy up to 80 ms after the direct sound over that after it, in dB.
    pub c80: Figure,
    /// Share of the energy that comes within 50 ms, 0 to 1.
    pub d50: Figure,
    /// Centre of the energy in seconds after the direct sound.
    pub centre_time: Figure,
    /// Level of the loudest stretch over the noise in dB.
    pub impulse_to_noise: Figure,
    /// Correlation of the two sides, for a source in the middle, in the first 80 ms: 1 where they are the same, 0 where
    /// they have nothing in common, -1 where one is the other's negative. Not of ISO 3382-1.
    pub early_correlation: Figure,
    /// Correlation of the two sides from 80 ms on, down to the noise. Not of ISO 3382-1.
    pub late_correlation: Figure,
}

impl Figures {
    /// Of a curve and the channels that it is of, in their form; `bandwidth` in Hz where it is that of an octave. The
    /// direct sound's first sample is `onset`.
    pub(super) fn of(
        curve: &DecayCurve,
        (form, channels): (Option<ImpulseForm>, &[Vec<f32>]),
        onset: usize,
        bandwidth: Option<f64>,
    ) -> Self {
        let time = |upper, lower| decay_time(curve, bandwidth, upper, lower);
        let (c50, c80) = (curve.clarity(onset, 50.0), curve.clarity(onset, 80.0));
        let (sides, late) = (sides(form, channels), onset + curve.samples(0.08));
        let alike = |stretch| sides.as_ref().map_or(Err(NotMeasurable::OneSide), |both| correlation(both, stretch));
        Self {
            early_decay_time: time(0.0, -10.0),
            t20: time(-5.0, -25.0),
            t30: time(-5.0, -35.0),
            c50,
            c80,
            d50: c50.map(|c50| 1.0 / (1.0 + 10_f64.powf(-0.1 * c50))),
            centre_time: curve.centre_time(onset),
            impulse_to_noise: curve.impulse_to_noise(),
            early_correlation: alike(onset..late.min(curve.end())),
            // The noise in it is none of the room's: as for C80, the room has to be seen there.
            late_correlation: alike(late..curve.knee()).and_then(|alike| c80.map(|_| alike)),
        }
    }

    /// No figure, for one reason.
    #[must_use]
    pub fn none(reason: NotMeasurable) -> Self {
        let none = Err(reason);
        Self {
            early_decay_time: none,
            t20: none,
            t30: none,
            c50: none,
            c80: none,
            d50: none,
            centre_time: none,
            impulse_to_noise: none,
            early_correlation: none,
            late_correlation: none,
        }
    }

    /// [`Self::reverberation_time`] alone, for the same curve and bandwidth.
    pub(super) fn reverberation_time_of(curve: &DecayCurve, bandwidth: f64) -> Figure {
        let time = |lower| decay_time(curve, Some(bandwidth), -5.0, lower);
        time(-35.0).or_else(|_| time(-25.0))
    }

    /// T30, or T20 where there is none.
    ///
    /// # Errors
    /// Why there is no T20 either.
    pub fn reverberation_time(&self) -> Figure {
        self.t30.or(self.t20)
    }

    /// T30 over T20, less 1: above 0.1 the decay is bent, and one reverberation time says little about it
    /// (ISO 3382-2:2008, annex B).
    ///
    /// # Errors
    /// Why one of both is not given.
    pub fn curvature(&self) -> Figure {
        Ok(self.t30? / self.t20? - 1.0)
    }
}

/// That of the curve, where the band is wide enough for it.
fn decay_time(curve: &DecayCurve, bandwidth: Option<f64>, upper: f64, lower: f64) -> Figure {
    let time = curve.decay_time(upper, lower)?;
    let is_wide = bandwidth.is_none_or(|bandwidth| bandwidth * time > LEAST_PRODUCT);
    if is_wide { Ok(time) } else { Err(NotMeasurable::Narrow) }
}

//! The figures of ISO 3382-1 for one band.

use super::curve::DecayCurve;
use super::reason::NotMeasurable;

/// Bandwidth times reverberation time, from which on a band's filter does not bend its decay (ISO 3382-2:2008, 7.3).
const LEAST_PRODUCT: f64 = 16.0;

/// A figure, or why there is none.
pub type Figure = Result<f64, NotMeasurable>;

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
    /// The same of 80 ms.
    pub c80: Figure,
    /// Share of the energy that comes within 50 ms, 0 to 1.
    pub d50: Figure,
    /// Centre of the energy in seconds after the direct sound.
    pub centre_time: Figure,
    /// Level of the loudest stretch over the noise in dB.
    pub impulse_to_noise: Figure,
}

impl Figures {
    /// Of a curve; `bandwidth` in Hz where it is that of an octave. The direct sound's first sample is `onset`.
    pub(super) fn of(curve: &DecayCurve, onset: usize, bandwidth: Option<f64>) -> Self {
        let wide = |time: f64| bandwidth.is_none_or(|bandwidth| bandwidth * time > LEAST_PRODUCT);
        let time = |upper, lower| {
            let time = curve.decay_time(upper, lower)?;
            if wide(time) { Ok(time) } else { Err(NotMeasurable::Narrow) }
        };
        let c50 = curve.clarity(onset, 50.0);
        Self {
            early_decay_time: time(0.0, -10.0),
            t20: time(-5.0, -25.0),
            t30: time(-5.0, -35.0),
            c50,
            c80: curve.clarity(onset, 80.0),
            d50: c50.map(|c50| 1.0 / (1.0 + 10_f64.powf(-0.1 * c50))),
            centre_time: curve.centre_time(onset),
            impulse_to_noise: curve.impulse_to_noise(),
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
        }
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

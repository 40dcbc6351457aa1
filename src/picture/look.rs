//! The part of a view that is to be seen.

use super::axis::{Axis, Unit};
use super::portrait::Portrait;
use super::view::View;

/// The part of a view that is to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Look {
    /// The view.
    pub view: View,
    /// One channel alone; all of them if there is no such channel.
    pub channel: Option<usize>,
    /// True for a waveform in dB.
    pub is_in_decibels: bool,
    /// Seconds from the left to the right edge; `None` for all.
    pub time: Option<(f64, f64)>,
    /// Hz from the left to the right edge; `None` for all.
    pub frequency: Option<(f64, f64)>,
    /// Seconds from the dry sound to the beginning of the impulse. Times are written and read from the dry sound on.
    pub lead: f64,
    /// True if the scale of time stays, even beyond all that there is to be seen.
    pub is_fixed: bool,
}

impl Look {
    /// The whole scale from the left to the right, without a zoom.
    #[must_use]
    pub fn whole(&self, portrait: &Portrait) -> Axis {
        match self.view {
            View::Response => Axis::frequencies(portrait.responses().first().map_or((20.0, 20_000.0), |of| of.range)),
            View::Wave => self.times(portrait.span()),
            View::Decay | View::Spectrogram => self.times((0.0, portrait.seconds)),
        }
    }

    /// From the dry sound, if it comes before.
    fn times(&self, (from, to): (f64, f64)) -> Axis {
        Axis { zero: -self.lead, ..Axis::linear((from.min(-self.lead), to), Unit::Seconds) }
    }

    /// The scale from the left to the right.
    #[must_use]
    pub fn scale(&self, portrait: &Portrait) -> Axis {
        let whole = self.whole(portrait);
        let zoom = if self.view == View::Response { self.frequency } else { self.time };
        if let Some((from, to)) = zoom.filter(|_| self.is_fixed && self.view != View::Response) {
            return Axis { from, to, ..whole };
        }
        // Another impulse may be shorter than what was looked at.
        let inside = zoom.map(|(from, to)| (from.max(whole.from), to.min(whole.to))).filter(|(from, to)| from < to);
        inside.map_or(whole, |(from, to)| Axis { from, to, ..whole })
    }
}

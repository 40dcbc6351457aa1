//! Decay scaling per band: reverberation times of lows, middle and highs, each relative to what it was.
//!
//! ```text
//! h'(t) = Σ_b h_b(t) · 10^(-3 t (1/T'_b - 1/T_b))        t from the direct sound on; before it, nothing changes
//! ```
//!
//! `h_b` are the bands of a bank that sums to 1, `T_b` their reverberation times by ISO 3382-1, as
//! [`acoustics`](super::acoustics) measures them, and `T'_b` is `ratio · T_b`.
//!
//! Where a decay is shortened, its noise sinks with it. Where it is lengthened, the noise would rise, so the recording
//! is left before its decay comes to the noise, or to its end: from 20 to 10 dB above it the sound passes, with weights
//! whose squares sum to 1, into noise of the same spectrum that goes on in the wanted reverberation time.

mod bands;
mod bank;
mod blocks;
mod change;
mod fit;
mod tail;

use super::Impulse;
use super::units::{Ratio, within};
use crate::cancel::{Cancelled, Token};
pub(super) use bands::Bands;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// What the ratio of a reverberation time may be.
pub const RATIO: RangeInclusive<Ratio> = Ratio::from_thousandths(250)..=Ratio::from_thousandths(4000);
/// What the frequency between lows and middle may be, in Hz.
pub const LOW_CROSSOVER: RangeInclusive<u32> = 50..=1000;
/// What the frequency between middle and highs may be, in Hz.
pub const HIGH_CROSSOVER: RangeInclusive<u32> = 1000..=12_000;

/// Samples between two checks of the token: a few milliseconds' work.
const PIECE: usize = 1 << 14;

/// Reverberation times of three bands, relative to what they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct BandRatios {
    /// Of the lows.
    pub low: Ratio,
    /// Of the middle.
    pub middle: Ratio,
    /// Of the highs.
    pub high: Ratio,
    /// The frequency between lows and middle, in Hz.
    pub low_crossover: u32,
    /// The frequency between middle and highs, in Hz.
    pub high_crossover: u32,
}

/// Nothing changes; crossovers at 250 Hz and 4 kHz.
impl Default for BandRatios {
    fn default() -> Self {
        let one = Ratio::ONE;
        Self { low: one, middle: one, high: one, low_crossover: 250, high_crossover: 4000 }
    }
}

impl BandRatios {
    /// With every number within its range; where nothing changes, the default.
    #[must_use]
    pub fn canonical(self) -> Self {
        if self.ratios() == [Ratio::ONE; 3] {
            return Self::default();
        }
        let [low, middle, high] = self.ratios().map(|ratio| within(ratio, RATIO));
        let low_crossover = within(self.low_crossover, LOW_CROSSOVER);
        let high_crossover = within(self.high_crossover, HIGH_CROSSOVER);
        Self { low, middle, high, low_crossover, high_crossover }
    }

    /// Low, middle, high.
    pub(super) fn ratios(self) -> [Ratio; 3] {
        [self.low, self.middle, self.high]
    }

    /// In Hz, the lower one first.
    pub(super) fn crossovers(self) -> [u32; 2] {
        [self.low_crossover, self.high_crossover]
    }
}

/// What became of a band.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum BandDecay {
    /// It was to stay as it is.
    #[default]
    Unchanged,
    /// Its reverberation time was scaled.
    Scaled {
        /// What was measured, in seconds.
        from: f64,
        /// What was aimed at, in seconds.
        to: f64,
    },
    /// It stays as it is, because its range carries no reverberation time.
    NotMeasurable,
}

/// An impulse with scaled decays.
#[derive(Debug)]
pub(super) struct Scaled {
    pub(super) impulse: Impulse,
    /// Low, middle, high.
    pub(super) bands: [BandDecay; 3],
    /// Whether a tail would have been longer than [`MAX_SECONDS`](super::MAX_SECONDS).
    pub(super) cut: bool,
}

/// Scales decays. What is before the direct sound, the same in all channels, changes no bit; nor does anything where no
/// band changes. The result ends with its longest band.
pub(super) fn scale(impulse: Impulse, wanted: BandRatios, cancel: &Token) -> Result<Scaled, Cancelled> {
    if wanted.ratios() == [Ratio::ONE; 3] {
        return Ok(Scaled { impulse, bands: [BandDecay::Unchanged; 3], cut: false });
    }
    let mut bands = Bands::new(&impulse, wanted.crossovers(), cancel)?;
    bands.scale(impulse, wanted.ratios(), cancel)
}

#[cfg(test)]
mod tests;

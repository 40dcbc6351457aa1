//! Decay that follows frequency: reverberation times, each relative to what it was.
//!
//! ```text
//! H'(t, f) = H(t, f) · 10^(-3 t (1/T'(f) - 1/T(f)))       t from the direct sound on; before it, nothing changes
//! ```
//!
//! `H` are short overlapping frames of the impulse, `T(f)` is a smooth function of the logarithm of frequency with
//! which each octave has the T30 that [`acoustics`](super::acoustics) measures, and `T'(f)` is the target: `T(f)` times
//! the ratio of all and that of low, middle or high, with half an octave on each side of a crossover from one to the
//! next. What an octave deviates from an exponential is made up for, so that its T30 becomes what was asked for.
//!
//! Where a decay is shortened, its noise sinks with it. Where it is lengthened, the noise would rise, so at each
//! frequency the recording is left before its decay comes to its noise, or to its end: from 20 to 10 dB above it the
//! sound passes into noise of the same spectrum that goes on in the wanted reverberation time.
//!
//! A tail is cleaned in the same way, by a gain of 1: the noise gives way to what goes on as the last of the decay
//! does.

mod bands;
mod cleaning;
mod curve;
mod frames;
mod late;
mod octave;
mod outcome;
mod profile;
mod purpose;
mod spectra;
mod tail;
mod target;
mod weights;

use super::Impulse;
use super::units::{Ratio, within};
use crate::cancel::{Cancelled, Token};
pub use cleaning::{Cleaning, OctaveTail, TailOfOctave};
pub(super) use frames::{Frames, products};
pub use outcome::{BandDecay, OctaveSet};
pub(super) use purpose::Purpose;
use serde::{Deserialize, Serialize};
pub(super) use spectra::{Ending, Spectra, direct};
use std::ops::RangeInclusive;
pub(super) use weights::INCOHERENT;

/// What the ratio of a reverberation time may be.
pub const RATIO: RangeInclusive<Ratio> = Ratio::from_thousandths(250)..=Ratio::from_thousandths(4000);
/// What the frequency between lows and middle may be, in Hz.
pub const LOW_CROSSOVER: RangeInclusive<u32> = 50..=1000;
/// What the frequency between middle and highs may be, in Hz.
pub const HIGH_CROSSOVER: RangeInclusive<u32> = 1000..=12_000;

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
    /// Of all together: each of the three is multiplied by it.
    pub all: Ratio,
    /// The frequency between lows and middle, in Hz.
    pub low_crossover: u32,
    /// The frequency between middle and highs, in Hz.
    pub high_crossover: u32,
}

/// Nothing changes; crossovers at 250 Hz and 4 kHz.
impl Default for BandRatios {
    fn default() -> Self {
        let one = Ratio::ONE;
        Self { low: one, middle: one, high: one, all: one, low_crossover: 250, high_crossover: 4000 }
    }
}

impl BandRatios {
    /// With every number within its range; where nothing changes, the default.
    #[must_use]
    pub fn canonical(self) -> Self {
        let Self { low, middle, high, all, .. } = self;
        if [low, middle, high, all] == [Ratio::ONE; 4] {
            return Self::default();
        }
        let [low, middle, high, all] = [low, middle, high, all].map(|ratio| within(ratio, RATIO));
        let low_crossover = within(self.low_crossover, LOW_CROSSOVER);
        let high_crossover = within(self.high_crossover, HIGH_CROSSOVER);
        Self { low, middle, high, all, low_crossover, high_crossover }
    }

    /// Of low, middle and high, with that of all.
    fn products(self) -> [f64; 3] {
        [self.low, self.middle, self.high].map(|ratio| ratio.as_f64() * self.all.as_f64())
    }
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

/// Scales decays. What is before the direct sound, the same in all channels, changes no bit; nor does anything where
/// nothing is asked for.
pub(super) fn scale(impulse: Impulse, wanted: BandRatios, cancel: &Token) -> Result<Scaled, Cancelled> {
    if wanted == BandRatios::default() {
        return Ok(Scaled { impulse, bands: [BandDecay::Unchanged; 3], cut: false });
    }
    Spectra::new(&impulse, Purpose::Scale, cancel)?.scale(impulse, wanted, cancel)
}

/// An impulse whose tail was to be cleaned.
#[derive(Debug)]
pub(super) struct Cleaned {
    pub(super) impulse: Impulse,
    pub(super) cleaning: Cleaning,
    /// True if its tail would have been longer than [`MAX_SECONDS`](super::MAX_SECONDS).
    pub(super) cut: bool,
}

/// Puts decay in the place of noise, at each frequency where that comes to it, until it is 105 dB below the largest
/// sample. Where all frequencies are clear of their noise, nothing changes, bit by bit.
pub(super) fn clean(mut impulse: Impulse, cancel: &Token) -> Result<Cleaned, Cancelled> {
    // Digital silence at the end is no noise.
    let zeros = impulse.drop_trailing_zeros();
    let spectra = Spectra::new(&impulse, Purpose::Clean, cancel)?;
    let cleaning = spectra.cleaning(&impulse);
    if !matches!(cleaning, Cleaning::Cleaned(_)) {
        impulse.append_zeros(zeros);
        return Ok(Cleaned { impulse, cleaning, cut: false });
    }
    let Some(each) = spectra.of_each(&impulse, cancel)? else {
        let Scaled { impulse, cut, .. } = spectra.scale(impulse, BandRatios::default(), cancel)?;
        return Ok(Cleaned { impulse, cleaning, cut });
    };
    let (mut length, mut is_cut) = (1, false);
    for (index, of_channel) in each {
        let Scaled { impulse: channel, cut, .. } =
            of_channel.scale(spectra::alone(&impulse, index), BandRatios::default(), cancel)?;
        length = length.max(channel.len());
        is_cut |= cut;
        impulse.channels[index] = channel.into_channels().remove(0);
    }
    impulse.channels.iter_mut().for_each(|channel| channel.resize(length, 0.0));
    Ok(Cleaned { impulse, cleaning, cut: is_cut })
}

#[cfg(test)]
mod tests;

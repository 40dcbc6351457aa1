//! Decay scaling per band: reverberation times of lows, middle and highs, each relative to what it was.
//!
//! ```text
//! h'(t) = Σ_b h_b(t) · 10^(-3 t (1/T'_b - 1/T_b))        t from the direct sound on; before it, nothing changes
//! ```
//!
//! `h_b` are the bands of a bank that sums to 1, `T_b` their reverberation times by ISO 3382-1, as
//! [`acoustics`](super::acoustics) measures them, and `T'_b` is `ratio · T_b`.
//!
//! Where a decay is shortened, its noise sinks with it. Where it is lengthened, the noise would rise, so the recording is
//! left before its decay comes to the noise, or to its end: from 20 to 10 dB above it the sound passes, with weights whose
//! squares sum to 1, into noise of the same spectrum that goes on in the wanted reverberation time.

mod bank;
mod blocks;
mod fit;
mod tail;

use super::acoustics::{onset_unless, peak_unless};
use super::shape::{Cancelled, Ratio, drop_trailing_zeros, gain::finite, go_on, within};
use super::{Impulse, MAX_SECONDS};
use bank::Bank;
use fit::Fit;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use tail::Tail;

/// What the ratio of a reverberation time may be.
pub const RATIO: RangeInclusive<Ratio> = Ratio::from_thousandths(250)..=Ratio::from_thousandths(4000);
/// What the frequency between lows and middle may be, in Hz.
pub const LOW_CROSSOVER: RangeInclusive<u32> = 50..=1000;
/// What the frequency between middle and highs may be, in Hz.
pub const HIGH_CROSSOVER: RangeInclusive<u32> = 1000..=12_000;

/// A tail ends where it is weaker than the largest sample by so many dB.
const END: f64 = 105.0;
/// Samples between two questions whether to go on: a few milliseconds' work.
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

    fn ratios(self) -> [Ratio; 3] {
        [self.low, self.middle, self.high]
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
    /// Whether a tail would have been longer than [`MAX_SECONDS`].
    pub(super) cut: bool,
}

/// Scales decays. What is before the direct sound, the same in all channels, changes no bit; nor does anything where no
/// band changes. The result ends with its longest band.
pub(super) fn scale(
    mut impulse: Impulse,
    wanted: BandRatios,
    cancelled: &dyn Fn() -> bool,
) -> Result<Scaled, Cancelled> {
    let ratios = wanted.ratios();
    if ratios == [Ratio::ONE; 3] {
        return Ok(Scaled { impulse, bands: [BandDecay::Unchanged; 3], cut: false });
    }
    let recorded = impulse.len();
    // Digital silence would be filled with what the filters leave in it.
    drop_trailing_zeros(&mut impulse);
    let rate = impulse.sample_rate();
    let onset = onset_unless(&impulse, cancelled).ok_or(Cancelled)?;
    let bank = Bank::new([wanted.low_crossover, wanted.high_crossover].map(f64::from), f64::from(rate));
    let bands = split(impulse.channels(), &bank, cancelled)?;

    let mut told = [BandDecay::Unchanged; 3];
    let mut changes = [const { None }; 3];
    for (index, ratio) in ratios.into_iter().enumerate().filter(|(_, ratio)| *ratio != Ratio::ONE) {
        let ratio = ratio.as_f64();
        let fit = Fit::new(&bands[index], rate, onset, cancelled)?;
        let scaled = |fit: &Fit| BandDecay::Scaled { from: fit.seconds, to: ratio * fit.seconds };
        told[index] = fit.as_ref().map_or(BandDecay::NotMeasurable, scaled);
        changes[index] = fit.map(|fit| Change { fit, ratio });
    }
    if changes.iter().all(Option::is_none) {
        impulse.channels.iter_mut().for_each(|channel| channel.resize(recorded, 0.0));
        return Ok(Scaled { impulse, bands: told, cut: false });
    }
    let peak = peak_unless(&impulse, cancelled).ok_or(Cancelled)?;
    let quietest = f64::from(peak) * 10_f64.powf(-END / 20.0);
    let (length, cut) = length(&changes, impulse.len(), quietest, rate);
    let tail = tail(&impulse, &changes, onset, length, &bank, cancelled)?;
    weigh(&mut impulse, &bands, &changes, length, cancelled)?;
    if let Some((start, tail)) = tail {
        continue_with(&mut impulse, &tail, start, &changes, &bank, cancelled)?;
    }
    drop_quiet_end(&mut impulse, quietest, cancelled)?;
    Ok(Scaled { impulse, bands: told, cut })
}

/// How a band's decay changes.
struct Change {
    fit: Fit,
    ratio: f64,
}

impl Change {
    fn lengthens(&self) -> bool {
        self.ratio > 1.0
    }

    /// By what a band's recording is multiplied at a sample.
    fn weight(&self, n: usize) -> f64 {
        let kept = if self.lengthens() { (std::f64::consts::FRAC_PI_2 * self.fit.changed(n)).cos() } else { 1.0 };
        // The gain goes on growing where nothing is left of the recording.
        if n >= self.fit.change.end && self.lengthens() { 0.0 } else { self.fit.log_gain(self.ratio, n).exp() * kept }
    }

    /// By what the steady noise that continues it is multiplied, once its energy is 1.
    fn amplitude(&self, n: usize) -> f64 {
        (std::f64::consts::FRAC_PI_2 * self.fit.changed(n)).sin() * self.fit.amplitude(self.ratio, n)
    }
}

/// The bands of channels: for each band, its channels.
fn split(channels: &[Vec<f32>], bank: &Bank, cancelled: &dyn Fn() -> bool) -> Result<[Vec<Vec<f32>>; 3], Cancelled> {
    let mut bands = [const { Vec::new() }; 3];
    for channel in channels {
        for (band, channel) in bands.iter_mut().zip(bank.split(channel, cancelled)?) {
            band.push(channel);
        }
    }
    Ok(bands)
}

/// How long the result is at first, in samples, and whether it would have been longer: a band that is not lengthened is
/// as long as the recording.
fn length(changes: &[Option<Change>; 3], recorded: usize, quietest: f64, rate: u32) -> (usize, bool) {
    let of_band = |change: &Option<Change>| match change {
        Some(change) if change.lengthens() => {
            let end = change.fit.reaches(change.ratio, quietest * quietest).ceil();
            (end as usize).max(change.fit.change.end)
        }
        _ => recorded,
    };
    let most = (MAX_SECONDS as usize * rate as usize).max(recorded);
    let length = changes.iter().map(of_band).max().unwrap_or(recorded);
    (length.min(most), length > most)
}

/// What continues the bands that are lengthened, and from which sample on.
fn tail(
    impulse: &Impulse,
    changes: &[Option<Change>; 3],
    onset: usize,
    length: usize,
    bank: &Bank,
    cancelled: &dyn Fn() -> bool,
) -> Result<Option<(usize, Tail)>, Cancelled> {
    let lengthened = || changes.iter().flatten().filter(|change| change.lengthens()).map(|change| &change.fit.change);
    let Some(start) = lengthened().map(|change| change.start).min() else { return Ok(None) };
    // One stretch for all bands, clear of the noise in each: so they fit together again where they overlap.
    let clear = lengthened().map(|change| change.end).min().unwrap_or(start);
    let tail = Tail::new(impulse, onset.min(clear)..clear, length - start, bank, cancelled)?;
    Ok(Some((start, tail)))
}

/// The recording's share: the whole, and of each band what its weight differs from 1. So nothing is lost where all
/// weights are 1.
fn weigh(
    impulse: &mut Impulse,
    bands: &[Vec<Vec<f32>>; 3],
    changes: &[Option<Change>; 3],
    length: usize,
    cancelled: &dyn Fn() -> bool,
) -> Result<(), Cancelled> {
    let changed = || bands.iter().zip(changes).filter_map(|(band, change)| Some((band, change.as_ref()?)));
    let mut weights = vec![vec![0.0; PIECE]; changed().count()];
    for start in (0..impulse.len()).step_by(PIECE) {
        go_on(cancelled)?;
        for ((_, change), weights) in changed().zip(&mut weights) {
            for (n, weight) in weights.iter_mut().enumerate() {
                *weight = change.weight(start + n) - 1.0;
            }
        }
        for (channel, samples) in impulse.channels.iter_mut().enumerate() {
            let end = samples.len().min(start + PIECE);
            for (n, sample) in samples[start..end].iter_mut().enumerate() {
                let differs = changed()
                    .zip(&weights)
                    .map(|((band, _), weights)| f64::from(band[channel][start + n]) * weights[n]);
                *sample = finite(f64::from(*sample) + differs.sum::<f64>());
            }
        }
    }
    for channel in &mut impulse.channels {
        go_on(cancelled)?;
        channel.resize(length, 0.0);
    }
    Ok(())
}

/// The share of what continues it.
fn continue_with(
    impulse: &mut Impulse,
    tail: &Tail,
    start: usize,
    changes: &[Option<Change>; 3],
    bank: &Bank,
    cancelled: &dyn Fn() -> bool,
) -> Result<(), Cancelled> {
    for (samples, noise) in impulse.channels.iter_mut().zip(&tail.channels) {
        let bands = bank.split(noise, cancelled)?;
        for ((band, change), norm) in bands.iter().zip(changes).zip(tail.norms) {
            let Some(change) = change.as_ref().filter(|change| change.lengthens()) else { continue };
            for (index, (samples, band)) in samples[start..].chunks_mut(PIECE).zip(band.chunks(PIECE)).enumerate() {
                go_on(cancelled)?;
                for (n, (sample, noise)) in samples.iter_mut().zip(band).enumerate() {
                    let amplitude = norm * change.amplitude(start + index * PIECE + n);
                    *sample = finite(f64::from(*sample) + f64::from(*noise) * amplitude);
                }
            }
        }
    }
    Ok(())
}

/// Ends an impulse where nothing is left that is louder than the quietest.
fn drop_quiet_end(impulse: &mut Impulse, quietest: f64, cancelled: &dyn Fn() -> bool) -> Result<(), Cancelled> {
    let mut length = 1;
    for channel in &impulse.channels {
        // What another channel has is kept anyway.
        let mut end = channel.len();
        while end > length {
            go_on(cancelled)?;
            let start = end.saturating_sub(PIECE).max(length);
            if let Some(last) = channel[start..end].iter().rposition(|sample| f64::from(sample.abs()) > quietest) {
                length = start + last + 1;
                break;
            }
            end = start;
        }
    }
    impulse.channels.iter_mut().for_each(|channel| channel.truncate(length));
    Ok(())
}

#[cfg(test)]
mod tests;

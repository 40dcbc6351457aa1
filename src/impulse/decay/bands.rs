//! An impulse in bands, and what is found out about them once: whichever ratios are asked for, it is the same.

use super::bank::Bank;
use super::change::Change;
use super::fit::Fit;
use super::tail::Tail;
use super::{BandDecay, PIECE, Scaled};
use crate::cancel::{Cancelled, Token};
use crate::impulse::acoustics::{onset, peak};
use crate::impulse::gain::finite;
use crate::impulse::units::Ratio;
use crate::impulse::{Impulse, MAX_SECONDS};

/// A tail ends where it is weaker than the largest sample by so many dB.
const END: f64 = 105.0;

/// The bands of one impulse, with what has been measured of them and made for them so far. It holds three copies of the
/// impulse, and of the bands that are lengthened the noise that continues them, as long as it was ever asked for.
///
/// It is the same whether it was asked before or not: what is kept is what would be found again. Nothing is kept of
/// what was cancelled halfway.
pub(in crate::impulse) struct Bands {
    bank: Bank,
    /// Widths of the bands in Hz.
    widths: [f64; 3],
    /// Low, middle and high, of each the channels; without the zeros that the impulse ends with.
    bands: [Vec<Vec<f32>>; 3],
    onset: usize,
    peak: f32,
    /// Of the bands that were asked for; none in it where the range carries no reverberation time.
    fits: [Option<Option<Fit>>; 3],
    /// What continues the bands that were lengthened last, and which these were.
    tail: Option<([bool; 3], Tail)>,
}

impl Bands {
    /// Splits an impulse at crossovers in Hz, the lower one first.
    pub(in crate::impulse) fn new(impulse: &Impulse, crossovers: [u32; 2], cancel: &Token) -> Result<Self, Cancelled> {
        let rate = f64::from(impulse.sample_rate());
        // Digital silence would be filled with what the filters leave in it.
        let length = sounding(impulse);
        let onset = onset(impulse, cancel)?;
        let peak = peak(impulse, cancel)?;
        let bank = Bank::new(crossovers.map(f64::from), rate);
        let mut bands = [const { Vec::new() }; 3];
        for channel in impulse.channels() {
            for (band, channel) in bands.iter_mut().zip(bank.split(&channel[..length], cancel)?) {
                band.push(channel);
            }
        }
        let [low, high] = crossovers.map(f64::from);
        let widths = [low, (high - low).max(low), (0.5 * rate - high).max(low)];
        Ok(Self { bank, widths, bands, onset, peak, fits: [const { None }; 3], tail: None })
    }

    /// Samples that it holds.
    pub(in crate::impulse) fn samples(&self) -> usize {
        let of_tail = self.tail.as_ref().map_or(0, |(_, tail)| tail.samples());
        self.bands.iter().flatten().map(Vec::len).sum::<usize>() + of_tail
    }

    /// Scales the decays of the impulse that was split.
    pub(in crate::impulse) fn scale(
        &mut self,
        mut impulse: Impulse,
        ratios: [Ratio; 3],
        cancel: &Token,
    ) -> Result<Scaled, Cancelled> {
        let rate = impulse.sample_rate();
        let wanted = ratios.map(|ratio| ratio != Ratio::ONE);
        for band in (0..3).filter(|band| wanted[*band]) {
            if self.fits[band].is_none() {
                self.fits[band] = Some(Fit::new(&self.bands[band], rate, self.widths[band], self.onset, cancel)?);
            }
        }
        let told = std::array::from_fn(|band| match &self.fits[band] {
            Some(fit) if wanted[band] => fit.as_ref().map_or(BandDecay::NotMeasurable, |fit| BandDecay::Scaled {
                from: fit.seconds,
                to: ratios[band].as_f64() * fit.seconds,
            }),
            _ => BandDecay::Unchanged,
        });
        let changes: [Option<Change<'_>>; 3] = std::array::from_fn(|band| {
            let fit = self.fits[band].as_ref().filter(|_| wanted[band])?.as_ref()?;
            Some(Change::new(fit, ratios[band].as_f64()))
        });
        if changes.iter().all(Option::is_none) {
            return Ok(Scaled { impulse, bands: told, cut: false });
        }
        impulse.drop_trailing_zeros();
        let quietest = f64::from(self.peak) * 10_f64.powf(-END / 20.0);
        let (length, cut) = length(&changes, impulse.len(), quietest, rate);
        let start = grown(&mut self.tail, &impulse, &changes, self.onset, length, &self.bank, cancel)?;
        weigh(&mut impulse, &self.bands, &changes, length, cancel)?;
        if let (Some((_, tail)), Some(start)) = (&self.tail, start) {
            continue_with(&mut impulse, tail, start, &changes, cancel)?;
        }
        drop_quiet_end(&mut impulse, quietest, cancel)?;
        Ok(Scaled { impulse, bands: told, cut })
    }
}

/// Length without the zeros at the end.
fn sounding(impulse: &Impulse) -> usize {
    let of_channel = |channel: &Vec<f32>| channel.iter().rposition(|sample| *sample != 0.0).map_or(0, |last| last + 1);
    impulse.channels().iter().map(of_channel).max().unwrap_or(0).max(1)
}

/// How long the result is at first, in samples, and whether it would have been longer: a band that is not lengthened is
/// as long as the recording.
fn length(changes: &[Option<Change<'_>>; 3], recorded: usize, quietest: f64, rate: u32) -> (usize, bool) {
    let of_band = |change: &Option<Change<'_>>| match change {
        Some(change) if change.lengthens() => change.length(quietest * quietest),
        _ => recorded,
    };
    let most = (MAX_SECONDS as usize * rate as usize).max(recorded);
    let length = changes.iter().map(of_band).max().unwrap_or(recorded);
    (length.min(most), length > most)
}

/// Sees to it that there is what continues the bands that are lengthened, and tells from which sample on it does.
fn grown(
    kept: &mut Option<([bool; 3], Tail)>,
    impulse: &Impulse,
    changes: &[Option<Change<'_>>; 3],
    onset: usize,
    length: usize,
    bank: &Bank,
    cancel: &Token,
) -> Result<Option<usize>, Cancelled> {
    let lengthened = || changes.iter().flatten().filter(|change| change.lengthens()).map(Change::place);
    let Some(start) = lengthened().map(|place| place.start).min() else { return Ok(None) };
    let wanted = std::array::from_fn(|band| changes[band].as_ref().is_some_and(Change::lengthens));
    if kept.as_ref().is_none_or(|(bands, _)| *bands != wanted) {
        // One stretch for all bands, clear of the noise in each: so they fit together again where they overlap.
        let clear = lengthened().map(|place| place.end).min().unwrap_or(start);
        *kept = None; // Before the next is made, so that there are never two.
        *kept = Some((wanted, Tail::new(impulse, onset.min(clear)..clear, wanted, bank, cancel)?));
    }
    if let Some((_, tail)) = kept {
        tail.grow_to(length - start, cancel)?;
    }
    Ok(Some(start))
}

/// The recording's share: the whole, and of each band what its weight differs from 1. So nothing is lost where all
/// weights are 1.
fn weigh(
    impulse: &mut Impulse,
    bands: &[Vec<Vec<f32>>; 3],
    changes: &[Option<Change<'_>>; 3],
    length: usize,
    cancel: &Token,
) -> Result<(), Cancelled> {
    let mut weights = [const { Vec::new() }; 3];
    let mut sums = vec![0.0; PIECE];
    for start in (0..impulse.len()).step_by(PIECE) {
        cancel.check()?;
        let piece = start..impulse.len().min(start + PIECE);
        for (weights, change) in weights.iter_mut().zip(changes) {
            let Some(change) = change else { continue };
            weights.resize(piece.len(), 0.0);
            change.differences(start, weights);
        }
        for (channel, samples) in impulse.channels.iter_mut().enumerate() {
            let samples = &mut samples[piece.clone()];
            let sums = &mut sums[..piece.len()];
            sums.iter_mut().zip(&*samples).for_each(|(sum, sample)| *sum = f64::from(*sample));
            for ((band, weights), _) in bands.iter().zip(&weights).zip(changes).filter(|(_, change)| change.is_some()) {
                for ((sum, sample), weight) in sums.iter_mut().zip(&band[channel][piece.clone()]).zip(weights) {
                    *sum += f64::from(*sample) * weight;
                }
            }
            samples.iter_mut().zip(sums).for_each(|(sample, sum)| *sample = finite(*sum));
        }
    }
    for channel in &mut impulse.channels {
        cancel.check()?;
        channel.resize(length, 0.0);
    }
    Ok(())
}

/// The share of what continues it.
fn continue_with(
    impulse: &mut Impulse,
    tail: &Tail,
    start: usize,
    changes: &[Option<Change<'_>>; 3],
    cancel: &Token,
) -> Result<(), Cancelled> {
    let mut amplitudes = vec![0.0; PIECE];
    for (band, change) in changes.iter().enumerate() {
        let Some(change) = change.as_ref().filter(|change| change.lengthens()) else { continue };
        let (noise, norm) = tail.band(band);
        for start_of_piece in (start..impulse.len()).step_by(PIECE) {
            let piece = start_of_piece..impulse.len().min(start_of_piece + PIECE);
            let amplitudes = &mut amplitudes[..piece.len()];
            change.amplitudes(start_of_piece, amplitudes);
            amplitudes.iter_mut().for_each(|amplitude| *amplitude *= norm);
            for (samples, noise) in impulse.channels.iter_mut().zip(noise) {
                cancel.check()?;
                let noise = &noise[start_of_piece - start..];
                for ((sample, noise), amplitude) in samples[piece.clone()].iter_mut().zip(noise).zip(&*amplitudes) {
                    *sample = finite(f64::from(*sample) + f64::from(*noise) * amplitude);
                }
            }
        }
    }
    Ok(())
}

/// Ends an impulse where nothing is left that is louder than the quietest.
fn drop_quiet_end(impulse: &mut Impulse, quietest: f64, cancel: &Token) -> Result<(), Cancelled> {
    let mut length = 1;
    for channel in &impulse.channels {
        // What another channel has is kept anyway.
        let mut end = channel.len();
        while end > length {
            cancel.check()?;
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

//! An impulse as it is measured: without clicks, without what sounds again behind it, and without what lies below what
//! is measured.

use super::again::again;
use super::clicks::clicks;
use super::energy::energy;
use super::fade::fade;
use super::filter::{Filters, Mirrored, Spectrum, octave};
use super::floor::Look;
use super::levels::median;
use super::onset::onset_of;
use crate::cancel::{Cancelled, Token};

/// Over all frequencies is from here on, in Hz: the lower edge of the 125 Hz octave, the lowest that ISO 3382-1 asks
/// for. An offset, rumble and the hum of 50 or 60 Hz lie below, its harmonics do not.
const LOWEST: f64 = 125.0 * std::f64::consts::FRAC_1_SQRT_2;
/// Share of the energy that the filter's rounding is below: what is weaker is none of the sound.
const ROUNDING: f64 = 1e-10;

/// Channels with nothing but the room in them.
pub(super) struct Heard {
    /// Over all frequencies, without an offset.
    whole: Vec<Vec<f32>>,
    /// With the clicks, where there are any: among reflections nothing tells one from the other.
    with_clicks: Option<Vec<Vec<f32>>>,
    /// From [`LOWEST`] on.
    high: Vec<Vec<f32>>,
    /// Samples in a second.
    rate: f64,
    /// First sample of the direct sound.
    pub(super) onset: usize,
}

impl Heard {
    /// Of planar channels of one length. `None` for silence, and for what is a constant or nearly one.
    pub(super) fn new(channels: &[Vec<f32>], filters: &mut Filters, cancel: &Token) -> Result<Option<Self>, Cancelled> {
        let last = |channel: &Vec<f32>| channel.iter().rposition(|sample| *sample != 0.0);
        // Digital silence is no noise of the room.
        let Some(last) = channels.iter().filter_map(last).max() else { return Ok(None) };
        let mut whole: Vec<Vec<f32>> = Vec::with_capacity(channels.len());
        let mut high = Vec::with_capacity(channels.len());
        for channel in channels {
            cancel.check()?;
            let offset = offset(&channel[..=last]);
            whole.push(channel[..=last].iter().map(|sample| sample - offset).collect());
            high.push(filters.above(&channel[..=last], LOWEST, cancel)?);
        }
        let sum = |channels: &[Vec<f32>]| Ok(energy(channels, cancel)?.iter().sum::<f64>());
        if sum(&high)? <= ROUNDING * sum(channels)? {
            return Ok(None);
        }
        let onset = onset_of(&whole, cancel)?;
        let clicks = clicks(&energy(&high, cancel)?, filters.sample_rate(), onset, cancel)?;
        let mut with_clicks = None;
        if !clicks.is_empty() {
            let copy = |channel: &Vec<f32>| cancel.check().map(|()| channel.clone());
            with_clicks = Some(whole.iter().map(copy).collect::<Result<_, _>>()?);
        }
        for (whole, high) in whole.iter_mut().zip(&mut high).filter(|_| !clicks.is_empty()) {
            for click in &clicks {
                // What the high-pass has taken from a click lies around it, the same in all of a millisecond.
                let stretch = &high[click.samples.clone()];
                let around = median(&mut stretch.iter().map(|sample| f64::from(*sample)).collect::<Vec<_>>()) as f32;
                for (whole, high) in whole[click.samples.clone()].iter_mut().zip(stretch) {
                    *whole -= (1.0 - click.gain as f32) * (high - around);
                }
            }
            *high = filters.above(whole, LOWEST, cancel)?;
        }
        let end = onset + again(&energy(&high, cancel)?[onset..], filters.sample_rate());
        for (whole, high) in whole.iter_mut().zip(&mut high).filter(|(whole, _)| end < whole.len()) {
            cancel.check()?;
            whole.truncate(end);
            *high = filters.above(whole, LOWEST, cancel)?;
        }
        Ok(Some(Self { whole, with_clicks, high, rate: filters.sample_rate(), onset }))
    }

    /// Energies over all frequencies.
    pub(super) fn energy(&self, cancel: &Token) -> Result<Vec<f64>, Cancelled> {
        energy(&self.high, cancel)
    }

    /// The first sample of a fade-out over all frequencies; the length without one.
    pub(super) fn unfaded(&self, cancel: &Token) -> Result<usize, Cancelled> {
        let (energy, look) = (self.energy(cancel)?, self.broadband());
        let looked_at = &energy[self.onset..][..look.most];
        let found = fade(looked_at, look.sample_rate, look.bandwidth);
        Ok(if found < looked_at.len() { self.onset + found } else { energy.len() })
    }

    /// The channels over all frequencies.
    pub(super) fn all(&self) -> &[Vec<f32>] {
        &self.high
    }

    /// Energies of what lies above a frequency in Hz, clicks included.
    pub(super) fn energy_above(&self, edge: f64, filters: &mut Filters, cancel: &Token) -> Result<Vec<f64>, Cancelled> {
        let mut filtered = Vec::with_capacity(self.whole.len());
        for channel in self.with_clicks.as_ref().unwrap_or(&self.whole) {
            filtered.push(filters.above(channel, edge, cancel)?);
        }
        energy(&filtered, cancel)
    }

    /// Its octaves, the lowest of which has a centre in Hz.
    pub(super) fn octaves<'a>(
        &self,
        lowest: f64,
        filters: &'a mut Filters,
        cancel: &Token,
    ) -> Result<Octaves<'a>, Cancelled> {
        let mut spectra = Vec::with_capacity(self.whole.len());
        for channel in &self.whole {
            spectra.push(filters.spectrum(channel, lowest, Mirrored::End, cancel)?);
        }
        Ok(Octaves { filters, spectra })
    }

    /// From where those of an octave count: its filter rings before the direct sound for about one over its width.
    pub(super) fn start_of_octave(&self, centre: f64) -> usize {
        self.onset.saturating_sub((self.rate / width(centre)) as usize)
    }

    /// The stretch that is looked at over all frequencies.
    pub(super) fn broadband(&self) -> Look {
        let bandwidth = (0.5 * self.rate - LOWEST).clamp(1.0, 20_000.0);
        Look { sample_rate: self.rate, bandwidth, most: self.most(self.onset, LOWEST) }
    }

    /// The stretch that is looked at of an octave. A fade-out is seen best over all frequencies: `unfaded` is where it
    /// begins there.
    pub(super) fn octave(&self, centre: f64, unfaded: usize) -> Look {
        let start = self.start_of_octave(centre);
        let lower = centre * std::f64::consts::FRAC_1_SQRT_2;
        let most = self.most(start, lower).min(unfaded.saturating_sub(start));
        Look { sample_rate: self.rate, bandwidth: width(centre), most }
    }

    /// The last period of the lowest frequency is left out, because a mirror stands behind it.
    fn most(&self, start: usize, lowest: f64) -> usize {
        let length = self.whole[0].len() - start;
        length - ((self.rate / lowest) as usize).min(length / 20)
    }
}

/// Spectra of the channels, of which every octave is a part.
pub(super) struct Octaves<'a> {
    filters: &'a mut Filters,
    spectra: Vec<Spectrum>,
}

impl Octaves<'_> {
    /// The channels of an octave by its centre in Hz.
    pub(super) fn band(&mut self, centre: f64, cancel: &Token) -> Result<Vec<Vec<f32>>, Cancelled> {
        let mut band = Vec::with_capacity(self.spectra.len());
        let Some(first) = self.spectra.first() else { return Ok(band) };
        let gains = self.filters.gains(first, octave(centre), cancel)?;
        for spectrum in &self.spectra {
            band.push(self.filters.apply(spectrum, &gains, cancel)?);
        }
        Ok(band)
    }
}

/// The mean of the third quarter, where the room has mostly died away and a fade-out has hardly begun. The step with
/// which an offset begins would count as direct sound in the lowest octave, where it is as strong as a room is.
fn offset(samples: &[f32]) -> f32 {
    let quarter = &samples[samples.len() / 2..samples.len() - samples.len() / 4];
    (quarter.iter().map(|sample| f64::from(*sample)).sum::<f64>() / quarter.len().max(1) as f64) as f32
}

/// Width of an octave in Hz.
pub(super) fn width(centre: f64) -> f64 {
    centre * std::f64::consts::FRAC_1_SQRT_2
}

//! How a room dies away: energy decay curve, reverberation times and clarity (ISO 3382-1:2009).
//!
//! ```text
//! impulse ──> without clicks ──> high-pass, or octave ──> squares, summed over channels
//!         ──> fade: where does it fall as no room does? ──> floor: where does noise take over?
//!         ──> curve: what energy is still to come ──> figures
//! ```
//!
//! A figure that a recording's range does not carry is not given, with its reason, and never guessed. What lies below
//! the band does not count; over all frequencies is from 88 Hz on. Allocates; not for the audio thread.

mod again;
mod brief;
mod clicks;
mod curve;
mod energy;
mod fade;
mod figures;
mod filter;
mod floor;
mod heard;
mod integral;
mod levels;
mod mixing;
mod onset;
mod reason;
mod reflection;
mod sides;
#[cfg(test)]
mod tests;

use super::Impulse;
use crate::cancel::{Cancelled, Token};
pub(super) use brief::why;
pub use curve::DecayCurve;
pub(super) use energy::energy;
pub use figures::Figures;
use filter::Filters;
pub use filter::octave_band;
pub(super) use floor::{Over, floor, over};
use heard::{Heard, width};
pub use mixing::{MixingTime, mixing_time};
pub(super) use onset::peak;
pub use onset::{onset, onset_of_reversed};
pub use reason::{Figure, NotMeasurable};
use reflection::initial_time_delay_gap;

/// Centres of the octaves in Hz.
pub const OCTAVES: [f64; 9] = [63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0];
/// Share of the sample rate above which no octave is measured: little of it is left there.
const HIGHEST: f64 = 0.45;
/// How long the direct sound is, in milliseconds (Zahorik: *Direct-to-reverberant energy ratio sensitivity*, J. Acoust.
/// Soc. Am. 112, 2002).
const DIRECT: f64 = 2.5;

/// What there is to measure of an impulse.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Over all frequencies from 88 Hz on.
    pub broadband: Figures,
    /// Of those [`OCTAVES`] whose centre is not above 0.45 times the sample rate.
    pub octaves: Vec<(f64, Figures)>,
    /// Direct sound, the first 2.5 ms, over all that follows, in dB, over all frequencies. Not of ISO 3382-1.
    pub direct_to_reverberant: Figure,
    /// Time in seconds from the direct sound to the first reflection, within 20 dB of it and 2.5 to 100 ms later, of
    /// what lies above 1 kHz (Beranek: *Concert halls and opera houses*, 2004). Given where both stand out of what lies
    /// between. Not of ISO 3382-1.
    pub initial_time_delay_gap: Figure,
}

impl Measured {
    /// No figure at all of an impulse with a sample rate in Hz, for one reason.
    #[must_use]
    pub fn none(sample_rate: u32, reason: NotMeasurable) -> Self {
        let octaves = octaves(sample_rate).map(|centre| (centre, Figures::none(reason))).collect();
        let [direct_to_reverberant, initial_time_delay_gap] = [Err(reason); 2];
        Self { broadband: Figures::none(reason), octaves, direct_to_reverberant, initial_time_delay_gap }
    }

    /// Reverberation times of the octaves at 125 and 250 Hz over those at 500 Hz and 1 kHz (Beranek: *Concert halls and
    /// opera houses*, 2004). Not of ISO 3382-1.
    ///
    /// # Errors
    /// The first octave of the four without a reverberation time.
    pub fn bass_ratio(&self) -> Figure {
        let time = |hz: f64| {
            let octave = self.octaves.iter().find(|octave| octave.0 == hz);
            let time = octave.and_then(|(_, figures)| figures.reverberation_time().ok());
            time.ok_or(NotMeasurable::Octave { hz })
        };
        Ok((time(125.0)? + time(250.0)?) / (time(500.0)? + time(1000.0)?))
    }
}

/// All figures of an impulse, its channels together.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every few milliseconds.
pub fn measure(impulse: &Impulse, cancel: &Token) -> Result<Measured, Cancelled> {
    let rate = impulse.sample_rate();
    let mut filters = Filters::new(rate);
    let Some(heard) = Heard::new(impulse.channels(), &mut filters, cancel)? else {
        return Ok(Measured::none(rate, NotMeasurable::Silent));
    };
    let (form, reason) = (impulse.form(), brief::why(impulse));
    let none = Figures::none(reason);
    let unfaded = heard.unfaded(cancel)?;
    let curve = DecayCurve::of(heard.energy(cancel)?, [heard.onset; 2], heard.broadband(), cancel)?;
    let broadband = curve.as_ref().map_or(none, |curve| Figures::of(curve, (form, heard.all()), heard.onset, None));
    let direct_to_reverberant = curve.map_or(Err(reason), |curve| curve.clarity(heard.onset, DIRECT));
    let reflections = heard.energy_above(reflection::LOWEST, &mut filters, cancel)?;
    let initial_time_delay_gap = initial_time_delay_gap(&reflections, f64::from(rate), heard.onset);
    let mut measured = Vec::new();
    let mut bands = heard.octaves(OCTAVES[0], &mut filters, cancel)?;
    for centre in octaves(rate) {
        let band = bands.band(centre, cancel)?;
        let curve = curve_of_octave(&heard, &band, centre, unfaded, cancel)?;
        let figures = curve.map_or(none, |curve| Figures::of(&curve, (form, &band), heard.onset, Some(width(centre))));
        measured.push((centre, figures));
    }
    Ok(Measured { broadband, octaves: measured, direct_to_reverberant, initial_time_delay_gap })
}

/// Reverberation time in seconds over all frequencies: T30, or T20 where the range is too small for it, or `None`.
/// See [`DecayCurve::reverberation_time`].
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every few milliseconds.
pub fn rt60(impulse: &Impulse, cancel: &Token) -> Result<Option<f64>, Cancelled> {
    let curve = DecayCurve::new(impulse.channels(), impulse.sample_rate(), cancel)?;
    Ok(curve.and_then(|curve| curve.reverberation_time().ok()))
}

/// [`rt60`] of one octave, by its centre in Hz; `None` also where the octave does not lie below half the sample rate.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every few milliseconds.
pub fn rt60_in_octave(impulse: &Impulse, centre: f64, cancel: &Token) -> Result<Option<f64>, Cancelled> {
    if centre >= 0.5 * f64::from(impulse.sample_rate()) {
        return Ok(None);
    }
    let mut filters = Filters::new(impulse.sample_rate());
    let Some(heard) = Heard::new(impulse.channels(), &mut filters, cancel)? else { return Ok(None) };
    let band = heard.octaves(centre, &mut filters, cancel)?.band(centre, cancel)?;
    let curve = curve_of_octave(&heard, &band, centre, heard.unfaded(cancel)?, cancel)?;
    Ok(curve.and_then(|curve| curve.reverberation_time().ok()))
}

/// How an impulse dies away, with no other figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Decays<T> {
    /// The curve of all channels together, as [`DecayCurve::new`] gives it.
    pub all: Option<DecayCurve>,
    /// What was made of the curve of each channel by itself.
    pub channels: Vec<T>,
    /// Reverberation times in seconds of the octaves by their centres in Hz, as [`measure`] gives them; none where all
    /// channels together have no curve.
    pub octaves: Vec<(f64, Option<f64>)>,
}

/// The decay curves of an impulse, and the reverberation times of its octaves. `of_channel` makes something of each
/// channel's curve, which is as large as the channel and not kept.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every few milliseconds.
pub fn decays<T>(
    impulse: &Impulse,
    cancel: &Token,
    of_channel: impl Fn(Option<&DecayCurve>) -> T,
) -> Result<Decays<T>, Cancelled> {
    let (rate, channels) = (impulse.sample_rate(), impulse.channels());
    let mut filters = Filters::new(rate);
    let (mut all, mut octaves) = (None, Vec::new());
    if let Some(heard) = Heard::new(channels, &mut filters, cancel)? {
        all = DecayCurve::of(heard.energy(cancel)?, [heard.onset; 2], heard.broadband(), cancel)?;
        if all.is_some() {
            octaves = times_of_octaves(&heard, &mut filters, cancel)?;
        }
    }
    let channels = match channels {
        [_] => vec![of_channel(all.as_ref())],
        channels => channels
            .iter()
            .map(|channel| {
                let curve = DecayCurve::filtered(std::slice::from_ref(channel), &mut filters, cancel)?;
                Ok(of_channel(curve.as_ref()))
            })
            .collect::<Result<_, _>>()?,
    };
    Ok(Decays { all, channels, octaves })
}

fn times_of_octaves(
    heard: &Heard,
    filters: &mut Filters,
    cancel: &Token,
) -> Result<Vec<(f64, Option<f64>)>, Cancelled> {
    let unfaded = heard.unfaded(cancel)?;
    let rate = filters.sample_rate() as u32;
    let mut bands = heard.octaves(OCTAVES[0], filters, cancel)?;
    let time = |centre| {
        let band = bands.band(centre, cancel)?;
        let curve = curve_of_octave(heard, &band, centre, unfaded, cancel)?;
        Ok((centre, curve.and_then(|curve| Figures::reverberation_time_of(&curve, width(centre)).ok())))
    };
    octaves(rate).map(time).collect()
}

/// The decay curve over all frequencies, and then that of each octave, by its centre in Hz.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every few milliseconds.
pub(super) fn each_curve(
    impulse: &Impulse,
    cancel: &Token,
    mut each: impl FnMut(Option<f64>, Option<&DecayCurve>),
) -> Result<(), Cancelled> {
    let rate = impulse.sample_rate();
    let mut filters = Filters::new(rate);
    let Some(heard) = Heard::new(impulse.channels(), &mut filters, cancel)? else { return Ok(()) };
    let unfaded = heard.unfaded(cancel)?;
    each(None, DecayCurve::of(heard.energy(cancel)?, [heard.onset; 2], heard.broadband(), cancel)?.as_ref());
    let mut bands = heard.octaves(OCTAVES[0], &mut filters, cancel)?;
    for centre in octaves(rate) {
        let band = bands.band(centre, cancel)?;
        each(Some(centre), curve_of_octave(&heard, &band, centre, unfaded, cancel)?.as_ref());
    }
    Ok(())
}

fn curve_of_octave(
    heard: &Heard,
    band: &[Vec<f32>],
    centre: f64,
    unfaded: usize,
    cancel: &Token,
) -> Result<Option<DecayCurve>, Cancelled> {
    let starts = [heard.start_of_octave(centre), heard.onset];
    DecayCurve::of(energy(band, cancel)?, starts, heard.octave(centre, unfaded), cancel)
}

/// Those that an impulse with a sample rate in Hz can have.
fn octaves(sample_rate: u32) -> impl Iterator<Item = f64> {
    OCTAVES.into_iter().filter(move |centre| *centre <= HIGHEST * f64::from(sample_rate))
}

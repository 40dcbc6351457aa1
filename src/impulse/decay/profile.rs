//! The reverberation time over frequency, as measured.

use super::bands::{Bands, PARTS};
use super::curve::Curve;
use super::late::{End, Ending, MARGIN};
use super::octave::Octave;
use super::purpose::Purpose;
use super::target::Target;
use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::impulse::acoustics::{self, DecayCurve};
use std::f64::consts::LN_10;

/// Times that the gains are refined.
const ROUNDS: usize = 5;
/// By how much, as a factor, a time may be off from what was measured; what is further off is no decay.
const FARTHEST: f64 = 2.0;

/// Channels that come to their noise within so many dB of each other are cleaned together: where the recording is left,
/// 10 dB above the noise of all, a channel that is no more behind has its own noise below its own sound.
const SAME: f64 = MARGIN;
/// Sound that meets nothing but air at 20 °C and 50 % of humidity falls by 60 dB in so many seconds at so many Hz (ISO
/// 9613-1), and in less the higher it is.
const AIR: f64 = 1.7;
const AIR_AT: f64 = 8000.0;
const AIR_FALLS: f64 = 1.6;

/// Octaves of an impulse, of which one at least has a reverberation time; and between them a smooth function of the
/// logarithm of frequency.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Profile {
    pub(super) octaves: Vec<Octave>,
    /// Natural logarithm of the reverberation time in seconds over that of the frequency in Hz.
    times: Curve,
    rate: f64,
}

/// Where frequencies change from the recording to what continues it.
pub(super) struct Places {
    starts: Curve,
    ends: Curve,
    /// Natural logarithm of what reverberation times are multiplied by there.
    ratios: Curve,
}

impl Places {
    /// In samples after the direct sound.
    pub(super) fn at(&self, frequency: f64) -> (f64, f64) {
        (self.starts.at(frequency.ln()), self.ends.at(frequency.ln()))
    }

    /// By how much longer than the reverberation time what goes on is.
    pub(super) fn ratio(&self, frequency: f64) -> f64 {
        self.ratios.at(frequency.ln()).exp()
    }
}

impl Profile {
    /// Of an impulse whose direct sound begins at a sample. An octave whose decay is not seen takes the broadband
    /// reverberation time, or that of the nearest octave whose decay is seen. `None` where there is none either. Of one
    /// channel of several, the times of all are given.
    pub(super) fn new(
        impulse: &Impulse,
        onset: usize,
        purpose: Purpose,
        of_all: Option<&Self>,
        cancel: &Token,
    ) -> Result<Option<Self>, Cancelled> {
        let rate = f64::from(impulse.sample_rate());
        let mut bands = Bands::new(impulse, onset, cancel)?;
        let (mut octaves, mut unseen, mut spare) = (Vec::new(), Vec::new(), None);
        acoustics::each_curve(impulse, cancel, |centre, curve| {
            let Some(centre) = centre else {
                spare = curve.and_then(|curve| curve.reverberation_time().ok());
                return;
            };
            let ((energies, step), parts) = (bands.energies(centre), bands.parts(centre));
            let of_all = of_all.and_then(|all| all.octaves.iter().find(|octave| octave.centre == centre));
            let octave = Octave::new(centre, (&energies, step), parts, curve, (onset, rate), spare, of_all);
            let is_seen = |octave: &Octave| purpose != Purpose::Clean || octave.late.is_some();
            if let Some(octave) = octave.filter(is_seen) {
                return octaves.push(octave);
            }
            let knee = curve.map_or(impulse.len(), DecayCurve::knee).saturating_sub(onset) as f64;
            let [noise, range] = [DecayCurve::noise, DecayCurve::range].map(|of| curve.map_or(0.0, of));
            let seconds = of_all.map_or(0.0, |all| all.seconds_at_end());
            unseen.push((parts, Ending { centre, seconds, rate, knee, noise, range }));
        })?;
        let is_known = |octave: &Octave| octave.is_measured || octave.left(purpose).is_some();
        if !octaves.iter().any(is_known) && spare.is_none() && of_all.is_none() {
            return Ok(None);
        }
        let octaves = with_unseen(octaves, unseen);
        let times = curve(octaves.iter().map(|octave| (octave, octave.seconds.ln())));
        Ok(times.map(|times| Self { octaves, times, rate }.resolved()))
    }

    /// With times at the octaves' centres that give each octave the T30 that it has. Where times fall within an octave,
    /// its T30 is that of its slow edge, and in its middle they are shorter.
    fn resolved(mut self) -> Self {
        let mut resolved: Vec<f64> = self.octaves.iter().map(|octave| octave.seconds.ln()).collect();
        for _ in 0..ROUNDS {
            for (octave, time) in self.octaves.iter().zip(&mut resolved) {
                let Some(found) = octave.t30_of_parts(self.falls(octave)) else { continue };
                let nearest = octave.seconds.ln();
                *time = (*time + (octave.seconds / found).ln()).clamp(nearest - FARTHEST.ln(), nearest + FARTHEST.ln());
            }
            let points = self.octaves.iter().zip(resolved.iter().copied());
            self.times = curve(points).expect("there is one at least");
        }
        self
    }

    /// True if noise is reached, in any octave, at a time at which all channels together have not come to theirs.
    pub(super) fn differs_from(&self, of_all: &Self) -> bool {
        let differs = |all: &Octave| {
            let own = self.octaves.iter().find(|octave| octave.centre == all.centre);
            let (Some(all_late), Some(late)) = (&all.late, own.and_then(|own| own.late.as_ref())) else { return false };
            let decibels = (late.knee - all_late.knee).abs() * 60.0 / (all.seconds_at_end() * self.rate);
            all_late.end == End::Noise && decibels > SAME
        };
        of_all.octaves.iter().any(differs)
    }

    /// Reverberation time in seconds at a frequency in Hz.
    pub(super) fn seconds(&self, frequency: f64) -> f64 {
        self.times.at(frequency.ln()).exp()
    }

    /// The octave nearest to a frequency in Hz.
    pub(super) fn nearest(&self, frequency: f64) -> &Octave {
        let distance = |octave: &&Octave| (octave.centre / frequency).ln().abs();
        let nearest = self.octaves.iter().min_by(|one, other| distance(one).total_cmp(&distance(other)));
        nearest.expect("there is one at least")
    }

    /// Where the recording is left; `None` where no octave can be continued.
    pub(super) fn places(&self, purpose: Purpose) -> Option<Places> {
        let changes = || self.octaves.iter().filter_map(|octave| Some((octave, octave.left(purpose)?)));
        let starts = curve(changes().map(|(octave, change)| (octave, change.start)))?;
        let ends = curve(changes().map(|(octave, change)| (octave, change.end)))?;
        let ratio =
            |octave: &Octave| octave.late.as_ref().filter(|_| purpose == Purpose::Clean).map_or(1.0, |late| late.ratio);
        let ratios = curve(changes().map(|(octave, _)| (octave, ratio(octave).ln())))?;
        Some(Places { starts, ends, ratios })
    }

    /// Natural logarithm of the gain from sample to sample, over frequency in Hz: that of the formula, but for what an
    /// octave deviates from an exponential. A decay that is lengthened shows later parts of it than before, and an
    /// error of 2 % of T would be 6 % of four times T.
    pub(super) fn gain(&self, target: Target) -> impl Fn(f64) -> f64 + use<'_> {
        let rate = self.rate;
        let fall = move |seconds: f64| 3.0 * LN_10 / (seconds * rate);
        let gain_of = move |times: &Curve, frequency: f64| {
            fall(times.at(frequency.ln()).exp()) * (1.0 - 1.0 / target.at(frequency))
        };
        // Natural logarithms of the times that bring each octave there.
        let mut effective: Vec<f64> = self.octaves.iter().map(|octave| self.seconds(octave.centre).ln()).collect();
        let wanted: Vec<Option<(f64, f64)>> = self
            .octaves
            .iter()
            .map(|octave| {
                let ratio = target.of_octave(octave.centre).filter(|ratio| (ratio - 1.0).abs() > 1e-3)?;
                let before = octave.t30(self.falls(octave), [0.0; PARTS], 1.0)?;
                Some((ratio, ratio * before))
            })
            .collect();
        let mut times = self.times.clone();
        for _ in 0..ROUNDS {
            for (index, octave) in self.octaves.iter().enumerate() {
                let Some((ratio, wanted)) = wanted[index] else { continue };
                let gains = octave.parts.map(|(frequency, _)| gain_of(&times, frequency));
                let Some(found) = octave.t30(self.falls(octave), gains, ratio) else { continue };
                let gain = gain_of(&times, octave.centre) + fall(found) - fall(wanted);
                let seconds = fall(1.0) * (1.0 - 1.0 / ratio) / gain;
                if (1.0 / FARTHEST..FARTHEST).contains(&(seconds / octave.seconds)) {
                    effective[index] = seconds.ln();
                }
            }
            times = curve(self.octaves.iter().zip(effective.iter().copied())).expect("there is one at least");
        }
        move |frequency| gain_of(&times, frequency).min(self.nearest(frequency).steepest())
    }

    /// Of an octave's parts, by how many natural logarithms the amplitude falls from sample to sample.
    fn falls(&self, octave: &Octave) -> [f64; PARTS] {
        octave.parts.map(|(frequency, _)| 3.0 * LN_10 / (self.seconds(frequency) * self.rate))
    }
}

/// The octaves whose decay is seen, and between them those in which it is not, which go on as the nearest one does, but
/// no longer than the air lets them.
fn with_unseen(seen: Vec<Octave>, unseen: Vec<([(f64, f64); PARTS], Ending)>) -> Vec<Octave> {
    let distance = |octave: &Octave, centre: f64| (octave.centre / centre).ln().abs();
    let assumed = unseen.into_iter().filter_map(|(parts, ending)| {
        let nearest =
            |one: &&Octave, other: &&Octave| distance(one, ending.centre).total_cmp(&distance(other, ending.centre));
        let known = if ending.seconds > 0.0 { ending.seconds } else { seen.iter().min_by(nearest)?.seconds_at_end() };
        let seconds = known.min(AIR * (AIR_AT / ending.centre).powf(AIR_FALLS));
        Some(Octave::unseen(parts, &Ending { seconds, ..ending }))
    });
    let assumed: Vec<Octave> = assumed.collect();
    let mut all = [seen, assumed].concat();
    all.sort_by(|one, other| one.centre.total_cmp(&other.centre));
    all
}

fn curve<'a>(values: impl Iterator<Item = (&'a Octave, f64)>) -> Option<Curve> {
    let points: Vec<(f64, f64)> = values.map(|(octave, value)| (octave.centre.ln(), value)).collect();
    (!points.is_empty()).then(|| Curve::through(&points))
}

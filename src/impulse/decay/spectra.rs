//! An impulse in frames, with what has been found out about it once: whichever ratios are asked for, it is the same.

use super::frames::{Desk, Frames};
use super::late::End;
use super::octave::Octave;
use super::outcome;
use super::profile::Profile;
use super::purpose::Purpose;
use super::tail::Tail;
use super::target::Target;
use super::weights::Weights;
use super::{BandRatios, Cleaning, OctaveTail, Scaled, TailOfOctave};
use crate::cancel::{Cancelled, Token};
use crate::impulse::acoustics::{onset, peak, why};
use crate::impulse::gain::rise;
use crate::impulse::{Impulse, MAX_SECONDS};
use realfft::num_complex::Complex32;
use std::ops::Range;

/// A tail ends where it is weaker than the largest sample by so many dB.
const END: f64 = 105.0;
/// The direct sound lasts so long in seconds, and is left as it is; within as much again the change comes in.
const DIRECT: f64 = 0.002_5;
/// Samples between two checks of the token: a few milliseconds' work.
const PIECE: usize = 1 << 14;

/// The frames of one impulse, with what has been measured of it. It holds four times as much as the impulse, or
/// eight times as much as one of one channel.
///
/// It is the same whether it was asked before or not. Nothing is kept of what was cancelled halfway.
pub(in crate::impulse) struct Spectra {
    frames: Frames,
    /// Indices of the channels that are not silent. A silent one would get roundings of the other one of its pair.
    sounding: Vec<usize>,
    /// Per pair of these, the spectra of what follows the direct sound.
    spectra: Vec<Vec<Complex32>>,
    /// `None` where no frequency has a reverberation time.
    profile: Option<Profile>,
    /// `None` where nothing can be continued.
    tail: Option<Tail>,
    onset: usize,
    peak: f32,
    purpose: Purpose,
}

impl Spectra {
    /// Measures an impulse and cuts it into frames, if its decay can be scaled.
    pub(in crate::impulse) fn new(impulse: &Impulse, purpose: Purpose, cancel: &Token) -> Result<Self, Cancelled> {
        let sounds = |index: &usize| impulse.channels()[*index].iter().any(|sample| *sample != 0.0);
        let sounding = (0..impulse.channels().len()).filter(sounds).collect();
        let measured = Self::measured(impulse, purpose, sounding, cancel)?;
        if measured.profile.is_none() { Ok(measured) } else { measured.cut(impulse, &|_| f64::MAX, cancel) }
    }

    /// Measures an impulse and cuts all its channels into frames, silent ones too, in pairs from the first one on.
    pub(in crate::impulse) fn of_all_channels(impulse: &Impulse, cancel: &Token) -> Result<Self, Cancelled> {
        Self::measured(impulse, Purpose::Scale, (0..impulse.channels().len()).collect(), cancel)?.cut(
            impulse,
            &|_| f64::MAX,
            cancel,
        )
    }

    fn measured(impulse: &Impulse, purpose: Purpose, sounding: Vec<usize>, cancel: &Token) -> Result<Self, Cancelled> {
        let frames = Frames::new(f64::from(impulse.sample_rate()));
        let (onset, peak) = (onset(impulse, cancel)?, peak(impulse, cancel)?);
        let profile = if peak > 0.0 { Profile::new(impulse, onset, purpose, None, cancel)? } else { None };
        Ok(Self { frames, sounding, spectra: Vec::new(), profile, tail: None, onset, peak, purpose })
    }

    fn cut(mut self, impulse: &Impulse, latest: &dyn Fn(f64) -> f64, cancel: &Token) -> Result<Self, Cancelled> {
        let rate = f64::from(impulse.sample_rate());
        for pair in self.sounding.chunks(2) {
            let heard = pair.iter().map(|channel| impulse.channels()[*channel][self.onset..].to_vec());
            let mut heard: Vec<Vec<f32>> = heard.collect();
            heard.iter_mut().for_each(|heard| fade_in(heard, rate));
            self.spectra.push(self.frames.spectra(&heard, cancel)?);
        }
        let (frames, spectra, how) = (&self.frames, &self.spectra, (rate, self.purpose));
        self.tail = self.profile.as_ref().and_then(|profile| Tail::new(frames, spectra, profile, how, latest));
        Ok(self)
    }

    /// Of each channel alone that is not silent, where one comes to its noise at another time than all together: for
    /// its own place and level, and for the times that all have together. `None` where none does.
    pub(super) fn of_each(&self, impulse: &Impulse, cancel: &Token) -> Result<Option<Vec<(usize, Self)>>, Cancelled> {
        let Some(of_all) = self.profile.as_ref().filter(|_| self.sounding.len() > 1) else { return Ok(None) };
        let profile =
            |index: &usize| Profile::new(&alone(impulse, *index), self.onset, self.purpose, Some(of_all), cancel);
        let profiles = self.sounding.iter().map(profile).collect::<Result<Vec<_>, _>>()?;
        if !profiles.iter().flatten().any(|profile| profile.differs_from(of_all)) {
            return Ok(None);
        }
        let places: Vec<_> = profiles.iter().flatten().filter_map(|profile| profile.places(self.purpose)).collect();
        let earliest = |hertz: f64| places.iter().map(|places| places.at(hertz).1).fold(f64::MAX, f64::min);
        let each = self.sounding.iter().zip(profiles).map(|(index, profile)| {
            let frames = Frames::new(f64::from(impulse.sample_rate()));
            let Self { onset, peak, purpose, .. } = *self;
            let uncut =
                Self { frames, sounding: vec![0], spectra: Vec::new(), profile, tail: None, onset, peak, purpose };
            Ok((*index, uncut.cut(&alone(impulse, *index), &earliest, cancel)?))
        });
        each.collect::<Result<Vec<_>, _>>().map(Some)
    }

    /// How the frames are cut and joined.
    pub(in crate::impulse) fn frames(&self) -> &Frames {
        &self.frames
    }

    /// The first sample of the direct sound.
    pub(in crate::impulse) fn onset(&self) -> usize {
        self.onset
    }

    /// A frame of what follows the direct sound of a pair of channels; nothing where it has ended.
    pub(in crate::impulse) fn frame(&self, pair: usize, frame: usize) -> &[Complex32] {
        let length = self.frames.length();
        self.spectra[pair].get(frame * length..(frame + 1) * length).unwrap_or_default()
    }

    /// How a frequency in Hz goes on where its recording is left; `None` where it cannot. What falls by 60 dB within a
    /// frame cannot: at its end a frame has nothing but what came before.
    pub(in crate::impulse) fn ending(&self, frequency: f64, rate: f64) -> Option<Ending> {
        let bin = (frequency * self.frames.length() as f64 / rate).round() as usize;
        let tail = self.tail.as_ref()?;
        let bin = bin.min(tail.changes.len() - 1);
        let (change, fall) = (tail.changes[bin], tail.falls[bin]);
        let is_slow = fall * self.frames.length() as f64 <= 3.0 * std::f64::consts::LN_10;
        change.filter(|_| is_slow).map(|(start, end)| Ending { change: start..end, fall })
    }

    /// Leaves the recording where it comes to its noise, or to its end, and goes on from there as it dies away, for so
    /// many frames altogether: at the frequencies in Hz for which it is asked for. It is to be measured and scaled
    /// before.
    pub(in crate::impulse) fn go_on(
        &mut self,
        rate: f64,
        count: usize,
        is_asked: impl Fn(f64) -> bool,
        cancel: &Token,
    ) -> Result<(), Cancelled> {
        let length = self.frames.length();
        let mut weights =
            Weights::new(&self.frames, self.tail.as_ref(), rate, &|_| 0.0, |hertz| (1.0, is_asked(hertz)));
        let mut changed = vec![Vec::with_capacity(count * length); self.spectra.len()];
        let mut desk = self.frames.desk();
        for frame in 0..count {
            weights.next(frame);
            for (pair, changed) in changed.iter_mut().enumerate() {
                cancel.check()?;
                self.change(pair, frame, &weights, &mut desk);
                let recorded = self.frame(pair, frame);
                desk.bins.iter_mut().zip(recorded).for_each(|(bin, recorded)| *bin += recorded);
                changed.extend_from_slice(&desk.bins);
            }
        }
        self.spectra = changed;
        Ok(())
    }

    /// What cleaning does to the impulse that was measured.
    pub(super) fn cleaning(&self, impulse: &Impulse) -> Cleaning {
        let Some(profile) = &self.profile else { return Cleaning::NotMeasurable(why(impulse)) };
        let rate = f64::from(impulse.sample_rate());
        let tail = |octave: &Octave| match &octave.late {
            Some(late) if late.end == End::Recording => TailOfOctave::NoNoise,
            Some(late) if late.end == End::Noise => TailOfOctave::Cleaned {
                knee: (self.onset as f64 + late.knee) / rate,
                noise: -late.range,
                seconds: profile.seconds(octave.centre) * late.ratio,
            },
            late => {
                TailOfOctave::Assumed { knee: (self.onset as f64 + late.as_ref().map_or(0.0, |late| late.knee)) / rate }
            }
        };
        let octaves = profile.octaves.iter().map(|octave| OctaveTail { hz: octave.centre, tail: tail(octave) });
        let octaves: Vec<OctaveTail> = octaves.collect();
        let is_any = |wanted: fn(&TailOfOctave) -> bool| octaves.iter().any(|octave| wanted(&octave.tail));
        if is_any(|tail| matches!(tail, TailOfOctave::Cleaned { .. })) {
            Cleaning::Cleaned(octaves)
        } else if is_any(|tail| *tail == TailOfOctave::NoNoise) {
            Cleaning::NoNoise
        } else {
            Cleaning::NotMeasurable(why(impulse))
        }
    }

    /// Numbers of 4 bytes that it holds.
    pub(in crate::impulse) fn samples(&self) -> usize {
        2 * self.spectra.iter().map(Vec::len).sum::<usize>()
    }

    /// Scales the decays of the impulse that was measured.
    pub(in crate::impulse) fn scale(
        &self,
        mut impulse: Impulse,
        wanted: BandRatios,
        cancel: &Token,
    ) -> Result<Scaled, Cancelled> {
        let bands = outcome::told(self.profile.as_ref(), wanted);
        let is_moved = self.purpose == Purpose::Clean || wanted.products() != [1.0; 3];
        let Some(profile) = self.profile.as_ref().filter(|_| is_moved) else {
            return Ok(Scaled { impulse, bands, cut: false });
        };
        impulse.drop_trailing_zeros();
        let (rate, recorded) = (f64::from(impulse.sample_rate()), impulse.len());
        let target = Target::new(wanted);
        let gain = profile.gain(target);
        let mut weights = Weights::new(&self.frames, self.tail.as_ref(), rate, &gain, |frequency| {
            let ratio = target.at(frequency);
            (ratio, self.purpose == Purpose::Clean || ratio > 1.0)
        });
        let quietest = f64::from(self.peak) * 10_f64.powf(-END / 20.0);
        let ends = profile.octaves.iter().map(|octave| {
            let end = match &octave.late {
                Some(late) if self.purpose == Purpose::Clean => late.reaches(quietest * quietest),
                _ if target.at(octave.centre) > 1.0 => octave.reaches(gain(octave.centre), quietest * quietest),
                _ => 0.0,
            };
            end.ceil() as usize
        });
        let most = (MAX_SECONDS as usize * rate as usize).max(recorded);
        let longest = ends.map(|end| self.onset.saturating_add(end)).fold(recorded, usize::max);
        let (length, cut) = (longest.min(most), longest > most);
        let mut changes = vec![vec![0.0; length - self.onset]; self.sounding.len()];
        let mut desk = self.frames.desk();
        for frame in 0..self.frames.count(length - self.onset) {
            weights.next(frame);
            for (pair, changes) in changes.chunks_mut(2).enumerate() {
                cancel.check()?;
                self.change(pair, frame, &weights, &mut desk);
                self.frames.join(&mut desk, frame, changes);
            }
        }
        impulse.channels.iter_mut().for_each(|channel| channel.resize(length, 0.0));
        for (channel, mut change) in self.sounding.iter().zip(changes) {
            cancel.check()?;
            fade_in(&mut change, rate);
            let channel = &mut impulse.channels[*channel];
            for (sample, change) in channel[self.onset..].iter_mut().zip(change) {
                *sample = (*sample + change).clamp(f32::MIN, f32::MAX);
            }
        }
        drop_quiet_end(&mut impulse, quietest, cancel)?;
        Ok(Scaled { impulse, bands, cut })
    }

    /// Writes to the desk by what a frame of a pair of channels differs from the recorded one.
    fn change(&self, pair: usize, frame: usize, weights: &Weights, desk: &mut Desk) {
        desk.bins.fill(Complex32::default());
        let length = self.frames.length();
        if let Some(recorded) = self.spectra[pair].get(frame * length..(frame + 1) * length) {
            weights.add_recorded(recorded, &mut desk.bins);
        }
        if let Some(tail) = self.tail.as_ref().filter(|_| weights.continues) {
            weights.add_continued(tail.frame(pair, weights.source), &mut desk.bins);
        }
    }
}

/// One channel of several.
pub(super) fn alone(impulse: &Impulse, index: usize) -> Impulse {
    Impulse { channels: vec![impulse.channels()[index].clone()], ..*impulse }
}

/// How a decay goes on where its recording is left. Times are in samples after the direct sound.
pub(in crate::impulse) struct Ending {
    /// Where the recording gives way to what continues it.
    pub(in crate::impulse) change: Range<f64>,
    /// Natural logarithm by which the amplitude falls from sample to sample; positive.
    pub(in crate::impulse) fall: f64,
}

/// The direct sound alone of what begins with it.
pub(in crate::impulse) fn direct(samples: &[f32], rate: f64) -> Vec<f32> {
    let length = (2.0 * DIRECT * rate) as usize + 1;
    let alone = |(n, sample): (usize, &f32)| *sample * rise(2.0 - n as f64 / (DIRECT * rate)) as f32;
    samples.iter().take(length).enumerate().map(alone).collect()
}

/// Takes the direct sound away from what begins with it.
fn fade_in(samples: &mut [f32], rate: f64) {
    let direct = DIRECT * rate;
    for (n, sample) in samples.iter_mut().take((2.0 * direct) as usize + 1).enumerate() {
        *sample *= rise((n as f64 - direct) / direct) as f32;
    }
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

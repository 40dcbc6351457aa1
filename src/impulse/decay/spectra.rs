//! An impulse in frames, with what has been found out about it once: whichever ratios are asked for, it is the same.

use super::frames::{Desk, Frames};
use super::profile::Profile;
use super::tail::Tail;
use super::target::Target;
use super::weights::Weights;
use super::{BandDecay, BandRatios, Scaled};
use crate::cancel::{Cancelled, Token};
use crate::impulse::acoustics::{onset, peak};
use crate::impulse::gain::rise;
use crate::impulse::{Impulse, MAX_SECONDS};
use realfft::num_complex::Complex32;

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
    /// Which channels are not silent. What is silent would not be beside another one, by a rounding.
    sounding: Vec<usize>,
    /// Per pair of these, the spectra of what follows the direct sound.
    spectra: Vec<Vec<Complex32>>,
    /// `None` where no frequency has a reverberation time.
    profile: Option<Profile>,
    /// `None` where nothing can be continued.
    tail: Option<Tail>,
    onset: usize,
    peak: f32,
}

impl Spectra {
    /// Measures an impulse and cuts it into frames.
    pub(in crate::impulse) fn new(impulse: &Impulse, cancel: &Token) -> Result<Self, Cancelled> {
        let rate = f64::from(impulse.sample_rate());
        let (onset, peak, frames) = (onset(impulse, cancel)?, peak(impulse, cancel)?, Frames::new(rate));
        let sounds = |index: &usize| impulse.channels()[*index].iter().any(|sample| *sample != 0.0);
        let sounding = (0..impulse.channels().len()).filter(sounds).collect();
        let mut all = Self { frames, sounding, spectra: Vec::new(), profile: None, tail: None, onset, peak };
        all.profile = if peak > 0.0 { Profile::new(impulse, onset, cancel)? } else { None };
        let Some(profile) = &all.profile else { return Ok(all) };
        for pair in all.sounding.chunks(2) {
            let heard = pair.iter().map(|channel| impulse.channels()[*channel][onset..].to_vec());
            let mut heard: Vec<Vec<f32>> = heard.collect();
            heard.iter_mut().for_each(|heard| fade_in(heard, rate));
            all.spectra.push(all.frames.spectra(&heard, cancel)?);
        }
        all.tail = Tail::new(&all.frames, &all.spectra, profile, rate);
        Ok(all)
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
        let bands = self.told(wanted);
        let is_moved = wanted.products() != [1.0; 3];
        let Some(profile) = self.profile.as_ref().filter(|_| is_moved) else {
            return Ok(Scaled { impulse, bands, cut: false });
        };
        impulse.drop_trailing_zeros();
        let (rate, recorded) = (f64::from(impulse.sample_rate()), impulse.len());
        let target = Target::new(wanted);
        let gain = profile.gain(target);
        let mut weights = Weights::new(&self.frames, self.tail.as_ref(), rate, &gain, |frequency| {
            let ratio = target.at(frequency);
            (ratio, ratio > 1.0)
        });
        let quietest = f64::from(self.peak) * 10_f64.powf(-END / 20.0);
        let lengthened = profile.octaves.iter().filter(|octave| target.at(octave.centre) > 1.0);
        let ends = lengthened.map(|octave| octave.reaches(gain(octave.centre), quietest * quietest).ceil() as usize);
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

    /// What becomes of low, middle and high.
    fn told(&self, wanted: BandRatios) -> [BandDecay; 3] {
        let [low, high] = [wanted.low_crossover, wanted.high_crossover].map(f64::from);
        let middles = [low / 2.0, (low * high).sqrt(), high * 2.0];
        let ratios = wanted.products();
        std::array::from_fn(|band| match &self.profile {
            _ if ratios[band] == 1.0 => BandDecay::Unchanged,
            None => BandDecay::NotMeasurable,
            Some(profile) => {
                let nearest = profile.nearest(middles[band]);
                let from = profile.seconds(middles[band]);
                let to = ratios[band] * from;
                if nearest.change.is_none() && ratios[band] > 1.0 {
                    BandDecay::NotMeasurable
                } else if nearest.is_measured {
                    BandDecay::Scaled { from, to }
                } else {
                    BandDecay::Assumed { from, to }
                }
            }
        })
    }
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

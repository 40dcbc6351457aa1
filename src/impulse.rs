//! Impulse responses in the time domain: read, resampled, shaped, laid out and levelled for the engine.
//!
//! ```text
//! recipe ──> decode (a file) or a space ──> resample ──> shape ──> layout::routes ──> gain ──> engine's kernel
//!                                                                        │              ^
//!                                                                        └──> level ────┘
//! ```
//!
//! Everything here belongs to the worker or to a program's own thread: it allocates freely, and none of it may be
//! called in the audio callback. Files are read by [`audio`](crate::audio), through [`decode`] alone.

pub mod acoustics;
pub mod buildup;
pub mod combine;
pub mod decay;
pub mod decode;
pub mod findings;
mod gain;
pub mod layout;
pub mod level;
pub mod meter;
pub mod morph;
pub mod offset;
pub(crate) mod random;
pub mod recipe;
pub mod relation;
pub mod resample;
pub mod shape;
pub mod symmetry;
pub(crate) mod transform;
pub mod units;
mod weighting;

use crate::cancel::{Cancelled, Token};
use crate::channels::{ImpulseForm, Marking};

/// Longest impulse in seconds, trimmed.
pub const MAX_SECONDS: u32 = 60;

/// Longest file in seconds of which trimming may leave an impulse.
pub const MAX_FILE_SECONDS: u32 = 600;

/// Largest magnitude of a sample that is read from a file: the most that the engine takes for sound.
pub const MAX_SAMPLE: f32 = 1e15;

pub use crate::audio::MAX_SAMPLE_RATE;

/// An impulse response: planar samples, a sample rate, and by its number of channels a
/// [form](crate::channels::ImpulseForm).
///
/// It has at least one channel and one sample, all channels are of one length, and every sample is finite.
#[derive(Debug, Clone, PartialEq)]
pub struct Impulse {
    channels: Vec<Vec<f32>>,
    sample_rate: u32,
    /// What is known of the channels besides their number.
    marking: Marking,
}

/// Why samples are no impulse response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImpulseError {
    /// There is no channel.
    #[error("there is no channel")]
    NoChannels,
    /// There is no sample.
    #[error("there is no sample")]
    Empty,
    /// The channels differ in length.
    #[error("channel {channel} has {found} samples where the first has {expected}")]
    Ragged {
        /// Counted from 1.
        channel: usize,
        /// Samples of the first channel.
        expected: usize,
        /// Samples of this channel.
        found: usize,
    },
    /// The sample rate is 0 or above [`MAX_SAMPLE_RATE`].
    #[error("{0} Hz is no sample rate")]
    SampleRate(u32),
    /// A sample is NaN or infinite.
    #[error("sample {frame} of channel {channel} is not a finite number")]
    NotFinite {
        /// Counted from 1.
        channel: usize,
        /// Counted from 0.
        frame: usize,
    },
}

impl Impulse {
    /// An impulse from planar samples, one vector per channel, and a sample rate in Hz.
    ///
    /// # Errors
    /// No channel, no sample, channels of different lengths, no plausible sample rate, samples that are not finite.
    pub fn new(channels: Vec<Vec<f32>>, sample_rate: u32) -> Result<Self, ImpulseError> {
        let expected = channels.first().ok_or(ImpulseError::NoChannels)?.len();
        if expected == 0 {
            return Err(ImpulseError::Empty);
        }
        if sample_rate == 0 || sample_rate > MAX_SAMPLE_RATE {
            return Err(ImpulseError::SampleRate(sample_rate));
        }
        for (index, samples) in channels.iter().enumerate() {
            let channel = index + 1;
            if samples.len() != expected {
                return Err(ImpulseError::Ragged { channel, expected, found: samples.len() });
            }
            if let Some(frame) = samples.iter().position(|sample| !sample.is_finite()) {
                return Err(ImpulseError::NotFinite { channel, frame });
            }
        }
        Ok(Self { channels, sample_rate, marking: Marking::Unmarked })
    }

    /// The same impulse, with what is known of its channels besides their number.
    #[must_use]
    pub fn marked(self, marking: Marking) -> Self {
        Self { marking, ..self }
    }

    /// What is known of the channels besides their number.
    #[must_use]
    pub fn marking(&self) -> Marking {
        self.marking
    }

    /// The form, by the number of channels and what is known of them; `None` if no layout takes so many.
    #[must_use]
    pub fn form(&self) -> Option<ImpulseForm> {
        ImpulseForm::of_marked(self.channels.len(), self.marking)
    }

    /// One vector of samples per channel, all of the same length.
    #[must_use]
    pub fn channels(&self) -> &[Vec<f32>] {
        &self.channels
    }

    /// The samples alone, planar.
    #[must_use]
    pub fn into_channels(self) -> Vec<Vec<f32>> {
        self.channels
    }

    /// In Hz.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Length in samples of each channel; at least 1.
    #[must_use]
    pub fn len(&self) -> usize {
        self.channels[0].len()
    }

    /// Never: an impulse has at least one sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Length in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.len() as f64 / f64::from(self.sample_rate)
    }

    /// Largest absolute sample of all channels.
    #[must_use]
    pub fn peak(&self) -> f32 {
        self.channels.iter().flatten().fold(0.0, |peak, sample| peak.max(sample.abs()))
    }

    /// True if nothing says in what order the four paths of true stereo come, if that is what the channels are.
    #[must_use]
    pub fn has_open_order(&self) -> bool {
        self.channels.len() == 4 && self.marking == Marking::Unmarked
    }

    /// This impulse, read as true stereo in the order LL RL LR RR, ear by ear: brought to the usual order, and marked.
    /// One that is known to be something else stays as it is.
    #[must_use]
    pub fn read_by_ear(mut self) -> Self {
        if !self.has_open_order() {
            return self;
        }
        self.channels.swap(1, 2);
        self.marked(Marking::TrueStereo)
    }

    /// Turns the polarity over: the sign of every sample is the other one.
    pub(crate) fn invert(&mut self, cancel: &Token) -> Result<(), Cancelled> {
        for channel in &mut self.channels {
            cancel.check()?;
            channel.iter_mut().for_each(|sample| *sample = -*sample);
        }
        Ok(())
    }

    /// Drops the samples at the end that are exactly zero in every channel, and gives their number. A quiet tail stays,
    /// and so does silence at the beginning. Of an impulse that is all zeros, one sample is left.
    pub fn drop_trailing_zeros(&mut self) -> usize {
        let sounding =
            |channel: &Vec<f32>| channel.iter().rposition(|sample| *sample != 0.0).map_or(0, |last| last + 1);
        let length = self.channels.iter().map(sounding).max().unwrap_or(0).max(1);
        let dropped = self.len() - length;
        for channel in &mut self.channels {
            channel.truncate(length);
        }
        dropped
    }

    /// Puts as many zeros at the end of every channel.
    pub fn append_zeros(&mut self, count: usize) {
        let length = self.len() + count;
        self.channels.iter_mut().for_each(|channel| channel.resize(length, 0.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impulse_says_its_length_peak_and_time() {
        let impulse = Impulse::new(vec![vec![0.5, 0.0, 0.25], vec![0.0, -0.75, 0.0]], 3).expect("valid");
        assert_eq!((impulse.len(), impulse.is_empty(), impulse.peak()), (3, false, 0.75));
        assert_eq!((impulse.seconds(), impulse.sample_rate(), impulse.channels().len()), (1.0, 3, 2));
    }

    #[test]
    fn paths_that_come_ear_by_ear_change_places_where_nothing_says_what_they_are() {
        let impulse = |count: u8| {
            let channels = (0..count).map(|channel| vec![f32::from(channel)]).collect();
            Impulse::new(channels, 48_000).expect("valid")
        };
        let paths = impulse(4).read_by_ear();
        assert_eq!(paths.channels().concat(), [0.0, 2.0, 1.0, 3.0]);
        assert_eq!((paths.marking(), paths.clone().read_by_ear()), (Marking::TrueStereo, paths));
        for other in [impulse(2), impulse(6), impulse(4).marked(Marking::Ambisonic)] {
            assert_eq!(other.clone().read_by_ear(), other);
        }
    }

    #[test]
    fn what_is_no_impulse_is_refused_with_the_reason() {
        let refusal = |channels: Vec<Vec<f32>>, rate| Impulse::new(channels, rate).expect_err("refused");
        assert_eq!(refusal(vec![], 48_000), ImpulseError::NoChannels);
        assert_eq!(refusal(vec![vec![]], 48_000), ImpulseError::Empty);
        assert_eq!(refusal(vec![vec![1.0]], 0), ImpulseError::SampleRate(0));
        assert_eq!(refusal(vec![vec![1.0]], u32::MAX), ImpulseError::SampleRate(u32::MAX));
        let ragged = ImpulseError::Ragged { channel: 2, expected: 2, found: 1 };
        assert_eq!(refusal(vec![vec![1.0, 0.0], vec![1.0]], 48_000), ragged);
        let not_finite = ImpulseError::NotFinite { channel: 2, frame: 1 };
        assert_eq!(refusal(vec![vec![1.0, 0.0], vec![1.0, f32::NAN]], 48_000), not_finite);
    }
}

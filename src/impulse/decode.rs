//! Reads a file or bytes as an [`Impulse`], by the [`Reader`] that also reads the files which are played through one.

mod error;

use super::{Impulse, MAX_FILE_SECONDS, MAX_SAMPLE, MAX_SAMPLE_RATE, MAX_SECONDS};
use crate::audio::{Mark, Reader};
use crate::cancel::Token;
use crate::channels::{ImpulseForm, MOST_IMPULSE_CHANNELS, Marking, fuma};
pub use error::DecodeError;
use std::path::{Path, PathBuf};

/// Frames that are read between two checks of the token.
const PIECE: usize = 1 << 14;

/// What an audio file holds, of any length and channel count.
#[derive(Debug, Clone, PartialEq)]
pub struct Audio {
    /// One vector of samples per channel, at least one, all of the same length; full scale is ±1.
    pub channels: Vec<Vec<f32>>,
    /// In Hz; never 0.
    pub sample_rate: u32,
}

/// Reads an impulse from an audio file: one of the [forms](ImpulseForm), at most [`MAX_FILE_SECONDS`] long. How much
/// of it is used, trimmed, is at most [`MAX_SECONDS`]; shaping judges that.
///
/// # Errors
/// See [`DecodeError`]. `cancel` is checked every few milliseconds.
pub fn file(path: &Path, cancel: &Token) -> Result<Impulse, DecodeError> {
    impulse(path, Reader::open(path, cancel)?, 1, cancel)
}

/// Reads an impulse from the bytes of an audio file; `name` stands for it in errors.
///
/// # Errors
/// See [`DecodeError`]. `cancel` is checked every few milliseconds.
pub fn bytes(name: &Path, bytes: &[u8], cancel: &Token) -> Result<Impulse, DecodeError> {
    impulse(name, Reader::bytes(name, bytes, cancel)?, 1, cancel)
}

/// Reads any audio file whole: unlike an impulse it may have any length and channel count, and its samples need not be
/// finite. A [`Reader`] reads it piece by piece.
///
/// # Errors
/// See [`DecodeError`]. `cancel` is checked every few milliseconds.
pub fn audio(path: &Path, cancel: &Token) -> Result<Audio, DecodeError> {
    read(path, Reader::open(path, cancel)?, u64::MAX, cancel)
}

/// Reads two files, of the left and of the right source: two of 2 channels are true stereo, two of 1 channel stereo.
/// The shorter one is padded with zeros.
///
/// # Errors
/// See [`DecodeError`]. `cancel` is checked every few milliseconds.
pub fn pair(left: &Path, right: &Path, cancel: &Token) -> Result<Impulse, DecodeError> {
    let (first, second) = (file(left, cancel)?, file(right, cancel)?);
    if first.sample_rate() != second.sample_rate() {
        let (left_rate, right_rate) = (first.sample_rate(), second.sample_rate());
        return Err(DecodeError::PairRates { left: left.into(), right: right.into(), left_rate, right_rate });
    }
    let (left_channels, right_channels) = (first.channels().len(), second.channels().len());
    if ImpulseForm::of_pair(left_channels, right_channels).is_none() {
        return Err(DecodeError::PairChannels {
            left: left.into(),
            right: right.into(),
            left_channels,
            right_channels,
        });
    }
    let (sample_rate, length) = (first.sample_rate(), first.len().max(second.len()));
    let mut channels = first.into_channels();
    channels.extend(second.into_channels());
    for channel in &mut channels {
        channel.resize(length, 0.0);
    }
    Ok(made(left, Audio { channels, sample_rate })?.marked(Marking::TrueStereo))
}

/// Reads a set of files of one channel each, which come one behind the other. The shorter ones are padded with zeros.
/// All of them together may have as many samples as one file.
///
/// # Errors
/// See [`DecodeError`]; of files of different rates the first and the one that differs are named. `cancel` is checked
/// every few milliseconds.
pub fn set(files: &[PathBuf], cancel: &Token) -> Result<Impulse, DecodeError> {
    let Some((first, others)) = files.split_first() else {
        return Err(crate::audio::AudioError::NoChannels { path: PathBuf::new() }.into());
    };
    if files.len() > MOST_IMPULSE_CHANNELS {
        return Err(DecodeError::Channels { path: first.clone(), channels: files.len() });
    }
    let member = |path: &Path| {
        let reader = Reader::open(path, cancel)?;
        match reader.channels() {
            1 => impulse(path, reader, files.len(), cancel),
            channels => Err(DecodeError::SetChannels { path: path.to_owned(), channels }),
        }
    };
    let one = member(first)?;
    let sample_rate = one.sample_rate();
    let mut channels = one.into_channels();
    for path in others {
        let other = member(path)?;
        if other.sample_rate() != sample_rate {
            return Err(DecodeError::PairRates {
                left: first.clone(),
                right: path.clone(),
                left_rate: sample_rate,
                right_rate: other.sample_rate(),
            });
        }
        channels.extend(other.into_channels());
    }
    let length = channels.iter().map(Vec::len).max().unwrap_or(0);
    channels.iter_mut().for_each(|channel| channel.resize(length, 0.0));
    made(first, Audio { channels, sample_rate })
}

/// Samples of all channels that a file of an impulse may have: four channels of the most frames. Its spectra take twice
/// the memory.
pub const MOST_SAMPLES: u64 = 4 * MAX_SECONDS as u64 * MAX_SAMPLE_RATE as u64;

/// Bytes that a sample takes, and its spectrum.
const BYTES_PER_SAMPLE: u64 = 4 + 8;

/// The most frames that a file of an impulse may have: [`MAX_FILE_SECONDS`], and at high rates no more than
/// [`MAX_SECONDS`] at the highest rate, so that long files take no more memory than short ones can.
#[must_use]
pub fn most_frames(sample_rate: u32) -> u64 {
    let most = u64::from(MAX_SECONDS) * u64::from(MAX_SAMPLE_RATE);
    (u64::from(MAX_FILE_SECONDS) * u64::from(sample_rate)).min(most)
}

/// Reads one of so many files that are one impulse: its share of the samples that these may have.
fn impulse(path: &Path, reader: Reader, files: usize, cancel: &Token) -> Result<Impulse, DecodeError> {
    let channels = reader.channels();
    if channels > MOST_IMPULSE_CHANNELS {
        return Err(DecodeError::Channels { path: path.to_owned(), channels });
    }
    let mark = reader.mark();
    if mark == Mark::FuMa && fuma::to_ambix(channels).is_none() {
        return Err(DecodeError::MixedOrder { path: path.to_owned(), channels });
    }
    let rate = reader.sample_rate();
    let together = channels * files;
    let (of_file, of_memory) = (most_frames(rate), MOST_SAMPLES / together as u64);
    if let Some(frames) = reader.frames().filter(|frames| *frames > of_file.min(of_memory)) {
        let seconds = frames as f64 / f64::from(rate);
        let path = path.to_owned();
        return Err(match frames > of_memory {
            true => {
                let (bytes, most) = (BYTES_PER_SAMPLE * together as u64 * frames, of_memory as f64 / f64::from(rate));
                DecodeError::TooMuch { path, channels: together, seconds, bytes, most }
            }
            false => DecodeError::TooLong { path, seconds: Some(seconds) },
        });
    }
    let impulse = made(path, read(path, reader, of_file.min(of_memory), cancel)?)?;
    Ok(match mark {
        Mark::None => impulse,
        Mark::Speakers(mask) => impulse.marked(Marking::Speakers(mask)),
        Mark::AmbiX => impulse.marked(Marking::Ambisonic),
        Mark::FuMa => ambix(impulse, cancel)?,
    })
}

/// Sound in AmbiX, from channels in FuMa.
fn ambix(impulse: Impulse, cancel: &Token) -> Result<Impulse, DecodeError> {
    let Impulse { channels, sample_rate, .. } = impulse;
    let mut channels: Vec<_> = channels.into_iter().map(Some).collect();
    let mut ordered = Vec::with_capacity(channels.len());
    for (place, gain) in fuma::to_ambix(channels.len()).unwrap_or_default() {
        cancel.check()?;
        let mut samples = channels[*place].take().unwrap_or_default();
        samples.iter_mut().for_each(|sample| *sample *= gain);
        ordered.push(samples);
    }
    Ok(Impulse { channels: ordered, sample_rate, marking: Marking::FromFuma })
}

/// Reads up to the end. Memory grows with what is there, and not with what a header promises.
fn read(path: &Path, mut reader: Reader, most: u64, cancel: &Token) -> Result<Audio, DecodeError> {
    let mut channels = vec![Vec::new(); reader.channels()];
    let mut block = vec![vec![0.0; PIECE]; reader.channels()];
    while !reader.is_at_end() {
        let frames = reader.read(&mut block, cancel)?;
        for (channel, piece) in channels.iter_mut().zip(&block) {
            channel.extend_from_slice(&piece[..frames]);
        }
        if channels[0].len() as u64 > most {
            return Err(DecodeError::TooLong { path: path.to_owned(), seconds: None });
        }
    }
    channels.iter_mut().for_each(Vec::shrink_to_fit);
    Ok(Audio { channels, sample_rate: reader.sample_rate() })
}

/// Judges samples as an impulse. All but their values was judged while they were read.
fn made(path: &Path, audio: Audio) -> Result<Impulse, DecodeError> {
    use super::ImpulseError;
    use crate::audio::AudioError;
    let path = path.to_owned();
    for (index, samples) in audio.channels.iter().enumerate() {
        let is_large = |sample: &f32| sample.is_finite() && sample.abs() > MAX_SAMPLE;
        if let Some(frame) = samples.iter().position(is_large) {
            return Err(DecodeError::TooLarge { path, channel: index + 1, frame, sample: samples[frame] });
        }
    }
    Impulse::new(audio.channels, audio.sample_rate).map_err(|error| match error {
        ImpulseError::NotFinite { channel, frame } => DecodeError::NotFinite { path, channel, frame },
        ImpulseError::NoChannels => AudioError::NoChannels { path }.into(),
        ImpulseError::Empty => AudioError::Empty { path }.into(),
        ImpulseError::SampleRate(sample_rate) => AudioError::SampleRate { path, sample_rate }.into(),
        ImpulseError::Ragged { .. } => AudioError::NotAudio { path, reason: error.to_string() }.into(),
    })
}

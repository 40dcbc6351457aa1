//! The dry file, read block by block where that is possible.

use super::{RenderError, SAMPLE_RATES};
use crate::cancel::Token;
use crate::channels::ChannelLayout;
use crate::impulse::resample::ResampleError;
use crate::impulse::{decode, resample};
use hound::{SampleFormat, WavReader};
use std::fs::File;
use std::io::{BufReader, Seek};
use std::path::{Path, PathBuf};

/// Frames between two checks of the token while a file is read into memory.
const STRETCH: usize = 1 << 16;

/// A dry file.
#[derive(Debug)]
pub(super) struct Source {
    path: PathBuf,
    layout: ChannelLayout,
    sample_rate: u32,
    frames: u64,
    /// Samples that were read and are no finite numbers.
    not_finite: u64,
    from: From,
}

enum From {
    Stream(WavReader<BufReader<File>>),
    Memory { channels: Vec<Vec<f32>>, at: usize },
}

impl std::fmt::Debug for From {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Stream(_) => "Stream",
            Self::Memory { .. } => "Memory",
        })
    }
}

impl Source {
    /// Opens a file, resampled to `sample_rate` if that is given and another one.
    pub fn open(path: &Path, sample_rate: Option<u32>, cancel: &Token) -> Result<Self, RenderError> {
        let source = match stream(path) {
            Some(reader) => Self::streamed(path, reader)?,
            None => Self::decoded(path, cancel)?,
        };
        source.check(source.sample_rate)?;
        match sample_rate {
            Some(rate) if rate != source.sample_rate => {
                source.check(rate)?;
                source.resampled(rate, cancel)
            }
            _ => Ok(source),
        }
    }

    /// The layout in which the file is played.
    pub fn layout(&self) -> ChannelLayout {
        self.layout
    }

    /// Sample rate in Hz, after resampling.
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Length in samples per channel, after resampling.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Samples that were read so far and are no finite numbers; what plays them takes them for silence.
    pub fn not_finite(&self) -> u64 {
        self.not_finite
    }

    /// Fills the first channels of `block` with the next frames, as many as its vectors are long, and with silence
    /// after the end.
    pub fn read(&mut self, block: &mut [Vec<f32>]) -> Result<(), RenderError> {
        let wanted = block.first().map_or(0, Vec::len);
        let block = &mut block[..self.layout.inputs()];
        let got = match &mut self.from {
            From::Stream(reader) => {
                read_stream(reader, block).map_err(|reason| RenderError::Read { path: self.path.clone(), reason })?
            }
            From::Memory { channels, at } => {
                let got = wanted.min(channels[0].len() - *at);
                for (to, from) in block.iter_mut().zip(channels) {
                    to[..got].copy_from_slice(&from[*at..*at + got]);
                }
                *at += got;
                got
            }
        };
        for channel in block {
            self.not_finite += channel[..got].iter().filter(|sample| !sample.is_finite()).count() as u64;
            channel[got..].fill(0.0);
        }
        Ok(())
    }

    fn streamed(path: &Path, reader: WavReader<BufReader<File>>) -> Result<Self, RenderError> {
        Ok(Self {
            path: path.to_owned(),
            layout: layout(path, reader.spec().channels.into())?,
            sample_rate: reader.spec().sample_rate,
            frames: u64::from(reader.duration()),
            not_finite: 0,
            from: From::Stream(reader),
        })
    }

    fn decoded(path: &Path, cancel: &Token) -> Result<Self, RenderError> {
        let audio = decode::audio(path, cancel)?;
        Ok(Self {
            path: path.to_owned(),
            layout: layout(path, audio.channels.len())?,
            sample_rate: audio.sample_rate,
            frames: audio.channels[0].len() as u64,
            not_finite: 0,
            from: From::Memory { channels: audio.channels, at: 0 },
        })
    }

    fn check(&self, sample_rate: u32) -> Result<(), RenderError> {
        let path = || self.path.clone();
        if self.frames == 0 {
            return Err(RenderError::Silent(path()));
        }
        if !SAMPLE_RATES.contains(&sample_rate) {
            return Err(RenderError::SampleRate { path: path(), sample_rate });
        }
        Ok(())
    }

    /// Reads the rest into memory and brings it to another rate.
    fn resampled(mut self, rate: u32, cancel: &Token) -> Result<Self, RenderError> {
        let mut whole = vec![Vec::new(); self.layout.inputs()];
        let mut left = usize::try_from(self.frames).unwrap_or(usize::MAX);
        while left > 0 {
            cancel.check()?;
            let mut block = vec![vec![0.0; left.min(STRETCH)]; self.layout.inputs()];
            self.read(&mut block)?;
            left -= block[0].len();
            for (to, from) in whole.iter_mut().zip(block) {
                // The chain would silence such samples, but the resampler would have spread them first.
                to.extend(from.into_iter().map(|sample| if sample.is_finite() { sample } else { 0.0 }));
            }
        }
        let channels = resample::signal(&whole, self.sample_rate, rate, cancel).map_err(|error| match error {
            ResampleError::Cancelled(cancelled) => RenderError::Cancelled(cancelled),
            source => RenderError::Resample { path: self.path.clone(), source },
        })?;
        Ok(Self { frames: channels[0].len() as u64, sample_rate: rate, from: From::Memory { channels, at: 0 }, ..self })
    }
}

/// The layout in which a file of so many channels is played.
fn layout(path: &Path, channels: usize) -> Result<ChannelLayout, RenderError> {
    ChannelLayout::of_file(channels).ok_or_else(|| RenderError::Channels { path: path.to_owned(), channels })
}

/// A reader for a WAV file that can be streamed: one that hound understands and that is as long as its header says. All
/// others are left to the tolerant decoder, whose errors name the reason too.
fn stream(path: &Path) -> Option<WavReader<BufReader<File>>> {
    let probe = WavReader::open(path).ok()?;
    let announced = u64::from(probe.len()) * u64::from(probe.spec().bits_per_sample.div_ceil(8));
    let begin = probe.into_inner().stream_position().ok()?;
    let there = std::fs::metadata(path).ok()?.len().saturating_sub(begin);
    if announced == 0 || announced > there {
        return None;
    }
    WavReader::open(path).ok()
}

/// Reads as many frames as there are, at most as many as `block` holds, and says how many.
fn read_stream(reader: &mut WavReader<BufReader<File>>, block: &mut [Vec<f32>]) -> Result<usize, String> {
    let spec = reader.spec();
    match spec.sample_format {
        SampleFormat::Float => deinterleave(reader.samples::<f32>(), block, |sample| sample),
        SampleFormat::Int => {
            // A power of two: the product is exact wherever the sample itself is.
            let scale = 0.5_f32.powi(i32::from(spec.bits_per_sample) - 1);
            deinterleave(reader.samples::<i32>(), block, |sample| sample as f32 * scale)
        }
    }
}

fn deinterleave<S>(
    mut samples: impl Iterator<Item = hound::Result<S>>,
    block: &mut [Vec<f32>],
    convert: impl Fn(S) -> f32,
) -> Result<usize, String> {
    for frame in 0..block.first().map_or(0, Vec::len) {
        for channel in block.iter_mut() {
            match samples.next() {
                Some(sample) => channel[frame] = convert(sample.map_err(|error| error.to_string())?),
                None => return Ok(frame),
            }
        }
    }
    Ok(block.first().map_or(0, Vec::len))
}

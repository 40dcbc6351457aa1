//! The dry file at the rate at which it is rendered, block by block.

use super::{PIPE, RenderError, SAMPLE_RATES};
use crate::audio::{Chunk, Mark, Reader};
use crate::cancel::Token;
use crate::channels::{Bus, ChannelLayout, fuma};
use crate::impulse::MAX_SAMPLE;
use crate::impulse::findings::Finding;
use crate::impulse::resample::{ResampleError, Stream};
use std::path::{Path, PathBuf};

/// A dry file. It holds some blocks, however long the file is.
#[derive(Debug)]
pub(super) struct Source<'a> {
    path: PathBuf,
    layout: ChannelLayout,
    /// True if somebody asked for the layout, and not the file alone.
    is_asked: bool,
    sample_rate: u32,
    frames: Option<u64>,
    replaced: u64,
    reader: Reader<'a>,
    resampled: Option<Resampled>,
}

/// What changes the rate.
#[derive(Debug)]
struct Resampled {
    stream: Stream,
    /// Frames that are ready, from `at` on.
    ready: Vec<Vec<f32>>,
    at: usize,
    /// Frames of the file, on their way.
    piece: Vec<Vec<f32>>,
    is_over: bool,
}

impl Source<'static> {
    /// Opens a file, or standard input for `-`, resampled to `sample_rate` if that is given and another one.
    /// Its output is the signal asked for, or its own.
    pub fn open(path: &Path, sample_rate: Option<u32>, bus: Option<Bus>, cancel: &Token) -> Result<Self, RenderError> {
        if path == Path::new(PIPE) {
            let name = Path::new("standard input");
            return Self::new(name, Reader::pipe(name, std::io::stdin(), cancel)?, sample_rate, bus, cancel);
        }
        Self::new(path, Reader::open(path, cancel)?, sample_rate, bus, cancel)
    }
}

impl<'a> Source<'a> {
    /// Plays what a reader reads; `path` stands for it in errors.
    pub fn new(
        path: &Path,
        reader: Reader<'a>,
        sample_rate: Option<u32>,
        bus: Option<Bus>,
        cancel: &Token,
    ) -> Result<Self, RenderError> {
        let path = path.to_owned();
        let (channels, from) = (reader.channels(), reader.sample_rate());
        let layout = layout(&path, &reader, bus)?;
        let to = sample_rate.unwrap_or(from);
        if !SAMPLE_RATES.contains(&to) {
            return Err(RenderError::SampleRate { path, sample_rate: to });
        }
        let frames = reader.frames();
        let (is_asked, replaced, resampled) = (bus.is_some(), 0, None);
        let mut source = Self { path, layout, is_asked, sample_rate: to, frames, replaced, reader, resampled };
        if to != from {
            let stream = Stream::new(channels, from, to).map_err(|error| source.failed(error))?;
            source.frames = frames.map(|frames| stream.length(frames));
            let ready = vec![Vec::new(); channels];
            source.resampled = Some(Resampled { stream, piece: ready.clone(), ready, at: 0, is_over: false });
            source.refill(cancel)?;
        }
        Ok(source)
    }

    /// The layout in which the file is played.
    pub fn layout(&self) -> ChannelLayout {
        self.layout
    }

    /// True if the file is in FuMa, which is brought to AmbiX. One channel alone stays: it is a sound without
    /// directions, wherever it comes from.
    pub fn was_fuma(&self) -> bool {
        let is_whole = fuma::to_ambix(self.layout.inputs()).is_some();
        self.reader.mark() == Mark::FuMa && is_whole && self.layout.bus().is_some_and(Bus::is_ambisonic)
    }

    /// The speakers of the output, as the mask of a WAV file: those of the dry file as it says them, or those that were
    /// asked for. 0 if nobody has said any, or they are none.
    pub fn speakers(&self) -> u32 {
        let Some(bus) = self.layout.bus() else { return 0 };
        match self.reader.mark() {
            Mark::Speakers(mask) if self.layout.inputs() > 2 && Bus::of_speakers(mask) == Some(bus) => mask,
            _ if self.is_asked => bus.mask(),
            _ => 0,
        }
    }

    /// What the channels are taken as, where neither the file nor anybody else says what they are, and other files of
    /// as many channels are something else.
    pub fn taken_as(&self) -> Option<Finding> {
        let is_said = self.is_asked || self.reader.mark() != Mark::None;
        let bus = self.layout.bus().filter(|bus| !is_said && !matches!(bus, Bus::Discrete(_)))?;
        let order = match bus.is_ambisonic() {
            true => "AmbiX (ACN, SN3D)".to_owned(),
            false => (0..bus.channels()).map(|channel| bus.channel_name(channel)).collect::<Vec<_>>().join(" "),
        };
        Some(Finding::AssumedLayout { channels: bus.channels(), order })
    }

    /// Sample rate in Hz, after resampling.
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Sample rate in Hz of the file itself.
    pub fn file_rate(&self) -> u32 {
        self.reader.sample_rate()
    }

    /// Length in samples per channel, after resampling, where the file says it. [`Self::is_at_end`] alone is certain.
    pub fn frames(&self) -> Option<u64> {
        self.frames
    }

    /// Samples of the file so far that were NaN, infinite or too large, and are silence.
    pub fn replaced(&self) -> u64 {
        self.replaced
    }

    /// What goes along with the sound, in the order of the file.
    pub fn chunks(&self) -> &[Chunk] {
        self.reader.chunks()
    }

    /// Names of what else is in the file and does not go along.
    pub fn left_out(&self) -> &[String] {
        self.reader.left_out()
    }

    /// True once every frame was read.
    pub fn is_at_end(&self) -> bool {
        match &self.resampled {
            Some(resampled) => resampled.at >= resampled.ready[0].len(),
            None => self.reader.is_at_end(),
        }
    }

    /// Fills the first channels of `block` with the next frames, as many as its vectors are long, and with silence
    /// after the end. Tells how many frames were there.
    pub fn read(&mut self, block: &mut [Vec<f32>], cancel: &Token) -> Result<usize, RenderError> {
        let block = &mut block[..self.layout.inputs()];
        let got = if self.resampled.is_some() {
            self.read_resampled(block, cancel)?
        } else {
            let got = self.reader.read(block, cancel)?;
            self.replaced += silence_what_is_no_sound(block, got);
            got
        };
        for channel in block.iter_mut() {
            channel[got..].fill(0.0);
        }
        if self.was_fuma() {
            to_ambix(block);
        }
        Ok(got)
    }

    fn read_resampled(&mut self, block: &mut [Vec<f32>], cancel: &Token) -> Result<usize, RenderError> {
        let wanted = block.first().map_or(0, Vec::len);
        let mut given = 0;
        while given < wanted && !self.is_at_end() {
            if let Some(Resampled { ready, at, .. }) = &mut self.resampled {
                let count = (wanted - given).min(ready[0].len() - *at);
                for (to, from) in block.iter_mut().zip(ready) {
                    to[given..given + count].copy_from_slice(&from[*at..*at + count]);
                }
                given += count;
                *at += count;
            }
            if self.is_at_end() {
                self.refill(cancel)?;
            }
        }
        Ok(given)
    }

    /// Resamples until there are frames again, or the file is at its end.
    fn refill(&mut self, cancel: &Token) -> Result<(), RenderError> {
        let Some(mut resampled) = self.resampled.take() else { return Ok(()) };
        let result = self.refill_with(&mut resampled, cancel);
        self.resampled = Some(resampled);
        result
    }

    fn refill_with(&mut self, resampled: &mut Resampled, cancel: &Token) -> Result<(), RenderError> {
        let Resampled { stream, ready, at, piece, is_over } = resampled;
        ready.iter_mut().for_each(Vec::clear);
        *at = 0;
        while ready[0].is_empty() && !*is_over {
            cancel.check()?;
            if self.reader.is_at_end() {
                *is_over = !stream.finish(ready).map_err(|error| self.failed(error))?;
                continue;
            }
            piece.iter_mut().for_each(|channel| channel.resize(stream.wanted(), 0.0));
            let got = self.reader.read(piece, cancel)?;
            self.replaced += silence_what_is_no_sound(piece, got);
            stream.push(piece.iter().map(|channel| &channel[..got]), ready).map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    fn failed(&self, error: ResampleError) -> RenderError {
        match error {
            ResampleError::Cancelled(cancelled) => RenderError::Cancelled(cancelled),
            source => RenderError::Resample { path: self.path.clone(), source },
        }
    }
}

/// The layout in which a file is played to the signal asked for, or to its own: what the file says its channels are, or
/// what as many mostly are.
fn layout(path: &Path, reader: &Reader, bus: Option<Bus>) -> Result<ChannelLayout, RenderError> {
    let (path, channels) = (path.to_owned(), reader.channels());
    if let Some(bus) = bus {
        return ChannelLayout::to(channels, bus).ok_or(RenderError::Layout { path, channels, bus });
    }
    let said = match reader.mark() {
        Mark::None => None,
        Mark::Speakers(mask) => Bus::of_speakers(mask),
        // A single harmonic is the first, a sound as any other.
        Mark::FuMa | Mark::AmbiX if channels == 1 => None,
        Mark::FuMa | Mark::AmbiX => match Bus::of_ambisonics(channels) {
            Some(bus) => Some(bus),
            None => return Err(RenderError::MixedOrder { path, channels }),
        },
    };
    let layout = said.map(ChannelLayout::Through).or_else(|| ChannelLayout::of_file(channels));
    layout.ok_or(RenderError::Channels { path, channels })
}

/// Brings channels in FuMa into the order and the weights of AmbiX.
fn to_ambix(block: &mut [Vec<f32>]) {
    let Some(harmonics) = fuma::to_ambix(block.len()) else { return };
    let mut channels: Vec<Vec<f32>> = block.iter_mut().map(std::mem::take).collect();
    for (ordered, (place, gain)) in block.iter_mut().zip(harmonics) {
        *ordered = std::mem::take(&mut channels[*place]);
        ordered.iter_mut().for_each(|sample| *sample *= gain);
    }
}

/// Makes silence of the samples among the first frames that are no finite numbers or too large, as the chain would, and
/// counts them.
fn silence_what_is_no_sound(block: &mut [Vec<f32>], frames: usize) -> u64 {
    let samples = block.iter_mut().flat_map(|channel| &mut channel[..frames]);
    let mut count = 0;
    for sample in samples.filter(|sample| sample.is_nan() || sample.abs() > MAX_SAMPLE) {
        *sample = 0.0;
        count += 1;
    }
    count
}

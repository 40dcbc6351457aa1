//! Files that symphonia reads: every format but WAV and AIFF, and samples of these that are companded.

use super::AudioError;
use super::chunk::Chunks;
use super::continuity::Continuity;
use super::input::Input;
use super::kept::Kept;
use super::lost::Lost;
use super::mark::Mark;
use super::named::Named;
use super::opened::{Opened, Samples};
use crate::cancel::Token;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::{FORMAT_ID_ADTS, FORMAT_ID_CAF};
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, ReadBytes};
use symphonia::core::meta::MetadataOptions;

/// Packets without a sample that may follow one another. Encoders begin with one or two; damaged files are all of them.
const MOST_EMPTY: usize = 4096;

/// Knowledge of a file's length beside that of symphonia.
pub enum Promise {
    /// Nothing.
    None,
    /// So many frames.
    Frames(u64),
    /// Its packets follow each other.
    Continuity(Continuity),
}

/// Packets without a sample that fill a file up behind the sound that it promises, at most. Encoders of MP3 write two.
/// More are sound: of a file that was joined of several, symphonia gives the first.
const MOST_PADDING: usize = 8;

/// Opens a file at its beginning.
pub fn open<'a>(named: &Named, input: Input<'a>, cancel: &Token) -> Result<Opened<'a>, AudioError> {
    open_promised(named, input, Promise::None, cancel)
}

/// Opens a file that is to keep a promise.
pub fn open_promised<'a>(
    named: &Named,
    input: Input<'a>,
    promise: Promise,
    cancel: &Token,
) -> Result<Opened<'a>, AudioError> {
    cancel.check()?;
    let named = named.clone();
    // Its decoders assert what damaged files can break; that must not take a host down.
    let opened = catch_unwind(AssertUnwindSafe(|| Decoder::open(named.clone(), input, promise)));
    opened.unwrap_or_else(|_| Err(named.damaged("it breaks the rules of its format")))
}

struct Decoder<'a> {
    named: Named,
    /// Until the end is judged.
    reader: Option<Box<dyn FormatReader + 'a>>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    /// Channels and sample rate, once they are known.
    form: Option<(usize, u32)>,
    /// Length that the header promises.
    promised: Option<u64>,
    /// What has come, where packets are numbered.
    continuity: Option<Continuity>,
    /// True if the header may count whole packets where the last one is shorter, as those of CAF do.
    counts_packets: bool,
    /// Frames decoded so far.
    frames: u64,
    /// The first frames, decoded when the file was opened.
    first: Option<Vec<Vec<f32>>>,
}

impl<'a> Decoder<'a> {
    fn open(named: Named, input: Input<'a>, promise: Promise) -> Result<Opened<'a>, AudioError> {
        let stream = MediaSourceStream::new(Box::new(input.settle()), Default::default());
        let (options, metadata) = (FormatOptions::default(), MetadataOptions::default());
        let probe = symphonia::default::get_probe();
        let reader = probe.probe(&Hint::new(), stream, options, metadata).map_err(|error| refused(&named, error))?;
        let track = reader.default_track(TrackType::Audio).ok_or_else(|| named.not_audio("there is no audio in it"))?;
        let Some(CodecParameters::Audio(parameters)) = &track.codec_params else {
            return Err(named.not_audio("its audio is of an unknown kind"));
        };
        if let (Some(channels), Some(sample_rate)) = (&parameters.channels, parameters.sample_rate) {
            named.admit(channels.count(), sample_rate)?;
        }
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(|error| refused(&named, error))?;
        let (track, length, delay) = (track.id, track.num_frames, track.delay.map(u64::from));
        // Bare AAC does not say its length; symphonia guesses it from the first packets.
        let frames = length.filter(|_| reader.format_info().format != FORMAT_ID_ADTS);
        // Of CAF alone symphonia gives what the encoder put before the sound, and does not count it.
        let counts_packets = reader.format_info().format == FORMAT_ID_CAF;
        let skipped = delay.filter(|_| counts_packets).unwrap_or(0);
        let (promised, continuity) = match promise {
            Promise::Frames(frames) => (Some(frames), None),
            Promise::None => (frames.map(|frames| frames.saturating_add(skipped)), None),
            Promise::Continuity(continuity) => (frames, Some(continuity)),
        };
        let (form, first) = (None, None);
        let reader = Some(reader);
        let mut decoder =
            Self { named, reader, decoder, track, form, promised, continuity, counts_packets, frames: 0, first };
        let mut first = Vec::new();
        decoder.decode(&mut first)?;
        let (channels, sample_rate) = decoder.form.ok_or_else(|| decoder.named.empty())?;
        decoder.first = Some(first);
        let (chunks, samples) = (Chunks::default(), Box::new(decoder));
        let opened = Opened { channels, sample_rate, frames: promised, mark: Mark::None, chunks, samples };
        Ok(if counts_packets { Kept::of(opened, skipped, frames) } else { opened })
    }

    /// The next packet that gives samples; none at the end.
    fn decode(&mut self, planes: &mut Vec<Vec<f32>>) -> Result<(), AudioError> {
        planes.iter_mut().for_each(Vec::clear);
        for empty in 0..MOST_EMPTY {
            if empty > MOST_PADDING && self.promised.is_some_and(|promised| self.frames >= promised) {
                return Err(self.named.joined());
            }
            let Some(reader) = &mut self.reader else { return Ok(()) };
            let packet = match reader.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) if self.counts_packets => return Ok(()),
                Ok(None) => return self.end(),
                Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => return self.end(),
                // What follows all that the header promises is no sound.
                Err(_) if self.promised.is_some_and(|promised| self.frames >= promised) => return Ok(()),
                Err(error) => return Err(refused(&self.named, error)),
            };
            if packet.track_id != self.track {
                continue;
            }
            if let Some(continuity) = &mut self.continuity {
                continuity.follow(&packet).map_err(|lost| lost.of(&self.named))?;
            }
            let decoded = self.decoder.decode(&packet).map_err(|error| refused(&self.named, error))?;
            let form = (decoded.spec().channels().count(), decoded.spec().rate());
            if self.form.is_none() {
                self.named.admit(form.0, form.1)?;
            }
            if *self.form.get_or_insert(form) != form {
                return Err(self.named.not_audio("its channels or sample rate change on the way"));
            }
            if decoded.frames() > 0 {
                decoded.copy_to_vecs_planar::<f32>(planes);
                self.frames += decoded.frames() as u64;
                return Ok(());
            }
        }
        Err(self.named.not_audio("its packets are empty"))
    }

    fn end(&mut self) -> Result<(), AudioError> {
        match (self.promised, self.frames) {
            (Some(promised), frames) if frames < promised => {
                Err(self.named.truncated(format!("its header promises {promised} samples and {frames} are there")))
            }
            (Some(_), _) => Ok(()),
            (None, _) => match (&self.continuity, self.reader.take()) {
                (Some(continuity), Some(reader)) => {
                    continuity.end(reader.into_inner().pos()).map_err(|lost| lost.of(&self.named))
                }
                _ => Ok(()),
            },
        }
    }
}

impl Samples for Decoder<'_> {
    fn next(&mut self, planes: &mut Vec<Vec<f32>>) -> Result<(), AudioError> {
        if let Some(first) = self.first.take() {
            *planes = first;
            return Ok(());
        }
        let decoded = catch_unwind(AssertUnwindSafe(|| self.decode(planes)));
        decoded.unwrap_or_else(|_| Err(self.named.damaged("it breaks the rules of its format")))
    }
}

fn refused(named: &Named, error: Error) -> AudioError {
    match error {
        Error::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            named.truncated("it ends before its samples begin")
        }
        Error::IoError(error) => error.downcast::<Lost>().map_or_else(|error| named.io(error), |lost| lost.of(named)),
        Error::DecodeError(rule) => named.damaged(format!("it breaks the rules of its format ({rule})")),
        error => named.not_audio(error),
    }
}

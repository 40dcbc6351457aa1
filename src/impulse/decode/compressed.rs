//! Files that symphonia reads: every format but WAV, and WAV files whose samples are compressed.

use super::request::Request;
use super::{Audio, DecodeError};
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::meta::MetadataOptions;

/// Reads a file from its beginning.
pub fn read(request: Request, source: Box<dyn MediaSource + '_>) -> Result<Audio, DecodeError> {
    // Its decoders assert what damaged files can break; that must not take a host down.
    catch_unwind(AssertUnwindSafe(|| decode(request, source)))
        .unwrap_or_else(|_| Err(request.not_audio("its bytes are damaged")))
}

fn decode(request: Request, source: Box<dyn MediaSource + '_>) -> Result<Audio, DecodeError> {
    let refused = |error: Error| match error {
        Error::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            request.truncated("it ends before its samples begin")
        }
        Error::IoError(error) => request.io(error),
        error => request.not_audio(error),
    };
    let stream = MediaSourceStream::new(source, Default::default());
    let (formats, metadata) = (FormatOptions::default(), MetadataOptions::default());
    let mut reader = symphonia::default::get_probe().probe(&Hint::new(), stream, formats, metadata).map_err(refused)?;
    let track = reader.default_track(TrackType::Audio).ok_or_else(|| request.not_audio("there is no audio in it"))?;
    let Some(CodecParameters::Audio(parameters)) = &track.codec_params else {
        return Err(request.not_audio("its audio is of an unknown kind"));
    };
    let (track_id, promised) = (track.id, track.num_frames);
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(refused)?;
    if let (Some(channels), Some(sample_rate)) = (&parameters.channels, parameters.sample_rate) {
        request.admit(channels.count(), sample_rate, promised)?;
    }

    let mut audio = Audio { channels: Vec::new(), sample_rate: 0 };
    let mut planes = Vec::new();
    loop {
        request.cancel.check()?;
        let packet = match reader.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => break,
            Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(refused(error)),
        };
        if packet.track_id != track_id {
            continue;
        }
        let decoded = decoder.decode(&packet).map_err(refused)?;
        let (channels, sample_rate) = (decoded.spec().channels().count(), decoded.spec().rate());
        if audio.channels.is_empty() {
            request.admit(channels, sample_rate, None)?;
            audio = Audio { channels: vec![Vec::new(); channels], sample_rate };
        }
        if (audio.channels.len(), audio.sample_rate) != (channels, sample_rate) {
            return Err(request.not_audio("its channels or sample rate change on the way"));
        }
        decoded.copy_to_vecs_planar::<f32>(&mut planes);
        for (channel, plane) in audio.channels.iter_mut().zip(&planes) {
            channel.extend_from_slice(plane);
        }
        request.admit_length(audio.channels[0].len(), sample_rate)?;
    }
    let frames = audio.channels.first().map_or(0, Vec::len) as u64;
    match promised {
        Some(promised) if frames < promised => {
            Err(request.truncated(format!("its header promises {promised} samples and {frames} are there")))
        }
        _ => Ok(audio),
    }
}

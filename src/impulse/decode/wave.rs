//! WAV: [`chunks`] finds the samples, and hound reads them.
//!
//! Hound gets a plain header, written here, before the file's samples: so it reads every file whose samples it can
//! read, whatever the file's own header is like. It cannot read samples of 64 bits; they are read here. Symphonia reads
//! compressed samples.

mod chunks;

use super::request::Request;
use super::{Audio, DecodeError, compressed};
use chunks::{Encoding, Form};
use std::io::{BufReader, Read, Seek, SeekFrom};
use symphonia::core::io::MediaSource;

/// How many bytes of samples are handed on at a time, before rounding to whole frames.
const RUN: u64 = 1 << 20;

/// Reads a WAV file from its beginning.
pub fn read(request: Request, source: Box<dyn MediaSource + '_>) -> Result<Audio, DecodeError> {
    let mut source = BufReader::with_capacity(1 << 16, source);
    match samples(request, &mut source)? {
        Some(audio) => Ok(audio),
        None => {
            let mut source = source.into_inner();
            source.seek(SeekFrom::Start(0)).map_err(|error| request.io(error))?;
            compressed::read(request, source)
        }
    }
}

/// Reads samples that are not compressed; `None` if they are.
fn samples<S: Read + Seek>(request: Request, source: &mut S) -> Result<Option<Audio>, DecodeError> {
    let form = chunks::find(request, source)?;
    request.admit(form.channels.into(), form.sample_rate, None)?;
    let read = match (form.encoding, form.sample_bytes) {
        (Encoding::Integer, 1..=4) => integers,
        (Encoding::Float, 4) => floats,
        (Encoding::Float, 8) => doubles,
        (Encoding::Other, _) => return Ok(None),
        (_, bytes) => return Err(request.not_audio(format!("samples of {bytes} bytes are unknown"))),
    };
    // The header's own field for it has 16 bits.
    let Some(frame_bytes) = form.sample_bytes.checked_mul(form.channels).map(u64::from) else {
        return Err(request.not_audio(format!("{} channels are more than a frame can hold", form.channels)));
    };
    let frames = form.data_bytes / frame_bytes;
    request.admit(form.channels.into(), form.sample_rate, Some(frames))?;
    source.seek(SeekFrom::Start(form.data_start)).map_err(|error| request.io(error))?;

    // `frames` is bounded by the bytes that are there, whatever the header says.
    let frames = usize::try_from(frames).map_err(|_| request.not_audio("it is larger than the memory"))?;
    let mut channels = vec![Vec::with_capacity(frames); form.channels.into()];
    let mut left = frames as u64 * frame_bytes;
    let (mut run, mut interleaved) = (Vec::new(), Vec::new());
    while left > 0 {
        request.cancel.check()?;
        let bytes = left.min((RUN / frame_bytes).max(1) * frame_bytes);
        run.clear();
        interleaved.clear();
        source.by_ref().take(bytes).read_to_end(&mut run).map_err(|error| request.io(error))?;
        read(&form, &run, &mut interleaved).map_err(|error| request.not_audio(error))?;
        for (index, channel) in channels.iter_mut().enumerate() {
            channel.extend(interleaved.iter().skip(index).step_by(form.channels.into()));
        }
        left -= bytes;
    }
    Ok(Some(Audio { channels, sample_rate: form.sample_rate }))
}

fn integers(form: &Form, run: &[u8], samples: &mut Vec<f32>) -> Result<(), hound::Error> {
    let scale = f64::from(1_u32 << (8 * u32::from(form.sample_bytes) - 1)).recip();
    let header = plain_header(form, run.len(), 1);
    for sample in hound::WavReader::new(header.chain(run))?.samples::<i32>() {
        samples.push((f64::from(sample?) * scale) as f32);
    }
    Ok(())
}

fn floats(form: &Form, run: &[u8], samples: &mut Vec<f32>) -> Result<(), hound::Error> {
    let header = plain_header(form, run.len(), 3);
    for sample in hound::WavReader::new(header.chain(run))?.samples::<f32>() {
        samples.push(sample?);
    }
    Ok(())
}

fn doubles(_form: &Form, run: &[u8], samples: &mut Vec<f32>) -> Result<(), hound::Error> {
    let (eights, _) = run.as_chunks::<8>();
    samples.extend(eights.iter().map(|bytes| f64::from_le_bytes(*bytes) as f32));
    Ok(())
}

/// The header of a WAV file as the standard has it, whose samples fill their containers. That is also right for fewer
/// valid bits, because those are the upper ones.
fn plain_header(form: &Form, bytes: usize, tag: u16) -> impl Read {
    let bytes = bytes as u32; // a run
    let frame_bytes = form.sample_bytes * form.channels;
    let mut header = Vec::with_capacity(44);
    header.extend_from_slice(b"RIFF");
    header.extend_from_slice(&(36 + bytes).to_le_bytes());
    header.extend_from_slice(b"WAVEfmt \x10\0\0\0");
    header.extend_from_slice(&tag.to_le_bytes());
    header.extend_from_slice(&form.channels.to_le_bytes());
    // One frame a second: hound wants the two rates to agree, and the real one in bytes may not fit.
    header.extend_from_slice(&1_u32.to_le_bytes());
    header.extend_from_slice(&u32::from(frame_bytes).to_le_bytes());
    header.extend_from_slice(&frame_bytes.to_le_bytes());
    header.extend_from_slice(&(8 * form.sample_bytes).to_le_bytes());
    header.extend_from_slice(b"data");
    header.extend_from_slice(&bytes.to_le_bytes());
    std::io::Cursor::new(header)
}

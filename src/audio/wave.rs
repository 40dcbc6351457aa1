//! WAV: [`chunks`] finds the samples, which are read here, whatever the file's header is like. Companded samples are
//! read by symphonia.

mod chunks;

use super::input::Input;
use super::named::Named;
use super::opened::{Opened, Samples};
use super::{AudioError, compressed, foreign};
use crate::cancel::Token;
use chunks::{Encoding, Form};
use std::io::{BufReader, Read, Seek, SeekFrom};

/// How many bytes of samples are handed on at a time, before rounding to whole frames.
const PIECE: u64 = 1 << 16;

/// Reads samples from their bytes: interleaved into interleaved.
type Convert = fn(&Form, &[u8], &mut Vec<f32>);

/// Opens a WAV file at its beginning.
pub fn open<'a>(named: &Named, mut input: Input<'a>, cancel: &Token) -> Result<Opened<'a>, AudioError> {
    let beginning = input.peek(foreign::BEGINNING).map_err(|error| named.io(error))?;
    if beginning.get(8..12).is_some_and(|kind| kind != b"WAVE") {
        return Err(foreign::refusal(named, &beginning));
    }
    let is_pipe = input.is_pipe();
    let mut source = BufReader::with_capacity(1 << 12, input);
    let (form, chunks) = chunks::find(named, &mut source, is_pipe)?;
    named.admit(form.channels.into(), form.sample_rate)?;
    let convert: Convert = match (form.encoding, form.sample_bytes) {
        (Encoding::Integer, 1..=4) => integers,
        (Encoding::Float, 4) => floats,
        (Encoding::Float, 8) => doubles,
        (Encoding::Companded, _) => {
            let mut input = source.into_inner();
            input.seek(SeekFrom::Start(0)).map_err(|error| named.io(error))?;
            return Ok(Opened { chunks, ..compressed::open(named, input, cancel)? });
        }
        (Encoding::Other(tag), _) => {
            let (name, advice) = foreign::wave_form(tag);
            return Err(named.foreign(name, advice));
        }
        (_, bytes) => return Err(named.not_audio(format!("samples of {bytes} bytes are unknown"))),
    };
    // The header's own field for it has 16 bits.
    let Some(frame_bytes) = form.sample_bytes.checked_mul(form.channels).map(u64::from) else {
        return Err(named.not_audio(format!("{} channels are more than a frame can hold", form.channels)));
    };
    let frames = form.data_bytes.map(|bytes| bytes / frame_bytes);
    source.seek(SeekFrom::Start(form.data_start)).map_err(|error| named.io(error))?;
    let samples = Box::new(Plain {
        named: named.clone(),
        source: source.into_inner().settle(),
        form,
        convert,
        frame_bytes,
        left: frames.map(|frames| frames * frame_bytes),
        bytes: Vec::new(),
        interleaved: Vec::new(),
    });
    let Form { channels, sample_rate, is_b_format, .. } = form;
    Ok(Opened { channels: channels.into(), sample_rate, frames, is_b_format, chunks, samples })
}

/// Samples that are not compressed.
struct Plain<'a> {
    named: Named,
    source: Input<'a>,
    form: Form,
    convert: Convert,
    frame_bytes: u64,
    /// Bytes of whole frames that are still to come; `None` where they go on up to the end of the file.
    left: Option<u64>,
    bytes: Vec<u8>,
    interleaved: Vec<f32>,
}

impl Samples for Plain<'_> {
    fn next(&mut self, planes: &mut Vec<Vec<f32>>) -> Result<(), AudioError> {
        let most = (PIECE / self.frame_bytes).max(1) * self.frame_bytes;
        let wanted = self.left.map_or(most, |left| left.min(most));
        self.bytes.clear();
        self.interleaved.clear();
        self.source.by_ref().take(wanted).read_to_end(&mut self.bytes).map_err(|error| self.named.io(error))?;
        let read = self.bytes.len() as u64;
        if let Some(left) = self.left
            && read < wanted
            && self.form.is_finished
        {
            let lost = left - read;
            return Err(self
                .named
                .truncated(format!("{lost} bytes of samples that its header promises are not there")));
        }
        self.left = self.left.map(|left| left - read);
        let whole = read - read % self.frame_bytes;
        self.bytes.truncate(usize::try_from(whole).unwrap_or(usize::MAX));
        (self.convert)(&self.form, &self.bytes, &mut self.interleaved);
        let channels = usize::from(self.form.channels);
        planes.resize(channels, Vec::new());
        for (index, plane) in planes.iter_mut().enumerate() {
            plane.clear();
            plane.extend(self.interleaved.iter().skip(index).step_by(channels));
        }
        Ok(())
    }
}

fn integers(form: &Form, bytes: &[u8], samples: &mut Vec<f32>) {
    let bits = 8 * u32::from(form.sample_bytes);
    let scale = f64::from(1_u32 << (bits - 1)).recip();
    let to_sample = |value: i32| (f64::from(value) * scale) as f32;
    match form.sample_bytes {
        1 => samples.extend(bytes.iter().map(|byte| to_sample(i32::from(*byte) - 0x80))), // unsigned
        2 => samples.extend(bytes.as_chunks().0.iter().map(|two| to_sample(i16::from_le_bytes(*two).into()))),
        3 => samples
            .extend(bytes.as_chunks().0.iter().map(|[a, b, c]| to_sample(i32::from_le_bytes([0, *a, *b, *c]) >> 8))),
        _ => samples.extend(bytes.as_chunks().0.iter().map(|four| to_sample(i32::from_le_bytes(*four)))),
    }
}

fn floats(_form: &Form, bytes: &[u8], samples: &mut Vec<f32>) {
    samples.extend(bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)));
}

fn doubles(_form: &Form, bytes: &[u8], samples: &mut Vec<f32>) {
    samples.extend(bytes.as_chunks().0.iter().map(|eight| f64::from_le_bytes(*eight) as f32));
}

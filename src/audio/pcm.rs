//! Samples that are not compressed, of WAV and of AIFF, and companded ones, whose length is as easily known.
//!
//! Symphonia reads companded samples, behind a plain header that is written here: it refuses many others.

use super::chunk::Chunks;
use super::compressed::{self, Promise};
use super::input::Input;
use super::mark::Mark;
use super::named::Named;
use super::opened::{Opened, Samples};
use super::{AudioError, foreign};
use crate::cancel::Token;
use std::io::{Cursor, Read, Seek, SeekFrom};

/// How many bytes of samples are handed on at a time, before rounding to whole frames.
const PIECE: u64 = 1 << 16;

/// Reads samples from their bytes: interleaved into interleaved.
type Convert = fn(&Form, &[u8], &mut Vec<f32>);

/// What the samples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// PCM.
    Integer,
    /// IEEE 754.
    Float,
    /// A-law or µ-law, by WAV's tag: 6 or 7.
    Companded(u16),
    /// Compressed in some other way, which WAV's tag tells.
    Other(u16),
}

/// Where the samples are and what they look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    pub encoding: Encoding,
    pub channels: u16,
    pub sample_rate: u32,
    /// Bytes that one sample takes; its valid bits are the upper ones.
    pub sample_bytes: u16,
    /// True if the upper bytes come first.
    pub is_big_endian: bool,
    /// True if integers of one byte are signed.
    pub is_signed_byte: bool,
    /// What the file says the channels are.
    pub mark: Mark,
    /// Where the samples begin.
    pub data_start: u64,
    /// How many bytes of them are there, whatever the header says. `None` in a pipe that does not say it: they go on up
    /// to its end.
    pub data_bytes: Option<u64>,
    /// True if a pipe that ends before that has lost its end.
    pub is_finished: bool,
}

/// Opens the samples of a file whose header is read.
pub fn open<'a>(
    named: &Named,
    mut input: Input<'a>,
    form: Form,
    chunks: Chunks,
    cancel: &Token,
) -> Result<Opened<'a>, AudioError> {
    named.admit(form.channels.into(), form.sample_rate)?;
    // The header's own field for it has 16 bits.
    let Some(frame_bytes) = form.sample_bytes.checked_mul(form.channels).map(u64::from) else {
        return Err(named.not_audio(format!("{} channels are more than a frame can hold", form.channels)));
    };
    let convert: Convert = match (form.encoding, form.sample_bytes) {
        (Encoding::Integer, 1..=4) => integers,
        (Encoding::Float, 4) => floats,
        (Encoding::Float, 8) => doubles,
        (Encoding::Companded(tag), 1) => return companded(named, input, form, tag, chunks, cancel),
        (Encoding::Other(tag), _) => {
            let (name, advice) = foreign::wave_form(tag);
            return Err(named.foreign(name, advice));
        }
        (_, bytes) => return Err(named.not_audio(format!("samples of {bytes} bytes are unknown"))),
    };
    let frames = form.data_bytes.map(|bytes| bytes / frame_bytes);
    input.seek(SeekFrom::Start(form.data_start)).map_err(|error| named.io(error))?;
    let samples = Box::new(Plain {
        named: named.clone(),
        source: input.settle(),
        form,
        convert,
        frame_bytes,
        left: frames.map(|frames| frames * frame_bytes),
        bytes: Vec::new(),
        interleaved: Vec::new(),
    });
    let Form { channels, sample_rate, mark, .. } = form;
    Ok(Opened { channels: channels.into(), sample_rate, frames, mark, chunks, samples })
}

/// Has symphonia read companded samples behind a header that it knows: it refuses many others.
fn companded<'a>(
    named: &Named,
    mut input: Input<'a>,
    form: Form,
    tag: u16,
    chunks: Chunks,
    cancel: &Token,
) -> Result<Opened<'a>, AudioError> {
    let frames = form.data_bytes.map(|bytes| bytes / u64::from(form.channels));
    input.seek(SeekFrom::Start(form.data_start)).map_err(|error| named.io(error))?;
    let samples = input.settle().take(frames.map_or(u64::MAX, |frames| frames * u64::from(form.channels)));
    // Of unknown sizes, so that the header is right for samples of any length.
    let header = header(&Form { sample_bytes: 1, ..form }, u32::MAX, tag);
    let promise = frames.filter(|_| form.is_finished).map_or(Promise::None, Promise::Frames);
    let opened = compressed::open_promised(named, Input::pipe(header.chain(samples)), promise, cancel)?;
    Ok(Opened { frames, chunks, mark: form.mark, ..opened })
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
        self.bring_into_the_order_of_wave();
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

impl Plain<'_> {
    /// WAV has the lower bytes first, and integers of one byte unsigned.
    fn bring_into_the_order_of_wave(&mut self) {
        if self.form.is_big_endian && self.form.sample_bytes > 1 {
            self.bytes.chunks_exact_mut(self.form.sample_bytes.into()).for_each(<[u8]>::reverse);
        }
        if self.form.is_signed_byte && self.form.sample_bytes == 1 {
            self.bytes.iter_mut().for_each(|byte| *byte ^= 0x80);
        }
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

/// The header of a WAV file as the standard has it, whose samples fill their containers. That is also right for fewer
/// valid bits, because those are the upper ones. Unknown sizes are `u32::MAX`.
fn header(form: &Form, bytes: u32, tag: u16) -> Cursor<Vec<u8>> {
    let frame_bytes = form.sample_bytes.saturating_mul(form.channels);
    // Companded samples have an extension, which is empty.
    let extension: &[u8] = if matches!(tag, 6 | 7) { &[0, 0] } else { &[] };
    let format_bytes = 16 + extension.len() as u32;
    let mut header = Vec::with_capacity(46);
    header.extend_from_slice(b"RIFF");
    header.extend_from_slice(&bytes.saturating_add(20 + format_bytes).to_le_bytes());
    header.extend_from_slice(b"WAVEfmt ");
    header.extend_from_slice(&format_bytes.to_le_bytes());
    header.extend_from_slice(&tag.to_le_bytes());
    header.extend_from_slice(&form.channels.to_le_bytes());
    header.extend_from_slice(&form.sample_rate.to_le_bytes());
    header.extend_from_slice(&form.sample_rate.saturating_mul(frame_bytes.into()).to_le_bytes());
    header.extend_from_slice(&frame_bytes.to_le_bytes());
    header.extend_from_slice(&(8 * form.sample_bytes).to_le_bytes());
    header.extend_from_slice(extension);
    header.extend_from_slice(b"data");
    header.extend_from_slice(&bytes.to_le_bytes());
    Cursor::new(header)
}

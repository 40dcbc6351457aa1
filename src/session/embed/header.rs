//! What stands before the compressed samples.

use super::planes::Form;
use super::{EmbedError, Fingerprint, WINDOW_LOG};
use crate::channels::{ImpulseForm, Marking};
use crate::impulse::decode::{MOST_SAMPLES, most_frames};
use crate::impulse::{Impulse, MAX_SAMPLE_RATE};

const MAGIC: &[u8; 8] = b"Transept";
const VERSION: u8 = 1;
/// Bits of the channels' number that mark spherical harmonics, and true stereo; both mark a matrix.
const AMBISONIC: u16 = 1 << 15;
const TRUE_STEREO: u16 = 1 << 14;
const MATRIX: u16 = AMBISONIC | TRUE_STEREO;
/// Bytes of the header.
pub const LENGTH: usize = 56;

/// Of Zstandard: no block holds more bytes than its window, and none that holds any takes fewer than four (RFC 8878,
/// 3.1.1.2).
const LARGEST_BLOCK: u64 = 1 << WINDOW_LOG;
const SMALLEST_BLOCK: u64 = 4;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub form: Form,
    pub channels: u16,
    pub marking: Marking,
    pub sample_rate: u32,
    /// Samples of each channel.
    pub frames: usize,
    pub fingerprint: Fingerprint,
}

impl Header {
    /// Judges the impulse as the reader will.
    pub fn of(impulse: &Impulse, form: Form, fingerprint: Fingerprint) -> Result<Self, EmbedError> {
        let (sample_rate, frames) = (impulse.sample_rate(), impulse.len());
        let channels = admit(impulse.channels().len() as u64, frames as u64, sample_rate)?;
        Ok(Self { form, channels, marking: impulse.marking(), sample_rate, frames, fingerprint })
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(VERSION);
        bytes.push(match self.form {
            Form::Float => 0,
            Form::Integer(bits) => bits,
        });
        let (marks, detail) = match self.marking {
            Marking::Ambisonic | Marking::FromFuma => (AMBISONIC, 0),
            Marking::TrueStereo => (TRUE_STEREO, 0),
            Marking::Speakers(mask) => (0, mask),
            Marking::Matrix(sources) => (MATRIX, sources.into()),
            Marking::Unmarked => (0, 0),
        };
        bytes.extend((self.channels | marks).to_le_bytes());
        bytes.extend(self.sample_rate.to_le_bytes());
        bytes.extend((self.frames as u64 | u64::from(detail) << 32).to_le_bytes());
        bytes.extend(self.fingerprint.to_bytes());
        bytes
    }

    /// Judges what the header promises, by what an impulse may be and by what the bytes after it, given too, can hold.
    pub fn read(bytes: &[u8]) -> Result<(Self, &[u8]), EmbedError> {
        let damaged = |what: &str| EmbedError::Damaged(what.to_owned());
        let rest = bytes.strip_prefix(MAGIC).ok_or(EmbedError::Foreign)?;
        let (&version, _) = rest.split_first().ok_or_else(|| damaged("it ends within its header"))?;
        if version != VERSION {
            return Err(EmbedError::Version(version));
        }
        if bytes.len() < LENGTH {
            return Err(damaged("it ends within its header"));
        }
        let (header, compressed) = bytes.split_at(LENGTH);
        let form = match header[9] {
            0 => Form::Float,
            bits @ 1..=24 => Form::Integer(bits),
            _ => return Err(damaged("the form of its samples is unknown")),
        };
        let channels = u16::from_le_bytes(array(&header[10..]));
        let (marks, channels) = (channels & MATRIX, channels & !MATRIX);
        let sample_rate = u32::from_le_bytes(array(&header[12..]));
        let frames = u64::from_le_bytes(array(&header[16..]));
        // The upper half holds the speakers, of quad and more, or a matrix's sources: no impulse has so many frames.
        let detail = if channels > 3 { (frames >> 32) as u32 } else { 0 };
        let frames = frames & !(u64::from(detail) << 32);
        let marking = match (detail, marks) {
            (0, AMBISONIC) => Marking::Ambisonic,
            (0, TRUE_STEREO) => Marking::TrueStereo,
            (0, _) => Marking::Unmarked,
            (sources, MATRIX) => Marking::Matrix(sources as u8),
            (mask, _) => Marking::Speakers(mask),
        };
        let fingerprint = Fingerprint::from_bytes(array(&header[24..]));

        let channels = admit(channels.into(), frames, sample_rate)?;
        // As many samples as four channels have of some minutes at most: this does not overflow.
        let promised = u64::from(channels) * frames * form.width() as u64; // And some orders.
        let held = (compressed.len() as u64 / SMALLEST_BLOCK).saturating_mul(LARGEST_BLOCK);
        match usize::try_from(frames) {
            Ok(frames) if promised <= held => {
                Ok((Self { form, channels, marking, sample_rate, frames, fingerprint }, compressed))
            }
            _ => Err(EmbedError::Implausible { channels: channels.into(), frames, sample_rate }),
        }
    }
}

/// What is refused when a file is decoded is refused here too. Gives the channels.
fn admit(channels: u64, frames: u64, sample_rate: u32) -> Result<u16, EmbedError> {
    let plausible = usize::try_from(channels).is_ok_and(|channels| ImpulseForm::of(channels).is_some())
        && (1..=MAX_SAMPLE_RATE).contains(&sample_rate)
        && (1..=most_frames(sample_rate)).contains(&frames)
        && channels * frames <= MOST_SAMPLES;
    if plausible { Ok(channels as u16) } else { Err(EmbedError::Implausible { channels, frames, sample_rate }) }
}

/// The first bytes of a part of the header, which is long enough.
fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[..N]);
    array
}

//! An impulse as bytes, for sessions that carry it along: lossless to the bit, smaller than its file, and safe to read
//! from anywhere.
//!
//! | bytes | what, little endian |
//! |---|---|
//! | 8 | `Transept` |
//! | 1 | version: 1 |
//! | 1 | form of the samples: 0 floats, else integers of so many bits |
//! | 2 | channels |
//! | 4 | sample rate in Hz |
//! | 8 | samples of each channel |
//! | 32 | the impulse's [`Fingerprint`], which is the checksum of all |
//! | the rest | one frame of Zstandard: channel by channel blocks of 8192 samples, as `planes.rs` says |

mod header;
mod planes;
#[cfg(test)]
mod tests;

use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::library::fingerprint::Fingerprint;
use header::Header;
use planes::Form;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

/// How large an embedded impulse may be, in bytes as encoded, where only small ones are wanted.
pub const SMALL: usize = 8_000_000;

/// How large an embedded impulse may be at all, in bytes as encoded: a minute of true stereo at 192 kHz, even of noise
/// that does not get smaller. As base 64 text it takes 256 MB, and no session should grow without end.
pub const LARGEST: usize = 192_000_000;

/// Samples that are split into planes together. A plane is compressed by itself, with statistics of its own: fewer fit
/// a decaying room better, but each set of them takes a hundred bytes.
const BLOCK: usize = 1 << WINDOW_LOG;

/// Of Zstandard, the quickest: noise does not repeat, and to look harder for what repeats in it saves nothing.
const LEVEL: i32 = 1;

/// Logarithm of the bytes that the compressor looks back on: a plane. No block that it writes holds more, so that a
/// reader knows how many samples some bytes can hold at most.
const WINDOW_LOG: u32 = 13;

/// Which impulses are embedded in sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Embedding {
    /// None.
    Never,
    /// Those of at most [`SMALL`] bytes.
    #[default]
    WhenSmall,
    /// All of at most [`LARGEST`] bytes.
    Always,
}

impl Embedding {
    /// How many bytes [`encode`] may give; `None` if it need not be asked.
    #[must_use]
    pub fn most(self) -> Option<usize> {
        match self {
            Self::Never => None,
            Self::WhenSmall => Some(SMALL),
            Self::Always => Some(LARGEST),
        }
    }
}

/// Why there are no bytes, or no impulse in them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbedError {
    /// Encoded, the impulse is larger than it may be.
    #[error("the impulse takes more than {most} bytes")]
    TooLarge {
        /// How many it may take.
        most: usize,
    },
    /// The bytes begin like something else.
    #[error("this is no embedded impulse")]
    Foreign,
    /// A newer program wrote the bytes in another form.
    #[error("a newer program embedded this impulse, in form {0}")]
    Version(u8),
    /// A channel count that no layout is defined for, or more samples than an impulse may have or the bytes can hold.
    #[error("{channels} channels of {frames} samples at {sample_rate} Hz: no embedded impulse is like that")]
    Implausible {
        /// Of the impulse, or as the header says.
        channels: u64,
        /// Samples of each channel.
        frames: u64,
        /// In Hz.
        sample_rate: u32,
    },
    /// The bytes are not those that were written.
    #[error("the embedded impulse is damaged: {0}")]
    Damaged(String),
    /// The compressor failed, for want of memory.
    #[error("the impulse could not be compressed: {0}")]
    Compressor(String),
    /// Cancelled by the caller.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Encodes an impulse in at most `most` bytes. Takes about half a second for 100 MB of samples; `cancel` is checked
/// every few milliseconds.
///
/// # Errors
/// Larger than `most`, cancelled, no memory for the compressor; longer or of other channels than a file may be.
pub fn encode(impulse: &Impulse, most: usize, cancel: &Token) -> Result<Vec<u8>, EmbedError> {
    let failed = |error: std::io::Error| EmbedError::Compressor(error.to_string());
    let admit = |bytes: usize| if bytes > most { Err(EmbedError::TooLarge { most }) } else { Ok(()) };
    let form = Form::of(impulse, cancel)?;
    let fingerprint = Fingerprint::of(impulse, cancel)?;

    let header = Header::of(impulse, form, fingerprint)?.to_bytes();
    let mut encoder = zstd::stream::write::Encoder::new(header, LEVEL).map_err(failed)?;
    encoder.window_log(WINDOW_LOG).map_err(failed)?;
    let mut block = Vec::new();
    for samples in impulse.channels().iter().flat_map(|channel| channel.chunks(BLOCK)) {
        cancel.check()?;
        planes::split(samples, form, &mut block);
        let (order, planes) = block.split_at(1);
        encoder.write_all(order).map_err(failed)?;
        for plane in planes.chunks(samples.len()) {
            encoder.write_all(plane).and_then(|()| encoder.flush()).map_err(failed)?;
        }
        admit(encoder.get_ref().len())?;
    }
    let encoded = encoder.finish().map_err(failed)?;
    admit(encoded.len())?;
    Ok(encoded)
}

/// Decodes what [`encode`] gave. Whatever the bytes are, memory grows only with samples that are really in them, and
/// never beyond the longest impulse there may be; `cancel` is checked every few milliseconds.
///
/// # Errors
/// Bytes of something else, of a newer version, damaged, or cancelled.
pub fn decode(bytes: &[u8], cancel: &Token) -> Result<Impulse, EmbedError> {
    let (header, compressed) = Header::read(bytes)?;
    let damaged = |error: std::io::Error| EmbedError::Damaged(error.to_string());
    let mut decoder = zstd::stream::read::Decoder::with_buffer(compressed).map_err(damaged)?.single_frame();
    decoder.window_log_max(WINDOW_LOG).map_err(damaged)?;
    let mut block = vec![0; header.form.bytes(BLOCK)];
    let mut channels = Vec::new();
    for _ in 0..header.channels {
        let mut samples = Vec::new();
        while samples.len() < header.frames {
            cancel.check()?;
            let count = BLOCK.min(header.frames - samples.len());
            let block = &mut block[..header.form.bytes(count)];
            decoder.read_exact(block).map_err(damaged)?;
            planes::join(block, header.form, &mut samples)
                .ok_or_else(|| EmbedError::Damaged("its differences are of no known order".to_owned()))?;
        }
        channels.push(samples);
    }
    // Nothing may follow, neither in the frame nor behind it. This also reads the frame's end.
    if decoder.read(&mut [0]).map_err(damaged)? != 0 || !decoder.finish().is_empty() {
        return Err(EmbedError::Damaged("there is more than its header says".to_owned()));
    }
    let impulse = Impulse::new(channels, header.sample_rate).map_err(|error| EmbedError::Damaged(error.to_string()))?;
    if Fingerprint::of(&impulse, cancel)? != header.fingerprint {
        return Err(EmbedError::Damaged("its samples are not those that were embedded".to_owned()));
    }
    Ok(impulse.marked(header.marking))
}

/// Which impulse the bytes say they hold, without decoding it.
///
/// # Errors
/// Bytes of something else, of a newer version, or with an implausible header.
pub fn fingerprint(bytes: &[u8]) -> Result<Fingerprint, EmbedError> {
    Ok(Header::read(bytes)?.0.fingerprint)
}

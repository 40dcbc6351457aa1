//! FLAC, frame by frame, so that memory does not follow the file.

use super::destination::Destination;
use super::spec::Spec;
use crate::files::FileError;
use flac_codec::Error;
use flac_codec::encode::{FlacStreamWriter, Options};
use flac_codec::metadata::{BlockList, Streaminfo, VorbisComment, write_blocks};
use std::cell::RefCell;
use std::io::{self, Write};
use std::mem::{replace, take};
use std::num::NonZero;
use std::rc::Rc;

/// Samples per channel in a frame: what the reference encoder takes, within the streamable subset at every rate.
const BLOCK: u16 = 4096;

/// The field that says which speakers the channels are, where they are not those of [`USUAL`] (RFC 9639, 8.6.2).
const MASK: &str = "WAVEFORMATEXTENSIBLE_CHANNEL_MASK";

/// Speakers of 3 to 8 channels of which nothing is said, as the mask of a WAV file has them (RFC 9639, 9.1.3).
const USUAL: [u32; 6] = [0x7, 0x33, 0x37, 0x3f, 0x70f, 0x63f];

/// Where the encoder leaves a frame: it owns its writer and does not give it back.
#[derive(Clone, Default)]
struct Outlet(Rc<RefCell<Vec<u8>>>);

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A FLAC file under way.
pub(super) struct Flac {
    spec: Spec,
    encoder: FlacStreamWriter<Outlet>,
    outlet: Outlet,
    /// What the file begins with.
    blocks: BlockList,
    /// Interleaved values that do not fill a frame yet.
    waiting: Vec<i32>,
    /// Samples per channel so far.
    frames: u64,
    /// Of all values, as bytes.
    md5: md5::Context,
    bytes: Vec<u8>,
}

impl Flac {
    /// Writes the beginning, with the comments (field and text), and without what is known at the end alone.
    pub fn begin(spec: Spec, mut comments: Vec<(&str, String)>, to: &mut Destination) -> Result<Self, FileError> {
        let usual = usize::from(spec.channels).checked_sub(3).and_then(|more| USUAL.get(more));
        if usual.is_some_and(|usual| *usual != spec.speakers) {
            // Harmonics, and what nobody has called speakers, would else be taken for some.
            comments.push((MASK, format!("{:#06x}", spec.speakers)));
        }
        let mut blocks = BlockList::new(start(&spec).map_err(|error| failed(to, &error))?);
        if !comments.is_empty() {
            let mut block = VorbisComment::default();
            comments.iter().for_each(|(field, text)| block.insert(field, text));
            blocks.insert(block);
        }
        let outlet = Outlet::default();
        let encoder = FlacStreamWriter::new(outlet.clone(), Options::default());
        let (waiting, bytes) = (Vec::new(), Vec::new());
        let flac = Self { spec, encoder, outlet, blocks, waiting, frames: 0, md5: md5::Context::new(), bytes };
        to.append(&flac.beginning(to)?)?;
        Ok(flac)
    }

    /// Appends whole frames of interleaved values.
    pub fn write(&mut self, values: &[i32], to: &mut Destination) -> Result<(), FileError> {
        let channels = usize::from(self.spec.channels);
        self.spec.pack(values, &mut self.bytes);
        self.md5.consume(&self.bytes);
        self.frames += (values.len() / channels) as u64;
        self.waiting.extend(values);
        let frame = usize::from(BLOCK) * channels;
        let whole = self.waiting.len() - self.waiting.len() % frame;
        if whole == 0 {
            return Ok(());
        }
        let rest = self.waiting.split_off(whole);
        let whole = replace(&mut self.waiting, rest);
        whole.chunks(frame).try_for_each(|frame| self.encode(frame, to))
    }

    /// Writes the last frame and puts the beginning right.
    pub fn end(mut self, to: &mut Destination) -> Result<(), FileError> {
        let last = take(&mut self.waiting);
        if !last.is_empty() {
            self.encode(&last, to)?;
        }
        let total = NonZero::new(self.frames).filter(|total| *total <= Streaminfo::MAX_TOTAL_SAMPLES);
        let md5 = self.md5.clone().finalize().0;
        let info = self.blocks.streaminfo_mut();
        (info.total_samples, info.md5) = (total, Some(md5));
        let beginning = self.beginning(to)?;
        to.put_right(&beginning)
    }

    fn encode(&mut self, values: &[i32], to: &mut Destination) -> Result<(), FileError> {
        let Spec { channels, sample_rate, encoding, .. } = self.spec;
        self.encoder
            .write(sample_rate, channels as u8, u32::from(encoding.bits.count()), values)
            .map_err(|error| failed(to, &error))?;
        let mut bytes = self.outlet.0.borrow_mut();
        let size = NonZero::new(bytes.len() as u32);
        let info = self.blocks.streaminfo_mut();
        info.minimum_frame_size = info.minimum_frame_size.min(size).or(size);
        info.maximum_frame_size = info.maximum_frame_size.max(size);
        to.append(&bytes)?;
        bytes.clear();
        Ok(())
    }

    /// The file up to its first frame, always of the same length.
    fn beginning(&self, to: &Destination) -> Result<Vec<u8>, FileError> {
        let mut bytes = Vec::new();
        write_blocks(&mut bytes, self.blocks.blocks()).map_err(|error| failed(to, &error))?;
        Ok(bytes)
    }
}

/// What is known at the beginning.
fn start(spec: &Spec) -> Result<Streaminfo, Error> {
    Ok(Streaminfo {
        minimum_block_size: BLOCK,
        maximum_block_size: BLOCK,
        minimum_frame_size: None,
        maximum_frame_size: None,
        sample_rate: spec.sample_rate,
        channels: u8::try_from(spec.channels).ok().and_then(NonZero::new).ok_or(Error::ExcessiveChannels)?,
        bits_per_sample: u32::from(spec.encoding.bits.count()).try_into().map_err(|_| Error::InvalidBitsPerSample)?,
        total_samples: None,
        md5: None,
    })
}

fn failed(to: &Destination, error: &Error) -> FileError {
    to.failed(error)
}

#[cfg(test)]
mod tests;

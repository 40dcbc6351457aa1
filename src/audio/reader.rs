//! One sound file, some frames at a time.

use super::chunk::Chunk;
use super::input::Input;
use super::mark::Mark;
use super::named::Named;
use super::opened::Opened;
use super::{AudioError, formats};
use crate::cancel::Token;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// An open sound file: a dry file, or an impulse. It holds some frames at a time, however long the file is, and can be
/// sent to another thread.
///
/// ```
/// use transept::audio::Reader;
/// use transept::cancel::Token;
///
/// # let wav = b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data\x04\0\0\0\0\x40\0\xc0";
/// let cancel = Token::never();
/// let mut reader = Reader::bytes("two samples.wav".as_ref(), wav, &cancel)?;
/// assert_eq!((reader.channels(), reader.sample_rate(), reader.frames()), (1, 48_000, Some(2)));
/// let mut block = vec![vec![0.0; 512]; reader.channels()];
/// let read = reader.read(&mut block, &cancel)?;
/// assert_eq!(block[0][..read], [0.5, -0.5]);
/// # Ok::<(), transept::audio::AudioError>(())
/// ```
pub struct Reader<'a> {
    named: Named,
    opened: Opened<'a>,
    /// Decoded frames that are still to be given, from `at` on.
    planes: Vec<Vec<f32>>,
    at: usize,
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Opened { channels, sample_rate, frames, .. } = &self.opened;
        let mut form = formatter.debug_struct("Reader");
        form.field("named", &self.named).field("channels", channels).field("sample_rate", sample_rate);
        form.field("frames", frames).finish_non_exhaustive()
    }
}

impl Reader<'static> {
    /// Opens a file.
    ///
    /// # Errors
    /// See [`AudioError`]. `cancel` is checked while a file is looked through before it is read, as Ogg is.
    pub fn open(path: &Path, cancel: &Token) -> Result<Self, AudioError> {
        let named = Named::new(path);
        let metadata = std::fs::metadata(path).map_err(|error| named.io(error))?;
        if metadata.is_dir() {
            return Err(named.folder());
        }
        if !metadata.is_file() {
            // Opening a pipe or a device could wait for ever.
            return Err(named.no_file());
        }
        let file = File::open(path).map_err(|error| named.io(error))?;
        Self::start(named, Input::whole(file), cancel)
    }
}

impl<'a> Reader<'a> {
    /// Opens the bytes of a file; `name` stands for it in errors.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub fn bytes(name: &Path, bytes: &'a [u8], cancel: &Token) -> Result<Self, AudioError> {
        Self::start(Named::new(name), Input::whole(std::io::Cursor::new(bytes)), cancel)
    }

    /// Opens what can be read once, from one end to the other, as standard input; `name` stands for it in errors. Of
    /// its beginning as much is kept as its header takes, at most 16 MB. The length of a WAV file is known only where
    /// its header says it; chunks that follow the samples are not seen. Ogg, CAF and MP4 are refused:
    /// they are read in more than one place.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub fn pipe(name: &Path, source: impl Read + Send + Sync + 'a, cancel: &Token) -> Result<Self, AudioError> {
        Self::start(Named::new(name), Input::pipe(source), cancel)
    }

    fn start(named: Named, mut input: Input<'a>, cancel: &Token) -> Result<Self, AudioError> {
        let beginning = formats::beginning(&mut input).map_err(|error| named.io(error))?;
        if beginning.is_empty() {
            return Err(named.empty());
        }
        let opened = formats::open(&named, &beginning, input, cancel)?;
        let mut reader = Self { named, opened, planes: Vec::new(), at: 0 };
        reader.refill(cancel)?;
        if reader.is_at_end() {
            return Err(reader.named.empty());
        }
        Ok(reader)
    }

    /// Number of channels, at least 1.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.opened.channels
    }

    /// In Hz; never 0.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.opened.sample_rate
    }

    /// Length in samples of each channel. `None` where it is not known before the end: of a pipe, and of compressed
    /// files that do not say it. [`Self::read`] alone tells where the file ends.
    #[must_use]
    pub fn frames(&self) -> Option<u64> {
        self.opened.frames
    }

    /// What the file says its channels are, where WAV or CAF does.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.opened.mark
    }

    /// What goes along with the sound of a WAV file, in the order of the file: `bext`, `iXML`, `cue `, and `LIST` of
    /// kinds `INFO` and `adtl`, up to 4 MB in all.
    #[must_use]
    pub fn chunks(&self) -> &[Chunk] {
        &self.opened.chunks.carried
    }

    /// Names of the other chunks of a WAV file that say something, each once.
    #[must_use]
    pub fn left_out(&self) -> &[String] {
        &self.opened.chunks.left_out
    }

    /// True once every frame was given.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.planes.first().is_none_or(|plane| self.at >= plane.len())
    }

    /// Gives the next frames: fills the vectors of `block`, one per channel and all of the same length, from their
    /// beginning, and tells how many frames these are. Fewer than the vectors hold are the last ones; the rest of the
    /// vectors is left alone. Full scale is ±1; samples of float files may be anything, also NaN.
    ///
    /// # Errors
    /// See [`AudioError`]; a file that lost its end may be known by that only where it ends. `cancel` is checked for
    /// each packet or 64 kB of the file.
    pub fn read(&mut self, block: &mut [Vec<f32>], cancel: &Token) -> Result<usize, AudioError> {
        let wanted = block.first().map_or(0, Vec::len);
        let mut given = 0;
        while given < wanted && !self.is_at_end() {
            let count = (wanted - given).min(self.planes[0].len() - self.at);
            for (to, from) in block.iter_mut().zip(&self.planes) {
                to[given..given + count].copy_from_slice(&from[self.at..self.at + count]);
            }
            given += count;
            self.at += count;
            if self.is_at_end() {
                self.refill(cancel)?;
            }
        }
        Ok(given)
    }

    fn refill(&mut self, cancel: &Token) -> Result<(), AudioError> {
        cancel.check()?;
        self.at = 0;
        self.opened.samples.next(&mut self.planes)
    }
}

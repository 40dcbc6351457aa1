//! Where the bytes of an output go: to a file that comes into being as a whole, or to a stream.

use crate::files::{FileError, Target, Unfinished};
use crate::render::PIPE;
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes that are gathered before they are handed to the system. All but the last come in pieces of this size at
/// multiples of it, for which Linux takes less than half of the time: it keeps them in large pages.
const GATHERED: usize = 1 << 16;

/// A place for an output that may be written.
#[derive(Debug)]
pub(in crate::render) enum Place {
    File(Target),
    StandardOutput,
}

/// An output under way.
pub(in crate::render) struct Destination {
    /// As the user named it, for messages.
    named: PathBuf,
    to: To,
}

enum To {
    /// The file before the guard: it is closed when the guard removes it.
    File(BufWriter<File>, Unfinished),
    /// What is written stays written.
    Stream(Box<dyn Write>),
}

impl Place {
    /// Refuses, before any work is done, an output that cannot or must not be written; `inputs` are the files that it
    /// is made from. One that exists is replaced only if `overwrite` says so.
    pub fn check<'a>(
        output: &Path,
        overwrite: bool,
        inputs: impl Iterator<Item = &'a Path>,
    ) -> Result<Self, FileError> {
        if output == Path::new(PIPE) {
            return Ok(Self::StandardOutput);
        }
        Target::check(output, inputs)?.only_new(overwrite).map(Self::File)
    }

    /// Opens a temporary file, or the stream.
    pub fn open(self) -> Result<Destination, FileError> {
        match self {
            Self::File(target) => {
                let named = target.named.clone();
                let (file, unfinished) = target.open()?;
                Ok(Destination { named, to: To::File(BufWriter::with_capacity(GATHERED, file), unfinished) })
            }
            Self::StandardOutput => Ok(Destination::stream("standard output", io::stdout())),
        }
    }
}

impl Destination {
    /// A stream that cannot seek, with its name for messages.
    pub fn stream(named: &str, stream: impl Write + 'static) -> Self {
        let to = To::Stream(Box::new(BufWriter::with_capacity(GATHERED, stream)));
        Self { named: named.into(), to }
    }

    /// False for a stream, of which no byte can be put right later.
    pub fn can_seek(&self) -> bool {
        matches!(self.to, To::File(..))
    }

    /// Appends bytes.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        let outcome = match &mut self.to {
            To::File(file, _) => append_whole(file, bytes),
            To::Stream(stream) => stream.write_all(bytes),
        };
        outcome.map_err(|error| self.failed(&error))
    }

    /// Puts right what the file begins with; the rest stays. Nothing is appended after it. To a stream it does nothing.
    pub fn put_right(&mut self, beginning: &[u8]) -> Result<(), FileError> {
        let To::File(file, _) = &mut self.to else { return Ok(()) };
        let outcome = file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(beginning));
        outcome.map_err(|error| self.failed(&error))
    }

    /// Hands everything to the system, and gives a file its name.
    pub fn complete(mut self) -> Result<(), FileError> {
        let outcome = match &mut self.to {
            To::File(file, _) => file.flush(),
            To::Stream(stream) => stream.flush(),
        };
        outcome.map_err(|error| self.failed(&error))?;
        match self.to {
            To::File(file, unfinished) => {
                drop(file);
                unfinished.complete()
            }
            To::Stream(_) => Ok(()),
        }
    }

    /// The error of a write that failed.
    pub fn failed(&self, reason: &dyn std::fmt::Display) -> FileError {
        FileError::Write { path: self.named.clone(), reason: reason.to_string() }
    }
}

/// Appends bytes, and fills the buffer before it is handed on: by itself it hands on what it has when the next bytes do
/// not fit.
fn append_whole<W: Write>(to: &mut BufWriter<W>, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let room = to.capacity() - to.buffer().len();
        let (now, later) = bytes.split_at(bytes.len().min(if room == 0 { to.capacity() } else { room }));
        to.write_all(now)?;
        bytes = later;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes the length of each piece that it gets.
    struct Pieces(Vec<u8>, Vec<usize>);

    impl Write for Pieces {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1.push(bytes.len());
            self.0.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn bytes_are_handed_on_in_whole_pieces_whatever_their_own() {
        let mut to = BufWriter::with_capacity(100, Pieces(Vec::new(), Vec::new()));
        let bytes: Vec<u8> = (0..=255).cycle().take(1234).collect();
        let mut left = &bytes[..];
        for length in [58, 7, 100, 99, 1, 300, 650].into_iter().cycle() {
            let (now, later) = left.split_at(length.min(left.len()));
            append_whole(&mut to, now).expect("written");
            left = later;
            if left.is_empty() {
                break;
            }
        }
        to.flush().expect("written");
        let Pieces(written, lengths) = to.get_ref();
        assert_eq!(*written, bytes);
        let (last, whole) = lengths.split_last().expect("some");
        assert!(whole.iter().all(|length| *length == 100) && whole.len() == 12 && *last == 34, "{lengths:?}");
    }
}

//! Where bytes come from: a file, memory, or a pipe that is read once.

use super::tags::id3v2;
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};
use symphonia::core::io::MediaSource;

/// Bytes of a pipe that are kept so that its header can be read more than once.
const MOST_KEPT: usize = 16 << 20;

/// Tags that are passed over one behind another.
const MOST_TAGS: usize = 16;

/// A source of bytes; positions count from behind the tags that were passed over.
pub struct Input<'a> {
    source: Source<'a>,
    /// Where the file begins behind its tags.
    start: u64,
}

enum Source<'a> {
    Whole(Box<dyn MediaSource + 'a>),
    Pipe(Pipe<'a>),
}

impl<'a> Input<'a> {
    /// A file, or bytes in memory.
    pub fn whole(source: impl MediaSource + 'a) -> Self {
        Self { source: Source::Whole(Box::new(source)), start: 0 }
    }

    /// A source that can be read once.
    pub fn pipe(source: impl Read + Send + Sync + 'a) -> Self {
        let pipe = Pipe { source: Box::new(source), kept: Vec::new(), base: 0, position: 0, keeps: true };
        Self { source: Source::Pipe(pipe), start: 0 }
    }

    /// True if it is read once.
    pub fn is_pipe(&self) -> bool {
        matches!(self.source, Source::Pipe(_))
    }

    /// Reads up to so many bytes at the present position, and goes back there.
    pub fn peek(&mut self, most: usize) -> Result<Vec<u8>> {
        let position = self.stream_position()?;
        let mut bytes = Vec::new();
        self.by_ref().take(most as u64).read_to_end(&mut bytes)?;
        self.seek(SeekFrom::Start(position))?;
        Ok(bytes)
    }

    /// Passes over ID3v2 tags, which taggers put before files of any format.
    pub fn pass_over_tags(&mut self) -> Result<()> {
        for _ in 0..MOST_TAGS {
            let Some(length) = id3v2(&self.peek(10)?) else { break };
            self.pass_over(length)?;
        }
        Ok(())
    }

    /// Passes over so many bytes at the beginning.
    pub fn pass_over(&mut self, length: u64) -> Result<()> {
        self.start += length;
        match &mut self.source {
            Source::Whole(source) => _ = source.seek(SeekFrom::Start(self.start))?,
            Source::Pipe(pipe) => pipe.drop_up_to(self.start)?,
        }
        Ok(())
    }

    /// Stops keeping what is read of a pipe: nobody goes back any more.
    pub fn settle(mut self) -> Self {
        if let Source::Pipe(pipe) = &mut self.source {
            pipe.keeps = false;
        }
        self
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        match &mut self.source {
            Source::Whole(source) => source.read(buffer),
            Source::Pipe(pipe) => pipe.read(buffer),
        }
    }
}

impl Seek for Input<'_> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let to = match to {
            SeekFrom::Start(position) => SeekFrom::Start(self.start.saturating_add(position)),
            other => other,
        };
        let position = match (&mut self.source, to) {
            (Source::Whole(source), to) => source.seek(to)?,
            (Source::Pipe(pipe), SeekFrom::Start(position)) => pipe.seek(position)?,
            (Source::Pipe(pipe), SeekFrom::Current(0)) => pipe.position,
            (Source::Pipe(_), _) => return Err(Error::new(ErrorKind::Unsupported, "a pipe has no end to seek from")),
        };
        position.checked_sub(self.start).ok_or_else(|| Error::from(ErrorKind::InvalidInput))
    }
}

impl MediaSource for Input<'_> {
    fn is_seekable(&self) -> bool {
        !self.is_pipe()
    }

    fn byte_len(&self) -> Option<u64> {
        match &self.source {
            Source::Whole(source) => source.byte_len()?.checked_sub(self.start),
            Source::Pipe(_) => None,
        }
    }
}

/// A source that is read once, with what was read at its beginning.
struct Pipe<'a> {
    source: Box<dyn Read + Send + Sync + 'a>,
    kept: Vec<u8>,
    /// Where what is kept begins.
    base: u64,
    position: u64,
    keeps: bool,
}

impl Pipe<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let kept = usize::try_from(self.position - self.base).ok().and_then(|at| self.kept.get(at..));
        if let Some(kept @ [_, ..]) = kept {
            let read = kept.len().min(buffer.len());
            buffer[..read].copy_from_slice(&kept[..read]);
            self.position += read as u64;
            return Ok(read);
        }
        let read = self.source.read(buffer)?;
        self.position += read as u64;
        if self.keeps {
            if self.kept.len() + read > MOST_KEPT {
                return Err(Error::new(ErrorKind::InvalidData, "no sample in the first 16 MB of the pipe"));
            }
            self.kept.extend_from_slice(&buffer[..read]);
        } else if !self.kept.is_empty() {
            self.kept = Vec::new();
        }
        Ok(read)
    }

    /// Goes back to what is kept, or reads on to a position; behind the end there is nothing to read.
    fn seek(&mut self, to: u64) -> Result<u64> {
        let end = self.base + self.kept.len() as u64;
        if to < self.base || to < self.position && !self.keeps {
            return Err(Error::new(ErrorKind::Unsupported, "a pipe cannot be read again"));
        }
        self.position = if to <= end { to } else { self.position.max(end) };
        let mut piece = [0; 4096];
        while self.position < to {
            let most = piece.len().min(usize::try_from(to - self.position).unwrap_or(usize::MAX));
            match self.read(&mut piece[..most]) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.position)
    }

    /// Reads on to a position and forgets what lies before it.
    fn drop_up_to(&mut self, position: u64) -> Result<()> {
        while self.position < position {
            let next = position.min(self.position + (1 << 16));
            let is_over = self.seek(next)? < next;
            let dropped = usize::try_from(self.position - self.base).unwrap_or(usize::MAX).min(self.kept.len());
            self.kept.drain(..dropped);
            self.base = self.position;
            if is_over {
                (self.base, self.position) = (position, position);
            }
        }
        Ok(())
    }
}

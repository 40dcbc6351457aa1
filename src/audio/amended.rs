//! A file of which symphonia is to see another length, or other bytes at one place.

use super::input::Input;
use std::io::{Read, Result as IoResult, Seek, SeekFrom};
use symphonia::core::io::MediaSource;

/// The file.
pub struct Amended<'a> {
    input: Input<'a>,
    end: u64,
    /// Where other bytes are put in the place of the file's.
    other: Option<(u64, [u8; 8])>,
    position: u64,
}

impl<'a> Amended<'a> {
    /// A file at its beginning that ends here, with other bytes at one place or as it is.
    pub fn new(input: Input<'a>, end: u64, other: Option<(u64, [u8; 8])>) -> Self {
        Self { input, end, other, position: 0 }
    }
}

impl Read for Amended<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> IoResult<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let read = self.input.read(&mut buffer[..most])?;
        let other = self.other.iter().flat_map(|(at, bytes)| (*at..).zip(*bytes));
        for (position, byte) in other {
            if let Some(at) = position.checked_sub(self.position).and_then(|at| usize::try_from(at).ok())
                && at < read
            {
                buffer[at] = byte;
            }
        }
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Amended<'_> {
    fn seek(&mut self, to: SeekFrom) -> IoResult<u64> {
        let to = match to {
            SeekFrom::End(offset) => SeekFrom::Start(self.end.saturating_add_signed(offset)),
            other => other,
        };
        self.position = self.input.seek(to)?;
        Ok(self.position)
    }
}

impl MediaSource for Amended<'_> {
    fn is_seekable(&self) -> bool {
        self.input.is_seekable()
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.end)
    }
}

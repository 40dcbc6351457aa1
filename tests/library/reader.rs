//! One reader for dry files and impulses: the same samples from every form, whatever its header says, some frames at a
//! time.

mod beside;
mod encoded;
mod foreign;
mod forms;
mod memory;
mod pipes;

use transept::audio::{AudioError, Reader};
use transept::cancel::Token;

/// All samples that a reader gives, in blocks of an odd length.
fn all(mut reader: Reader) -> Result<Vec<Vec<f32>>, AudioError> {
    let mut channels = vec![Vec::new(); reader.channels()];
    let mut block = vec![vec![0.0; 37]; reader.channels()];
    loop {
        let frames = reader.read(&mut block, &Token::never())?;
        channels.iter_mut().zip(&block).for_each(|(channel, piece)| channel.extend_from_slice(&piece[..frames]));
        if frames < 37 {
            assert!(reader.is_at_end());
            return Ok(channels);
        }
    }
}

/// Reads the bytes of a file.
fn of_bytes(bytes: &[u8]) -> Result<Vec<Vec<f32>>, AudioError> {
    all(Reader::bytes("sound".as_ref(), bytes, &Token::never())?)
}

/// Reads the same bytes from a pipe, which gives them in small pieces.
pub fn of_pipe(bytes: &[u8]) -> Result<Vec<Vec<f32>>, AudioError> {
    all(Reader::pipe("-".as_ref(), Dripping(bytes), &Token::never())?)
}

/// A source that gives a few bytes at a time, as pipes may.
struct Dripping<'a>(&'a [u8]);

impl std::io::Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = buffer.len().min(self.0.len()).min(7);
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

//! What a WAV file holds besides its samples, and what of it goes along into the output.

mod info;

use super::encoding::Form;
use crate::audio::Chunk;

/// What goes along into an output.
#[derive(Debug, Default)]
pub(super) struct Carried {
    /// Chunks, for WAV.
    pub chunks: Vec<Chunk>,
    /// Fields and texts of comments, for FLAC.
    pub comments: Vec<(&'static str, String)>,
    /// Names of what the form cannot hold.
    pub left_out: Vec<String>,
}

impl Carried {
    /// What of a dry file's chunks goes along into an output whose first sample is the dry file's first.
    ///
    /// WAV takes all of them. Those that count samples, at the dry file's rate `from`, count them at the output's rate
    /// `to` then. FLAC takes the texts of `LIST INFO` as comments.
    pub fn new(chunks: &[Chunk], form: Form, from: u32, to: u32) -> Self {
        let mut carried = Self::default();
        for chunk in chunks {
            match form {
                Form::Wave => match chunk.at_rate(from, to) {
                    Some(chunk) => carried.chunks.push(chunk),
                    None => carried.left_out.push(chunk.name()),
                },
                Form::Flac => match info::comments(chunk) {
                    Some(comments) => carried.comments.extend(comments),
                    None => carried.left_out.push(chunk.name()),
                },
            }
        }
        carried
    }

    /// Leaves out the texts that say FuMa, for an output in AmbiX: whoever reads it would bring it to AmbiX again.
    pub fn leave_fuma_out(&mut self) {
        let (says_it, others) = std::mem::take(&mut self.chunks).into_iter().partition(|chunk| chunk.says("FuMa"));
        self.chunks = others;
        let says_it: Vec<Chunk> = says_it;
        self.left_out.extend(says_it.iter().map(|chunk| format!("{} (it says FuMa)", chunk.name())));
    }
}

// Where a `bext` chunk has what (EBU Tech 3285, version 2).
const TIME_REFERENCE: usize = 338;
const VERSION: usize = 346;
const LOUDNESS: std::ops::Range<usize> = 412..422;

impl Chunk {
    /// The letters, and of a list what it lists.
    fn name(&self) -> String {
        let text = |letters: &[u8]| String::from_utf8_lossy(letters).trim_end().to_owned();
        match self.list() {
            Some(kind) => format!("LIST {}", text(kind)),
            None => text(&self.id),
        }
    }

    /// What a `LIST` lists.
    fn list(&self) -> Option<&[u8]> {
        if self.id == *b"LIST" { self.bytes.get(..4) } else { None }
    }

    /// The chunk for a file of another rate and another sound; `None` if a position would be beyond what its field can
    /// hold.
    fn at_rate(&self, from: u32, to: u32) -> Option<Self> {
        let mut chunk = self.clone();
        let bytes = &mut chunk.bytes;
        match (&self.id, self.list()) {
            (b"bext", _) => {
                if bytes.len() >= VERSION + 2 {
                    scale::<8>(bytes, TIME_REFERENCE, from, to)?;
                }
                // The loudness was that of the dry file. What is not known is 0x7fff; before version 2 it is not there.
                if bytes.len() >= LOUDNESS.end && u16::from_le_bytes([bytes[VERSION], bytes[VERSION + 1]]) >= 2 {
                    bytes[LOUDNESS].as_chunks_mut().0.fill(0x7fff_u16.to_le_bytes());
                }
            }
            (b"cue ", _) => {
                // A count, and for each mark 24 bytes with its position in the playlist and in the samples.
                for mark in (4..).step_by(24).take_while(|mark| mark + 24 <= self.bytes.len()) {
                    scale::<4>(bytes, mark + 4, from, to)?;
                    scale::<4>(bytes, mark + 20, from, to)?;
                }
            }
            (_, Some(b"adtl")) => {
                // Texts of marks, of which `ltxt` says how many samples it is about.
                for (id, content) in parts(&self.bytes) {
                    if id == *b"ltxt" && content.len() >= 8 {
                        scale::<4>(bytes, content.start + 4, from, to)?;
                    }
                }
            }
            _ => {}
        }
        Some(chunk)
    }
}

/// The parts of a list: their letters, and where their content lies.
fn parts(list: &[u8]) -> impl Iterator<Item = ([u8; 4], std::ops::Range<usize>)> {
    let mut at = 4;
    std::iter::from_fn(move || {
        let (id, rest) = list.get(at..)?.split_first_chunk::<4>()?;
        let start = at + 8;
        let size = u32::from_le_bytes(*rest.first_chunk()?) as usize;
        let end = start.saturating_add(size).min(list.len());
        at = end.next_multiple_of(2);
        Some((*id, start..end))
    })
}

/// Brings a count of samples to another rate, rounded to the nearest; `None` if its `N` bytes cannot hold it.
fn scale<const N: usize>(bytes: &mut [u8], at: usize, from: u32, to: u32) -> Option<()> {
    let field = &mut bytes[at..at + N];
    let mut wide = [0; 16];
    wide[..N].copy_from_slice(field);
    let (from, to) = (u128::from(from), u128::from(to));
    let scaled = ((u128::from_le_bytes(wide) * to * 2 + from) / (from * 2)).to_le_bytes();
    field.copy_from_slice(&scaled[..N]);
    scaled[N..].iter().all(|byte| *byte == 0).then_some(())
}

#[cfg(test)]
mod tests;

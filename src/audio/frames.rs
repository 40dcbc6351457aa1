//! MP3 and bare AAC: frames one behind another, each with a header that tells its length.
//!
//! Symphonia looks for the next header wherever it finds none, and does not say what it passed over. Here each frame
//! must follow the one before. Zeros and tags may lie between frames, as in files that were joined; all else is damage.

use super::input::Input;
use super::lost::Lost;
use super::named::Named;
use super::opened::Opened;
use super::tags::{Untagged, apev2, id3v2};
use super::{AudioError, compressed};
use crate::cancel::Token;
use std::io::{Read, Result as IoResult};

/// Bytes of which a header's length is known, and those of an ID3v2 tag. No frame is shorter.
const HEADER: usize = 10;

/// Bytes of which the length of an APEv2 tag is known.
const APEV2_HEADER: usize = 32;

/// The length of a frame from its header, itself included; `None` for what is no header.
type Length = fn(&[u8]) -> Option<usize>;

/// Opens an MP3 file at its beginning.
pub fn open_mp3<'a>(named: &Named, input: Input<'a>, cancel: &Token) -> Result<Opened<'a>, AudioError> {
    open(named, input, mp3, cancel)
}

/// Opens a file of bare AAC (ADTS) at its beginning.
pub fn open_aac<'a>(named: &Named, input: Input<'a>, cancel: &Token) -> Result<Opened<'a>, AudioError> {
    open(named, input, adts, cancel)
}

/// Without a length that symphonia would guess from what it finds at the end, and cut off what lies behind: a source of
/// frames has none.
fn open<'a>(named: &Named, input: Input<'a>, length: Length, cancel: &Token) -> Result<Opened<'a>, AudioError> {
    let source = Untagged::new(input.settle());
    let frames = Frames { source, length, frame: Vec::new(), at: 0, position: 0, lost: None };
    compressed::open(named, Input::pipe(frames), cancel)
}

/// The frames of a source, without what lies between them.
struct Frames<R> {
    source: R,
    length: Length,
    /// The present frame, of which the bytes from `at` on are still to be given.
    frame: Vec<u8>,
    at: usize,
    /// Where in the source the frame ends.
    position: u64,
    /// The damage at which the frames end.
    lost: Option<Lost>,
}

impl<R: Read> Frames<R> {
    /// Goes on to the next frame; none is left at the end.
    fn advance(&mut self) -> IoResult<()> {
        self.frame.clear();
        self.at = 0;
        loop {
            self.extend(HEADER)?;
            let length = match &self.frame[..] {
                [] => return Ok(()),
                [0, ..] => self.frame.iter().take_while(|byte| **byte == 0).count() as u64,
                [b'T', b'A', b'G', ..] => 128,
                header => {
                    if let Some(length) = (self.length)(header) {
                        self.extend(length)?;
                        let is_whole = self.frame.len() == length;
                        return if is_whole { Ok(()) } else { self.fail(Lost::end("its last frame is cut off")) };
                    }
                    self.extend(APEV2_HEADER)?;
                    let Some(length) = id3v2(&self.frame[..self.frame.len().min(HEADER)]).or(apev2(&self.frame)) else {
                        let at = self.position - self.frame.len() as u64;
                        return self.fail(Lost::middle(format!("from byte {at} on it is no frame of sound")));
                    };
                    length
                }
            };
            self.pass_over(length)?;
        }
    }

    /// Reads on until the frame has so many bytes, or the source ends.
    fn extend(&mut self, length: usize) -> IoResult<()> {
        let missing = length.saturating_sub(self.frame.len()) as u64;
        self.position += self.source.by_ref().take(missing).read_to_end(&mut self.frame)? as u64;
        Ok(())
    }

    fn pass_over(&mut self, length: u64) -> IoResult<()> {
        let there = (self.frame.len() as u64).min(length);
        self.frame.drain(..there as usize); // at most the headers above
        self.position += std::io::copy(&mut self.source.by_ref().take(length - there), &mut std::io::sink())?;
        Ok(())
    }

    fn fail(&mut self, lost: Lost) -> IoResult<()> {
        self.frame.clear();
        self.lost = Some(lost);
        Ok(())
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> IoResult<usize> {
        if self.at == self.frame.len() && self.lost.is_none() {
            self.advance()?;
        }
        if let Some(lost) = &self.lost {
            return Err(lost.clone().into());
        }
        let count = buffer.len().min(self.frame.len() - self.at);
        buffer[..count].copy_from_slice(&self.frame[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// Layer III of MPEG 1, 2 and 2.5 (ISO/IEC 11172-3, 2.4.2.3, and 13818-3).
fn mp3(header: &[u8]) -> Option<usize> {
    const MPEG_1: [usize; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const MPEG_2: [usize; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let [0xff, second, third, ..] = *header else { return None };
    if second & 0xe6 != 0xe2 {
        return None;
    }
    let (kilobits, frames, slower) = match second >> 3 & 3 {
        3 => (&MPEG_1, 1152, 1),
        2 => (&MPEG_2, 576, 2),
        0 => (&MPEG_2, 576, 4),
        _ => return None,
    };
    let kilobits = kilobits.get(usize::from(third >> 4).checked_sub(1)?)?;
    let sample_rate = [44_100, 48_000, 32_000].get(usize::from(third >> 2 & 3))? / slower;
    Some(frames / 8 * 1000 * kilobits / sample_rate + usize::from(third >> 1 & 1))
}

/// ADTS (ISO/IEC 13818-7, 6.2).
fn adts(header: &[u8]) -> Option<usize> {
    let [0xff, second, _, fourth, fifth, sixth, ..] = *header else { return None };
    let length = usize::from(fourth & 3) << 11 | usize::from(fifth) << 3 | usize::from(sixth) >> 5;
    (second & 0xf6 == 0xf0 && length >= HEADER).then_some(length)
}

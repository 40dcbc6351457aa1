//! MP4: its edit list says which part of the decoded samples is the sound.
//!
//! Encoders put some thousand samples of their own before the sound, and fill the last packet up behind it. Symphonia
//! gives all of them; here they are taken away, as the edit list of the track says (ISO/IEC 14496-12, 8.6.6).

use super::input::Input;
use super::named::Named;
use super::opened::{Opened, Samples};
use super::{AudioError, compressed};
use crate::cancel::Token;
use std::io::{Read, Result as IoResult, Seek, SeekFrom};

/// Atoms of one level that are looked at, at most.
const MOST_ATOMS: usize = 4096;

/// Opens an MP4 file at its beginning.
pub fn open<'a>(named: &Named, mut input: Input<'a>, cancel: &Token) -> Result<Opened<'a>, AudioError> {
    if input.is_pipe() {
        return Err(named.foreign("MP4 in a pipe", "name the file, which is read from several places"));
    }
    let edit = edit(&mut input).map_err(|error| named.io(error))?;
    input.seek(SeekFrom::Start(0)).map_err(|error| named.io(error))?;
    let opened = compressed::open(named, input, cancel)?;
    let Some(edit) = edit else { return Ok(opened) };
    let skipped = edit.start.frames(opened.sample_rate);
    let behind = opened.frames.map(|frames| frames.saturating_sub(skipped));
    let kept = edit.length.map(|length| length.frames(opened.sample_rate));
    let frames = match (behind, kept) {
        (Some(behind), Some(kept)) => Some(behind.min(kept)),
        (behind, kept) => behind.or(kept),
    };
    let samples = Box::new(Kept { samples: opened.samples, skipped, left: kept.unwrap_or(u64::MAX) });
    Ok(Opened { frames, samples, ..opened })
}

/// What an edit list of one part says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Edit {
    /// Where in the decoded samples the sound begins.
    start: Ticks,
    /// How long it is; `None` if the list leaves that open.
    length: Option<Ticks>,
}

/// A time in units of which there are `rate` in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ticks {
    count: u64,
    rate: u32,
}

impl Ticks {
    /// Samples, rounded up: coarse units must not cost a sample at the end.
    fn frames(self, sample_rate: u32) -> u64 {
        let frames = (u128::from(self.count) * u128::from(sample_rate)).div_ceil(u128::from(self.rate.max(1)));
        u64::try_from(frames).unwrap_or(u64::MAX)
    }
}

/// The samples between the ends of an edit.
struct Kept<'a> {
    samples: Box<dyn Samples + 'a>,
    skipped: u64,
    left: u64,
}

impl Samples for Kept<'_> {
    fn next(&mut self, planes: &mut Vec<Vec<f32>>) -> Result<(), AudioError> {
        loop {
            self.samples.next(planes)?;
            let there = planes.first().map_or(0, Vec::len);
            if there == 0 {
                return Ok(());
            }
            let skipped = usize::try_from(self.skipped).unwrap_or(usize::MAX).min(there);
            let kept = usize::try_from(self.left).unwrap_or(usize::MAX).min(there - skipped);
            for plane in planes.iter_mut() {
                plane.truncate(skipped + kept);
                plane.drain(..skipped);
            }
            self.skipped -= skipped as u64;
            self.left -= kept as u64;
            if kept > 0 || self.left == 0 {
                return Ok(());
            }
        }
    }
}

/// The edit of the first track of sound; `None` where there is none, or one of several parts.
fn edit<S: Read + Seek>(source: &mut S) -> IoResult<Option<Edit>> {
    let end = source.seek(SeekFrom::End(0))?;
    let file = Atom { start: 0, end };
    let Some(movie) = file.child(source, b"moov")? else { return Ok(None) };
    let Some(movie_rate) = rate(source, &movie, b"mvhd")? else { return Ok(None) };
    for track in movie.children(source, b"trak")? {
        let Some(media) = track.child(source, b"mdia")? else { continue };
        let Some(handler) = media.child(source, b"hdlr")? else { continue };
        if handler.bytes::<12, _>(source)?.is_none_or(|fields| &fields[8..] != b"soun") {
            continue;
        }
        let (Some(media_rate), Some(edits)) = (rate(source, &media, b"mdhd")?, track.child(source, b"edts")?) else {
            return Ok(None);
        };
        let Some(list) = edits.child(source, b"elst")? else { return Ok(None) };
        let Some(fields) = list.bytes::<8, _>(source)? else { return Ok(None) };
        let entry = Atom { start: list.start + 8, ..list };
        let (length, start) = match (fields[0], be32(&fields, 4)) {
            (0, 1) => match entry.bytes::<8, _>(source)? {
                Some(entry) if be32(&entry, 4) != u32::MAX => (be32(&entry, 0).into(), be32(&entry, 4).into()),
                _ => return Ok(None),
            },
            (1, 1) => match entry.bytes::<16, _>(source)? {
                Some(entry) if be64(&entry, 8) != u64::MAX => (be64(&entry, 0), be64(&entry, 8)),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        let length = (length > 0).then_some(Ticks { count: length, rate: movie_rate });
        return Ok(Some(Edit { start: Ticks { count: start, rate: media_rate }, length }));
    }
    Ok(None)
}

/// Units in a second, from the header of a movie or of a medium.
fn rate<S: Read + Seek>(source: &mut S, parent: &Atom, letters: &[u8; 4]) -> IoResult<Option<u32>> {
    let Some(header) = parent.child(source, letters)? else { return Ok(None) };
    let Some(fields) = header.bytes::<24, _>(source)? else { return Ok(None) };
    // Behind two times, which have 8 bytes each in version 1.
    Ok(Some(be32(&fields, if fields[0] == 1 { 20 } else { 12 })))
}

/// Contents of an atom.
#[derive(Debug, Clone, Copy)]
struct Atom {
    start: u64,
    end: u64,
}

impl Atom {
    fn child<S: Read + Seek>(&self, source: &mut S, letters: &[u8; 4]) -> IoResult<Option<Atom>> {
        Ok(self.children(source, letters)?.into_iter().next())
    }

    fn children<S: Read + Seek>(&self, source: &mut S, letters: &[u8; 4]) -> IoResult<Vec<Atom>> {
        let (mut position, mut found) = (self.start, Vec::new());
        for _ in 0..MOST_ATOMS {
            let rest = Atom { start: position, ..*self };
            let Some(header) = rest.bytes::<8, _>(source)? else { break };
            let (start, end) = match be32(&header, 0) {
                0 => (position + 8, self.end),
                1 => match (Atom { start: position + 8, ..*self }).bytes::<8, _>(source)? {
                    Some(size) => (position + 16, position.saturating_add(be64(&size, 0))),
                    None => break,
                },
                size => (position + 8, position + u64::from(size)),
            };
            if end < start || end > self.end {
                break;
            }
            if header[4..] == *letters {
                found.push(Atom { start, end });
            }
            position = end;
        }
        Ok(found)
    }

    /// Its first bytes, `None` where it is shorter.
    fn bytes<const N: usize, S: Read + Seek>(&self, source: &mut S) -> IoResult<Option<[u8; N]>> {
        if self.end.saturating_sub(self.start) < N as u64 {
            return Ok(None);
        }
        source.seek(SeekFrom::Start(self.start))?;
        let mut bytes = Vec::with_capacity(N);
        source.take(N as u64).read_to_end(&mut bytes)?;
        Ok(bytes.try_into().ok())
    }
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn be64(bytes: &[u8], at: usize) -> u64 {
    u64::from(be32(bytes, at)) << 32 | u64::from(be32(bytes, at + 4))
}

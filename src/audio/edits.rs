//! MP4: its edit list says which part of the decoded samples is the sound.
//!
//! Encoders put some thousand samples of their own before the sound, and fill the last packet up behind it. Symphonia
//! gives all of them; here they are taken away, as the edit list of the track says (ISO/IEC 14496-12, 8.6.6).

use super::amended::Amended;
use super::input::Input;
use super::kept::Kept;
use super::named::Named;
use super::opened::Opened;
use super::{AudioError, compressed};
use crate::cancel::Token;
use std::io::{Read, Result as IoResult, Seek, SeekFrom};

/// Atoms of one level that are looked at, at most.
const MOST_ATOMS: usize = 4096;

/// Opens an MP4 file at its beginning.
pub fn open<'a>(named: &Named, mut input: Input<'a>, cancel: &Token) -> Result<Opened<'a>, AudioError> {
    let end = admit(named, &mut input)?;
    let edit = edit(&mut input).map_err(|error| named.io(error))?;
    input.seek(SeekFrom::Start(0)).map_err(|error| named.io(error))?;
    let opened = compressed::open(named, Input::whole(Amended::new(input, end, None)), cancel)?;
    let Some(edit) = edit else { return Ok(opened) };
    let skipped = edit.start.frames(opened.sample_rate);
    let kept = edit.length.map(|length| length.at_least(opened.sample_rate));
    Ok(Kept::of(opened, skipped, kept))
}

/// Judges whether the atoms of the file are whole, and tells where they end: what follows index and samples and is no
/// atom, such as a tag, is none of the file's.
fn admit<S: Read + Seek>(named: &Named, source: &mut S) -> Result<u64, AudioError> {
    let failed = |error| named.io(error);
    let end = source.seek(SeekFrom::End(0)).map_err(failed)?;
    let (mut position, mut has_index, mut has_samples) = (0, false, false);
    for _ in 0..MOST_ATOMS {
        let Some((letters, start, next)) = (Atom { start: position, end }).header(source).map_err(failed)? else {
            break;
        };
        if next < start {
            return Ok(end); // damaged in another way, which symphonia tells
        }
        if has_index && has_samples {
            if &letters == b"ftyp" {
                return Err(named.joined());
            }
            if next > end || !letters.iter().all(|letter| letter.is_ascii_graphic() || *letter == b' ') {
                return Ok(position);
            }
        }
        if next > end {
            return Err(if &letters == b"mdat" {
                named.promised(next - start, end.saturating_sub(start))
            } else {
                named.truncated(format!("its part `{}` is cut off", letters.escape_ascii()))
            });
        }
        has_index |= &letters == b"moov";
        has_samples |= &letters == b"mdat";
        position = next;
    }
    if has_index { Ok(end) } else { Err(named.truncated("its index `moov` is missing")) }
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
    /// Samples, rounded up.
    fn frames(self, sample_rate: u32) -> u64 {
        let frames = (u128::from(self.count) * u128::from(sample_rate)).div_ceil(u128::from(self.rate.max(1)));
        u64::try_from(frames).unwrap_or(u64::MAX)
    }

    /// Samples that must be kept of a length: units that are coarser than a sample are rounded down by some programs,
    /// which must not cost a sample at the end.
    fn at_least(self, sample_rate: u32) -> u64 {
        let count = self.count.saturating_add(u64::from(self.rate < sample_rate));
        Self { count, ..self }.frames(sample_rate)
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
            let Some((found_letters, start, end)) = rest.header(source)? else { break };
            if end < start || end > self.end {
                break;
            }
            if found_letters == *letters {
                found.push(Atom { start, end });
            }
            position = end;
        }
        Ok(found)
    }

    /// Letters of the first atom in it, and where the content of that begins and ends.
    fn header<S: Read + Seek>(&self, source: &mut S) -> IoResult<Option<([u8; 4], u64, u64)>> {
        let Some(header) = self.bytes::<8, _>(source)? else { return Ok(None) };
        let (start, end) = match be32(&header, 0) {
            0 => (self.start + 8, self.end),
            1 => match (Atom { start: self.start + 8, ..*self }).bytes::<8, _>(source)? {
                Some(size) => (self.start + 16, self.start.saturating_add(be64(&size, 0))),
                None => return Ok(None),
            },
            size => (self.start + 8, self.start + u64::from(size)),
        };
        Ok(Some(([header[4], header[5], header[6], header[7]], start, end)))
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

//! Ogg: checks that a file is whole and undamaged and holds a stream that can be decoded, before symphonia reads it.
//! Symphonia leaves out pages that are damaged or missing and does not say so.
//!
//! A page has a header of 27 bytes, a table of up to 255 segment sizes, and the segments. The header says to which
//! stream the page belongs, its number in it and whether it is the first or the last, and ends with a checksum of the
//! page (RFC 3533, 6).

use super::input::Input;
use super::named::{NAME_THE_FILE, Named};
use super::opened::Opened;
use super::{AudioError, compressed};
use crate::cancel::Token;
use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};

/// Begins every page.
const LETTERS: &[u8] = b"OggS";
/// Streams beside one another that are followed. Films have three or four.
const MOST_STREAMS: usize = 64;

const FIRST: u8 = 2;
const LAST: u8 = 4;

/// What the first packet of a stream begins with, and what such a stream is called.
const KINDS: [(&[u8], &str); 6] = [
    (b"\x01vorbis", VORBIS),
    (b"\x7fFLAC", FLAC),
    (b"OpusHead", OPUS),
    (b"Speex   ", SPEEX),
    (b"\x80theora", "Theora"),
    (b"fishead\0", "Skeleton"),
];
const VORBIS: &str = "Vorbis";
const FLAC: &str = "FLAC";
const OPUS: &str = "Opus";
const SPEEX: &str = "Speex";

const TO_WAV_OR_FLAC: &str = "convert it to WAV or FLAC first";

/// One page, header and all.
struct Page(Vec<u8>);

/// What is known of a stream so far.
struct Stream {
    kind: &'static str,
    /// Number that its next page has.
    next: u32,
    is_ended: bool,
}

/// Opens an Ogg file at its beginning.
pub fn open<'a>(named: &Named, mut input: Input<'a>, cancel: &Token) -> Result<Opened<'a>, AudioError> {
    admit(named, &mut input, cancel)?;
    compressed::open(named, input, cancel)
}

/// The refusal of an Ogg file in a pipe that begins with these bytes: by what is in it, where that is said.
pub fn refusal_of_pipe(named: &Named, beginning: &[u8]) -> AudioError {
    match Page(beginning.to_vec()).kind() {
        kind @ (OPUS | SPEEX) => named.foreign(format!("{kind} in Ogg"), TO_WAV_OR_FLAC),
        kind @ (VORBIS | FLAC) => named.foreign(format!("{kind} in Ogg in a pipe"), NAME_THE_FILE),
        _ => named.foreign("Ogg in a pipe", NAME_THE_FILE),
    }
}

/// Walks all pages and leaves the source at its beginning. What follows the last page, as a tag does, is no part of the
/// sound.
///
/// # Errors
/// For a page that is damaged or missing, a missing end, and streams that cannot be decoded.
fn admit<S: Read + Seek>(named: &Named, source: &mut S, cancel: &Token) -> Result<(), AudioError> {
    let mut streams = BTreeMap::new();
    for number in 1.. {
        cancel.check()?;
        let is_over = !streams.is_empty() && streams.values().all(|stream: &Stream| stream.is_ended);
        match Page::read(source).map_err(|error| named.io(error))? {
            Some(page) if page.is_sound() => enter(named, &mut streams, &page)?,
            Some(page) if !is_over || page.0.starts_with(LETTERS) => {
                return Err(named.damaged(format!("page {number} is damaged")));
            }
            None if !is_over => return Err(named.truncated("its last page is missing")),
            _ => break,
        }
    }
    source.seek(SeekFrom::Start(0)).map_err(|error| named.io(error))?;
    Ok(())
}

/// Judges a page in the order of its stream.
fn enter(named: &Named, streams: &mut BTreeMap<u32, Stream>, page: &Page) -> Result<(), AudioError> {
    if page.has(FIRST) {
        if streams.values().any(|stream| stream.next > 1) {
            return Err(named.not_audio("it is several recordings one after another"));
        }
        if streams.len() == MOST_STREAMS {
            return Err(named.not_audio(format!("it is more than {MOST_STREAMS} streams at once")));
        }
        streams.insert(page.stream(), Stream { kind: page.kind(), next: 0, is_ended: false });
    } else if !streams.values().any(|stream| matches!(stream.kind, VORBIS | FLAC)) {
        let kinds: Vec<_> = streams.values().map(|stream| stream.kind).collect();
        return Err(named.foreign(format!("{} in Ogg", kinds.join(" and ")), TO_WAV_OR_FLAC));
    }
    let Some(stream) = streams.get_mut(&page.stream()) else {
        return Err(named.truncated("its first page is missing"));
    };
    if page.number() != stream.next {
        return Err(named.damaged(format!("page {} of its {} is missing", stream.next, stream.kind)));
    }
    stream.next = page.number().wrapping_add(1);
    stream.is_ended = page.has(LAST);
    Ok(())
}

impl Page {
    /// The next page, or up to 27 bytes that begin like none; `None` where the file ends before the page does.
    fn read<S: Read>(source: &mut S) -> io::Result<Option<Self>> {
        let mut page = Self(Vec::new());
        let has_header = page.extend(source, 27)?;
        if !LETTERS.starts_with(&page.0[..page.0.len().min(4)]) {
            return Ok(Some(page));
        }
        let is_whole = has_header
            && page.extend(source, usize::from(page.0[26]))?
            && page.extend(source, page.0[27..].iter().map(|size| usize::from(*size)).sum())?;
        Ok(is_whole.then_some(page))
    }

    /// Reads so many bytes more, and says whether they are there.
    fn extend<S: Read>(&mut self, source: &mut S, count: usize) -> io::Result<bool> {
        Ok(source.take(count as u64).read_to_end(&mut self.0)? == count)
    }

    /// Whether it begins like a page and has the checksum that it says.
    fn is_sound(&self) -> bool {
        let zeroed = |at: usize, byte: u8| if (22..26).contains(&at) { 0 } else { byte };
        let sum = self.0.iter().enumerate().fold(0, |sum, (at, byte)| checksum(sum, zeroed(at, *byte)));
        self.0.starts_with(LETTERS) && self.field(22) == sum
    }

    fn has(&self, flag: u8) -> bool {
        self.0[5] & flag != 0
    }

    fn stream(&self) -> u32 {
        self.field(14)
    }

    fn number(&self) -> u32 {
        self.field(18)
    }

    fn field(&self, at: usize) -> u32 {
        u32::from_le_bytes([self.0[at], self.0[at + 1], self.0[at + 2], self.0[at + 3]])
    }

    /// What its first packet says that the stream is.
    fn kind(&self) -> &'static str {
        let segments = self.0.get(26).copied().unwrap_or_default();
        let packet = self.0.get(27 + usize::from(segments)..).unwrap_or_default();
        KINDS.iter().find(|(letters, _)| packet.starts_with(letters)).map_or("something unknown", |(_, kind)| kind)
    }
}

/// One more byte of a checksum: the polynomial 0x04c11db7, the highest bit first.
fn checksum(sum: u32, byte: u8) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut at = 0;
        while at < 256 {
            let mut sum = (at as u32) << 24;
            let mut bit = 0;
            while bit < 8 {
                sum = (sum << 1) ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 };
                bit += 1;
            }
            table[at] = sum;
            at += 1;
        }
        table
    };
    (sum << 8) ^ TABLE[usize::from((sum >> 24) as u8 ^ byte)]
}

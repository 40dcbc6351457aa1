//! Tags before and behind a file of any format: they tell of the sound and are passed over.

use std::io::{Read, Result};

/// Bytes at the end of a source that are held back until it is known whether tags are among them. Larger tags, which
/// hold pictures, are not passed over.
const HELD: usize = 1 << 16;

/// Begins header and footer of an APEv2 tag.
const APEV2: &[u8] = b"APETAGEX";

/// The length of an ID3v2 tag that begins with these bytes, itself and its footer included (ID3v2.4, 3.1).
pub fn id3v2(header: &[u8]) -> Option<u64> {
    let (size, flags) = id3v2_size(header.strip_prefix(b"ID3")?)?;
    Some(10 + size + if flags & 0x10 != 0 { 10 } else { 0 })
}

/// The length of an APEv2 tag that begins with this header of 32 bytes, itself included (APE Tags Specification 2.0).
pub fn apev2(header: &[u8]) -> Option<u64> {
    let size = header.strip_prefix(APEV2)?.get(4..8)?.first_chunk()?;
    Some(32 + u64::from(u32::from_le_bytes(*size)))
}

/// Size and flags, from what follows the letters of a header or of a footer.
fn id3v2_size(fields: &[u8]) -> Option<(u64, u8)> {
    let [major, revision, flags, size @ ..] = fields else { return None };
    let is_tag = *major < 0xff && *revision < 0xff && size.len() == 4 && size.iter().all(|byte| *byte < 0x80);
    is_tag.then(|| (size.iter().fold(0, |size, byte| size << 7 | u64::from(*byte)), *flags))
}

/// A source without the tags at its end.
pub struct Untagged<R> {
    source: R,
    /// Bytes that are read; those from `at` on are not given yet.
    held: Vec<u8>,
    at: usize,
    is_over: bool,
}

impl<R: Read> Untagged<R> {
    pub fn new(source: R) -> Self {
        Self { source, held: Vec::new(), at: 0, is_over: false }
    }

    fn refill(&mut self) -> Result<()> {
        self.held.drain(..self.at);
        self.at = 0;
        let wanted = 2 * HELD - self.held.len();
        if self.source.by_ref().take(wanted as u64).read_to_end(&mut self.held)? < wanted {
            self.is_over = true;
            while let Some(length) = length_of_last(&self.held) {
                self.held.truncate(self.held.len() - length);
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Untagged<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if !self.is_over && self.held.len() <= self.at + HELD {
            self.refill()?;
        }
        let end = if self.is_over { self.held.len() } else { self.held.len() - HELD };
        let count = buffer.len().min(end - self.at);
        buffer[..count].copy_from_slice(&self.held[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// The length of a tag that ends with these bytes.
fn length_of_last(bytes: &[u8]) -> Option<usize> {
    let ends = |length: usize| bytes.len().checked_sub(length).map(|start| &bytes[start..]);
    let is_id3v1 = |length, letters: &[u8]| ends(length).is_some_and(|tag| tag.starts_with(letters));
    let length = if is_id3v1(128, b"TAG") {
        128
    } else if is_id3v1(227, b"TAG+") {
        227
    } else if let Some(footer) = ends(32).and_then(|footer| footer.strip_prefix(APEV2)) {
        // APEv2: the size counts the footer, and not the header, of which the highest flag tells.
        let field = |at: usize| u32::from_le_bytes([footer[at], footer[at + 1], footer[at + 2], footer[at + 3]]);
        field(4) as usize + if field(12) >> 31 == 1 { 32 } else { 0 }
    } else if let Some(size) = ends(10).and_then(|footer| id3v2_size(footer.strip_prefix(b"3DI")?)) {
        size.0 as usize + 20
    } else if let Some(digits) = ends(15).and_then(|end| end.strip_suffix(b"LYRICS200")) {
        std::str::from_utf8(digits).ok()?.parse::<usize>().ok()? + 15
    } else {
        return None;
    };
    (length > 0 && length <= bytes.len()).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id3v1() -> Vec<u8> {
        [b"TAG".as_slice(), &[b' '; 125]].concat()
    }

    fn apev2(content: usize) -> Vec<u8> {
        let frame = |is_header: u32| {
            let flags = 1 << 31 | is_header << 29;
            let fields = [2000, content as u32 + 32, 1, flags].map(u32::to_le_bytes).concat();
            [b"APETAGEX".as_slice(), &fields, &[0; 8]].concat()
        };
        [frame(1), vec![b'x'; content], frame(0)].concat()
    }

    #[test]
    fn tags_at_the_end_are_left_out_and_nothing_else() {
        let extended = [b"TAG+".as_slice(), &[b' '; 223], &id3v1()].concat();
        let lyrics = [b"LYRICSBEGININD00003110000014LYRICS200".as_slice(), &id3v1()].concat();
        let lyrics = String::from_utf8_lossy(&lyrics).replace("000014", "000022").into_bytes();
        let id3v2 = [b"ID3\x04\0\x10\0\0\0\x05".as_slice(), b"words", b"3DI\x04\0\x10\0\0\0\x05"].concat();
        let both = [apev2(300), id3v1()].concat();
        for tag in [vec![], id3v1(), extended, apev2(0), apev2(20_000), lyrics, id3v2, both] {
            for length in [0, 1, 500, HELD, 2 * HELD - 128, 3 * HELD + 7] {
                let sound: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
                let mut given = Vec::new();
                Untagged::new(&[&sound[..], &tag].concat()[..]).read_to_end(&mut given).expect("in memory");
                assert!(given == sound, "{} bytes of {length}, tag of {}", given.len(), tag.len());
            }
        }
        let damaged = [&[1, 2, 3], &apev2(20)[60..]].concat();
        let mut given = Vec::new();
        Untagged::new(&damaged[..]).read_to_end(&mut given).expect("in memory");
        assert_eq!(given, damaged, "a tag that is larger than the file is none");
    }
}

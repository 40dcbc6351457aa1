//! Whether an Ogg file has its end: symphonia decodes what is there and does not say.
//!
//! A page has a header of 27 bytes, a table of up to 255 segment sizes, and the segments; the last page of a stream has a
//! flag for it (RFC 3533, 6).

use std::io::{Read, Result, Seek, SeekFrom};

/// Most bytes that a page can have.
const PAGE: u64 = 27 + 255 + 255 * 255;

/// Whether the file ends with a whole page that is flagged as the last one, or with one and less than a page of something
/// else. Leaves the source at its beginning.
pub fn is_whole<S: Read + Seek>(source: &mut S) -> Result<bool> {
    let length = source.seek(SeekFrom::End(0))?;
    source.seek(SeekFrom::Start(length.saturating_sub(2 * PAGE)))?;
    let mut end = Vec::new();
    source.by_ref().take(2 * PAGE).read_to_end(&mut end)?;
    source.seek(SeekFrom::Start(0))?;
    let is_last_page = |page: &[u8]| {
        let segments = page.get(26).map_or(0, |count| usize::from(*count));
        page.starts_with(b"OggS\0")
            && page[5] & 4 != 0
            && page.get(27..27 + segments).is_some_and(|table| {
                let body: usize = table.iter().map(|size| usize::from(*size)).sum();
                page.len() >= 27 + segments + body
            })
    };
    Ok((0..end.len().saturating_sub(26)).any(|start| is_last_page(&end[start..])))
}

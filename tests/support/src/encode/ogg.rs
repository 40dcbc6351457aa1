//! Pages of Ogg (RFC 3533), and FLAC in them.

use super::flac::{crc, flac};

/// Flag of the first page.
pub const FIRST: u8 = 2;
/// Flag of the last page.
pub const LAST: u8 = 4;

/// A page of stream 7 with packets that end in it.
#[must_use]
pub fn page(flags: u8, number: u32, packets: &[&[u8]]) -> Vec<u8> {
    let sizes = |packet: &&[u8]| [vec![255; packet.len() / 255], vec![(packet.len() % 255) as u8]].concat();
    let table: Vec<u8> = packets.iter().flat_map(sizes).collect();
    let mut bytes = [b"OggS\0", &[flags][..], &[0; 8], &7_u32.to_le_bytes(), &number.to_le_bytes(), &[0; 4]].concat();
    bytes.push(u8::try_from(table.len()).expect("they fit"));
    bytes.extend(table);
    bytes.extend(packets.concat());
    let sum = crc(&bytes, 32, 0x04c1_1db7).to_le_bytes();
    bytes[22..26].copy_from_slice(&sum);
    bytes
}

/// FLAC as it stands in Ogg (RFC 9639, 10.1): one packet for the beginning, a comment, and one for each frame.
#[must_use]
pub fn flac_in_ogg(samples: &[i16]) -> Vec<u8> {
    let plain = flac(&[samples.to_vec()], samples.len() as u64);
    let (head, frame) = plain.split_at(4 + 4 + 34);
    let mut head = [b"\x7fFLAC\x01\0\0\x01", head].concat();
    // Not the last block of its kind any more: a comment with no name and no words follows.
    head[13] = 0;
    let comment = [0x84, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0];
    [page(FIRST, 0, &[&head]), page(0, 1, &[&comment]), page(LAST, 2, &[frame])].concat()
}

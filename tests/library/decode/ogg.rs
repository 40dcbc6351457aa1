//! Ogg, whose pages are written here (RFC 3533), around streams of whatever kind.

use super::flac::{crc, flac, floats, ramp};
use super::{assert_decodes, decoded};
use transept::impulse::decode::DecodeError;

const FIRST: u8 = 2;
const LAST: u8 = 4;

/// A page of stream 7 with packets that end in it.
fn page(flags: u8, number: u32, packets: &[&[u8]]) -> Vec<u8> {
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

#[test]
fn ogg_that_lost_its_last_page_is_called_truncated() {
    let (first, last) = (page(FIRST, 0, &[b"\x01vorbis"]), page(LAST, 1, &[&[0; 300]]));
    for bytes in [&first[..20], &first, &[&first[..], &last[..5]].concat(), &[&first[..], &last[..200]].concat()] {
        let error = decoded(bytes).expect_err("no last page");
        assert!(matches!(error, DecodeError::Truncated { .. }), "{error}");
    }
}

#[test]
fn ogg_that_holds_something_else_is_refused_with_its_name() {
    for (packet, name) in [
        (&b"OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0"[..], "it holds Opus in Ogg"),
        (b"Speex   1.2.0", "it holds Speex in Ogg"),
        (b"\x80theora\x03\x02\x01", "it holds Theora in Ogg"),
        (b"whatever", "it holds something unknown in Ogg"),
    ] {
        let bytes = [page(FIRST, 0, &[packet]), page(0, 1, &[b"OpusTags"]), page(LAST, 2, &[&[0; 100]])].concat();
        let error = decoded(&bytes).expect_err("no Vorbis");
        assert!(matches!(error, DecodeError::NotAudio { .. }), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
    let error = decoded(&[page(FIRST, 0, &[b"\x01vorbis"]), page(LAST, 1, &[&[0; 30]])].concat());
    let error = error.expect_err("it says Vorbis and no more");
    assert!(error.to_string().contains("ends before its samples begin"), "{error}");
}

/// FLAC as it stands in Ogg (RFC 9639, 10.1): one packet for the beginning, a comment, and one for each frame.
fn flac_in_ogg(samples: &[i16]) -> Vec<u8> {
    let plain = flac(&[samples.to_vec()], samples.len() as u64);
    let (head, frame) = plain.split_at(4 + 4 + 34);
    let mut head = [b"\x7fFLAC\x01\0\0\x01", head].concat();
    // Not the last block of its kind any more: a comment with no name and no words follows.
    head[13] = 0;
    let comment = [0x84, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0];
    [page(FIRST, 0, &[&head]), page(0, 1, &[&comment]), page(LAST, 2, &[frame])].concat()
}

#[test]
fn flac_in_ogg_decodes_exactly() {
    let samples = ramp(256, 37);
    assert_decodes("FLAC in Ogg", &flac_in_ogg(&samples), &[floats(&samples)]);
}

#[test]
fn a_tag_behind_the_last_page_is_left_aside_and_another_recording_is_not() {
    let samples = ramp(256, 37);
    let whole = flac_in_ogg(&samples);
    assert_decodes("a tag", &[&whole[..], b"TAG", &[0; 125]].concat(), &[floats(&samples)]);
    let error = decoded(&[&whole[..], &whole].concat()).expect_err("two recordings");
    assert!(error.to_string().contains("several recordings"), "{error}");
}

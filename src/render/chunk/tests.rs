use super::*;

fn chunk(id: &[u8; 4], bytes: impl Into<Vec<u8>>) -> Chunk {
    Chunk { id: *id, bytes: bytes.into() }
}

/// Every byte another one, so that it is seen which have changed.
fn bext(version: u16, time: u64) -> Chunk {
    let mut bytes: Vec<u8> = (0..700).map(|at| (at % 251) as u8).collect();
    bytes[TIME_REFERENCE..VERSION].copy_from_slice(&time.to_le_bytes());
    bytes[VERSION..VERSION + 2].copy_from_slice(&version.to_le_bytes());
    chunk(b"bext", bytes)
}

fn in_wave(chunks: &[Chunk], from: u32, to: u32) -> Vec<Chunk> {
    let carried = Carried::new(chunks, Form::Wave, from, to);
    assert!(carried.left_out.is_empty(), "{:?}", carried.left_out);
    carried.chunks
}

#[test]
fn the_time_reference_is_the_same_moment_at_another_rate() {
    let hour = 3600 * 48_000;
    let [same, other] = [48_000, 44_100].map(|to| in_wave(&[bext(1, hour)], 48_000, to).remove(0));
    assert_eq!(same, bext(1, hour));
    assert_eq!(other, bext(1, 3600 * 44_100));
    // Days in samples need more than 32 bits, and a product of them more than 64.
    let long = in_wave(&[bext(1, u64::MAX / 2)], 48_000, 96_000).remove(0);
    assert_eq!(long, bext(1, u64::MAX - 1));
}

#[test]
fn the_loudness_of_the_dry_file_is_not_claimed_of_the_output() {
    let [before, after] = [bext(2, 7), in_wave(&[bext(2, 7)], 48_000, 48_000).remove(0)];
    assert_eq!(after.bytes[LOUDNESS], *b"\xff\x7f\xff\x7f\xff\x7f\xff\x7f\xff\x7f");
    for range in [0..LOUDNESS.start, LOUDNESS.end..700] {
        assert_eq!(after.bytes[range.clone()], before.bytes[range]);
    }
}

/// A mark: name, position, in `data`, at no offset of a block, position.
fn mark(name: u32, position: u32) -> Vec<u8> {
    [name, position, u32::from_le_bytes(*b"data"), 0, 0, position].into_iter().flat_map(u32::to_le_bytes).collect()
}

#[test]
fn marks_and_their_regions_stand_at_the_same_moments() {
    let marks = |positions: [u32; 2]| {
        let mut bytes = vec![2, 0, 0, 0];
        bytes.extend(mark(1, positions[0]));
        bytes.extend(mark(2, positions[1]));
        chunk(b"cue ", bytes)
    };
    let regions = |length: u32| {
        let mut bytes = Vec::from(*b"adtllabl\x07\0\0\0\x01\0\0\0ab\0\0ltxt\x14\0\0\0\x02\0\0\0");
        bytes.extend(length.to_le_bytes());
        bytes.extend(*b"rgn \0\0\0\0\0\0\0\0");
        chunk(b"LIST", bytes)
    };
    let got = in_wave(&[marks([1000, 48_000]), regions(96_000)], 48_000, 44_100);
    // 1000 · 44100 / 48000 = 918.75.
    assert_eq!(got, [marks([919, 44_100]), regions(88_200)]);
}

#[test]
fn a_mark_that_its_field_cannot_hold_is_left_out_and_named() {
    let mut bytes = vec![1, 0, 0, 0];
    bytes.extend(mark(1, u32::MAX / 2));
    let carried = Carried::new(&[chunk(b"cue ", bytes)], Form::Wave, 44_100, 192_000);
    assert_eq!((carried.chunks.len(), carried.left_out), (0, vec!["cue".to_owned()]));
}

#[test]
fn other_chunks_and_damaged_ones_go_along_byte_for_byte() {
    let chunks = [
        chunk(b"iXML", *b"<BWFXML/>"),
        chunk(b"LIST", *b"INFOINAM\x03\0\0\0one\0"),
        chunk(b"LIST", *b"adtlltxt\xff\xff\xff\xffab"),
        chunk(b"LIST", *b"ad"),
        chunk(b"bext", *b"short"),
        chunk(b"cue ", *b"\xff\xff\xff\xff123"),
        chunk(b"cue ", *b""),
    ];
    assert_eq!(in_wave(&chunks, 48_000, 44_100), chunks);
}

#[test]
fn flac_takes_the_texts_and_names_the_rest() {
    let info = *b"INFOINAM\x04\0\0\0one\0IART\x03\0\0\0\xe9l\0\0ICMT\x02\0\0\0hiIENG\x02\0\0\0me";
    let chunks = [chunk(b"bext", *b""), chunk(b"LIST", info), chunk(b"cue ", *b""), chunk(b"LIST", *b"adtl")];
    let carried = Carried::new(&chunks, Form::Flac, 48_000, 48_000);
    let comments: Vec<(&str, &str)> = carried.comments.iter().map(|(field, text)| (*field, text.as_str())).collect();
    assert_eq!(comments, [("TITLE", "one"), ("ARTIST", "él"), ("COMMENT", "hi"), ("COMMENT", "IENG: me")]);
    assert_eq!(carried.left_out, ["bext", "cue", "LIST adtl"]);
    assert!(carried.chunks.is_empty());
}

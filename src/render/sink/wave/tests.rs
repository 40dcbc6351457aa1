use super::super::tests::{Tape, file, spec};
use super::*;
use crate::render::encoding::Form;

/// The file that becomes of these values.
fn written(spec: Spec, chunks: Vec<Chunk>, values: &[i32]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.wav");
    let mut to = file(&path);
    let mut wave = Wave::begin(spec, chunks, &mut to).expect("begun");
    wave.write(values, &mut to).expect("written");
    wave.end(&mut to).expect("ended");
    to.complete().expect("complete");
    std::fs::read(path).expect("there")
}

fn of(bits: Bits, channels: u16) -> Spec {
    spec(Form::Wave, bits, channels, Some(2))
}

/// Bytes of numbers of 16 and 32 bits.
fn fields(shorts: &[u16]) -> Vec<u8> {
    shorts.iter().flat_map(|short| short.to_le_bytes()).collect()
}

#[test]
fn integers_of_one_or_two_channels_have_the_plain_header_of_44_bytes() {
    // 48000 = 0xbb80, times 4 = 0x2ee00.
    let expected = [
        &b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0"[..],
        &fields(&[1, 2, 0xbb80, 0, 0xee00, 2, 4, 16]),
        b"data\x08\0\0\0\x01\0\xff\xff\x02\0\0\x80",
    ];
    assert_eq!(written(of(Bits::Int16, 2), vec![], &[1, -1, 2, -32768]), expected.concat());
    // Two frames of three bytes; 48000 · 3 = 0x23280.
    let expected = [
        &b"RIFF\x2a\0\0\0WAVEfmt \x10\0\0\0"[..],
        &fields(&[1, 1, 0xbb80, 0, 0x3280, 2, 3, 24]),
        b"data\x06\0\0\0\x01\0\0\xff\xff\xff",
    ];
    assert_eq!(written(of(Bits::Int24, 1), vec![], &[1, -1]), expected.concat());
}

#[test]
fn float_has_its_own_tag_and_says_how_many_frames() {
    // 48000 · 4 = 0x2ee00.
    let expected = [
        &b"RIFF\x3a\0\0\0WAVEfmt \x12\0\0\0"[..],
        &fields(&[3, 1, 0xbb80, 0, 0xee00, 2, 4, 32, 0]),
        b"fact\x04\0\0\0\x02\0\0\0data\x08\0\0\0\0\0\x80\x3f\0\0\0\x80",
    ];
    let values = [1.0_f32, -0.0].map(|value| value.to_bits().cast_signed());
    assert_eq!(written(of(Bits::Float32, 1), vec![], &values), expected.concat());
}

#[test]
fn more_channels_have_the_extensible_header_with_their_speakers_if_they_are_known() {
    // 48000 · 12 = 0x8ca00; extension of 22 bytes, 32 valid bits, no mask, and the identifier of float.
    let expected = [
        &b"WAVEfmt \x28\0\0\0"[..],
        &fields(&[0xfffe, 3, 0xbb80, 0, 0xca00, 8, 12, 32, 22, 32, 0, 0, 3]),
        b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71fact\x04\0\0\0\x01\0\0\0data\x0c\0\0\0",
    ];
    assert!(written(of(Bits::Float32, 3), vec![], &[0; 3])[8..].starts_with(&expected.concat()));
    let surround = Spec { speakers: 0x3f, ..of(Bits::Float32, 6) };
    assert_eq!(written(surround, vec![], &[0; 6])[40..44], [0x3f, 0, 0, 0]);
}

#[test]
fn an_odd_size_is_padded_and_the_pad_byte_is_not_counted() {
    let file = written(of(Bits::Int24, 1), vec![], &[1]);
    assert_eq!((file.len(), &file[4..8], &file[40..44]), (48, &[40, 0, 0, 0][..], &[3, 0, 0, 0][..]));
}

#[test]
fn chunks_stand_before_the_samples_as_they_are() {
    let chunks = vec![Chunk { id: *b"bext", bytes: vec![7; 603] }, Chunk { id: *b"cue ", bytes: vec![0; 4] }];
    let file = written(of(Bits::Int16, 1), chunks, &[0x2211]);
    let expected = [&b"bext\x5b\x02\0\0"[..], &[7; 603], b"\0cue \x04\0\0\0\0\0\0\0data\x02\0\0\0\x11\x22"].concat();
    assert_eq!(file[36..], expected);
    assert_eq!(file[4..8], (file.len() as u32 - 8).to_le_bytes());
}

#[test]
fn a_stream_says_of_all_sizes_that_they_are_not_known() {
    let tape = Tape::default();
    let mut to = Destination::stream("a pipe", tape.clone());
    let mut wave = Wave::begin(spec(Form::Wave, Bits::Float32, 1, None), vec![], &mut to).expect("begun");
    wave.write(&[0; 3], &mut to).expect("written");
    wave.end(&mut to).expect("ended");
    to.complete().expect("complete");
    let bytes = tape.bytes();
    assert_eq!((&bytes[..8], bytes.len()), (&b"RIFF\xff\xff\xff\xff"[..], 58 + 12));
    assert_eq!(bytes[38..58], *b"fact\x04\0\0\0\xff\xff\xff\xffdata\xff\xff\xff\xff");
    let mut to = Destination::stream("a pipe", tape.clone());
    let mut wave = Wave::begin(spec(Form::Wave, Bits::Int24, 1, None), vec![], &mut to).expect("begun");
    wave.write(&[1], &mut to).expect("written");
    wave.end(&mut to).expect("ended");
    to.complete().expect("complete");
    assert_eq!(tape.bytes().len() - bytes.len(), 44 + 3, "no pad byte");
}

/// A header of which the samples have so many bytes.
fn header(spec: Spec, data: u64) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut to = file(&folder.path().join("out.wav"));
    let mut wave = Wave::begin(spec, vec![], &mut to).expect("begun");
    wave.data = data;
    wave.header(Some(data))
}

#[test]
fn room_for_long_sizes_is_there_only_where_they_may_be_needed() {
    let of = |frames| header(spec(Form::Wave, Bits::Int16, 2, frames), 8);
    assert_eq!(of(Some((1 << 29) - 1)).len(), 44);
    for frames in [Some(1 << 29), Some(u64::MAX), None] {
        let header = of(frames);
        // What is not needed is said to be junk, and every reader passes it over.
        assert_eq!((header.len(), &header[..4]), (44 + 36, &b"RIFF"[..]));
        assert_eq!((&header[4..8], &header[12..20]), (&[80, 0, 0, 0][..], &b"JUNK\x1c\0\0\0"[..]));
    }
}

#[test]
fn beyond_4_gb_a_file_is_rf64() {
    let of = |data| header(spec(Form::Wave, Bits::Float32, 2, Some(1 << 29)), data);
    // 94 bytes of header, of which the size counts all but the first 8.
    let last: u64 = (1 << 32) - 8 - 86;
    let plain = of(last);
    assert_eq!((plain.len(), &plain[..4], &plain[12..16]), (94, &b"RIFF"[..], &b"JUNK"[..]));
    assert_eq!(plain[4..8], (u32::MAX - 7).to_le_bytes());
    let long = of(last + 8);
    let size = |at: usize| u64::from_le_bytes(*long[at..].first_chunk().expect("8 bytes"));
    assert_eq!((long.len(), &long[..20]), (94, &b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0"[..]));
    assert_eq!([size(20), size(28), size(36)], [1 << 32, last + 8, (last + 8) / 8]);
    assert_eq!(long[44..48], [0; 4], "a table of no entries");
    assert_eq!(long[90..], *b"\xff\xff\xff\xff");
    // Too many frames for `fact`.
    assert_eq!(of(8 << 32)[82..86], *b"\xff\xff\xff\xff");
}

#[test]
fn a_plain_file_that_becomes_too_long_all_the_same_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut to = file(&folder.path().join("out.wav"));
    let mut wave = Wave::begin(of(Bits::Int16, 1), vec![], &mut to).expect("begun");
    wave.data = 1 << 32;
    let error = wave.end(&mut to).expect_err("too long").to_string();
    assert!(error.contains("out.wav") && error.contains("longer than a plain WAV file can be"), "{error}");
}

//! What can be read once.

use super::{Dripping, all, of_pipe};
use transept::audio::{AudioError, Reader};
use transept::cancel::Token;
use transept_support::encode::flac::{flac, floats, ramp};
use transept_support::encode::ogg::flac_in_ogg;
use transept_support::encode::wav::{Wav, chunk};

fn opened(bytes: &[u8]) -> Reader<'_> {
    Reader::pipe("-".as_ref(), Dripping(bytes), &Token::never()).expect("a file in a pipe")
}

#[test]
fn the_length_of_a_pipe_is_known_where_its_header_says_it() {
    let wav = Wav::pcm16(2, &[0x4000; 600]);
    assert_eq!(opened(&wav.bytes()).frames(), Some(300));
    for size in [0, 0x7fff_f000, u32::MAX] {
        let unknown = Wav { data_size: Some(size), ..wav.clone() }.bytes();
        assert_eq!(opened(&unknown).frames(), None);
        assert_eq!(of_pipe(&unknown).expect("read to its end"), vec![vec![0.5; 300]; 2]);
    }
    let samples = ramp(600, 37);
    let unknown = flac(std::slice::from_ref(&samples), 0);
    assert_eq!(opened(&unknown).frames(), None);
    assert_eq!(of_pipe(&unknown).expect("read to its end"), [floats(&samples)]);
}

#[test]
fn what_follows_the_samples_in_a_pipe_is_no_sound() {
    let wav = Wav { after: chunk(b"LIST", b"INFOISFT\x02\0\0\0x\0"), ..Wav::pcm16(1, &[0x4000; 5]) };
    assert_eq!(of_pipe(&wav.bytes()).expect("a file"), [[0.5; 5]]);
}

#[test]
fn a_pipe_that_breaks_off_is_truncated() {
    let whole = Wav::pcm16(2, &[0x4000; 64]).bytes();
    for length in [4, 20, 44, 45, 100, whole.len() - 1] {
        let error = of_pipe(&whole[..length]).expect_err("truncated");
        assert!(matches!(error, AudioError::Truncated { .. }), "{length} bytes: {error}");
        assert!(error.to_string().starts_with("-: "), "{error}");
    }
}

#[test]
fn an_empty_pipe_is_empty_and_what_must_be_read_twice_is_refused() {
    for bytes in
        [Vec::new(), Wav::pcm16(1, &[]).bytes(), Wav { data_size: Some(u32::MAX), ..Wav::pcm16(1, &[]) }.bytes()]
    {
        let error = of_pipe(&bytes).expect_err("empty");
        assert!(matches!(error, AudioError::Empty { .. }), "{error}");
    }
    let page = |packet: &[u8]| [b"OggS\0\x02".as_slice(), &[0; 20], &[1, packet.len() as u8], packet].concat();
    for (bytes, said) in [
        (flac_in_ogg(&ramp(256, 37)), "it is FLAC in Ogg in a pipe, which is not read; name the file"),
        (page(b"\x01vorbis"), "it is Vorbis in Ogg in a pipe, which is not read; name the file"),
        (page(b"OpusHead\x01"), "it is Opus in Ogg, which is not read; convert it to WAV or FLAC first"),
        (page(b"fishead\0"), "it is Ogg in a pipe, which is not read; name the file"),
        (b"OggS".to_vec(), "it is Ogg in a pipe, which is not read; name the file"),
    ] {
        let error = of_pipe(&bytes).expect_err("Ogg").to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn companded_samples_come_through_a_pipe_as_from_a_file() {
    let mut bytes = Wav::new(7, 1, 8, vec![0xff, 0x80, 0x00]).bytes();
    (bytes[4], bytes[16]) = (bytes[4] + 2, 18);
    bytes.splice(36..36, [0, 0]);
    let largest = 32_124.0 / 32_768.0;
    assert_eq!(of_pipe(&bytes).expect("µ-law"), [[0.0, largest, -largest]]);
}

#[test]
fn companded_samples_that_break_off_in_a_pipe_are_truncated() {
    let whole = Wav::new(7, 1, 8, vec![0x80; 100]).bytes();
    let error = of_pipe(&whole[..whole.len() - 1]).expect_err("truncated");
    assert!(matches!(error, AudioError::Truncated { .. }), "{error}");
}

#[test]
fn sizes_that_are_negative_numbers_of_64_bits_are_unknown() {
    for size in [1_u64 << 63, u64::MAX - 1000, u64::MAX] {
        let sizes = [size, size, 0].map(u64::to_le_bytes).concat();
        let wav = Wav {
            letters: *b"RF64",
            before: chunk(b"ds64", &[sizes.as_slice(), &[0; 4]].concat()),
            riff_size: Some(u32::MAX),
            data_size: Some(u32::MAX),
            ..Wav::pcm16(1, &[0x4000; 5])
        };
        assert_eq!(opened(&wav.bytes()).frames(), None, "{size:#x}");
        assert_eq!(of_pipe(&wav.bytes()).expect("read to its end"), [[0.5; 5]], "{size:#x}");
    }
}

#[test]
fn a_header_without_end_is_given_up() {
    // A chunk before the samples that goes on and on.
    let header = [b"RIFF\xff\xff\xff\xffWAVEJUNK\xff\xff\xff\xff".as_slice(), &[0; 17 << 20]].concat();
    let error = Reader::pipe("-".as_ref(), &header[..], &Token::never()).expect_err("given up");
    assert!(error.to_string().contains("first 16 MB"), "{error}");
}

#[test]
fn a_reader_can_be_sent_to_another_thread() {
    let bytes = Wav::pcm16(1, &[0x4000; 100]).bytes();
    std::thread::scope(|scope| {
        let reader = opened(&bytes);
        let read = scope.spawn(move || all(reader));
        assert_eq!(read.join().expect("no panic").expect("read"), [[0.5; 100]]);
    });
}

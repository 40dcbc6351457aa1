//! Chunks that go along with the samples of a WAV file, and those that do not.

use transept::audio::{Chunk, Reader};
use transept::cancel::Token;
use transept_support::encode::wav::{Wav, chunk};

fn of(wav: &Wav) -> (Vec<Chunk>, Vec<String>) {
    let bytes = wav.bytes();
    let reader = Reader::bytes("take.wav".as_ref(), &bytes, &Token::never()).expect("a file");
    (reader.chunks().to_vec(), reader.left_out().to_vec())
}

#[test]
fn what_goes_along_comes_as_it_is_and_in_the_order_of_the_file() {
    let (bext, marks, names) = (vec![b'x'; 602], [0_u8; 28], b"adtllabl\x05\0\0\0\x01\0\0\0A\0");
    let wav = Wav {
        before: [chunk(b"bext", &bext), chunk(b"JUNK", &[0; 28]), chunk(b"fact", &[1, 0, 0, 0])].concat(),
        after: [
            chunk(b"cue ", &marks),
            chunk(b"LIST", names),
            chunk(b"iXML", b"<BWFXML/>\n\n"),
            vec![0],
            chunk(b"LIST", b"INFOISFT\x02\0\0\0x\0"),
            chunk(b"smpl", &[0; 36]),
            chunk(b"LIST", b"exif"),
            chunk(b"smpl", &[0; 36]),
        ]
        .concat(),
        ..Wav::pcm16(1, &[0x4000; 2])
    };
    let (carried, left_out) = of(&wav);
    let carried: Vec<_> = carried.iter().map(|chunk| (&chunk.id, &chunk.bytes[..])).collect();
    assert_eq!(
        carried,
        [
            (b"bext", &bext[..]),
            (b"cue ", &marks),
            (b"LIST", names),
            (b"iXML", b"<BWFXML/>\n\n"),
            (b"LIST", b"INFOISFT\x02\0\0\0x\0"),
        ]
    );
    assert_eq!(left_out, ["smpl", "LIST exif"]);
}

#[test]
fn what_is_too_large_or_cut_off_is_named() {
    let wav = Wav {
        before: [chunk(b"bext", &[0; 602]), chunk(b"iXML", &vec![b' '; 4 << 20])].concat(),
        after: chunk(b"iXML", b"<BWFXML/>\n"),
        ..Wav::pcm16(1, &[0x4000; 2])
    };
    let (carried, left_out) = of(&wav);
    assert_eq!(carried.iter().map(|chunk| chunk.bytes.len()).collect::<Vec<_>>(), [602, 10]);
    assert_eq!(left_out, ["iXML (too large)"]);
    let cut = Wav { after: b"cue \xff\0\0\0\x01\0\0\0".to_vec(), ..Wav::pcm16(1, &[0x4000; 2]) };
    assert_eq!(of(&cut), (vec![], vec!["cue (cut off)".to_owned()]));
    let twice = Wav { after: chunk(b"data", &[0x40; 4]), ..Wav::pcm16(1, &[0x4000; 2]) };
    assert_eq!(of(&twice), (vec![], vec!["data (a second one)".to_owned()]));
}

#[test]
fn samples_that_go_on_to_the_end_have_nothing_behind_them() {
    let wav = Wav { data_size: Some(u32::MAX), ..Wav::pcm16(1, &[0x4000; 2]) };
    assert_eq!(of(&wav), (vec![], vec![]));
}

//! Container × valid bits × encoding × fault of the header: as a dry file, from a pipe and as an impulse.

use super::{of_bytes, of_pipe};
use transept::cancel::Token;
use transept::impulse::decode;
use transept_support::encode::wav::{Wav, chunk};
use transept_support::encode::{aiff, flac};

/// Left and right, frame by frame: each exact in 8 bits and more.
const SAMPLES: [f32; 8] = [0.5, -0.25, 0.125, -1.0, 0.0, 0.75, -0.5, 0.015625];

/// The samples in the upper bits of containers of so many bytes.
fn integers(sample_bytes: u16) -> Vec<u8> {
    let stored = |sample: &f32| {
        let full = f64::from(*sample) * f64::from(1_u32 << (8 * sample_bytes - 1));
        let value = full as i64 + if sample_bytes == 1 { 128 } else { 0 };
        value.to_le_bytes()[..sample_bytes.into()].to_vec()
    };
    SAMPLES.iter().flat_map(stored).collect()
}

/// Every form of samples, with its name.
fn forms() -> Vec<(String, Wav)> {
    let mut forms = Vec::new();
    for (container, valid) in [(1, 8), (1, 6), (2, 16), (2, 12), (3, 24), (3, 20), (4, 32), (4, 24), (4, 20)] {
        let wav = Wav { sample_bytes: container, ..Wav::new(1, 2, valid, integers(container)) };
        forms.push((format!("{valid} in {container} bytes, extensible"), Wav { extensible: true, ..wav.clone() }));
        forms.push((format!("{valid} in {container} bytes, plain"), wav));
    }
    let float64 = SAMPLES.iter().flat_map(|sample| f64::from(*sample).to_le_bytes()).collect();
    for (name, wav) in [("float 32", Wav::float32(2, &SAMPLES)), ("float 64", Wav::new(3, 2, 64, float64))] {
        forms.push((format!("{name}, extensible"), Wav { extensible: true, ..wav.clone() }));
        forms.push((name.to_owned(), wav));
    }
    forms
}

/// What may be wrong with a header, with its name.
fn faults(wav: &Wav) -> Vec<(&'static str, Vec<u8>)> {
    let sizes = |riff, data| Wav { riff_size: riff, data_size: data, ..wav.clone() }.bytes();
    let length = wav.data.len() as u64;
    let ds64 = [[length + 80, length, 4].map(u64::to_le_bytes).concat(), vec![0; 4]].concat();
    let rf64 = |letters, riff, data| {
        let before = chunk(b"ds64", &ds64);
        Wav { letters, before, riff_size: riff, data_size: data, ..wav.clone() }.bytes()
    };
    let tag = [b"ID3\x04\0\0\0\0\x01\x02".as_slice(), &[7; 130]].concat();
    vec![
        ("nothing", wav.bytes()),
        ("sizes of 0", sizes(Some(0), Some(0))),
        ("a size of 0 of the samples", sizes(None, Some(0))),
        ("a size of 0 of the file", sizes(Some(0), None)),
        ("sizes of -1", sizes(Some(u32::MAX), Some(u32::MAX))),
        ("2 GB, as of a pipe", sizes(Some(0x7fff_f024), Some(0x7fff_f000))),
        ("a size that is too large", sizes(None, Some(5000))),
        ("RF64", rf64(*b"RF64", Some(u32::MAX), Some(u32::MAX))),
        ("BW64 with sizes where they always were", rf64(*b"BW64", None, None)),
        ("a forgotten pad byte", Wav { before: chunk(b"note", b"odd"), ..wav.clone() }.bytes()),
        ("a tag before it", [tag, wav.bytes()].concat()),
    ]
}

#[test]
fn every_form_gives_the_same_samples_as_dry_file_from_a_pipe_and_as_impulse() {
    let [left, right] = [0, 1].map(|at| SAMPLES.iter().skip(at).step_by(2).copied().collect::<Vec<_>>());
    let expected = [left, right];
    for (form, wav) in forms() {
        for (fault, bytes) in faults(&wav) {
            let what = format!("{form}, {fault}");
            assert_eq!(of_bytes(&bytes).unwrap_or_else(|error| panic!("{what}: {error}")), expected, "{what}");
            assert_eq!(of_pipe(&bytes).unwrap_or_else(|error| panic!("{what}, pipe: {error}")), expected, "{what}");
            let impulse = decode::bytes("room.wav".as_ref(), &bytes, &Token::never());
            assert_eq!(impulse.unwrap_or_else(|error| panic!("{what}: {error}")).channels(), expected, "{what}");
        }
    }
}

#[test]
fn tags_before_a_file_of_any_format_are_passed_over() {
    let samples = flac::ramp(600, 37);
    let expected = vec![flac::floats(&samples)];
    let big: Vec<u8> = samples.iter().flat_map(|sample| sample.to_be_bytes()).collect();
    let files = [
        Wav::pcm16(1, &samples).bytes(),
        flac::flac(std::slice::from_ref(&samples), 600),
        aiff::aiff(None, 1, 16, 600, &big),
    ];
    let tag = [b"ID3\x03\0\0\0\0\x01\0".as_slice(), &[0; 128]].concat();
    let footed = [b"ID3\x04\0\x10\0\0\0\x03".as_slice(), &[0; 3], b"3DI\x04\0\x10\0\0\0\x03"].concat();
    for bytes in files {
        for tags in [vec![], tag.clone(), footed.clone(), [&tag[..], &footed, &tag].concat()] {
            let tagged = [&tags[..], &bytes].concat();
            assert_eq!(of_bytes(&tagged).expect("a file behind tags"), expected);
            assert_eq!(of_pipe(&tagged).expect("a file behind tags in a pipe"), expected);
            let impulse = decode::bytes("room".as_ref(), &tagged, &Token::never()).expect("an impulse behind tags");
            assert_eq!(impulse.channels(), expected);
        }
    }
    for cut in [4, 9, 10, 11, 60, tag.len()] {
        of_bytes(&tag[..cut]).expect_err("a tag alone");
        of_pipe(&tag[..cut]).expect_err("a tag alone in a pipe");
    }
}

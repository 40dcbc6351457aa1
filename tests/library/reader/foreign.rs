//! What is known and not read is refused by its name, with what to do.

use super::{of_bytes, of_pipe};
use transept::audio::AudioError;
use transept::cancel::Token;
use transept::channels::{Bus, ChannelLayout, Marking};
use transept::impulse::decode::{self, DecodeError};
use transept::impulse::layout;
use transept_support::encode::wav::Wav;

#[test]
fn a_form_that_is_not_read_is_refused_by_its_own_name() {
    let rew = b"* Impulse Response data saved by REW V5.20\n0.2345 // Peak value before normalisation\n44100 // Rate\n";
    let cases: [(&[u8], &str); 11] = [
        (b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0", "Sony Wave64"),
        (b"RIFX\0\0\0\x04WAVE", "RIFX"),
        (b".snd\0\0\0\x20\0\0\0\x08", "AU"),
        (b"\x89HDF\r\n\x1a\n\0\0\0\0", "SOFA"),
        (b"wvpk\0\0\0\0", "WavPack"),
        (b"\x1a\x45\xdf\xa3\x01\0\0\0", "Matroska"),
        (b"PK\x03\x04\x14\0\0\0", "archive"),
        (b"RIFF\x04\0\0\0AVI LIST", "AVI"),
        (rew, "text"),
        ("\u{feff}0,5\r\n0,25\r\n".as_bytes(), "text"),
        (b"0.5\n-0.25\n", "text"),
    ];
    for (bytes, name) in cases {
        for error in [of_bytes(bytes), of_pipe(bytes)].map(|read| read.expect_err("not read")) {
            assert!(matches!(error, AudioError::Foreign { .. }), "{error}");
            assert!(error.to_string().contains(name) && error.to_string().contains("which is not read; "), "{error}");
        }
        let error = decode::bytes("room".as_ref(), bytes, &Token::never()).expect_err("not read");
        assert!(matches!(error, DecodeError::Audio(AudioError::Foreign { .. })), "{error}");
    }
}

#[test]
fn compressed_samples_in_wav_are_refused_by_their_names() {
    for (tag, name) in [(0x02, "ADPCM"), (0x11, "ADPCM"), (0x31, "GSM"), (0x55, "MP3"), (0x160, "Windows Media")] {
        let error = of_bytes(&Wav::new(tag, 1, 4, vec![0; 80]).bytes()).expect_err("not read").to_string();
        assert!(error.contains(&format!("{name} in WAV, which is not read; convert it to PCM first")), "{error}");
    }
    let error = of_bytes(&Wav::new(0x7777, 1, 4, vec![0; 80]).bytes()).expect_err("not read").to_string();
    assert!(error.contains("0x7777"), "{error}");
}

#[test]
fn b_format_is_brought_to_ambix_and_is_no_true_stereo() {
    // W X Y Z.
    let mut bytes = Wav { extensible: true, ..Wav::pcm16(4, &[0x1000, 0x2000, 0x3000, 0x4000].repeat(4)) }.bytes();
    let at = 12 + 8 + 24; // the identifier in `fmt `
    assert_eq!(bytes[at..at + 2], [1, 0]);
    decode::bytes("room.wav".as_ref(), &bytes, &Token::never()).expect("true stereo");
    bytes[at + 2..at + 16].copy_from_slice(b"\0\0\x21\x07\xd3\x11\x86\x44\xc8\xc1\xca\0\0\0");
    for encoding in [1, 3] {
        let mut bytes = bytes.clone();
        bytes[at] = encoding;
        if encoding == 3 {
            (bytes[32], bytes[34]) = (16, 32); // 4 bytes a sample
        }
        let impulse = decode::bytes("room.amb".as_ref(), &bytes, &Token::never()).expect("harmonics");
        assert_eq!(impulse.marking(), Marking::FromFuma);
        let first: Vec<f32> = impulse.channels().iter().map(|channel| channel[0]).collect();
        if encoding == 1 {
            // W is 3 dB softer in FuMa; then Y, Z and X.
            assert_eq!(first, [0.125 * std::f32::consts::SQRT_2, 0.375, 0.5, 0.25]);
        }
        for layout in [ChannelLayout::Stereo, ChannelLayout::Mono, ChannelLayout::Through(Bus::Quad)] {
            let error = layout::routes(&impulse, layout, &Token::never()).expect_err("no true stereo").to_string();
            assert!(error.contains("it fits Ambisonics, 1st order or Mono to ambisonics, 1st order"), "{error}");
        }
        layout::routes(&impulse, ChannelLayout::Through(Bus::Ambisonic1), &Token::never()).expect("harmonics");
        assert_eq!(of_bytes(&bytes).expect("as a dry file it has four channels").len(), 4);
    }
}

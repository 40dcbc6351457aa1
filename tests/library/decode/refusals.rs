//! What is refused, and that the error says why.

use super::decoded;
use std::path::Path;
use transept::audio::AudioError;
use transept::cancel::Token;
use transept::impulse::decode::{self, DecodeError};
use transept::{engine, impulse};
use transept_support::encode::wav::Wav;
use transept_support::folder::Folder;
use transept_support::signal::Seeded;

#[track_caller]
fn refusal(bytes: &[u8]) -> DecodeError {
    decoded(bytes).expect_err("refused")
}

#[test]
fn a_missing_file_is_told_from_one_that_cannot_be_used() {
    let folder = Folder::new();
    let file = folder.file("a file", b"RIFF");
    for path in [folder.path("gone.wav"), folder.path("gone/room.wav"), file.join("room.wav")] {
        let error = decode::file(&path, &Token::never()).expect_err("missing");
        assert!(matches!(&error, DecodeError::Audio(AudioError::Missing { path: named }) if *named == path), "{error}");
        assert_eq!(error.to_string(), format!("{}: there is no such file", path.display()));
        assert!(matches!(decode::audio(&path, &Token::never()), Err(DecodeError::Audio(AudioError::Missing { .. }))));
        assert!(matches!(
            decode::pair(&path, &path, &Token::never()),
            Err(DecodeError::Audio(AudioError::Missing { .. }))
        ));
    }
}

#[test]
fn a_folder_is_no_impulse() {
    let folder = Folder::new();
    let error = decode::file(folder.root(), &Token::never()).expect_err("a folder");
    assert!(matches!(error, DecodeError::Audio(AudioError::Folder { .. })), "{error}");
}

#[test]
#[cfg(unix)]
fn a_device_is_not_waited_for() {
    let error = decode::file(Path::new("/dev/zero"), &Token::never()).expect_err("a device");
    assert!(matches!(error, DecodeError::Audio(AudioError::NoFile { .. })), "{error}");
}

#[test]
fn bytes_that_are_no_audio_are_refused() {
    let others: [&[u8]; 4] = [b"x", &[0; 1000], b"\x89PNG\r\n\x1a\n", b"FORM\0\0\0\x04ILBM"];
    for bytes in others {
        let error = refusal(bytes);
        assert!(matches!(error, DecodeError::Audio(AudioError::NotAudio { .. })), "{error}");
    }
}

#[test]
fn a_file_that_lost_its_end_is_called_truncated() {
    let whole = Wav::pcm16(2, &[0x4000; 64]).bytes();
    for length in 4..whole.len() {
        let error = refusal(&whole[..length]);
        assert!(matches!(error, DecodeError::Audio(AudioError::Truncated { .. })), "{length} bytes: {error}");
    }
}

#[test]
fn a_file_without_samples_is_called_empty() {
    let empty = Wav::pcm16(1, &[]);
    let with_notes = Wav { after: transept_support::encode::wav::chunk(b"LIST", b"INFO"), ..empty.clone() };
    let streamed = Wav { data_size: Some(u32::MAX), riff_size: Some(u32::MAX), ..empty.clone() };
    for bytes in [Vec::new(), empty.bytes(), with_notes.bytes(), streamed.bytes()] {
        let error = refusal(&bytes);
        assert!(matches!(error, DecodeError::Audio(AudioError::Empty { .. })), "{error}");
    }
}

#[test]
fn headers_that_make_no_sense_are_refused() {
    let wav = Wav::pcm16(1, &[0x4000; 8]);
    let error = refusal(&Wav { channels: 0, ..wav.clone() }.bytes());
    assert!(matches!(error, DecodeError::Audio(AudioError::NoChannels { .. })), "{error}");
    for rate in [0, 2_000_000, u32::MAX] {
        let error = refusal(&Wav { sample_rate: rate, ..wav.clone() }.bytes());
        assert!(
            matches!(error, DecodeError::Audio(AudioError::SampleRate { sample_rate, .. }) if sample_rate == rate),
            "{error}"
        );
    }
    for (tag, bits) in [(1, 0), (1, 40), (3, 16)] {
        let error = refusal(&Wav::new(tag, 1, bits, vec![0; 80]).bytes());
        assert!(matches!(error, DecodeError::Audio(AudioError::NotAudio { .. })), "{error}");
    }
}

#[test]
fn samples_that_are_not_numbers_are_refused_and_named() {
    for sample in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let error = refusal(&Wav::float32(2, &[0.0, 0.0, 0.0, sample]).bytes());
        assert!(matches!(error, DecodeError::NotFinite { channel: 2, frame: 1, .. }), "{error}");
    }
    let said = refusal(&Wav::float32(1, &[f32::NAN]).bytes()).to_string();
    assert!(said.ends_with("sample 0 of channel 1 is not a finite number; export it again, or write 0 in its place"));
    let double = Wav::new(3, 1, 64, 1e300_f64.to_le_bytes().to_vec());
    assert!(matches!(refusal(&double.bytes()), DecodeError::NotFinite { channel: 1, frame: 0, .. }));
}

#[test]
fn samples_that_are_too_large_for_sound_are_refused_and_named() {
    assert_eq!(impulse::MAX_SAMPLE, engine::CEILING);
    for sample in [1e30_f32, -1.1e15] {
        let error = refusal(&Wav::float32(2, &[0.0, 0.0, 0.0, sample]).bytes());
        assert!(matches!(error, DecodeError::TooLarge { channel: 2, frame: 1, .. }), "{error}");
        let said = format!("sample 1 of channel 2 is {sample:e}, where full scale is 1; make it quieter first");
        assert!(error.to_string().ends_with(&said), "{error}");
    }
    assert_eq!(decoded(&Wav::float32(1, &[1e15]).bytes()).expect("loud").peak(), 1e15);
}

#[test]
fn an_impulse_has_at_most_as_many_channels_as_a_matrix_of_16_by_16() {
    let of = |count: u16| Wav::pcm16(count, &vec![0x4000; usize::from(count)]).bytes();
    for count in [3, 5, 6, 8, 16, 25, 256] {
        assert_eq!(decoded(&of(count)).expect("read").channels().len(), usize::from(count));
    }
    let error = refusal(&of(257));
    assert!(matches!(error, DecodeError::Channels { channels: 257, .. }), "{error}");
    assert!(error.to_string().contains("at most 256, a matrix of 16 by 16"), "{error}");
}

#[test]
fn many_long_channels_are_refused_with_the_memory_that_they_need() {
    // A minute of 256 channels at 48 kHz: the header alone is judged, so that nothing of that size is made here.
    let frames = 60 * 48_000_u64;
    let mut wav = Wav { letters: *b"RF64", ..Wav::pcm16(256, &[0; 256]) };
    let sizes = [u64::MAX / 4, frames * 512, frames].map(u64::to_le_bytes).concat();
    wav.before = transept_support::encode::wav::chunk(b"ds64", &[sizes.as_slice(), &[0; 4]].concat());
    (wav.riff_size, wav.data_size) = (Some(u32::MAX), Some(u32::MAX));
    let folder = Folder::new();
    let path = folder.path("matrix.wav");
    std::fs::write(&path, wav.bytes()).expect("written");
    // A file with a hole is as long as it says.
    let file = std::fs::File::options().write(true).open(&path).expect("opened");
    file.set_len(frames * 512 + 4096).expect("room for a hole");
    let error = decode::file(&path, &Token::never()).expect_err("refused");
    assert!(matches!(error, DecodeError::TooMuch { channels: 256, .. }), "{error}");
    let said = "256 channels of 60.0 s take 8.8 GB as impulse and kernel; at most 30.0 s of so many are read, so shorten \
                it or leave channels out";
    assert!(error.to_string().ends_with(said), "{error}");
}

#[test]
fn many_long_files_of_a_set_are_refused_before_they_are_read() {
    // Nine minutes at 48 kHz, of which the header alone is there, and a hole.
    let frames = 9 * 60 * 48_000_u64;
    let mut wav = Wav { sample_rate: 48_000, ..Wav::pcm16(1, &[0; 64]) };
    wav.data_size = Some(u32::try_from(frames * 2).expect("little"));
    let folder = Folder::new();
    let path = folder.path("h.1.L.wav");
    std::fs::write(&path, wav.bytes()).expect("written");
    let file = std::fs::File::options().write(true).open(&path).expect("opened");
    file.set_len(frames * 2 + 44).expect("room for a hole");
    let error = decode::set(&vec![path.clone(); 80], &Token::never()).expect_err("refused");
    let said = "h.1.L.wav: 80 channels of 540.0 s take 24.9 GB as impulse and kernel; at most 96.0 s of so many are read, \
                so shorten it or leave channels out";
    assert!(matches!(error, DecodeError::TooMuch { channels: 80, .. }) && error.to_string().ends_with(said), "{error}");
    assert!(matches!(decode::set(&vec![path; 257], &Token::never()), Err(DecodeError::Channels { channels: 257, .. })));
}

#[test]
fn files_of_a_set_have_one_channel_each() {
    let folder = Folder::new();
    let one = folder.file("hall_fl.wav", &Wav::pcm16(1, &[0x4000; 8]).bytes());
    let two = folder.file("hall_fr.wav", &Wav::pcm16(2, &[0x4000; 8]).bytes());
    assert_eq!(decode::set(&[one.clone(), one.clone()], &Token::never()).expect("a set").channels().len(), 2);
    for files in [[one.clone(), two.clone()], [two.clone(), one]] {
        let error = decode::set(&files, &Token::never()).expect_err("refused");
        let said = "hall_fr.wav: it has 2 channels, and a file of a set has the one that its name says; save that alone, \
                    or give the file another name to use it by itself";
        assert!(matches!(error, DecodeError::SetChannels { channels: 2, .. }), "{error}");
        assert!(error.to_string().ends_with(said), "{error}");
    }
}

#[test]
fn ten_minutes_of_a_file_are_read_and_more_are_refused() {
    let of = |frames| Wav { sample_rate: 1000, ..Wav::pcm16(1, &vec![0x4000; frames]) }.bytes();
    assert_eq!(decoded(&of(600_000)).expect("exactly the most there may be").seconds(), 600.0);
    let error = refusal(&of(600_001));
    assert!(matches!(error, DecodeError::TooLong { seconds: Some(seconds), .. } if seconds > 600.0), "{error}");
}

#[test]
fn at_high_rates_no_more_samples_are_read_than_a_minute_has_at_the_highest() {
    assert_eq!(decode::most_frames(48_000), 600 * 48_000);
    assert_eq!(decode::most_frames(192_000), 60 * 1_536_000);
    assert_eq!(decode::most_frames(1_536_000), 60 * 1_536_000);
}

#[test]
fn a_header_that_lies_allocates_nothing() {
    // A terabyte is promised to whoever believes it; reserving it would abort the test.
    let mut wav = Wav { letters: *b"RF64", ..Wav::pcm16(1, &[0x4000; 4]) };
    let sizes = [1_u64 << 41, 1 << 40, 1 << 39].map(u64::to_le_bytes).concat();
    wav.before = transept_support::encode::wav::chunk(b"ds64", &[sizes.as_slice(), &[0; 4]].concat());
    (wav.riff_size, wav.data_size) = (Some(u32::MAX), Some(u32::MAX));
    assert_eq!(decoded(&wav.bytes()).expect("what is there").channels(), [vec![0.5; 4]]);
}

#[test]
fn a_dry_file_may_have_any_length_channels_and_values() {
    let folder = Folder::new();
    let long = Wav { sample_rate: 100, ..Wav::pcm16(3, &vec![0x4000; 3 * 6001]) };
    let audio =
        decode::audio(&folder.file("long.wav", &long.bytes()), &Token::never()).expect("any length and channel count");
    assert_eq!((audio.channels.len(), audio.channels[0].len(), audio.sample_rate), (3, 6001, 100));
    let audio = decode::audio(&folder.file("nan.wav", &Wav::float32(1, &[f32::NAN]).bytes()), &Token::never())
        .expect("any value");
    assert!(audio.channels[0][0].is_nan());
    for wav in [Wav { channels: 0, ..long.clone() }, Wav { sample_rate: 0, ..long }, Wav::pcm16(1, &[])] {
        decode::audio(&folder.file("bad.wav", &wav.bytes()), &Token::never()).expect_err("still no audio");
    }
}

#[test]
fn damaged_bytes_end_in_an_error_or_a_sound() {
    let wav = Wav { before: transept_support::encode::wav::chunk(b"note", b"abc"), ..Wav::pcm16(2, &[0x4000; 64]) };
    let flac = transept_support::encode::flac::flac(&[vec![0x4000; 300]], 300);
    let aiff = transept_support::encode::aiff::aiff(None, 1, 16, 32, &[0x40; 64]);
    let mut seeded = Seeded(1);
    let mut random = |below: usize| seeded.below(below);
    for whole in [wav.bytes(), flac, aiff] {
        for _ in 0..500 {
            let mut bytes = whole.clone();
            for _ in 0..=random(4) {
                // Headers are at the beginning.
                let reach = if random(2) == 0 { 64 } else { usize::MAX };
                let at = random(bytes.len().min(reach));
                bytes[at] = [0, 0xff, 0x7f, random(256) as u8][random(4)];
            }
            // Whatever comes is right; a panic or an endless loop is not.
            let _ = decode::bytes(Path::new("damaged"), &bytes, &Token::never());
        }
    }
}

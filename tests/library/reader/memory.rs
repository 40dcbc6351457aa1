//! Memory does not follow the file: the most bytes that the reading thread holds are counted.

use allocation_counter::measure;
use std::io::Read;
use transept::audio::Reader;
use transept::cancel::Token;
use transept::impulse::recipe::{LevelRule, Recipe};
use transept::impulse::resample::Stream;
use transept::render::{Job, render};
use transept_support::encode::wav::{Wav, chunk};
use transept_support::folder::Folder;

/// A header, and so many bytes of samples.
fn stream(header: &[u8], bytes: u64) -> impl Read + Send + Sync {
    header.chain(std::io::repeat(0x3f).take(bytes))
}

/// The most bytes that reading holds.
fn most(mut read: impl FnMut()) -> u64 {
    measure(&mut read).bytes_max
}

fn drain(mut reader: Reader) -> u64 {
    let mut block = vec![vec![0.0; 512]; reader.channels()];
    let mut frames = 0;
    while !reader.is_at_end() {
        frames += reader.read(&mut block, &Token::never()).expect("read") as u64;
    }
    frames
}

#[test]
fn a_pipe_of_any_length_and_form_takes_the_same_memory() {
    let float64 = Wav::new(3, 2, 64, Vec::new());
    for wav in [Wav::pcm16(2, &[]), Wav::new(1, 1, 8, Vec::new()), Wav::float32(2, &[]), float64] {
        let frame_bytes = u64::from(wav.sample_bytes * wav.channels);
        for size in [0, 0x7fff_f000, u32::MAX] {
            let header = Wav { data_size: Some(size), riff_size: Some(size), ..wav.clone() }.bytes();
            let held = |bytes: u64| {
                most(|| {
                    let pipe = Reader::pipe("-".as_ref(), stream(&header, bytes), &Token::never()).expect("WAV");
                    assert_eq!(drain(pipe), bytes / frame_bytes);
                })
            };
            let (short, long) = (held(1 << 20), held(1 << 23));
            assert_eq!(short, long);
            assert!(long < 1 << 20, "{long} bytes");
        }
    }
}

#[test]
fn a_file_of_any_length_and_header_takes_the_same_memory() {
    let folder = Folder::new();
    let sizes = [1_u64 << 41, 1 << 40, 1 << 39].map(u64::to_le_bytes).concat();
    let rf64 = Wav {
        letters: *b"RF64",
        before: chunk(b"ds64", &[sizes.as_slice(), &[0; 4]].concat()),
        data_size: Some(u32::MAX),
        riff_size: Some(u32::MAX),
        ..Wav::pcm16(2, &[])
    };
    let unfinished = Wav { data_size: Some(0), riff_size: Some(0), ..Wav::pcm16(2, &[]) };
    for wav in [rf64, unfinished] {
        let held = |name: &str, bytes: u64| {
            let path = folder.file(name, &wav.bytes());
            let file = std::fs::OpenOptions::new().write(true).open(&path).expect("there");
            file.set_len(wav.bytes().len() as u64 + bytes).expect("longer");
            most(|| {
                let reader = Reader::open(&path, &Token::never()).expect("WAV");
                assert_eq!((reader.frames(), drain(reader)), (Some(bytes / 4), bytes / 4));
            })
        };
        let (short, long) = (held("a.wav", 1 << 20), held("b.wav", 1 << 23));
        assert_eq!(short, long);
        assert!(long < 1 << 20, "{long} bytes");
    }
}

#[test]
fn a_resampler_takes_a_bounded_number_of_bytes_at_any_two_rates() {
    for (from, to, megabytes) in [(44_100, 48_000, 1), (192_000, 44_100, 1), (119_999, 120_000, 64)] {
        let held = most(|| drop(Stream::new(2, from, to).expect("rates")));
        assert!(held < megabytes << 20, "{from} to {to} Hz: {held} bytes");
    }
    // Rates that nobody uses have no common divisor, and blocks that grow with them.
    for (from, to) in [(384_001, 384_000), (1_535_999, 384_000)] {
        let refused = || _ = Stream::new(2, from, to).expect_err("refused");
        assert!(most(refused) < 1 << 16, "{from} to {to} Hz");
    }
}

#[test]
fn rendering_at_another_rate_takes_the_same_memory_for_any_length() {
    let folder = Folder::new();
    let unit = folder.wave("unit.wav", 48_000, &[vec![1.0]]);
    let recipe = Recipe { level: LevelRule::Off, ..Recipe::file(unit) };
    let held = |name: &str, frames: usize, sample_rate| {
        let dry = folder.file(name, &Wav { sample_rate: 44_100, ..Wav::pcm16(1, &vec![0x1000; frames]) }.bytes());
        let job = Job { sample_rate, ..Job::new(dry, recipe.clone(), folder.path("out.wav")) };
        most(|| _ = render(&job, &Token::never(), |_| {}).expect("rendered"))
    };
    for rate in [None, Some(48_000)] {
        let (short, long) = (held("a.wav", 44_100, rate), held("b.wav", 176_400, rate));
        assert_eq!(short, long, "{rate:?}");
    }
}

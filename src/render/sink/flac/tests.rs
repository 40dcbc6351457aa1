use super::super::tests::{Tape, file, spec};
use super::*;
use crate::cancel::Token;
use crate::impulse::decode;
use crate::impulse::random::Random;
use crate::render::encoding::{Bits, Form};
use flac_codec::metadata::BlockList;

/// Interleaved values: noise below a slow rise, so that the encoder has something to predict, and the extremes.
fn values(bits: Bits, channels: usize, frames: usize) -> Vec<i32> {
    let mut random = Random::new(5);
    let full = f64::from(1_i32 << (bits.count() - 1));
    let mut values: Vec<i32> = (0..frames * channels)
        .map(|i| (full * (0.4 * (i as f64 * 0.003).sin() + 0.01 * random.uniform())) as i32)
        .collect();
    for (value, extreme) in values.iter_mut().zip([full as i32 - 1, -full as i32, full as i32 - 1, -full as i32]) {
        *value = extreme;
    }
    values
}

fn encode(spec: Spec, comments: Vec<(&str, String)>, values: &[i32], block: usize, mut to: Destination) {
    let mut flac = Flac::begin(spec, comments, &mut to).expect("begun");
    values.chunks(block).for_each(|block| flac.write(block, &mut to).expect("written"));
    flac.end(&mut to).expect("ended");
    to.complete().expect("complete");
}

#[test]
fn every_value_comes_back_at_every_depth_rate_and_length() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.flac");
    for (bits, channels, rate, frames) in [
        (Bits::Int16, 1, 44_100, 1),
        (Bits::Int16, 2, 8_000, 4096),
        (Bits::Int24, 1, 96_000, 4097),
        (Bits::Int24, 2, 384_000, 20_000),
        (Bits::Int24, 2, 37_799, 15),
        (Bits::Int16, 2, 352_800, 8192),
    ] {
        let spec = Spec { sample_rate: rate, ..spec(Form::Flac, bits, channels, None) };
        let given = values(bits, channels.into(), frames);
        encode(spec, vec![], &given, 777 * usize::from(channels), file(&path));
        let audio = decode::audio(&path, &Token::never()).expect("decoded");
        assert_eq!((audio.sample_rate, audio.channels.len()), (rate, usize::from(channels)));
        let full = f64::from(1_i32 << (bits.count() - 1));
        for (index, channel) in audio.channels.iter().enumerate() {
            let got: Vec<i32> = channel.iter().map(|sample| (f64::from(*sample) * full) as i32).collect();
            let expected: Vec<i32> = given.iter().copied().skip(index).step_by(channels.into()).collect();
            assert!(got == expected, "{bits:?}, {channels} channels, {rate} Hz, {frames} frames");
        }
    }
}

#[test]
fn the_beginning_is_put_right_at_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.flac");
    let given = values(Bits::Int24, 2, 10_000);
    let title = vec![("TITLE", "one".to_owned())];
    encode(spec(Form::Flac, Bits::Int24, 2, Some(1)), title, &given, 1000, file(&path));
    let blocks = BlockList::open(&path).expect("blocks");
    let info = blocks.streaminfo();
    assert_eq!((info.sample_rate, info.channels.get(), u32::from(info.bits_per_sample)), (48_000, 2, 24));
    assert_eq!((info.minimum_block_size, info.maximum_block_size), (4096, 4096));
    assert_eq!(info.total_samples.map(NonZero::get), Some(10_000));
    let bytes: Vec<u8> = given.iter().flat_map(|value| value.to_le_bytes().into_iter().take(3)).collect();
    assert_eq!(info.md5, Some(md5::compute(bytes).0));
    let [least, most] = [info.minimum_frame_size, info.maximum_frame_size].map(|size| size.expect("known").get());
    // The last frame has 1808 samples of 4096, so it is the smallest.
    let whole = std::fs::metadata(&path).expect("there").len();
    assert!(least < most && u64::from(2 * most + least) < whole + u64::from(most) && 2 * least < 3 * most);
    let comments = blocks.get::<VorbisComment>().expect("comments");
    assert_eq!(comments.fields, ["TITLE=one"]);
}

#[test]
fn a_stream_has_the_same_frames_and_says_what_it_does_not_know() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.flac");
    let given = values(Bits::Int16, 2, 9000);
    let spec = spec(Form::Flac, Bits::Int16, 2, None);
    encode(spec, vec![], &given, 1000, file(&path));
    let tape = Tape::default();
    encode(spec, vec![], &given, 4444, Destination::stream("a pipe", tape.clone()));
    let [whole, piped] = [std::fs::read(&path).expect("there"), tape.bytes()];
    // Marker and header of the one block, block sizes; then what is not known: frame sizes, and behind rate, channels
    // and bits the total and the checksum.
    assert_eq!(piped[..12], whole[..12]);
    assert_eq!(piped[12..18], [0; 6]);
    assert_eq!((&piped[18..21], piped[21] & 0xf0), (&whole[18..21], whole[21] & 0xf0));
    assert_eq!((piped[21] & 0x0f, &piped[22..42]), (0, &[0; 20][..]));
    assert!(piped[42..] == whole[42..]);
}

#[test]
fn channels_that_are_not_the_usual_speakers_are_said_not_to_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.flac");
    let said = |channels, speakers| {
        let spec = Spec { speakers, ..spec(Form::Flac, Bits::Int16, channels, None) };
        encode(spec, vec![], &values(Bits::Int16, channels.into(), 10), 1000, file(&path));
        let blocks = BlockList::open(&path).expect("blocks");
        blocks.get::<VorbisComment>().map_or_else(String::new, |comments| comments.fields.join(" "))
    };
    for (channels, speakers) in [(1, 0), (2, 0), (4, 0x33), (6, 0x3f), (8, 0x63f)] {
        assert_eq!(said(channels, speakers), "", "{speakers:#x}");
    }
    // Ambisonics, and 5.1 with its surround speakers at the sides.
    assert_eq!(said(4, 0), "WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x0000");
    assert_eq!(said(6, 0x60f), "WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x060f");
}

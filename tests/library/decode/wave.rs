//! Every variant of WAV.

use super::{assert_decodes, decoded};
use transept_support::encode::wav::{Wav, chunk};

#[test]
fn pcm_of_every_width_decodes_exactly() {
    // The extremes, zero, and a value whose bytes all differ, so that a wrong byte order shows.
    assert_decodes("8 bit", &Wav::new(1, 1, 8, vec![0, 128, 255, 192]).bytes(), &[vec![-1.0, 0.0, 127.0 / 128.0, 0.5]]);
    let wav = Wav::pcm16(1, &[i16::MIN, 0, i16::MAX, 0x1234]);
    assert_decodes("16 bit", &wav.bytes(), &[vec![-1.0, 0.0, 32767.0 / 32768.0, 4660.0 / 32768.0]]);
    let wav = Wav::new(1, 1, 24, vec![0, 0, 0x80, 0, 0, 0, 0xff, 0xff, 0x7f, 0x56, 0x34, 0x12]);
    let full = 8_388_608.0;
    assert_decodes("24 bit", &wav.bytes(), &[vec![-1.0, 0.0, 8_388_607.0 / full, 1_193_046.0 / full]]);
    let data = [i32::MIN, 0, i32::MAX, 0x1234_5678].iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let expected = vec![-1.0, 0.0, 1.0, (f64::from(0x1234_5678) / 2_147_483_648.0) as f32];
    assert_decodes("32 bit", &Wav::new(1, 1, 32, data).bytes(), &[expected]);
}

#[test]
fn floats_of_both_widths_decode_exactly() {
    let samples = [1.5_f32, -0.1, f32::MIN_POSITIVE, 0.0];
    assert_decodes("float 32", &Wav::float32(1, &samples).bytes(), &[samples.to_vec()]);
    let data = [1.5_f64, -0.1, 1e-30, 0.0].iter().flat_map(|sample| sample.to_le_bytes()).collect();
    assert_decodes("float 64", &Wav::new(3, 1, 64, data).bytes(), &[vec![1.5, -0.1, 1e-30, 0.0]]);
}

#[test]
fn channels_are_told_apart() {
    assert_decodes("2", &Wav::float32(2, &[0.1, 0.2, 0.3, 0.4]).bytes(), &[vec![0.1, 0.3], vec![0.2, 0.4]]);
    let wav = Wav::float32(4, &[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]);
    assert_decodes("4", &wav.bytes(), &[vec![0.1, 0.5], vec![0.2, 0.6], vec![0.3, 0.7], vec![0.4, 0.8]]);
}

#[test]
fn the_extensible_header_is_read() {
    for (what, mut wav) in [("16 bit", Wav::pcm16(2, &[0x4000, -0x4000])), ("float", Wav::float32(2, &[0.5, -0.5]))] {
        wav.extensible = true;
        assert_decodes(what, &wav.bytes(), &[vec![0.5], vec![-0.5]]);
    }
    // 20 valid bits, and 24 in containers of 4 bytes: the valid bits are the upper ones.
    for (bits, sample_bytes, data) in [(20, 3, vec![0, 0, 0x40]), (24, 4, vec![0, 0, 0, 0x40])] {
        let wav = Wav { bits, sample_bytes, extensible: true, ..Wav::new(1, 1, 24, data) };
        assert_decodes("valid bits", &wav.bytes(), &[vec![0.5]]);
    }
}

#[test]
fn chunks_before_and_after_the_samples_are_passed_over() {
    let mut wav = Wav::pcm16(1, &[0x4000]);
    wav.before = [chunk(b"bext", &[b'x'; 602]), chunk(b"JUNK", &[0; 28]), chunk(b"fact", &[1, 0, 0, 0])].concat();
    wav.after = [chunk(b"iXML", b"<BWFXML/>\n"), chunk(b"LIST", b"INFOISFT\x02\0\0\0x\0")].concat();
    assert_decodes("Broadcast WAV", &wav.bytes(), &[vec![0.5]]);
}

#[test]
fn an_odd_chunk_is_passed_over_with_and_without_its_pad_byte() {
    let mut wav = Wav::pcm16(1, &[0x4000, 0x2000]);
    for (what, pad) in [("without", &[][..]), ("with", &[0]), ("with an odd one", b"#")] {
        wav.before = [chunk(b"note", b"abc").as_slice(), pad].concat();
        assert_decodes(what, &wav.bytes(), &[vec![0.5, 0.25]]);
        // The size of `data` in a printable letter, so that `ata@` could be the name of a chunk.
        let long = Wav { before: wav.before.clone(), ..Wav::pcm16(1, &[0x4000; 32]) };
        assert_decodes(what, &long.bytes(), &[vec![0.5; 32]]);
    }
}

#[test]
fn samples_of_an_odd_number_of_bytes_need_no_pad_byte() {
    assert_decodes("at the end", &Wav::new(1, 1, 8, vec![128, 192, 64]).bytes(), &[vec![0.0, 0.5, -0.5]]);
    let wav = Wav { after: chunk(b"LIST", b"INFO"), ..Wav::new(1, 1, 8, vec![128, 192, 64]) };
    assert_decodes("before another", &wav.bytes(), &[vec![0.0, 0.5, -0.5]]);
}

#[test]
fn an_unfinished_header_gives_what_is_there() {
    let wav = Wav::pcm16(2, &[0x4000, 0x2000, 0x1000, 0x0800]);
    let expected = [vec![0.5, 0.125], vec![0.25, 0.0625]];
    let sizes = [
        ("nothing written yet", Some(0), Some(0)),
        ("only the size of data is 0", None, Some(0)),
        ("a pipe, 4 GiB", Some(u32::MAX), Some(u32::MAX)),
        ("a pipe, 2 GiB", Some(0x7fff_f024), Some(0x7fff_f000)),
        ("a pipe, 2 GiB and a bit", Some(0x8000_0024), Some(0x8000_0000)),
        ("data larger than the file", None, Some(1000)),
        ("the file's size of a pipe, and data larger than the file", Some(u32::MAX), Some(1000)),
    ];
    for (what, riff_size, data_size) in sizes {
        assert_decodes(what, &Wav { riff_size, data_size, ..wav.clone() }.bytes(), &expected);
        // Half a frame at the end is not a frame.
        let mut data = wav.data.clone();
        data.push(1);
        let half = Wav { riff_size, data_size, data, ..wav.clone() };
        assert_decodes(what, &half.bytes(), &expected);
    }
}

#[test]
fn rf64_and_bw64_are_read() {
    let mut wav = Wav::pcm16(1, &[0x4000, 0x2000]);
    for letters in [*b"RF64", *b"BW64"] {
        wav.letters = letters;
        let sizes = [80_u64.to_le_bytes(), 4_u64.to_le_bytes(), 2_u64.to_le_bytes()].concat();
        wav.before = chunk(b"ds64", &[sizes.as_slice(), &[0; 4]].concat());
        (wav.riff_size, wav.data_size) = (Some(u32::MAX), Some(u32::MAX));
        wav.after = chunk(b"iXML", b"<BWFXML/>\n");
        assert_decodes("sizes in ds64", &wav.bytes(), &[vec![0.5, 0.25]]);
        (wav.riff_size, wav.data_size) = (None, None);
        assert_decodes("sizes where they always were", &wav.bytes(), &[vec![0.5, 0.25]]);
    }
}

#[test]
fn what_hound_would_refuse_is_read() {
    // A format chunk of 18 bytes with 32-bit PCM, and a size of data that is no whole number of frames.
    let mut bytes = Wav::new(1, 1, 32, vec![0, 0, 0, 0x40, 0, 0]).bytes();
    bytes[16] = 18;
    bytes.splice(36..36, [0, 0]);
    assert_decodes("18 bytes of format", &bytes, &[vec![0.5]]);
}

#[test]
fn companded_samples_go_to_symphonia() {
    // µ-law (ITU-T G.711): all ones are zero, 0x80 is the largest positive, 0x00 the largest negative value.
    let mut bytes = Wav::new(7, 1, 8, vec![0xff, 0x80, 0x00]).bytes();
    (bytes[4], bytes[16]) = (bytes[4] + 2, 18);
    bytes.splice(36..36, [0, 0]);
    let impulse = decoded(&bytes).expect("µ-law");
    let largest = 32_124.0 / 32_768.0;
    assert_eq!(impulse.channels(), [vec![0.0, largest, -largest]]);
}

#[test]
fn companded_samples_are_read_whatever_the_header_says_beside_them() {
    let largest = [32_124.0 / 32_768.0, 32_256.0 / 32_768.0];
    for (tag, loudest, largest) in [(6, [0xaa; 6], largest[1]), (7, [0x80; 6], largest[0])] {
        // 16 bytes of format are too few, but written; 16 bits are what the samples become.
        for (what, bits, sample_bytes) in
            [("plain", 8, 1), ("no bits", 0, 1), ("16 bits", 16, 1), ("wide frames", 16, 2)]
        {
            let wav = Wav { sample_bytes, ..Wav::new(tag, 2, bits, loudest.to_vec()) };
            let mut extended = wav.bytes();
            (extended[4], extended[16]) = (extended[4] + 4, 20);
            extended.splice(36..36, [2, 0, 0, 0]);
            let with_fact = Wav { before: chunk(b"fact", &[0; 4]), ..wav.clone() };
            let in_pipe = Wav { riff_size: Some(u32::MAX), data_size: Some(u32::MAX), ..wav.clone() };
            let extensible = Wav { extensible: true, ..wav.clone() };
            for bytes in [wav.bytes(), extended, with_fact.bytes(), in_pipe.bytes(), extensible.bytes()] {
                assert_decodes(what, &bytes, &[vec![largest; 3], vec![largest; 3]]);
            }
        }
    }
}

#[test]
fn a_minute_of_true_stereo_is_read() {
    let frames = 60 * 8000;
    let wav = Wav { sample_rate: 8000, ..Wav::pcm16(4, &vec![0x4000; 4 * frames]) };
    let impulse = decoded(&wav.bytes()).expect("exactly the most there may be");
    assert_eq!((impulse.len(), impulse.channels().len(), impulse.seconds()), (frames, 4, 60.0));
    assert!(impulse.channels().iter().flatten().all(|sample| *sample == 0.5));
}

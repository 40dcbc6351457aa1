//! Files of encoders that are not ours. The sound is a tone of 1 kHz from sample 441 of 4417 on, at 44.1 kHz, mono.

use super::{of_bytes, of_pipe};
use transept::audio::{AudioError, Mark, Reader};
use transept::cancel::Token;
use transept::impulse::decode;
use transept_support::encode::tags::{apev2, id3v1};

const FRAMES: usize = 4417;

/// The tone as 16-bit samples.
fn tone() -> Vec<f32> {
    let phase = |frame: usize| std::f64::consts::TAU * 1000.0 * (frame as f64 - 441.0) / 44_100.0;
    let sample = |frame| if frame < 441 { 0.0 } else { (8192.0 * phase(frame).sin()).round() };
    (0..FRAMES).map(|frame| (sample(frame) / 32_768.0) as f32).collect()
}

/// By how many frames a sound must be moved to be most like the tone, from -2000 to 2000, and how alike it is then: 1
/// for the tone itself.
fn place(sound: &[f32]) -> (isize, f64) {
    let tone = tone();
    let power = |signal: &[f32]| signal.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
    let scale = (power(&tone) * power(sound)).sqrt();
    let alike = |lag: isize| {
        let moved = tone.iter().enumerate().filter_map(|(at, x)| Some((x, sound.get(at.checked_add_signed(lag)?)?)));
        moved.map(|(x, y)| f64::from(*x) * f64::from(*y)).sum::<f64>() / scale
    };
    (-2000..=2000).map(|lag| (lag, alike(lag))).max_by(|a, b| a.1.total_cmp(&b.1)).expect("some")
}

#[test]
fn lossless_files_give_every_sample() {
    for (name, bytes) in [
        ("PCM in CAF", &include_bytes!("encoded/pcm.caf")[..]),
        ("ALAC in CAF", include_bytes!("encoded/alac.caf")),
        ("ALAC in MP4", include_bytes!("encoded/alac.m4a")),
    ] {
        assert_eq!(of_bytes(bytes).unwrap_or_else(|error| panic!("{name}: {error}")), [tone()], "{name}");
        let error = of_pipe(bytes).expect_err("read in more than one place").to_string();
        assert!(error.contains("in a pipe, which is not read; name the file"), "{name}: {error}");
        let impulse = decode::bytes(name.as_ref(), bytes, &Token::never()).expect("an impulse, too");
        assert_eq!((impulse.channels(), impulse.sample_rate()), (&[tone()][..], 44_100), "{name}");
    }
}

#[test]
fn speakers_in_alac_come_in_the_order_of_wav_whatever_order_the_file_names() {
    // FFmpeg names L R C LFE Ls Rs and a mask; stored are C L R Ls Rs LFE and C L R Ls Rs Cs LFE, as the format has it.
    // The sample of each channel is its number in the order of WAV.
    for (bytes, mask) in
        [(&include_bytes!("encoded/alac-5.1.caf")[..], 0x3f_u32), (include_bytes!("encoded/alac-6.1.caf"), 0x13f)]
    {
        let reader = Reader::bytes("alac.caf".as_ref(), bytes, &Token::never()).expect("read");
        assert_eq!(reader.mark(), Mark::Speakers(mask));
        let sound = of_bytes(bytes).expect("read");
        let expected: Vec<_> = (0..mask.count_ones()).map(|number| vec![number as f32 / 32_768.0; 64]).collect();
        assert_eq!(sound, expected, "{mask:#x}");
    }
}

#[test]
fn what_an_encoder_put_before_the_sound_is_taken_away() {
    // An edit list counts in milliseconds here, so that up to two of the encoder's own may be left at the end.
    for (name, bytes, more) in [
        ("AAC in MP4", &include_bytes!("encoded/aac.m4a")[..], 88),
        ("MP3 that says what is its own", include_bytes!("encoded/burst.mp3"), 0),
    ] {
        let sound = of_bytes(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (lag, alike) = place(&sound[0]);
        assert_eq!(lag, 0, "{name}");
        assert!(alike > 0.99, "{name}: {alike}");
        assert!((FRAMES..=FRAMES + more).contains(&sound[0].len()), "{name}: {} frames", sound[0].len());
    }
}

#[test]
fn streams_without_a_length_are_read_to_their_end() {
    for (name, bytes) in
        [("MP3", &include_bytes!("encoded/plain.mp3")[..]), ("AAC", include_bytes!("encoded/burst.aac"))]
    {
        let reader = Reader::bytes(name.as_ref(), bytes, &Token::never()).expect("a stream");
        assert_eq!((reader.frames(), reader.channels(), reader.sample_rate()), (None, 1, 44_100), "{name}");
        let sound = of_bytes(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(of_pipe(bytes).unwrap_or_else(|error| panic!("{name}, pipe: {error}")), sound, "{name}");
        let (lag, alike) = place(&sound[0]);
        assert!(alike > 0.99 && lag > 0 && sound[0].len() >= FRAMES + lag as usize, "{name}: {lag}, {alike}");
    }
}

/// Where the frames of an MP3 or AAC file begin, by the first two bytes of its headers.
fn frames(bytes: &[u8], sync: [u8; 2]) -> Vec<usize> {
    bytes.windows(2).enumerate().filter(|(_, pair)| *pair == sync).map(|(at, _)| at).collect()
}

#[test]
fn what_is_lost_of_a_stream_of_frames_is_refused() {
    for (name, bytes, sync) in [
        ("MP3", &include_bytes!("encoded/plain.mp3")[..], [0xff, 0xfb]),
        ("AAC", include_bytes!("encoded/burst.aac"), [0xff, 0xf1]),
    ] {
        let frames = frames(bytes, sync);
        let [second, third] = [frames[1], frames[2]];
        let mut no_header = bytes.to_vec();
        no_header[second] = 0x12;
        let shortened = [&bytes[..second + 20], &bytes[second + 40..]].concat();
        let noise = [&bytes[..third], b"noise", &bytes[third..]].concat();
        for (what, damaged) in [("a header", no_header), ("some bytes", shortened), ("between frames", noise)] {
            for error in [of_bytes(&damaged).expect_err(what), of_pipe(&damaged).expect_err(what)] {
                assert!(matches!(error, AudioError::Damaged { .. }), "{name}, {what}: {error}");
            }
        }
        let error = of_bytes(&bytes[..bytes.len() - 1]).expect_err("cut off");
        assert!(error.to_string().contains("truncated: its last frame is cut off; copy"), "{name}: {error}");
    }
}

#[test]
fn zeros_and_tags_around_and_between_frames_are_passed_over() {
    let before = [b"ID3\x03\0\0\0\0\x01\0".as_slice(), &[0; 128]].concat();
    for (name, bytes, sync) in [
        ("MP3", &include_bytes!("encoded/plain.mp3")[..], [0xff, 0xfb]),
        ("AAC", include_bytes!("encoded/burst.aac"), [0xff, 0xf1]),
    ] {
        let frames = frames(bytes, sync);
        let (bare, second) = (&bytes[frames[0]..], frames[1] - frames[0]);
        let expected = of_bytes(bare).expect(name);
        for (what, bytes) in [
            ("zeros before", [&[0; 1000], bare].concat()),
            ("zeros behind a tag", [&before[..], &[0; 1000], bare].concat()),
            ("a tag between zeros", [&[0; 10], &before[..], &[0; 10], bare].concat()),
            ("zeros and a tag behind", [bare, &[0; 100], &id3v1()].concat()),
            ("a tag behind", [bare, &apev2()].concat()),
            ("joined", [&bare[..second], &id3v1(), &before, &[0; 30], &bare[second..]].concat()),
            ("joined with another tag", [&bare[..second], &apev2(), &id3v1(), &bare[second..]].concat()),
        ] {
            assert_eq!(of_bytes(&bytes).unwrap_or_else(|error| panic!("{name}, {what}: {error}")), expected, "{what}");
            assert_eq!(of_pipe(&bytes).unwrap_or_else(|error| panic!("{name}, {what}: {error}")), expected, "{what}");
        }
    }
}

#[test]
fn a_second_recording_behind_one_that_says_its_length_is_not_lost_without_a_word() {
    let (one, plain) = (include_bytes!("encoded/burst.mp3"), include_bytes!("encoded/plain.mp3"));
    let more = plain.repeat(3);
    let error = of_bytes(&[&one[..], &more].concat()).expect_err("two recordings");
    assert!(error.to_string().contains("several recordings one behind another, which is not read"), "{error}");
    assert_eq!(of_bytes(&more).expect("no length").concat().len(), 3 * of_bytes(plain).expect("one").concat().len());
}

#[test]
fn what_follows_all_that_a_header_promises_is_no_damage() {
    let (known, unknown) = (include_bytes!("encoded/burst.mp3"), include_bytes!("encoded/plain.mp3"));
    let behind = b"Ripped by somebody, with something of his own behind it.";
    let expected = of_bytes(known).expect("a file");
    assert_eq!(of_bytes(&[&known[..], behind].concat()).expect("all is there"), expected);
    let error = of_bytes(&[&unknown[..], behind].concat()).expect_err("who knows what that was");
    assert!(matches!(error, AudioError::Damaged { .. }), "{error}");
}

#[test]
fn samples_of_caf_may_go_on_to_its_end() {
    let whole = include_bytes!("encoded/pcm.caf");
    let data = whole.windows(4).position(|letters| letters == b"data").expect("samples");
    let of_size = |size: i64| [&whole[..data + 4], &size.to_be_bytes(), &whole[data + 12..]].concat();
    // The samples are behind the letters, the size and a count of edits.
    for size in [-1, 0, i64::MAX] {
        let bytes = &of_size(size)[..data + 16 + 2 * FRAMES];
        assert_eq!(of_bytes(bytes).expect("to the end"), [tone()], "{size}");
    }
}

#[test]
fn what_follows_caf_and_mp4_and_is_no_part_of_them_is_passed_over() {
    let tag = [b"TAG".as_slice(), &[b'x'; 125]].concat();
    for (whole, what) in [
        (&include_bytes!("encoded/pcm.caf")[..], "PCM in CAF"),
        (include_bytes!("encoded/alac.caf"), "ALAC in CAF"),
        (include_bytes!("encoded/alac.m4a"), "ALAC in MP4"),
        (include_bytes!("encoded/aac.m4a"), "AAC in MP4"),
    ] {
        for (behind, added) in [("a tag", &tag[..]), ("zeros", &[0; 5000])] {
            let sound = of_bytes(&[whole, added].concat()).expect("it is passed over");
            assert_eq!(sound, of_bytes(whole).expect("a file"), "{what} with {behind}");
        }
    }
    let m4a = include_bytes!("encoded/alac.m4a");
    let refusal = |bytes: &[u8]| of_bytes(bytes).expect_err("it is refused").to_string();
    let error = refusal(&[&m4a[..], m4a].concat());
    assert!(error.contains("several recordings one behind another"), "{error}");
}

#[test]
fn samples_in_caf_that_are_not_read_are_named() {
    let caf = include_bytes!("encoded/pcm.caf");
    let refusal = |bytes: &[u8]| of_bytes(bytes).expect_err("it is refused").to_string();
    let description = caf.windows(4).position(|letters| letters == b"lpcm").expect("a description");
    for (kind, name) in [(b"alaw", "A-law in CAF"), (b"ulaw", "µ-law in CAF"), (b"ima4", "ADPCM in CAF")] {
        let mut other = caf.to_vec();
        other[description..description + 4].copy_from_slice(kind);
        assert!(refusal(&other).contains(name), "{}", refusal(&other));
    }
    let mut narrow = caf.to_vec();
    narrow[description + 20..description + 24].copy_from_slice(&8_u32.to_be_bytes());
    assert!(refusal(&narrow).contains("8-bit PCM in CAF"), "{}", refusal(&narrow));
}

#[test]
fn caf_and_mp4_that_lost_their_end_say_so_as_wav_does() {
    let caf = include_bytes!("encoded/pcm.caf");
    let data = caf.windows(4).position(|letters| letters == b"data").expect("samples");
    let m4a = include_bytes!("encoded/aac.m4a");
    let [mdat, moov] = [b"mdat", b"moov"].map(|name| m4a.windows(4).position(|letters| letters == name).expect("it"));
    let half = data + 16 + FRAMES;
    let samples = format!("its header promises {} bytes of samples and {FRAMES} are there; copy", 2 * FRAMES);
    let mut cases = vec![(&caf[..half], samples)];
    if mdat < moov {
        let promised = u32::from_be_bytes(m4a[mdat - 4..mdat].try_into().expect("four bytes")) - 8;
        cases.push((&m4a[..mdat + 104], format!("its header promises {promised} bytes of samples and 100 are there")));
        cases.push((&m4a[..moov - 4], "its index `moov` is missing; copy".to_owned()));
    }
    cases.push((&m4a[..m4a.len() - 1], "is cut off; copy".to_owned()));
    for (bytes, said) in cases {
        let error = of_bytes(bytes).expect_err("truncated");
        assert!(matches!(error, AudioError::Truncated { .. }), "{error}");
        assert!(error.to_string().contains(&said), "{error}");
    }
}

#[test]
fn damage_ends_in_an_error_or_a_sound() {
    use transept_support::damage::damaged;
    use transept_support::signal::Seeded;
    let files: [&[u8]; 6] = [
        include_bytes!("encoded/pcm.caf"),
        include_bytes!("encoded/alac.caf"),
        include_bytes!("encoded/alac.m4a"),
        include_bytes!("encoded/aac.m4a"),
        include_bytes!("encoded/burst.mp3"),
        include_bytes!("encoded/burst.aac"),
    ];
    let mut seeded = Seeded(3);
    for whole in files {
        for _ in 0..200 {
            // Whatever comes is right; a panic or an endless loop is not.
            let _ = of_bytes(&damaged(whole, &mut seeded));
        }
    }
}

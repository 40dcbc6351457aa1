//! Files of encoders that are not ours. The sound is a tone of 1 kHz from sample 441 of 4417 on, at 44.1 kHz, mono.

use super::{of_bytes, of_pipe};
use transept::audio::Reader;
use transept::cancel::Token;
use transept::impulse::decode;

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

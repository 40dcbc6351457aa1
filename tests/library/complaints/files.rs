//! About the files that impulses come from.

use super::{Format, MONO, Player, RATE, STEREO, plain, wet};
use transept::cancel::Token;
use transept::channels::ChannelLayout;
use transept::impulse::decode;
use transept::impulse::recipe::{Recipe, Source};
use transept::prepare;
use transept_support::encode::wav::{Wav, chunk};
use transept_support::folder::Folder;

/// 4. WAV variants refused with a poor message.
#[test]
fn wav_variants_refused_with_a_poor_message() {
    let folder = Folder::new();
    let pcm = |bits: u16, bytes: &[u8]| Wav::new(1, 1, bits, bytes.to_vec());
    let whole = pcm(16, &[0, 0x40, 0, 0xe0]);
    for (what, wav) in [
        ("8 bits", pcm(8, &[0xc0, 0x60])),
        ("24 bits", pcm(24, &[0, 0, 0x40, 0, 0, 0xe0])),
        ("32 bits", pcm(32, &[0, 0, 0, 0x40, 0, 0, 0, 0xe0])),
        ("32-bit float", Wav::float32(1, &[0.5, -0.25])),
        ("64-bit float", Wav::new(3, 1, 64, [0.5_f64, -0.25].map(f64::to_le_bytes).concat())),
        ("extensible", Wav { extensible: true, ..whole.clone() }),
        ("an odd chunk without a pad byte", Wav { before: chunk(b"note", b"odd"), ..whole.clone() }),
        ("a size of 0", Wav { data_size: Some(0), riff_size: Some(0), ..whole.clone() }),
        ("a size that is too large", Wav { data_size: Some(u32::MAX), ..whole.clone() }),
    ] {
        let impulse = decode::bytes("room.wav".as_ref(), &wav.bytes(), &Token::never())
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(impulse.channels(), [vec![0.5, -0.25]], "{what}");
    }
    let longer = Wav::pcm16(1, &[0x4000; 64]).bytes();
    for (bytes, reason) in [
        (b"\x89PNG\r\n\x1a\n".to_vec(), "CAF, MP3, AAC and MP4 are"),
        (b"RIFF\x04\0\0\0AVI ".to_vec(), "it is AVI, which is not read; extract its sound as WAV first"),
        (longer[..longer.len() / 2].to_vec(), "truncated"),
        (Wav::pcm16(1, &[]).bytes(), "it holds no samples"),
        (Wav::pcm16(3, &[1; 3]).bytes(), "does not fit Stereo, which takes 1, 2 or 4 channels; it fits 3 channels"),
        (Wav::float32(1, &[f32::NAN]).bytes(), "sample 0 of channel 1 is not a finite number"),
    ] {
        std::fs::write(folder.path("strange.wav"), bytes).expect("written");
        let recipe = Recipe::file(folder.path("strange.wav"));
        let message = prepare::build(&recipe, STEREO, &Token::never()).expect_err("refused").to_string();
        assert!(message.contains("strange.wav") && message.contains(reason), "{message}");
    }
}

/// 6. Mono/stereo/true-stereo confusion.
#[test]
fn mono_stereo_true_stereo_confusion() {
    let folder = Folder::new();
    // Powers of two, so that every mean is exact: left, right, or LL LR RL RR.
    let room = |name: &str, taps: &[f32]| {
        let channels: Vec<Vec<f32>> = taps.iter().map(|tap| vec![*tap]).collect();
        folder.wave(name, RATE, &channels)
    };
    let file = |name: &str, taps: &[f32]| Source::File { path: room(name, taps) };
    let stereo = file("2.wav", &[1.0, 0.5]);
    let halves = Source::Pair { left: room("l.wav", &[1.0]), right: room("r.wav", &[0.5]) };
    let four = file("4.wav", &[1.0, 0.5, 0.25, 0.125]);
    let pair = Source::Pair { left: room("left.wav", &[1.0, 0.5]), right: room("right.wav", &[0.25, 0.125]) };
    // What each input gives to each output: of mono, of mono to stereo, of stereo.
    let of_two = ([[0.75, 0.0], [0.0; 2]], [[1.0, 0.5], [0.0; 2]], [[1.0, 0.0], [0.0, 0.5]]);
    let of_four = ([[0.468_75, 0.0], [0.0; 2]], [[0.625, 0.3125], [0.0; 2]], [[1.0, 0.5], [0.25, 0.125]]);
    for (what, source, (mono, to_stereo, both)) in [
        ("1 channel", file("1.wav", &[1.0]), ([[1.0, 0.0], [0.0; 2]], [[1.0; 2], [0.0; 2]], [[1.0, 0.0], [0.0, 1.0]])),
        ("2 channels", stereo, of_two),
        ("a pair of 1 channel each", halves, of_two),
        ("4 channels", four, of_four),
        ("a pair of 2 channels each", pair, of_four),
    ] {
        for ((inputs, outputs), expected) in [((1, 1), mono), ((1, 2), to_stereo), ((2, 2), both)] {
            let format = Format { sample_rate: RATE, layout: ChannelLayout::of(inputs, outputs).expect("a layout") };
            let mut given = [[0.0; 2]; 2];
            for (input, given) in given[..inputs].iter_mut().enumerate() {
                let mut click = vec![vec![0.0]; outputs];
                click[input][0] = 1.0;
                let heard = Player::new(&plain(source.clone()), format, wet()).play(&click, 1);
                heard.iter().zip(given).for_each(|(heard, given)| *given = heard[0]);
            }
            assert_eq!(given, expected, "{what}, {inputs} to {outputs}");
        }
    }
}

/// 8. Wrong at another sample rate.
#[test]
fn wrong_at_another_sample_rate() {
    let folder = Folder::new();
    // An echo after a tenth of a second at half the level, and then next to nothing: -180 dB, so that what the
    // resampler rings after the echo has its place.
    let mut echo = vec![0.0; 8820];
    (echo[4410], echo[8819]) = (0.5, 5e-10);
    let recipe = plain(Source::File { path: folder.wave("echo.wav", 44_100, &[echo]) });
    for rate in [22_050, 44_100, 48_000, 96_000, 192_000] {
        let sine = |i: usize| (1000.0 * std::f64::consts::TAU * i as f64 / f64::from(rate)).sin();
        let signal = (0..rate as usize).map(|i| sine(i) as f32).collect();
        let heard = Player::new(&recipe, Format { sample_rate: rate, ..MONO }, wet()).play(&[signal], 512).remove(0);
        // From a fifth of a second on, where the echo has long begun. A tenth of a second are whole periods.
        let settled = rate as usize / 5..rate as usize;
        let expected: Vec<f64> = settled.clone().map(|i| 0.5 * sine(i)).collect();
        let error = transept_support::compare::error_db(&heard[settled], &expected);
        // The convolver's error is below -125 dB (tests/engine), the resampler's ripple below -140 dB: together below
        // -123 dB. A sample off would be -30 dB or more, and a level that followed the rate 6 dB.
        assert!(error < -123.0, "{rate} Hz: {error:.1} dB");
    }
}

/// 18. No impulse in the box.
#[test]
fn no_impulse_in_the_box() {
    let mut click = vec![vec![0.0; RATE as usize]; 2];
    click.iter_mut().for_each(|channel| channel[0] = 1.0);
    let heard = Player::new(&Recipe::default(), STEREO, wet()).play(&click, 512);
    for channel in heard {
        assert!(channel.iter().any(|sample| sample.abs() > 0.01), "a fresh instance sounds");
    }
    assert!(transept::space::built_in().len() > 1, "and there is a choice");
}

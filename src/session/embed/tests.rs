//! What is embedded comes back; what is not is refused.

use super::*;
use crate::channels::Marking;
use crate::impulse::{MAX_FILE_SECONDS, MAX_SAMPLE_RATE, MAX_SECONDS};
use transept_support::signal::Seeded;

/// Noise that decays by 60 dB, of `bits` where they are given.
fn decaying_noise(channels: usize, frames: usize, bits: Option<u32>) -> Impulse {
    let mut seeded = Seeded(channels as u64);
    let mut sample = |n: usize| {
        let noise = 2.0 * seeded.uniform() - 1.0;
        let sample = noise * 1000_f64.powf(-(n as f64) / frames as f64);
        let scale = bits.map(|bits| f64::from(1 << (bits - 1)));
        scale.map_or(sample as f32, |scale| ((sample * scale).trunc() / scale + 0.0) as f32)
    };
    let channels = (0..channels).map(|_| (0..frames).map(&mut sample).collect()).collect();
    Impulse::new(channels, 48_000).expect("valid")
}

fn encoded(impulse: &Impulse) -> Vec<u8> {
    encode(impulse, usize::MAX, &Token::never()).expect("embedded")
}

fn decoded(bytes: &[u8]) -> Result<Impulse, EmbedError> {
    decode(bytes, &Token::never())
}

fn bits(impulse: &Impulse) -> Vec<Vec<u32>> {
    impulse.channels().iter().map(|channel| channel.iter().map(|sample| sample.to_bits()).collect()).collect()
}

#[test]
fn every_impulse_comes_back_bit_by_bit() {
    for channels in [1, 2, 4] {
        for frames in [1, 2, 1000, BLOCK - 1, BLOCK, 2 * BLOCK + 1] {
            for depth in [None, Some(8), Some(16), Some(24)] {
                let impulse = decaying_noise(channels, frames, depth);
                let bytes = encoded(&impulse);
                let back = decoded(&bytes).expect("whole");
                assert_eq!((bits(&back), back.sample_rate()), (bits(&impulse), 48_000));
                assert_eq!(fingerprint(&bytes), Ok(Fingerprint::of(&impulse, &Token::never()).expect("not cancelled")));
            }
        }
    }
    let odd = vec![vec![-0.0, 0.0, f32::from_bits(1), f32::MIN, -1.0, 1.0]];
    let odd = Impulse::new(odd, MAX_SAMPLE_RATE).expect("valid");
    let back = decoded(&encoded(&odd)).expect("whole");
    assert_eq!((bits(&back), back.sample_rate()), (bits(&odd), MAX_SAMPLE_RATE));
}

#[test]
fn the_form_of_the_bytes_is_as_documented() {
    let impulse = Impulse::new(vec![vec![0.5, -0.25], vec![0.0, 0.25]], 44_100).expect("valid");
    let bytes = encoded(&impulse);
    let mut header = b"Transept\x01\x03\x02\x00".to_vec();
    header.extend(44_100_u32.to_le_bytes());
    header.extend(2_u64.to_le_bytes());
    header.extend(Fingerprint::of(&impulse, &Token::never()).expect("not cancelled").to_bytes());
    assert_eq!(bytes[..56], header);
    let planes = zstd::stream::decode_all(&bytes[56..]).expect("one frame");
    assert_eq!(planes, [0, 4, 1, 0, 0, 2], "2, -1 and 0, 1, no differences taken");
}

/// The bytes of a session that somebody has; whatever changes here, they must be read.
const LAST_YEAR: &str = "5472616e736570740103020044ac00000200000000000000ee481ef2f1ca16190bf6ba6e22ecaf7e9af710204f6e5868a5e5\
    bca748b8e5cd28b52ffd0018180000000401180000000002010000";

#[test]
fn what_was_embedded_last_year_is_read() {
    let byte = |at: usize| u8::from_str_radix(&LAST_YEAR[at..at + 2], 16).expect("hexadecimal");
    let bytes: Vec<u8> = (0..LAST_YEAR.len()).step_by(2).map(byte).collect();
    let expected = Impulse::new(vec![vec![0.5, -0.25], vec![0.0, 0.25]], 44_100).expect("valid");
    assert_eq!(decoded(&bytes), Ok(expected));
}

#[test]
fn a_room_takes_less_than_its_file() {
    for (depth, most) in [(Some(16), 0.8), (Some(24), 0.85), (None, 0.9)] {
        let impulse = decaying_noise(2, 48_000, depth);
        let file = 2 * 48_000 * depth.unwrap_or(32) as usize / 8;
        let ratio = encoded(&impulse).len() as f64 / file as f64;
        assert!(ratio < most, "{depth:?}: {ratio}");
    }
    let silence = Impulse::new(vec![vec![0.0; 60 * 48_000]; 4], 48_000).expect("valid");
    let bytes = encoded(&silence);
    assert!(bytes.len() < SMALL / 50, "{} bytes of silence", bytes.len());
    assert_eq!(decoded(&bytes).expect("whole"), silence);
}

#[test]
fn an_impulse_that_would_be_too_large_is_not_embedded() {
    let impulse = decaying_noise(2, 48_000, None);
    let size = encoded(&impulse).len();
    let within = |most| encode(&impulse, most, &Token::never());
    assert_eq!(within(size).map(|bytes| bytes.len()), Ok(size));
    for most in [size - 1, size / 2, 0] {
        assert_eq!(within(most), Err(EmbedError::TooLarge { most }));
    }
    assert_eq!(Embedding::Never.most(), None);
    assert_eq!((Embedding::default().most(), Embedding::Always.most()), (Some(SMALL), Some(LARGEST)));
}

#[test]
fn the_longest_impulse_at_192_khz_may_always_be_embedded() {
    let samples = 4 * 4 * 192_000 * MAX_SECONDS as usize;
    assert!(samples + samples / 100 < LARGEST, "and a hundredth for what holds them together");
}

#[test]
fn what_no_file_may_be_is_not_embedded() {
    for (channels, frames, sample_rate) in [(257, 1, 48_000), (1, 601 * 1000, 1000)] {
        let impulse = Impulse::new(vec![vec![0.5; frames]; channels], sample_rate).expect("valid");
        let refused = EmbedError::Implausible { channels: channels as u64, frames: frames as u64, sample_rate };
        assert_eq!(encode(&impulse, SMALL, &Token::never()), Err(refused));
    }
}

#[test]
fn nobody_waits_for_what_nobody_wants() {
    let impulse = decaying_noise(1, 3 * BLOCK, Some(24));
    let bytes = encoded(&impulse);
    let asked = std::cell::Cell::new(0);
    let cancelled_after = |most: usize| {
        asked.set(0);
        let asked = &asked;
        move || {
            asked.set(asked.get() + 1);
            asked.get() > most
        }
    };
    encode(&impulse, SMALL, &Token::new(&cancelled_after(usize::MAX))).expect("nobody cancels");
    assert!(asked.get() >= 5, "at every block, and before");
    for most in 0..asked.get() {
        assert_eq!(encode(&impulse, SMALL, &Token::new(&cancelled_after(most))), Err(EmbedError::Cancelled(Cancelled)));
    }
    decode(&bytes, &Token::new(&cancelled_after(usize::MAX))).expect("nobody cancels");
    assert!(asked.get() >= 4, "at every block, and after");
    for most in 0..asked.get() {
        assert_eq!(decode(&bytes, &Token::new(&cancelled_after(most))), Err(EmbedError::Cancelled(Cancelled)));
    }
}

#[test]
fn what_is_something_else_is_told_from_what_is_newer_or_damaged() {
    for foreign in [&b""[..], b"Transep", b"RIFF....WAVEfmt ", &[0; 100]] {
        assert_eq!(decoded(foreign), Err(EmbedError::Foreign));
    }
    let bytes = encoded(&decaying_noise(1, 100, Some(16)));
    let newer = [&bytes[..8], &[2], &bytes[9..]].concat();
    assert_eq!(decoded(&newer), Err(EmbedError::Version(2)));
    for length in 8..bytes.len() {
        let cut = decoded(&bytes[..length]);
        assert!(matches!(cut, Err(EmbedError::Damaged(_) | EmbedError::Implausible { .. })), "{length}: {cut:?}");
    }
    for more in [&b"\0"[..], &bytes[56..], &bytes] {
        let damaged = decoded(&[&bytes, more].concat());
        assert!(matches!(damaged, Err(EmbedError::Damaged(_))), "{damaged:?}");
    }
}

/// As a header that says something else about the same samples, by somebody who knows how to compute a checksum.
fn lying(bytes: &[u8], channels: u16, frames: u64, sample_rate: u32) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[10..12].copy_from_slice(&channels.to_le_bytes());
    bytes[12..16].copy_from_slice(&sample_rate.to_le_bytes());
    bytes[16..24].copy_from_slice(&frames.to_le_bytes());
    bytes
}

#[test]
fn what_is_known_of_many_channels_goes_along() {
    for (channels, marking) in [
        (4, Marking::TrueStereo),
        (4, Marking::Ambisonic),
        (16, Marking::Ambisonic),
        (4, Marking::Speakers(0x33)),
        (6, Marking::Speakers(0x3f)),
        (6, Marking::Matrix(3)),
        (25, Marking::Matrix(5)),
        (4, Marking::Unmarked),
        (5, Marking::Unmarked),
    ] {
        let impulse = Impulse::new(vec![vec![0.5; 9]; channels], 48_000).expect("valid").marked(marking);
        assert_eq!(decoded(&encoded(&impulse)), Ok(impulse));
    }
}

#[test]
fn a_header_that_lies_is_not_believed() {
    let bytes = encoded(&decaying_noise(1, 1000, Some(24)));
    let longest = u64::from(MAX_SECONDS) * u64::from(MAX_SAMPLE_RATE);
    for (channels, frames, rate) in [
        (0, 1000, 48_000),
        (257, 1000, 48_000),
        (u16::MAX >> 2, 1000, 48_000),
        (1, 0, 48_000),
        (1, 1000, 0),
        (1, 1000, MAX_SAMPLE_RATE + 1),
        (1, u64::from(MAX_FILE_SECONDS) * 48_000 + 1, 48_000),
        (3, u64::MAX, u32::MAX),
        (3, u64::MAX / 16, MAX_SAMPLE_RATE),
        // As long as an impulse may be, but not in a few thousand bytes.
        (4, longest, MAX_SAMPLE_RATE),
    ] {
        let refused = decoded(&lying(&bytes, channels, frames, rate));
        let expected = EmbedError::Implausible { channels: channels.into(), frames, sample_rate: rate };
        assert_eq!(refused, Err(expected));
    }
    // Plausible, and all the same not so.
    for (channels, frames, rate) in [(1, 999, 48_000), (1, 1001, 48_000), (2, 500, 48_000), (1, 1000, 44_100)] {
        let refused = decoded(&lying(&bytes, channels, frames, rate));
        assert!(matches!(refused, Err(EmbedError::Damaged(_))), "{channels} × {frames}: {refused:?}");
    }
    let mut floats = bytes;
    floats[9] = 0;
    assert!(matches!(decoded(&floats), Err(EmbedError::Damaged(_))));
    floats[9] = 25;
    assert!(matches!(decoded(&floats), Err(EmbedError::Damaged(_))));
}

#[test]
fn samples_that_are_no_numbers_are_refused_whatever_the_checksum_says() {
    let mut bytes = encoded(&Impulse::new(vec![vec![0.1, 0.2]], 48_000).expect("valid"));
    let mut planes = Vec::new();
    planes::split(&[0.5, f32::NAN], Form::Float, &mut planes);
    bytes.truncate(56);
    let mut encoder = zstd::stream::write::Encoder::new(bytes, LEVEL).expect("begun");
    encoder.window_log(WINDOW_LOG).and_then(|()| encoder.write_all(&planes)).expect("compressed");
    let bytes = encoder.finish().expect("compressed");
    let refused = decoded(&bytes);
    assert!(matches!(&refused, Err(EmbedError::Damaged(why)) if why.contains("finite")), "{refused:?}");
}

#[test]
fn ten_thousand_damages_end_in_an_error_or_in_what_was_embedded() {
    let rooms = [
        decaying_noise(2, 300, Some(24)),
        decaying_noise(1, 300, None),
        decaying_noise(4, 40, Some(16)),
        decaying_noise(1, 2 * BLOCK, Some(8)),
    ];
    let all: Vec<(Impulse, Vec<u8>)> = rooms.into_iter().map(|room| (room.clone(), encoded(&room))).collect();
    let mut seeded = Seeded(1);
    let mut refused = 0;
    for _ in 0..10_000 {
        let mut bytes = all[seeded.below(all.len())].1.clone();
        for _ in 0..=seeded.below(3) {
            let at = seeded.below(bytes.len());
            // Half of them where the lengths are.
            let at = if seeded.below(2) == 0 { at } else { at.min(seeded.below(80)) };
            match seeded.below(6) {
                0 => bytes[at] ^= 1 << seeded.below(8),
                1 => bytes[at] = seeded.bits() as u8,
                2 => bytes.truncate(at.max(1)),
                3 => bytes.insert(at, seeded.bits() as u8),
                4 => {
                    let to = (at + seeded.below(9)).min(bytes.len());
                    bytes[at..to].fill([0, 0xff][seeded.below(2)]);
                }
                _ => {
                    let other = &all[seeded.below(all.len())].1;
                    bytes.truncate(at.max(1));
                    bytes.extend(&other[at.min(other.len())..]);
                }
            }
        }
        match decoded(&bytes) {
            // Unless damage has made it one of the others.
            Ok(back) => assert!(all.iter().any(|(known, _)| bits(known) == bits(&back))),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 9000, "{refused} of the damages were any");
}

//! Two files as one impulse.

use transept::cancel::Token;
use transept::impulse::decode::{self, DecodeError};
use transept_support::encode::wav::Wav;
use transept_support::folder::Folder;

#[test]
fn two_stereo_files_are_true_stereo_in_the_stored_order() {
    let folder = Folder::new();
    let left = folder.file("left.wav", &Wav::float32(2, &[0.1, 0.2, 0.3, 0.4]).bytes());
    let right = folder.file("right.wav", &Wav::float32(2, &[0.5, 0.6, 0.7, 0.8]).bytes());
    let impulse = decode::pair(&left, &right, &Token::never()).expect("a pair");
    assert_eq!(impulse.channels(), [vec![0.1, 0.3], vec![0.2, 0.4], vec![0.5, 0.7], vec![0.6, 0.8]]);
}

#[test]
fn two_mono_files_are_stereo_and_the_shorter_is_padded() {
    let folder = Folder::new();
    let left = folder.file("left.wav", &Wav::float32(1, &[0.1]).bytes());
    let right = folder.file("right.wav", &Wav::float32(1, &[0.5, 0.6, 0.7]).bytes());
    assert_eq!(
        decode::pair(&left, &right, &Token::never()).expect("a pair").channels(),
        [vec![0.1, 0.0, 0.0], vec![0.5, 0.6, 0.7]]
    );
    assert_eq!(
        decode::pair(&right, &left, &Token::never()).expect("a pair").channels(),
        [vec![0.5, 0.6, 0.7], vec![0.1, 0.0, 0.0]]
    );
}

#[test]
fn files_that_do_not_match_are_refused_with_both_names() {
    let folder = Folder::new();
    let stereo = folder.file("stereo.wav", &Wav::float32(2, &[0.1, 0.2]).bytes());
    let slower = Wav { sample_rate: 44_100, ..Wav::float32(2, &[0.1, 0.2]) };
    let slower = folder.file("slower.wav", &slower.bytes());
    let error = decode::pair(&stereo, &slower, &Token::never()).expect_err("rates");
    assert!(matches!(error, DecodeError::PairRates { left_rate: 48_000, right_rate: 44_100, .. }), "{error}");
    assert!(error.to_string().contains("stereo.wav") && error.to_string().contains("slower.wav"), "{error}");

    let mono = folder.file("mono.wav", &Wav::float32(1, &[0.1]).bytes());
    let four = folder.file("four.wav", &Wav::float32(4, &[0.1; 4]).bytes());
    for (left, right) in [(&stereo, &mono), (&mono, &four), (&four, &four)] {
        let error = decode::pair(left, right, &Token::never()).expect_err("channels");
        assert!(matches!(error, DecodeError::PairChannels { .. }), "{error}");
    }
}

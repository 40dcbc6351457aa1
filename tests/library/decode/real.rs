//! Real recordings, where they are.

use transept::cancel::Token;
use transept::impulse::decode;
use transept_support::recordings::recordings;

#[test]
fn recorded_rooms_and_voices_have_the_form_they_are_known_to_have() {
    let forms = [
        ("impulses/seminar-room-clap.wav", 1, 44_100, 1.0),
        ("impulses/museum-basement-clap.wav", 2, 48_000, 3.312),
        ("dry/speech.wav", 1, 44_100, 2.59),
    ];
    let Some(data) = recordings() else { return };
    for (name, channels, sample_rate, seconds) in forms {
        let path = data.join(name);
        let impulse = decode::file(&path, &Token::never()).expect("a recording");
        assert_eq!((impulse.channels().len(), impulse.sample_rate()), (channels, sample_rate), "{name}");
        assert!((impulse.seconds() - seconds).abs() < 0.01, "{name}: {} s", impulse.seconds());
        assert!((0.1..=1.0).contains(&impulse.peak()), "{name}: peak {}", impulse.peak());
        let audio = decode::audio(&path, &Token::never()).expect("the same file");
        assert_eq!(audio.channels, impulse.channels(), "{name}");
    }
}

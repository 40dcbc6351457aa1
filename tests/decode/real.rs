//! Real recordings, where they are.

use std::path::{Path, PathBuf};
use transept::impulse::decode;

fn recording(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("TRANSEPT_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let path = folder.join(name);
    if !path.exists() {
        println!("skipped: no ../shared/data");
        return None;
    }
    Some(path)
}

#[test]
fn recorded_rooms_and_voices_have_the_form_they_are_known_to_have() {
    let forms = [
        ("impulses/seminar-room-clap.wav", 1, 44_100, 1.0),
        ("impulses/museum-basement-clap.wav", 2, 48_000, 3.312),
        ("dry/speech.wav", 1, 44_100, 2.59),
    ];
    for (name, channels, sample_rate, seconds) in forms {
        let Some(path) = recording(name) else { return };
        let impulse = decode::file(&path).expect("a recording");
        assert_eq!((impulse.channels().len(), impulse.sample_rate()), (channels, sample_rate), "{name}");
        assert!((impulse.seconds() - seconds).abs() < 0.01, "{name}: {} s", impulse.seconds());
        assert!((0.1..=1.0).contains(&impulse.peak()), "{name}: peak {}", impulse.peak());
        let audio = decode::audio(&path).expect("the same file");
        assert_eq!(audio.channels, impulse.channels(), "{name}");
    }
}

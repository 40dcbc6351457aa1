//! Valid inputs of each body: what is damaged in the tests, and where a fuzzer may begin.

use std::path::Path;
use transept::impulse::recipe::{Combination, Recipe, Second, Source};
use transept::impulse::units::Ratio;
use transept::preset::Preset;
use transept::session::host_state::unpacked;
use transept::settings::{self, Setting, Settings, TABLE};
use transept_support::encode::aiff::aiff;
use transept_support::encode::flac::{flac, ramp};
use transept_support::encode::ogg::flac_in_ogg;
use transept_support::encode::wav::{Wav, chunk};

/// A sound file of each kind that can be written here.
#[must_use]
pub fn sound_files() -> Vec<Vec<u8>> {
    let extensible = Wav { extensible: true, ..Wav::new(1, 1, 24, vec![0x40; 96]) };
    vec![
        Wav { before: chunk(b"note", b"abcd"), after: chunk(b"LIST", b"INFO"), ..Wav::pcm16(2, &[0x4000; 64]) }.bytes(),
        Wav::float32(4, &[0.25; 64]).bytes(),
        extensible.bytes(),
        aiff(None, 1, 16, 32, &[0x40; 64]),
        aiff(Some(b"fl32"), 1, 32, 16, &[0; 64]),
        flac(&[ramp(600, 37), ramp(600, 11)], 600),
        flac_in_ogg(&ramp(256, 37)),
        include_bytes!("../../library/reader/encoded/alac.caf").to_vec(),
        include_bytes!("../../library/reader/encoded/aac.m4a").to_vec(),
        include_bytes!("../../library/reader/encoded/burst.mp3").to_vec(),
    ]
}

/// States of every form that the plugin ever saved, from `tests/golden`, packed and unpacked, without the length that
/// CLAP puts first.
///
/// # Panics
/// If they cannot be read.
#[must_use]
pub fn states() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    // The same order on every machine, so that a round is the same everywhere.
    paths.sort();
    let mut states = Vec::new();
    for path in paths {
        let Some(extension) = path.extension().and_then(|extension| extension.to_str()) else { continue };
        let bytes = std::fs::read(&path).expect("a state");
        let packed = match extension {
            "clap" => &bytes[8..],
            "vst3" => &bytes[..],
            "json" => {
                states.push(bytes);
                continue;
            }
            _ => continue,
        };
        states.extend([unpacked(packed).expect("a state"), packed.to_vec()]);
    }
    assert!(states.len() > 1, "no golden states");
    states
}

/// The texts of presets: of a fresh one, and of one with two impulses and every setting.
///
/// # Panics
/// If the fresh one cannot be written.
#[must_use]
pub fn presets() -> Vec<Vec<u8>> {
    let pair = Source::Pair { left: "/rooms/left.wav".into(), right: "/rooms/right.wav".into() };
    let second = Some(Source::File { path: "/rooms/second.flac".into() });
    let both = Preset { source: pair, second, settings: shaped() }.text(&[]).expect("written");
    let every: String = TABLE.iter().map(|row| format!("{} = \"{}\"\n", row.id, row.show(row.default()))).collect();
    let space = "version = 1\n\n[impulse]\nspace = \"plate\"\n\n[settings]\n";
    [Preset::default().text(&[]).expect("written"), both, format!("{space}{every}")].map(String::into_bytes).into()
}

/// Recipes as JSON: a fresh one, one that is shaped, and one of two impulses.
///
/// # Panics
/// If they cannot be written.
#[must_use]
pub fn recipes() -> Vec<Vec<u8>> {
    let file = |path: &str| Source::File { path: path.into() };
    let shaped = shaped().recipe(Source::Space { id: "plate".into() }, None);
    let between = Combination::Morph(Ratio::from_thousandths(300));
    let second = Some(Second { source: file("/rooms/b.wav"), how: between });
    let both = Recipe { second, ..Recipe::of(file("/rooms/a.wav")) };
    [Recipe::default(), shaped, both].map(|recipe| serde_json::to_vec(&recipe).expect("written")).into()
}

/// The texts of automation files: one by hand, and one with every setting.
#[must_use]
pub fn automations() -> Vec<Vec<u8>> {
    let line = |(n, row): (usize, &Setting)| format!("{n} s, {}, {}\n", row.id, row.show(row.default()));
    let every: String = TABLE.iter().enumerate().map(line).collect();
    let few = "# a ride\n1.5, wet, -6 dB\n500 ms, decay_high, 50 %  # darker\n\n1.5 s, dry, off\n";
    [few.to_owned(), every].map(String::into_bytes).into()
}

/// Settings of which some shape the impulse.
fn shaped() -> Settings {
    let mut settings = Settings::default();
    let moved = [
        ("wet", "-6 dB"),
        ("size", "120 %"),
        ("decay_high", "50 %"),
        ("trim_end", "1.2 s"),
        ("reverse", "on"),
        ("fade_out", "100 ms"),
    ];
    for (id, text) in moved {
        let value = settings::find(id).and_then(|setting| setting.read(text));
        settings.set(id, value.unwrap_or_else(|| panic!("{id} can be {text}")));
    }
    settings
}

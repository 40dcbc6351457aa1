//! States that were saved in earlier years. `tests/golden/README.md` says what they are.

use super::state::fields;
use super::*;
use transept::settings::Settings;
use transept_support::compare::error_db_of_channels;

/// What every one of them says.
const SAID: [(&str, &str); 5] =
    [("dry", "-7.3 dB"), ("wet", "-3.0 dB"), ("predelay", "12.5 ms"), ("high_cut", "5.43 kHz"), ("width", "150 %")];

fn said() -> Controls {
    Settings { dry: -7.3, wet: -3.0, predelay: 12.5, high_cut: 5430.0, width: 150.0, ..Settings::default() }
        .controls(None)
}

/// The impulse of those that have a file.
fn their_room() -> Room {
    room(2, 0.01, 46)
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Every state of a format, by its file's name.
pub fn states(extension: &str) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder()).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let states: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| (path.display().to_string(), std::fs::read(&path).expect("a file")))
        .collect();
    assert!(!states.is_empty(), "no state of {extension}");
    states
}

/// An instance that has just opened a state, which is given too, without any frame of the format's: parameters, recipe,
/// all that is remembered, and the sound.
pub fn is_as_it_was_saved<I: Instance>(instance: &mut I, state: &[u8], what: &str) {
    for (id, text) in SAID {
        let value = instance.value(id);
        assert_eq!(instance.show(id, value), text, "{what}: {id}");
    }
    let saved = fields(state);
    let source = serde_json::from_value::<Recipe>(saved["recipe"].clone()).expect("a recipe").source;
    let own = their_room();
    let is_file = matches!(source, transept::impulse::recipe::Source::File { .. });
    let recipe = if is_file { own.recipe.clone() } else { Recipe::space("plate") };
    instance.activate(48_000, 512, true);
    let input = clicks(2, 6000);
    let format = Format { sample_rate: 48_000, inputs: 2, outputs: 2 };
    let expected = expected(&recipe, format, &said(), &input);
    let out = instance.play(&input, 512);
    assert!(
        error_db_of_channels(&out, &expected) <= ROUNDING,
        "{what}: off by {} dB",
        error_db_of_channels(&out, &expected)
    );
    // What it does not say is the default.
    let again = fields(&instance.save());
    for (key, value) in saved.as_object().expect("fields") {
        assert_eq!(&again[key], value, "{what}: {key}");
    }
    assert_eq!(is_file, !again["embedded"].is_null(), "{what}: embedded");
    assert_eq!(is_file, again["memory"].to_string().contains("file_hash"), "{what}: hints");
}

/// Writes the state of this version, if there is none.
pub fn make<I: Instance>(extension: &str, frame: impl Fn(Vec<u8>) -> Vec<u8>) {
    let path = folder().join(format!("{}.{extension}", env!("CARGO_PKG_VERSION")));
    if path.exists() {
        return;
    }
    // A place that tells nothing about whose machine this is.
    let place = std::env::temp_dir().join("transept golden");
    std::fs::create_dir_all(&place).expect("a folder");
    let file = place.join(format!("room for {extension}.wav"));
    std::fs::copy(their_room().path, &file).expect("copied");
    let mut instance = I::new();
    let params = [("dry", -7.3), ("wet", -3.0), ("predelay", 12.5), ("high_cut", 5430.0), ("width", 150.0)];
    assert!(instance.load(&session(&Recipe::file(&file), &params)));
    instance.activate(48_000, 512, true);
    instance.play(&clicks(2, 512), 512);
    let state = super::state::saved_when_remembered(&mut instance, true);
    std::fs::remove_file(file).expect("removed");
    std::fs::write(path, frame(state)).expect("written");
}

//! What Transept reads from outside, given any bytes. Each function here is the body of a fuzz target (`fuzz/`), and is
//! run on seeded damage to [valid inputs](inputs) by the tests in here.
//!
//! A body returns, whatever the bytes are. It panics where the product panics, and where it takes something for good
//! that is not.

pub mod inputs;
mod state;

pub use state::state;

use std::path::Path;
use transept::audio::Reader;
use transept::cancel::Token;
use transept::cli::automation;
use transept::engine::MAX_CHANNELS;
use transept::impulse::decode;
use transept::impulse::recipe::Recipe;
use transept::preset::Preset;
use transept::settings::Settings;

/// Channels of the largest impulse: a path from each input to each output.
const MOST_CHANNELS: usize = MAX_CHANNELS * MAX_CHANNELS;

/// A sound file in memory and from a pipe. What is decoded is an impulse; what a pipe gives has one length.
pub fn decoding(bytes: &[u8]) {
    if let Ok(mut reader) = Reader::pipe(Path::new("fuzzed"), bytes, &Token::never()) {
        let mut block = vec![vec![0.0; 512]; reader.channels()];
        // What is small can hold much: a minute is enough.
        for _ in 0..6000 {
            if !reader.read(&mut block, &Token::never()).is_ok_and(|frames| frames == 512) {
                break;
            }
        }
    }
    let Ok(impulse) = decode::bytes(Path::new("fuzzed"), bytes, &Token::never()) else { return };
    let channels = impulse.channels();
    assert!((1..=MOST_CHANNELS).contains(&channels.len()) && impulse.sample_rate() > 0);
    assert!(channels.iter().all(|channel| channel.len() == channels[0].len() && !channel.is_empty()));
    assert!(channels.iter().flatten().all(|sample| sample.is_finite()));
}

/// A preset's text. What is read can be written, and says the same when it is read again.
pub fn preset(bytes: &[u8]) {
    let read = |bytes: &[u8]| Preset::from_bytes(Path::new("/fuzzed/preset.toml"), bytes);
    let Ok(first) = read(bytes) else { return };
    let text = first.preset.text(&first.known()).expect("written");
    let again = read(text.as_bytes()).expect("what was written can be read");
    assert_eq!(again.warnings, Vec::<String>::new(), "{text}");
    assert_eq!(again.preset.text(&again.known()).expect("written"), text);
}

/// A recipe as JSON. What is read can be written, and is the same recipe when it is read again.
pub fn recipe(bytes: &[u8]) {
    let Ok(first) = serde_json::from_slice::<Recipe>(bytes) else { return };
    let text = serde_json::to_string(&first).expect("written");
    assert_eq!(serde_json::from_str::<Recipe>(&text).expect("what was written can be read"), first, "{text}");
}

/// An automation file's text. What is read is in order of time, within a day.
pub fn automation(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let find = |name: &str| Ok(Recipe::space(name).source);
    let hall = Recipe::space("hall").source;
    let Ok(read) = automation::Automation::of_text(text, Settings::default(), &hall, &find) else { return };
    let moments = read.moments;
    assert!(moments.iter().all(|moment| (0.0..=86_400.0).contains(&moment.seconds)));
    assert!(moments.is_sorted_by(|a, b| a.seconds < b.seconds));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;
    use transept_support::damage::damaged;
    use transept_support::signal::Seeded;

    /// Runs a body on each valid input as it is, and on so many damaged ones. A round that fails names its bytes.
    fn run(body: fn(&[u8]), valid: &[Vec<u8>], rounds: usize, seed: u64) {
        let began = Instant::now();
        valid.iter().for_each(|bytes| body(bytes));
        let mut seeded = Seeded(seed);
        for round in 0..rounds {
            let bytes = damaged(&valid[round % valid.len()], &mut seeded);
            let outcome = std::panic::catch_unwind(|| body(&bytes));
            assert!(outcome.is_ok(), "round {round}: {:?}", String::from_utf8_lossy(&bytes));
        }
        println!("{} inputs, {rounds} rounds in {:?}", valid.len(), began.elapsed());
    }

    #[test]
    fn damaged_sound_files_end_in_an_error_or_a_sound() {
        run(decoding, &inputs::sound_files(), 10_000, 1);
    }

    #[test]
    fn damaged_states_open_as_something_that_can_be_saved() {
        run(state, &inputs::states(), 1_000, 2);
    }

    #[test]
    fn damaged_presets_end_in_an_error_or_a_preset() {
        run(preset, &inputs::presets(), 10_000, 3);
    }

    #[test]
    fn damaged_recipes_end_in_an_error_or_a_recipe() {
        run(recipe, &inputs::recipes(), 20_000, 4);
    }

    #[test]
    fn damaged_automation_ends_in_an_error_or_is_in_order() {
        run(automation, &inputs::automations(), 20_000, 5);
    }
}

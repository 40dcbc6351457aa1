//! The session's impulse file is missing.
use super::unwrapped::{Session, Unwrapped};
use crate::promises::state::{fields, saved_when_remembered, session_remembering, stereo};
use crate::promises::{Instance, ROUNDING, clicks, expected, room, session, wet};
use transept::impulse::recipe::Recipe;
use transept::prepare::worker::State;
use transept_support::compare::error_db_of_channels;

/// Dry and wet at 0 dB.
const BOTH: &[(&str, f32)] = &[("dry", 0.0), ("wet", 0.0)];

/// Even where another room sounded before.
pub fn the_wet_path_is_silent_and_the_dry_one_passes<I: Instance>() {
    let room = room(2, 0.05, 38);
    let mut instance = I::new();
    assert!(instance.load(&session(&room.recipe, BOTH)));
    instance.activate(48_000, 512, true);
    let input = clicks(2, 4000);
    assert_ne!(instance.play(&input, 512), input);
    let missing = Recipe::file("/nowhere/Cathedral.wav");
    assert!(instance.load(&session(&missing, BOTH)));
    let saved = instance.save();
    // Longer than the fade and than the old room.
    instance.play(&vec![vec![0.0; 24_000]; 2], 512);
    assert_eq!(instance.play(&input, 512), input);
    assert_eq!(instance.save(), saved);
}

/// Every hint, and embedded bytes that cannot be read.
pub fn nothing_is_lost_on_save<I: Instance>() {
    let room = room(2, 0.05, 39);
    let mut instance = I::new();
    assert!(instance.load(&session(&room.recipe, BOTH)));
    instance.activate(48_000, 512, true);
    let saved = saved_when_remembered(&mut instance, true);
    std::fs::remove_file(&room.path).expect("removed");
    let mut fields = fields(&saved);
    let embedded = fields["embedded"].as_str().expect("text");
    fields["embedded"] = embedded[..embedded.len() / 2].into();
    let state = serde_json::json!({ "version": "0.1.0", "params": {}, "fields": { "session": fields.to_string() } })
        .to_string();
    let mut later = I::new();
    for round in 0..2 {
        assert!(later.load(state.as_bytes()));
        later.activate(48_000, 512, true);
        let input = clicks(2, 4000);
        assert_eq!(later.play(&input, 512), input, "it sounds");
        let state = later.save();
        assert_eq!(self::fields(&state), fields, "round {round}");
        later.deactivate();
        assert!(later.load(&state), "and from what was saved again");
    }
}

/// Without a copy in the session. And nothing is lost.
pub fn another_file_in_its_place_is_not_taken_for_it<I: Instance>() {
    let room = room(2, 0.05, 44);
    let mut instance = I::new();
    assert!(instance.load(&session_remembering(&room.recipe, r#"{"version":2,"embedding":"never"}"#)));
    instance.activate(48_000, 512, true);
    let input = clicks(2, 4000);
    let expected = expected(&room.recipe, stereo(), &wet(), &input);
    assert!(error_db_of_channels(&instance.play(&input, 512), &expected) <= ROUNDING);
    let saved = saved_when_remembered(&mut instance, false);
    let whole = std::fs::read(&room.path).expect("a file");
    std::fs::copy(crate::promises::room(2, 0.1, 45).path, &room.path).expect("copied");
    let mut later = I::new();
    assert!(later.load(&saved));
    later.activate(48_000, 512, true);
    assert!(later.play(&input, 512).iter().flatten().all(|sample| *sample == 0.0), "dry is off, and wet is silent");
    assert_eq!(later.save(), saved);
    std::fs::write(&room.path, whole).expect("back");
    let mut again = I::new();
    assert!(again.load(&saved));
    again.activate(48_000, 512, true);
    assert!(error_db_of_channels(&again.play(&input, 512), &expected) <= ROUNDING);
}

#[test]
fn the_wanted_name_is_said() {
    let wanted = std::path::PathBuf::from("/nowhere/Cathedral.wav");
    let recipe = serde_json::to_string(&Recipe::file(&wanted)).expect("JSON");
    let mut instance = Unwrapped::open(&Session::from([("recipe".to_owned(), recipe)]));
    instance.activate(stereo());
    assert_eq!(instance.says(), State::Missing { wanted: wanted.clone() });
    // A hand that finds nothing either changes nothing.
    let session = instance.saved();
    let other = wanted.with_file_name("Chapel.wav");
    instance.choose(Recipe::file(&other));
    assert_eq!(instance.says(), State::Missing { wanted: other });
    assert_eq!(instance.saved(), session);
}

//! Promises about sessions.
use super::*;
use serde_json::Value;
use std::time::{Duration, Instant};
use transept::channels::ChannelLayout;
use transept::settings::TABLE;
use transept_support::compare::{assert_same_bits, error_db_of_channels};

/// Only against hangs: no test waits for this long unless something is broken.
pub const FOR_EVER: Duration = Duration::from_secs(60);

/// Plays silence until a click gives what is expected; live, so the room comes when it is ready.
pub fn comes_to_sound<I: Instance>(instance: &mut I, expected: &[Vec<f32>]) -> bool {
    let began = Instant::now();
    let frames = expected[0].len();
    while began.elapsed() < FOR_EVER {
        instance.play(&vec![vec![0.0; 9600]; 2], 480);
        let out = instance.play(&clicks(2, frames), 480);
        if error_db_of_channels(&out, expected) <= ROUNDING {
            return true;
        }
        instance.play(&vec![vec![0.0; frames]; 2], 480);
        std::thread::park_timeout(Duration::from_millis(5));
    }
    false
}

pub fn stereo() -> Format {
    Format { sample_rate: 48_000, layout: ChannelLayout::Stereo }
}

/// D5: nobody calls the plugin after a load, yet the other room sounds.
pub fn another_room_sounds_after_a_session_was_loaded_into_a_playing_instance<I: Instance>() {
    let rooms = [room(2, 0.05, 31), room(1, 0.2, 32)];
    let mut instance = I::new();
    instance.activate(48_000, 512, false);
    for room in rooms.iter().cycle().take(4) {
        assert!(instance.load(&session(&room.recipe, WET)));
        let expected = expected(&room.recipe, stereo(), &wet(), &clicks(2, 12_000));
        assert!(comes_to_sound(&mut instance, &expected), "the room of {}", room.path.display());
    }
}

pub fn a_session_comes_back_with_the_same_bytes<I: Instance>() {
    let room = room(2, 0.05, 33);
    let mut instance = I::new();
    let fresh = instance.save();
    assert!(instance.load(&session(&room.recipe, &[("dry", -7.3), ("wet", -60.0), ("high_cut", 5430.0)])));
    let saved = instance.save();
    assert_ne!(saved, fresh);
    let mut other = I::new();
    assert!(other.load(&saved));
    assert_eq!(other.save(), saved);
    assert_eq!(other.value("dry"), instance.value("dry"));
    let dry = other.value("dry");
    assert_eq!(other.show("dry", dry), "-7.3 dB");
    assert!(other.load(&fresh));
    assert_eq!(other.save(), fresh, "what an instance is depends on the state alone");
}

/// Ids of all parameters.
fn every_parameter() -> Vec<&'static str> {
    std::iter::once("impulse").chain(TABLE.iter().map(|setting| setting.id)).collect()
}

/// Parameters and recipe of a state; what is remembered of files grows by itself.
fn said(state: &[u8]) -> [Value; 2] {
    let json = transept::session::host_state::unpacked(state).expect("a frame");
    let state: Value = serde_json::from_slice(&json).expect("JSON");
    let session = state["fields"]["session"].as_str().expect("a field");
    let session: Value = serde_json::from_str(session).expect("JSON");
    [state["params"].clone(), session["recipe"].clone()]
}

/// Every parameter is what the state says, whatever it points at: also `impulse` in a slot where nothing is.
pub fn every_value_comes_back_whatever_the_instance_is_doing<I: Instance>() {
    let (room, ids) = (room(2, 0.05, 34), every_parameter());
    let values = |instance: &mut I| ids.iter().map(|id| instance.value(id)).collect::<Vec<_>>();
    let mut slots = std::collections::BTreeSet::new();
    for seed in 0..12_u64 {
        let random = noise(ids.len(), 900 + seed);
        let mut given = I::new();
        let mut changes: Vec<(&str, usize, f64)> = Vec::new();
        for (id, value) in ids.iter().zip(&random) {
            let normalized = f64::from(*value).mul_add(0.5, 0.5).clamp(0.0, 1.0);
            changes.push((id, 0, normalized * given.largest(id)));
        }
        changes.rotate_left(seed as usize * 3 % ids.len());
        assert!(given.load(&session(&room.recipe, WET)));
        given.activate(48_000, 512, false);
        given.process(&[vec![], vec![]], &changes);
        let expected = values(&mut given);
        slots.insert(given.show("impulse", expected[0]));
        let saved = given.save();
        for phase in ["inactive", "active", "processing", "offline"] {
            let mut taken = I::new();
            match phase {
                "inactive" => {}
                _ => taken.activate(48_000, 512, phase == "offline"),
            }
            if phase == "processing" {
                taken.play(&vec![vec![0.1; 4096]; 2], 512);
            }
            assert!(taken.load(&saved));
            assert_eq!(values(&mut taken), expected, "{phase}, {seed}");
            assert_eq!(said(&taken.save()), said(&saved), "{phase}, {seed}");
            if phase != "inactive" {
                taken.play(&vec![vec![0.1; 4096]; 2], 512);
                assert_eq!(values(&mut taken), expected, "after blocks, {phase}, {seed}");
                assert_eq!(said(&taken.save()), said(&saved), "after blocks, {phase}, {seed}");
            }
        }
    }
    assert!(slots.iter().filter(|slot| slot.starts_with('–')).count() > 5, "{slots:?}");
}

/// The recipe alone says what sounds: what comes into a slot later is not chosen by a parameter that rests there.
pub fn a_parameter_that_rests_at_a_free_slot_chooses_nothing<I: Instance>() {
    let room = room(2, 0.05, 35);
    let mut given = I::new();
    assert!(given.load(&session(&room.recipe, WET)));
    given.activate(48_000, 512, true);
    let free = given.read("impulse", "6").expect("a number");
    given.process(&[vec![], vec![]], &[("impulse", 0, free)]);
    let expected = expected(&room.recipe, stereo(), &wet(), &clicks(2, 6_000));
    let mut taken = I::new();
    assert!(taken.load(&given.save()));
    assert_eq!(taken.show("impulse", free), "– [6]");
    taken.activate(48_000, 512, true);
    assert_same_bits(&taken.play(&clicks(2, 6_000), 480), &expected, "the recipe's");
    assert_eq!(taken.value("impulse"), free);
    // The next state has a list in which something is at that slot.
    let mut other: Value = serde_json::from_slice(&session(&room.recipe, WET)).expect("JSON");
    let slots: Vec<Value> =
        (0..7).map(|slot| serde_json::json!({ "slot": slot, "source": { "kind": "space", "id": "plate" } })).collect();
    other["fields"]["impulses"] = Value::from(serde_json::to_string(&slots).expect("JSON"));
    other["params"]["impulse"] = serde_json::json!({ "i32": 5 });
    assert!(taken.load(&serde_json::to_vec(&other).expect("JSON")));
    assert_eq!(taken.value("impulse"), free);
    taken.deactivate();
    taken.activate(48_000, 512, true);
    assert_same_bits(&taken.play(&clicks(2, 6_000), 480), &expected, "still the recipe's");
}

/// The lock is against presets in the window.
pub fn a_session_opens_whole_over_a_locked_mix<I: Instance>() {
    let room = room(2, 0.05, 33);
    let mut instance = I::new();
    instance.activate(48_000, 512, true);
    instance.process(&[vec![], vec![]], &[("mix_lock", 0, 1.0), ("mix_mode", 0, 1.0)]);
    assert_eq!((instance.value("mix_lock"), instance.value("mix_mode")), (1.0, 1.0));
    assert!(instance.load(&session(&room.recipe, &[("dry", -7.3), ("mix", 80.0), ("output_level", -3.0)])));
    for (id, text) in
        [("dry", "-7.3 dB"), ("mix_mode", "levels"), ("mix", "80 %"), ("output_level", "-3.0 dB"), ("mix_lock", "off")]
    {
        let value = instance.value(id);
        assert_eq!(instance.show(id, value), text, "{id}");
    }
}

pub fn what_is_typed_and_shown_has_units_and_off<I: Instance>() {
    let mut instance = I::new();
    for (id, text, shown) in [
        ("dry", "-6", "-6.0 dB"),
        ("dry", "-6 dB", "-6.0 dB"),
        ("wet", "off", "off"),
        ("wet", "-inf", "off"),
        ("predelay", "0.1 s", "100.0 ms"),
        ("low_cut", "80", "80 Hz"),
        ("high_cut", "12 kHz", "12 kHz"),
        ("high_cut", "off", "off"),
        ("width", "150 %", "150 %"),
        ("loudness", "cabinet", "cabinet"),
        ("trim_end", "1,25 s", "1.25 s"),
        ("trim_end_auto", "on", "on"),
    ] {
        let value = instance.read(id, text).expect("a value");
        assert_eq!(instance.show(id, value), shown, "{id}: {text}");
    }
    assert_eq!(instance.read("wet", "loud"), None);
}

/// What a saved state says beside parameters.
pub fn fields(state: &[u8]) -> Value {
    let json = zstd::decode_all(state).unwrap_or_else(|_| state.to_vec());
    let state: Value = serde_json::from_slice(&json).expect("a state");
    let fields = state["fields"].as_object().expect("fields");
    members(fields.iter().map(|(key, json)| (key.as_str(), json.as_str().expect("JSON in JSON"))))
}

/// What fields say of a session: the members of the one field, or in older states one field for each.
pub fn members<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    let mut members = serde_json::Map::new();
    for (key, json) in fields {
        match (key, serde_json::from_str(json).expect("JSON")) {
            ("session", Value::Object(session)) => members.extend(session),
            (_, value) => drop(members.insert(key.to_owned(), value)),
        }
    }
    Value::Object(members)
}

/// True once the impulse that sounds is remembered: by its file, and by its samples where it is embedded.
pub fn is_remembered(members: &Value, embedded: bool) -> bool {
    members["memory"].to_string().contains("file_hash") && members["embedded"].is_null() != embedded
}

/// The same once the impulse that sounds is remembered: on the worker, a moment after it sounds.
pub fn saved_when_remembered<I: Instance>(instance: &mut I, embedded: bool) -> Vec<u8> {
    let began = Instant::now();
    loop {
        let state = instance.save();
        let fields = fields(&state);
        if is_remembered(&fields, embedded) {
            return state;
        }
        assert!(began.elapsed() < FOR_EVER, "never remembered: {}", fields["memory"]);
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// Complaint 1: on another machine, next year, the file is gone or is another one.
pub fn a_session_carries_its_room_along<I: Instance>() {
    let room = room(4, 0.05, 41);
    let mut instance = I::new();
    assert!(instance.load(&session(&room.recipe, WET)));
    assert!(!fields(&instance.save())["memory"].to_string().contains("file_hash"), "nobody has looked");
    instance.activate(48_000, 512, true);
    let input = clicks(2, 4000);
    let expected = expected(&room.recipe, stereo(), &wet(), &input);
    assert!(error_db_of_channels(&instance.play(&input, 512), &expected) <= ROUNDING);
    let saved = saved_when_remembered(&mut instance, true);
    drop(instance);
    for what in ["there", "another", "gone"] {
        match what {
            "another" => std::fs::copy(super::room(2, 0.1, 42).path, &room.path).map(drop).expect("copied"),
            "gone" => std::fs::remove_file(&room.path).expect("removed"),
            _ => {}
        }
        let mut later = I::new();
        assert!(later.load(&saved));
        later.activate(48_000, 512, true);
        assert!(error_db_of_channels(&later.play(&input, 512), &expected) <= ROUNDING, "the file is {what}");
        assert_eq!(later.save(), saved, "the file is {what}");
    }
}

/// Larger than any state without an impulse, through everything that has a limit.
pub fn a_session_with_a_long_room_in_it_comes_back<I: Instance>() {
    let room = room(4, 40.0, 43);
    let mut instance = I::new();
    let always = session_remembering(&room.recipe, r#"{"version":2,"embedding":"always"}"#);
    assert!(instance.load(&always));
    instance.activate(44_100, 512, false);
    let saved = saved_when_remembered(&mut instance, true);
    assert!(saved.len() > 20_000_000, "{} bytes", saved.len());
    drop(instance);
    let mut later = I::new();
    assert!(later.load(&saved));
    assert!(later.save() == saved, "another state of {} bytes", later.save().len());
}

/// A session that remembers something of its room, as JSON.
pub fn session_remembering(recipe: &Recipe, memory: &str) -> Vec<u8> {
    let mut state: serde_json::Value = serde_json::from_slice(&session(recipe, WET)).expect("JSON");
    state["fields"]["memory"] = memory.into();
    state.to_string().into_bytes()
}

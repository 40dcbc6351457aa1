//! Promises about sessions.
use super::*;
use crate::common::Seeded;
use std::time::{Duration, Instant};

/// Only against hangs: no test waits for this long unless something is broken.
const FOR_EVER: Duration = Duration::from_secs(60);

/// Plays silence until a click gives what is expected; live, so the room comes when it is ready.
fn comes_to_sound<I: Instance>(instance: &mut I, expected: &[Vec<f32>]) -> bool {
    let began = Instant::now();
    let frames = expected[0].len();
    while began.elapsed() < FOR_EVER {
        instance.play(&vec![vec![0.0; 9600]; 2], 480);
        let out = instance.play(&clicks(2, frames), 480);
        if apart(&out, expected) <= ROUNDING {
            return true;
        }
        instance.play(&vec![vec![0.0; frames]; 2], 480);
        std::thread::park_timeout(Duration::from_millis(5));
    }
    false
}

fn stereo() -> Format {
    Format { sample_rate: 48_000, inputs: 2, outputs: 2 }
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

/// A session whose file is gone: the wet path is silent even where another room sounded before, the dry one passes, and
/// saving again loses nothing.
pub fn a_missing_file_is_silence_and_is_not_forgotten<I: Instance>() {
    let room = room(2, 0.05, 38);
    let mut instance = I::new();
    assert!(instance.load(&session(&room.recipe, &[("dry", 0.0), ("wet", 0.0)])));
    instance.activate(48_000, 512, true);
    let input = clicks(2, 4000);
    assert_ne!(instance.play(&input, 512), input);
    let missing = Recipe::file("/nowhere/Cathedral.wav");
    assert!(instance.load(&session(&missing, &[("dry", 0.0), ("wet", 0.0)])));
    let saved = instance.save();
    // Longer than the fade and than the old room.
    instance.play(&vec![vec![0.0; 24_000]; 2], 512);
    assert_eq!(instance.play(&input, 512), input);
    assert_eq!(instance.save(), saved);
}

/// What a saved state says beside parameters.
pub fn fields(state: &[u8]) -> serde_json::Value {
    let json = zstd::decode_all(state).unwrap_or_else(|_| state.to_vec());
    serde_json::from_slice::<serde_json::Value>(&json).expect("a state")["fields"].clone()
}

/// The same once the impulse that sounds is remembered: on the worker, a moment after it sounds.
pub fn saved_when_remembered<I: Instance>(instance: &mut I, embedded: bool) -> Vec<u8> {
    let began = Instant::now();
    loop {
        let state = instance.save();
        let fields = fields(&state);
        let known = fields["memory"].as_str().expect("JSON in JSON").contains("file_hash");
        if known && (fields["embedded"] != "null") == embedded {
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
    assert!(!fields(&instance.save())["memory"].as_str().expect("JSON").contains("file_hash"), "nobody has looked");
    instance.activate(48_000, 512, true);
    let input = clicks(2, 4000);
    let expected = expected(&room.recipe, stereo(), &wet(), &input);
    assert!(apart(&instance.play(&input, 512), &expected) <= ROUNDING);
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
        assert!(apart(&later.play(&input, 512), &expected) <= ROUNDING, "the file is {what}");
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
fn session_remembering(recipe: &Recipe, memory: &str) -> Vec<u8> {
    let mut state: serde_json::Value = serde_json::from_slice(&session(recipe, WET)).expect("JSON");
    state["fields"]["memory"] = memory.into();
    state.to_string().into_bytes()
}

/// Without a copy in the session, another file in its place is not taken for it.
pub fn another_file_in_its_place_is_silence_and_nothing_is_lost<I: Instance>() {
    let room = room(2, 0.05, 44);
    let mut instance = I::new();
    assert!(instance.load(&session_remembering(&room.recipe, r#"{"version":2,"embedding":"never"}"#)));
    instance.activate(48_000, 512, true);
    let input = clicks(2, 4000);
    let expected = expected(&room.recipe, stereo(), &wet(), &input);
    assert!(apart(&instance.play(&input, 512), &expected) <= ROUNDING);
    let saved = saved_when_remembered(&mut instance, false);
    let whole = std::fs::read(&room.path).expect("a file");
    std::fs::copy(super::room(2, 0.1, 45).path, &room.path).expect("copied");
    let mut later = I::new();
    assert!(later.load(&saved));
    later.activate(48_000, 512, true);
    assert!(later.play(&input, 512).iter().flatten().all(|sample| *sample == 0.0), "dry is off, and wet is silent");
    assert_eq!(later.save(), saved);
    std::fs::write(&room.path, whole).expect("back");
    let mut again = I::new();
    assert!(again.load(&saved));
    again.activate(48_000, 512, true);
    assert!(apart(&again.play(&input, 512), &expected) <= ROUNDING);
}

pub fn a_session_that_says_little_or_too_much_gives_defaults_and_ends<I: Instance>() {
    let mut instance = I::new();
    let recipe = Recipe::default();
    assert!(instance.load(&session(&recipe, &[("dry", 1e30), ("wet", -1e9), ("predelay", 250.0), ("dream", 3.0)])));
    let shown = |instance: &mut I, id| {
        let value = instance.value(id);
        instance.show(id, value)
    };
    assert_eq!(["dry", "wet", "predelay"].map(|id| shown(&mut instance, id)), ["12.0 dB", "off", "250.0 ms"]);
    assert!(instance.load(&session(&recipe, &[("width", 50.0)])));
    assert_eq!(["dry", "wet", "predelay"].map(|id| shown(&mut instance, id)), ["0.0 dB", "-12.0 dB", "0.0 ms"]);
    assert_eq!(shown(&mut instance, "width"), "50 %");
}

/// Seeded damage to real states, compressed and not: never a crash, never a hang, and a good one still loads.
pub fn damaged_sessions_do_no_harm<I: Instance>() {
    let room = room(2, 0.02, 34);
    let plain = session(&room.recipe, WET);
    let mut instance = I::new();
    instance.activate(48_000, 512, false);
    assert!(instance.load(&plain));
    let compressed = instance.save();
    let mut seeded = Seeded(35);
    for round in 0..400 {
        let mut bytes = if round % 2 == 0 { plain.clone() } else { compressed.clone() };
        match seeded.below(4) {
            0 => bytes.truncate(seeded.below(bytes.len())),
            1 => bytes.extend((0..seeded.below(300)).map(|_| seeded.bits() as u8).collect::<Vec<_>>()),
            _ => {
                for _ in 0..=seeded.below(6) {
                    let at = seeded.below(bytes.len());
                    // Half of them digits and brackets, which stay JSON more often.
                    bytes[at] =
                        if seeded.below(2) == 0 { b"0129-.e{}[]\","[seeded.below(13)] } else { seeded.bits() as u8 };
                }
            }
        }
        instance.load(&bytes);
        let out = instance.process(&clicks(2, 64), &[]);
        assert!(out.iter().flatten().all(|sample| sample.is_finite()), "round {round}");
        let saved = instance.save();
        assert!(instance.load(&saved), "what it saves then is sound");
    }
    for foreign in [&b""[..], b"null", b"{}", b"[[[[", &[0x28, 0xb5, 0x2f, 0xfd], &[0; 64]] {
        instance.load(foreign);
    }
    assert!(instance.load(&plain));
    let expected = expected(&room.recipe, stereo(), &wet(), &clicks(2, 3000));
    assert!(comes_to_sound(&mut instance, &expected));
}

/// H6. Each instance goes at another moment of its load, some before they ever played.
pub fn an_instance_may_go_at_any_moment_while_another_plays_on<I: Instance>() {
    let (own, busy) = (room(2, 0.05, 36), room(4, 2.0, 37));
    let mut stays = I::new();
    assert!(stays.load(&session(&own.recipe, WET)));
    stays.activate(48_000, 512, true);
    let expected = expected(&own.recipe, stereo(), &wet(), &clicks(2, 5000));
    for round in 0..12 {
        let mut goes = I::new();
        assert!(goes.load(&session(&busy.recipe, WET)));
        if round % 3 > 0 {
            goes.activate(44_100 + round, 64, false);
            goes.play(&clicks(2, 64 * round as usize), 64);
        }
        if round % 3 > 1 {
            goes.load(&session(&own.recipe, &[]));
        }
        drop(goes);
        stays.play(&vec![vec![0.0; 9600]; 2], 480);
        let out = stays.play(&clicks(2, 5000), 480);
        assert!(apart(&out, &expected) <= ROUNDING, "round {round}: off by {} dB", apart(&out, &expected));
    }
}

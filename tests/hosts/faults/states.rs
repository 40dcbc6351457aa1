//! State bytes that are damaged, older, newer or somebody else's.
use crate::clap::host::Clap;
use crate::promises::state::{comes_to_sound, fields, stereo};
use crate::promises::{Instance, WET, clicks, expected, golden, room, session, wet};
use crate::vst3::host::Vst3;
use transept::chain::Controls;
use transept::impulse::recipe::Recipe;
use transept_support::signal::Seeded;

/// Seeded damage to real states, compressed and not: never a crash, never a hang, and a good one still loads.
pub fn what_is_damaged_does_no_harm<I: Instance>() {
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
    assert!(instance.load(&plain));
    let expected = expected(&room.recipe, stereo(), &wet(), &clicks(2, 3000));
    assert!(comes_to_sound(&mut instance, &expected));
}

pub fn what_says_little_or_too_much_gives_defaults_and_ends<I: Instance>() {
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

pub fn what_a_newer_version_saved_sounds_like_the_default_and_is_kept<I: Instance>() {
    let state = serde_json::json!({ "version": "9.9.9", "params": { "dream": { "i32": 7 }, "width": { "f32": 50.0 } }, "fields": {
        "recipe": r#"{"dreams":[1,2],"source":{"dream":"of a hall"},"version":99}"#,
        "memory": r#"{"dreams":true,"version":99}"#,
        "embedded": r#"{"form":99}"#,
    } });
    let mut instance = I::new();
    assert!(instance.load(state.to_string().as_bytes()));
    let width = instance.value("width");
    assert_eq!(instance.show("width", width), "50 %", "what can be read is");
    instance.activate(48_000, 512, true);
    let input = clicks(2, 6000);
    let controls = Controls { width: 0.5, ..Controls::default() };
    assert_eq!(instance.play(&input, 512), expected(&Recipe::default(), stereo(), &controls, &input));
    let saved = fields(&instance.save());
    for (field, value) in fields(state.to_string().as_bytes()).as_object().expect("fields") {
        assert_eq!(&saved[field], value);
    }
}

pub fn what_is_somebody_elses_changes_nothing_or_gives_defaults<I: Instance>() {
    let fresh = I::new().save();
    let recipe = Recipe::space("plate");
    for foreign in [
        &b""[..],
        b"null",
        b"{}",
        b"[[[[",
        b"CcnK\0\0\0\x20FBCh\0\0\0\x02Frvb",
        b"<?xml version=\"1.0\"?><reverb size=\"0.5\"/>",
        br#"{"version":"2.0","params":{"room_size":{"f32":0.5},"mix":{"bool":true}},"fields":{"patch":"7"}}"#,
        br#"{"version":"2.0","params":{},"fields":{"recipe":"7","memory":"[]"}}"#,
        &[0x28, 0xb5, 0x2f, 0xfd],
        &[0; 64],
    ] {
        let mut instance = I::new();
        assert!(instance.load(&session(&recipe, WET)));
        let before = instance.save();
        let taken = instance.load(foreign);
        let after = instance.save();
        let what = String::from_utf8_lossy(foreign);
        if taken && what.contains("recipe") {
            // Kept as it is, with defaults for the rest.
            assert_eq!(fields(&after)["recipe"], 7);
        } else {
            assert!(after == if taken { &fresh[..] } else { &before }, "{what}");
        }
        instance.activate(48_000, 512, true);
        let input = clicks(2, 6000);
        let (recipe, controls) = if taken { (Recipe::default(), Controls::default()) } else { (recipe.clone(), wet()) };
        assert_eq!(instance.play(&input, 512), expected(&recipe, stereo(), &controls, &input), "{what}");
    }
}

/// As they were saved in earlier years, in either format and in the form that no host has and both read.
#[test]
fn what_an_older_version_saved_opens_as_it_was() {
    fn opens<I: Instance>(state: &[u8], name: &str) {
        let mut instance = I::new();
        assert!(instance.load(state), "{name}");
        golden::is_as_it_was_saved(&mut instance, state, name);
    }
    // A CLAP state has its length before it, 8 bytes.
    golden::states("clap").iter().for_each(|(name, state)| opens::<Clap>(&state[8..], name));
    golden::states("vst3").iter().for_each(|(name, state)| opens::<Vst3>(state, name));
    for (name, state) in golden::states("json") {
        opens::<Clap>(&state, &name);
        opens::<Vst3>(&state, &name);
    }
}

/// CLAP states begin with it.
#[test]
fn what_lies_about_its_length_does_no_harm() {
    let mut instance = Clap::new();
    let saved = instance.save();
    for length in [0, 1, saved.len() as u64 + 1, 1 << 20, 1 << 40, u64::MAX] {
        instance.load_raw(&[&length.to_le_bytes()[..], &saved].concat());
        assert_eq!(instance.save(), saved);
    }
    for few in 0..8 {
        assert!(!instance.load_raw(&saved[..few]));
    }
}

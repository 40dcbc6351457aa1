//! Presets of states of the plugin, and the other way.

use super::{Console, RATE};
use serde_json::json;
use transept::cancel::Token;
use transept::impulse::decode;
use transept::impulse::recipe::{Combination, Recipe, Second, Source};
use transept::session::embed::{self, Embedding};
use transept::session::embedded::Embedded;
use transept::session::memory::{Memory, Remembered};
use transept::settings::Sound;
use transept_support::signal::decaying_noise;

#[test]
fn states_of_the_plugin_become_presets_and_back() {
    let folder = Console::new();
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let settings = "[settings]\ndry = \"-7.3 dB\"\nwet = \"-3.0 dB\"\nwidth = \"150 %\"\npredelay = \"12.5 ms\"\nhigh_cut = \"5.43 kHz\"\n";
    let states = ["version-1.json", "early.vst3", "early.clap", "six-fields.vst3", "0.1.0.vst3", "0.1.0.clap"];
    for name in states {
        let kind = if name == "version-1.json" { "space" } else { "file" };
        std::fs::create_dir(folder.path(name)).expect("a folder");
        let said = folder.does(&format!("preset --from {golden}/{name} -o {name}/it.toml"));
        assert_eq!(said.contains("embedded"), kind == "file", "{name}: {said}");
        let preset = folder.text(&format!("{name}/it.toml"));
        assert!(preset.contains(&format!("kind = \"{kind}\"")) && preset.ends_with(settings), "{name}: {preset}");
        for state in ["state.clap", "state.vst3"] {
            folder.does(&format!("preset --state {name}/it.toml -o {state} --overwrite"));
            assert_eq!(folder.does(&format!("preset --from {state} -o again.toml --overwrite")), "", "{name}");
            assert_eq!(folder.text("again.toml"), preset, "{name}");
        }
        let (clap, vst3) = (folder.bytes("state.clap"), folder.bytes("state.vst3"));
        assert_eq!(clap, [&(vst3.len() as u64).to_le_bytes()[..], &vst3].concat(), "{name}");
    }
}

#[test]
fn a_state_is_read_out_of_what_hosts_write_around_it_and_other_files_are_named() {
    let folder = Console::new();
    folder.does("preset --space plate --wet -6 -o it.toml");
    folder.does("preset --state it.toml -o it.vst3");
    let state = folder.bytes("it.vst3");
    let length = state.len() as u64;
    let class = "5472616E736570745265766572623031";
    let entry = [&b"List\x01\0\0\0Comp"[..], &48_u64.to_le_bytes(), &length.to_le_bytes()].concat();
    let begin = [&b"VST3\x01\0\0\0"[..], class.as_bytes(), &(48 + length).to_le_bytes()].concat();
    std::fs::write(folder.path("it.vstpreset"), [begin, state, entry].concat()).expect("written");
    assert_eq!(folder.does("preset --from it.vstpreset -o again.toml"), "");
    assert_eq!(folder.text("again.toml"), folder.text("it.toml"));
    std::fs::write(folder.path("old.fxp"), b"CcnK\0\0\0\0FPCh").expect("written");
    for (name, words) in [("old.fxp", ["VST2", "plugin's window"]), ("voice.wav", ["WAV", "--impulse"])] {
        folder.fails(&format!("preset --from {name} -o no.toml"), 2, &[&[name, "no state"], &words[..]].concat());
    }
}

#[test]
fn an_impulse_that_a_state_carries_along_is_written_beside_the_preset() {
    let folder = Console::new();
    let from = concat!("preset --from ", env!("CARGO_MANIFEST_DIR"), "/tests/golden/0.1.0.vst3");
    std::fs::create_dir(folder.path("out")).expect("a folder");
    let said = folder.does(&format!("{from} -o out/it.toml"));
    let names = folder.names("out");
    let [preset, wave] = &names[..] else { panic!("{names:?}") };
    assert!(preset == "it.toml" && wave.ends_with(".wav"), "{names:?}");
    assert!(said.lines().count() == 1 && said.contains(&format!("is in out/{wave} now")), "{said}");
    let (text, bytes) = (folder.text("out/it.toml"), folder.bytes(&format!("out/{wave}")));
    assert!(text.contains(&format!("out/{wave}\"")) && text.contains("hash = \""), "{text}");
    assert_eq!(folder.does("render voice.wav --preset out/it.toml -o wet.wav"), "");

    // Once more it is there already, and what is another one's stays.
    folder.does(&format!("{from} -o out/it.toml --overwrite"));
    assert!(folder.names("out") == names && folder.bytes(&format!("out/{wave}")) == bytes);
    std::fs::copy(folder.path("room.wav"), folder.path(&format!("out/{wave}"))).expect("copied");
    let ran = folder.run(&format!("{from} -o out/other.toml"));
    assert!(ran.code == Some(1) && ran.stderr.contains(&format!("out/{wave}: is there already")), "{}", ran.stderr);
    assert_eq!(folder.names("out"), names);

    // In a collection it is as well; a room that is named takes its place, and a failure leaves nothing.
    folder.does(&format!("{from} --collect parcel"));
    assert_eq!(folder.names("parcel"), ["0.1.0.toml", wave]);
    assert!(folder.bytes(&format!("parcel/{wave}")) == bytes);
    assert_eq!(folder.does(&format!("{from} --space plate -o plate.toml")), "");
    folder.fails(&format!("{from} -o plate.toml"), 1, &["plate.toml: is there already"]);
    folder.fails(&format!("{from} -o no/it.toml"), 1, &["there is no folder no"]);
}

/// A state that carries the impulses of these sources along, as JSON, which hosts open as well.
fn state_with(first: &Source, second: &Source) -> String {
    let never = Token::never();
    let carried = |source: &Source| {
        let impulse = match &source.files()[..] {
            [left, right] => decode::pair(left, right, &never),
            files => decode::file(files[0], &never),
        };
        let bytes = embed::encode(&impulse.expect("readable"), embed::SMALL, &never).expect("encoded");
        let fingerprint = embed::fingerprint(&bytes).ok();
        let remembered = Remembered { fingerprint, ..Remembered::at_once(source, Embedding::Always) };
        (Memory::from(remembered).saved().clone(), Embedded::of(&bytes, &never).expect("not cancelled"))
    };
    let ((memory, embedded), (memory_second, embedded_second)) = (carried(first), carried(second));
    let how = Combination::Series;
    let recipe = Recipe { second: Some(Second { source: second.clone(), how }), ..Recipe::of(first.clone()) };
    let session = json!({ "recipe": recipe, "sound": Sound::NEWEST, "memory": memory, "embedded": embedded,
        "memory_second": memory_second, "embedded_second": embedded_second });
    json!({ "params": { "combine": { "i32": 2 } }, "fields": { "session": session.to_string() } }).to_string()
}

#[test]
fn both_impulses_that_a_state_carries_along_sound_as_before() {
    let folder = Console::new();
    std::fs::create_dir(folder.path("a")).expect("a folder");
    std::fs::copy(folder.path("second.wav"), folder.path("a/room.wav")).expect("copied");
    std::fs::copy(folder.path("second.wav"), folder.path("left.wav")).expect("copied");
    folder.wave("right.wav", RATE, &[decaying_noise(2000, 9)]);
    let path = |name: &str| folder.path(name);
    let file = |name: &str| Source::File { path: path(name) };
    let pair = Source::Pair { left: path("left.wav"), right: path("right.wav") };
    for (first, second, options, names) in [
        (file("room.wav"), file("a/room.wav"), "--impulse room.wav --second a/room.wav", ["room-2.wav", "room.wav"]),
        (
            pair,
            file("room.wav"),
            "--impulse left.wav --impulse right.wav --second room.wav",
            ["left + right.wav", "room.wav"],
        ),
    ] {
        folder.does(&format!("render voice.wav {options} --combine series -o plain.wav --overwrite"));
        std::fs::write(folder.path("it.json"), state_with(&first, &second)).expect("written");
        // What is where the state says is not written once more.
        std::fs::create_dir_all(folder.path("out")).expect("a folder");
        assert_eq!(folder.does("preset --from it.json -o out/it.toml"), "");
        assert_eq!(folder.names("out"), ["it.toml"]);
        for source in [&first, &second] {
            source.files().iter().for_each(|file| std::fs::rename(file, file.with_extension("gone")).expect("renamed"));
        }
        let said = folder.does("preset --from it.json -o out/it.toml --overwrite");
        assert_eq!(
            (said.lines().count(), folder.names("out")),
            (2, [&["it.toml"], &names[..]].concat().iter().map(|name| (*name).to_owned()).collect())
        );
        folder.does("render voice.wav --preset out/it.toml -o wet.wav --overwrite");
        assert!(folder.bytes("wet.wav") == folder.bytes("plain.wav"), "{options}");
        std::fs::remove_dir_all(folder.path("out")).expect("removed");
        for source in [&first, &second] {
            source.files().iter().for_each(|file| std::fs::rename(file.with_extension("gone"), file).expect("renamed"));
        }
    }
}

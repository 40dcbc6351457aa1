//! Presets: written, read, and made of states of the plugin.

use super::Console;
use super::options::moved;
use transept::settings::{Kind, TABLE};

impl Console {
    fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect("written")
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).expect("text")
    }

    #[track_caller]
    fn does(&self, arguments: &str) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments}: {}", ran.stderr);
        ran.stderr
    }
}

#[test]
fn a_preset_renders_as_the_options_that_it_was_written_from() {
    let folder = Console::new();
    let mut options: Vec<String> = vec!["--impulse".to_owned(), "room.wav".to_owned()];
    options.extend(["--second".to_owned(), "second.wav".to_owned()]);
    for setting in &TABLE {
        let option = format!("--{}", setting.id.replace('_', "-"));
        match setting.kind {
            Kind::Switch(_) => options.push(format!("{option}={}", setting.show(moved(setting)))),
            _ => options.extend([option, setting.show(moved(setting))]),
        }
    }
    let run = |words: &[&str], options: &[String]| {
        let ran = folder.run_words(words.iter().map(|word| (*word).to_owned()).chain(options.iter().cloned()));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{words:?}");
    };
    run(&["preset", "-o", "it.toml"], &options);
    run(&["render", "voice.wav", "-o", "by-options.wav"], &options);
    run(&["render", "voice.wav", "-o", "by-preset.wav", "--preset", "it.toml"], &[]);
    run(&["render", "voice.wav", "-o", "plain.wav", "--impulse", "room.wav"], &[]);
    assert!(folder.bytes("by-preset.wav") == folder.bytes("by-options.wav"));
    assert!(folder.bytes("by-preset.wav") != folder.bytes("plain.wav"));
}

#[test]
fn half_a_combination_in_a_preset_sounds_like_the_first_impulse() {
    let folder = Console::new();
    folder.does("render voice.wav --space plate -o alone.wav");
    let second = "[impulse]\nkind = \"space\"\nid = \"plate\"\n[second]\nkind = \"space\"\nid = \"room\"\n";
    let combined = "[impulse]\nkind = \"space\"\nid = \"plate\"\n[settings]\ncombine = \"series\"\n";
    for text in [second, combined] {
        std::fs::write(folder.path("half.toml"), text).expect("written");
        folder.does("render voice.wav --preset half.toml -o half.wav --overwrite");
        assert!(folder.bytes("half.wav") == folder.bytes("alone.wav"), "{text}");
    }
}

#[test]
fn what_options_say_goes_before_what_the_preset_says() {
    let folder = Console::new();
    folder.does("preset --impulse room.wav --wet -6 --dry off -o it.toml");
    folder.does("render voice.wav --preset it.toml --wet -20 --space plate -o both.wav");
    folder.does("render voice.wav --space plate --wet -20 --dry off -o options.wav");
    assert!(folder.bytes("both.wav") == folder.bytes("options.wav"));
    folder.does("preset --preset it.toml --wet -20 --space plate -o it.toml");
    let fields = "kind = \"space\"\nid = \"plate\"\n\n[settings]\ndry = \"off\"\nwet = \"-20.0 dB\"\n";
    assert!(folder.text("it.toml").ends_with(fields), "{}", folder.text("it.toml"));
}

#[test]
fn a_relative_path_is_found_from_the_presets_folder() {
    let folder = Console::new();
    std::fs::create_dir(folder.path("presets")).expect("a folder");
    let text = "[impulse]\nkind = \"file\"\npath = \"../room.wav\"\n";
    std::fs::write(folder.path("presets/it.toml"), text).expect("written");
    folder.does("render voice.wav --preset presets/it.toml -o by-preset.wav");
    folder.does("render voice.wav --impulse room.wav -o by-options.wav");
    assert!(folder.bytes("by-preset.wav") == folder.bytes("by-options.wav"));
    folder.does("preset --impulse room.wav -o written.toml");
    let absolute = folder.path("room.wav");
    assert!(folder.text("written.toml").contains(absolute.to_str().expect("text")), "{}", folder.text("written.toml"));
}

#[test]
fn a_preset_of_a_newer_program_renders_and_a_damaged_one_does_not() {
    let folder = Console::new();
    let newer = "version = 9\n[impulse]\nkind = \"space\"\nid = \"plate\"\n[settings]\nglow = \"1\"\nwet = \"-6\"";
    std::fs::write(folder.path("newer.toml"), newer).expect("written");
    let said = folder.does("render voice.wav --preset newer.toml -o by-preset.wav");
    assert!(said.contains("newer.toml") && said.contains("version 9") && said.contains("glow"), "{said}");
    folder.does("render voice.wav --space plate --wet -6 -o by-options.wav");
    assert!(folder.bytes("by-preset.wav") == folder.bytes("by-options.wav"));

    std::fs::write(folder.path("damaged.toml"), "version = 1\n[settings\n").expect("written");
    for arguments in ["render voice.wav --preset damaged.toml -o out.wav", "preset --preset damaged.toml -o out.toml"] {
        folder.fails(arguments, 2, &["damaged.toml, line 2"]);
    }
    folder.fails("render voice.wav --preset no.toml -o out.wav", 2, &["no.toml"]);
    folder.fails("preset --from newer.toml -o out.toml", 2, &["newer.toml", "no state"]);
    folder.fails("preset --impulse room.wav -o room.wav", 1, &["room.wav", "would replace"]);
    folder.fails("preset --impulse room.wav -o no/it.toml", 1, &["it.toml", "no folder"]);
}

#[test]
fn states_of_the_plugin_become_presets_and_back() {
    let folder = Console::new();
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let settings = "[settings]\ndry = \"-7.3 dB\"\nwet = \"-3.0 dB\"\nwidth = \"150 %\"\npredelay = \"12.5 ms\"\nhigh_cut = \"5.43 kHz\"\n";
    let states = ["version-1.json", "early.vst3", "early.clap", "six-fields.vst3", "0.1.0.vst3", "0.1.0.clap"];
    for name in states {
        let kind = if name == "version-1.json" { "space" } else { "file" };
        let said = folder.does(&format!("preset --from {golden}/{name} -o it.toml"));
        assert_eq!(said.contains("embedded"), kind == "file", "{name}: {said}");
        let preset = folder.text("it.toml");
        assert!(preset.contains(&format!("kind = \"{kind}\"")) && preset.ends_with(settings), "{name}: {preset}");
        for state in ["state.clap", "state.vst3"] {
            folder.does(&format!("preset --state it.toml -o {state}"));
            assert_eq!(folder.does(&format!("preset --from {state} -o again.toml")), "", "{name}");
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
fn the_standalone_has_help_of_its_own_and_refuses_what_makes_no_sense() {
    let folder = Console::new();
    let help = folder.run("play --help");
    assert_eq!(help.code, Some(0), "{}", help.stderr);
    for word in ["--impulse", "--space", "--preset", "--decay-high", "--backend", "--input-device", "play.toml"] {
        assert!(help.stdout.contains(word), "{word}: {}", help.stdout);
    }
    for (arguments, word) in [
        ("play --space moon", "moon"),
        ("play --preset gone.toml", "gone.toml"),
        ("play --backend tape", "jack"),
        ("play --midi-input x", "--midi-input"),
    ] {
        folder.fails(arguments, 2, &[word]);
    }
}

#[test]
fn an_output_replaces_neither_the_preset_nor_the_automation_that_it_is_made_from() {
    let folder = Console::new();
    // Under names that an output may have: any other is refused for its name.
    let (preset, automation) = ("[settings]\nwet = \"-6 dB\"\n", "0.01 s, wet, -12 dB\n");
    std::fs::write(folder.path("it.wav"), preset).expect("written");
    std::fs::write(folder.path("ride.wav"), automation).expect("written");
    let room = "render voice.wav --space room --preset it.wav --automation ride.wav -o";
    for (output, text) in [("it.wav", preset), ("ride.wav", automation)] {
        let ran = folder.run(&format!("{room} {output} --overwrite"));
        assert!(ran.code == Some(1) && ran.stderr.contains("replace"), "{output}: {}", ran.stderr);
        assert_eq!(std::fs::read_to_string(folder.path(output)).expect("it is there"), text);
    }
    assert_eq!(folder.run(&format!("{room} out.wav")).code, Some(0), "and to another place it goes");
}

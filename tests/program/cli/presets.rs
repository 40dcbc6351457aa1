//! Presets: written and read.

use super::Console;
use super::options::moved;
use transept::settings::{Kind, TABLE};

impl Console {
    pub(super) fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect("written")
    }

    pub(super) fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).expect("text")
    }

    #[track_caller]
    pub(super) fn does(&self, arguments: &str) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments}: {}", ran.stderr);
        ran.stderr
    }
}

#[test]
fn a_preset_renders_as_the_options_that_it_was_written_from() {
    let folder = Console::with_long_impulses();
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
fn a_preset_of_an_impulse_that_is_not_there_is_written_and_says_so() {
    let folder = Console::new();
    let ran = folder.run("preset --impulse nope.wav --wet -3 -o -");
    let (said, gone) = (ran.stderr, folder.path("nope.wav"));
    assert_eq!(said, format!("warning: {}: it is not there; the preset names it all the same\n", gone.display()));
    assert_eq!(folder.does("preset --impulse nope.wav --wet -3 -o nope.toml"), said);
    assert!(ran.code == Some(0) && ran.stdout == folder.text("nope.toml"), "{}", ran.stdout);
    assert!(!folder.path("-").exists());
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
    folder.does("preset --preset it.toml --wet -20 --space plate -o it.toml --overwrite");
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
fn what_is_known_of_a_file_that_is_gone_stays_in_its_preset() {
    let folder = Console::new();
    folder.does("preset --impulse room.wav --second second.wav -o it.toml");
    let (text, plain) = (folder.text("it.toml"), "render voice.wav --wet -6 -o");
    folder.does(&format!("{plain} plain.wav --impulse room.wav"));
    std::fs::create_dir(folder.path("else")).expect("a folder");
    for (from, to) in [("room.wav", "church.wav"), ("second.wav", "b.wav")] {
        std::fs::rename(folder.path(from), folder.path(&format!("else/{to}"))).expect("renamed");
    }
    let said = folder.does("preset --preset it.toml -o it.toml --overwrite");
    assert_eq!(said.matches("is not there").count(), 2, "{said}");
    assert_eq!(folder.text("it.toml"), text);
    // In states as well, and so the file is found wherever it has gone.
    folder.does("preset --state it.toml -o it.vst3");
    folder.does("preset --from it.vst3 -o else/again.toml");
    assert_eq!(folder.text("else/again.toml"), text);
    folder.does(&format!("{plain} found.wav --preset else/again.toml"));
    assert!(folder.bytes("found.wav") == folder.bytes("plain.wav"));

    let of_windows = "[impulse]\nkind = \"file\"\npath = 'C:\\rooms\\gone.wav'\n";
    std::fs::write(folder.path("windows.toml"), of_windows).expect("written");
    folder.does("preset --preset windows.toml -o again.toml");
    assert!(folder.text("again.toml").contains(r"path = 'C:\rooms\gone.wav'"), "{}", folder.text("again.toml"));
    // Another impulse is not taken for the one that is gone.
    folder.does("preset --preset it.toml --impulse voice.wav -o voice.toml");
    let hash = text.lines().find(|line| line.starts_with("hash")).expect("a hash");
    assert!(!folder.text("voice.toml").contains(hash));
}

#[test]
fn a_second_impulse_that_is_gone_is_left_out_unless_something_of_it_is_heard() {
    let folder = Console::new();
    folder.does("render voice.wav --impulse room.wav -o alone.wav");
    for (settings, is_heard) in [
        ("", false),
        ("combine = \"morph\"\nmorph = 0", false),
        ("combine = \"morph\"\nmorph = 1", true),
        ("combine = \"series\"", true),
    ] {
        let impulses =
            "[impulse]\nkind = \"file\"\npath = \"room.wav\"\n[second]\nkind = \"file\"\npath = \"gone.wav\"";
        std::fs::write(folder.path("it.toml"), format!("{impulses}\n[settings]\n{settings}\n")).expect("written");
        if is_heard {
            folder.fails("render voice.wav --preset it.toml -o out.wav", 2, &["it.toml: ", "gone.wav is not there"]);
            continue;
        }
        let said = folder.does("render voice.wav --preset it.toml -o out.wav --overwrite");
        assert!(said.lines().count() == 1 && said.contains("it.toml: the second impulse is left out"), "{said}");
        assert!(folder.bytes("out.wav") == folder.bytes("alone.wav"), "{settings}");
        std::fs::remove_file(folder.path("out.wav")).expect("there");
        std::fs::write(folder.path("ride.csv"), "0.01, combine, series\n").expect("written");
        let ride = "render voice.wav --preset it.toml --automation ride.csv -o out.wav";
        folder.fails(ride, 2, &["it.toml: ", "gone.wav is not there"]);
    }
}

#[test]
fn a_value_that_a_setting_cannot_have_is_named_with_what_is_used_instead() {
    let folder = Console::new();
    let settings = "wet = \"600 dB\"\nwidth = -4\nreverse = \"maybe\"\n";
    let text = format!("[impulse]\nkind = \"space\"\nid = \"plate\"\n[settings]\n{settings}");
    std::fs::write(folder.path("it.toml"), text).expect("written");
    let said = folder.does("render voice.wav --preset it.toml -o by-preset.wav");
    for line in [
        "600 dB is no value of wet: a number from -60 to 12 dB is wanted, or off; 12.0 dB is used",
        "-4 is no value of width: a number from 0 to 200 % is wanted; 0 % is used",
        "maybe is no value of reverse: on or off is wanted; off is used",
    ] {
        assert!(said.contains(&format!("warning: it.toml: {line}\n")), "{said}");
    }
    folder.does("render voice.wav --space plate --wet 12 --width 0 -o by-options.wav");
    assert!(folder.bytes("by-preset.wav") == folder.bytes("by-options.wav"));
}

#[test]
fn a_preset_or_state_is_replaced_only_when_told() {
    let folder = Console::new();
    folder.does("preset --space plate -o it.toml");
    folder.does("preset --state it.toml -o it.vst3");
    let before = (folder.bytes("it.toml"), folder.bytes("it.vst3"));
    for arguments in ["preset --space room -o it.toml", "preset --preset it.toml --wet -3 -o it.toml"] {
        folder.fails(arguments, 1, &["it.toml: is there already", "--overwrite"]);
    }
    folder.fails("preset --state it.toml -o it.vst3", 1, &["it.vst3: is there already"]);
    assert!(before == (folder.bytes("it.toml"), folder.bytes("it.vst3")));
    folder.does("preset --space room -o it.toml --overwrite");
    assert!(before.0 != folder.bytes("it.toml"));
}

#[test]
#[cfg(feature = "plugin")]
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

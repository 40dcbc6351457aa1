//! Many files at once: where they go, what is said of them, and that each is its own.
use super::{Console, RATE};
use serde_json::Value;
use transept_support::signal::{decaying_noise, noise};
use transept_support::wave;

/// A folder of takes below the one of the program: two of one name, and one that is damaged.
fn takes(folder: &Console) {
    for (name, seed) in [("takes/a/take.wav", 1), ("takes/b/take.wav", 2)] {
        folder.file(name, b"");
        folder.wave(name, RATE, &[noise(3000, seed)]);
    }
    folder.file("takes/b/words.wav", b"no audio");
}

fn objects(stdout: &str) -> Vec<Value> {
    stdout.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

#[test]
fn a_folder_is_rendered_in_its_structure_and_a_damaged_file_stops_no_other() {
    let folder = Console::new();
    takes(&folder);
    let ran = folder.run("render takes --impulse room.wav -o wet/");
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(1), 2), "{}", ran.stderr);
    assert!(
        ran.stderr.starts_with("transept: takes/b/words.wav: ") && ran.stderr.lines().count() == 1,
        "{}",
        ran.stderr
    );
    assert_eq!((folder.names("wet/a"), folder.names("wet/b")), (vec!["take.wav".into()], vec!["take.wav".into()]));
    // In company or alone: the same bytes.
    folder.run("render takes/b/take.wav --impulse room.wav -o alone.wav");
    let bytes = |name| std::fs::read(folder.path(name)).expect("written");
    assert!(bytes("wet/b/take.wav") == bytes("alone.wav"));
    assert!(bytes("wet/a/take.wav") != bytes("alone.wav"));
    // What is written below the input is no input of the next run.
    let ran = folder.run("render ./takes --impulse room.wav -o takes/wet/");
    assert_eq!(ran.stdout.lines().count(), 2, "{}", ran.stdout);
    let ran = folder.run("render ./takes --impulse room.wav -o takes/wet/ --overwrite");
    assert_eq!(ran.stdout.lines().count(), 2, "{}", ran.stdout);
}

#[test]
fn folders_that_were_made_for_nothing_are_gone() {
    let folder = Console::new();
    takes(&folder);
    let names = folder.names(".");
    let ran = folder.run("render takes --impulse nowhere.wav -o new/wet/");
    assert_eq!((ran.code, ran.stderr.lines().count()), (Some(1), 2), "{}", ran.stderr);
    assert_eq!(folder.names("."), names);
}

#[test]
fn several_files_make_their_folder_and_get_names_by_a_pattern() {
    let folder = Console::new();
    takes(&folder);
    let ran = folder.run("render takes/a/take.wav takes/b/take.wav --impulse room.wav -o wet");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("takes/a/take.wav and takes/b/take.wav would both become wet/take.wav"));
    assert!(ran.stderr.contains("--name '{index}-{stem}'") && ran.stderr.contains("give the folder"), "{}", ran.stderr);
    let words = ["render", "takes/a/take.wav", "takes/b/take.wav", "--impulse", "room.wav", "-o", "wet"];
    let ran = folder.run_words(words.iter().chain(&["--name", "{index} {stem} in {space}"]));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert_eq!(folder.names("wet"), ["1 take in room.wav", "2 take in room.wav"]);
}

#[test]
fn what_is_there_is_replaced_only_when_asked_for() {
    let folder = Console::new();
    folder.file("out.wav", b"was here before");
    let render = "render voice.wav --impulse room.wav -o out.wav";
    folder.fails(render, 1, &["out.wav: is there already", "--overwrite"]);
    let ran = folder.run(&format!("{render} --skip-existing"));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert!(ran.stdout.contains("out.wav: is there already, left alone"), "{}", ran.stdout);
    assert_eq!(std::fs::read(folder.path("out.wav")).expect("there"), b"was here before");
    assert_eq!(folder.run(&format!("{render} --overwrite")).code, Some(0));
    assert_eq!(wave::read(&folder.path("out.wav")).channels.len(), 2);
    // An input stays, whatever is asked for.
    for option in ["--overwrite", "--skip-existing"] {
        folder.fails(&format!("render voice.wav --impulse room.wav -o room.wav {option}"), 1, &["would replace"]);
    }
    folder.file("it.png", b"was here before");
    folder.fails("inspect room.wav --picture it.png", 1, &["it.png: is there already"]);
    assert_eq!(std::fs::read(folder.path("it.png")).expect("there"), b"was here before");
}

#[test]
fn quiet_says_nothing_but_errors_and_warnings() {
    let folder = Console::new();
    folder.wave("loud.wav", RATE, &[vec![1.5, -1.5, 0.1]]);
    let ran = folder.run("render loud.wav voice.wav none.wav --impulse room.wav -o wet/ --wet off --bits 16 --quiet");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    let mut lines: Vec<&str> = ran.stderr.lines().collect();
    lines.sort_unstable();
    assert!(lines[0].starts_with("transept: none.wav: ") && lines.len() == 2, "{lines:?}");
    assert!(lines[1].starts_with("warning: wet/loud.wav: 4 samples clipped"), "{lines:?}");
}

#[test]
fn json_has_an_object_for_each_file_with_its_figures_warnings_and_error() {
    let folder = Console::new();
    folder.wave("loud.wav", RATE, &[vec![1.5, -1.5, 0.1]]);
    folder.file("wet/there.wav", b"was here before");
    folder.wave("there.wav", RATE, &[vec![0.5]]);
    let render = "render loud.wav there.wav none.wav --impulse room.wav -o wet --wet off --bits 16 --jobs 1";
    let ran = folder.run(&format!("{render} --json --skip-existing"));
    assert_eq!(ran.code, Some(1));
    let [loud, there, none] = &objects(&ran.stdout)[..] else { panic!("{}", ran.stdout) };
    assert_eq!((&loud["path"], &loud["output"]), (&"loud.wav".into(), &"wet/loud.wav".into()));
    assert_eq!((&loud["channels"], &loud["sample_rate"]), (&2.into(), &RATE.into()));
    // The dry file of 3 samples, and an impulse of 4000 from each of them on.
    assert_eq!((&loud["frames"], &loud["skipped"]), (&4002.into(), &false.into()));
    assert_eq!(loud["seconds"], 4002.0 / 48_000.0);
    assert_eq!((&loud["peak_db"], &loud["clipped"]), (&3.52.into(), &4.into()));
    assert_eq!(loud["warnings"][0]["id"], "clipped");
    assert!(loud["warnings"][0]["text"].as_str().expect("text").starts_with("4 samples clipped"));
    assert!(loud.get("error").is_none());
    assert_eq!((&there["path"], &there["skipped"]), (&"there.wav".into(), &true.into()));
    assert!(none["error"].as_str().expect("text").contains("none.wav: "), "{none}");
    assert!(none["warnings"].as_array().expect("a list").is_empty() && none.get("frames").is_none());
}

#[test]
fn json_of_inspect_and_spaces_has_the_figures_that_are_printed() {
    let folder = Console::new();
    let ran = folder.run("inspect room.wav none.wav --json");
    assert_eq!(ran.code, Some(1));
    let [room, none] = &objects(&ran.stdout)[..] else { panic!("{}", ran.stdout) };
    assert_eq!((&room["path"], &room["frames"], &room["channels"]), (&"room.wav".into(), &4000.into(), &2.into()));
    assert!(room["rt60"].is_number() && room["room_gain_db"].is_number() && room["warnings"].is_array(), "{room}");
    assert!(none["path"] == "none.wav" && none["error"].is_string(), "{none}");
    let ran = folder.run("spaces --json");
    let names: Vec<Value> = objects(&ran.stdout).into_iter().map(|space| space["space"].clone()).collect();
    assert_eq!(names, ["hall", "plate", "room", "bright-plate"]);
}

#[test]
fn files_to_inspect_are_pairs_by_name_or_when_said() {
    let folder = Console::new();
    for name in ["hall-L.wav", "hall-R.wav"] {
        folder.wave(name, RATE, &[decaying_noise(100, 1), decaying_noise(100, 2)]);
    }
    folder.wave("other.wav", RATE, &[decaying_noise(100, 3), decaying_noise(100, 4)]);
    let titles = |arguments: &str| {
        let ran = folder.run(arguments);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{arguments}");
        let titles = ran.stdout.lines().filter(|line| !line.starts_with(' ') && !line.is_empty());
        titles.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(titles("inspect other.wav room.wav second.wav"), ["other.wav", "room.wav", "second.wav"]);
    assert_eq!(titles("inspect hall-L.wav hall-R.wav"), ["hall-L.wav and hall-R.wav"]);
    assert_eq!(titles("inspect hall-R.wav room.wav hall-L.wav"), ["hall-L.wav and hall-R.wav", "room.wav"]);
    assert_eq!(titles("inspect other.wav hall-R.wav"), ["other.wav", "hall-R.wav"]);
    assert_eq!(titles("inspect other.wav hall-R.wav --pair"), ["other.wav and hall-R.wav"]);
}

#[test]
#[cfg(unix)]
fn what_cannot_be_read_in_a_folder_is_a_failure_of_its_own() {
    use std::os::unix::fs::symlink;
    let folder = Console::new();
    folder.file("takes/notes.txt", b"words");
    folder.wave("takes/1.wav", RATE, &[noise(300, 1)]);
    symlink("gone.wav", folder.path("takes/2.wav")).expect("linked");
    symlink("3", folder.path("takes/3")).expect("linked");
    let ran = folder.run("render takes --impulse room.wav -o wet --json");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let mut said: Vec<&str> = ran.stderr.lines().collect();
    said.sort_unstable();
    assert!(said[0].starts_with("transept: takes/2.wav: it is a link that leads nowhere"), "{said:?}");
    assert!(said[1].starts_with("transept: takes/3: cannot be read: ") && said.len() == 2, "{said:?}");
    let told = objects(&ran.stdout);
    let errors: Vec<&Value> = told.iter().filter(|object| object.get("error").is_some()).collect();
    assert_eq!((told.len(), errors.len()), (3, 2));
    assert!(errors[0]["path"] == "takes/2.wav" && errors[0]["output"].is_null(), "{errors:?}");
    assert_eq!(folder.names("wet"), ["1.wav"], "the others are finished");
    // Nothing else in it: still no error of usage.
    std::fs::remove_file(folder.path("takes/1.wav")).expect("removed");
    assert_eq!(folder.run("render takes --impulse room.wav -o new/").code, Some(1));
}

#[test]
fn sound_in_a_folder_is_known_by_its_content() {
    let folder = Console::new();
    folder.file("takes/b/cover.webp", b"RIFF\x10\0\0\0WEBPVP8 \0\0\0\0");
    folder.file("takes/b/words.txt", b"words");
    folder.file("takes/b/old.au", b".snd\0\0\0\x18\0\0\0\0");
    for name in ["takes/a", "takes/b/take.L", "takes/b/take.R"] {
        folder.wave(name, RATE, &[noise(300, 1)]);
    }
    let ran = folder.run("render takes --impulse room.wav -o wet --json");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let mut said: Vec<&str> = ran.stderr.lines().collect();
    said.sort_unstable();
    assert!(said[0].starts_with("transept: takes/b/old.au: it is AU, which is not read"), "{said:?}");
    assert!(said[1].starts_with("warning: takes/b/take.L: is called like no sound file"), "{said:?}");
    assert!(said[2].starts_with("warning: takes/b/take.R: ") && said.len() == 3, "{said:?}");
    let warned = objects(&ran.stdout).into_iter().filter(|object| object["warnings"][0]["id"] == "known-by-content");
    assert_eq!(warned.count(), 2);
    assert_eq!(
        (folder.names("wet"), folder.names("wet/b")),
        (vec!["a.wav".into(), "b".into()], vec!["take.L.wav".into(), "take.R.wav".into()])
    );
}

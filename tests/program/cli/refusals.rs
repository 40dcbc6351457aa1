//! What the program does not do, and says why.
use super::{Console, RATE};
use transept_support::signal::noise;

#[test]
fn files_that_fail_are_named_with_the_reason_and_leave_nothing() {
    let folder = Console::new();
    let sound = std::fs::read(folder.path("voice.wav")).expect("there");
    std::fs::write(folder.path("words.wav"), "This is no audio at all, only words.").expect("written");
    std::fs::write(folder.path("empty.wav"), "").expect("written");
    std::fs::write(folder.path("cut.wav"), &sound[..sound.len() / 2]).expect("written");
    folder.wave("many.wav", RATE, &vec![noise(100, 1); 257]);
    let dry = |name: &str| format!("render {name} --impulse room.wav -o out.wav");
    for (name, reason) in [
        ("missing.wav", "no such file"),
        ("words.wav", "it is text, which is not read"),
        ("empty.wav", "empty: it holds no samples"),
        ("cut.wav", "truncated: "),
        ("many.wav", "257 channels"),
    ] {
        folder.fails(&dry(name), 1, &[name, reason]);
        folder.fails(&format!("render voice.wav --impulse {name} -o out.wav"), 1, &[name, reason]);
        folder.fails(&format!("inspect {name} --picture it.png"), 1, &[name, reason]);
    }
    folder.fails("render voice.wav --impulse room.wav -o voice.wav", 1, &["voice.wav", "would replace"]);
    folder.fails("render voice.wav --impulse room.wav -o room.wav", 1, &["room.wav", "would replace"]);
    folder.fails("render voice.wav --impulse room.wav -o .", 1, &["voice.wav", "would replace"]);
    folder.fails("render voice.wav --impulse room.wav -o no/out.wav", 1, &["out.wav", "no folder"]);
    folder.fails("inspect room.wav --picture room.wav", 1, &["room.wav", "would replace"]);
    folder.fails("inspect room.wav --picture no/room.png", 1, &["room.png", "no folder"]);
}

#[test]
#[cfg(unix)]
fn a_pipe_or_a_device_is_refused_with_what_to_do_and_not_waited_for() {
    let folder = Console::new();
    let made = std::process::Command::new("mkfifo").arg(folder.path("pipe")).status().expect("it runs");
    assert!(made.success());
    for name in ["pipe", "/dev/zero"] {
        let said = [name, "is a pipe or a device", "pipe a dry sound into -", "save the sound in a file"];
        folder.fails(&format!("render {name} --impulse room.wav -o out.wav"), 1, &said);
        folder.fails(&format!("render voice.wav --impulse {name} -o out.wav"), 1, &said);
    }
}

#[test]
fn what_makes_no_sense_is_a_usage_error_and_nothing_is_done() {
    let folder = Console::new();
    folder.wave("song.wav", RATE, &[noise(100, 1)]);
    std::fs::create_dir(folder.path("empty")).expect("created");
    std::fs::create_dir(folder.path("copy")).expect("created");
    folder.wave("copy/voice.wav", RATE, &[noise(100, 1)]);
    for (arguments, word) in [
        ("", "Usage"),
        ("mumble", "mumble"),
        ("render", "DRY.wav"),
        ("render voice.wav -o out.wav", "--impulse <ROOM.wav>|--space <NAME|FILE.toml>"),
        ("render voice.wav --impulse room.wav", "--output"),
        ("render voice.wav --impulse room.wav --space hall -o out.wav", "cannot be used with"),
        ("render voice.wav --space moon -o out.wav", "moon"),
        ("render voice.wav --impulse room.wav --impulse room.wav --impulse room.wav -o out.wav", "two files"),
        ("render voice.wav song.wav --impulse room.wav -o out.wav", "out.wav is no folder"),
        ("render voice.wav song.wav --impulse room.wav -o room.wav", "room.wav is no folder"),
        ("render voice.wav copy/voice.wav --impulse room.wav -o copy", "would both become copy/voice.wav; give names"),
        ("render voice.wav --impulse room.wav -o out.mp3", "out.mp3: .mp3 is not written; let the name end in .wav"),
        ("render voice.wav --impulse room.wav -o out", "out: the name does not say in which form to write"),
        ("render voice.wav --impulse room.wav -o wet/ --name {stem}.aif", ".aif is not written"),
        ("render voice.wav --impulse room.wav -o wet/ --name {name}", "there is no {name}"),
        ("render voice.wav --impulse room.wav -o out.wav --name {stem}", "out.wav is a file; write -o out.wav/"),
        ("render . --impulse room.wav -o out.wav", "out.wav is no folder"),
        ("render empty --impulse room.wav -o wet/", "empty: there is no audio file in this folder"),
        ("render - --impulse room.wav -o wet/", "standard input has no name"),
        ("render voice.wav --impulse room.wav -o - --json", "would both go to standard output"),
        ("render - voice.wav --impulse room.wav -o wet/", "for one file"),
        ("render voice.wav --impulse room.wav -o out.wav --overwrite --skip-existing", "cannot be used with"),
        ("render voice.wav --impulse room.wav -o out.wav --quiet --json", "cannot be used with"),
        ("render voice.wav --impulse room.wav -o out.wav --jobs 0", "a number from 1 to 1024 files"),
        ("inspect room.wav second.wav --picture it.png", "--picture draws one impulse, and there are 2"),
        ("inspect room.wav --pair", "--pair takes two files"),
        ("render voice.wav --impulse room.wav -o out.wav --bits 8", "8"),
        ("render voice.wav --impulse room.wav -o out.wav --level loud", "loud"),
        ("render voice.wav --impulse room.wav -o out.wav --loudness loud", "off, room, cabinet"),
        ("render voice.wav --impulse room.wav -o out.wav --reverse=perhaps", "on or off"),
        ("render voice.wav --impulse room.wav --second second.wav -o out.wav", "--combine morph"),
        ("render voice.wav --impulse room.wav --combine series -o out.wav", "--second FILE"),
        ("render voice.wav --space hall --second second.wav --second-space plate -o out.wav", "cannot be used with"),
        ("inspect", "ROOM.wav|--space <NAME|FILE.toml>"),
        ("inspect room.wav --space hall", "cannot be used with"),
        ("inspect --space moon", "moon"),
    ] {
        folder.fails(arguments, 2, &[word]);
    }
}

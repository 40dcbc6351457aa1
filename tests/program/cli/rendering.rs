//! Files through a room.
use super::{Console, RATE};
use transept_support::signal::{decaying_noise, noise};
use transept_support::wave;

#[test]
fn a_file_is_rendered_with_its_whole_tail_and_nothing_is_said_but_what_was_written() {
    let folder = Console::new();
    let ran = folder.run("render voice.wav --impulse room.wav -o out.wav");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "no progress bar in a pipe");
    assert_eq!(ran.stdout.lines().count(), 1);
    assert!(ran.stdout.starts_with("out.wav: stereo, 48000 Hz, 0.208 s, peak "), "{}", ran.stdout);
    let out = wave::read(&folder.path("out.wav"));
    assert_eq!((out.channels.len(), out.channels[0].len()), (2, 9_999));
    assert_eq!(folder.names("."), ["out.wav", "room.wav", "second.wav", "voice.wav"]);
}

#[test]
fn a_built_in_space_and_a_pair_of_files_are_rooms_too() {
    let folder = Console::new();
    folder.wave("right.wav", RATE, &[decaying_noise(3000, 4), decaying_noise(3000, 5)]);
    assert_eq!(folder.run("render voice.wav --space hall -o hall.wav").code, Some(0));
    assert!(wave::read(&folder.path("hall.wav")).channels[0].len() > 6000);
    let ran = folder.run("render voice.wav --impulse room.wav --impulse right.wav -o pair.wav");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(wave::read(&folder.path("pair.wav")).channels.len(), 2);
}

#[test]
fn half_a_pair_in_the_place_of_a_dry_file_is_refused_with_the_way_to_give_it() {
    let folder = Console::new();
    for name in ["hall-L.wav", "hall-R.wav"] {
        folder.wave(name, RATE, &[decaying_noise(100, 1), decaying_noise(100, 2)]);
    }
    std::fs::create_dir(folder.path("wet")).expect("created");
    let way = "--impulse hall-L.wav --impulse hall-R.wav";
    for arguments in [
        "render voice.wav --impulse hall-L.wav hall-R.wav -o out.wav",
        "render voice.wav --impulse hall-R.wav hall-L.wav -o wet",
        "render --impulse hall-L.wav hall-R.wav -o out.wav",
    ] {
        folder.fails(arguments, 2, &["looks like half of a room", way]);
        assert!(folder.names("wet").is_empty());
    }
    let help = folder.run("render --help").stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("--impulse LEFT.wav --impulse RIGHT.wav"), "{help}");
    let ran = folder.run(&format!("render voice.wav {way} -o out.wav"));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    // A room may be mirrored on purpose.
    for arguments in
        ["render voice.wav --impulse hall-R.wav --impulse hall-L.wav -o it.wav", "inspect hall-R.wav hall-L.wav"]
    {
        let ran = folder.run(arguments);
        assert_eq!(ran.code, Some(0));
        assert!(ran.stderr.contains("that is hall-R.wav, not hall-L.wav"), "{}", ran.stderr);
    }
}

#[test]
fn several_files_go_into_a_folder_and_a_bad_one_does_not_stop_the_others() {
    let folder = Console::new();
    std::fs::create_dir(folder.path("wet")).expect("created");
    std::fs::write(folder.path("words.wav"), "no audio").expect("written");
    for number in 0..5 {
        folder.wave(&format!("take.{number}.wav"), RATE, &[noise(3000, number)]);
    }
    let takes = "take.0.wav take.1.wav missing.wav take.2.wav words.wav take.3.wav take.4.wav";
    let ran = folder.run(&format!("render {takes} --impulse room.wav -o wet"));
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.stdout.lines().count(), 5);
    assert_eq!(ran.stderr.lines().count(), 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("missing.wav: ") && ran.stderr.contains("words.wav: "));
    let names = folder.names("wet");
    assert_eq!(names, ["take.0.wav", "take.1.wav", "take.2.wav", "take.3.wav", "take.4.wav"]);
    // In company or alone: the same bytes.
    folder.run("render take.3.wav --impulse room.wav -o alone.wav");
    let bytes = |name| std::fs::read(folder.path(name)).expect("written");
    assert!(bytes("alone.wav") == bytes("wet/take.3.wav"));
}

#[test]
fn an_impulse_that_cannot_be_used_is_told_once_for_all_files() {
    let folder = Console::new();
    std::fs::create_dir(folder.path("wet")).expect("created");
    folder.wave("song.wav", RATE, &[noise(100, 1)]);
    let ran = folder.run("render voice.wav song.wav --impulse nowhere.wav -o wet");
    assert_eq!((ran.code, ran.stderr.lines().count()), (Some(1), 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("nowhere.wav: there is no such file"), "{}", ran.stderr);
    assert!(folder.names("wet").is_empty());
}

#[test]
fn clipping_is_told_and_is_no_failure() {
    let folder = Console::new();
    folder.wave("loud.wav", RATE, &[vec![1.5, -1.5, 0.1]]);
    let ran = folder.run("render loud.wav --impulse room.wav -o out.wav --wet off --bits 16");
    assert_eq!(ran.code, Some(0));
    assert!(ran.stderr.contains("warning: out.wav: 4 samples clipped, peak 3.5 dB"), "{}", ran.stderr);
}

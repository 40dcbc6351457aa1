//! What the `transept` program promises: the built program, run as a user runs it.
#![cfg(feature = "cli")]

mod common;
#[path = "common/wave.rs"]
mod wave;

use common::{noise, room};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const RATE: u32 = 48_000;

/// A folder with a room and some dry files, where the program runs.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        folder.file("room.wav", &[room(4000, 1), room(4000, 2)]);
        folder.file("voice.wav", &[noise(6000, 3)]);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, channels: &[Vec<f32>]) {
        wave::write(&self.path(name), RATE, channels);
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).expect("readable");
        let names = entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// Runs the program with words separated by spaces.
    fn run(&self, arguments: &str) -> Ran {
        let output = program(self.0.path()).args(arguments.split_whitespace()).output().expect("it runs");
        Ran::from(output)
    }

    /// Runs a rendering that must fail: with this exit code, words that stderr holds, and nothing left behind.
    #[track_caller]
    fn fails(&self, arguments: &str, code: i32, words: &[&str]) {
        let names = self.names(".");
        let ran = self.run(arguments);
        println!("{}", ran.stderr);
        assert_eq!(ran.code, Some(code), "{}", ran.stderr);
        for word in words {
            assert!(ran.stderr.contains(word), "{:?} does not say {word:?}", ran.stderr);
        }
        assert_eq!(self.names("."), names, "something was left behind");
    }
}

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_transept"));
    command.current_dir(folder);
    command
}

struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

#[test]
fn a_file_is_rendered_with_its_whole_tail_and_nothing_is_said_but_what_was_written() {
    let folder = Folder::new();
    let ran = folder.run("render voice.wav --impulse room.wav -o out.wav");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "no progress bar in a pipe");
    assert_eq!(ran.stdout.lines().count(), 1);
    assert!(ran.stdout.starts_with("out.wav: stereo, 48000 Hz, 0.208 s, peak "), "{}", ran.stdout);
    let out = wave::read(&folder.path("out.wav"));
    assert_eq!((out.channels.len(), out.channels[0].len()), (2, 10_000));
    assert_eq!(folder.names("."), ["out.wav", "room.wav", "voice.wav"]);
}

#[test]
fn the_options_reach_the_chain() {
    use transept::chain::Controls;
    use transept::impulse::recipe::{LevelRule, Recipe, Source};
    use transept::render::{Bits, Job, render};
    let folder = Folder::new();
    let ran = folder.run(
        "render voice.wav --impulse room.wav -o by-program.wav --dry -6.5 --wet off --output-level 3 --predelay 12.5 --low-cut 80 \
         --high-cut 9000 --width 150 --level off --block 100 --rate 44100 --bits 24 --no-tail",
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let controls = Controls {
        dry: 10_f64.powf(-6.5 / 20.0) as f32,
        wet: 0.0,
        output: 10_f64.powf(3.0 / 20.0) as f32,
        predelay: 0.0125,
        low_cut: Some(80.0),
        high_cut: Some(9000.0),
        width: 1.5,
        ..Controls::default()
    };
    let recipe = Recipe { source: Source::File { path: folder.path("room.wav") }, level: LevelRule::Off };
    let job = Job {
        controls,
        sample_rate: Some(44_100),
        bits: Bits::Int24,
        tail: false,
        ..Job::new(folder.path("voice.wav"), recipe, folder.path("by-library.wav"))
    };
    render(&job, |_| {}).expect("rendered");
    let bytes = |name| std::fs::read(folder.path(name)).expect("written");
    assert!(bytes("by-program.wav") == bytes("by-library.wav"));
    // And each of them alone makes a difference.
    let plain = folder.run("render voice.wav --impulse room.wav -o plain.wav");
    assert_eq!(plain.code, Some(0));
    for option in [
        "--dry -1",
        "--dry off",
        "--wet 0",
        "--output-level -1",
        "--predelay 1",
        "--low-cut 50",
        "--high-cut 9000",
        "--width 50",
        "--level off",
        "--rate 96000",
        "--bits 16",
        "--no-tail",
    ] {
        assert_eq!(folder.run(&format!("render voice.wav --impulse room.wav -o it.wav {option}")).code, Some(0));
        assert!(bytes("it.wav") != bytes("plain.wav"), "{option}");
    }
    assert_eq!(folder.run("render voice.wav --impulse room.wav -o it.wav --block 1").code, Some(0));
    assert!(bytes("it.wav") == bytes("plain.wav"), "the block size changes nothing");
}

#[test]
fn the_ends_that_mean_off_in_the_plugin_mean_off_here() {
    let folder = Folder::new();
    let rendered = |options: &str| {
        let ran = folder.run(&format!("render voice.wav --impulse room.wav -o it.wav {options}"));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        std::fs::read(folder.path("it.wav")).expect("written")
    };
    for (end, off, neighbour) in [
        ("--dry -60", "--dry off", "--dry -59.9"),
        ("--wet -60", "--wet off", "--wet -59.9"),
        ("--low-cut 20", "--low-cut off", "--low-cut 21"),
        ("--high-cut 20000", "--high-cut off", "--high-cut 19990"),
    ] {
        assert!(rendered(end) == rendered(off), "{end}");
        assert!(rendered(end) != rendered(neighbour), "{neighbour}");
    }
}

#[test]
fn every_number_has_the_plugins_range_which_help_and_refusals_tell() {
    use transept::chain::settings::*;
    let folder = Folder::new();
    let help = folder.run("render --help").stdout;
    let range = |range: &std::ops::RangeInclusive<f32>| (f64::from(*range.start()), f64::from(*range.end()));
    for (option, (least, most), unit) in [
        ("--dry", range(&LEVEL), "dB"),
        ("--wet", range(&LEVEL), "dB"),
        ("--output-level", range(&OUTPUT), "dB"),
        ("--predelay", range(&PREDELAY), "ms"),
        ("--low-cut", range(&LOW_CUT), "Hz"),
        ("--high-cut", range(&HIGH_CUT), "Hz"),
        ("--width", range(&WIDTH), "%"),
        ("--block", (1.0, 1_048_576.0), "frames"),
        ("--rate", (8000.0, 384_000.0), "Hz"),
    ] {
        let told = format!("{least} to {most} {unit}");
        let explained = help.split(&format!("      {option} <")).nth(1).expect("explained");
        let own = explained.split("\n      --").next().expect("its lines");
        let own = own.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(own.contains(&told), "{option}: {own}");
        for value in [format!("{}", least - 1.0), format!("{}", most + 1.0), "nan".to_owned(), "much".to_owned()] {
            let arguments = format!("render voice.wav --impulse room.wav -o out.wav {option} {value}");
            folder.fails(&arguments, 2, &[&format!("'{value}' for '{option} "), &told]);
        }
        for value in [least, most] {
            let ran = folder.run(&format!("render voice.wav --impulse room.wav -o out.wav {option} {value}"));
            assert_eq!(ran.code, Some(0), "{option} {value}: {}", ran.stderr);
            std::fs::remove_file(folder.path("out.wav")).expect("written");
        }
    }
}

#[test]
fn a_built_in_space_and_a_pair_of_files_are_rooms_too() {
    let folder = Folder::new();
    folder.file("right.wav", &[room(3000, 4), room(3000, 5)]);
    assert_eq!(folder.run("render voice.wav --space hall -o hall.wav").code, Some(0));
    assert!(wave::read(&folder.path("hall.wav")).channels[0].len() > 6000);
    let ran = folder.run("render voice.wav --impulse room.wav --impulse right.wav -o pair.wav");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(wave::read(&folder.path("pair.wav")).channels.len(), 2);
}

#[test]
fn half_a_pair_in_the_place_of_a_dry_file_is_refused_with_the_way_to_give_it() {
    let folder = Folder::new();
    for name in ["hall-L.wav", "hall-R.wav"] {
        folder.file(name, &[room(100, 1), room(100, 2)]);
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
    let folder = Folder::new();
    std::fs::create_dir(folder.path("wet")).expect("created");
    std::fs::write(folder.path("words.wav"), "no audio").expect("written");
    for number in 0..5 {
        folder.file(&format!("take.{number}.wav"), &[noise(3000, number)]);
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
    let folder = Folder::new();
    std::fs::create_dir(folder.path("wet")).expect("created");
    folder.file("song.wav", &[noise(100, 1)]);
    let ran = folder.run("render voice.wav song.wav --impulse nowhere.wav -o wet");
    assert_eq!((ran.code, ran.stderr.lines().count()), (Some(1), 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("nowhere.wav: there is no such file"), "{}", ran.stderr);
    assert!(folder.names("wet").is_empty());
}

#[test]
fn files_that_fail_are_named_with_the_reason_and_leave_nothing() {
    let folder = Folder::new();
    let sound = std::fs::read(folder.path("voice.wav")).expect("there");
    std::fs::write(folder.path("words.wav"), "This is no audio at all, only words.").expect("written");
    std::fs::write(folder.path("empty.wav"), "").expect("written");
    std::fs::write(folder.path("cut.wav"), &sound[..sound.len() / 2]).expect("written");
    folder.file("three.wav", &vec![noise(100, 1); 3]);
    let dry = |name: &str| format!("render {name} --impulse room.wav -o out.wav");
    for (name, reason) in [
        ("missing.wav", "no such file"),
        ("words.wav", "not readable as audio (it begins like none of them)"),
        ("empty.wav", "empty: it holds no samples"),
        ("cut.wav", "truncated: "),
        ("three.wav", "3 channels"),
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
fn what_makes_no_sense_is_a_usage_error_and_nothing_is_done() {
    let folder = Folder::new();
    folder.file("song.wav", &[noise(100, 1)]);
    std::fs::create_dir(folder.path("copy")).expect("created");
    folder.file("copy/voice.wav", &[noise(100, 1)]);
    for (arguments, word) in [
        ("", "Usage"),
        ("mumble", "mumble"),
        ("render", "DRY.wav"),
        ("render voice.wav -o out.wav", "--impulse <ROOM.wav>|--space <NAME>"),
        ("render voice.wav --impulse room.wav", "--output"),
        ("render voice.wav --impulse room.wav --space hall -o out.wav", "cannot be used with"),
        ("render voice.wav --space moon -o out.wav", "moon"),
        ("render voice.wav --impulse room.wav --impulse room.wav --impulse room.wav -o out.wav", "two files"),
        ("render voice.wav song.wav --impulse room.wav -o out", "out does not exist"),
        ("render voice.wav song.wav --impulse room.wav -o room.wav", "room.wav is no folder"),
        ("render voice.wav copy/voice.wav --impulse room.wav -o copy", "would both become"),
        ("render voice.wav --impulse room.wav -o out.wav --bits 8", "8"),
        ("render voice.wav --impulse room.wav -o out.wav --level loud", "loud"),
        ("inspect", "ROOM.wav|--space <NAME>"),
        ("inspect room.wav --space hall", "cannot be used with"),
        ("inspect --space moon", "moon"),
    ] {
        folder.fails(arguments, 2, &[word]);
    }
}

#[test]
fn clipping_is_told_and_is_no_failure() {
    let folder = Folder::new();
    folder.file("loud.wav", &[vec![1.5, -1.5, 0.1]]);
    let ran = folder.run("render loud.wav --impulse room.wav -o out.wav --wet off --bits 16");
    assert_eq!(ran.code, Some(0));
    assert!(ran.stderr.contains("warning: out.wav: 4 samples clipped, peak 3.5 dB"), "{}", ran.stderr);
}

#[test]
fn the_spaces_in_the_box_are_listed_with_length_and_reverberation_time() {
    let ran = Folder::new().run("spaces");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    for space in transept::space::built_in() {
        let line = ran.stdout.lines().find(|line| line.starts_with(space.id)).expect("listed");
        assert!(line.contains(space.name) && line.matches(" s").count() >= 2, "{line}");
    }
    assert!(ran.stdout.contains("RT60 is the reverberation time of all frequencies together"), "{}", ran.stdout);
}

#[test]
fn inspect_tells_form_length_peak_and_reverberation_time() {
    let folder = Folder::new();
    // 60 dB in one second, from 100 samples on.
    let mut decay: Vec<f32> = vec![0.0; 100];
    decay.extend(noise(96_000, 1).iter().enumerate().map(|(i, x)| x * 10_f32.powf(-3.0 * i as f32 / 48_000.0)));
    decay[100] = -0.5;
    folder.file("decay.wav", &[decay.clone(), decay]);
    let ran = folder.run("inspect decay.wav");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    println!("{}", ran.stdout);
    for line in [
        "decay.wav",
        "stereo (2 channels)",
        "48000 Hz",
        "2.002 s (96100 samples)",
        "-6.0 dB at 2.1 ms",
        "onset        2.1 ms",
        "level match",
    ] {
        assert!(ran.stdout.contains(line), "{line}");
    }
    let rt60 = ran.stdout.lines().find_map(|line| line.trim().strip_prefix("RT60")).expect("told");
    let rt60: f64 = rt60.trim().trim_end_matches(" s over all frequencies").parse().expect("measured");
    // Noise of one second: the decay's slope is known to a few per cent.
    assert!((rt60 - 1.0).abs() < 0.05, "{rt60}");
}

#[test]
fn inspect_says_nothing_but_the_reason_when_the_picture_cannot_be_written() {
    let folder = Folder::new();
    for (picture, reason) in [("room.wav", "would replace"), ("no/it.png", "no folder"), (".", "is a folder")] {
        let ran = folder.run(&format!("inspect room.wav --picture {picture}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
        assert!(ran.stderr.contains(reason), "{}", ran.stderr);
    }
    // The target before the room, which may take long.
    let ran = folder.run("inspect missing.wav --picture no/it.png");
    assert!(ran.stderr.contains("no folder"), "{}", ran.stderr);
}

#[test]
fn inspect_draws_a_picture() {
    let folder = Folder::new();
    for arguments in ["inspect room.wav --picture it.png", "inspect --space plate --picture it.png"] {
        let ran = folder.run(arguments);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let file = std::io::BufReader::new(std::fs::File::open(folder.path("it.png")).expect("drawn"));
        let mut picture = png::Decoder::new(file).read_info().expect("a picture");
        let mut pixels = vec![0; picture.output_buffer_size().expect("fits")];
        picture.next_frame(&mut pixels).expect("whole");
        assert_eq!(picture.info().width, 1200);
        assert!(pixels.chunks(3).any(|pixel| pixel != &pixels[..3]), "something is on it");
    }
    assert_eq!(folder.names("."), ["it.png", "room.wav", "voice.wav"]);
}

#[test]
fn version_and_help_are_told() {
    let folder = Folder::new();
    let version = folder.run("--version");
    assert_eq!((version.code, version.stdout), (Some(0), format!("transept {}\n", env!("CARGO_PKG_VERSION"))));
    for (arguments, words) in [
        ("--help", ["render", "spaces", "inspect", "play", "Exit codes"].as_slice()),
        ("render --help", &["--impulse", "--space", "--predelay", "--no-tail", "[default: -12]"]),
        ("inspect --help", &["--picture"]),
    ] {
        let help = folder.run(arguments);
        assert_eq!(help.code, Some(0));
        words.iter().for_each(|word| assert!(help.stdout.contains(word), "{word}"));
    }
}

#[cfg(unix)]
mod terminal {
    use super::*;
    use std::os::unix::process::ExitStatusExt;
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    /// A hang guard, not a promise.
    const PATIENCE: Duration = Duration::from_secs(120);

    #[test]
    fn a_terminal_gets_a_progress_bar_that_goes_when_the_file_is_done() {
        if Command::new("script").arg("--version").output().is_err() {
            println!("skipped: no program called script");
            return;
        }
        let folder = Folder::new();
        let command = format!("{} render voice.wav --impulse room.wav -o out.wav", env!("CARGO_BIN_EXE_transept"));
        let output = Command::new("script")
            .args(["-qec", &command, "/dev/null"])
            .env("TERM", "xterm")
            .current_dir(folder.0.path())
            .stdin(Stdio::null())
            .output()
            .expect("it runs");
        let shown = String::from_utf8_lossy(&output.stdout);
        println!("{shown:?}");
        assert!(output.status.success());
        let (bar, line) = shown.split_once("out.wav: ").expect("what was written is told");
        assert!(bar.contains("voice.wav") && bar.contains('%'), "a bar was drawn");
        assert!(!line.contains('%'), "and is gone");
    }

    #[test]
    fn ctrl_c_leaves_nothing_half_written() {
        let folder = Folder::new();
        // A minute, one frame at a time: nobody's machine is done before it is interrupted.
        folder.file("long.wav", &[noise(60 * 48_000, 1)]);
        let names = folder.names(".");
        let mut child = program(folder.0.path())
            .args("render long.wav --impulse room.wav -o out.wav --block 1".split_whitespace())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        let begun = Instant::now();
        while folder.names(".").len() == names.len() {
            assert!(begun.elapsed() < PATIENCE, "no temporary file appeared");
            assert!(child.try_wait().expect("asked").is_none(), "it ended by itself");
            std::thread::park_timeout(Duration::from_millis(5));
        }
        // The shell's own: the program of that name is not on every machine.
        let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().expect("it runs");
        assert!(kill.success());
        let status = child.wait().expect("it ends");
        assert_eq!((status.code(), status.signal()), (Some(130), None));
        assert_eq!(folder.names("."), names);
    }
}

/// Of the user and not of a session; here of a folder that `TRANSEPT_CONFIG` names.
#[test]
fn library_folders_are_listed_added_and_removed() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("rooms")).expect("a folder");
    let settings = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| {
        let mut command = program(folder.0.path());
        Ran::from(
            command.arg("library").args(arguments).env("TRANSEPT_CONFIG", settings.path()).output().expect("it runs"),
        )
    };
    let listed = |paths: &[PathBuf]| {
        let ran = run(&[]);
        let lines: String = paths.iter().map(|path| format!("{}\n", path.display())).collect();
        assert_eq!((ran.code, ran.stdout), (Some(0), lines));
    };
    listed(&[]);
    for _ in 0..2 {
        assert_eq!(run(&["add", "rooms/"]).code, Some(0), "twice is once");
        listed(&[folder.path("rooms")]);
    }
    assert_eq!(run(&["add", "."]).code, Some(0));
    listed(&[folder.path("rooms"), folder.0.path().to_owned()]);
    let wrong = run(&["add", "room.wav"]);
    assert!(wrong.code == Some(1) && wrong.stderr.contains("room.wav"), "{}", wrong.stderr);
    std::fs::remove_dir(folder.path("rooms")).expect("removed");
    assert_eq!(run(&["remove", "rooms"]).code, Some(0), "even if it is gone");
    listed(&[folder.0.path().to_owned()]);
    let wrong = run(&["remove", "rooms"]);
    assert!(wrong.code == Some(1) && wrong.stderr.contains("rooms"), "{}", wrong.stderr);
    std::fs::write(settings.path().join("library.toml"), "folders = [").expect("written");
    listed(&[]);
    let wrong = run(&["add", "."]);
    assert!(wrong.code == Some(1) && wrong.stderr.contains("library.toml"), "{}", wrong.stderr);
}

//! The program in a terminal.
use super::{Console, RATE, program};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use transept_support::signal::noise;

/// A hang guard, not a promise.
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn a_terminal_gets_a_progress_bar_that_goes_when_the_file_is_done() {
    if Command::new("script").arg("--version").output().is_err() {
        println!("skipped: no program called script");
        return;
    }
    let folder = Console::new();
    let command = format!("{} render voice.wav --impulse room.wav -o out.wav", env!("CARGO_BIN_EXE_transept"));
    let output = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .env("TERM", "xterm")
        .current_dir(folder.root())
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
    let folder = Console::new();
    // A minute, one frame at a time: nobody's machine is done before it is interrupted.
    folder.wave("long.wav", RATE, &[noise(60 * 48_000, 1)]);
    let names = folder.names(".");
    let mut child = program(folder.root())
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

//! What the `transept` program promises: the built program, run as a user runs it.

mod inspecting;
mod library;
mod options;
mod presets;
mod refusals;
mod rendering;
#[cfg(unix)]
mod terminal;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use transept_support::signal::{decaying_noise, noise};
use transept_support::wave;

const RATE: u32 = 48_000;

/// A folder with a room and some dry files, where the program runs.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        folder.file("room.wav", &[decaying_noise(4000, 1), decaying_noise(4000, 2)]);
        folder.file("second.wav", &[decaying_noise(3000, 4)]);
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
        self.run_words(arguments.split_whitespace())
    }

    fn run_words<I: IntoIterator<Item: AsRef<std::ffi::OsStr>>>(&self, words: I) -> Ran {
        Ran::from(program(self.0.path()).args(words).output().expect("it runs"))
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

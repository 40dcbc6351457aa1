//! What the `transept` program promises: the built program, run as a user runs it.

mod acoustics;
mod batches;
mod inspecting;
mod library;
mod options;
mod outputs;
mod presets;
mod refusals;
mod rendering;
mod saying;
mod spreadsheets;
mod states;
#[cfg(unix)]
mod terminal;
mod travelling;

use std::ops::Deref;
use std::path::Path;
use std::process::{Command, Output};
use transept_support::folder::Folder;
use transept_support::signal::{decaying_noise, noise};

const RATE: u32 = 48_000;

/// A folder with a room and some dry files, where the program runs.
struct Console(Folder);

impl Deref for Console {
    type Target = Folder;

    fn deref(&self) -> &Folder {
        &self.0
    }
}

impl Console {
    fn new() -> Self {
        let folder = Folder::new();
        folder.wave("room.wav", RATE, &[decaying_noise(4000, 1), decaying_noise(4000, 2)]);
        folder.wave("second.wav", RATE, &[decaying_noise(3000, 4)]);
        folder.wave("voice.wav", RATE, &[noise(6000, 3)]);
        Self(folder)
    }

    /// With impulses that last so long that every setting can do what it says.
    fn with_long_impulses() -> Self {
        let console = Self::new();
        console.wave("room.wav", RATE, &[decaying_noise(60_000, 1), decaying_noise(60_000, 2)]);
        console.wave("second.wav", RATE, &[decaying_noise(50_000, 4)]);
        console
    }

    /// Runs the program with words separated by spaces.
    fn run(&self, arguments: &str) -> Ran {
        self.run_words(arguments.split_whitespace())
    }

    fn run_words<I: IntoIterator<Item: AsRef<std::ffi::OsStr>>>(&self, words: I) -> Ran {
        Ran::from(program(self.root()).args(words).output().expect("it runs"))
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

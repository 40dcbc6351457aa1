//! The `transept` program: arguments in, exit code out. One file per subcommand.

pub mod automation;
mod canvas;
mod clean;
mod collection;
mod inspect;
mod json;
mod library;
mod number;
mod options;
mod picture;
pub mod play;
mod preset;
mod progress;
mod render;
mod room;
mod sound;
mod spaces;
mod stored;
mod unpacked;

use crate::files::name as file_name;
use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// All went well.
const DONE: u8 = 0;
/// Some file could not be read, rendered or written; a message on stderr says which, and why.
const FAILED: u8 = 1;
/// The arguments make no sense; nothing was done.
const USAGE: u8 = 2;
/// Stopped by Ctrl-C: 128 and the number of the signal, as shells have it.
const CANCELLED: u8 = 130;

/// The arguments of the program.
#[derive(Debug, Parser)]
#[command(name = "transept", version, about = "Transept: any room for your recordings", after_help = EXAMPLES)]
#[command(propagate_version = true, subcommand_required = true, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Render WAV files through a room, with the whole tail
    #[command(after_help = render::NOTES)]
    Render(Box<render::Arguments>),
    /// Write a preset: impulse and settings as text; also from a state of the plugin, and the other way
    #[command(after_help = preset::NOTES)]
    Preset(Box<preset::Arguments>),
    /// List the built-in spaces
    Spaces(spaces::Arguments),
    /// Say what impulse responses are like
    Inspect(inspect::Arguments),
    /// Put the decay in the place of an impulse response's noise
    #[command(after_help = clean::NOTES)]
    Clean(clean::Arguments),
    /// List the folders in which sessions look for their impulses, or change them
    Library {
        /// What to do to them
        #[command(subcommand)]
        change: Option<library::Change>,
    },
    /// Start the standalone: play through a room live
    #[command(after_help = play::NOTES)]
    Play(Box<play::Arguments>),
}

const EXAMPLES: &str = "\
Examples:
  transept render voice.wav --space hall -o voice-in-hall.wav
  transept render voice.wav --impulse room.wav -o voice-in-room.wav --wet -6 --predelay 20
  transept render takes/ --impulse room.wav -o wet/ --name '{stem} in {space}' --dry off
  transept render voice.wav --impulse left.wav --impulse right.wav -o voice-in-room.wav
  transept render voice.wav --space hall -o darker.wav --size 80 --decay-high 50
  transept preset --impulse room.wav --wet -6 -o room.toml
  transept preset --preset room.toml --collect for-a-friend/
  transept render voice.wav --preset room.toml -o voice-in-room.wav
  transept inspect room.wav --picture room.png
  transept clean room.wav -o room-clean.wav
  transept library add ~/Impulses

Exit codes: 0 done, 1 some file failed, 2 wrong arguments, 130 stopped by Ctrl-C.";

/// Does what the command says and tells the user; [`Command::Play`] is not done here but by the program itself, because
/// this room does not know the plugin.
#[must_use]
pub fn run(command: Command) -> ExitCode {
    let outcome = match command {
        Command::Render(arguments) => render::run(&arguments),
        Command::Preset(arguments) => preset::run(&arguments),
        Command::Spaces(arguments) => spaces::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Clean(arguments) => clean::run(&arguments),
        Command::Library { change } => library::run(change.as_ref()),
        Command::Play(_) => Err(wrong(ErrorKind::InvalidSubcommand, "this program is built without the standalone")),
    };
    ExitCode::from(outcome.unwrap_or_else(|error| {
        // A closed stderr is no reason for another exit code.
        let _ = error.print();
        USAGE
    }))
}

/// An error of usage, said as clap says its own.
fn wrong(kind: ErrorKind, message: impl std::fmt::Display) -> clap::Error {
    clap::Error::raw(kind, format!("{}\n\nFor more information, try '--help'.\n", one_line(message)))
}

/// An error of a file that the command line names: no option mends it.
fn unreadable(message: impl std::fmt::Display) -> clap::Error {
    clap::Error::raw(ErrorKind::Io, format!("{}\n", one_line(message)))
}

/// Lines on stdout. Whoever has closed it does not want them, and that is no reason to stop working.
fn say(lines: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{lines}");
}

/// A message on stderr, in one line, that something failed.
fn complain(message: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "transept: {}", one_line(message));
}

/// A warning on stderr, in one line, about what was lost, replaced or guessed of a file.
fn warn(file: &Path, text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "warning: {}", one_line(format_args!("{}: {text}", file.display())));
}

/// A text without what would break a line or command a terminal: file names may hold line breaks and other control
/// characters, which are shown as Rust writes them.
fn one_line(text: impl std::fmt::Display) -> String {
    let mut line = String::new();
    for letter in text.to_string().chars() {
        match letter {
            '\u{2028}' | '\u{2029}' => line.extend(letter.escape_default()),
            _ if letter.is_control() => line.extend(letter.escape_default()),
            _ => line.push(letter),
        }
    }
    line
}

/// A factor in decibels; silence is said so.
fn in_decibels(factor: f64) -> String {
    if factor > 0.0 { format!("{:.1} dB", 20.0 * factor.log10()) } else { "silence".to_owned() }
}

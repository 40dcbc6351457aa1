//! `transept spaces`: what is in the box.

use super::json;
use super::{DONE, FAILED, complain, say};
use crate::cancel::Token;
use crate::impulse::acoustics;
use crate::space::{self, BuiltIn, SpaceError};
use clap::Args;
use serde::Serialize;

/// Below the list: `impulses/README.md` has the other figure.
const NOTE: &str = "
RT60 is the reverberation time of all frequencies together; that of the octaves around 500 Hz and 1 kHz, by which
rooms are described, is longer where high notes die away sooner.";

/// The arguments of `transept spaces`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// List them as one JSON object a line
    #[arg(long)]
    json: bool,
}

/// One space, also in `--json`.
#[derive(Debug, Serialize)]
struct Object {
    space: &'static str,
    name: &'static str,
    channels: usize,
    sample_rate: u32,
    seconds: f64,
    /// Reverberation time in seconds over all frequencies; `None` if it is not measurable.
    rt60: Option<f64>,
}

/// A space that could not be synthesised, in `--json`.
#[derive(Debug, Serialize)]
struct Failure {
    space: &'static str,
    name: &'static str,
    error: String,
}

/// Lists the built-in spaces.
///
/// # Errors
/// None; the type is that of all subcommands.
pub(super) fn run(arguments: &Arguments) -> Result<u8, clap::Error> {
    let mut code = DONE;
    if !arguments.json {
        say(format_args!("{:<13} {:<24} {:>8} {:>8}", "SPACE", "NAME", "LENGTH", "RT60"));
    }
    for space in space::built_in() {
        match measured(space) {
            Ok(object) if arguments.json => json::say(&object),
            Ok(Object { space, name, seconds, rt60, .. }) => {
                let rt60 = rt60.map_or_else(|| "–".to_owned(), |seconds| format!("{seconds:.2} s"));
                say(format_args!("{space:<13} {name:<24} {seconds:>6.2} s {rt60:>8}"));
            }
            Err(error) => {
                complain(format_args!("{}: {error}", space.id));
                if arguments.json {
                    json::say(&Failure { space: space.id, name: space.name, error: error.to_string() });
                }
                code = FAILED;
            }
        }
    }
    if !arguments.json {
        say(NOTE);
    }
    Ok(code)
}

fn measured(space: &BuiltIn) -> Result<Object, SpaceError> {
    let cancel = Token::never();
    let impulse = space::synthesise(space.text, &cancel)?;
    Ok(Object {
        space: space.id,
        name: space.name,
        channels: impulse.channels().len(),
        sample_rate: impulse.sample_rate(),
        seconds: impulse.seconds(),
        rt60: acoustics::rt60(&impulse, &cancel)?,
    })
}

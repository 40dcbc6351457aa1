//! `transept clean`: an impulse response without its recording's noise.

use super::{DONE, FAILED, complain, file_name, say, warn};
use crate::cancel::Token;
use crate::impulse::decay::{self, Cleaned};
use crate::impulse::findings::{self, Looking};
use crate::render;
use crate::space;
use clap::Args;
use std::path::PathBuf;

/// The arguments of `transept clean`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Impulse response
    #[arg(value_name = "ROOM.wav")]
    room: PathBuf,
    /// WAV file of 32-bit float that is written; one that is there already is not replaced
    #[arg(value_name = "OUT.wav")]
    output: PathBuf,
}

/// Writes the impulse with its decay in the place of its noise, and says from when on in each octave.
///
/// # Errors
/// None; the type is that of all subcommands.
pub(super) fn run(arguments: &Arguments) -> Result<u8, clap::Error> {
    match clean(arguments) {
        Ok(Cleaned { octaves, .. }) => {
            let title = format!("{} without noise", file_name(&arguments.output));
            let row = |name: &str, cells: Vec<String>| {
                let cells: String = cells.iter().map(|cell| format!(" {cell:>6}")).collect();
                format!("\n  {name:<12}{cells}")
            };
            let left =
                |seconds: &Option<f64>| seconds.map_or_else(|| "–".to_owned(), |seconds| format!("{seconds:.2}"));
            let hertz = row("octave, Hz", octaves.iter().map(|(hertz, _)| format!("{hertz:.0}")).collect());
            let from = row("decay from, s", octaves.iter().map(|(_, seconds)| left(seconds)).collect());
            say(format_args!("{title}{hertz}{from}"));
            for (hertz, _) in octaves.iter().filter(|(_, seconds)| seconds.is_none()) {
                warn(
                    &arguments.room,
                    format_args!("the octave at {hertz:.0} Hz stays as recorded: no decay is seen in it"),
                );
            }
            Ok(DONE)
        }
        Err(message) => {
            complain(message);
            Ok(FAILED)
        }
    }
}

fn clean(arguments: &Arguments) -> Result<Cleaned, String> {
    let (named, cancel) = (arguments.room.display(), Token::never());
    let mut impulse = space::file::impulse(&arguments.room, &cancel).map_err(|error| error.to_string())?;
    let looking = Looking { keep_offset: false, is_one_file: true };
    let (findings, _) = findings::tidy(&mut impulse, looking, &cancel).map_err(|error| error.to_string())?;
    for finding in findings {
        warn(&arguments.room, finding);
    }
    let cleaned = decay::clean(impulse, &cancel).map_err(|error| error.to_string())?;
    if cleaned.octaves.iter().all(|(_, seconds)| seconds.is_none()) {
        return Err(format!("{named}: its decay is not measurable, so nothing can be put in the place of its noise"));
    }
    render::store(&cleaned.impulse, &arguments.output).map_err(|error| error.to_string())?;
    Ok(cleaned)
}

//! `transept spaces`: what is in the box.

use super::{DONE, FAILED, complain, say};
use crate::cancel::Token;
use crate::impulse::acoustics;
use crate::space::{self, SpaceError};

/// Below the list: `impulses/README.md` has the other figure.
const NOTE: &str = "
RT60 is the reverberation time of all frequencies together; that of the octaves around 500 Hz and 1 kHz, by which
rooms are described, is longer where high notes die away sooner.";

/// Lists the built-in spaces.
///
/// # Errors
/// None; the type is that of all subcommands.
pub(super) fn run() -> Result<u8, clap::Error> {
    let (mut code, cancel) = (DONE, Token::never());
    say(format_args!("{:<10} {:<24} {:>8} {:>8}", "SPACE", "NAME", "LENGTH", "RT60"));
    for space in space::built_in() {
        let measured = || -> Result<_, SpaceError> {
            let impulse = space::synthesise(space.text, &cancel)?;
            let rt60 = acoustics::rt60(&impulse, &cancel)?;
            Ok((impulse, rt60))
        };
        match measured() {
            Ok((impulse, rt60)) => {
                let rt60 = rt60.map_or_else(|| "–".to_owned(), |seconds| format!("{seconds:.2} s"));
                say(format_args!("{:<10} {:<24} {:>6.2} s {rt60:>8}", space.id, space.name, impulse.seconds()));
            }
            Err(error) => {
                complain(format_args!("{}: {error}", space.id));
                code = FAILED;
            }
        }
    }
    say(NOTE);
    Ok(code)
}

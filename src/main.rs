//! The `transept` program.

use clap::Parser;
use std::process::ExitCode;
use transept::cli::{self, Arguments};

fn main() -> ExitCode {
    match Arguments::parse().command {
        #[cfg(feature = "plugin")]
        cli::Command::Play { arguments } => match transept::plugin::standalone::play(arguments) {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        },
        command => cli::run(command),
    }
}

//! The `transept` program.

use clap::Parser;
use std::process::ExitCode;
use transept::cli::{self, Arguments};

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    #[cfg(feature = "plugin")]
    if let cli::Command::Play { arguments } = command {
        let is_well = transept::plugin::standalone::play(arguments);
        return if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    cli::run(command)
}

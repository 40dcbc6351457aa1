//! The `transept` program.

use clap::Parser;
use std::process::ExitCode;
use transept::cli::{self, Arguments};

fn main() -> ExitCode {
    cli::run(Arguments::parse().command)
}

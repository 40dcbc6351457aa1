//! The `transept` program.

use clap::Parser;
use std::process::ExitCode;
use transept::cli::{self, Arguments};

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    #[cfg(feature = "plugin")]
    if let cli::Command::Play(arguments) = command {
        return play(&arguments);
    }
    cli::run(command)
}

/// Here the program and the plugin meet.
#[cfg(feature = "plugin")]
fn play(arguments: &cli::play::Arguments) -> ExitCode {
    use transept::parameters::start::Start;
    use transept::plugin::standalone;
    use transept::preset::last::{Last, Size};

    let cli::play::Beginning { words, preset, window } = match arguments.beginning() {
        Ok(beginning) => beginning,
        Err(error) => error.exit(),
    };
    let start = Start { source: preset.source, second: preset.second, settings: preset.settings };
    let is_well = standalone::play(words, start, window.map(|Size { width, height }| [width, height]), |end| {
        let window = end.window.map(|[width, height]| Size { width, height });
        cli::play::remember(&Last { room: Some((end.room.source, end.room.second)), window });
    });
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

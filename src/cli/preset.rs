//! `transept preset`: presets from options, from a state of the plugin, and the other way.

use super::{DONE, FAILED, complain, sound};
use crate::files::Target;
use crate::preset::Preset;
use crate::session::host_state::{self, Format};
use clap::{ArgGroup, Args};
use std::path::PathBuf;

/// Shown below the options.
pub(super) const NOTES: &str = "\
A preset is TOML: the impulse, and the settings that are not at their defaults, typed as in the plugin. Other options go \
before what the preset or state says. A state is what a host keeps in its session; one whose name ends in .clap gets its \
length before it, as CLAP has it, and any other is as VST3 has it.";

/// The arguments of `transept preset`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("beginning").args(["preset", "from", "state"]))]
pub struct Arguments {
    /// Begin with a state of the plugin, CLAP or VST3
    #[arg(long, value_name = "STATE")]
    from: Option<PathBuf>,
    /// Begin with a preset, and write a state of the plugin
    #[arg(long, value_name = "FILE.toml")]
    state: Option<PathBuf>,
    /// File to write; replaced if it exists
    #[arg(short, long, value_name = "FILE.toml|STATE")]
    output: PathBuf,
    #[command(flatten)]
    sound: sound::Arguments,
}

/// Writes the preset, or the state.
///
/// # Errors
/// An error of usage; then nothing was done.
pub(super) fn run(arguments: &Arguments) -> Result<u8, clap::Error> {
    let sound = &arguments.sound;
    let preset = match (&arguments.from, &arguments.state) {
        (Some(path), _) => sound.over(sound::warned(path, host_state::open(path))?)?,
        (_, Some(path)) => sound.over(sound::warned(path, Preset::open(path))?)?,
        _ => sound.preset()?,
    };
    Ok(match written(arguments, &preset) {
        Ok(()) => DONE,
        Err(message) => {
            complain(message);
            FAILED
        }
    })
}

fn written(arguments: &Arguments, preset: &Preset) -> Result<(), String> {
    let output = &arguments.output;
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", output.display());
    let bytes = if arguments.state.is_some() {
        let is_clap = output.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("clap"));
        let format = if is_clap { Format::Clap } else { Format::Vst3 };
        host_state::written(preset, format).map_err(|error| named(&error))?
    } else {
        preset.text().map_err(|error| named(&error))?.into_bytes()
    };
    // A preset may be changed in its place.
    let read = [&arguments.from, &arguments.state].into_iter().flatten().map(PathBuf::as_path);
    let target = Target::check(output, read.chain(preset.files())).map_err(|error| error.to_string())?;
    target.write(&bytes).map_err(|error| error.to_string())
}

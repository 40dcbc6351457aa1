//! `transept preset`: presets from options, from a state of the plugin, and the other way.

use super::{DONE, FAILED, collection, complain, sound, warn};
use crate::files::Target;
use crate::library::{Library, Limits};
use crate::preset::Preset;
use crate::session::host_state::{self, Format};
use clap::{ArgGroup, Args};
use std::path::{Path, PathBuf};

/// Shown below the options.
pub(super) const NOTES: &str = "\
A preset is TOML: the impulse, and the settings that are not at their defaults, typed as in the plugin. Other options go \
before what the preset or state says. The impulse's hash is written with its path, and its file is found again at the \
path, beside the preset or in the library's folders. A state is what a host keeps in its session; one whose name ends \
in .clap gets its length before it, as CLAP has it, and any other is as VST3 has it.";

/// The arguments of `transept preset`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("beginning").args(["preset", "from", "state"]))]
pub struct Arguments {
    /// Begin with a state of the plugin: CLAP, VST3, a .vstpreset, or as a host made with JUCE keeps it
    #[arg(long, value_name = "STATE")]
    from: Option<PathBuf>,
    /// Begin with a preset, and write a state of the plugin
    #[arg(long, value_name = "FILE.toml")]
    state: Option<PathBuf>,
    /// File to write; replaced if it exists
    #[arg(short, long, value_name = "FILE.toml|STATE", required_unless_present = "collect")]
    output: Option<PathBuf>,
    /// Copy the preset and its impulses into a folder, to be passed on together; nothing there is replaced
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["output", "state"])]
    collect: Option<PathBuf>,
    #[command(flatten)]
    sound: sound::Arguments,
}

/// Writes the preset, or the state.
///
/// # Errors
/// An error of usage; then nothing was done.
pub(super) fn run(arguments: &Arguments) -> Result<u8, clap::Error> {
    let sound = &arguments.sound;
    let beginning = arguments.from.as_ref().or(arguments.state.as_ref()).or(sound.preset.as_ref());
    let preset = match beginning {
        None => sound.preset()?.0,
        Some(path) => {
            let is_collected = arguments.collect.is_some();
            let mut read = match &arguments.from {
                // Of a state only the paths are wanted, unless the files are.
                Some(_) => sound::warned(
                    path,
                    host_state::open(path).map(|read| match is_collected {
                        true => read.found(path, &Library::of_user(), Limits::default()),
                        false => read,
                    }),
                )?,
                None => sound::open(path)?,
            };
            if !is_collected {
                // What only says where an impulse is may be written before the impulse is there.
                read.missing.drain(..).for_each(|missing| warn(path, &missing.reason));
            }
            sound.over(path, read)?
        }
    };
    let done = match (&arguments.collect, &arguments.output) {
        (Some(folder), _) => {
            let name = beginning.and_then(|path| path.file_stem()).map(|stem| stem.to_string_lossy().into_owned());
            collection::collect(&preset, &name.unwrap_or_else(|| preset.source.display_name()), folder)
        }
        (None, Some(output)) => written(arguments, &preset, output),
        (None, None) => unreachable!("clap asks for one of them"),
    };
    Ok(match done {
        Ok(()) => DONE,
        Err(message) => {
            complain(message);
            FAILED
        }
    })
}

fn written(arguments: &Arguments, preset: &Preset, output: &Path) -> Result<(), String> {
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

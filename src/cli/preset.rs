//! `transept preset`: presets from options, from a state of the plugin, and the other way.

use super::unpacked::Unpacked;
use super::{DONE, FAILED, collection, complain, sound, unreadable, warn};
use crate::files::Target;
use crate::library::hints::Hints;
use crate::library::{Library, Limits};
use crate::preset::{Preset, Read};
use crate::render::PIPE;
use crate::session::host_state::{self, Carried, Format};
use clap::{ArgGroup, Args};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Shown below the options.
pub(super) const NOTES: &str = "\
A preset is TOML: the impulse, and the settings that are not at their defaults, typed as in the plugin. Other options go \
before what the preset or state says. The impulse's hash is written with its path, and its file is found again at the \
path, beside the preset or in the library's folders. A state is what a host keeps in its session; one whose name ends \
in .clap gets its length before it, as CLAP has it, and any other is as VST3 has it. An impulse that a state carries \
along, and whose file is not where the state says, is written beside the preset as a WAV file of 32-bit float.";

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
    /// File to write; - is standard output, for a preset
    #[arg(short, long, value_name = "FILE.toml|STATE", required_unless_present = "collect")]
    output: Option<PathBuf>,
    /// Replace the output if it is there already
    #[arg(long, conflicts_with = "collect")]
    overwrite: bool,
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
    let outcome = match beginning(arguments)? {
        Ok(Beginning { preset, known, unpacked }) => {
            let done = match (&arguments.collect, &arguments.output) {
                (Some(folder), _) => collection::collect(&preset, &name(arguments, &preset), folder),
                (None, Some(output)) => written(arguments, &preset, &known, output),
                (None, None) => unreachable!("clap asks for one of them"),
            };
            done.map(|()| unpacked.keep())
        }
        Err(message) => Err(message),
    };
    Ok(match outcome {
        Ok(()) => DONE,
        Err(message) => {
            complain(message);
            FAILED
        }
    })
}

/// A preset that is to be written, and all that belongs to it.
struct Beginning {
    preset: Preset,
    /// Paths, hashes and sizes of files, which may not be there.
    known: Vec<Hints>,
    /// Impulses that a state has carried along.
    unpacked: Unpacked,
}

/// The preset of the file that the arguments begin with, and what they say.
///
/// # Errors
/// An error of usage; within it a message why an impulse of a state could not be written.
fn beginning(arguments: &Arguments) -> Result<Result<Beginning, String>, clap::Error> {
    let sound = &arguments.sound;
    let Some(path) = file(arguments) else {
        let (preset, _) = sound.preset()?;
        for path in preset.files().filter(|path| arguments.collect.is_none() && !path.is_file()) {
            warn(path, "it is not there; the preset names it all the same");
        }
        return Ok(Ok(Beginning { preset, known: Vec::new(), unpacked: Unpacked::default() }));
    };
    let mut unpacked = Unpacked::default();
    let mut read = match &arguments.from {
        None => sound::open(path)?,
        Some(_) => {
            let opened = host_state::open(path);
            let (mut read, mut carried) = opened.map_err(unreadable)?;
            let is_named = [sound.names_room(), sound.names_second()];
            carried.retain(|carried| !is_named[carried.side() as usize]);
            match unpack(arguments, &carried, path, &mut read) {
                Ok(files) => unpacked = files,
                Err(message) => return Ok(Err(message)),
            }
            if arguments.collect.is_some() {
                // Of a state only the paths are wanted, unless the files are.
                read = read.found(path, &Library::of_user(), Limits::default());
            }
            read.warnings.iter().for_each(|reason| warn(path, reason));
            read
        }
    };
    if arguments.collect.is_none() {
        // What only says where an impulse is may be written before the impulse is there.
        read.missing.drain(..).for_each(|missing| warn(path, &missing.reason));
    }
    let known = read.known();
    Ok(Ok(Beginning { preset: sound.over(path, read)?, known, unpacked }))
}

/// Writes the impulses that a state carries along to where the preset will be.
fn unpack(arguments: &Arguments, carried: &[Carried], state: &Path, read: &mut Read) -> Result<Unpacked, String> {
    let beside = arguments.output.as_ref().and_then(|output| output.parent());
    let folder = arguments.collect.as_deref().or(beside).unwrap_or(Path::new(""));
    if arguments.collect.is_some() && !carried.is_empty() {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    Unpacked::of(carried, folder, state, read)
}

/// The file that the arguments begin with.
fn file(arguments: &Arguments) -> Option<&Path> {
    let Arguments { from, state, sound, .. } = arguments;
    from.as_ref().or(state.as_ref()).or(sound.preset.as_ref()).map(PathBuf::as_path)
}

/// The name of a collected preset.
fn name(arguments: &Arguments, preset: &Preset) -> String {
    let stem = file(arguments).and_then(Path::file_stem).map(|stem| stem.to_string_lossy().into_owned());
    stem.unwrap_or_else(|| preset.source.display_name())
}

fn written(arguments: &Arguments, preset: &Preset, known: &[Hints], output: &Path) -> Result<(), String> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", output.display());
    if output == Path::new(PIPE) && arguments.state.is_none() {
        let text = preset.text(known).map_err(|error| named(&error))?;
        return std::io::stdout().write_all(text.as_bytes()).map_err(|error| named(&error));
    }
    let read = [&arguments.from, &arguments.state].into_iter().flatten().map(PathBuf::as_path);
    let target =
        Target::check(output, read.chain(preset.files())).and_then(|target| target.only_new(arguments.overwrite));
    let target = target.map_err(|error| error.to_string())?;
    let bytes = if arguments.state.is_some() {
        let is_clap = output.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("clap"));
        let format = if is_clap { Format::Clap } else { Format::Vst3 };
        // A file counts as it is at its path, whatever it was.
        let gone: Vec<Hints> =
            known.iter().filter(|hints| !hints.path.as_ref().is_some_and(|path| path.is_file())).cloned().collect();
        host_state::written(preset, &gone, format).map_err(|error| named(&error))?
    } else {
        preset.text(known).map_err(|error| named(&error))?.into_bytes()
    };
    target.write(&bytes).map_err(|error| error.to_string())
}

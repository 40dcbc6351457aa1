//! `transept render`: files through a room, several at once.

mod jobs;
pub(super) mod outputs;
pub(super) mod pattern;
mod report;
pub(super) mod workers;
mod written;

use super::progress::Progress;
use super::stored::Stored;
use super::{CANCELLED, DONE, FAILED, number, sound};
use crate::audio::formats;
use crate::channels::Bus;
use crate::render;
use crate::settings::TEMPO;
use clap::{ArgGroup, Args, ValueEnum};
use pattern::Pattern;
use report::{Form, Reporter};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shown below the options.
pub(super) const NOTES: &str = "\
A mono file through a mono impulse gives a mono file, through any other impulse a stereo file; a file of more channels \
gives as many. The output \
is a WAV or FLAC file, as its name says, at the dry file's rate, longer than it by pre-delay and impulse, and \
the same bytes in every run. Beyond 4 GB WAV becomes RF64. A sample that 16 or 24 bits hold exactly is stored \
as it is; every other one gets dither. Files are rendered block by block, however long they are. An output that exists \
is refused, unless --overwrite or --skip-existing says what to do; it is replaced once the new one is complete.";

/// The arguments of `transept render`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("room").required(true).multiple(true).args(["impulse", "space", "preset"]))]
pub struct Arguments {
    #[arg(value_name = "DRY.wav", required = true, help = files_help())]
    files: Vec<PathBuf>,
    /// File to write, .wav or .flac (- is the standard output, in WAV), or a folder, which several files need; OUT/ is
    /// made if it is not there
    #[arg(short, long, value_name = "OUT.wav|OUT.flac|OUT/|-")]
    output: PathBuf,
    /// Names of the outputs in a folder, of {stem}, {space} (the room) and {index} (from 1 on) [default: {stem}]
    #[arg(long, value_name = "PATTERN")]
    name: Option<Pattern>,
    /// Render so many files at once [default: one for each core]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = number::jobs)]
    jobs: Option<NonZeroUsize>,
    /// Say nothing but errors and warnings
    #[arg(short, long)]
    quiet: bool,
    /// Say how each file went as one JSON object a line
    #[arg(long, conflicts_with = "quiet")]
    json: bool,
    /// Render 1 to 1048576 frames at once; changes no bit of the output
    #[arg(long, value_name = "N", default_value_t = render::BLOCK, allow_negative_numbers = true, value_parser = number::block)]
    block: NonZeroUsize,
    /// Sample rate of the output, 8000 to 384000 Hz [default: the dry file's]
    #[arg(long, value_name = "HZ", allow_negative_numbers = true, value_parser = number::rate)]
    rate: Option<u32>,
    /// Channels of the output, to which a mono or stereo file may be brought [default: the dry file's]
    #[arg(long, value_name = "LAYOUT", value_enum)]
    layout: Option<Layout>,
    #[command(flatten)]
    stored: Stored,
    /// Tempo of notes in settings, 1 to 1000 BPM
    #[arg(long, value_name = "BPM", default_value_t = TEMPO, allow_negative_numbers = true, value_parser = number::tempo)]
    tempo: f64,
    /// Stop where the dry file ends
    #[arg(long)]
    no_tail: bool,
    /// Take the delay of the impulse's peak out of the output, for filters of linear phase; needs --dry off. It is that
    /// of the first impulse that sounds, as it is shaped and combined; the impulse stays whole, and so does a
    /// pre-delay. What --automation changes is heard at its time in the output
    #[arg(long, value_name = "WHERE", value_enum)]
    align: Option<Aligned>,
    /// Settings that change while a file is rendered, as text or a spreadsheet's CSV: lines of a time, a setting and
    /// its value, such as "2.5 s, decay_high, 50 %"; also "4 s, impulse, SPACE or FILE"
    #[arg(long, value_name = "FILE")]
    automation: Option<PathBuf>,
    #[command(flatten)]
    sound: sound::Arguments,
}

fn files_help() -> String {
    format!("Files to render, or folders of them: {}, of 1 to 16 channels", formats::names("or"))
}

/// The signals that have a name, by a name to be typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Layout {
    /// L R Ls Rs
    Quad,
    /// L R C LFE Ls Rs
    #[value(name = "5.1")]
    Surround51,
    /// L R C LFE Ls Rs Sl Sr
    #[value(name = "7.1")]
    Surround71,
    /// Ambisonics of first order, AmbiX
    #[value(name = "ambisonic-1")]
    Ambisonic1,
    /// Ambisonics of second order, AmbiX
    #[value(name = "ambisonic-2")]
    Ambisonic2,
    /// Ambisonics of third order, AmbiX
    #[value(name = "ambisonic-3")]
    Ambisonic3,
}

impl Layout {
    pub fn bus(self) -> Bus {
        match self {
            Self::Quad => Bus::Quad,
            Self::Surround51 => Bus::Surround51,
            Self::Surround71 => Bus::Surround71,
            Self::Ambisonic1 => Bus::Ambisonic1,
            Self::Ambisonic2 => Bus::Ambisonic2,
            Self::Ambisonic3 => Bus::Ambisonic3,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Aligned {
    Peak,
}

/// Renders all files and says how it went.
///
/// # Errors
/// An error of usage; then nothing was done.
pub(super) fn run(arguments: &Arguments) -> Result<u8, clap::Error> {
    let plan = jobs::plan(arguments)?;
    let stop = Arc::new(AtomicBool::new(false));
    let handler = Arc::clone(&stop);
    // Without a handler (there can be only one in a process) Ctrl-C still ends the program, only less tidily.
    let _ = ctrlc::set_handler(move || handler.store(true, Ordering::Relaxed));
    let form = match (arguments.json, arguments.quiet) {
        (true, _) => Form::Json,
        (false, true) => Form::Quiet,
        (false, false) => Form::Lines,
    };
    let reporter = Reporter::new(form, arguments.stored.skip_existing);
    let progress = Progress::new(!arguments.quiet);
    let at_once = arguments.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let is_failed = workers::render_all(&plan, at_once, &stop, &progress, &reporter);
    Ok(match (stop.load(Ordering::Relaxed), is_failed) {
        (true, _) => CANCELLED,
        (false, true) => FAILED,
        (false, false) => DONE,
    })
}

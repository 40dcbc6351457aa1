//! `transept render`: files through a room, several at once.

use super::automation::{self, Moment};
use super::progress::Progress;
use super::{CANCELLED, DONE, FAILED, complain, file_name, in_decibels, number, room, say, sound, wrong};
use crate::cancel::Token;
use crate::channels;
use crate::impulse::decode::formats;
use crate::impulse::recipe::Recipe;
use crate::preset::Preset;
use crate::render::{self, Bits, Change, Job, RenderError, Report};
use crate::settings::{Settings, TEMPO};
use clap::error::ErrorKind;
use clap::{ArgGroup, Args, ValueEnum};
use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Shown below the options.
pub(super) const NOTES: &str = "\
A mono file through a mono impulse gives a mono file, through any other impulse a stereo file. The output \
is a WAV file at the dry file's rate, longer than it by pre-delay and impulse, and the same bytes in every \
run. WAV files are rendered block by block, however long they are; with --rate, and for other \
formats, the dry file is held in memory. An output that exists is replaced once the new one is complete.";

/// The arguments of `transept render`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("room").required(true).multiple(true).args(["impulse", "space", "preset"]))]
pub struct Arguments {
    #[arg(value_name = "DRY.wav", required = true, help = files_help())]
    files: Vec<PathBuf>,
    /// File to write, or a folder, which several files need
    #[arg(short, long, value_name = "OUT.wav|FOLDER")]
    output: PathBuf,
    /// Render 1 to 1048576 frames at once; changes no bit of the output
    #[arg(long, value_name = "N", default_value_t = render::BLOCK, allow_negative_numbers = true, value_parser = number::block)]
    block: NonZeroUsize,
    /// Sample rate of the output, 8000 to 384000 Hz [default: the dry file's]
    #[arg(long, value_name = "HZ", allow_negative_numbers = true, value_parser = number::rate)]
    rate: Option<u32>,
    /// Samples of 16 or 24 bits, rounded without dither, or of 32-bit float
    #[arg(long, value_enum, default_value = "32f")]
    bits: Depth,
    /// Tempo of notes in settings, 1 to 1000 BPM
    #[arg(long, value_name = "BPM", default_value_t = TEMPO, allow_negative_numbers = true, value_parser = number::tempo)]
    tempo: f64,
    /// Stop where the dry file ends
    #[arg(long)]
    no_tail: bool,
    /// Settings that change while a file is rendered, as text or a spreadsheet's CSV: lines of a time, a setting and its
    /// value, such as "2.5 s, decay_high, 50 %"; also "4 s, impulse, SPACE or FILE"
    #[arg(long, value_name = "FILE")]
    automation: Option<PathBuf>,
    #[command(flatten)]
    sound: sound::Arguments,
}

fn files_help() -> String {
    format!("Files to render: {}, mono or stereo", formats::names("or"))
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Depth {
    #[value(name = "16")]
    Int16,
    #[value(name = "24")]
    Int24,
    #[value(name = "32f")]
    Float32,
}

/// Renders all files and says how it went.
///
/// # Errors
/// An error of usage; then nothing was done.
pub(super) fn run(arguments: &Arguments) -> Result<u8, clap::Error> {
    let jobs = jobs(arguments)?;
    let stop = Arc::new(AtomicBool::new(false));
    let handler = Arc::clone(&stop);
    // Without a handler (there can be only one in a process) Ctrl-C still ends the program, only less tidily.
    let _ = ctrlc::set_handler(move || handler.store(true, Ordering::Relaxed));
    let is_failed = render_all(&jobs, &stop);
    Ok(match (stop.load(Ordering::Relaxed), is_failed) {
        (true, _) => CANCELLED,
        (false, true) => FAILED,
        (false, false) => DONE,
    })
}

/// Several at a time, at most one for each core; says of each how it went, and in the end whether one failed.
fn render_all(jobs: &[Job], stop: &AtomicBool) -> bool {
    let progress = Progress::new();
    let (next, is_failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    // A bad impulse is bad for every file: said once is enough.
    let said = Mutex::new(HashSet::new());
    let workers = std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(jobs.len());
    let work = || {
        let is_stopped = || stop.load(Ordering::Relaxed);
        let cancel = Token::new(&is_stopped);
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            if cancel.is_cancelled() {
                break;
            }
            let bar = progress.start(file_name(&job.dry));
            let outcome = render::render(job, &cancel, |done| bar.set(done));
            bar.finish();
            match outcome {
                Ok(report) => progress.say(|| {
                    warn(job, &report);
                    say(line(job, &report));
                }),
                Err(RenderError::Cancelled(_)) => is_failed.store(true, Ordering::Relaxed),
                Err(error) => {
                    is_failed.store(true, Ordering::Relaxed);
                    let message = error.to_string();
                    if said.lock().unwrap_or_else(PoisonError::into_inner).insert(message.clone()) {
                        progress.say(|| complain(message));
                    }
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..workers {
            scope.spawn(work);
        }
        work();
    });
    is_failed.into_inner()
}

fn line(job: &Job, report: &Report) -> String {
    let channels = channels::signal_name(report.channels);
    let seconds = report.frames as f64 / f64::from(report.sample_rate);
    let peak = in_decibels(f64::from(report.peak));
    format!("{}: {channels}, {} Hz, {seconds:.3} s, peak {peak}", job.output.display(), report.sample_rate)
}

fn warn(job: &Job, report: &Report) {
    if report.clipped > 0 {
        complain(format_args!(
            "warning: {}: {} {} clipped, peak {}; lower --output-level or write --bits 32f",
            job.output.display(),
            report.clipped,
            if report.clipped == 1 { "sample" } else { "samples" },
            in_decibels(f64::from(report.peak)),
        ));
    }
}

/// One job for each dry file.
fn jobs(arguments: &Arguments) -> Result<Vec<Job>, clap::Error> {
    refuse_half_a_pair(arguments)?;
    let preset = arguments.sound.preset()?;
    let settings = preset.settings;
    let recipe = |settings: Settings| Preset { settings, ..preset.clone() }.recipe();
    let moments = match &arguments.automation {
        Some(file) => automation::read(file, settings, &preset.source)?,
        None => Vec::new(),
    };
    refuse_half_a_combination(arguments, &preset, &moments)?;
    let controls = |settings: Settings| settings.controls(Some(arguments.tempo));
    let changes: Vec<Change> = moments
        .into_iter()
        .map(|Moment { seconds, settings, source }| {
            let recipe = Recipe { source, ..recipe(settings) };
            Change { seconds, recipe, controls: controls(settings) }
        })
        .collect();
    let bits = match arguments.bits {
        Depth::Int16 => Bits::Int16,
        Depth::Int24 => Bits::Int24,
        Depth::Float32 => Bits::Float32,
    };
    let mut taken: HashMap<PathBuf, &Path> = HashMap::new();
    let mut jobs = Vec::new();
    for dry in &arguments.files {
        let output = output(arguments, dry)?;
        if let Some(other) = taken.insert(output.clone(), dry) {
            let message = format!("{} and {} would both become {}", other.display(), dry.display(), output.display());
            return Err(wrong(ErrorKind::ArgumentConflict, message));
        }
        jobs.push(Job {
            controls: controls(settings),
            block: arguments.block,
            sample_rate: arguments.rate,
            bits,
            tail: !arguments.no_tail,
            changes: changes.clone(),
            kept: arguments.sound.preset.iter().chain(&arguments.automation).cloned().collect(),
            ..Job::new(dry, recipe(settings), output)
        });
    }
    Ok(jobs)
}

/// A second impulse that is named and does nothing all the time, or something to do for one that is not there. In a
/// preset either may stand.
fn refuse_half_a_combination(arguments: &Arguments, preset: &Preset, moments: &[Moment]) -> Result<(), clap::Error> {
    let mut settings = std::iter::once(&preset.settings).chain(moments.iter().map(|moment| &moment.settings));
    let is_combined = settings.any(|settings| settings.combination().is_some());
    let message = if arguments.sound.names_second() && !is_combined {
        "what is the second impulse to do? Say --combine morph or --combine series"
    } else if arguments.sound.names("combine") && is_combined && preset.second.is_none() {
        "--combine needs a second impulse: --second FILE or --second-space NAME"
    } else {
        return Ok(());
    };
    Err(wrong(ErrorKind::MissingRequiredArgument, message))
}

/// A file behind `--impulse LEFT.wav` is a dry file, also when its name says that it was meant as the other half.
fn refuse_half_a_pair(arguments: &Arguments) -> Result<(), clap::Error> {
    let [impulse] = &arguments.sound.impulse[..] else { return Ok(()) };
    for dry in &arguments.files {
        let (left, right) = if room::is_pair(dry, impulse) { (dry, impulse) } else { (impulse, dry) };
        if room::is_pair(left, right) {
            let [dry, left, right] = [dry, left, right].map(|path| path.display());
            let message = format!(
                "{dry} would be rendered, and looks like half of a room; give a pair as --impulse {left} --impulse {right}"
            );
            return Err(wrong(ErrorKind::ArgumentConflict, message));
        }
    }
    Ok(())
}

/// Where a dry file goes: the output itself, or a WAV file of the same name in it.
fn output(arguments: &Arguments, dry: &Path) -> Result<PathBuf, clap::Error> {
    let output = &arguments.output;
    if output.is_dir() {
        let mut name = dry.file_stem().unwrap_or(dry.as_os_str()).to_owned();
        name.push(".wav");
        return Ok(output.join(name));
    }
    if arguments.files.len() == 1 {
        return Ok(output.clone());
    }
    let reason = if output.exists() { "is no folder" } else { "does not exist" };
    let message = format!("several files need a folder to go to, and {} {reason}", output.display());
    Err(wrong(ErrorKind::InvalidValue, message))
}

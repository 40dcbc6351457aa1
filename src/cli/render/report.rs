//! How each file went: a line for people or an object for programs on stdout, warnings and errors on stderr.

use super::jobs::Task;
use crate::channels;
use crate::cli::json::{self, Warning};
use crate::cli::{complain, one_line, say, warn};
use crate::files::FileError;
use crate::impulse::findings::Finding;
use crate::library::Unread;
use crate::render::{self, OfImpulse, PIPE, RenderError, Report};
use serde::Serialize;
use std::collections::HashSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Form in which each file is told on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A line a file.
    Lines,
    /// An object a file.
    Json,
    /// Nothing.
    Quiet,
}

/// Why a file was not rendered.
pub(super) enum Failure {
    Error(RenderError),
    /// A fault of the program's own.
    Panic(String),
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Well,
    Failed,
}

/// Says how files went. What is alike for several files is said once on stderr.
pub(super) struct Reporter {
    form: Form,
    /// True if existing outputs are left alone.
    skips_existing: bool,
    said: Mutex<HashSet<String>>,
}

/// One file in `--json`.
#[derive(Debug, Default, Serialize)]
struct Object {
    path: String,
    /// `None` of what cannot be read, so that nobody knows what would become of it.
    output: Option<String>,
    skipped: bool,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    figures: Option<Figures>,
    warnings: Vec<Warning>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Debug, Serialize)]
struct Figures {
    channels: usize,
    sample_rate: u32,
    frames: u64,
    seconds: f64,
    peak_db: Option<f64>,
    clipped: u64,
}

impl Reporter {
    pub fn new(form: Form, skips_existing: bool) -> Self {
        Self { form, skips_existing, said: Mutex::default() }
    }

    /// Says how a file went.
    pub fn tell(&self, task: &Task, outcome: Result<Report, Failure>) -> Ending {
        let job = &task.job;
        let (path, output) = (json::path(&job.dry), Some(json::path(&job.output)));
        let object = Object { path, output, ..Object::default() };
        match outcome {
            Ok(report) => {
                let warnings = warnings(task, &report);
                for Warning { id, about, text } in &warnings {
                    let is_of_all = *id == Finding::FlacBits.id();
                    if self.is_new(if is_of_all { text.clone() } else { format!("{about} {text}") }) {
                        warn(Path::new(about), text);
                    }
                }
                let figures = Figures::of(&report);
                match self.form {
                    // Then standard output is the sound's.
                    Form::Lines if job.output == Path::new(PIPE) => complain(figures.line(&job.output)),
                    Form::Lines => say(one_line(figures.line(&job.output))),
                    Form::Json => json::say(&Object { figures: Some(figures), warnings, ..object }),
                    Form::Quiet => {}
                }
                Ending::Well
            }
            Err(Failure::Error(RenderError::Output(FileError::Exists(_)))) if self.skips_existing => {
                match self.form {
                    Form::Lines => {
                        say(one_line(format_args!("{}: is there already, left alone", job.output.display())));
                    }
                    Form::Json => json::say(&Object { skipped: true, ..object }),
                    Form::Quiet => {}
                }
                Ending::Well
            }
            Err(failure) => {
                let message = match failure {
                    Failure::Error(error) => error.to_string(),
                    Failure::Panic(message) => {
                        format!("{}: a fault in this program ended it: {message}", job.dry.display())
                    }
                };
                self.fail(object, message);
                Ending::Failed
            }
        }
    }

    /// Says what cannot be read in a folder.
    pub fn tell_unread(&self, Unread { path, reason }: &Unread) {
        let object = Object { path: json::path(path), ..Object::default() };
        self.fail(object, format!("{}: {reason}", path.display()));
    }

    fn fail(&self, object: Object, message: String) {
        if self.is_new(message.clone()) {
            complain(&message);
        }
        if self.form == Form::Json {
            json::say(&Object { error: Some(message), ..object });
        }
    }

    /// True the first time: a bad impulse is bad for every file, and said once is enough.
    fn is_new(&self, message: String) -> bool {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).insert(message)
    }
}

impl Figures {
    fn of(report: &Report) -> Self {
        Self {
            channels: report.channels,
            sample_rate: report.sample_rate,
            frames: report.frames,
            seconds: report.frames as f64 / f64::from(report.sample_rate),
            peak_db: json::decibels(f64::from(report.peak)),
            clipped: report.clipped,
        }
    }

    fn line(&self, output: &Path) -> String {
        let Self { sample_rate, seconds, peak_db, .. } = self;
        let channels = channels::signal_name(self.channels);
        let peak = peak_db.map_or_else(|| "silence".to_owned(), |peak| format!("{peak:.1} dB"));
        format!("{}: {channels}, {sample_rate} Hz, {seconds:.3} s, peak {peak}", output.display())
    }
}

/// All that a rendering has to warn of: of its impulses, of the dry file and of the output.
fn warnings(task: &Task, report: &Report) -> Vec<Warning> {
    let job = &task.job;
    let Report { of_impulses, findings, aligned, .. } = report;
    let is_settled =
        |of: &OfImpulse| *aligned > 0 && of.is_first && matches!(of.finding, Finding::PeakInTheMiddle { .. });
    let of_impulses = of_impulses.iter().filter(|of| !is_settled(of)).map(|of| (of.source.to_string(), &of.finding));
    let guessed = task.is_guessed.then_some(&Finding::KnownByContent);
    let is_flac_by_name = job.bits.is_none() && report.encoding.form == render::Form::Flac;
    let bits = is_flac_by_name.then_some(&Finding::FlacBits);
    let of_files = guessed.into_iter().chain(findings).chain(bits).map(|finding| {
        let of_output = matches!(finding, Finding::Clipped { .. } | Finding::ChunksLeftOut { .. } | Finding::FlacBits);
        let file = if of_output { &job.output } else { &job.dry };
        (file.display().to_string(), finding)
    });
    of_impulses.chain(of_files).map(|(name, finding)| Warning::of(finding, name)).collect()
}

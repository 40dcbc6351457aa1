//! What the offline renderer promises: the same chain, the whole tail, the same bytes, and nothing half-written.

mod align;
mod batch;
mod chunks;
mod form;
mod output;
mod refusals;
mod sound;
mod surround;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use transept::cancel::Token;
use transept::chain::Controls;
use transept::impulse::recipe::{LevelRule, Recipe, Source};
use transept::render::{Job, Report, render};
use transept_support::folder::Folder;
use transept_support::signal::{decaying_noise, noise};

const RATE: u32 = 48_000;

/// A job that lets through nothing but the convolved signal, as it is.
fn wet(folder: &Folder, dry: &Path, source: Source) -> Job {
    let recipe = Recipe { level: LevelRule::Off, ..Recipe::of(source) };
    let controls = Controls { dry: 0.0, wet: 1.0, ..Controls::default() };
    Job { controls, ..Job::new(dry, recipe, folder.path("out.wav")) }
}

fn file(path: PathBuf) -> Source {
    Source::File { path }
}

fn done(job: &Job) -> Report {
    render(job, &Token::never(), |_| {}).expect("rendered")
}

fn frames(frames: usize) -> NonZeroUsize {
    NonZeroUsize::new(frames).expect("not 0")
}

/// Everything at work, so that nothing in the chain may depend on how the file is cut.
fn busy(folder: &Folder) -> Job {
    let source = file(folder.wave("room.wav", RATE, &[decaying_noise(9000, 16), decaying_noise(9000, 17)]));
    let dry = folder.wave("dry.wav", RATE, &[noise(20_011, 18), noise(20_011, 19)]);
    let controls =
        Controls { predelay: 0.0123, low_cut: Some(120.0), high_cut: Some(6000.0), width: 1.5, ..Controls::default() };
    Job { controls, ..Job::new(dry, Recipe::of(source), folder.path("out.wav")) }
}

/// Renders a job that cannot be rendered: the message names `file` and holds `reason`, and nothing is left behind.
#[track_caller]
fn refused(folder: &Folder, job: &Job, file: &Path, reason: &str) {
    let names = folder.names(".");
    let message = render(job, &Token::never(), |_| {}).expect_err("refused").to_string();
    println!("{message}");
    let name = file.file_name().expect("a name").to_string_lossy();
    assert!(message.contains(&*name), "{message} does not name {name}");
    assert!(message.contains(reason), "{message} does not say {reason}");
    assert_eq!(folder.names("."), names, "something was left behind");
}

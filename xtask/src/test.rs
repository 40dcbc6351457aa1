//! Everything that must hold, in stages from quick to slow; the first that fails ends it.

mod clap;
mod code;
pub mod editor;
pub mod hands;
mod python;
mod runner;
mod standalone;
mod window;

use std::cell::OnceCell;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::bundle::Bundles;
use crate::display::Display;
use crate::{Consent, packages, workspace};
use runner::Tally;

/// One stage: what it is called, what it sees to, and how.
struct Stage {
    name: &'static str,
    about: &'static str,
    run: fn(&Floor, &mut Tally) -> Result<()>,
}

const STAGES: &[Stage] = &[
    Stage {
        name: "packages",
        about: "system packages",
        run: |floor, _| packages::ensure(packages::all(), floor.consent),
    },
    Stage { name: "format", about: "cargo fmt --check", run: code::format },
    Stage { name: "lint", about: "clippy and documentation, warnings denied, every set of features", run: code::lint },
    Stage { name: "unit", about: "unit, integration and documentation tests, window snapshots", run: code::unit },
    Stage {
        name: "guard",
        about: "the plugin in hosts of the tests' own, under the framework's allocation guard",
        run: code::guard,
    },
    Stage { name: "loom", about: "every interleaving of the exchange", run: code::loom },
    Stage { name: "realtime", about: "the audio path under the real-time sanitizer", run: code::realtime },
    Stage { name: "bundle", about: "VST3, CLAP and program, as they are shipped", run: code::bundle },
    Stage { name: "clap", about: "the built CLAP in a host", run: clap::run },
    Stage { name: "vst3", about: "the built VST3 in pedalboard and dawdreamer", run: python::run },
    Stage {
        name: "figures",
        about: "the reverberation times that the program tells, against pyroomacoustics",
        run: python::figures,
    },
    Stage {
        name: "window",
        about: "the windows of the built VST3 and CLAP, opened, closed and used by a pointer while automation plays",
        run: window::run,
    },
    Stage { name: "standalone", about: "the program under a JACK server with a rate of its own", run: standalone::run },
    Stage { name: "bench", about: "the benches run", run: code::bench },
];

/// What stages share, each made when it is first wanted.
pub struct Floor {
    consent: Consent,
    bundles: OnceCell<Bundles>,
    display: OnceCell<Display>,
}

impl Floor {
    /// The bundles, built once.
    fn bundles(&self) -> Result<&Bundles> {
        if self.bundles.get().is_none() {
            let _ = self.bundles.set(Bundles::build()?);
        }
        Ok(self.bundles.get().expect("set above"))
    }

    /// The display, open until the end of all stages.
    fn display(&self) -> Result<&Display> {
        if self.display.get().is_none() {
            let _ = self.display.set(Display::open()?);
        }
        Ok(self.display.get().expect("set above"))
    }
}

/// What `--help` says.
pub const USAGE: &str = "\
Everything that must hold, or the stages named, in order; the first that fails ends it.

Usage: cargo xtask test [--yes] [--list] [STAGE…]

  --yes    install missing system packages without a question; CI=true in the environment does the same
  --list   name the stages";

/// `cargo xtask test [--yes] [--list] [STAGE…]`
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let (options, names): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|word| word.starts_with('-'));
    let mut consent = Consent::Ask;
    for option in options {
        match option.as_str() {
            "--yes" => consent = Consent::Given,
            "--list" => {
                STAGES.iter().for_each(|stage| println!("{:<11} {}", stage.name, stage.about));
                return Ok(ExitCode::SUCCESS);
            }
            other => bail!("`{other}` is not understood here"),
        }
    }
    if let Some(unknown) = names.iter().find(|name| !STAGES.iter().any(|stage| stage.name == **name)) {
        bail!("no stage `{unknown}`; `cargo xtask test --list` names them");
    }
    let wanted: Vec<&Stage> =
        STAGES.iter().filter(|stage| names.is_empty() || names.iter().any(|name| *name == stage.name)).collect();
    let floor = Floor { consent, bundles: OnceCell::new(), display: OnceCell::new() };
    Ok(if play(&wanted, &floor) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the stages; whether all went well.
fn play(stages: &[&Stage], floor: &Floor) -> bool {
    let began = Instant::now();
    let mut total = Tally::default();
    let mut report = Vec::new();
    let mut well = true;
    for (number, stage) in stages.iter().enumerate() {
        println!("\n== {} of {}: {} ({})", number + 1, stages.len(), stage.about, stage.name);
        let stage_began = Instant::now();
        let mut tally = Tally::default();
        let outcome = (stage.run)(floor, &mut tally);
        if outcome.is_err() && tally.failed == 0 {
            // A stage that counts nothing, or broke before it could: it is what failed.
            tally.failed = 1;
        }
        total += tally;
        let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
        report.push(format!("{:<11} {verdict:<6} {:>6.1} s  {tally}", stage.name, stage_began.elapsed().as_secs_f32()));
        if let Err(error) = outcome {
            eprintln!("\n{} failed: {error:#}", stage.name);
            report.extend(stages[number + 1..].iter().map(|stage| format!("{:<11} not reached", stage.name)));
            well = false;
            break;
        }
    }
    println!("\n== Summary, in {}", workspace::root().display());
    report.iter().for_each(|line| println!("{line}"));
    println!("all         {:>13.1} s", began.elapsed().as_secs_f32());
    println!("{} passed, {} failed", total.passed, total.failed);
    well
}

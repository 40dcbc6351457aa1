//! The validators of both formats on the built bundles, again and again, with what they find as a table.

mod counts;
mod program;
mod series;
mod table;
mod trial;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::bundle::Bundles;
use crate::command::companion;
use crate::display::Display;
use crate::workspace::{self, shown};
use crate::{Consent, packages};
use counts::Counts;
use program::{Found, VALIDATORS, Validator};
use series::{Series, Wish};
use table::{Row, Table};

/// What `--help` says.
pub const USAGE: &str = "\
Runs the validators that are there on the bundles, and prints what they found as a table. Exit code 1: a test failed.

clap-validator, pluginval and Steinberg's validator are looked for in PATH (`clap-validator`, `pluginval`, `validator`);
one that is not there is not run. Each run leaves its output in target/validate.

Usage: cargo xtask validate [OPTION…]

  --clap-validator PATH   where clap-validator is
  --pluginval PATH        where pluginval is
  --vst3-validator PATH   where Steinberg's validator is
  --bundles FOLDER        validate Transept.clap and Transept.vst3 of this folder; without it they are built
  --runs N                runs with each set of options (10); with random orders three more, of seeds known for faults
  --fuzz MINUTES          clap-validator's fuzzer too, for so long";

/// What the words of the command line want.
#[derive(PartialEq, Debug)]
struct Order {
    wish: Wish,
    /// Where the bundles are; to be built if none.
    bundles: Option<PathBuf>,
    /// Where each validator is, in the order of [`VALIDATORS`]; to be looked for if none.
    programs: [Option<PathBuf>; VALIDATORS.len()],
}

impl Order {
    fn read(words: &[String]) -> Result<Self> {
        let mut order = Self { wish: Wish { runs: 10, fuzz: None }, bundles: None, programs: Default::default() };
        let mut words = words.iter();
        while let Some(option) = words.next() {
            let mut value = || words.next().with_context(|| format!("`{option}` needs a value"));
            let number = |text: &str| match text.parse::<u64>() {
                Ok(number) if number > 0 => Ok(number),
                _ => bail!("`{option}` needs a whole number from 1 on, not `{text}`"),
            };
            match option.as_str() {
                "--runs" => order.wish.runs = number(value()?)? as usize,
                "--fuzz" => order.wish.fuzz = Some(number(value()?)?),
                "--bundles" => order.bundles = Some(value()?.into()),
                _ => match VALIDATORS.iter().position(|validator| validator.option == option) {
                    Some(place) => order.programs[place] = Some(value()?.into()),
                    None => bail!("`{option}` is not understood here\n\n{USAGE}"),
                },
            }
        }
        Ok(order)
    }
}

/// `cargo xtask validate [OPTION…]`
pub fn run(words: &[String]) -> Result<ExitCode> {
    let order = Order::read(words)?;
    let mut there = Vec::new();
    for (validator, named) in VALIDATORS.iter().zip(&order.programs) {
        match validator.find(named.as_deref())? {
            Some(found) => there.push((validator, found)),
            None => println!("{} is not in PATH, and {} names none: not run", validator.name, validator.option),
        }
    }
    ensure!(!there.is_empty(), "there is no validator to run\n\n{USAGE}");
    let bundles = bundles(order.bundles.as_deref())?;
    let scene = Scene::set(bundles)?;
    let began = Instant::now();
    let mut rows = Vec::new();
    for (validator, found) in &there {
        let bundle = scene.bundles.join(validator.bundle);
        for series in (validator.plan)(&bundle, &order.wish) {
            let counts = scene.play(validator, found, &series)?;
            let name = format!("{} {}", validator.name, found.version);
            rows.push(Row { validator: name, options: series.options, runs: series.runs.len(), counts });
        }
    }
    println!("\n{}\nSEED: {}", Table(&rows), series::seeds_shown(order.wish.runs));
    let mut total = Counts::default();
    rows.iter().for_each(|row| total += row.counts);
    println!("{total}, in {:.0} s; the outputs are in {}", began.elapsed().as_secs_f32(), shown(&scene.logs));
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The folder of the bundles; without a name they are built.
fn bundles(named: Option<&Path>) -> Result<PathBuf> {
    if let Some(folder) = named {
        for bundle in VALIDATORS.map(|validator| validator.bundle) {
            ensure!(folder.join(bundle).exists(), "there is no {bundle} in {}", folder.display());
        }
        return folder.canonicalize().with_context(|| format!("cannot read {}", folder.display()));
    }
    packages::ensure(packages::build(), Consent::Ask)?;
    let clap = Bundles::build()?.clap;
    Ok(clap.parent().context("a bundle lies in a folder")?.to_owned())
}

/// What all runs share.
struct Scene {
    bundles: PathBuf,
    logs: PathBuf,
    display: Display,
}

impl Scene {
    /// With a display for the windows, and no output of before.
    fn set(bundles: PathBuf) -> Result<Self> {
        let logs = workspace::target().join("validate");
        if logs.exists() {
            fs::remove_dir_all(&logs).with_context(|| format!("cannot remove {}", logs.display()))?;
        }
        Ok(Self { bundles, logs: workspace::folder("validate")?, display: Display::open()? })
    }

    /// Plays a series run by run, telling each; all of them together.
    fn play(&self, validator: &Validator, found: &Found, series: &Series) -> Result<Counts> {
        let options = if series.options.is_empty() { "no options" } else { &series.options };
        println!("\n== {} {}, {}: {options}", validator.name, found.version, series.name);
        let mut total = Counts::default();
        for (number, words) in (1..).zip(&series.runs) {
            let mut command = companion(found.path.to_str().context("a path that is no text")?);
            self.display.show(command.args(words));
            let name = format!("{}-{}-{number:02}.log", &validator.option[2..], series.name.replace(' ', "-"));
            let began = Instant::now();
            let counts = trial::play(&mut command, &self.logs.join(&name), series.patience, series.read)?;
            let well = if counts.failed == 0 { "ok    " } else { "FAILED" };
            println!("{well} {number} of {}: {counts}, {:.0} s", series.runs.len(), began.elapsed().as_secs_f32());
            total += counts;
        }
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Order> {
        Order::read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn every_option_is_read_and_told_by_the_help() {
        let order = read("--runs 3 --fuzz 10 --bundles b --pluginval p --clap-validator c").expect("an order");
        assert_eq!(order.wish, Wish { runs: 3, fuzz: Some(10) });
        assert_eq!(order.bundles, Some("b".into()));
        assert_eq!(order.programs, [Some("c".into()), None, Some("p".into())]);
        for option in ["--runs", "--fuzz", "--bundles"].into_iter().chain(VALIDATORS.map(|one| one.option)) {
            assert!(USAGE.contains(&format!("\n  {option} ")), "{option}");
        }
    }

    #[test]
    fn no_run_a_missing_value_and_an_unknown_option_are_refused() {
        for line in ["--runs 0", "--runs", "--fuzz many", "--bundles", "--run 3", "Transept.clap"] {
            assert!(read(line).is_err(), "{line}");
        }
    }

    #[test]
    fn bundles_that_are_not_there_are_an_error_before_anything_runs() {
        assert!(bundles(Some(Path::new("/nowhere"))).is_err());
    }
}

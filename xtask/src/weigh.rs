//! What Transept weighs: crates and processor time of cold builds, and the size of the bundles.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, ensure};

use crate::bundle::Bundles;
use crate::command::{self, cargo};
use crate::{size, workspace};

/// The engine alone, as a program that depends on it has it.
const ENGINE: [&str; 5] = ["--package", "transept", "--no-default-features", "--features", "engine"];

/// Ticks of a second in what Linux says of processor time, on every architecture that Rust knows.
const TICKS: f64 = 100.0;

/// `cargo xtask weigh`: builds from nothing, in a folder of its own that is removed before and after.
pub fn run() -> Result<()> {
    let folder = workspace::target().join("weigh");
    let clear = || if folder.exists() { fs::remove_dir_all(&folder) } else { Ok(()) };
    let cold = |arguments: &[&str]| -> Result<f64> {
        clear()?;
        let before = processor_time()?;
        command::run(cargo(arguments).env("CARGO_TARGET_DIR", &folder))?;
        Ok(processor_time()? - before)
    };
    let engine = cold(&[&["build", "--release", "--lib"], &ENGINE[..]].concat())?;
    let demo = cold(&["xtask", "demo"])?;
    let bundles = Bundles::in_folder(&folder);
    let sizes: Vec<_> =
        bundles.named().iter().map(|(name, path)| Ok((*name, size::of(path)?))).collect::<Result<_>>()?;
    clear()?;

    println!("\ncold build        crates  processor time");
    println!("engine            {:>6}  {engine:>12.0} s", crates(&ENGINE)?);
    println!("cargo xtask demo  {:>6}  {demo:>12.0} s", crates(&["--package", "transept", "--package", "xtask"])?);
    println!("\nbundle                size");
    sizes.iter().for_each(|(name, bytes)| println!("{name:<16}  {:>8}", size::shown(*bytes)));
    Ok(())
}

/// How many crates are linked into the packages that `selection` names, they included.
fn crates(selection: &[&str]) -> Result<usize> {
    let tree = ["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"];
    let tree = command::output(cargo(&tree).args(selection))?;
    let named: BTreeSet<&str> =
        tree.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| !line.is_empty()).collect();
    ensure!(!named.is_empty(), "cargo names no crates");
    Ok(named.len())
}

/// Seconds of all children that have ended, and of theirs, as the system counts them.
fn processor_time() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat").context("only Linux says how long children have run")?;
    // The second field is a name in brackets and may hold anything; of the fields behind it, 14 and 15 are the
    // children's time in user and in kernel mode.
    let fields = stat.rsplit_once(") ").context("an unknown form of /proc/self/stat")?.1;
    let ticks: Vec<f64> = fields.split(' ').skip(13).take(2).filter_map(|field| field.parse().ok()).collect();
    ensure!(ticks.len() == 2, "an unknown form of /proc/self/stat");
    Ok(ticks.iter().sum::<f64>() / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_alone_is_at_most_25_crates() {
        let crates = crates(&ENGINE).expect("a tree");
        println!("{crates} crates");
        assert!((2..=25).contains(&crates), "{crates}");
    }
}

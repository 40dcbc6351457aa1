//! The stages that look at the code: format, lints, tests of the crate, loom, the real-time sanitizer, benches.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Floor;
use super::runner::{Tally, count};
use crate::command::{cargo, output, run};
use crate::{bench, workspace};

/// `cargo fmt --check`
pub fn format(_: &Floor, _: &mut Tally) -> Result<()> {
    component("rustfmt", "fmt")?;
    run(&mut cargo(&["fmt", "--all", "--check"]))
}

/// Clippy on all targets, each set of features that a user may choose, and the documentation's links.
pub fn lint(_: &Floor, _: &mut Tally) -> Result<()> {
    component("clippy", "clippy")?;
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    // One after the other, the features that stand alone; the first is none of them.
    for features in ["", "worker", "memory", "plugin", "cli", "loops"] {
        let lint = ["clippy", "--package", "transept", "--lib", "--no-default-features", "--features", features];
        run(cargo(&lint).args(["--", "-D", "warnings"]))?;
    }
    for features in [&[][..], &["--no-default-features"]] {
        let mut doc = cargo(&["doc", "--package", "transept", "--no-deps"]);
        run(doc.args(features).env("RUSTDOCFLAGS", "-D warnings"))?;
    }
    Ok(())
}

/// Adds a component that a minimal toolchain does not have.
fn component(name: &str, subcommand: &str) -> Result<()> {
    if output(&mut cargo(&[subcommand, "--version"])).is_ok() {
        return Ok(());
    }
    run(Command::new("rustup").args(["component", "add", name])).with_context(|| format!("the toolchain lacks {name}"))
}

/// Every test that cargo knows, on a display: some of them open windows.
pub fn unit(floor: &Floor, tally: &mut Tally) -> Result<()> {
    // The tests say so themselves, but cargo shows only what failing tests print.
    if !workspace::root().join("../shared/data").is_dir() && std::env::var_os("TRANSEPT_DATA").is_none() {
        println!("skipped: no ../shared/data, so nothing is tested on recordings");
    }
    let mut test = cargo(&["test", "--workspace", "--no-fail-fast"]);
    floor.display()?.show(&mut test);
    count(&mut test, tally)
}

/// The tests in hosts once more, ended by the first block that allocates or frees. The guard is an allocator of its own,
/// and so cannot be in the same build as the tests that bring theirs.
pub fn guard(floor: &Floor, tally: &mut Tally) -> Result<()> {
    let mut test = cargo(&["test", "--package", "transept", "--features", "guard", "--test", "hosts"]);
    floor.display()?.show(&mut test);
    count(&mut test, tally)
}

/// In a target folder of its own, because the flag is seen by every crate and would have all of them built again.
pub fn loom(_: &Floor, tally: &mut Tally) -> Result<()> {
    let arguments = ["test", "--package", "transept", "--no-default-features", "--features", "worker"];
    let mut test = cargo(&arguments);
    test.args(["--test", "engine", "--target-dir"]).arg(workspace::target().join("loom"));
    count(test.env("RUSTFLAGS", "--cfg loom"), tally)
}

/// The sanitizer's runtime comes with the toolchain; in a target folder of its own, because it is linked into everything.
pub fn realtime(_: &Floor, tally: &mut Tally) -> Result<()> {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let folder = output(rustc.args(["--print", "target-libdir"]))?;
    let runtime = Path::new(folder.trim()).join("librustc-stable_rt.rtsan.a");
    if !runtime.is_file() {
        println!("skipped: this toolchain has no real-time sanitizer");
        return Ok(());
    }
    let mut sanitized = cargo(&["run", "--package", "sanitizer", "--target-dir"]);
    sanitized.arg(workspace::target().join("sanitizer"));
    count(sanitized.env("RTSAN_ENABLE", "1").env("RTSAN_LIB_PATH", runtime), tally)
}

/// The benches, for a moment each.
pub fn bench(_: &Floor, _: &mut Tally) -> Result<()> {
    run(&mut cargo(&bench::SMOKE))
}

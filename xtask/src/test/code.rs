//! The stages that look at the code: format, lints, tests of the crate, loom, the real-time sanitizer, benches.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Floor;
use super::runner::{Tally, checks, count};
use crate::command::{cargo, output, run};
use crate::{bench, demo, settings, workspace};

/// `cargo fmt --check`
pub fn format(_: &Floor, _: &mut Tally) -> Result<()> {
    component("rustfmt", "fmt")?;
    run(&mut cargo(&["fmt", "--all", "--check"]))
}

/// The feature without which no bench of the window is there.
const WINDOW: &str = "transept-bench/window";

/// Clippy on all targets, each set of features that a user may choose, and the documentation's links.
pub fn lint(_: &Floor, _: &mut Tally) -> Result<()> {
    component("clippy", "clippy")?;
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--features", WINDOW, "--", "-D", "warnings"]))?;
    // One after the other, the features that stand alone; the first is none of them.
    for features in ["", "engine", "loops", "exchange", "impulse", "worker", "memory", "plugin", "cli"] {
        let lint = ["clippy", "--package", "transept", "--lib", "--no-default-features", "--features", features];
        run(cargo(&lint).args(["--", "-D", "warnings"]))?;
    }
    for features in [&[][..], &["--no-default-features", "--features", "impulse"]] {
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
    // In two parts, because the features of a whole workspace are those of no package in it. So the first finds
    // compiled what `cargo test` and the next stages share with it, the second what `cargo xtask` has compiled.
    let others = ["--exclude=xtask", "--exclude=listener", "--exclude=sanitizer", "--exclude=transept-bench"];
    for packages in [&[&["--workspace"], &others[..]].concat()[..], &["--package=xtask"]] {
        let mut test = cargo(&["test", "--no-fail-fast"]);
        floor.display()?.show(test.args(packages));
        if packages.contains(&"--workspace") {
            remember_nothing(&mut test);
        }
        count(&mut test, tally)?;
    }
    Ok(())
}

/// Names no folder of settings, without which the tests of the library and its shells have none: what a window of one
/// test remembers, such as its size, is not for the next one.
fn remember_nothing(test: &mut Command) {
    test.env_remove(settings::VARIABLE);
}

/// The tests in hosts once more, ended by the first block that allocates or frees. The guard is an allocator of its
/// own, and so cannot be in the same build as the tests that bring theirs.
pub fn guard(floor: &Floor, tally: &mut Tally) -> Result<()> {
    let mut test = cargo(&["test", "--package", "transept", "--features", "guard", "--test", "hosts"]);
    floor.display()?.show(&mut test);
    remember_nothing(&mut test);
    count(&mut test, tally)
}

/// In a target folder of its own, because the flag is seen by every crate and would have all of them built again.
pub fn loom(_: &Floor, tally: &mut Tally) -> Result<()> {
    let arguments = ["test", "--package", "transept", "--no-default-features", "--features", "exchange"];
    let mut test = cargo(&arguments);
    test.args(["--test", "engine", "--target-dir"]).arg(workspace::target().join("loom"));
    count(test.env("RUSTFLAGS", "--cfg loom"), tally)
}

/// The sanitizer's runtime comes with the toolchain; in a target folder of its own, because it is linked into
/// everything.
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

/// The bundles, small and without line tables; and what the README says to type after them has nothing left to compile.
pub fn bundle(floor: &Floor, tally: &mut Tally) -> Result<()> {
    checks(
        &[
            ("each bundle is small and has its line tables beside it", |floor: &Floor| floor.bundles()?.check()),
            ("`cargo run --release` compiles nothing that the bundles have compiled", |floor| {
                floor.bundles()?;
                let stale = stale(&["build", "--release", "--bin", "transept"])?;
                ensure!(stale.is_empty(), "compiled again: {}", stale.join(", "));
                Ok(())
            }),
            ("the demo of the README plays, and plugin and program agree", |floor| demo::play(floor.bundles()?)),
        ],
        floor,
        tally,
    )
}

/// The packages that a build compiles, instead of finding them as the last build left them.
fn stale(build: &[&str]) -> Result<Vec<String>> {
    let messages = output(cargo(build).arg("--message-format=json"))?;
    let messages = messages.lines().map(serde_json::from_str::<serde_json::Value>).collect::<Result<Vec<_>, _>>()?;
    let compiled = messages.iter().filter(|message| message["fresh"] == false);
    Ok(compiled.map(|message| message["package_id"].to_string()).collect())
}

/// The benches, for a moment each.
pub fn bench(_: &Floor, _: &mut Tally) -> Result<()> {
    run(&mut cargo(&bench::SMOKE))
}

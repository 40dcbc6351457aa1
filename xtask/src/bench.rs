//! The benches: cost per block and worst callback, side by side with peers.

use anyhow::Result;

use crate::{Consent, command, packages};

/// What the benches are told to show only that they run.
pub const SMOKE: [&str; 5] = ["bench", "--package", "transept-bench", "--", "--test"];

/// `cargo xtask bench [--quick]`; quick measures the processor time beside one peer alone. Otherwise what was found is
/// also written to `docs/measurements.md`, its picture, and the table of `README.md`.
pub fn run(quick: bool) -> Result<()> {
    packages::ensure(packages::build(), Consent::Ask)?;
    let mut bench = command::cargo(&["bench", "--package", "transept-bench", "--bench", "callbacks"]);
    command::run(bench.args(["--", if quick { "--quick" } else { "--document" }]))
}

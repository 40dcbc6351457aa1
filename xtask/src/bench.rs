//! The benches: cost per block and worst callback, side by side with a peer.

use anyhow::Result;

use crate::{Consent, command, packages};

/// What the benches are told to show only that they run.
pub const SMOKE: [&str; 5] = ["bench", "--package", "transept-bench", "--", "--test"];

/// `cargo xtask bench [--quick]`; quick measures the main cells alone, and each a few times only.
pub fn run(quick: bool) -> Result<()> {
    packages::ensure(packages::build(), Consent::Ask)?;
    let mut bench = command::cargo(&["bench", "--package", "transept-bench"]);
    if quick {
        bench.args(["--", "--quick"]);
    }
    command::run(&mut bench)
}

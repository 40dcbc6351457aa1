//! The benches: cost per block and worst callback, side by side with a peer.

use anyhow::Result;

use crate::{Consent, command, packages};

/// Set for the benches when they shall only show that they run.
pub const SMOKE: &str = "TRANSEPT_BENCH_SMOKE";

/// `cargo xtask bench [--quick]`; quick measures each case for a moment only.
pub fn run(quick: bool) -> Result<()> {
    packages::ensure(packages::build(), Consent::Ask)?;
    let mut bench = command::cargo(&["bench", "--package", "transept"]);
    if quick {
        bench.env(SMOKE, "1");
    }
    command::run(&mut bench)
}

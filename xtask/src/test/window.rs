//! The built plugins' windows in hosts.

use anyhow::{Context, Result};

use super::python::script_command;
use super::runner::{Tally, count};
use super::{Floor, editor};

/// Opened and closed while automation plays, and used by a pointer.
pub fn run(floor: &Floor, tally: &mut Tally) -> Result<()> {
    let hands = std::env::current_exe().context("this program is nowhere")?;
    count(script_command(floor, "window.py")?.env("TRANSEPT_HANDS", hands), tally)?;
    editor::run(floor, tally)
}

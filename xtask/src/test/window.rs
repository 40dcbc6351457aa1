//! The built plugins' windows in hosts.

use anyhow::Result;

use super::python::script_command;
use super::runner::{Tally, count};
use super::{Floor, editor};

/// Opened and closed while automation plays.
pub fn run(floor: &Floor, tally: &mut Tally) -> Result<()> {
    count(&mut script_command(floor, "window.py")?, tally)?;
    editor::run(floor, tally)
}

//! The built VST3's window in a real host.

use anyhow::Result;

use super::Floor;
use super::python::script_command;
use super::runner::{Tally, count};

/// Opened and closed while automation plays.
pub fn run(floor: &Floor, tally: &mut Tally) -> Result<()> {
    count(&mut script_command(floor, "window.py")?, tally)
}

//! The user's settings, which plugins and programs under test must not see: they get a folder of their own.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::workspace::target;

/// Names the folder of settings to plugin and program.
pub const VARIABLE: &str = "TRANSEPT_CONFIG";

/// The folder that takes the place of the user's.
pub fn folder() -> PathBuf {
    target().join("config")
}

/// Starts this program once more with [`VARIABLE`] set, unless it names a folder below `target` already: the plugin is
/// also loaded into this process, and no process can change its own environment safely once it has threads.
pub fn apart(words: &[String]) -> Result<()> {
    if env::var_os(VARIABLE).is_some_and(|named| Path::new(&named).starts_with(target())) {
        return Ok(());
    }
    let mut again = Command::new(env::current_exe().context("this program is nowhere")?);
    again.args(words).env(VARIABLE, folder());
    #[cfg(unix)]
    return Err(std::os::unix::process::CommandExt::exec(&mut again)).context("cannot start this program again");
    #[cfg(not(unix))]
    anyhow::bail!("set {VARIABLE} to {} first", folder().display());
}

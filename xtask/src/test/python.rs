//! The built VST3 in two real hosts, and the figures that the program tells: what the scripts in `tests/daw` look at.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::Floor;
use super::runner::{Tally, count};
use crate::{command, settings, workspace};

/// What the scripts need, pinned.
const REQUIREMENTS: &str = "tests/daw/requirements.txt";

/// Names the Python to use instead of the system's.
const PYTHON: &str = "TRANSEPT_PYTHON";

/// pedalboard and dawdreamer, without a window.
pub fn run(floor: &Floor, tally: &mut Tally) -> Result<()> {
    for script in ["in_pedalboard.py", "sessions.py", "instances.py", "in_dawdreamer.py"] {
        count(&mut script_command(floor, script)?, tally)?;
    }
    Ok(())
}

/// Reverberation times against another program's.
pub fn figures(floor: &Floor, tally: &mut Tally) -> Result<()> {
    count(&mut without_display(floor, "figures.py")?, tally)
}

/// A script of `tests/daw` with everything it needs: the bundle, the program, a place for files, a display.
pub fn script_command(floor: &Floor, script: &str) -> Result<Command> {
    let mut command = without_display(floor, script)?;
    floor.display()?.show(&mut command);
    Ok(command)
}

fn without_display(floor: &Floor, script: &str) -> Result<Command> {
    let bundles = floor.bundles()?;
    let mut command = Command::new(environment()?);
    command
        .arg(workspace::root().join("tests/daw").join(script))
        .env("TRANSEPT_VST3", &bundles.vst3)
        .env("TRANSEPT_PROGRAM", &bundles.program)
        .env("TRANSEPT_SCRATCH", workspace::folder("hosts/vst3")?)
        .env(settings::VARIABLE, workspace::folder("hosts/vst3/config")?)
        // Or the scripts leave caches beside themselves, and prints arrive after a crash.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUNBUFFERED", "1");
    Ok(command)
}

/// The Python of an environment under `target/`, made when it is missing or its requirements have changed.
fn environment() -> Result<PathBuf> {
    let folder = workspace::target().join("hosts").join("python");
    let python = folder.join("bin").join("python");
    let stamp = folder.join("requirements.txt");
    let wanted = std::fs::read_to_string(REQUIREMENTS).with_context(|| format!("cannot read {REQUIREMENTS}"))?;
    if python.exists() && std::fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(python);
    }
    let base = base_python();
    let version =
        command::output(Command::new(&base).args(["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]))
            .context("there is no Python 3")?;
    if !is_new_enough(version.trim()) {
        bail!(
            "{} is Python {}, and what {REQUIREMENTS} names needs 3.11 or newer; name another with {PYTHON}=/path/to/python3",
            base.display(),
            version.trim()
        );
    }
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    command::run(Command::new(&base).args(["-m", "venv"]).arg(&folder))
        .context("no Python environment; package python3-venv makes it possible")?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "-r"];
    command::run(Command::new(&python).args(install).arg(REQUIREMENTS))
        .with_context(|| format!("what {REQUIREMENTS} names cannot be installed for Python {}", version.trim()))?;
    std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(python)
}

/// The system's own before one that comes first in the path: its `venv` is the one that the system package brings.
fn base_python() -> PathBuf {
    match std::env::var_os(PYTHON) {
        Some(named) => named.into(),
        None if Path::new("/usr/bin/python3").exists() => "/usr/bin/python3".into(),
        None => "python3".into(),
    }
}

fn is_new_enough(version: &str) -> bool {
    version
        .split_once('.')
        .is_some_and(|(major, minor)| major == "3" && minor.parse().is_ok_and(|minor: u32| minor >= 11))
}

#[cfg(test)]
mod tests {
    use super::is_new_enough;

    #[test]
    fn python_3_9_is_older_than_3_11() {
        assert!(is_new_enough("3.11") && is_new_enough("3.14"));
        assert!(!is_new_enough("3.9") && !is_new_enough("3.10") && !is_new_enough("2.7") && !is_new_enough(""));
    }
}

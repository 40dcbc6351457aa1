//! Other programs: said aloud, run, and their failure turned into an error.

use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The cargo that runs us.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    if is_unattended() {
        // All is compiled once: what would make the next time quicker only takes time.
        command.env("CARGO_INCREMENTAL", "0");
    }
    command
}

/// True in a service that builds and tests by itself.
pub fn is_unattended() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

/// Runs `command` with its output passed through; an error when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", line(command));
    let status = command.status().with_context(|| format!("cannot start `{}`", line(command)))?;
    judge(command, status)
}

/// What `command` writes to its standard output; an error when it fails.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start `{}`", line(command)))?;
    if !output.status.success() {
        bail!("`{}` failed: {}", line(command), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// An error when `status` is not success.
pub fn judge(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// The command as one would type it, with the variables set for it in front.
pub fn line(command: &Command) -> String {
    let variables = command
        .get_envs()
        .filter_map(|(name, value)| Some(format!("{}={}", name.to_string_lossy(), quoted(&value?.to_string_lossy()))));
    let program = command.get_program().to_string_lossy();
    let name = program.rsplit('/').next().unwrap_or(&program).to_owned();
    let words = command.get_args().map(|word| quoted(&word.to_string_lossy()));
    variables.chain([name]).chain(words).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    if word.contains([' ', '\n', '\'']) { format!("{word:?}") } else { word.to_owned() }
}

/// A command that the system ends when we end, however that happens.
pub fn companion(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", "--", program]);
    command
}

/// Sends a signal. By the shell, which has `kill` built in: the program of that name is not on every machine.
pub fn signal(child: &Child, name: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("kill -{name} {}", child.id())]);
    command
}

/// How long a companion that is asked to end may take before it is killed.
const POLITENESS: Duration = Duration::from_secs(5);

/// A running program that ends with its owner: a server under a test.
pub struct Companion(pub Child);

impl Drop for Companion {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        // Asked first: a server that is killed leaves its sockets and shared memory behind.
        let asked = signal(&self.0, "TERM").status().is_ok_and(|status| status.success());
        let began = Instant::now();
        while asked && began.elapsed() < POLITENESS && matches!(self.0.try_wait(), Ok(None)) {
            std::thread::park_timeout(Duration::from_millis(20));
        }
        // Nothing is left to be done about either: it is gone, or was never ours to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

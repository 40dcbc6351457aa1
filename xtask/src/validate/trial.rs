//! One run of a validator, with its output in a file.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::counts::{Counts, Reader, plain};
use crate::command;

/// How often the end of a run is looked for.
const LOOK: Duration = Duration::from_millis(50);

/// Runs `command`, which ends at the latest after `patience`, and counts by `read` what it writes to `log`.
///
/// A run that ends before its result, by a signal or by our patience, or that says by its exit code alone that
/// something is wrong, has one test failed at least.
pub fn play(command: &mut Command, log: &Path, patience: Duration, read: Reader) -> Result<Counts> {
    let line = command::line(command);
    let output = File::create(log).with_context(|| format!("cannot create {}", log.display()))?;
    // A group of its own: clap-validator leaves chunks running that took too long.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .spawn()
        .with_context(|| format!("cannot start `{line}`"))?;
    let began = Instant::now();
    let status = loop {
        match child.try_wait()? {
            Some(status) => break Some(status),
            None if began.elapsed() > patience => break None,
            None => std::thread::park_timeout(LOOK),
        }
    };
    // Whoever is left of the group, the validator too if it ran out of our patience; nobody is as a rule.
    let group = format!("kill -KILL -{} 2>/dev/null", child.id());
    let _ = Command::new("sh").args(["-c", &group]).status();
    child.wait()?;

    let bytes = fs::read(log).with_context(|| format!("cannot read {}", log.display()))?;
    let output = plain(&String::from_utf8_lossy(&bytes));
    let ending = status.map_or_else(|| format!("no end after {} s", patience.as_secs()), |status| status.to_string());
    fs::write(log, format!("$ {line}\n{output}\n{ending}\n"))
        .with_context(|| format!("cannot write {}", log.display()))?;
    let counts = read(&output);
    let well = counts.is_some() && status.is_some_and(|status| status.success());
    let mut counts = counts.unwrap_or_default();
    if !well {
        counts.failed = counts.failed.max(1);
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::counts;
    use crate::workspace;

    /// What a run of `script` counts, and its log.
    fn played(name: &str, script: &str, patience: Duration) -> (Counts, String) {
        let log = workspace::folder("validate-tests").expect("a folder").join(name);
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let counts = play(&mut command, &log, patience, counts::vst3).expect("a run");
        (counts, fs::read_to_string(log).expect("a log"))
    }

    const LONG: Duration = Duration::from_secs(600);

    #[test]
    fn both_outputs_are_kept_and_read() {
        let script = "echo 'ERROR: x' >&2; echo 'Result: 3 tests passed, 0 tests failed'";
        let (counts, log) = played("well", script, LONG);
        assert_eq!(counts, Counts { passed: 3, errors: 1, ..Counts::default() });
        assert!(log.contains("ERROR: x") && log.contains("Result: 3") && log.starts_with("$ sh -c"), "{log}");
    }

    #[test]
    fn a_run_without_a_result_has_failed_and_so_has_one_that_says_so_by_its_code() {
        assert_eq!(played("silent", "true", LONG).0.failed, 1);
        assert_eq!(played("code", "echo 'Result: 3 tests passed, 0 tests failed'; exit 1", LONG).0.failed, 1);
        assert_eq!(played("counted", "echo 'Result: 3 tests passed, 2 tests failed'; exit 255", LONG).0.failed, 2);
        assert_eq!(played("signal", "kill -SEGV $$", LONG).0.failed, 1);
    }

    #[test]
    fn a_run_that_does_not_end_is_ended_and_has_failed() {
        let (counts, log) = played("hang", "sleep 600", Duration::ZERO);
        assert_eq!(counts.failed, 1);
        assert!(log.contains("no end after 0 s"), "{log}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_run_leaves_running_ends_with_it() {
        let (counts, log) =
            played("left", "sleep 600 & echo left $!; echo 'Result: 1 tests passed, 0 tests failed'", LONG);
        assert_eq!(counts.passed, 1);
        let left = log.lines().find_map(|line| line.strip_prefix("left ")).expect("a process");
        let state = || fs::read_to_string(format!("/proc/{left}/stat")).ok();
        // It is gone, or dead and not yet waited for by whoever took it over.
        let gone = || state().is_none_or(|stat| stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('Z')));
        let began = Instant::now();
        while !gone() {
            assert!(began.elapsed() < Duration::from_secs(60), "it goes on");
            std::thread::park_timeout(LOOK);
        }
    }
}

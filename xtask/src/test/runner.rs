//! Test runners: their output passed on, their counts read from it.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::ops::AddAssign;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::command;

/// How many tests there were.
#[derive(Default, Clone, Copy, PartialEq, Debug)]
pub struct Tally {
    /// Kept their promise.
    pub passed: usize,
    /// Did not.
    pub failed: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { passed: 0, failed: 0 } => Ok(()),
            Self { passed, failed: 0 } => write!(formatter, "{passed} passed"),
            Self { passed, failed } => write!(formatter, "{passed} passed, {failed} failed"),
        }
    }
}

/// Runs `command`, passes its output on, and adds the counts of its summary lines to `tally`.
///
/// An error when it fails, or when it succeeds without having counted anything: a runner that ran no test proves
/// nothing.
pub fn count(command: &mut Command, tally: &mut Tally) -> Result<()> {
    println!("$ {}", command::line(command));
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start `{}`", command::line(command)))?;
    let output = BufReader::new(child.stdout.take().expect("its output was piped"));
    let mut counted = false;
    for line in output.lines() {
        // A test may print what is no text.
        let Ok(line) = line else { continue };
        println!("{line}");
        if let Some(summary) = summary(&line) {
            counted = true;
            *tally += summary;
        }
    }
    command::judge(command, child.wait()?)?;
    ensure!(counted, "`{}` ended well, but without counting a test", command::line(command));
    Ok(())
}

/// The counts in a runner's last line: `test result: ok. 3 passed; 0 failed; …` of Rust's, `3 passed, 0 failed` of
/// ours.
fn summary(line: &str) -> Option<Tally> {
    let counts = match line.strip_prefix("test result: ") {
        Some(rest) => rest.split_once(". ")?.1,
        None => line,
    };
    let mut parts = counts.split([';', ',']);
    let mut number = |word: &str| parts.next()?.trim().strip_suffix(word)?.trim().parse().ok();
    Some(Tally { passed: number("passed")?, failed: number("failed")? })
}

/// A promise, and what finds out whether it is kept.
pub type Check<T> = (&'static str, fn(&T) -> Result<()>);

/// Runs tests that live in this program: each by name, told like any runner's.
pub fn checks<T>(checks: &[Check<T>], stage: &T, tally: &mut Tally) -> Result<()> {
    for (promise, check) in checks {
        match check(stage) {
            Ok(()) => {
                println!("ok      {promise}");
                tally.passed += 1;
            }
            Err(error) => {
                println!("FAILED  {promise}\n        {error:#}");
                tally.failed += 1;
            }
        }
    }
    ensure!(tally.failed == 0, "{} of {} checks failed", tally.failed, checks.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_of_each_runner_are_read_and_no_others() {
        let rust = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 4 filtered out; finished in 0.01s";
        assert_eq!(summary(rust), Some(Tally { passed: 12, failed: 3 }));
        assert_eq!(summary("7 passed, 0 failed"), Some(Tally { passed: 7, failed: 0 }));
        for other in ["running 3 tests", "test a ... ok", "", "the 2 passed, 3 failed tries", "passed, failed"] {
            assert_eq!(summary(other), None, "{other}");
        }
    }

    #[test]
    fn a_runner_that_counts_nothing_is_no_proof() {
        let mut tally = Tally::default();
        assert!(count(Command::new("true").arg(""), &mut tally).is_err());
        assert!(count(Command::new("echo").arg("2 passed, 0 failed"), &mut tally).is_ok());
        assert_eq!(tally, Tally { passed: 2, failed: 0 });
    }

    #[test]
    fn a_runner_that_fails_is_an_error_and_its_counts_are_kept() {
        let mut tally = Tally::default();
        let script = "echo 'test result: FAILED. 1 passed; 2 failed; 0 ignored'; exit 101";
        assert!(count(Command::new("sh").args(["-c", script]), &mut tally).is_err());
        assert_eq!(tally, Tally { passed: 1, failed: 2 });
    }
}

//! What a validator said, as numbers read from its output.

use std::fmt;
use std::ops::AddAssign;

/// The tests of a run, or of several, and how often somebody complained.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub struct Counts {
    /// Tests that the plugin passed.
    pub passed: usize,
    /// Tests that it did not pass, and runs that broke.
    pub failed: usize,
    /// Tests that the validator did not run, because the plugin has not what they are for.
    pub skipped: usize,
    /// Lines in which the validator tells an error, a warning or a panic. A test can print one and pass.
    pub errors: usize,
    /// Warnings and errors in the plugin's own log.
    pub logged: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.errors += other.errors;
        self.logged += other.logged;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, skipped, errors, logged } = self;
        write!(
            formatter,
            "{passed} passed, {failed} failed, {skipped} skipped, {errors} error lines, {logged} in the log"
        )
    }
}

/// Reads an output without colours. `None` where it ends before its result: the validator broke, or the plugin broke
/// it.
pub type Reader = fn(&str) -> Option<Counts>;

/// Of `clap-validator validate`, which sums up in its last line.
pub fn clap_tests(output: &str) -> Option<Counts> {
    let summary = output.lines().rev().find_map(|line| line.split_once(" run, ").map(|(_, counts)| counts))?;
    let number = |word: &str| {
        let counts = summary.split(", ").find_map(|part| part.trim().strip_suffix(word));
        counts?.trim().parse().ok()
    };
    Some(Counts {
        passed: number("passed")?,
        failed: number("failed")?,
        skipped: number("skipped")?,
        ..complaints(output)
    })
}

/// Of `clap-validator fuzz`: each chunk that went well is a line of its log if that is verbose enough, and each other
/// one a box at the end. A chunk that is repeated by its seed is such a box in either case.
pub fn clap_chunks(output: &str) -> Option<Counts> {
    let mut counts = complaints(output);
    for line in output.lines() {
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            [_, "DEBUG", "OK", ..] | ["└──", "OK", ..] => counts.passed += 1,
            ["└──", "FAILED" | "CRASHED", ..] => counts.failed += 1,
            _ => {}
        }
    }
    (counts.passed + counts.failed > 0).then_some(counts)
}

/// Of pluginval, which tells the end of each group of tests, and at last the verdict.
pub fn pluginval(output: &str) -> Option<Counts> {
    let lines = |start: &str| output.lines().filter(|line| line.starts_with(start)).count();
    (lines("SUCCESS") + lines("FAILURE") == 1).then(|| Counts {
        passed: lines("Completed tests in "),
        failed: lines("FAILED!!  "),
        ..complaints(output)
    })
}

/// Of Steinberg's validator, which sums up before its last ruler.
pub fn vst3(output: &str) -> Option<Counts> {
    let summary = output.lines().rev().find_map(|line| line.strip_prefix("Result: "))?;
    let (passed, failed) = summary.strip_suffix(" tests failed")?.split_once(" tests passed, ")?;
    Some(Counts { passed: passed.parse().ok()?, failed: failed.parse().ok()?, ..complaints(output) })
}

/// The lines that tell an error, a warning or a panic.
fn complaints(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines() {
        let mut words = line.split_whitespace();
        match words.clone().next() {
            // The plugin's log begins a line with its level, and nobody else does without a colon.
            Some("ERROR" | "WARN") => counts.logged += 1,
            _ if line.contains(" panicked at ") || words.any(is_level) => counts.errors += 1,
            _ => {}
        }
    }
    counts
}

/// True for a word with which a validator, or a library that it brings, begins to tell what is wrong.
fn is_level(word: &str) -> bool {
    match word.strip_suffix(':') {
        Some(level) => level.eq_ignore_ascii_case("error") || level.eq_ignore_ascii_case("warning"),
        None => matches!(word, "ERROR" | "WARN"),
    }
}

/// `output` without the sequences that colour a terminal.
pub fn plain(output: &str) -> String {
    let mut pieces = output.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    // A sequence ends with its first letter.
    pieces.fold(first, |plain, piece| plain + piece.split_once(|c: char| c.is_ascii_alphabetic()).map_or("", |p| p.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_the_clap_tests_is_read_whatever_their_order() {
        let output = "\
   12ms  INFO Test scan completed validator
ERROR Failed to load state: it ends early
   15ms ERROR Test state-twice failed validator
   16ms  WARN Test slow completed with a warning validator
┌─ Plugin
│ └──── WARNING ── 3ms
└── 3 tests
34 tests run, 20 passed, 2 failed, 1 warnings, 11 skipped
";
        assert_eq!(clap_tests(output), Some(Counts { passed: 20, failed: 2, skipped: 11, errors: 2, logged: 1 }));
        let before = "4 tests run, 1 passed, 1 failed, 2 skipped, 0 warnings";
        assert_eq!(clap_tests(before), Some(Counts { passed: 1, failed: 1, skipped: 2, errors: 0, logged: 0 }));
    }

    #[test]
    fn chunks_of_the_fuzzer_are_counted_by_their_verdicts() {
        let went_well = "\
    3ms DEBUG Plugin has requested a restart plugin
   10ms DEBUG OK 'a.plugin' (seed 1) fuzz
   20ms DEBUG OK 'a.plugin' (seed 2) fuzz
OK: fuzzing finished successfully
";
        assert_eq!(clap_chunks(went_well), Some(Counts { passed: 2, ..Counts::default() }));
        let did_not = "\
   10ms DEBUG OK 'a.plugin' (seed 1) fuzz
   20ms ERROR Timed out after 60 seconds (a.plugin, seed 2) fuzz

┌─ a.plugin
│ Timed out after 60 seconds
└── CRASHED ── 2

┌─ a.plugin
│ a subnormal sample
└── FAILED ── 3
";
        assert_eq!(clap_chunks(did_not), Some(Counts { passed: 1, failed: 2, skipped: 0, errors: 1, logged: 0 }));
        let repeated = "┌─ a.plugin\n└── OK ── 3\n";
        assert_eq!(clap_chunks(repeated), Some(Counts { passed: 1, ..Counts::default() }));
    }

    #[test]
    fn groups_of_pluginval_are_counted_by_how_they_end() {
        let output = "\
Starting tests in: pluginval / Editor...
Completed tests in pluginval / Editor
Starting tests in: pluginval / State...
!!! Test 3 failed: Gain not restored
!!! Test 5 failed: Mode not restored

FAILED!!  2 tests failed, out of a total of 9

Starting tests in: pluginval / Bypass...
 WARN the window is late
Completed tests in pluginval / Bypass
FAILURE
*** FAILED
";
        assert_eq!(pluginval(output), Some(Counts { passed: 2, failed: 1, skipped: 0, errors: 0, logged: 1 }));
        let well = "Completed tests in pluginval / Bypass\nSUCCESS\n";
        assert_eq!(pluginval(well), Some(Counts { passed: 1, ..Counts::default() }));
    }

    #[test]
    fn errors_that_steinbergs_validator_prints_are_counted_though_it_passes() {
        let output = "\
[Scan Parameters]
Info:  This component exports 3 parameter(s)
[Succeeded]
[Bypass persistence]
ERROR: Bypass was not kept
[Succeeded]
-----
Result: 47 tests passed, 1 tests failed
-----
";
        assert_eq!(vst3(output), Some(Counts { passed: 47, failed: 1, skipped: 0, errors: 1, logged: 0 }));
    }

    #[test]
    fn an_output_that_ends_before_its_result_has_no_counts() {
        let readers: [Reader; 4] = [clap_tests, clap_chunks, pluginval, vst3];
        for broken in ["", "Starting tests in: pluginval / Editor...", "[Scan Parameters]\n", "12ms INFO started\n"] {
            assert!(readers.iter().all(|read| read(broken).is_none()), "{broken}");
        }
    }

    #[test]
    fn complaints_are_levels_of_a_log_and_not_words_of_a_text() {
        let told = |line| (complaints(line).errors, complaints(line).logged);
        for line in ["ERROR: x", "Error: x", "!!! WARNING: x", "9ms ERROR x", "9ms  WARN x", "a thread panicked at x"] {
            assert_eq!(told(line), (1, 0), "{line}");
        }
        for line in ["ERROR x", " WARN x"] {
            assert_eq!(told(line), (0, 1), "{line}");
        }
        for line in ["2 warnings", "0 error lines", "Info: no error", "FAILED", "An Error Correcting Code", " INFO x"] {
            assert_eq!(told(line), (0, 0), "{line}");
        }
    }

    #[test]
    fn colours_are_taken_away_and_nothing_else() {
        assert_eq!(plain("\u{1b}[2m  12\u{1b}[0mms \u{1b}[1;31mERROR\u{1b}[0m [x] "), "  12ms ERROR [x] ");
        assert_eq!(plain("plain"), "plain");
    }
}

//! A validator as it is on this machine.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::series::{self, Series};

/// One of the validators that there are.
pub struct Validator {
    /// Its name.
    pub name: &'static str,
    /// The option that says where it is.
    pub option: &'static str,
    /// The name of its program in `PATH`.
    program: &'static str,
    /// Text in what it prints for its version that no other program prints.
    mark: &'static str,
    /// The bundle that it is for.
    pub bundle: &'static str,
    /// The series of runs that a wish asks for.
    pub plan: fn(&Path, &series::Wish) -> Vec<Series>,
}

/// All of them, the quickest first.
pub const VALIDATORS: [Validator; 3] = [
    Validator {
        name: "clap-validator",
        option: "--clap-validator",
        program: "clap-validator",
        mark: "clap-validator ",
        bundle: "Transept.clap",
        plan: series::clap_validator,
    },
    Validator {
        name: "Steinberg's validator",
        option: "--vst3-validator",
        program: "validator",
        mark: " Plug-in Validator",
        bundle: "Transept.vst3",
        plan: series::vst3_validator,
    },
    Validator {
        name: "pluginval",
        option: "--pluginval",
        program: "pluginval",
        mark: "pluginval - ",
        bundle: "Transept.vst3",
        plan: series::pluginval,
    },
];

/// A validator that was found.
pub struct Found {
    /// Its program.
    pub path: PathBuf,
    /// Its version.
    pub version: String,
}

impl Validator {
    /// Where it is and in which version: at `named`, or else in `PATH`. What is named must be it; another program of
    /// its name in `PATH` is not it.
    pub fn find(&self, named: Option<&Path>) -> Result<Option<Found>> {
        let found = |path: PathBuf| Some(Found { version: self.version(&path)?, path });
        match named {
            Some(path) => {
                let path = path.canonicalize().with_context(|| format!("there is no {}", path.display()))?;
                let why = format!("{} does not answer `--version` as {} does", path.display(), self.name);
                found(path).context(why).map(Some)
            }
            None => {
                let folders = env::var_os("PATH").unwrap_or_default();
                let mut paths = env::split_paths(&folders).map(|folder| folder.join(self.program));
                Ok(paths.find(|path| path.is_file()).and_then(found))
            }
        }
    }

    /// The version that the program at `path` tells, if it is this validator.
    fn version(&self, path: &Path) -> Option<String> {
        let output = Command::new(path).arg("--version").output().ok()?;
        self.version_in(&String::from_utf8_lossy(&output.stdout))
    }

    fn version_in(&self, answer: &str) -> Option<String> {
        let line = answer.lines().find(|line| line.contains(self.mark))?;
        line.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_of_the_own_program_alone() {
        let answers = ["clap-validator 0.4.1\n", "VST 3.7.14 Plug-in Validator\nProgram by X\n", "pluginval - 1.0.3\n"];
        for (mine, validator) in VALIDATORS.iter().enumerate() {
            for (other, answer) in answers.iter().enumerate() {
                let version = validator.version_in(answer);
                assert_eq!(version.is_some(), mine == other, "{} of {answer}", validator.name);
            }
        }
        assert_eq!(VALIDATORS[1].version_in(answers[1]).as_deref(), Some("3.7.14"));
    }

    #[test]
    fn a_program_that_is_named_must_be_the_validator() {
        assert!(VALIDATORS[0].find(Some(Path::new("/nowhere/clap-validator"))).is_err());
        assert!(VALIDATORS[0].find(Some(Path::new("/bin/true"))).is_err());
    }
}

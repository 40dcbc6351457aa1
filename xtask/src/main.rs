//! Tools that build, install, show, test, validate and measure Transept. They know the built artefacts, never the
//! sources.

mod bench;
mod bundle;
mod command;
mod cost;
mod demo;
mod difference;
mod display;
mod host;
mod install;
mod packages;
mod phrase;
mod render;
mod room;
mod settings;
mod size;
mod test;
mod validate;
mod wave;
mod weigh;
mod workspace;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
What is done to Transept.

Usage: cargo xtask COMMAND

  demo [--yes]         hear it: install what is missing, build, play a phrase through the plugin and the program
  bundle               build the VST3, the CLAP and the program into target/bundled
  install              bundle, and put the plugins where hosts look: ~/.vst3 and ~/.clap
  install --remove     take them away again
  test [--yes] [STAGE…]  everything that must hold, or the stages named (see --list)
  validate [OPTION…]   clap-validator, pluginval and Steinberg's validator, where you have them, again and again
  bench [--quick]      cost per block, side by side with four peers
  cost                 what the plugin's window costs, and how soon it shows a picture
  weigh                crates and processor time of cold builds, and the size of the bundles
  packages [--yes]     install the system packages that the commands above need

--yes answers the question whether packages may be installed; CI=true in the environment does the same.
`cargo xtask COMMAND --help` tells more about one of them.";

/// The commands with what `--help` says about each.
const HELP: &[(&str, &str)] = &[
    ("demo", DEMO),
    ("bundle", BUNDLE),
    ("install", INSTALL),
    ("test", test::USAGE),
    ("validate", validate::USAGE),
    ("bench", BENCH),
    ("cost", COST),
    ("weigh", WEIGH),
    ("packages", PACKAGES),
];

const DEMO: &str = "\
Hear it: builds plugin and program, and plays a phrase through both in three rooms, into target/demo.

Usage: cargo xtask demo [--yes]

  --yes   install missing system packages without a question; CI=true in the environment does the same";

const BUNDLE: &str = "\
Builds the VST3, the CLAP and the program into target/bundled, and says how large they are.

On Linux their line tables are beside them: Transept.so.debug, and Transept.debug of the program.

Usage: cargo xtask bundle";

const INSTALL: &str = "\
Bundles, and puts the plugins where hosts look: ~/.vst3 and ~/.clap. What was there under their names is replaced.

Usage: cargo xtask install [--remove]

  --remove   take them away again";

const BENCH: &str = "\
Cost per block and worst callback, side by side with four peers: two from the registry, zita-convolver and FFmpeg's afir
where Debian's libzita-convolver-dev, libfftw3-dev and libavfilter-dev are installed, and files beside ffmpeg. Writes
docs/measurements.md, its picture and the table of README.md. It takes about 20 minutes and needs nobody; on a machine
that does other work besides, ratios hold better than times.

Usage: cargo xtask bench [--quick]

  --quick   the processor time beside zita-convolver alone, in about 2 minutes; writes nothing

The engine's loops one by one, head, transforms and products, with every set of instructions:
  cargo bench --package transept-bench --bench loops
Where the time of a callback goes:
  cargo bench --package transept-bench --bench profile
A long file beside ffmpeg:
  cargo bench --package transept-bench --bench files";

const COST: &str = "\
Builds the plugin, opens its window in a host of its own on a display without a screen, and tells the processor time that
it takes, with OpenGL in software, and the time until it shows a picture. About two minutes.

Usage: cargo xtask cost";

const WEIGH: &str = "\
Builds the engine alone and the demo from nothing, in target/weigh, and tells crates, processor time and sizes of bundles.

Usage: cargo xtask weigh";

const PACKAGES: &str = "\
Installs the system packages that building and testing need, after saying which and asking.

Usage: cargo xtask packages [--yes]

  --yes   do not ask; CI=true in the environment does the same";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match settings::apart(&words).and_then(|()| run(&words)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> anyhow::Result<ExitCode> {
    workspace::enter()?;
    let (command, arguments) = match words.split_first() {
        Some((command, arguments)) => (command.as_str(), arguments),
        None => ("help", words),
    };
    let asks_for_help = arguments.iter().any(|word| word == "--help" || word == "-h");
    if let Some((_, help)) = HELP.iter().find(|(name, _)| asks_for_help && *name == command) {
        println!("{help}");
        return Ok(ExitCode::SUCCESS);
    }
    match command {
        "demo" => demo::run(Consent::from(only(arguments, &["--yes"])?)),
        "bundle" => only(arguments, &[]).and_then(|_| bundle::run()),
        "install" => install::run(!only(arguments, &["--remove"])?.is_empty()),
        "test" => return test::run(arguments),
        "validate" => return validate::run(arguments),
        // Not for people: a test that needs a process of its own.
        test::editor::HOST => {
            let (path, words) = arguments.split_first().ok_or_else(|| anyhow::anyhow!("the host needs a CLAP"))?;
            return test::editor::host(Path::new(path), words.first().map(String::as_str));
        }
        test::hands::HANDS => return test::hands::run(arguments),
        "bench" => bench::run(!only(arguments, &["--quick"])?.is_empty()),
        "cost" => only(arguments, &[]).and_then(|_| cost::run()),
        cost::HOST => {
            let [path] = arguments else { anyhow::bail!("the host needs the path of a CLAP") };
            return cost::host(Path::new(path));
        }
        "weigh" => only(arguments, &[]).and_then(|_| weigh::run()),
        "packages" => packages::ensure(packages::all(), Consent::from(only(arguments, &["--yes"])?)),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => anyhow::bail!("no command `{other}`\n\n{USAGE}"),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// Whether system packages may be installed without a question.
#[derive(Clone, Copy, PartialEq)]
pub enum Consent {
    /// `--yes` was given.
    Given,
    /// The user is asked where there is one.
    Ask,
}

impl From<&[String]> for Consent {
    fn from(options: &[String]) -> Self {
        if options.iter().any(|option| option == "--yes") { Self::Given } else { Self::Ask }
    }
}

/// Refuses every argument that the command does not know, so that a misspelt one is not silently ignored.
fn only<'a>(arguments: &'a [String], known: &[&str]) -> anyhow::Result<&'a [String]> {
    match arguments.iter().find(|argument| !known.contains(&argument.as_str())) {
        Some(unknown) => anyhow::bail!("`{unknown}` is not understood here\n\n{USAGE}"),
        None => Ok(arguments),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_explains_itself_when_asked_and_does_nothing() {
        let listed = USAGE.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
        for command in listed {
            assert!(HELP.iter().any(|(name, _)| *name == command), "{command} has no help");
            for word in ["--help", "-h"] {
                run(&[command.to_owned(), word.to_owned()]).expect("help");
            }
        }
    }
}

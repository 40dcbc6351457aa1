//! The system packages of Debian and Ubuntu that building and testing need.

use std::io::{IsTerminal, Write};
use std::process::Command;

use anyhow::{Result, bail};

use crate::Consent;
use crate::command;

/// One system package and what it is for.
#[derive(Clone, Copy)]
pub struct Package {
    name: &'static str,
    why: &'static str,
}

const BUILD: &[Package] = &[
    Package { name: "libasound2-dev", why: "the standalone's sound output" },
    Package { name: "libjack-jackd2-dev", why: "the standalone's sound server" },
    Package { name: "pkg-config", why: "finds the libraries above" },
];

const TEST: &[Package] = &[
    Package { name: "mesa-vulkan-drivers", why: "draws the window in the snapshot tests" },
    Package { name: "xvfb", why: "a display without a screen" },
    Package { name: "openbox", why: "a window manager on that display" },
    Package { name: "wmctrl", why: "closes a window there as a user does" },
    Package { name: "libgl1", why: "OpenGL, for the window and the hosts" },
    Package { name: "libgl1-mesa-dri", why: "OpenGL in software" },
    Package { name: "libxcursor1", why: "the window's mouse pointer" },
    Package { name: "libatomic1", why: "one of the hosts" },
    Package { name: "jackd2", why: "a sound server for the standalone's test" },
    Package { name: "vorbis-tools", why: "writes the Ogg file that is read in a test" },
    Package { name: "python3-venv", why: "two VST3 hosts, and figures to compare with" },
];

/// What compiling needs.
pub fn build() -> Vec<Package> {
    BUILD.to_vec()
}

/// What compiling and every test need.
pub fn all() -> Vec<Package> {
    [BUILD, TEST].concat()
}

/// Installs those of `packages` that are missing, after saying which and asking.
///
/// Asks on a terminal; without one it goes ahead only when told by `--yes` or by `CI=true`, and otherwise fails with
/// the command to type. On a system without dpkg it says what is needed and goes on.
pub fn ensure(packages: Vec<Package>, consent: Consent) -> Result<()> {
    if !answers("dpkg-query", &["--version"]) {
        println!("This is no Debian or Ubuntu; please see to it that you have what these packages hold:");
        list(&packages);
        return Ok(());
    }
    let missing: Vec<Package> = packages.into_iter().filter(|package| !is_installed(package.name)).collect();
    if missing.is_empty() {
        println!("All system packages are there.");
        return Ok(());
    }
    println!("System packages that are missing:");
    list(&missing);
    let install = install_command(&missing);
    println!("They are installed by\n  {}", install.iter().map(command::line).collect::<Vec<_>>().join(" && "));
    if consent == Consent::Ask && !command::is_unattended() {
        if !std::io::stdin().is_terminal() {
            bail!("system packages are missing; type the line above, or give --yes");
        }
        if !agreed()? {
            bail!("nothing was installed; the line above does it by hand");
        }
    }
    for mut step in install {
        command::run(&mut step)?;
    }
    match missing.iter().find(|package| !is_installed(package.name)) {
        Some(package) => bail!("{} is still missing after the installation", package.name),
        None => Ok(()),
    }
}

fn list(packages: &[Package]) {
    for package in packages {
        println!("  {:<20} {}", package.name, package.why);
    }
}

fn agreed() -> Result<bool> {
    print!("Install them now? [Y/n] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}

/// Refresh the lists, then install: by sudo unless we are root.
fn install_command(packages: &[Package]) -> Vec<Command> {
    let is_root = command::output(Command::new("id").arg("-u")).is_ok_and(|user| user.trim() == "0");
    let apt = |arguments: &[&str]| {
        let mut command = if is_root { Command::new("env") } else { Command::new("sudo") };
        if !is_root {
            command.arg("env");
        }
        // Or jackd2 asks a question of its own and waits for ever where nobody can answer.
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments);
        command
    };
    let names = packages.iter().map(|package| package.name);
    let install: Vec<&str> = ["install", "--yes", "--no-install-recommends"].into_iter().chain(names).collect();
    vec![apt(&["update"]), apt(&install)]
}

fn is_installed(package: &str) -> bool {
    command::output(Command::new("dpkg-query").args(["--show", "--showformat=${db:Status-Status}\n", package]))
        .is_ok_and(|status| status.lines().any(|line| line == "installed"))
}

fn answers(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

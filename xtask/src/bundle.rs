//! One release build, and the bundles made from it.

mod symbols;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::workspace::{shown, target};
use crate::{command, packages, size};

/// Bytes that a bundle may have at most.
const LIMIT: u64 = 20_000_000;

/// What a build leaves behind.
pub struct Bundles {
    /// The CLAP, a single file.
    pub clap: PathBuf,
    /// The VST3, a folder.
    pub vst3: PathBuf,
    /// The `transept` program as cargo built it, with its symbols.
    pub program: PathBuf,
    /// The program as it is given away.
    pub standalone: PathBuf,
}

impl Bundles {
    /// Where they are, built or not.
    pub fn places() -> Self {
        Self::in_folder(&target())
    }

    /// Where they are in another target folder.
    pub fn in_folder(target: &Path) -> Self {
        let bundled = target.join("bundled");
        Self {
            clap: bundled.join("Transept.clap"),
            vst3: bundled.join("Transept.vst3"),
            program: target.join("release").join("transept"),
            standalone: bundled.join("Transept"),
        }
    }

    /// Where they are, newly built.
    ///
    /// Library and program come from one `cargo build`, the one that `cargo run --release` does too: another choice of
    /// packages, features or profile would compile the framework again.
    pub fn build() -> Result<Self> {
        command::run(&mut command::cargo(&["build", "--release"]))?;
        nice_plug_xtask::bundle(&target(), "transept", &["--release".to_owned()], false)
            .context("cannot bundle what was built")?;
        let bundles = Self::places();
        for path in [&bundles.clap, &bundles.vst3, &bundles.program] {
            ensure!(path.exists(), "{} was not built: does the library export the plugin?", shown(path));
        }
        if cfg!(target_os = "linux") {
            symbols::split(&bundles)?;
        }
        Ok(bundles)
    }

    /// Each bundle with its name.
    pub fn named(&self) -> [(&'static str, &PathBuf); 3] {
        [("VST3", &self.vst3), ("CLAP", &self.clap), ("program", &self.standalone)]
    }

    /// An error when a bundle is too large or carries debug information.
    pub fn check(&self) -> Result<()> {
        for (name, path) in self.named() {
            let bytes = size::of(path)?;
            ensure!(bytes <= LIMIT, "the {name} has {}, and may have {}", size::shown(bytes), size::shown(LIMIT));
        }
        symbols::check(self)
    }
}

/// `cargo xtask bundle`
pub fn run() -> Result<()> {
    packages::ensure(packages::build(), crate::Consent::Ask)?;
    let bundles = Bundles::build()?;
    println!();
    for (name, path) in bundles.named() {
        println!("{name:<8} {:>8}  {}", size::shown(size::of(path)?), path.display());
    }
    println!("\n`cargo xtask install` puts the plugins where hosts look.");
    Ok(())
}

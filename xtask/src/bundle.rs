//! One release build, and the bundles made from it.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::workspace::{shown, target};
use crate::{command, packages};

/// What a build leaves behind.
pub struct Bundles {
    /// The CLAP, a single file.
    pub clap: PathBuf,
    /// The VST3, a folder.
    pub vst3: PathBuf,
    /// The `transept` program.
    pub program: PathBuf,
}

impl Bundles {
    /// Where they are, built or not.
    pub fn places() -> Self {
        let bundled = target().join("bundled");
        Self {
            clap: bundled.join("Transept.clap"),
            vst3: bundled.join("Transept.vst3"),
            program: target().join("release").join("transept"),
        }
    }

    /// Where they are, newly built.
    ///
    /// Library and program come from one `cargo build` with the same features: a second one would compile the framework
    /// again.
    pub fn build() -> Result<Self> {
        command::run(&mut command::cargo(&["build", "--release", "--package", "transept"]))?;
        nice_plug_xtask::bundle(&target(), "transept", &["--release".to_owned()], false)
            .context("cannot bundle what was built")?;
        let bundles = Self::places();
        for path in [&bundles.clap, &bundles.vst3, &bundles.program] {
            ensure!(path.exists(), "{} was not built: does the library export the plugin?", shown(path));
        }
        Ok(bundles)
    }
}

/// `cargo xtask bundle`
pub fn run() -> Result<()> {
    packages::ensure(packages::build(), crate::Consent::Ask)?;
    let bundles = Bundles::build()?;
    println!("\nVST3     {}", bundles.vst3.display());
    println!("CLAP     {}", bundles.clap.display());
    println!("program  {}", bundles.program.display());
    println!("\n`cargo xtask install` puts the plugins where hosts look.");
    Ok(())
}

//! From nothing to a phrase in three rooms: the hall by the built plugin and by the program, with the same samples.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::bundle::Bundles;
use crate::difference::difference;
use crate::host::{Clap, Take};
use crate::phrase::{self, phrase};
use crate::render::Renderer;
use crate::workspace::{self, shown};
use crate::{Consent, command, packages, wave};

/// The rooms in the box.
const SPACES: [&str; 3] = ["room", "hall", "plate"];

/// `cargo xtask demo [--yes]`
pub fn run(consent: Consent) -> Result<()> {
    heading("System packages");
    packages::ensure(packages::build(), consent)?;

    heading("Plugin and program");
    let bundles = Bundles::build()?;

    heading("A phrase in three rooms");
    play(&bundles)
}

/// Plays the phrase through the bundles, and says what there is to listen to.
///
/// # Errors
/// Where the plugin and the program differ in a bit of a sample, too.
pub fn play(bundles: &Bundles) -> Result<()> {
    let folder = workspace::folder("demo")?;
    let dry = folder.join("dry.wav");
    wave::write(&dry, phrase::RATE, &phrase())?;
    let renderer = Renderer::new(&bundles.program, folder.clone());
    for space in SPACES {
        renderer.file(&dry, &folder.join(format!("{space}.wav")), &["--space", space])?;
        println!("rendered the {space}");
    }
    let plugin = folder.join("hall by the plugin.wav");
    through_the_plugin(&bundles.clap, &dry, &plugin)?;
    same_samples(&plugin, &folder.join("hall.wav"))?;
    println!("played the hall through the CLAP: not one bit differs");
    let picture = folder.join("hall.png");
    command::output(
        Command::new(&bundles.program).args(["inspect", "--space", "hall", "--overwrite", "--picture"]).arg(&picture),
    )?;

    println!("\nListen to the files in {}:", shown(&folder));
    println!("  dry.wav                   plucked strings and a snare, without any room");
    println!("  hall, plate, room .wav    by the program");
    println!("  hall by the plugin.wav    by the CLAP");
    println!("and look at the hall's impulse response: {}", shown(&picture));
    println!("\nThe plugins are");
    println!("  {}\n  {}", shown(&bundles.clap), shown(&bundles.vst3));
    println!("and `cargo xtask install` puts them where hosts look: ~/.clap and ~/.vst3.");
    println!("The program is {}; `transept --help` tells what it does.", shown(&bundles.program));
    Ok(())
}

fn heading(text: &str) {
    println!("\n== {text}");
}

/// Plays the file `dry` through a fresh instance as a DAW's bounce does, with its tail.
fn through_the_plugin(clap: &Path, dry: &Path, wet: &Path) -> Result<()> {
    let (rate, input) = wave::read(dry)?;
    let mut guest = Clap::load(clap)?.instance()?;
    guest.offline(true)?;
    let take = Take { rate, input: &input, outputs: 2, blocks: &[512], tail: true, automation: &[] };
    let played = guest.play(&take)?;
    wave::write(wet, rate, &played.sound)
}

/// The files' headers may differ: the one is written by the program, the other by this tool.
fn same_samples(left: &Path, right: &Path) -> Result<()> {
    let ((rate, left), (other, right)) = (wave::read(left)?, wave::read(right)?);
    ensure!(rate == other, "the plugin and the program do not agree: {rate} Hz and {other} Hz");
    match difference(&left, &right) {
        None => Ok(()),
        Some(found) => bail!("the plugin and the program do not agree: {found}"),
    }
}

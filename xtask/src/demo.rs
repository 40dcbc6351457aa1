//! From nothing to a phrase in three rooms: the hall by the built plugin and by the program, with the same bytes.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

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
    same_bytes(&plugin, &folder.join("hall.wav"))?;
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

fn same_bytes(left: &Path, right: &Path) -> Result<()> {
    let bytes = |path: &Path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    if bytes(left)? == bytes(right)? {
        return Ok(());
    }
    let found = difference(&wave::read(left)?.1, &wave::read(right)?.1);
    bail!(
        "the plugin and the program do not agree: {}",
        found.unwrap_or_else(|| "the samples are equal, but the files are not".to_owned())
    )
}

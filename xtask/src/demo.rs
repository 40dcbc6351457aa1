//! From nothing to a phrase in a hall: once through the built plugin, once through the program, the same bytes.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::bundle::Bundles;
use crate::host::{Clap, Take};
use crate::phrase::{self, phrase};
use crate::render::Renderer;
use crate::workspace::{self, shown};
use crate::{Consent, command, packages, wave};

/// `cargo xtask demo [--yes]`
pub fn run(consent: Consent) -> Result<()> {
    heading("System packages");
    packages::ensure(packages::build(), consent)?;

    heading("Plugin and program");
    let bundles = Bundles::build()?;

    heading("A phrase in the hall");
    let folder = workspace::folder("demo")?;
    let dry = folder.join("dry.wav");
    let plugin = folder.join("hall by the plugin.wav");
    let program = folder.join("hall by the program.wav");
    let picture = folder.join("hall.png");
    wave::write(&dry, phrase::RATE, &phrase())?;
    through_the_plugin(&bundles.clap, &dry, &plugin)?;
    Renderer::new(&bundles.program, folder.clone()).file(&dry, &program, &["--space", "hall"])?;
    same_bytes(&plugin, &program)?;
    command::output(Command::new(&bundles.program).args(["inspect", "--space", "hall", "--picture"]).arg(&picture))?;

    println!("\nListen to these:");
    println!("  {:<40} plucked strings and a snare, no room", shown(&dry));
    println!("  {:<40} the same through the CLAP", shown(&plugin));
    println!("  {:<40} the same through `transept render`: not one bit differs", shown(&program));
    println!("and look at the hall's impulse response:\n  {}", shown(&picture));
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
    let difference = wave::difference(&wave::read(left)?.1, &wave::read(right)?.1);
    bail!(
        "the plugin and the program do not agree: {}",
        difference.unwrap_or_else(|| "the samples are equal, but the files are not".to_owned())
    )
}

//! Bundles to where hosts look for them, and away again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::bundle::Bundles;
use crate::{Consent, packages};

/// `cargo xtask install [--remove]`
pub fn run(remove: bool) -> Result<()> {
    let home = PathBuf::from(std::env::var_os("HOME").context("HOME is not set, so there is no home folder")?);
    let clap = home.join(".clap/Transept.clap");
    let vst3 = home.join(".vst3/Transept.vst3");
    if remove {
        for place in [&clap, &vst3] {
            match clear(place)? {
                true => println!("removed {}", place.display()),
                false => println!("{} is not there", place.display()),
            }
        }
        return Ok(());
    }
    packages::ensure(packages::build(), Consent::Ask)?;
    let bundles = Bundles::build()?;
    println!();
    for (bundle, place) in [(&bundles.clap, &clap), (&bundles.vst3, &vst3)] {
        clear(place)?;
        copy(bundle, place)?;
        println!("installed {}", place.display());
    }
    println!("A host that is running finds it at its next scan for plugins.");
    Ok(())
}

/// Removes a file or a folder; whether there was one.
///
/// A new file instead of new contents: a host that has the old one loaded keeps it and does not crash.
fn clear(place: &Path) -> Result<bool> {
    let Ok(found) = fs::symlink_metadata(place) else { return Ok(false) };
    if found.is_dir() { fs::remove_dir_all(place) } else { fs::remove_file(place) }
        .with_context(|| format!("cannot remove {}", place.display()))?;
    Ok(true)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    let folder = to.parent().context("an installed file has a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::copy(from, to).map(drop).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}

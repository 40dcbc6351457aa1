//! Line tables, in files beside the bundles on Linux: a user downloads what a bundle holds. The names of functions stay
//! in it, because a report that the plugin writes itself has addresses that mean nothing in another process.
//!
//! On other systems the linker already writes them to files of their own. By binutils, which every C compiler brings.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Bundles;
use crate::command;
use crate::workspace::shown;

/// Moves the debug information of the plugin and of the program into `Transept.so.debug` and `Transept.debug`. CLAP and
/// VST3 are the same library, so one file is enough for both.
pub fn split(bundles: &Bundles) -> Result<()> {
    let folder = bundles.clap.parent().context("a bundle has a folder")?;
    let plugin = folder.join("Transept.so.debug");
    extract(&bundles.clap, &plugin)?;
    for library in [&bundles.clap, &library(bundles)?] {
        strip(library, &plugin)?;
    }
    let program = folder.join("Transept.debug");
    extract(&bundles.standalone, &program)?;
    strip(&bundles.standalone, &program)
}

/// An error when a bundle has a section of debug information.
pub fn check(bundles: &Bundles) -> Result<()> {
    for file in [&bundles.clap, &library(bundles)?, &bundles.standalone] {
        let sections = command::output(Command::new("readelf").args(["--wide", "--sections"]).arg(file))?;
        ensure!(!sections.contains(".debug_"), "{} carries debug information", shown(file));
    }
    Ok(())
}

/// The library inside the VST3: the only file in a folder named by the system.
fn library(bundles: &Bundles) -> Result<PathBuf> {
    let contents = bundles.vst3.join("Contents");
    let folders = std::fs::read_dir(&contents).with_context(|| format!("cannot read {}", shown(&contents)))?;
    let libraries = folders.filter_map(|folder| Some(folder.ok()?.path().join("Transept.so")));
    libraries.into_iter().find(|path| path.is_file()).with_context(|| format!("no library in {}", shown(&contents)))
}

fn extract(from: &Path, symbols: &Path) -> Result<()> {
    command::output(Command::new("objcopy").arg("--only-keep-debug").args([from, symbols])).map(drop)
}

/// A debugger finds the line tables by the link, and knows by the build's id that they belong together.
fn strip(file: &Path, symbols: &Path) -> Result<()> {
    let mut link = std::ffi::OsString::from("--add-gnu-debuglink=");
    link.push(symbols);
    // Names of functions are needed in a report; those of constants and of tables for unwinding are in none. What drops
    // a value nobody wrote: the function that let the value go stands beside it.
    let names = ["--wildcard", "--strip-symbol=anon.*", "--strip-symbol=GCC_except_table*"];
    let drops = "--strip-symbol=_ZN4core3ptr*drop_in_place*";
    let list = symbols.with_extension("data");
    std::fs::write(&list, data(file)?).with_context(|| format!("cannot write {}", shown(&list)))?;
    let mut constants = std::ffi::OsString::from("--strip-symbols=");
    constants.push(&list);
    // Rust's note to gdb in programs is loaded with the code, so it can only be called otherwise.
    let options = ["--strip-debug", "--rename-section", ".debug_gdb_scripts=.gdb_scripts"];
    let mut objcopy = Command::new("objcopy");
    let done = command::output(objcopy.args(names).arg(drops).arg(constants).args(options).arg(link).arg(file));
    std::fs::remove_file(&list).with_context(|| format!("cannot remove {}", shown(&list)))?;
    done.map(drop)
}

/// The names of constants and variables, a line each.
fn data(file: &Path) -> Result<String> {
    let symbols = command::output(Command::new("readelf").args(["--wide", "--symbols"]).arg(file))?;
    let is_data = |fields: &Vec<&str>| fields.len() == 8 && fields[3] == "OBJECT";
    let rows = symbols.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(is_data);
    Ok(rows.map(|fields| format!("{}\n", fields[7])).collect())
}

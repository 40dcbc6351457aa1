//! The program, asked to render: the other side of every comparison.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::wave::{self, Sound};

/// `transept render` with files in a folder of its own.
pub struct Renderer {
    program: PathBuf,
    folder: PathBuf,
}

impl Renderer {
    /// Uses `program`, and writes into `folder`.
    pub fn new(program: &Path, folder: PathBuf) -> Self {
        Self { program: program.to_owned(), folder }
    }

    /// Renders the file `dry` into the file `wet`.
    pub fn file(&self, dry: &Path, wet: &Path, options: &[&str]) -> Result<()> {
        let mut render = Command::new(&self.program);
        render
            .args([OsStr::new("render"), dry.as_os_str()])
            .args(options)
            .args([OsStr::new("-o"), wet.as_os_str()])
            .arg("--overwrite");
        command::output(&mut render).map(drop)
    }

    /// Renders `sound` at `rate` Hz through the built-in hall; `name` tells the files apart.
    pub fn hall(&self, name: &str, rate: u32, sound: &Sound, options: &[&str]) -> Result<Sound> {
        self.sound(name, rate, sound, &[&["--space", "hall"], options].concat())
    }

    /// The same through the room that `options` name.
    pub fn sound(&self, name: &str, rate: u32, sound: &Sound, options: &[&str]) -> Result<Sound> {
        let dry = self.folder.join(format!("{name} dry.wav"));
        let wet = self.folder.join(format!("{name} rendered.wav"));
        wave::write(&dry, rate, sound)?;
        self.file(&dry, &wet, options)?;
        let (rendered_rate, rendered) = wave::read(&wet)?;
        anyhow::ensure!(rendered_rate == rate, "rendered at {rendered_rate} Hz instead of {rate}");
        Ok(rendered)
    }
}

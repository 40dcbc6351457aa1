//! A display without a screen, for windows under test.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::command::{self, Companion, companion};
use crate::workspace;

/// An X server that answers nobody until this is dropped.
pub struct Frozen<'a>(&'a Companion);

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        if let Err(error) = command::run(&mut command::signal(&self.0.0, "CONT")) {
            eprintln!("warning: the display stays frozen: {error}");
        }
    }
}

/// An X server on a display number that was free, with a window manager; both end when this is dropped.
pub struct Display {
    name: String,
    // In this order: the window manager goes before the server that it talks to.
    _manager: Companion,
    server: Companion,
}

impl Display {
    /// Starts both, and returns when the server takes connections.
    pub fn open() -> Result<Self> {
        // The server picks the number itself and tells it when it is ready: no race with other displays.
        let mut server = companion("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", "1280x960x24", "-nolisten", "tcp"]);
        let mut server = Companion(
            server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().context("cannot start Xvfb (package xvfb)")?,
        );
        let mut number = String::new();
        let output = server.0.stdout.take().expect("its output was piped");
        BufReader::new(output).read_line(&mut number).context("Xvfb did not say its display")?;
        anyhow::ensure!(!number.trim().is_empty(), "Xvfb ended before it opened a display");
        let name = format!(":{}", number.trim());
        let manager = companion("openbox")
            .env("DISPLAY", &name)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start openbox")?;
        Ok(Self { name, _manager: Companion(manager), server })
    }

    /// Lets no window draw or close any more.
    pub fn freeze(&self) -> Result<Frozen<'_>> {
        command::run(&mut command::signal(&self.server.0, "STOP"))?;
        Ok(Frozen(&self.server))
    }

    /// Lets `command` open its windows here.
    pub fn show(&self, command: &mut Command) {
        command.env("DISPLAY", &self.name).env_remove("WAYLAND_DISPLAY");
        // Without a desktop's session nobody says where its sockets are; looking for them is then an error in every
        // log.
        if std::env::var_os("XDG_RUNTIME_DIR").is_none()
            && let Ok(folder) = workspace::folder("runtime")
        {
            command.env("XDG_RUNTIME_DIR", folder);
        }
    }
}

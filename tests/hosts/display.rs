//! A display for windows under test.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// The display of this session, or one of our own, which ends when this is dropped.
pub struct Display {
    pub name: String,
    server: Option<Child>,
}

impl Display {
    /// That of this session, or else one of our own. `None` without either.
    pub fn find() -> Option<Self> {
        let session = std::env::var("DISPLAY").ok().filter(|name| x11rb::connect(Some(name)).is_ok());
        session.map(|name| Self { name, server: None }).or_else(Self::open)
    }

    /// One of our own. `None` if there is no Xvfb.
    pub fn open() -> Option<Self> {
        let mut server = Command::new("Xvfb");
        // It picks a number that is free, and says it when it is ready.
        server.args(["-displayfd", "1", "-screen", "0", "1680x1280x24", "-nolisten", "tcp"]);
        let mut server = server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let mut number = String::new();
        BufReader::new(server.stdout.take()?).read_line(&mut number).ok()?;
        Some(Self { name: format!(":{}", number.trim()), server: Some(server) })
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            // It may have ended by itself.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

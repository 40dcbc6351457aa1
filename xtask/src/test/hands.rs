//! A pointer on the display, which uses the plugin's window as a user does: `click`, `drag` and `hover` by the names of
//! controls.
//!
//! `tests/window/places.txt` says where they are in a window of the default size; a test of the window writes it.

use std::collections::HashMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt, MOTION_NOTIFY_EVENT, MapState, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use crate::workspace;

/// The word that makes this program a hand; followed by what it is to do.
pub const HANDS: &str = "hands";

/// Size of the window in pixels.
const SIZE: (u16, u16) = (780, 600);
/// Far more than a window takes to come up, so that a hang ends.
const PATIENCE: Duration = Duration::from_secs(60);
/// From one event to the next: several frames of the window.
const PACE: Duration = Duration::from_millis(60);
/// Events of a drag.
const STEPS: i16 = 8;

/// A pointer over the window that is open.
pub struct Hands<'a> {
    connection: &'a RustConnection,
    root: Window,
    places: HashMap<String, [f32; 4]>,
}

impl<'a> Hands<'a> {
    /// A pointer on this display.
    pub fn new(connection: &'a RustConnection, root: Window) -> Result<Self> {
        let path = workspace::root().join("tests/window/places.txt");
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let place = |line: &str| {
            let (name, numbers) = line.split_once('\t')?;
            let numbers: Vec<f32> = numbers.split(' ').map_while(|number| number.parse().ok()).collect();
            Some((name.to_owned(), numbers.try_into().ok()?))
        };
        Ok(Self { connection, root, places: text.lines().filter_map(place).collect() })
    }

    /// Clicks a control.
    pub fn click(&self, name: &str) -> Result<()> {
        self.drag(name, (0, 0))
    }

    /// Drags a control by so many pixels.
    pub fn drag(&self, name: &str, (right, down): (i16, i16)) -> Result<()> {
        let (x, y) = self.place(name)?;
        // From beside it, so that the window sees the pointer come.
        self.event(MOTION_NOTIFY_EVENT, 0, (x - 2, y))?;
        self.event(MOTION_NOTIFY_EVENT, 0, (x, y))?;
        self.event(BUTTON_PRESS_EVENT, 1, (x, y))?;
        if (right, down) != (0, 0) {
            for step in 1..=STEPS {
                self.event(MOTION_NOTIFY_EVENT, 0, (x + right * step / STEPS, y + down * step / STEPS))?;
            }
        }
        self.event(BUTTON_RELEASE_EVENT, 1, (x + right, y + down))
    }

    fn event(&self, kind: u8, detail: u8, (x, y): (i16, i16)) -> Result<()> {
        self.connection.xtest_fake_input(kind, detail, 0, self.root, x, y, 0)?.check()?;
        std::thread::park_timeout(PACE);
        Ok(())
    }

    /// The middle of a control, on the screen.
    fn place(&self, name: &str) -> Result<(i16, i16)> {
        let [left, top, width, height] = *self.places.get(name).with_context(|| format!("no place of `{name}`"))?;
        let began = Instant::now();
        let window = loop {
            if let Some(window) = self.find(self.root)? {
                break window;
            }
            ensure!(began.elapsed() < PATIENCE, "no window of {} × {} came up", SIZE.0, SIZE.1);
            std::thread::park_timeout(PACE);
        };
        let origin = self.connection.translate_coordinates(window, self.root, 0, 0)?.reply()?;
        Ok((origin.dst_x + (left + width / 2.0) as i16, origin.dst_y + (top + height / 2.0) as i16))
    }

    /// The innermost window of the plugin's size that is on the screen. One that goes meanwhile is none.
    fn find(&self, window: Window) -> Result<Option<Window>> {
        let Ok(tree) = self.connection.query_tree(window)?.reply() else { return Ok(None) };
        for child in tree.children.into_iter().rev() {
            if let Some(inner) = self.find(child)? {
                return Ok(Some(inner));
            }
            let is_seen = self.connection.get_window_attributes(child)?.reply();
            let size = self.connection.get_geometry(child)?.reply();
            if let (Ok(looks), Ok(size)) = (is_seen, size)
                && looks.map_state == MapState::VIEWABLE
                && (size.width, size.height) == SIZE
            {
                return Ok(Some(child));
            }
        }
        Ok(None)
    }
}

/// This program as a hand, for hosts of other languages: `click NAME` or `drag NAME RIGHT DOWN`.
pub fn run(words: &[String]) -> Result<ExitCode> {
    let (connection, screen) = x11rb::connect(None).context("no display")?;
    let root = connection.setup().roots.get(screen).context("no screen")?.root;
    let hands = Hands::new(&connection, root)?;
    match words {
        [verb, name] if verb == "click" => hands.click(name)?,
        [verb, name, right, down] if verb == "drag" => hands.drag(name, (right.parse()?, down.parse()?))?,
        _ => bail!("click NAME, or drag NAME RIGHT DOWN"),
    }
    Ok(ExitCode::SUCCESS)
}

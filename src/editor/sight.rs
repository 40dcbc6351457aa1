//! Sight of a window: can anybody see it? \[X11; elsewhere it is not known here, and taken for seen\]
//!
//! The framework does not say that a window is minimised or hidden, and frames for it cost as much as for one that is
//! seen. So the X server is asked, over a connection of our own, and the window manager's mark is read: some unmap what
//! they minimise, others only mark it. A window behind others, or on a desktop that is not shown but still mapped, is
//! taken for seen.

use nice_plug_egui::baseview::WindowContext;
#[cfg(target_os = "linux")]
use raw_window_handle::{HasWindowHandle, RawWindowHandle};
use std::time::{Duration, Instant};

/// Time for which an answer holds. No frame is missed by it: a window that appears again is exposed, and then drawn.
const PERIOD: Duration = Duration::from_millis(250);

/// Watches one window. \[any but audio\]
#[derive(Debug, Default)]
pub struct Sight {
    #[cfg(target_os = "linux")]
    window: Option<x11::Window>,
    asked: Option<Instant>,
    is_seen: bool,
}

impl Sight {
    /// Of the framework's window.
    #[must_use]
    pub fn of(window: &WindowContext) -> Self {
        #[cfg(target_os = "linux")]
        return match window.window_handle().map(|handle| handle.as_raw()) {
            Ok(RawWindowHandle::Xcb(handle)) => Self::of_x11(handle.window.get()),
            // The number is of 32 bits, whatever type the library has for it.
            Ok(RawWindowHandle::Xlib(handle)) => Self::of_x11(handle.window as u32),
            _ => Self::default(),
        };
        #[cfg(not(target_os = "linux"))]
        {
            let _ = window;
            Self::default()
        }
    }

    /// Of a window on the X server of this process.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn of_x11(window: u32) -> Self {
        Self { window: x11::Window::new(window), ..Self::default() }
    }

    /// False if it is known that nobody sees the window. The answer is at most a quarter of a second old.
    pub fn is_seen(&mut self, now: Instant) -> bool {
        if self.asked.is_none_or(|asked| now.saturating_duration_since(asked) >= PERIOD) {
            self.asked = Some(now);
            self.is_seen = self.ask();
        }
        self.is_seen
    }

    #[cfg(target_os = "linux")]
    fn ask(&self) -> bool {
        // A server that does not answer shows nothing, but the window's thread will find that out by itself.
        self.window.as_ref().and_then(|window| window.is_seen().ok()).unwrap_or(true)
    }

    #[cfg(not(target_os = "linux"))]
    fn ask(&self) -> bool {
        true
    }
}

#[cfg(target_os = "linux")]
mod x11 {
    use x11rb::errors::ReplyError;
    use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt, MapState};
    use x11rb::rust_connection::RustConnection;

    /// A window of the X server.
    #[derive(Debug)]
    pub struct Window {
        connection: RustConnection,
        window: u32,
        /// Name of the list of marks that a window manager sets on a window.
        state: Atom,
        /// The mark of a window that is minimised or hidden in another way.
        hidden: Atom,
    }

    impl Window {
        /// `None` without an X server.
        pub fn new(window: u32) -> Option<Self> {
            let (connection, _) = x11rb::connect(None).ok()?;
            let atom = |name: &[u8]| Some(connection.intern_atom(false, name).ok()?.reply().ok()?.atom);
            let (state, hidden) = (atom(b"_NET_WM_STATE")?, atom(b"_NET_WM_STATE_HIDDEN")?);
            Some(Self { connection, window, state, hidden })
        }

        /// False if the window or one that it lies in is unmapped, or marked as hidden.
        pub fn is_seen(&self) -> Result<bool, ReplyError> {
            if self.connection.get_window_attributes(self.window)?.reply()?.map_state != MapState::VIEWABLE {
                return Ok(false);
            }
            let mut window = self.window;
            loop {
                let tree = self.connection.query_tree(window)?;
                let marks = self.connection.get_property(false, window, self.state, AtomEnum::ATOM, 0, 64)?;
                if marks.reply()?.value32().is_some_and(|mut marks| marks.any(|mark| mark == self.hidden)) {
                    return Ok(false);
                }
                let tree = tree.reply()?;
                if tree.parent == tree.root || tree.parent == x11rb::NONE {
                    return Ok(true);
                }
                window = tree.parent;
            }
        }
    }
}

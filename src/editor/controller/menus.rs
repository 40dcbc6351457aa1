//! The menu of a parameter: the host's, or our own where the host opens none; and the way to the host.

use super::Controller;
use crate::editor::host_requests::{HostRequests, Wish};

/// Menus of parameters, and what is copied and pasted in our own.
#[derive(Default)]
pub(super) struct Menus {
    host: HostRequests,
    /// Our own menu, while it is open.
    own: Option<Wish>,
    /// The text of the value that was copied last.
    copied: Option<String>,
}

impl Menus {
    /// Opens our own menu for a wish that the host has refused meanwhile.
    pub fn look(&mut self) {
        if let Some(wish) = self.host.take_refused() {
            self.own = Some(wish);
        }
    }

    /// A window has opened, in which no menu is.
    pub fn begin(&mut self) {
        let _ = self.host.take_refused();
        self.own = None;
    }
}

impl Controller {
    /// Sets the way to the host.
    pub fn set_host_requests(&mut self, host: HostRequests) {
        self.menus.host = host;
    }

    /// The way to the host.
    #[must_use]
    pub fn host_requests(&self) -> &HostRequests {
        &self.menus.host
    }

    /// Opens the menu of a parameter.
    pub(super) fn open_menu(&mut self, wish: Wish) {
        self.menus.own = (!self.menus.host.open_menu(wish)).then_some(wish);
    }

    /// Our own menu, while it is open.
    #[must_use]
    pub fn own_menu(&self) -> Option<Wish> {
        self.menus.own
    }

    /// Closes our own menu, unless another one has opened in its place.
    pub fn close_menu(&mut self, wish: Wish) {
        self.menus.own.take_if(|own| *own == wish);
    }

    /// Keeps the text of a value, to be pasted on another control.
    pub fn copy_value(&mut self, text: String) {
        self.menus.copied = Some(text);
    }

    /// The text of the value that was copied last, in any window of this instance.
    #[must_use]
    pub fn copied_value(&self) -> Option<&str> {
        self.menus.copied.as_deref()
    }
}

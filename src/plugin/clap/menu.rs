//! The host's menu of a parameter, asked for in the window.
//!
//! The window may live on a thread of its own, and CLAP opens menus on the main one. So a wish is kept, and the host is
//! asked to call `on_main_thread`.
use super::host::Host;
use crate::editor::host_requests::{HostRequests, Wish};
use clap_sys::id::clap_id;
use parking_lot::Mutex;
use std::sync::Arc;

/// The way from the window to the host's menus.
pub(super) struct Menu {
    window: HostRequests,
    /// The last wish that the host has not been asked for yet, with CLAP's id of the parameter.
    wish: Arc<Mutex<Option<(Wish, clap_id)>>>,
}

impl Menu {
    pub fn new(window: HostRequests) -> Self {
        Self { window, wish: Arc::default() }
    }

    /// Lets the window wish for menus, if the host has any. `ids` are those of all parameters. \[main\]
    pub fn offer(&self, host: &Arc<Host>, ids: Vec<(&'static str, clap_id)>) {
        if !host.has_menus() {
            return;
        }
        let (wish, host) = (self.wish.clone(), host.clone());
        self.window.set_menu(move |asked| {
            let Some((_, id)) = ids.iter().find(|(id, _)| *id == asked.parameter).copied() else { return false };
            *wish.lock() = Some((asked, id));
            host.request_callback();
            true
        });
    }

    /// Opens what is wished for; the window hears if the host does not. \[main\]
    pub fn open(&self, host: &Host) {
        // Without the lock: a host may run its loop while the menu is open.
        let wish = self.wish.lock().take();
        if let Some((wish, id)) = wish
            && !host.open_menu(id, wish.place)
        {
            self.window.refuse(wish);
        }
    }
}

//! Requests of the window to the host, for what the host alone can do: open its menu of a parameter, and resize the
//! frame in which the window lies.

use super::parameter::Parameter;
use parking_lot::Mutex;
use std::sync::{Arc, OnceLock};

type OpenMenu = dyn Fn(Wish) -> bool + Send + Sync;
type Resize = dyn Fn([u32; 2]) -> bool + Send + Sync;

/// A wish for the menu of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The parameter.
    pub parameter: Parameter,
    /// In pixels from the window's top left corner.
    pub place: [i32; 2],
}

/// The way from the window to the host. Whoever stands between them sets it, as far as the host has such things. Clones
/// share it.
#[derive(Clone, Default)]
pub struct HostRequests(Arc<Shared>);

#[derive(Default)]
struct Shared {
    open_menu: OnceLock<Box<OpenMenu>>,
    /// The last wish that the host has not fulfilled, although it seemed to have menus.
    refused: Mutex<Option<Wish>>,
    resize: OnceLock<Box<Resize>>,
    given_size: Mutex<Option<[u32; 2]>>,
}

impl HostRequests {
    /// Sets what opens the menu of a parameter, or has it opened later, and says whether there is one. It is called on
    /// the window's thread. The first call counts. \[main\]
    pub fn set_menu(&self, open: impl Fn(Wish) -> bool + Send + Sync + 'static) {
        let _ = self.0.open_menu.set(Box::new(open));
    }

    /// Opens the host's menu of a parameter, or has it opened. False if the host has none. \[window\]
    #[must_use]
    pub fn open_menu(&self, wish: Wish) -> bool {
        self.0.open_menu.get().is_some_and(|open| open(wish))
    }

    /// Says of a wish that was to be fulfilled later that the host has opened no menu. \[any but audio\]
    pub fn refuse(&self, wish: Wish) {
        *self.0.refused.lock() = Some(wish);
    }

    /// Takes the wish that was refused last. \[any but audio\]
    #[must_use]
    pub fn take_refused(&self) -> Option<Wish> {
        self.0.refused.lock().take()
    }

    /// Sets what has the host's frame resized to a width and a height in pixels, and says whether there is one to ask.
    /// It is called on the window's thread. The first call counts. \[main\]
    pub fn set_resize(&self, resize: impl Fn([u32; 2]) -> bool + Send + Sync + 'static) {
        let _ = self.0.resize.set(Box::new(resize));
    }

    /// Has the host's frame resized, later, to a width and a height in pixels; the host may refuse, or drop the
    /// request. False if there is no frame to ask: then the window resizes itself. \[window\]
    #[must_use]
    pub fn resize(&self, size: [u32; 2]) -> bool {
        self.0.resize.get().is_some_and(|resize| resize(size))
    }

    /// Sets the width and height in pixels that the host has given to the window; `None` without a window. \[main\]
    pub fn give_size(&self, size: Option<[u32; 2]>) {
        *self.0.given_size.lock() = size;
    }

    /// The width and height in pixels that the host has given to the window, as far as anybody has set it. \[window\]
    #[must_use]
    pub fn given_size(&self) -> Option<[u32; 2]> {
        *self.0.given_size.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_has_no_menus_is_asked_for_none() {
        let (requests, wish) = (HostRequests::default(), Wish { parameter: "dry", place: [1, 2] });
        assert!(!requests.open_menu(wish));
        let asked = Arc::<Mutex<Vec<_>>>::default();
        let (shared, noted) = (requests.clone(), asked.clone());
        shared.set_menu(move |wish| {
            noted.lock().push(wish);
            true
        });
        assert!(requests.open_menu(wish));
        assert_eq!((&*asked.lock(), requests.take_refused()), (&vec![wish], None));
        shared.refuse(wish);
        assert_eq!((requests.take_refused(), requests.take_refused()), (Some(wish), None), "once");
    }
}

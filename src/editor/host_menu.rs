//! The host's own menu for a parameter, which it opens when a control is clicked with the right button.

use super::parameter::Parameter;
use parking_lot::Mutex;
use std::sync::{Arc, OnceLock};

type Open = dyn Fn(Wish) -> bool + Send + Sync;

/// A wish for the menu of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The parameter.
    pub parameter: Parameter,
    /// In pixels from the window's top left corner.
    pub place: [i32; 2],
}

/// The way to the host's menus. Whoever stands between the window and the host sets it, if the host has such menus.
/// Clones share it.
#[derive(Clone, Default)]
pub struct HostMenu(Arc<Way>);

#[derive(Default)]
struct Way {
    open: OnceLock<Box<Open>>,
    /// The last wish that the host has not fulfilled, although it seemed to have menus.
    refused: Mutex<Option<Wish>>,
}

impl HostMenu {
    /// Sets what opens the menu of a parameter, or has it opened later, and says whether there is one. It is called on
    /// the window's thread. The first call counts. \[main\]
    pub fn set(&self, open: impl Fn(Wish) -> bool + Send + Sync + 'static) {
        let _ = self.0.open.set(Box::new(open));
    }

    /// Opens the host's menu of a parameter, or has it opened. False if the host has none. \[window\]
    #[must_use]
    pub fn open(&self, wish: Wish) -> bool {
        self.0.open.get().is_some_and(|open| open(wish))
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_has_no_menus_is_asked_for_none() {
        let (menu, wish) = (HostMenu::default(), Wish { parameter: "dry", place: [1, 2] });
        assert!(!menu.open(wish));
        let asked = Arc::<Mutex<Vec<_>>>::default();
        let (shared, noted) = (menu.clone(), asked.clone());
        shared.set(move |wish| {
            noted.lock().push(wish);
            true
        });
        assert!(menu.open(wish));
        assert_eq!((&*asked.lock(), menu.take_refused()), (&vec![wish], None));
        shared.refuse(wish);
        assert_eq!((menu.take_refused(), menu.take_refused()), (Some(wish), None), "once");
    }
}

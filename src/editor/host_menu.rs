//! The host's own menu for a parameter, which it opens when a control is clicked with the right button.

use super::parameter::Parameter;
use std::sync::{Arc, OnceLock};

type Open = dyn Fn(Parameter, [i32; 2]) -> bool + Send + Sync;

/// The way to the host's menus. Whoever stands between the window and the host sets it, if the host has such menus.
/// Clones share it.
#[derive(Clone, Default)]
pub struct HostMenu(Arc<OnceLock<Box<Open>>>);

impl HostMenu {
    /// Sets what opens the menu of a parameter at a place, in pixels from the window's top left corner, and says
    /// whether there is one. It is called on the window's thread. The first call counts. \[main\]
    pub fn set(&self, open: impl Fn(Parameter, [i32; 2]) -> bool + Send + Sync + 'static) {
        let _ = self.0.set(Box::new(open));
    }

    /// Opens the host's menu of a parameter. False if the host has none. \[main\]
    #[must_use]
    pub fn open(&self, parameter: Parameter, place: [i32; 2]) -> bool {
        self.0.get().is_some_and(|open| open(parameter, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::Mutex;

    #[test]
    fn a_host_that_has_no_menus_is_asked_for_none() {
        let menu = HostMenu::default();
        assert!(!menu.open("dry", [1, 2]));
        let asked = Arc::<Mutex<Vec<_>>>::default();
        let (shared, noted) = (menu.clone(), asked.clone());
        shared.set(move |parameter, place| {
            noted.lock().push((parameter, place));
            true
        });
        assert!(menu.open("dry", [1, 2]));
        assert_eq!(*asked.lock(), [("dry", [1, 2])]);
    }
}

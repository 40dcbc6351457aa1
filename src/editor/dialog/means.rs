//! Means by which a desktop opens file dialogs: they tell a dialog that was cancelled from one that never came, of which
//! the crate that opens them gives the same answer.
//!
//! On Linux a dialog comes from the desktop portal, or else from the program zenity. The portal is a service on the bus
//! of the user's session, and has dialogs only if one of its back ends has them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Words of a back end that has file dialogs.
const CHOOSER: &str = "org.freedesktop.impl.portal.FileChooser";

/// True if there is something that can open a file dialog. Reads files.
#[must_use]
pub fn are_there() -> bool {
    // Every other system has its dialogs in itself.
    !cfg!(all(unix, not(target_os = "macos")))
        || Desktop { variable: &|name| std::env::var_os(name), root: Path::new("/") }.has_dialogs()
}

/// Where a desktop says what it has.
struct Desktop<'a> {
    /// The environment.
    variable: &'a dyn Fn(&str) -> Option<OsString>,
    root: &'a Path,
}

impl Desktop<'_> {
    fn has_dialogs(&self) -> bool {
        self.has_zenity() || self.has_bus() && (self.is_in_sandbox() || self.has_portal())
    }

    fn variable(&self, name: &str) -> Option<OsString> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// The folders of a list in the environment, or else these.
    fn folders(&self, name: &str, otherwise: &[&str]) -> Vec<PathBuf> {
        let otherwise = || otherwise.iter().map(|folder| self.root.join(folder)).collect();
        self.variable(name).map_or_else(otherwise, |list| std::env::split_paths(&list).collect())
    }

    fn has_zenity(&self) -> bool {
        self.folders("PATH", &[]).iter().any(|folder| folder.join("zenity").is_file())
    }

    fn has_bus(&self) -> bool {
        let socket = || self.variable("XDG_RUNTIME_DIR").map(|folder| Path::new(&folder).join("bus"));
        self.variable("DBUS_SESSION_BUS_ADDRESS").is_some() || socket().is_some_and(|socket| socket.exists())
    }

    /// A sandbox has the portal of the desktop outside, whose files it does not show.
    fn is_in_sandbox(&self) -> bool {
        self.root.join(".flatpak-info").exists() || self.variable("SNAP").is_some()
    }

    fn has_portal(&self) -> bool {
        let mut data = self.folders("XDG_DATA_DIRS", &["usr/local/share", "usr/share"]);
        let home = || self.variable("HOME").map(|home| Path::new(&home).join(".local/share"));
        data.extend(self.variable("XDG_DATA_HOME").map(PathBuf::from).or_else(home));
        let service = "dbus-1/services/org.freedesktop.portal.Desktop.service";
        data.iter().any(|folder| folder.join(service).is_file())
            && data.iter().any(|folder| has_chooser(&folder.join("xdg-desktop-portal/portals")))
    }
}

/// True if one of the back ends that a folder describes has file dialogs.
fn has_chooser(folder: &Path) -> bool {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut portals = files.filter(|file| file.extension().is_some_and(|extension| extension == "portal"));
    portals.any(|file| std::fs::read_to_string(file).is_ok_and(|text| text.contains(CHOOSER)))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::collections::HashMap;
    use transept_support::folder::Folder;

    const SERVICE: &str = "usr/share/dbus-1/services/org.freedesktop.portal.Desktop.service";
    const BACK_END: &str = "usr/share/xdg-desktop-portal/portals/desk.portal";

    fn has_dialogs(root: &Folder, variables: &[(&str, &Path)]) -> bool {
        let variables: HashMap<&str, OsString> =
            variables.iter().map(|(name, value)| (*name, value.as_os_str().to_owned())).collect();
        Desktop { variable: &|name| variables.get(name).cloned(), root: root.root() }.has_dialogs()
    }

    #[test]
    fn zenity_is_enough_if_it_is_on_the_path() {
        let root = Folder::with(&["bin/zenity"]);
        let path = root.path("bin");
        assert!(has_dialogs(&root, &[("PATH", &path)]));
        assert!(!has_dialogs(&root, &[("PATH", root.root())]));
        assert!(!has_dialogs(&root, &[]));
    }

    #[test]
    fn a_portal_needs_a_bus_its_service_and_a_back_end_with_dialogs() {
        let bus: (&str, &Path) = ("DBUS_SESSION_BUS_ADDRESS", Path::new("unix:path=/run/user/1000/bus"));
        let root = Folder::with(&[SERVICE, BACK_END]);
        assert!(!has_dialogs(&root, &[bus]), "a back end without dialogs");
        std::fs::write(root.path(BACK_END), format!("[portal]\nInterfaces={CHOOSER};\n")).expect("written");
        assert!(has_dialogs(&root, &[bus]));
        assert!(!has_dialogs(&root, &[]), "no bus");
        assert!(!has_dialogs(&root, &[bus, ("XDG_DATA_DIRS", &root.path("opt"))]), "elsewhere");
        std::fs::create_dir_all(root.path("run/bus")).expect("made");
        assert!(has_dialogs(&root, &[("XDG_RUNTIME_DIR", &root.path("run"))]));
        std::fs::remove_file(root.path(SERVICE)).expect("removed");
        assert!(!has_dialogs(&root, &[bus]), "no service");
        assert!(has_dialogs(&root, &[bus, ("SNAP", Path::new("/snap/host"))]), "outside of the sandbox");
    }
}

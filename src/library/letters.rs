//! Files whose names differ from the wanted ones in large and small letters.
//!
//! Windows and macOS find a file under either; what was saved there has to be found where letters count.

use super::natural::by_name;
use std::path::{Component, Path, PathBuf};

/// The file below a folder at a path of these names, in large or small letters. The very names go first, and else those
/// that come first in natural order.
#[must_use]
pub fn find<'a>(folder: &Path, names: impl IntoIterator<Item = &'a str>) -> Option<PathBuf> {
    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    below(folder, &names)
}

/// The file at an absolute path, likewise.
#[must_use]
pub fn at(path: &Path) -> Option<PathBuf> {
    let root: PathBuf = path.components().take_while(|part| !matches!(part, Component::Normal(_))).collect();
    let names = path.strip_prefix(&root).ok()?.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    let names: Vec<String> = names.collect();
    if path.is_absolute() { below(&root, &names) } else { None }
}

fn below(folder: &Path, names: &[String]) -> Option<PathBuf> {
    let (name, rest) = names.split_first()?;
    let is_right = |path: &PathBuf| if rest.is_empty() { path.is_file() } else { path.is_dir() };
    let go_on = |path: PathBuf| if rest.is_empty() { Some(path) } else { below(&path, rest) };
    let exact = Some(folder.join(name)).filter(is_right);
    if let Some(found) = exact.and_then(go_on) {
        return Some(found);
    }
    let wanted = name.to_lowercase();
    let entries = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let mut alike: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_string_lossy().to_lowercase() == wanted)
        .map(|entry| entry.path())
        .filter(is_right)
        .collect();
    alike.sort_by(|a, b| by_name(a, b));
    alike.into_iter().find_map(go_on)
}

#[cfg(test)]
mod tests {
    use super::*;
    use transept_support::folder::Folder;

    #[test]
    fn a_file_is_found_below_folders_in_other_letters() {
        let folder = Folder::with(&["Rooms/Große Hallen/Church.WAV", "rooms/other.wav", "ROOMS.txt"]);
        let find = |path: &str| find(folder.root(), path.split('/'));
        let church = Some(folder.path("Rooms/Große Hallen/Church.WAV"));
        assert_eq!(find("rooms/grosse hallen/church.wav"), None);
        for path in ["rooms/große hallen/church.wav", "ROOMS/GROßE HALLEN/CHURCH.wav", "Rooms/Große Hallen/Church.WAV"]
        {
            assert_eq!(find(path), church, "{path}: also where the first folder that fits does not hold it");
            assert_eq!(at(&folder.path(path)), church);
        }
        assert_eq!((find("rooms"), find("rooms/church.wav"), find("")), (None, None, None));
        assert_eq!(
            (at(Path::new("rooms/other.wav")), at(Path::new("/"))),
            (None, None),
            "no working directory is meant"
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_very_name_goes_first() {
        let folder = Folder::with(&["a/Church.wav", "a/church.wav", "A/church.WAV"]);
        assert_eq!(find(folder.root(), ["a", "church.wav"]), Some(folder.path("a/church.wav")));
        assert_eq!(find(folder.root(), ["A", "church.wav"]), Some(folder.path("A/church.WAV")));
    }
}

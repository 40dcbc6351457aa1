//! About finding the next impulse.

use transept::editor::selection::{Direction, neighbour};
use transept::impulse::recipe::Source;
use transept_support::folder::Folder;

/// 5. No previous and next.
#[test]
fn no_previous_and_next() {
    let folder = Folder::new();
    for name in ["room 1.wav", "room 10.flac", "room 2.aiff", "notes.txt"] {
        std::fs::write(folder.path(name), "").expect("written");
    }
    let step = |name: &str, direction| {
        let source = Source::File { path: folder.path(name) };
        neighbour(Some(&source), direction, &[])
    };
    let file = |name: &str| Some(Source::File { path: folder.path(name) });
    assert_eq!(step("room 1.wav", Direction::Next), file("room 2.aiff"));
    assert_eq!(step("room 2.aiff", Direction::Next), file("room 10.flac"));
    assert_eq!(step("room 10.flac", Direction::Next), file("room 1.wav"));
    assert_eq!(step("room 2.aiff", Direction::Previous), file("room 1.wav"));
}

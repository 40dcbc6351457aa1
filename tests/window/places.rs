//! Where the controls are in a window of the default size: `places.txt`, for tests that use the built window with a
//! pointer (`xtask/src/test/hands.rs`).
//!
//! `UPDATE_SNAPSHOTS=1 cargo test --test window` writes it anew.

use super::{Place, Window, models, stage};
use egui::Rect;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use std::path::Path;
use transept::editor::{views, window};

type Harness = super::Harness<Window>;

fn whole(model: views::Model) -> Harness {
    let mut harness = stage::<Window>(model, Place::window(window::DEFAULT_SIZE), Harness::builder());
    harness.run();
    harness
}

fn line(name: &str, rect: Rect) -> String {
    let [left, top, width, height] = [rect.left(), rect.top(), rect.width(), rect.height()].map(f32::round);
    format!("{name}\t{left} {top} {width} {height}\n")
}

#[test]
fn the_places_of_controls_are_written_down() {
    let fresh = whole(models::fresh());
    let mut text = String::new();
    for name in ["Browse", "Undo (Ctrl+Z)", "Redo (Ctrl+Shift+Z)", "Fade out handle"] {
        text += &line(name, fresh.get_by_label(name).rect());
    }
    text += &line("Compare", fresh.get_by_label_contains("Compare settings").rect());
    text += &line("Wet", fresh.get_by_role_and_label(Role::Slider, "Wet").rect());
    let browsing = whole(models::browsing_the_box());
    let last = browsing.query_all_by_role(Role::ListItem).last().expect("a row");
    text += &line("Last row", last.rect());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/window/places.txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &text).expect("places.txt is written");
    }
    assert_eq!(std::fs::read_to_string(&path).expect("places.txt"), text);
}

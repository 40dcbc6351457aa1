//! What a user reads and takes hold of, measured on the picture itself in both themes: text 4.5 : 1, controls 3 : 1
//! (WCAG 2.1, 1.4.3 and 1.4.11).

use super::drawn_at;
use crate::{Place, Window, models};
use egui::accesskit::Role;
use egui_kittest::kittest::NodeT;
use std::collections::HashMap;
use transept::editor::{views, window};
use transept::picture::palette::contrast;

/// Pixels of a point: strokes of letters are whole pixels wide.
const SCALE: f32 = 2.0;
/// Pixels of a colour from which on it is no edge of another one.
const LEAST: usize = 6;

/// The least contrast that is asked for within a control, if any.
fn asked(role: Role) -> Option<f32> {
    match role {
        Role::Button | Role::Tab | Role::RadioButton | Role::ListItem | Role::Label => Some(4.5),
        Role::Slider | Role::CheckBox => Some(3.0),
        _ => None,
    }
}

/// Rows of pixels.
struct Picture {
    pixels: Vec<[u8; 4]>,
    width: usize,
}

/// The largest contrast between the commonest colour of a place, which is its ground, and another one.
fn contrast_within(picture: &Picture, rect: egui::Rect) -> f32 {
    let mut counts = HashMap::<[u8; 3], usize>::new();
    let [left, top, right, bottom] =
        [rect.left(), rect.top(), rect.right(), rect.bottom()].map(|at| (at * SCALE) as usize);
    for row in picture.pixels.chunks(picture.width).take(bottom).skip(top) {
        for [red, green, blue, _] in row.iter().take(right).skip(left) {
            *counts.entry([*red, *green, *blue]).or_default() += 1;
        }
    }
    let Some((ground, _)) = counts.iter().max_by_key(|(_, count)| **count) else { return 1.0 };
    let inks = counts.iter().filter(|(_, count)| **count >= LEAST);
    inks.map(|(ink, _)| contrast(*ink, *ground)).fold(1.0, f32::max)
}

fn is_legible(model: &views::Model, place: Place) {
    let mut harness = drawn_at::<Window>(model.clone(), place, SCALE);
    harness.run();
    let drawn = harness.render().expect("a picture");
    let picture = Picture { pixels: drawn.pixels().map(|pixel| pixel.0).collect(), width: drawn.width() as usize };
    let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, window::DEFAULT_SIZE);
    let (mut count, mut faint) = (0, Vec::new());
    for node in harness.root().children_recursive() {
        let of = node.accesskit_node();
        // The star of what is no favourite is seen under the pointer alone.
        let is_hidden = of.is_disabled() || of.label().is_some_and(|label| label.starts_with("Favourite: "));
        let Some(least) = asked(of.role()).filter(|_| !is_hidden) else { continue };
        // A sign is a picture and no text (1.4.11), and so are the arrows.
        let is_sign = of.label().is_some_and(|label| !label.contains(char::is_alphanumeric));
        let least = if is_sign { 3.0 } else { least };
        let rect = node.rect();
        if !whole.contains_rect(rect) {
            continue;
        }
        let found = contrast_within(&picture, rect);
        if found < least {
            faint.push(format!("{:?} {:?}: {found}", of.role(), of.label()));
        }
        count += 1;
    }
    assert!(faint.is_empty(), "{faint:#?}");
    assert!(count > 40, "{count} controls");
}

#[test]
fn all_that_is_read_and_moved_stands_out_in_both_themes() {
    for model in [models::hall(), models::browsing()] {
        is_legible(&model, Place::window(window::DEFAULT_SIZE));
        is_legible(&model, Place::window(window::DEFAULT_SIZE).in_light());
    }
}

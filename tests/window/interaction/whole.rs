//! The window as a whole: its look, its corner, and what is left of it when it is small.

use super::{header, models, used, whole};
use crate::Place;
use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, pos2, vec2};
use egui_kittest::kittest::Queryable;
use transept::editor::appearance::Appearance;
use transept::editor::theme::Theme;
use transept::editor::views::header::Action;
use transept::editor::{views, window};

fn look(scale: u32) -> Appearance {
    Appearance { scale, ..Appearance::default() }
}

#[test]
fn theme_and_size_are_chosen_from_the_menu() {
    let mut harness = header(models::header());
    for label in ["Light", "150 %"] {
        harness.get_by_label("Options").click();
        harness.run();
        harness.get_by_label(label).click();
        harness.run();
    }
    let light = Appearance { theme: Theme::Light, ..Appearance::default() };
    assert_eq!(harness.state().done, [Action::Appear(light), Action::Appear(look(150))]);
}

#[test]
fn the_size_is_changed_by_keys() {
    let mut model = models::header();
    model.look = look(150);
    let mut harness = header(model);
    for key in [Key::PageUp, Key::PageDown, Key::Num0] {
        harness.key_press_modifiers(Modifiers::COMMAND, key);
        harness.run();
        harness.key_press(key);
        harness.run();
    }
    assert_eq!(harness.state().done, [175, 125, 100].map(|scale| Action::Appear(look(scale))));
}

#[test]
fn a_drag_of_the_corner_asks_for_another_size() {
    let mut harness = whole(models::hall());
    let corner = pos2(window::DEFAULT_SIZE.x - 4.0, window::DEFAULT_SIZE.y - 4.0);
    let mut asked = Vec::new();
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let events = [
        Event::PointerMoved(corner),
        button(corner, true),
        Event::PointerMoved(corner + vec2(60.0, 40.0)),
        Event::PointerMoved(corner - vec2(900.0, 900.0)),
        button(corner - vec2(900.0, 900.0), false),
    ];
    for event in events {
        harness.event(event);
        harness.step();
        asked.extend(window::take_wanted_size(&harness.ctx));
    }
    harness.step();
    asked.extend(window::take_wanted_size(&harness.ctx));
    assert_eq!(asked, [window::DEFAULT_SIZE + vec2(60.0, 40.0), window::SMALLEST_SIZE]);
}

/// Everything is reached, and nothing lies over something else.
#[test]
fn a_tiny_window_scrolls_to_everything() {
    let mut harness = used::<crate::Window>(models::hall(), Place::window(window::SMALLEST_SIZE));
    harness.run();
    let bypass = harness.get_by_label("Bypass").rect();
    assert!(bypass.left() > window::SMALLEST_SIZE.x, "it is out of sight");
    let ground = pos2(150.0, 8.0);
    harness.event(Event::PointerMoved(ground));
    harness.run();
    for delta in [vec2(-400.0, 0.0), vec2(0.0, -400.0)] {
        harness.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta,
            phase: egui::TouchPhase::Move,
            modifiers: Modifiers::NONE,
            source: egui::MouseWheelSource::Unknown,
        });
        // The wheel glides over some frames.
        harness.run_steps(30);
    }
    let whole = harness.get_by_label("Bypass").rect();
    assert!(whole.right() < window::SMALLEST_SIZE.x && whole.bottom() < 0.0, "{whole:?}");
    harness.get_by_label("Lock output").click();
    harness.run();
    let edits = transept::editor::parameter::Edit::gesture("output_lock", 1.0).map(views::Action::Controls);
    assert_eq!(harness.state().done, edits);
}

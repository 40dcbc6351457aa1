//! The views of the impulse.
use super::{click, used, whole};
use crate::{Harness, Place, models};
use egui::{Key, Modifiers, Pos2, pos2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use transept::editor::parameter::Edit;
use transept::editor::views::impulse::Impulse;
use transept::picture::View as Picture;

fn impulse(channels: usize) -> Harness<Impulse> {
    let mut harness = used(models::impulse(channels), Place::panel(582.0, 223.0));
    harness.run();
    harness
}

/// In the middle of the picture, and of a second of it.
const MIDDLE: Pos2 = pos2(330.0, 120.0);

fn scroll(harness: &mut Harness<Impulse>, by: f32) {
    harness.hover_at(MIDDLE);
    harness.run();
    let (unit, delta, modifiers) = (egui::MouseWheelUnit::Point, vec2(0.0, by), Modifiers::NONE);
    harness.event(egui::Event::MouseWheel {
        unit,
        delta,
        modifiers,
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
    });
    // The wheel glides over some frames.
    harness.run_steps(30);
}

/// The first figure of what is said at the pointer.
fn read(harness: &Harness<Impulse>) -> String {
    let texts: Vec<_> = harness.query_all_by_role(egui::accesskit::Role::Label).collect();
    let text_of = |node: &egui_kittest::Node| node.accesskit_node().value().or(node.accesskit_node().label());
    let labels: Vec<_> = texts.iter().filter_map(text_of).collect();
    let text = labels.iter().find(|text| text.contains('·'));
    text.unwrap_or_else(|| panic!("nothing is read: {labels:?}")).split(' ').next().expect("a figure").to_owned()
}

#[test]
fn a_view_is_opened_by_its_tab_and_by_its_number() {
    let mut harness = impulse(2);
    harness.get_by_label("Spectrogram").click();
    harness.run();
    assert_eq!(harness.state().state.look.view, Picture::Spectrogram);
    for (key, view) in [Key::Num1, Key::Num2, Key::Num3, Key::Num4].into_iter().zip(Picture::ALL) {
        harness.key_press(key);
        harness.run();
        assert_eq!(harness.state().state.look.view, view);
        let _ = harness.get_by_label(&format!("{} of the impulse", view.name()));
    }
}

#[test]
fn what_can_be_chosen_is_beside_the_tabs_or_below_them_and_never_left_out() {
    for (width, is_below) in [(572.0, false), (260.0, true)] {
        let mut model = models::impulse(4);
        model.has_order = true;
        let mut harness = used::<Impulse>(model, Place::panel(width, 200.0));
        harness.run();
        let place = |label: &str| harness.get_by_label(label).rect();
        let order = harness.get_by_label_contains("Order of the paths in the file").rect();
        let decibels = place("Levels in dB");
        let channels = harness.query_all_by_label_contains("hannel").map(|node| node.rect());
        let row: Vec<_> = [order, decibels].into_iter().chain(channels).collect();
        assert!(row.len() > 2, "{width}: {row:?}");
        assert!(row.windows(2).all(|pair| pair[0].right() < pair[1].left()), "{width}: {row:?}");
        assert_eq!(order.top() > place("Wave").bottom(), is_below, "{width}");
        assert!(row.iter().all(|button| button.bottom() < place("Wave of the impulse").top()), "{width}: {row:?}");
    }
}

#[test]
fn a_button_says_the_order_of_the_four_paths_and_changes_it() {
    let mut harness = impulse(4);
    let shown = |harness: &Harness<Impulse>, order: &str| {
        harness.query_by_label_contains(&format!("Order of the paths in the file: {order},")).is_some()
    };
    assert!(!shown(&harness, "LL LR RL RR"), "nothing but a sound file has one that may be another");
    harness.state_mut().model.has_order = true;
    harness.run();
    assert!(shown(&harness, "LL LR RL RR"));
    let button = harness.get_by_label_contains("Order of the paths in the file").rect();
    let tab = harness.get_by_label("Response").rect();
    assert!(button.left() > tab.right() && button.right() < harness.get_by_label("Levels in dB").rect().left());
    harness.get_by_label_contains("Order of the paths in the file").click();
    harness.run();
    let gesture = |to| Edit::gesture("path_order", to).into_iter().collect::<Vec<_>>();
    assert_eq!(harness.state().done, gesture(1.0));
    harness.state_mut().model.settings.path_order = 1;
    harness.run();
    assert!(shown(&harness, "LL RL LR RR"));
    harness.get_by_label_contains("Order of the paths in the file").click();
    harness.run();
    assert_eq!(harness.state().done, [gesture(1.0), gesture(0.0)].concat());
}

#[test]
fn a_number_that_is_typed_opens_no_view() {
    let mut window = whole(models::hall());
    window.run();
    window.get_by_role(egui::accesskit::Role::TextInput).focus();
    window.run();
    window.key_press(Key::Num3);
    window.run();
    assert_eq!(window.state().state.impulse.look.view, Picture::Wave);
}

#[test]
fn the_keyboard_zooms_and_moves_as_the_wheel_and_a_drag_do() {
    for (view, name) in [(Picture::Wave, "Wave"), (Picture::Response, "Response")] {
        let mut harness = impulse(2);
        harness.state_mut().state.look.view = view;
        harness.run();
        let seen = |harness: &Harness<Impulse>| {
            let look = &harness.state().state.look;
            if view == Picture::Response { look.frequency } else { look.time }
        };
        let sign = |harness: &mut Harness<Impulse>, sign: &str| {
            harness.event(egui::Event::Text(sign.to_owned()));
            harness.run();
            seen(harness)
        };
        let arrow = |harness: &mut Harness<Impulse>, key| {
            harness.key_press(key);
            harness.run();
            seen(harness)
        };
        assert_eq!(sign(&mut harness, "+"), None, "something else may have the keyboard");
        let label = format!("{name} of the impulse");
        harness.get_by_label(&label).focus();
        harness.run();
        // A press is a third of an octave, as a notch of the wheel is.
        let parts = ["+", "=", "+"].map(|plus| sign(&mut harness, plus).expect("a part"));
        let (from, to) = parts[2];
        let whole = sign(&mut harness, "0");
        assert_eq!(whole, None);
        let all = harness.state().state.look.whole(harness.state().model.portrait.as_ref().expect("there is one"));
        let [left, right] = [from, to].map(|end| all.place(end));
        assert!((right - left - 0.5).abs() < 1e-6 && (left + right - 1.0).abs() < 1e-6, "{left} to {right}");
        for _ in 0..3 {
            sign(&mut harness, "+");
        }
        let (later, _) = arrow(&mut harness, Key::ArrowRight).expect("a part");
        assert!((all.place(later) - left - 0.05).abs() < 1e-6, "a tenth of what is seen");
        let (earlier, _) = arrow(&mut harness, Key::ArrowLeft).expect("a part");
        assert!((all.place(earlier) - left).abs() < 1e-6);
        for _ in 0..2 {
            assert!(sign(&mut harness, "-").is_some());
        }
        assert_eq!(sign(&mut harness, "-"), None, "all of it");
        assert!(harness.get_by_label(&label).accesskit_node().is_focused());
    }
}

#[test]
fn the_wheel_zooms_around_the_pointer_and_a_double_click_shows_all() {
    let mut harness = impulse(2);
    harness.hover_at(MIDDLE);
    harness.run();
    let before: f64 = read(&harness).parse().expect("seconds");
    scroll(&mut harness, 300.0);
    let (from, to) = harness.state().state.look.time.expect("a part");
    assert!(to - from < 1.0, "two octaves of 2.5 s: {from} to {to}");
    let after: f64 = read(&harness).parse().expect("milliseconds");
    assert!((before - after / 1000.0).abs() < 0.002, "{before} s and {after} ms");
    harness.drag_at(MIDDLE);
    harness.hover_at(MIDDLE + vec2(-50.0, 0.0));
    harness.drop_at(MIDDLE + vec2(-50.0, 0.0));
    harness.run();
    let (moved, _) = harness.state().state.look.time.expect("a part");
    assert!(moved > from, "it is pulled to the left: {moved}");
    (0..2).for_each(|_| click(&harness, MIDDLE));
    harness.run();
    assert_eq!(harness.state().state.look.time, None);
}

#[test]
fn frequencies_are_zoomed_by_themselves() {
    let mut harness = impulse(1);
    harness.key_press(Key::Num4);
    harness.run();
    scroll(&mut harness, 300.0);
    let look = harness.state().state.look;
    assert!(look.frequency.is_some() && look.time.is_none());
}

#[test]
fn a_channel_is_seen_alone_and_all_again() {
    let mut harness = impulse(4);
    for (button, channel) in [
        ("Channel RL alone", Some(2)),
        ("Channel RL alone", None),
        ("Channel LL alone", Some(0)),
        ("All channels", None),
    ] {
        harness.get_by_label(button).click();
        harness.run();
        assert_eq!(harness.state().state.look.channel, channel, "{button}");
    }
    assert!(impulse(1).query_by_label("All channels").is_none(), "there is one");
}

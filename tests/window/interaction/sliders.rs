//! Sliders, and values that are typed.
use super::{click, controls, open};
use crate::{Harness, models};
use egui::{Key, Modifiers, PointerButton, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use transept::editor::parameter::Edit;
use transept::editor::views::controls::{Controls, Page};
use transept::settings::Section;

#[test]
fn a_slider_is_dragged_as_one_gesture_from_where_it_was() {
    let mut harness = controls(models::controls());
    harness.run();
    let rail = harness.get_by_label("Wet").rect();
    let (from, to) = (rail.left_center() + vec2(4.0, 0.0), rail.left_center() + vec2(4.0 + 0.25 * rail.width(), 0.0));
    harness.drag_at(from);
    harness.run();
    for step in 1..=10 {
        harness.hover_at(from + (to - from) * step as f32 / 10.0);
        harness.run();
    }
    harness.drop_at(to);
    harness.run();
    let done = &harness.state().done;
    assert_eq!(done.first(), Some(&Edit::Begin("wet")), "{done:?}");
    assert_eq!(done.last(), Some(&Edit::End("wet")), "{done:?}");
    let values: Vec<f32> = done
        .iter()
        .filter_map(|action| if let Edit::Set("wet", value) = action { Some(*value) } else { None })
        .collect();
    assert_eq!(values.len() + 2, done.len(), "one gesture: {done:?}");
    assert!(values.is_sorted(), "{values:?}");
    // A quarter of the rail moves a quarter of the range, within f32 sums of ten steps.
    let moved = values.last().expect("it moved") - 4.0 / 9.0; // -12 dB
    assert!((moved - 0.25).abs() < 1e-4, "{moved}");
}

/// What does not count is not moved by accident.
#[test]
fn of_levels_and_mix_those_can_be_moved_that_count() {
    for (mode, [moved, idle], id) in [(0.0, ["Dry", "Mix"], "dry"), (1.0, ["Mix", "Dry"], "mix")] {
        let mut harness = controls(models::controls_with("mix_mode", mode));
        open(&mut harness, Page::Section(Section::Mix));
        for name in [moved, idle] {
            let slider = harness.get_by_role_and_label(egui::accesskit::Role::Slider, name);
            assert_eq!(slider.accesskit_node().is_disabled(), name == idle, "{name}");
            slider.click_modifiers(Modifiers::COMMAND);
            harness.run();
        }
        assert_eq!(harness.state().done, [Edit::Reset(id)]);
    }
}

#[test]
fn a_click_on_the_rail_moves_the_handle_there_and_one_on_the_handle_nothing() {
    let mut harness = controls(models::controls());
    harness.run();
    let rail = harness.get_by_label("Wet").rect();
    // -12 dB is at four ninths.
    for (share, moves) in [(4.0 / 9.0, false), (0.75, true)] {
        let pos = rail.left_center() + vec2(share * rail.width(), 0.0);
        click(&harness, pos);
        harness.run();
        // Two clicks in a row are a double click.
        harness.run_steps(60);
        let moved = harness.state().done.clone();
        assert_eq!(moved.len(), if moves { 3 } else { 0 }, "{moved:?}");
    }
    let Edit::Set("wet", value) = harness.state().done[1] else { panic!("{:?}", harness.state().done) };
    assert!((value - 0.75).abs() < 1e-4, "{value}");
}

#[test]
fn the_wheel_moves_what_is_under_the_pointer_by_a_hundredth_and_with_shift_by_a_thousandth() {
    let mut harness = controls(models::controls());
    harness.run_steps(2);
    harness.hover_at(harness.get_by_label("Width").rect().center());
    harness.run_steps(2);
    for (lines, modifiers, value) in [(1.0, Modifiers::NONE, 0.51), (-2.0, Modifiers::SHIFT, 0.498)] {
        harness.state_mut().done.clear();
        let (unit, delta) = (egui::MouseWheelUnit::Line, vec2(0.0, lines));
        let (phase, source) = (egui::TouchPhase::Move, egui::MouseWheelSource::Wheel);
        harness.event_modifiers(egui::Event::MouseWheel { unit, delta, modifiers, phase, source }, modifiers);
        harness.run_steps(2);
        let done = &harness.state().done;
        let [Edit::Begin("width"), Edit::Set("width", to), Edit::End("width")] = done[..] else { panic!("{done:?}") };
        assert!((to - value).abs() < 1e-6, "{to} for {value}");
    }
}

#[test]
fn what_is_no_value_stays_with_the_reason_until_it_is_one() {
    for text in ["loud", "100 kHz", "-1"] {
        let mut harness = typed(text);
        harness.key_press(Key::Enter);
        harness.run();
        assert!(harness.state().done.is_empty(), "{:?}", harness.state().done);
        let reason = harness.state().state.typing.as_ref().and_then(|typed| typed.reason.clone());
        assert_eq!(
            reason,
            Some(format!("“{text}” is no value: a number from 500 to 20000 Hz is wanted, or off, such as 9.12 kHz"))
        );
    }
    let mut harness = typed("loud");
    harness.key_press(Key::Enter);
    harness.run();
    let field = harness.get_by_label("High cut value");
    assert!(field.accesskit_node().is_focused(), "it can be typed on");
    field.type_text(" 5 kHz");
    harness.run();
    assert_eq!(harness.state().state.typing.as_ref().expect("it is typed").reason, None, "it is another text");
    harness.key_press(Key::Escape);
    harness.run();
    assert_eq!(harness.state().state.typing, None);
    assert!(harness.get_by_label("High cut").accesskit_node().is_focused(), "the arrow keys move it");
}

/// The page of the tone, where this was typed as the value of the high cut.
fn typed(text: &str) -> Harness<Controls> {
    let mut harness = controls(models::controls());
    open(&mut harness, Page::Section(Section::Tone));
    harness.get_by_label("High cut value").click();
    harness.run();
    harness.get_by_label("High cut value").type_text(text);
    harness.run();
    harness
}

#[test]
fn what_was_typed_is_taken_when_the_keyboard_goes_elsewhere_if_it_is_a_value() {
    for (text, is_value, is_kept) in
        [(" 5 kHz", true, false), ("loud", false, true), ("100 kHz", false, true), ("", false, false)]
    {
        let mut harness = typed(text);
        harness.get_by_label("Low cut").focus();
        harness.run();
        let typed = is_value.then(|| Edit::Type("high_cut", text.trim().to_owned()));
        assert_eq!(harness.state().done, Vec::from_iter(typed), "{text}");
        assert_eq!(harness.state().state.typing.is_some(), is_kept, "{text}");
        assert!(harness.get_by_label("Low cut").accesskit_node().is_focused(), "{text}");
    }
}

/// With the pointer: the button goes down in one frame and up in another, as they do in a window.
#[test]
fn what_was_typed_is_taken_before_what_is_clicked_acts() {
    for place in ["Low cut value", "Low shelf value", "Low shelf", "Mix"] {
        for (text, is_value) in [("5 kHz", true), ("loud", false)] {
            let mut harness = typed(text);
            let pos = harness.get_by_label(place).rect().center();
            harness.hover_at(pos);
            for pressed in [true, false] {
                let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
                harness.event(egui::Event::PointerButton { pos, button, pressed, modifiers });
                harness.run();
            }
            let taken = harness.state().done.iter().find(|edit| matches!(edit, Edit::Type(..)));
            let typed = Edit::Type("high_cut", text.to_owned());
            assert_eq!(taken, is_value.then_some(&typed), "{place}, {text}");
            let typing = harness.state().state.typing.as_ref().map(|typed| typed.parameter);
            let next = match place {
                "Low cut value" => Some("low_cut"),
                "Low shelf value" => Some("low_shelf"),
                "Low shelf" if !is_value => Some("high_cut"),
                _ => None,
            };
            assert_eq!(typing, next, "{place}, {text}");
        }
    }
}

#[test]
fn a_double_click_and_a_click_with_control_reset() {
    let mut harness = controls(models::controls());
    harness.run();
    let rail = harness.get_by_label("Output").rect();
    for pressed in [true, false, true, false] {
        let (pos, button, modifiers) = (rail.center(), PointerButton::Primary, Modifiers::NONE);
        harness.event(egui::Event::PointerMoved(pos));
        harness.event(egui::Event::PointerButton { pos, button, pressed, modifiers });
    }
    harness.run();
    // The first click goes to the place on the rail, as one does by itself.
    let [moved @ .., last] = &harness.state().done[..] else { panic!("nothing was done") };
    assert_eq!((moved, last), (&Edit::gesture("output_level", 0.5)[..], &Edit::Reset("output_level")));
    harness.get_by_label("Width").click_modifiers(Modifiers::COMMAND);
    harness.run();
    assert_eq!(harness.state().done.last(), Some(&Edit::Reset("width")));
}

#[test]
fn a_value_is_typed() {
    let mut harness = controls(models::controls());
    open(&mut harness, Page::Section(Section::Tone));
    harness.get_by_label("High cut value").click();
    harness.run();
    // What was there is selected, so that typing replaces it.
    harness.get_by_label("High cut value").type_text("5 kHz");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().done, [Edit::Type("high_cut", "5 kHz".to_owned())]);
    assert_eq!(harness.state().state.typing, None);
}

#[test]
fn escape_leaves_a_value_as_it_was() {
    let mut harness = controls(models::controls());
    open(&mut harness, Page::Section(Section::Tone));
    harness.get_by_label("High cut value").click();
    harness.run();
    harness.get_by_label("High cut value").type_text("5");
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.state().done.is_empty(), "{:?}", harness.state().done);
    assert_eq!(harness.state().state.typing, None);
}

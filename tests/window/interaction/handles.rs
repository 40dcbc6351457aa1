//! Handles on the picture of the impulse.
use super::used;
use crate::{Harness, Place, models};
use egui::{Key, Modifiers, Pos2, Vec2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use transept::editor::parameter::Edit;
use transept::editor::views::impulse::{Impulse, Model};
use transept::settings::{self, Kind, Settings, Value};

const WIDTH: f32 = 582.0;
/// The picture shows the quarter of a second that was trimmed away, and two and a quarter that are left.
const SECONDS: f32 = 2.5;

fn impulse(settings: Settings) -> Harness<Impulse> {
    let model = Model { settings, ..models::impulse(1) };
    let mut harness = used(model, Place::panel(WIDTH, 223.0));
    harness.run();
    harness
}

fn place(harness: &Harness<Impulse>, name: &str) -> Pos2 {
    harness.get_by_label(&format!("{name} handle")).rect().center()
}

/// Does what was edited, as the plugin would, and draws it.
fn live(harness: &mut Harness<Impulse>) {
    harness.run();
    for edit in harness.state().done.clone() {
        if let Edit::Set(id, position) = edit {
            let value = settings::find(id).expect("a setting").at(position);
            assert!(harness.state_mut().model.settings.set(id, value));
        }
    }
    harness.run();
}

/// Takes hold of a handle and moves it, without letting go.
fn pull(harness: &mut Harness<Impulse>, name: &str, by: Vec2) -> Pos2 {
    let from = place(harness, name);
    harness.hover_at(from);
    harness.run();
    harness.drag_at(from);
    for step in 1..=5_u8 {
        harness.hover_at(from + by * f32::from(step) / 5.0);
        live(harness);
    }
    from + by
}

fn drag(harness: &mut Harness<Impulse>, name: &str, by: Vec2) {
    let to = pull(harness, name, by);
    harness.drop_at(to);
    live(harness);
}

fn number(id: &str, settings: &Settings) -> f32 {
    let Some(Value::Number(value)) = settings.get(id) else { panic!("{id} is a number") };
    value
}

/// Half a step, and what a value loses as a position of f32 on a scale with a skew: 4 parts in a million.
fn is_near(id: &str, found: f32, expected: f32) -> bool {
    let Kind::Number(number) = &settings::find(id).expect("a setting").kind else { panic!("{id} is a number") };
    (found - expected).abs() <= number.step / 2.0 + expected.abs() * 4e-6 + 1e-3
}

#[test]
fn what_shapes_the_impulse_is_dragged_where_it_acts_as_one_gesture() {
    let trimmed = models::impulse(1).settings;
    let ms = |points: f32| points / WIDTH * SECONDS * 1000.0;
    for (name, id, by, expected) in [
        ("Fade in", "fade_in", 58.0, ms(58.0)),
        ("Fade out", "fade_out", -40.0, ms(40.0)),
        ("Attack", "attack", 30.0, ms(30.0)),
        ("Trim start", "trim_start", -20.0, 250.0 - ms(20.0)),
        ("Trim end", "trim_end", -100.0, 2500.0 - ms(100.0)),
        ("Pre-delay", "predelay", 50.0, ms(50.0)),
    ] {
        let mut harness = impulse(trimmed);
        drag(&mut harness, name, vec2(by, 0.0));
        let done = &harness.state().done;
        assert_eq!((done.first(), done.last()), (Some(&Edit::Begin(id)), Some(&Edit::End(id))), "{done:?}");
        assert_eq!(done.iter().filter(|edit| !matches!(edit, Edit::Set(..))).count(), 2, "one gesture: {done:?}");
        let found = number(id, &harness.state().model.settings);
        assert!(is_near(id, found, expected), "{name}: {found} ms instead of {expected}");
        assert_eq!(harness.state().state.look.time, None, "all is seen again");
    }
}

#[test]
fn a_handle_stays_under_the_pointer_while_the_picture_moves() {
    for name in ["Pre-delay", "Fade in", "Trim start"] {
        let mut harness = impulse(models::impulse(1).settings);
        let to = pull(&mut harness, name, vec2(30.0, 0.0));
        let found = place(&harness, name);
        // Within a step: 1 ms of 2.5 s on the picture's width.
        assert!((found.x - to.x).abs() <= 0.25, "{name}: {found} for {to}");
    }
}

#[test]
fn beside_true_stereo_each_column_has_its_handle() {
    let mut harness = used(models::impulse(4), Place::panel(WIDTH, 223.0));
    harness.run();
    let at = |harness: &Harness<Impulse>| -> Vec<Pos2> {
        harness.get_all_by_label("Fade in handle").map(|handle| handle.rect().center()).collect()
    };
    let before = at(&harness);
    harness.drag_at(before[1]);
    for by in [10.0, 20.0, 30.0] {
        harness.hover_at(before[1] + vec2(by, 0.0));
        live(&mut harness);
    }
    let held = at(&harness);
    for (before, held) in before.iter().zip(&held) {
        // A step is 0.1 ms of 2.5 s on half of the width.
        assert!((held.x - before.x - 30.0).abs() < 0.1, "{before} to {held}");
    }
}

#[test]
fn while_its_beginning_is_trimmed_the_recording_stays_where_it_is() {
    let mut harness = impulse(models::impulse(1).settings);
    let to = pull(&mut harness, "Trim start", vec2(30.0, 0.0));
    let start = number("trim_start", &harness.state().model.settings);
    let seen = harness.state().state.look.time.expect("the scale is held");
    harness.state_mut().model.portrait = Some(models::trimmed(1, f64::from(start) / 1000.0));
    harness.run();
    let after = harness.state().state.look.time.expect("the scale is held");
    let by = f64::from(start) / 1000.0 - 0.25;
    // The portrait's beginning is a whole sample.
    assert!((after.0 + by - seen.0).abs() < 1.0 / 48_000.0 && (after.1 + by - seen.1).abs() < 1.0 / 48_000.0);
    assert!((place(&harness, "Trim start").x - to.x).abs() <= 0.25);
}

#[test]
fn shift_is_finer_and_a_double_click_resets() {
    let mut harness = impulse(models::impulse(1).settings);
    harness.event(egui::Event::ModifiersChanged(Modifiers::SHIFT));
    let to = pull(&mut harness, "Fade in", vec2(100.0, 0.0));
    harness.drop_at(to);
    live(&mut harness);
    harness.event(egui::Event::ModifiersChanged(Modifiers::NONE));
    let fine = number("fade_in", &harness.state().model.settings);
    let whole = 100.0 / WIDTH * SECONDS * 1000.0;
    assert!((0.1 * whole - 1.0..0.1 * whole + 1.0).contains(&fine), "{fine} of {whole} ms");
    let at = place(&harness, "Fade in");
    (0..2).for_each(|_| super::click(&harness, at));
    harness.run();
    assert_eq!(harness.state().done.last(), Some(&Edit::Reset("fade_in")));
}

#[test]
fn decays_are_pulled_up_and_crossovers_along_the_frequencies() {
    let mut harness = impulse(models::impulse(1).settings);
    harness.key_press(Key::Num2);
    harness.run();
    let before = place(&harness, "Decay lows");
    drag(&mut harness, "Decay lows", vec2(0.0, -20.0));
    let longer = number("decay_low", &harness.state().model.settings);
    assert!((101.0..400.0).contains(&longer), "{longer} %");
    drag(&mut harness, "Decay lows", vec2(0.0, 20.0));
    assert!((place(&harness, "Decay lows") - before).length() < 40.0);
    let shorter = number("decay_low", &harness.state().model.settings);
    assert!(shorter < longer, "{shorter} %");
    drag(&mut harness, "High crossover", vec2(-20.0, 0.0));
    let crossover = number("high_crossover", &harness.state().model.settings);
    assert!((1000.0..4000.0).contains(&crossover), "{crossover} Hz");
    drag(&mut harness, "Decay all", vec2(-30.0, 0.0));
    let all = number("decay_all", &harness.state().model.settings);
    assert!((25.0..99.0).contains(&all), "{all} %");
}

#[test]
fn a_handle_that_cannot_act_says_why_and_stays() {
    let auto = Settings { trim_start_auto: true, predelay_sync: 3, ..models::impulse(1).settings };
    let mut harness = impulse(auto);
    for (name, why) in [("Trim start", "Auto trim start is off"), ("Pre-delay", "Pre-delay sync is off")] {
        let label = format!("{name} handle");
        let handle = harness.get_by_label(&label);
        assert!(handle.accesskit_node().is_disabled(), "{name}");
        drag(&mut harness, name, vec2(40.0, 0.0));
        assert!(harness.state().done.is_empty(), "{:?}", harness.state().done);
        harness.hover_at(place(&harness, name));
        harness.run();
        let _ = harness.get_by_value(&format!("{name}: only if {why}"));
    }
}

#[test]
fn a_gesture_ends_when_the_picture_goes() {
    for goes in [false, true] {
        let mut harness = impulse(models::impulse(1).settings);
        let _ = pull(&mut harness, "Fade in", vec2(30.0, 0.0));
        if goes {
            harness.state_mut().model.portrait = None;
        } else {
            harness.key_press(Key::Num3);
        }
        harness.run();
        assert_eq!(harness.state().done.last(), Some(&Edit::End("fade_in")));
    }
}

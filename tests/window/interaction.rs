//! What the window does when it is used.
use super::{Harness, Place, Window, models, stage};
use egui::{Key, Modifiers, PointerButton, Pos2, pos2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::PathBuf;
use std::sync::Arc;
use transept::editor::controller::{PathField, Remark};
use transept::editor::parameter::Edit;
use transept::editor::selection::{Direction, Selection};
use transept::editor::view::View;
use transept::editor::views::banner::{self, Banner};
use transept::editor::views::chooser::{self, Chooser};
use transept::editor::views::controls::{self, Controls};
use transept::editor::views::header::{self, Header};
use transept::editor::views::impulse::Impulse;
use transept::editor::{theme, views, window};
use transept::impulse::recipe::{Side, Source};
use transept::picture::View as Picture;
use transept::session::embed::Embedding;
use transept::settings::Section;

fn used<V>(model: V::Model, place: Place) -> Harness<V>
where
    V: View<Model: 'static, State: 'static, Action: 'static> + 'static,
{
    stage::<V>(model, place, Harness::<V>::builder())
}

fn header(model: header::Model) -> Harness<Header> {
    used(model, Place::row(752.0, header::HEIGHT).with_space_below(200.0))
}

fn chooser(model: chooser::Model) -> Harness<Chooser> {
    used(model, Place::row(752.0, theme::CONTROL_HEIGHT))
}

fn controls(model: controls::Model) -> Harness<Controls> {
    used(model, Place::panel(728.0, controls::HEIGHT).with_space_below(250.0))
}

fn whole(model: views::Model) -> Harness<Window> {
    used(model, Place::window(window::DEFAULT_SIZE))
}

fn space(id: &str) -> chooser::Action {
    chooser::Action::Select(Selection::Impulse(Source::Space { id: id.to_owned() }))
}

fn file(path: &str) -> chooser::Action {
    chooser::Action::Select(Selection::Impulse(Source::File { path: path.into() }))
}

fn pair(left: &str, right: &str) -> chooser::Action {
    chooser::Action::Select(Selection::Impulse(Source::Pair { left: left.into(), right: right.into() }))
}

#[test]
fn a_space_is_chosen_by_a_click() {
    let mut harness = chooser(models::chooser());
    harness.get_by_label("Plate").click();
    harness.run();
    assert_eq!(harness.state().done, [space("plate")]);
}

#[test]
fn the_second_impulse_is_taken_in_hand_by_its_button() {
    let mut harness = chooser(models::chooser());
    harness.get_by_label("Second impulse").click();
    harness.run();
    assert_eq!(harness.state().done, [chooser::Action::Turn(Side::B)]);
    let mut harness = chooser(chooser::Model { side: Side::B, source: None, ..models::chooser() });
    harness.get_by_label("Plate").click();
    harness.run();
    assert_eq!(harness.state().done, [space("plate")]);
}

#[test]
fn previous_and_next_are_asked_for_by_their_buttons_but_not_of_a_pair() {
    let mut harness = header(models::header());
    harness.get_by_label("Next impulse").click();
    harness.run();
    harness.get_by_label("Previous impulse").click();
    harness.run();
    let steps = [Direction::Next, Direction::Previous].map(header::Action::Step);
    assert_eq!(harness.state().done, steps);
    let mut harness = header(header::Model { can_step: false, ..models::header() });
    harness.get_by_label("Next impulse").click();
    harness.run();
    assert!(harness.state().done.is_empty());
}

#[test]
fn a_path_is_typed_and_taken_with_enter() {
    let mut harness = chooser(models::chooser());
    type_path(&mut harness, "/rooms/nave.wav");
    assert_eq!(harness.state().done, [file("/rooms/nave.wav")]);
}

#[test]
fn two_paths_are_a_pair() {
    let mut harness = chooser(models::chooser());
    type_path(&mut harness, "/rooms/nave L.wav ; /rooms/nave R.wav");
    assert_eq!(harness.state().done, [pair("/rooms/nave L.wav", "/rooms/nave R.wav")]);
}

#[test]
fn after_a_dialog_without_an_answer_a_path_can_be_typed_at_once() {
    let mut harness = chooser(models::long_path());
    harness.run();
    harness.state_mut().state.after_dialog(PathField::Focus);
    harness.run();
    harness.event(egui::Event::Text("/rooms/nave.wav".to_owned()));
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().done, [file("/rooms/nave.wav")]);
}

#[test]
fn an_empty_path_asks_for_nothing() {
    let mut harness = chooser(models::chooser());
    type_path(&mut harness, "  ");
    assert!(harness.state().done.is_empty(), "{:?}", harness.state().done);
}

#[test]
fn the_dialog_is_asked_for_by_its_button_and_by_locate() {
    let mut harness = whole(models::hall_missing());
    harness.get_by_label("Open…").click();
    harness.run();
    harness.get_by_label("Locate…").click();
    harness.run();
    let wanted = PathBuf::from("/home/ana/Impulses/St. Mary/nave, from the organ loft.wav");
    let locate = banner::Action::Locate { beside: wanted.clone(), wanted };
    let done = [views::Action::Chooser(chooser::Action::Browse), views::Action::Banner(locate)];
    assert_eq!(harness.state().done, done);
}

#[test]
fn presets_are_opened_and_saved_from_their_menu() {
    let mut harness = header(models::header());
    for item in ["Open preset…", "Save preset…"] {
        harness.get_by_label("Presets").click();
        harness.run();
        harness.get_by_label(item).click();
        harness.run();
        assert!(harness.query_by_label(item).is_none(), "the menu is closed");
    }
    assert_eq!(harness.state().done, [header::Action::OpenPreset, header::Action::SavePreset]);
}

#[test]
fn what_the_session_embeds_is_chosen_from_its_menu() {
    let mut harness = header(models::header());
    harness.get_by_label("Session").click();
    harness.run();
    harness.get_by_label("Always").click();
    harness.run();
    assert!(harness.query_by_label("Always").is_none(), "the menu is closed");
    assert_eq!(harness.state().done, [header::Action::Embed(Embedding::Always)]);
}

#[test]
fn a_preset_can_be_typed_or_dropped_as_well() {
    let mut harness = chooser(models::chooser());
    type_path(&mut harness, "/rooms/nave.toml");
    harness.input_mut().dropped_files = vec![Arc::new(Dropped("/rooms/nave.toml".into()))];
    harness.run();
    let preset = chooser::Action::Select(Selection::Preset("/rooms/nave.toml".into()));
    assert_eq!(harness.state().done, [preset.clone(), preset]);
}

#[test]
fn a_remark_is_dismissed_before_a_missing_file_is_located() {
    let remark = Some(Remark::SaveFailed("/presets/nave.toml: cannot be written: permission denied".to_owned()));
    let place = Place::row(752.0, 100.0);
    let mut harness = used::<Banner>(banner::Model { remark, ..models::missing() }, place);
    harness.run();
    assert!(harness.query_by_label("Locate…").is_none());
    harness.get_by_label("Dismiss").click();
    harness.run();
    assert_eq!(harness.state().done, [banner::Action::Dismiss]);
}

#[test]
fn bypass_toggles_as_one_gesture() {
    let mut harness = header(models::header());
    harness.get_by_label("Bypass").click();
    harness.run();
    let on = Edit::gesture("bypass", 1.0).map(header::Action::Edit);
    assert_eq!(harness.state().done, on);
}

/// Where it was clicked, in pixels; nothing else happens.
#[test]
fn the_right_button_asks_for_the_hosts_menu_of_any_control() {
    let is_within = |rect: egui::Rect, place: [i32; 2]| rect.expand(1.0).contains(place.map(|at| at as f32).into());
    let mut harness = controls(models::controls());
    for (name, id) in [
        ("Wet", "wet"),
        ("Wet value", "wet"),
        ("Loudness: cabinet", "loudness"),
        ("Pre-delay sync", "predelay_sync"),
        ("Lock mix", "mix_lock"),
    ] {
        let control = harness.get_by_label(name);
        let rect = control.rect();
        control.click_secondary();
        harness.run();
        let done = std::mem::take(&mut harness.state_mut().done);
        assert!(
            matches!(done[..], [Edit::Menu(own, place)] if own == id && is_within(rect, place)),
            "{name}: {done:?}"
        );
    }
    let mut harness = header(models::header());
    let rect = harness.get_by_label("Bypass").rect();
    harness.get_by_label("Bypass").click_secondary();
    harness.run();
    let done = &harness.state().done[..];
    let is_asked = matches!(done, [header::Action::Edit(Edit::Menu("bypass", place))] if is_within(rect, *place));
    assert!(is_asked, "{done:?}");
}

#[test]
fn a_choice_is_made_by_one_gesture_and_not_made_twice() {
    let mut harness = controls(models::controls());
    for option in ["Loudness: cabinet", "Loudness: room"] {
        harness.get_by_label(option).click();
        harness.run();
    }
    let cabinet = [Edit::Begin("loudness"), Edit::Set("loudness", 1.0), Edit::End("loudness")];
    assert_eq!(harness.state().done, cabinet, "the room was chosen before");
}

#[test]
fn one_of_many_is_chosen_from_a_list_by_one_gesture() {
    let mut harness = controls(models::controls());
    for word in ["1/16 dotted", "Off"] {
        harness.get_by_label("Pre-delay sync").click();
        harness.run();
        harness.get_by_role_and_label(egui::accesskit::Role::Button, word).click();
        harness.run();
        assert!(harness.query_by_label("1/16 dotted").is_none(), "the list is closed");
    }
    let id = "predelay_sync";
    let note = [Edit::Begin(id), Edit::Set(id, 5.0 / 9.0), Edit::End(id)];
    assert_eq!(harness.state().done, note, "it was off before");
}

#[test]
fn pages_open_by_click_and_by_arrow_keys() {
    let mut harness = controls(models::controls());
    harness.get_by_label("Shape").click();
    harness.run();
    assert_eq!(harness.state().state.page, Section::Shape);
    for (id, name) in [("reverse", "Reverse"), ("trim_end_auto", "Auto trim end")] {
        harness.state_mut().done.clear();
        harness.get_by_label(name).click();
        harness.run();
        let value = if id == "reverse" { 1.0 } else { 0.0 };
        assert_eq!(harness.state().done, [Edit::Begin(id), Edit::Set(id, value), Edit::End(id)]);
    }
    harness.get_by_label("Shape").focus();
    harness.run();
    for (key, page, shown) in [
        (Key::ArrowRight, Section::Decay, "Decay highs"),
        (Key::ArrowRight, Section::Blend, "Morph"),
        (Key::ArrowRight, Section::Blend, "Morph"),
        (Key::ArrowLeft, Section::Decay, "Decay highs"),
        (Key::ArrowLeft, Section::Shape, "Fade in"),
        (Key::ArrowLeft, Section::Tone, "Low cut"),
    ] {
        harness.key_press(key);
        harness.run();
        assert_eq!(harness.state().state.page, page);
        let _ = harness.get_by_label(shown);
    }
}

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
        harness.run();
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
fn a_click_on_a_slider_moves_nothing() {
    let mut harness = controls(models::controls());
    harness.get_by_label("Wet").click();
    harness.run();
    assert!(harness.state().done.is_empty(), "{:?}", harness.state().done);
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
    assert_eq!(harness.state().done, [Edit::Reset("output_level")]);
    harness.get_by_label("Width").click_modifiers(Modifiers::COMMAND);
    harness.run();
    assert_eq!(harness.state().done.last(), Some(&Edit::Reset("width")));
}

#[test]
fn a_value_is_typed() {
    let mut harness = controls(models::controls());
    open(&mut harness, Section::Tone);
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
    open(&mut harness, Section::Tone);
    harness.get_by_label("High cut value").click();
    harness.run();
    harness.get_by_label("High cut value").type_text("5");
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.state().done.is_empty(), "{:?}", harness.state().done);
    assert_eq!(harness.state().state.typing, None);
}

#[test]
fn everything_is_reached_and_moved_with_the_keyboard() {
    let mut harness = whole(models::hall());
    harness.run();
    let mut reached = Vec::new();
    for _ in 0..40 {
        harness.key_press(Key::Tab);
        harness.run();
        let focused = harness.root().children_recursive().find(|node| node.is_focused());
        reached.extend(focused.and_then(|node| node.accesskit_node().label()));
    }
    for name in ["Presets", "Bypass", "Plate", "Open…", "Shape", "Dry", "Wet value", "Loudness: off", "Width"] {
        assert!(reached.iter().any(|label| label == name), "{name} is not among {reached:?}");
    }
    harness.get_by_label("Width").focus();
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.run();
    harness.key_press(Key::Delete);
    harness.run();
    let edits = Edit::gesture("width", 0.51).into_iter().chain([Edit::Reset("width")]);
    let done: Vec<_> = edits.map(views::Action::Controls).collect();
    assert_eq!(harness.state().done, done);
}

#[test]
fn files_dropped_on_the_window_are_loaded() {
    let mut harness = chooser(models::chooser());
    harness.input_mut().dropped_files = vec![Arc::new(Dropped("/rooms/b R.wav".into()))];
    harness.run();
    assert_eq!(harness.state().done, [file("/rooms/b R.wav")]);
    harness.state_mut().done.clear();
    let two = ["/rooms/b R.wav", "/rooms/b L.wav"];
    harness.input_mut().dropped_files = two.into_iter().map(|path| Arc::new(Dropped(path.into())) as _).collect();
    harness.run();
    assert_eq!(harness.state().done, [pair("/rooms/b L.wav", "/rooms/b R.wav")]);
}

fn open(harness: &mut Harness<Controls>, page: Section) {
    harness.state_mut().state.page = page;
    harness.run();
}

fn type_path(harness: &mut Harness<Chooser>, path: &str) {
    let field = harness.get_by_role(egui::accesskit::Role::TextInput);
    field.focus();
    harness.run();
    harness.get_by_role(egui::accesskit::Role::TextInput).type_text(path);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window reads paths, not bytes".to_owned())
    }
}

fn impulse(channels: usize) -> Harness<Impulse> {
    let mut harness = used(Some(models::portrait(channels)), Place::panel(582.0, 223.0));
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
    for _ in 0..2 {
        harness.event(egui::Event::PointerButton {
            pos: MIDDLE,
            button: PointerButton::Primary,
            pressed: true,
            modifiers: Modifiers::NONE,
        });
        harness.event(egui::Event::PointerButton {
            pos: MIDDLE,
            button: PointerButton::Primary,
            pressed: false,
            modifiers: Modifiers::NONE,
        });
    }
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

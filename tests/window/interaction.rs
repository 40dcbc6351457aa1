//! What the window does when it is used.

mod audition;
mod browser;
mod handles;
mod impulse;
mod menu;
mod meters;
mod presets;
mod sliders;
mod whole;

use super::{Harness, Place, Window, models, stage};
use egui::{Event, Key, Modifiers, PointerButton, Pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::PathBuf;
use std::sync::Arc;
use transept::editor::controller::{PathField, Remark};
use transept::editor::parameter::Edit;
use transept::editor::selection::{Direction, Selection};
use transept::editor::view::View;
use transept::editor::views::banner::{self, Banner};
use transept::editor::views::chooser::{self, Chooser};
use transept::editor::views::controls::{self, Controls, Page};
use transept::editor::views::header::{self, Header};
use transept::editor::{theme, views, window};
use transept::impulse::recipe::{Side, Source};
use transept::session::embed::Embedding;
use transept::settings::Section;

fn used<V>(model: V::Model, place: Place) -> Harness<V>
where
    V: View<Model: 'static, State: 'static, Action: 'static> + 'static,
{
    stage::<V>(model, place, Harness::<V>::builder())
}

fn header(model: header::Model) -> Harness<Header> {
    used(model, Place::row(752.0, header::HEIGHT).with_space_below(400.0))
}

fn chooser(model: chooser::Model) -> Harness<Chooser> {
    used(model, Place::row(752.0, theme::CONTROL_HEIGHT).with_space_below(200.0))
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
    choose(&mut harness, "Spaces", "Plate");
    assert!(harness.query_by_label("Plate").is_none(), "the menu is closed");
    assert_eq!(harness.state().done, [space("plate")]);
}

#[test]
fn the_second_impulse_is_taken_in_hand_by_its_button() {
    let mut harness = chooser(models::chooser());
    harness.get_by_label("Second impulse").click();
    harness.run();
    assert_eq!(harness.state().done, [chooser::Action::Turn(Side::B)]);
    let mut harness = chooser(chooser::Model { side: Side::B, source: None, ..models::chooser() });
    choose(&mut harness, "Spaces", "Plate");
    assert_eq!(harness.state().done, [space("plate")]);
}

#[test]
fn the_last_change_is_taken_back_by_button_and_keys() {
    let mut harness = header(models::header());
    harness.run();
    harness.get_by_label("Undo (Ctrl+Z)").click();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    harness.run();
    assert_eq!(harness.state().done, [header::Action::Undo, header::Action::Undo], "there is nothing to redo");
    let mut harness = header(header::Model { can_go: [false, true], ..models::header() });
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    harness.run();
    assert_eq!(harness.state().done, [header::Action::Redo, header::Action::Redo], "there is nothing to undo");
}

#[test]
fn a_key_counts_with_what_was_held_then_and_not_at_the_end_of_the_frame() {
    let mut harness = header(models::header());
    let key = |modifiers| Event::Key { key: Key::Z, physical_key: None, pressed: true, repeat: false, modifiers };
    harness.event(key(Modifiers::COMMAND));
    harness.run();
    harness.event(key(Modifiers::NONE));
    harness.run();
    assert_eq!(harness.state().done, [header::Action::Undo]);
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
    let done = [views::Action::Chooser(chooser::Action::Open), views::Action::Banner(locate)];
    assert_eq!(harness.state().done, done);
}

#[test]
fn what_the_session_embeds_is_chosen_from_its_menu() {
    let mut harness = header(models::header());
    harness.get_by_label("Options").click();
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
    open(&mut harness, Page::Section(Section::Mix));
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
    open(&mut harness, Page::Section(Section::Mix));
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
    assert_eq!(harness.state().state.page, Page::Section(Section::Shape));
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
        (Key::ArrowRight, Page::Section(Section::Decay), "Decay highs"),
        (Key::ArrowRight, Page::Section(Section::Blend), "Morph"),
        (Key::ArrowRight, Page::Section(Section::Tone), "Low corner"),
        (Key::ArrowRight, Page::Section(Section::Mix), "Pre-delay sync"),
        (Key::ArrowRight, Page::Section(Section::Mix), "Pre-delay sync"),
        (Key::ArrowLeft, Page::Section(Section::Tone), "Low corner"),
    ] {
        harness.key_press(key);
        harness.run();
        assert_eq!(harness.state().state.page, page);
        let _ = harness.get_by_label(shown);
    }
}

#[test]
fn everything_is_reached_and_moved_with_the_keyboard() {
    let mut harness = whole(models::hall());
    harness.run();
    let mut reached = Vec::new();
    for _ in 0..70 {
        harness.key_press(Key::Tab);
        harness.run();
        let focused = harness.root().children_recursive().find(|node| node.is_focused());
        reached.extend(focused.and_then(|node| node.accesskit_node().label()));
    }
    for name in
        ["Presets", "Bypass", "Spaces", "Open…", "Listen", "Shape", "Width", "Lock mix", "Dry", "Wet value", "Loudness"]
    {
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
fn tab_goes_through_the_top_row_and_the_channels_as_they_are_read() {
    let mut harness = whole(models::hall());
    harness.run();
    for row in [
        &["Previous impulse", "Next impulse", "Undo (Ctrl+Z)", "Compare settings", "Options", "Presets"][..],
        &["Presets", "Previous preset", "Next preset", "Bypass", "First impulse", "Second impulse"],
        &["Response", "Levels in dB", "All channels", "Channel L alone", "Channel R alone", "Wave of the impulse"],
        &["Out: over full scale in L", "Main"],
    ] {
        harness.query_all_by_label_contains(row[0]).next().expect(row[0]).focus();
        harness.run();
        for name in &row[1..] {
            harness.key_press(Key::Tab);
            harness.run();
            let focused = harness.root().children_recursive().find(|node| node.is_focused());
            let label = focused.and_then(|node| node.accesskit_node().label()).unwrap_or_default();
            assert!(label.starts_with(name), "{label:?} in place of {name}");
        }
    }
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

fn open(harness: &mut Harness<Controls>, page: Page) {
    harness.state_mut().state.page = page;
    harness.run();
}

/// Clicks on an item of a menu.
fn choose<V: View>(harness: &mut Harness<V>, menu: &str, item: &str) {
    harness.get_by_label(menu).click();
    harness.run();
    harness.get_by_label(item).click();
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

fn click<V: View>(harness: &Harness<V>, pos: Pos2) {
    harness.event(egui::Event::PointerMoved(pos));
    for pressed in [true, false] {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        harness.event(egui::Event::PointerButton { pos, button, pressed, modifiers });
    }
}
